"""`sakimori doctor` and `sakimori upgrade`."""

import json
import sys
from pathlib import Path

import click

from sakimori.cli.floor import REFUSED, set_up, spoken
from sakimori.cli.main import home_of

_MARKS = {"ok": "✓", "warn": "△", "fail": "✗"}


@click.command()
@click.option("--fix", is_flag=True, help="Mend file modes / ファイルの権限を直す")
@click.option("--json", "as_json", is_flag=True, help="One JSON document / JSON で出力")
@click.pass_context
@spoken
def doctor(ctx: click.Context, /, fix: bool, as_json: bool) -> None:  # noqa: FBT001 - flags of click
    """Look at machine and deployment: what is wrong, why it matters, how to mend it. Exit 1 where something fails."""
    set_up(home_of(ctx.find_root()))
    from sakimori.cli.upkeep import doctor as examining  # noqa: PLC0415 - after set_up

    found = examining.examine(fix=fix)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"{_MARKS[one.level]} {one.check}: {one.what.ja} / {one.what.en}")
            for name, text in (("なぜ / why", one.why), ("直し方 / mend", one.mend)):
                if text is not None:
                    click.echo(f"    {name}: {text.ja} / {text.en}")
    if any(one.level == examining.FAIL for one in found):
        sys.exit(REFUSED)


@click.command()
@click.option("--backup", type=click.Path(path_type=Path), help="Where the backup goes / 控えの置き場所")
@click.pass_context
@spoken
def upgrade(ctx: click.Context, /, backup: Path | None) -> None:
    """Bring a stopped deployment to the version installed: back up, migrate, verify, say what changed."""
    set_up(home_of(ctx.find_root()))
    from sakimori import __version__  # noqa: PLC0415
    from sakimori.cli.upkeep import upgrading  # noqa: PLC0415 - after set_up

    done = upgrading.upgrade(backup)
    click.echo(f"✓ {done.before} → {__version__}")
    click.echo(f"  控え / backup: {done.backup}")
    click.echo(f"  移行 / migrations: {', '.join(done.applied) or '-'}")
    if done.law_before and done.law_before != done.law_after:
        click.echo("  法令データが変わりました / the law data changed: sakimori law diff")
    click.echo("  次に: 起動し、そして sakimori doctor / Next: start it, then sakimori doctor")
