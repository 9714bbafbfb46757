"""`sakimori select`: run an automatic selection, check an order, explain it in words (強化法22, 35)."""

import difflib
import json
import sys
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import IO, Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sakimori import law
from sakimori.acts import clock
from sakimori.cli.floor import REFUSED, spoken
from sakimori.cli.select_engine import can_cluster, engine_for, not_alone
from sakimori.cli.selecting import Shown, nothing_in, require_files, tell, warned
from sakimori.errors import SakimoriError
from sakimori.selection import (
    Countries,
    Order,
    Refusal,
    SignedAuthority,
    Spool,
    check_order,
    confine,
    examine,
    key_id,
    load_authority,
    load_order,
    load_public_key,
    read,
    select,
    verify,
    write,
)
from sakimori.selection.cluster import Cluster
from sakimori.selection.explain import explain, explain_authority
from sakimori.selection.output import ready
from sakimori.selection.real import told_time
from sakimori.selection.receipt import FAST, MACHINE, REFERENCE, TOLD
from sakimori.selection.records import canonical
from sakimori.selection.showing import shown
from sakimori.text import Text

_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)
_SECRET = 32
_MEGA = 1_000_000
_ALIKE = 0.7


class _RunByDefault(click.Group):
    """`select CAPTURE…` runs a selection; `select check` and `select explain` are commands of their own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command `run` before anything that names none."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            meant = difflib.get_close_matches(args[0], self.commands, 1, _ALIKE)
            if meant and not Path(args[0]).exists():
                raise click.UsageError(
                    f"{args[0]}: そのような命令もファイルもありません。{meant[0]} ですか。 / "
                    f"neither a command nor a file; did you mean {meant[0]}?"
                )
            args = ["run", *args]
        return super().parse_args(ctx, args)


_HELP = """Automatic selection / 自動選別.

\b
sakimori select CAPTURE… --order ORDER.yaml --country FILE.mmdb --out DIR [--rehearsal]
sakimori select check ORDER.yaml [--authority FILE --trust KEY]
sakimori select explain ORDER.yaml
sakimori select rows DIR --engine-key KEY.pem > rows.jsonl

