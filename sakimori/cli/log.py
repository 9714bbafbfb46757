"""`sakimori log` and `sakimori receipt`: verify the log, go on with it after a restore; what somebody keeps of it."""

import sys
from pathlib import Path

import click

from sakimori.cli.act import Who, acting, as_somebody
from sakimori.cli.floor import REFUSED, set_up, spoken

_NAMES = {
    "log_entries": "記録の葉 / log entries",
    "leaves": "葉 / leaves",
    "leaves_waiting": "記録待ち / waiting",
    "acts": "行為 / acts",
    "erased": "内容を消去した行為 / erased",
    "readings": "ログに残した閲覧 / readings",
    "batches": "束 / batches",
    "envelopes_in": "受け取った封筒 / envelopes taken in",
    "arrived": "受領確認 / acknowledgements",
}


@click.group(name="log")
def log_group() -> None:
    """The tamper-evident log of this deployment / 改ざん検知記録."""


@log_group.command()
@click.pass_context
@spoken
def verify(ctx: click.Context) -> None:
    """Verify this deployment: log files, acts, receipts, envelopes. Exit 1, and every problem, if any is wrong."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts.verify import verify_deployment  # noqa: PLC0415 - after set_up

    report = verify_deployment()
    for name, count in report.counts.items():
        click.echo(f"  {_NAMES.get(name, name)}: {count}")
    for problem in report.problems:
        click.echo(f"✗ {problem.where}: {problem.what.ja} / {problem.what.en}", err=True)
    if not report.sound:
        sys.exit(REFUSED)
    click.echo("✓ すべて一致しました / Everything agrees.")


@log_group.command()
@click.pass_context
@spoken
def sequence(ctx: click.Context) -> None:
    """Take in what waits, once (the worker does this by itself)."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import sequencer  # noqa: PLC0415 - after set_up

    click.echo(str(sequencer.drain()))


@log_group.command()
@click.pass_context
@spoken
def status(ctx: click.Context) -> None:
    """Say whether this deployment may write, what is at hand, what others know; exit 1 while it only reads."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import recovery, standing  # noqa: PLC0415 - after set_up

    stands = standing.look()
    found = recovery.assess()
    click.echo(f"{stands.why.ja} / {stands.why.en}" if stands.read_only else "✓ 書き込めます / It may write.")
    for name, value in (
        ("データベースの葉 / leaves in the database", found.placed),
        ("記録の葉 / leaves in the log's files", found.tiles),
        ("他者が知る最大 / most that others know", found.known),
        ("取り戻した封筒 / envelopes refetched", found.refetched),
        ("確かめられない相手 / not asked", ", ".join(found.unasked) or "-"),
        ("道 / way", found.way),
    ):
        click.echo(f"  {name}: {value}")
    if stands.read_only:
        sys.exit(REFUSED)


@log_group.command("catch-up")
@click.option("--from-log", "source", type=click.Path(exists=True, path_type=Path), help="Copy of the log's files")
@click.pass_context
@spoken
def catch_up(ctx: click.Context, source: Path | None) -> None:
    """Refetch what this deployment lost: from its peers, and from a copy of the log's files where there is one.

    Exit 1 where a peer did not answer, or could not hand over what it has.
    """
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import recovery, refetching  # noqa: PLC0415 - after set_up

    if source is not None:
        click.echo(f"log: {recovery.take_log(source)}")
    answers = refetching.ask_all()
    for one in answers:
        came = len(one.missing) - len(one.withheld)
        said = f"✗ {one.fault}" if one.fault else f"取り戻した / refetched {came}"
        click.echo(f"  {one.peer} ({one.world}): {said}")
        for identity in one.withheld:
            click.echo(f"    ✗ 取り戻せない / cannot be refetched: {identity}")
    if any(one.fault or one.withheld for one in answers):
        sys.exit(REFUSED)


@log_group.command()
@click.option("--reason", required=True, help="Why it is safe to go on / 続けてよい理由")
@click.option("--new-epoch", is_flag=True, help="Close the log and begin a new one / 新しい記録を始める")
@click.option("--nobody-saw-more", "asserted", is_flag=True, help="State that nobody saw more / 先を知る者はいない")
@as_somebody
@click.pass_context
@spoken
def clear(ctx: click.Context, /, reason: str, new_epoch: bool, asserted: bool, **who: str) -> None:  # noqa: FBT001 - flags
    """End being read-only, as an administrator: what was refetched is taken in, the log goes on; recorded as an act."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import recovery  # noqa: PLC0415 - after set_up

    done = recovery.clear(reason, by=acting(Who(**who)), new_epoch=new_epoch, asserted=asserted)
    click.echo(f"✓ {done.act} ({done.way})")
    click.echo(f"  内容を失った葉 / leaves without contents: {done.lost}")
    click.echo(f"  戻した自らの行為 / own acts put back: {done.put_back}")
    click.echo(f"  改めて受け取った封筒 / envelopes taken in again: {len(done.taken_in)}")
    for what, why in done.to_look_after:
        click.echo(f"  ✗ 人が確かめる / to be looked after: {what}: {why}")


@click.group(name="receipt")
def receipt_group() -> None:
    """Receipts (記録証明) / records of an act that its actor keeps."""


@receipt_group.command("verify")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--keys", "ring", type=click.Path(exists=True, path_type=Path), required=True, help="Key ring / 鍵束")
def verify_receipt(file: Path, ring: Path) -> None:
    """Verify a receipt file offline, with nothing but the key ring."""
    from sakimori.proofs.cli import main  # noqa: PLC0415 - the same program that is shipped alone

    sys.exit(main(["receipt", str(file), "--keys", str(ring)]))
