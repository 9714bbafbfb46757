"""What a run may begin with: a real one (強化法17, 22, 24) takes only a signed authority, keys, and live streams."""

import os
import stat
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakimori.selection.authority import Authority, SignedAuthority, check_order, verify
from sakimori.selection.errors import ModeError, OrderRefusedError
from sakimori.selection.order import Order, telling_nothing
from sakimori.selection.receipt import MACHINE
from sakimori.text import Text

Source = Path | str | IO[bytes]


def approved_by(
    order: Order, signed: SignedAuthority | None, trusted: Mapping[str, Ed25519PublicKey] | None, now: datetime
) -> Authority | None:
    """Return the authority once its signature and the order inside it hold; None where there is none.

    Raises `AuthorityError`, `OrderRefusedError`.
    """
    if signed is None:
        return None
    authority = verify(signed, trusted or {})
    refusals = [*check_order(order, authority, now), *telling_nothing(order)]
    if refusals:
        raise OrderRefusedError(refusals)
    return authority


def require_real(
    captures: Sequence[Source],
    authority: Authority | None,
    key: Ed25519PrivateKey | None,
    master: bytes | None,
    clock: str,
) -> None:
    """Refuse everything but a signed real authority, streams of the receiving equipment, and the machine's own time.

    Raises `ModeError`.
    """
    if authority is None or authority.rehearsal:
        raise ModeError(
            Text(
                "署名された承認のない命令は訓練(--rehearsal)でしか実行できません。",
                "without a signed authority only a rehearsal is possible.",
            ),
            mend=Text("承認書を指定するか、--rehearsal を付けてください。", "Give the authority, or use --rehearsal."),
            article="強化法17、18、22",
        )
    if clock != MACHINE:
        raise told_time()
    if key is None or master is None:
        raise ModeError(
            Text("実施には署名鍵と仮名化の鍵が必要です。", "a real selection needs a signing key and a pseudonym key."),
            mend=Text("鍵を指定してください。", "Give both keys."),
            article="強化法24(1)",
        )
    for number, source in enumerate(captures):
        if isinstance(source, (str, Path)) or not is_live(source):
            raise ModeError(
                Text(
                    "実施では受信用設備からの流れだけを受け付けます。ファイルは受け付けません。",
                    "a real selection takes only a stream from the receiving equipment, never a file.",
                ),
                where=f"capture {number + 1}",
                mend=Text(
                    "パイプで渡すか、--rehearsal を付けてください。", "Pass it through a pipe, or use --rehearsal."
                ),
                article="強化法22(1)",
            )


def told_time() -> ModeError:
    """Return the refusal of a real run whose time was told: an expired authority could be run under another date."""
    return ModeError(
        Text(
            "実施の日時は指定できません。計算機の時計を使います。",
            "the time of a real selection cannot be told: it is that of the machine's clock.",
        ),
        where="--now",
        mend=Text(
            "--now を外すか、--rehearsal を付けてください。時計が違うときは時計を合わせてください。",
            "Leave --now out, or use --rehearsal; if the clock is wrong, set the clock.",
        ),
        article="強化法17(3)、18",
    )


def ended_on_cluster() -> ModeError:
    """Return the refusal of a result whose hosts each had their own idea of when the period ended."""
    return ModeError(
        Text(
            "承認の期間が、クラスタが読む間に終わりました。何も記録していません。",
            "the authority's period ended while the cluster was reading; nothing was kept.",
        ),
        where="cluster",
        mend=Text("延長の承認を得てください。", "Obtain an extension."),
        article="強化法17(3)、18",
    )


def require_stream(captures: Sequence[Source]) -> None:
    """Refuse a spool where no capture is a stream; raises `ModeError`."""
    if any(not isinstance(source, (str, Path)) and is_live(source) for source in captures):
        return
    raise ModeError(
        Text("待避は流れのためのものです。ファイルには要りません。", "a spool is for a stream; files need none."),
        mend=Text("パイプで渡すか、--spool を外してください。", "Pass a pipe, or leave --spool out."),
    )


def is_live(stream: IO[bytes]) -> bool:
    """Say whether the stream is a pipe or a socket; anything that could be stored somewhere is not."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, AttributeError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