Every option of a selection / 選別の選択肢のすべて: sakimori select run --help
"""


@click.group(cls=_RunByDefault, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
def select_group() -> None:
    """Automatic selection; its commands are below."""


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """Return the time given, with its offset."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.year in (MINYEAR, MAXYEAR):  # the run's end would lie outside the calendar
        raise click.BadParameter("日時ではありません / not a moment. Ex.: 2027-01-15T09:00:00+09:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.TOKYO)


_AUTHORITY = click.option("--authority", type=_PATH, help="Signed selection authority / 署名された承認書")
_TRUST = click.option(
    "--trust", type=_PATH, multiple=True, help="Public key that may sign authorities / 信頼する公開鍵"
)
_NOW = click.option("--now", callback=_moment, help="A time to check for, ISO 8601; else now / 確かめる日時")
_TOLD = click.option(
    "--now", callback=_moment, help="Time of a rehearsal, ISO 8601; else the machine's / 訓練の日時(指定がなければ現在)"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as JSON / JSON で答える")


@select_group.command("run", hidden=True)
@click.argument("captures", nargs=-1, required=True)
@click.option("--order", "order_file", type=_PATH, required=True, help="Selection order / 選別命令")
@click.option("--country", type=_PATH, multiple=True, help="Country data, MMDB; may be repeated / 国別データ")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Output folder / 出力先")
@click.option(
    "--engine",
    type=click.Choice([FAST, REFERENCE]),
    help="Engine; fast where its libraries are installed / エンジン",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processes of the fast engine / 高速エンジンのプロセス数",
)
@click.option("--cluster", metavar="ADDRESS", help="Scheduler of a Dask cluster; rehearsals only / クラスタ(訓練のみ)")
@click.option("--cluster-ca", type=_PATH, help="TLS: certificates trusted / クラスタの認証局")
@click.option("--cluster-cert", type=_PATH, help="TLS: our certificate / クラスタ用の証明書")
@click.option("--cluster-key", type=_PATH, help="TLS: our private key / クラスタ用の秘密鍵")
@click.option(
    "--spool",
    "spool_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder where bursts of a stream may wait, encrypted / 流れの待避先(暗号化)",
)
@click.option(
    "--spool-limit", type=click.IntRange(0), default=16_000, show_default=True, help="MB in the folder / 待避先の上限"
)
@click.option(
    "--spool-memory",
    type=click.IntRange(0),
    default=256,
    show_default=True,
    help="MB that wait in memory before / 待避の前にメモリで待つ量",
)
@click.option("--rehearsal", is_flag=True, help="Rehearsal: files, unsigned orders; everything stamped / 訓練")
@_AUTHORITY
@_TRUST
@click.option("--signing-key", type=_PATH, help="Ed25519 private key (PEM) for the receipt / 署名鍵")
@click.option("--pseudonym-key", type=_PATH, help="Master key, 32 bytes in hex / 仮名化の鍵")
@_TOLD
@_JSON
@spoken
def run(
    *,
    captures: tuple[str, ...],
    order_file: Path,
    country: tuple[Path, ...],
    out: Path,
    engine: str | None,
    workers: int,
    cluster: str | None,
    cluster_ca: Path | None,
    cluster_cert: Path | None,
    cluster_key: Path | None,
    spool_folder: Path | None,
    spool_limit: int,
    spool_memory: int,
    authority: Path | None,
    trust: tuple[Path, ...],
    signing_key: Path | None,
    pseudonym_key: Path | None,
    now: datetime | None,
    rehearsal: bool,
    as_json: bool,
) -> None:
    """Select from CAPTURES (`-` reads a pipe) and write records and receipt into the folder."""
    not_alone()
    require_files(captures)
    if captures.count("-") > 1:
        raise SakimoriError(
            Text("標準入力は一度しか読めません。", "standard input can be read once only."),
            code="selection.pipe_twice",
            where="-",
            mend=Text("- を一つにしてください。", "Give - once."),
        )
    engine = engine_for(engine, workers)
    if cluster:
        can_cluster(cluster, engine, workers)
    order = load_order(order_file.read_bytes())
    if not rehearsal:
        if now is not None:
            raise told_time()
        _in_force(order, clock.wall())
    ready(out)
    result = select(
        [_source(name) for name in captures],
        order,
        Countries(country),
        now=now or clock.wall(),
        clock=MACHINE if now is None else TOLD,
        authority=load_authority(authority.read_bytes()) if authority else None,
        trusted={key_id(key): key for key in (load_public_key(path.read_bytes()) for path in trust)},
        signing_key=_signing_key(signing_key) if signing_key else None,
        pseudonym_master=_master(pseudonym_key) if pseudonym_key else None,
        rehearsal=rehearsal,
        progress=Shown(captures) if sys.stderr.isatty() else None,
        engine=engine,
        workers=workers,
        isolated=confine.supported(),
        cluster=Cluster(cluster, cluster_ca, cluster_cert, cluster_key) if cluster else None,
        spool=Spool(spool_folder, spool_limit * _MEGA, spool_memory * _MEGA) if spool_folder else None,
    )
    receipt_path = write(result, out)
    if as_json:
        said = {"engine": engine, "receipt": result.receipt, "warnings": list(result.warnings)}
        click.echo(json.dumps(said, ensure_ascii=False, sort_keys=True))
    else:
        for line in warned(result.warnings):
            click.echo(line, err=True)
        tell(result.receipt, receipt_path)
    for line in nothing_in(captures, result.receipt):
        click.echo(line, err=True)


def _in_force(order: Order, now: datetime) -> None:
    """Refuse a real selection before its article is in force; rehearsals are always possible."""
    article = "強化法22" if order.basis.device_side is None else "強化法35"
    if not law.in_force(article, now.astimezone(clock.TOKYO).date()):
        raise SakimoriError(
            Text(f"{article}条はまだ施行されていません。", f"{article} is not yet in force."),
            code="selection.not_in_force",
            mend=Text(
                "施行までは訓練(--rehearsal)だけができます。", "Until then only a rehearsal is possible: --rehearsal."
            ),
            article=article,
        )


def _source(name: str) -> str | IO[bytes]:
    return sys.stdin.buffer if name == "-" else name


def _signing_key(path: Path) -> Ed25519PrivateKey:
    try:
        key: Any = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SakimoriError(
            Text("Ed25519 の秘密鍵(PEM)として読めません。", "this is not an Ed25519 private key in PEM."),
            code="selection.signing_key",
            where=path.name,
            mend=Text("鍵のファイルを確かめてください。", "Check the key file."),
        )
    return key


def _master(path: Path) -> bytes:
    try:
        master = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        master = b""
    if len(master) != _SECRET:
        raise SakimoriError(
            Text("仮名化の鍵は 64 桁の 16 進数です。", "the pseudonym key is 64 hexadecimal digits."),
            code="selection.pseudonym_key",
            where=path.name,
            mend=Text("鍵のファイルを確かめてください。", "Check the key file."),
        )
    return master


@select_group.command("check")
@click.argument("order_file", type=_PATH, metavar="ORDER")
@_AUTHORITY
@_TRUST
@_NOW
@_JSON
@spoken
def check(
    order_file: Path, authority: Path | None, trust: tuple[Path, ...], now: datetime | None, *, as_json: bool
) -> None:
    """Say whether ORDER may be run, and explain every refusal. Exit 1 when refused."""
    order, refusals = examine(order_file.read_bytes())
    if authority and order is not None:
        refusals = [*refusals, *_against(order, load_authority(authority.read_bytes()), trust, now or clock.wall())]
    if as_json:
        said = {"accepted": not refusals, "refusals": [item.as_dict() for item in refusals]}
        said |= {"signature_checked": bool(trust)} if authority else {}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _list(refusals)
        if authority and not trust:
            click.echo("承認書の署名は確かめていません(--trust に発行者の公開鍵を指定してください)。")
            click.echo("The authority's signature was not checked: give the issuer's public key with --trust.")
        if not authority and not refusals:
            click.echo("承認書の範囲にあるかは確かめていません(--authority に承認書を指定してください)。")
            click.echo("Whether an authority allows it was not checked: give it with --authority.")
    if refusals:
        sys.exit(REFUSED)


def _against(order: Order, signed: SignedAuthority, trust: Sequence[Path], now: datetime) -> list[Refusal]:
    """Verify the authority if a key is given, and check the order against it."""
    if trust:
        keys = (load_public_key(path.read_bytes()) for path in trust)
        verify(signed, {key_id(key): key for key in keys})
    return check_order(order, signed.authority, now)


def _list(refusals: Sequence[Refusal]) -> None:
    if not refusals:
        click.echo("この命令は実行できます。 / The order may be run.")
        return
    for item in refusals:
        click.echo(f"[{item.code}]")
        click.echo(f"  {item.explain('ja')}")
        click.echo(f"  {item.explain('en')}")


@select_group.command("explain")
@click.argument("order_file", type=_PATH, metavar="ORDER")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="One language only / 一方の言語だけ")
@click.option("--all", "whole", is_flag=True, help="Every value, however many / すべての値")
@_AUTHORITY
@spoken
def explain_command(order_file: Path, lang: str | None, authority: Path | None, *, whole: bool) -> None:
    """Say in words what ORDER selects, and what the authority fixes beside it (its signature: `select check`)."""
    order, refusals = examine(order_file.read_bytes())
    if order is None:
        _list(refusals)
        sys.exit(REFUSED)
    fixed = explain_authority(load_authority(authority.read_bytes()).authority) if authority else []
    for line in [*explain(order, whole=whole), *fixed]:
        click.echo(shown(line.pick(lang)) if lang else f"{shown(line.ja)}\n  {shown(line.en)}")
    if refusals:
        _list(refusals)
        sys.exit(REFUSED)


@select_group.command("rows")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--engine-key",
    type=_PATH,
    multiple=True,
    required=True,
    help="Public key of the engine that signed / 署名した選別装置の公開鍵",
)
@spoken
def rows(folder: Path, engine_key: tuple[Path, ...]) -> None:
    """Print the records of a finished selection, one JSON object a line, as the act that records it takes them.

    They are printed only if receipt, records and signature agree; their SHA-256 is the receipt's `output.digest`.
    """
    keys = (load_public_key(path.read_bytes()) for path in engine_key)
    for row in read(folder, {key_id(key): key for key in keys}).rows:
        click.echo(canonical(row))
