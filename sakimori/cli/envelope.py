"""`sakimori envelope`: carry envelopes and acknowledgements as files, across an air gap."""

import json
from pathlib import Path

import click

from sakimori.cli.floor import set_up, spoken


@click.group(name="envelope")
def envelope_group() -> None:
    """Envelopes between deployments / 設置間の封筒."""


@envelope_group.command("export")
@click.argument("directory", type=click.Path(path_type=Path))
@click.pass_context
@spoken
def export_waiting(ctx: click.Context, directory: Path) -> None:
    """Write every envelope that waits to be sent into DIRECTORY, one file each."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import transport  # noqa: PLC0415 - after set_up

    directory.mkdir(parents=True, exist_ok=True)
    for identity, body in transport.waiting_files():
        path = directory / f"{identity}.envelope.json"
        path.write_bytes(body)
        click.echo(str(path))


@envelope_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_context
@spoken
def take_in(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Take in envelopes; beside each the signed acknowledgement is written, to be carried back."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import transport  # noqa: PLC0415 - after set_up

    for path in files:
        answer = transport.receive_file(path.read_bytes())
        back = path.with_name(path.name.replace(".envelope.json", "") + ".ack.json")
        back.write_bytes(answer)
        click.echo(f"{back}: {json.loads(answer)['outcome']}")


@envelope_group.command("acknowledge")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_context
@spoken
def acknowledge(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Take in acknowledgements that were carried back: the filings they answer have arrived."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import transport  # noqa: PLC0415 - after set_up

    for path in files:
        transport.acknowledge_file(path.read_bytes())
        click.echo(f"{path}: ✓")
