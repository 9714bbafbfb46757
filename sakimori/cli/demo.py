"""`sakimori demo`: play the loop over three deployments on the sample world, then serve them."""

import os
from pathlib import Path

import click

from sakimori.cli.floor import spoken
from sakimori.cli.serve import stop_on_signal

DATA = "../shared/data"


@click.command()
@click.option("--once", is_flag=True, help="Stop after the loop / 一巡したら終わる")
@click.option(
    "--operators",
    type=click.IntRange(1, 257),
    default=6,
    show_default=True,
    help="Operators in the world (at most 257) / 事業者の数",
)
@click.option(
    "--assets",
    type=click.IntRange(1, 100_000),
    default=60,
    show_default=True,
    help="Computers an operator has / 1事業者の電子計算機の数",
)
@click.option("--root", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option(
    "--port",
    type=click.IntRange(1, 65533),
    default=8080,
    show_default=True,
    help="Port of the first deployment / 最初のポート",
)
@spoken
def demo(once: bool, operators: int, assets: int, root: Path, port: int) -> None:  # noqa: FBT001 - a flag of click
    """Play the loop on real input (SAKIMORI_DATA) where there is any, else on generated samples."""
    from sakimori.sample.stage import Stage  # noqa: PLC0415 - after the command line is read
    from sakimori.sample.story import Story  # noqa: PLC0415
    from sakimori.sample.telling import Teller  # noqa: PLC0415

    data = Path(os.environ.get("SAKIMORI_DATA") or DATA)
    stage = Stage(root.resolve(), 0 if once else port)
    with stage:
        story = Story(stage, Teller(), data if data.is_dir() else None, operators=operators, assets=assets)
        story.play()
        if once:
            return
        story.log_ins()
        stage.work()
        stage.keep(stop_on_signal())
