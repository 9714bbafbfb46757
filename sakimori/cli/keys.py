"""`sakimori keys`: this deployment's public keys, to be handed to others."""

import click

from sakimori.cli.floor import set_up, spoken


@click.group(name="keys")
def keys_group() -> None:
    """Keys of this deployment / この設置の鍵."""


@keys_group.command("list")
@click.pass_context
@spoken
def list_keys(ctx: click.Context) -> None:
    """List the public keys with purpose and validity."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import keys  # noqa: PLC0415 - after set_up

    for key in keys.own_ring():
        until = key.valid_until.date() if key.valid_until else "-"
        click.echo(f"{key.id}  {key.purpose:10} {key.valid_from.date()} … {until}")


@keys_group.command()
@click.argument("purpose", type=click.Choice(["receipt", "log", "envelope", "authority"]))
@click.pass_context
@spoken
def rotate(ctx: click.Context, purpose: str) -> None:
    """Replace the key for PURPOSE; then restart, and have the peers take the new ring (parties.peer.rekey)."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import clock, keys  # noqa: PLC0415 - after set_up

    fresh = keys.rotate(purpose, clock.wall())
    click.echo(f"{fresh.id}  {fresh.purpose}  {fresh.valid_from.isoformat()}")


@keys_group.command()
@click.pass_context
@spoken
def export(ctx: click.Context) -> None:
    """Print the public key ring of this deployment (JSON)."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import keys  # noqa: PLC0415 - after set_up

    click.echo(keys.own_ring_path().read_text(encoding="utf-8"))
