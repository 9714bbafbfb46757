"""Clearing a deployment that only reads: going on with its log without ever showing two histories.

Two ways, and which one is open is not a matter of taste (docs/decisions/0016):

- `continue`: the files of the log reach as far as anybody is known to have seen it. What the database lacks is put back
  from them leaf by leaf; contents nobody has are counted as lost. The log goes on under the same origin.
- `epoch`: somebody has seen more than the files hold, or something else. The log is closed at what is left; a new one
  with a new origin and a new key is begun over all leaves at hand.

Envelopes that came in before the loss are taken in again through the door, with the time they first arrived. Our own
acts that others hold are put back word for word; what they had done in a room is listed, for people to look after.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

from sakimori import law, proofs
from sakimori.acts import (
    authority,
    clock,
    door,
    epochs,
    keys,
    putting_back,
    refetching,
    sequencer,
    standing,
    transport,
)
from sakimori.acts.errors import NotAuthorisedError, RefusedError
from sakimori.acts.models import Delivery, Leaf
from sakimori.acts.outside import anchored, own_checkpoint
from sakimori.acts.tiles import TileLog
from sakimori.errors import SakimoriError
from sakimori.parties import administration
from sakimori.proofs.logdir import inspect_log
from sakimori.record import Viewer
from sakimori.text import Text

KIND = "acts.log.clear"

_NO_FILES = "ファイルは戻りませんでした。 / Its files did not come back."


class RecoveryError(RefusedError):
    """The deployment cannot be cleared (that way)."""

    code = "log.recovery"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What clearing would mean: `way` (`continue` | `epoch`), sizes in leaves, and what is not certain.

    `placed`: leaves of the database with their place; `tiles`: leaves in the files of the log; `known`: the largest
    size anybody is known to have seen; `unasked`: peers and anchors that could not be asked.
    """

    way: str
    placed: int
    tiles: int
    known: int
    unasked: tuple[str, ...] = ()
    refetched: int = 0

    @property
    def size(self) -> int:
        """Return how many leaves are at hand."""
        return max(self.placed, self.tiles)


@dataclass(slots=True)
class Cleared:
    """What clearing did: the act, its way, leaves whose contents nobody has, and what became of each envelope."""

    act: uuid.UUID
    way: str
    lost: int
    put_back: int
    taken_in: list[str] = field(default_factory=list)
    to_look_after: list[tuple[str, str]] = field(default_factory=list)


def assess() -> Assessment:
    """Return what is at hand and what others know; nothing is changed."""
    log = TileLog(settings.SAKIMORI_LOG)
    placed, asked = standing.leaves(), refetching.asked()
    heads = [anchored(), *(own_checkpoint(one.checkpoint.encode()) for one in asked if one.checkpoint)]
    seen = [head for head in heads if head is not None]
    known = max([standing.current().known, *(head.size for head in seen)])
    same = all(_root(log, head.size) == head.root for head in seen)
    way = "continue" if same and known <= max(log.size, placed) and _tiles_agree(log, placed) else "epoch"
    return Assessment(way, placed, log.size, known, tuple(_unasked(asked)), sum(1 for _ in refetching.kept()))


def _unasked(asked: list[refetching.Asked]) -> Iterator[str]:
    """Yield what was not heard of those who may have seen more than we hold; a restore alone cannot tell."""
    if standing.current().reason != "restored":
        return
    answered = {(one.peer, one.world) for one in asked if not one.fault}
    yield from sorted({peer.name for peer, world in refetching.enrolled() if (peer.name, world) not in answered})
    if anchored() is None and not answered:
        yield "SAKIMORI_ANCHOR"


def _root(log: TileLog, size: int) -> bytes | None:
    """Return the root over the first `size` leaves at hand, or None where there are not so many."""
    if size <= log.size:
        return log.root(size)
    placed = Leaf.objects.filter(position__lt=size).order_by("position").values_list("commitment", flat=True)
    hashes = [proofs.leaf_hash(bytes(commitment)) for commitment in placed]
    return proofs.root(hashes) if len(hashes) == size else None


def _tiles_agree(log: TileLog, placed: int) -> bool:
    """Return whether database and files hold the same leaf at the last position both have."""
    last = min(placed, log.size) - 1
    if last < 0:
        return True
    commitment = Leaf.objects.filter(position=last).values_list("commitment", flat=True).first()
    return commitment is not None and bytes(commitment) == log.entry(last)


