"""Founding a deployment: its home, description, keys and tables. Enrolling who there is comes after, as acts."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sakimori.errors import SakimoriError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.parties.founding import FirstPerson, OwnOrganisation


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
    run_by: uuid.UUID | None = None,
) -> None:
    """Write `deployment.json` into a new home; `SakimoriError` where the home is founded already.

    `run_by` is the organisation that runs it; left out, `enrol` writes down whoever founds it.
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
        "run_by": str(run_by) if run_by else "",
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
    earliest = min([clock.wall().date(), *(clock.today(world) for world in clock.worlds())])
    midnight = datetime.combine(earliest, time.min, clock.TOKYO)
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


def _note_who_runs_it(own: uuid.UUID) -> None:
    """Write into `deployment.json` which organisation runs this deployment: its founder."""
    from django.conf import settings  # noqa: PLC0415 - needs Django

    path = Path(settings.SAKIMORI_HOME) / "deployment.json"
    described = json.loads(path.read_text(encoding="utf-8")) | {"run_by": str(own)}
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)
    settings.SAKIMORI_DEPLOYMENT["run_by"] = str(own)


def enrolled() -> bool:
    """Return whether this deployment has its organisation already (its founding register was loaded)."""
    from sakimori.parties.models import Organisation  # noqa: PLC0415 - needs Django

    return Organisation.objects.exists()


def enrol(own: "OwnOrganisation", hosted: Sequence[str], people: Sequence["FirstPerson"]) -> list[dict[str, str]]:
    """Load the founding register through the door and make the first people's accounts, without passwords.

    Returns, for each person, `name`, `login`, `roles` and `link`: the one-time link to choose a password. Raises
    `SakimoriError` where a log-in name is taken; nothing is enrolled then.
    """
    from django.conf import settings  # noqa: PLC0415 - needs Django
    from django.db import transaction  # noqa: PLC0415

    from sakimori.acts import batches, clock, door  # noqa: PLC0415
    from sakimori.parties import founding  # noqa: PLC0415
    from sakimori.parties.models import Account  # noqa: PLC0415
    from sakimori.record import SYSTEM  # noqa: PLC0415
    from sakimori.web.access.invitations import invite  # noqa: PLC0415

    world = str(settings.SAKIMORI_DEPLOYMENT["default_world"])
    name = str(settings.SAKIMORI_DEPLOYMENT["name"])
    system = SYSTEM(world)
    kind = "parties.register.found"
    made = []
    with transaction.atomic():
        batch = batches.stage(kind, founding.rows(name, own, hosted, people, clock.today(world)), by=system)
        title = {"title": own.name_ja}
        door.commit(door.Request(kind, title, system, caused_by=founding_act(), batch=batch.id))
        for person in people:
            account = Account.objects.create_account(person.login, person.id, None)
            made.append(
                {
                    "name": person.name_ja,
                    "login": person.login,
                    "roles": ", ".join(person.roles),
                    "link": invite(account.pk),
                }
            )
    _note_who_runs_it(own.id)
    return made
