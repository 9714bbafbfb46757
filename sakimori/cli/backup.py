"""`sakimori backup` and `sakimori restore`."""

import json
import os
import sys
from pathlib import Path

import click

from sakimori import proofs
from sakimori.cli.floor import set_up, spoken
from sakimori.cli.main import home_of
from sakimori.errors import SakimoriError
from sakimori.text import Text
from sakimori.web import deployment

_PASSPHRASE = "SAKIMORI_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="With the private keys, sealed / 秘密鍵を封じて含める")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", "only_verify", is_flag=True, help="Verify the backup TARGET, change nothing / 検証のみ")
@click.option("--keys", "ring", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key ring / 鍵束")
@click.pass_context
@spoken
def backup(
    ctx: click.Context,
    /,
    target: Path,
    with_keys: bool,  # noqa: FBT001 - a flag of click
    passphrase_file: Path | None,
    only_verify: bool,  # noqa: FBT001 - a flag of click
    ring: Path | None,
) -> None:
    """Back up the deployment to TARGET (a file, or a directory to name it in) while it serves; or verify one.

    The private keys are left out unless --with-keys is given, with a passphrase from --passphrase-file,
    SAKIMORI_BACKUP_PASSPHRASE or a prompt.
    """
    if only_verify:
        verify(target, ring)
        return
    set_up(home_of(ctx.find_root()))
    from django.conf import settings  # noqa: PLC0415 - after set_up

    from sakimori.acts import clock  # noqa: PLC0415
    from sakimori.cli.upkeep import packing  # noqa: PLC0415

    if target.is_dir():
        name = settings.SAKIMORI_DEPLOYMENT["name"]
        target = target / f"{name}-{clock.wall():%Y%m%d-%H%M%S}.sakimori"
    secret = _passphrase(passphrase_file, confirm=True) if with_keys else None
    made = packing.make(target, passphrase=secret)
    click.echo(str(target))
    click.echo(f"  行為 / acts: {made.document['acts']}   記録 / log: {made.size}   {target.stat().st_size:,} bytes")
    if not with_keys:
        click.echo("  秘密鍵は含みません。 / Without the private keys.")


def verify(target: Path, ring: Path | None) -> None:
    """Verify a backup against a key ring, or against its own where none is given, and say which."""
    from sakimori.cli.upkeep import unpacking  # noqa: PLC0415 - only for this

    told = unpacking.unpack(target, None, _read_ring(ring))
    click.echo(f"✓ {told.document['deployment']} {told.document['made_at']} ({told.document['version']})")
    click.echo(f"  行為 / acts: {told.document['acts']}   記録 / log: {told.size}   {len(told.files)} files")
    if ring is None:
        click.echo(
            f"  署名は控え自身の鍵束 {told.document['key_id']} で確かめました。信頼する鍵束は --keys で渡せます。\n"
            "  Signed by the ring in the backup itself; hand in a ring you trust with --keys."
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", "ring", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key ring / 鍵束")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys-from", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Private keys / 秘密鍵"
)
@click.option("--new-keys", is_flag=True, help="Make new private keys / 新しい秘密鍵を作る")
@click.pass_context
@spoken
def restore(
    ctx: click.Context,
    /,
    file: Path,
    ring: Path | None,
    passphrase_file: Path | None,
    keys_from: Path | None,
    new_keys: bool,  # noqa: FBT001 - a flag of click
) -> None:
    """Restore the backup FILE into the empty directory given as --home; it is read-only until cleared."""
    home: Path = home_of(ctx.find_root()) or deployment.home()
    home = home.resolve()
    from sakimori.cli.upkeep import restoring  # noqa: PLC0415 - loads the floor

    sealed_with = None if new_keys or keys_from else _passphrase(passphrase_file, confirm=False)
    keys = restoring.KeysFrom(sealed_with, keys_from, new_keys)
    told = restoring.lay_out(file, home, keys, _read_ring(ring))
    set_up(home)
    restoring.finish(anew=new_keys)
    click.echo(f"✓ {home}: {told.document['deployment']} {told.document['made_at']}")
    click.echo(
        "  読み取り専用です。次に: sakimori log catch-up、sakimori log clear\n"
        "  It is read-only. Next: sakimori log catch-up, then sakimori log clear"
    )
    if new_keys:
        click.echo("  相手方へ: sakimori keys export / Hand the peers the new ring: sakimori keys export")


def _passphrase(file: Path | None, *, confirm: bool) -> str | None:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\n")
        except UnicodeDecodeError:
            raise SakimoriError(
                Text("パスフレーズのファイルが UTF-8 の文字ではありません。", "The passphrase file is not UTF-8 text."),
                code="backup.passphrase",
                where=str(file),
                mend=Text("パスフレーズを一行の文字で書いてください。", "Write the passphrase as one line of text."),
            ) from None
    given = os.environ.get(_PASSPHRASE)
    if given or not (confirm or sys.stdin.isatty()):
        return given or None
    return str(click.prompt("パスフレーズ / Passphrase", hide_input=True, confirmation_prompt=confirm))


def _read_ring(path: Path | None) -> proofs.KeyRing | None:
    if path is None:
        return None
    try:
        return proofs.parse_keyring(json.loads(path.read_bytes()))
    except (proofs.ProofError, ValueError):
        raise SakimoriError(
            Text("鍵束が読めません。", "The key ring cannot be read."), code="keys.ring", where=str(path)
        ) from None
