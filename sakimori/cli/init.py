"""`sakimori init`: found a deployment in an empty home."""

from pathlib import Path

import click

from sakimori.cli.floor import set_up, spoken
from sakimori.text import Text
from sakimori.web import deployment, founding


@click.command()
@click.option("--name", required=True, help="Short name, part of the log's origin / 短い名前")
@click.option("--edition", type=click.Choice(deployment.EDITIONS), required=True)
@click.option("--title-ja", required=True)
@click.option("--title-en", required=True)
@click.option("--url", default="http://127.0.0.1:8080", show_default=True)
@click.option("--host", "hosts", multiple=True, help="Host names the site answers to / 受け付けるホスト名")
@click.pass_context
@spoken
def init(
    ctx: click.Context, name: str, edition: str, title_ja: str, title_en: str, url: str, hosts: tuple[str, ...]
) -> None:
    """Found a deployment: home, keys, tables. The worlds are `real` and its `rehearsal`."""
    home: Path = (ctx.obj or {}).get("home") or deployment.home()
    founding.write_home(
        home,
        name=name,
        edition=edition,
        title=Text(title_ja, title_en),
        worlds={"real": {}, "rehearsal": {"of": "real", "rehearsal": True}},
        default_world="real",
        url=url,
        hosts=list(hosts) or None,
    )
    set_up(home)
    founding.create_keys()
    founding.migrate()
    click.echo(f"{home}: {name} ({edition})")
