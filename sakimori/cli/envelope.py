"""`sakimori envelope`: carry envelopes and acknowledgements as files, across an air gap."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from sakimori.cli.floor import REFUSED, say_error, set_up, spoken
from sakimori.errors import SakimoriError


@click.group(name="envelope")
def envelope_group() -> None:
    """Envelopes between deployments / 設置間の封筒."""


@envelope_group.command("export")
@click.argument("directory", type=click.Path(path_type=Path))
@click.pass_context
@spoken
def export_waiting(ctx: click.Context, directory: Path) -> None:
    """Write every envelope that waits to be sent into DIRECTORY, one file each; with files, as a parcel of all."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import parcels, transport  # noqa: PLC0415 - after set_up

    directory.mkdir(parents=True, exist_ok=True)
    for identity, body in transport.waiting_files():
        envelope = json.loads(body)
        path = directory / (f"{identity}.parcel" if envelope.get("files") else f"{identity}.envelope.json")
        _write(path, parcels.chunks(body, envelope))
        click.echo(str(path))
    left = transport.unproven()
    if left:
        click.echo(
            f"{left}通の封筒は、行為がまだ記録（ログ）に入っていないため書き出していません。"
            "`sakimori worker`（または `sakimori log sequence`）を動かしてから、もう一度書き出してください。",
            err=True,
        )
        click.echo(
            f"{left} {'envelope was' if left == 1 else 'envelopes were'} left out: the log's sequencer has not taken "
            f"{'its act' if left == 1 else 'their acts'} in yet. Run `sakimori worker` (or `sakimori log sequence`), "
            "then export again.",
            err=True,
        )


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file whole or not at all: half a parcel would be carried for nothing."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.writelines(chunks)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@envelope_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
@spoken
def take_in(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Take in envelopes and parcels; beside each the signed acknowledgement is written, to be carried back."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import transport  # noqa: PLC0415 - after set_up

    def one(path: Path) -> str:
        with path.open("rb") as came:
            answer = transport.receive_file(came)
        back = path.with_name(path.name.removesuffix(".envelope.json").removesuffix(".parcel") + ".ack.json")
        back.write_bytes(answer)
        return f"{back}: {json.loads(answer)['outcome']}"

    _each(files, one)


@envelope_group.command("acknowledge")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
@spoken
def acknowledge(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Take in acknowledgements that were carried back: the filings they answer have arrived."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import transport  # noqa: PLC0415 - after set_up

    def one(path: Path) -> str:
        transport.acknowledge_file(path.read_bytes())
        return f"{path}: ✓"

    _each(files, one)


def _each(files: Iterable[Path], take: Callable[[Path], str]) -> None:
    """Take file after file and say what came of each; one that is refused is named and holds up no other."""
    refused = False
    for path in files:
        try:
            click.echo(take(path))
        except SakimoriError as error:
            refused = True
            error.where = f"{path}: {error.where}" if error.where else str(path)
            say_error(error)
    if refused:
        sys.exit(REFUSED)
