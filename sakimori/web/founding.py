"""Founding a deployment: its home, description, keys and tables. Enrolling who there is comes after, as acts."""

import json
import uuid
from pathlib import Path
from typing import Any

from sakimori.errors import SakimoriError
from sakimori.text import Text


def write_home(
    home: Path,
    *,
    name: str,
    edition: str,
    title: Text,
    worlds: dict[str, dict[str, Any]],
    default_world: str,
    url: str,
    hosts: list[str] | None = None,
) -> None:
    """Write `deployment.json` into a new home; `SakimoriError` where the home is founded already.

    `worlds` maps a world's name to `{"date": ISO date}` (sample), `{"of": base, "rehearsal": true}` or `{}`.
    """
    path = home / "deployment.json"
    if path.exists():
        raise SakimoriError(
            Text(f"{home} には既に設置があります。", f"{home} holds a deployment already."),
            code="deployment.exists",
            where=str(home),
            mend=Text("別のディレクトリを指定してください。", "Name another directory."),
        )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    description = {
        "name": name,
        "edition": edition,
        "title": {"ja": title.ja, "en": title.en},
        "worlds": worlds,
        "default_world": default_world,
        "url": url,
        "hosts": hosts or ["127.0.0.1", "localhost", "[::1]"],
        "founded": str(uuid.uuid4()),
    }
    path.write_text(json.dumps(description, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def create_keys() -> None:
    """Create the deployment's keys that are missing and its public key ring (Django must be set up on its home).

    Keys are good from the earliest day any of the deployment's worlds lives in.
    """
    from sakimori import proofs  # noqa: PLC0415 - with the floor below
    from sakimori.acts import clock, keys  # noqa: PLC0415 - needs Django

    purposes = ("receipt", "log", "envelope", "authority")
    for purpose in purposes:
        if not (keys.directory() / f"{purpose}.pem").exists():
            keys.create(purpose)
    earliest = min([clock.wall(), *(clock.now(world) for world in clock.worlds())])
    midnight = earliest.replace(hour=0, minute=0, second=0, microsecond=0)
    ring = proofs.KeyRing([keys.public_row(purpose, midnight) for purpose in purposes])
    keys.own_ring_path().write_bytes(proofs.format_keyring(ring))


def migrate() -> None:
    """Create or update the tables, and the guard's triggers with them."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django

    call_command("migrate", verbosity=0, interactive=False)


def founding_act() -> uuid.UUID:
    """Return the id that authorises the system's first acts: the founding of this deployment."""
    from django.conf import settings  # noqa: PLC0415 - needs Django

    return uuid.UUID(settings.SAKIMORI_DEPLOYMENT["founded"])