def take_log(source: Path) -> int:
    """Take over the log's files from a copy that reaches further than ours; return its size.

    Raises `RecoveryError` unless every byte of it verifies, our own key signed it, and our log is its beginning.
    """
    standing_now = standing.current()
    if not standing_now.read_only:
        raise _nothing_to_clear()
    found = inspect_log(source, keys.own_ring(), origin=keys.origin())
    if found.problems or found.checkpoint is None:
        raise RecoveryError(
            Text("その記録のファイルは確かめられません。", "The files of that log do not verify."),
            where=str(source),
            mend=Text("`sakimori-verify log` で調べてください。", "Look at it with `sakimori-verify log`."),
        )
    own, other = TileLog(settings.SAKIMORI_LOG), TileLog(source)
    if other.size < own.size or (own.size and other.root(own.size) != own.root(own.size)):
        raise RecoveryError(
            Text("その記録は、手元の記録の続きではありません。", "That log does not go on from ours."),
            where=str(source),
        )
    with sequencer.locked():
        shutil.copytree(source, settings.SAKIMORI_LOG, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    return other.size


def clear(reason: str, *, by: Viewer, new_epoch: bool = False, asserted: bool = False) -> Cleared:
    """End being read-only by an act of an administrator; return what was done.

    `new_epoch` agrees to close the log where there is no other way; `asserted` states that nobody else has seen more,
    where that could not be asked. Both are kept in the act. Raises `RecoveryError` where they are needed and not given.
    """
    if not standing.current().read_only:
        raise _nothing_to_clear()
    with sequencer.locked(), standing.being_cleared():
        epochs.settle()
        found = assess()
        _require_agreed(found, new_epoch=new_epoch, asserted=asserted)
        _require_administrator(by)
        way = "epoch" if new_epoch else found.way
        payload = {
            "reason": reason,
            "way": way,
            "placed": found.placed,
            "tiles": found.tiles,
            "known": found.known,
            "asserted": asserted,
        }
        if way == "epoch":
            _begin_epoch(found)
        performed = door.perform(KIND, payload, by=by, client="cli")
        putting = json.loads((Path(settings.SAKIMORI_HOME) / putting_back.FILE).read_text(encoding="utf-8"))
        running = sequencer.Sequencer()
        while running.run_once():
            pass
        cleared = Cleared(performed.act, way, putting["lost"], putting["put_back"])
        _deliver_again(cleared)
        while running.run_once():
            pass
    _put_aside()
    standing.lift()
    return cleared


def _require_administrator(by: Viewer) -> None:
    """Refuse before anything is changed on disk what the door would refuse after.

    One deployment has one log for all who are enrolled on it: only an administrator of those who run it may say how
    it goes on, not every tenant's.
    """
    authority.require(law.kind(KIND), by)
    if by.is_system or not administration.runs_here(by.organisation, clock.world(by.world).base):
        raise NotAuthorisedError(
            Text(
                "この設置を運用する組織の管理者だけが、読み取り専用を解除できます（当システムの定め）。",
                "Only an administrator of those who run this deployment may end its being read-only (house rule).",
            ),
            where=KIND,
            article="house",
            mend=Text(
                "運用する組織の管理者のログイン名を --as に指定してください。",
                "Name the log-in of an administrator of those who run it with --as.",
            ),
        )


def _require_agreed(found: Assessment, *, new_epoch: bool, asserted: bool) -> None:
    if found.way == "epoch" and not new_epoch:
        raise RecoveryError(
            Text(
                f"手元の記録は{found.size}件ですが、{found.known}件までの記録、または別の記録が公表済みです。"
                "同じ記録を続けると二つの歴史ができます。",
                f"{found.size} leaves are at hand, but the log was published up to {found.known}, or with others. "
                "To go on with it would show two histories.",
            ),
            code="log.epoch_needed",
            mend=Text(
                "元の記録のファイルがあれば `sakimori log catch-up --from-log DIR`、"
                "なければ --new-epoch で新しい記録を始めます。",
                "If the log's files survive anywhere, use `sakimori log catch-up --from-log DIR`; if not, begin a "
                "new log with --new-epoch.",
            ),
        )
    if found.unasked and not (asserted or new_epoch):
        names = ", ".join(found.unasked)
        raise RecoveryError(
            Text(
                f"公表した記録を手元より先まで知る者がないか、まだ確かめられていません: {names}",
                f"It has not been made sure that nobody has seen more of the log than is at hand: {names}",
            ),
            code="log.unasked",
            mend=Text(
                "`sakimori log catch-up` を行うか、確かめたうえで --nobody-saw-more を付けてください。"
                "疑わしければ --new-epoch です。",
                "Use `sakimori log catch-up`; or, having made sure, --nobody-saw-more; if in doubt, --new-epoch.",
            ),
        )


def _begin_epoch(found: Assessment) -> None:
    """Close the log and make the new one's key; after a crash, go on where it stopped."""
    begun = epochs.closed() and found.tiles == 0
    if not begun:
        epochs.close(found.tiles)
    if epochs.origin() not in keys.own_ring().origins():
        keys.rotate("log", clock.wall())


def _deliver_again(cleared: Cleared) -> None:
    for one in refetching.kept():
        try:
            if one.own:
                _arrived(one)
            else:
                first = proofs.verify_ack(one.acknowledgement, keys.ring(one.world))
                came = refetching.parcel(one)
                transport.receive(came or one.body, arrived_at=first.received_at, without_files=came is None)
                cleared.taken_in.append(one.id)
                if came is None:
                    kind = json.loads(one.body)["receipt"]["kind"]
                    cleared.to_look_after.append((f"{kind} {one.id}", _NO_FILES))
        except (SakimoriError, proofs.ProofError, ObjectDoesNotExist) as error:
            kind = json.loads(one.body)["receipt"]["kind"]
            cleared.to_look_after.append((f"{kind} {one.id}", str(error)))


def _arrived(one: refetching.Refetched) -> None:
    """Record the acknowledgement of our own envelope; a room that lost the thing itself refuses, and it is listed."""
    Delivery.objects.filter(envelope=one.id, status="waiting").update(body=one.body, status="done")
    transport.take_acknowledgement(proofs.canonical(one.acknowledgement), json.loads(one.body), "http")


def _put_aside() -> None:
    """Keep what was refetched beside the mark, out of the way of the next time."""
    found = refetching.directory()
    if found.exists():
        kept = Path(settings.SAKIMORI_HOME) / "recovery"
        kept.mkdir(exist_ok=True, mode=0o700)
        found.rename(kept / f"catch-up-{clock.wall():%Y%m%dT%H%M%S%f}")


def _nothing_to_clear() -> RecoveryError:
    return RecoveryError(
        Text("この設置は読み取り専用ではありません。", "This deployment is not read-only."), code="log.not_read_only"
    )
