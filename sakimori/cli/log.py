"""`sakimori log` and `sakimori receipt`: verify the log, and what somebody keeps of it."""

import sys
from pathlib import Path

import click

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
