"""Steps every deployment needs: enrol, settle what waits, verify, read as somebody."""

import json
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from sakimori.acts import batches, clock, door, keys, outbox, reading, receipts, sequencer, transport
from sakimori.acts.models import Act, Head
from sakimori.acts.verify import verify_deployment
from sakimori.parties.models import Account, Organisation, Person
from sakimori.parties.queries import viewers_of
from sakimori.record import SYSTEM, Viewer
from sakimori.sample.organisations import identifier
from sakimori.web import founding


def keyring() -> dict[str, Any]:
    """Return this deployment's public keys, to be enrolled by the others."""
    ring: dict[str, Any] = json.loads(keys.own_ring_path().read_bytes())
    return ring


def enrol(world: str, rows: list[dict[str, Any]], title: str) -> dict[str, Any]:
    """Enrol the sample parties and peers by the founding act; return its receipt."""
    system = SYSTEM(world)
    batch = batches.stage("parties.register.found", rows, by=system)
    done = door.commit(
        door.Request(
            "parties.register.found", {"title": title}, system, caused_by=founding.founding_act(), batch=batch.id
        )
    )
    return {"act": str(done.act), "rows": batch.count}


def peer_row(name: str, edition: str, url: str, ring: dict[str, Any]) -> dict[str, Any]:
    """Return the register row of another deployment with its public keys."""
    return {"thing": "peer", "name": name, "edition": edition, "url": url, "keys": ring["keys"]}


def accounts(logins: dict[str, str], password: str) -> int:
    """Create sample log-ins (desk table): login → person id, all with one password; return how many.

    The password is hashed once: a slow hash for each of sixty log-ins would take half of the story's time.
    """
    encoded = make_password(password)
    made = [Account(login=login, person=uuid.UUID(person), password=encoded) for login, person in logins.items()]
    return len(Account.objects.bulk_create(made))


def settle(rounds: int = 3) -> dict[str, int]:
    """Do what the worker does until nothing is left: sequence, carry envelopes, send notices."""
    totals = {"leaves": 0, "envelopes": 0, "notices": 0}
    with sequencer.locked():
        log = sequencer.Sequencer()
        for _ in range(rounds):
            taken, carried, told = log.run_once(), transport.run_once(), outbox.run_once()
            totals["leaves"] += taken
            totals["envelopes"] += carried
            totals["notices"] += told
            if not taken + carried + told:
                break
    return totals


def verify() -> dict[str, Any]:
    """Verify this deployment and return counts, problems and the log's head."""
    report = verify_deployment()
    head = Head.objects.order_by("-size").first()
    return {
        "counts": report.counts,
        "problems": [[problem.where, problem.what.ja, problem.what.en] for problem in report.problems],
        "head": head.note if head else "",
    }


def read(organisation: str, role: str, world: str, query: str, **arguments: Any) -> list[dict[str, Any]]:
    """Return what somebody of that organisation and role reads."""
    return reading.read(viewer(organisation, role, world), query, **arguments)


def receipt(act: str) -> dict[str, Any]:
    """Return the receipt file of an act of this deployment."""
    return receipts.proven(uuid.UUID(act))


def count_receipts() -> int:
    """Return how many acts, and so receipts, this deployment holds."""
    return int(Act.objects.count())


def viewer(organisation: str, role: str, world: str) -> Viewer:
    """Return the viewer who holds a role in an organisation, given by its key in the sample world."""
    base = clock.world(world).base
    chosen = Organisation.objects.get(world=base, id=identifier("organisation", organisation))
    today: date = clock.today(world)
    for person in Person.objects.filter(world=base, memberships__organisation=chosen, memberships__role=role).order_by(
        "id"
    ):
        for one in viewers_of(person.id, world, base, today):
            if one.organisation == chosen.id and one.role == role:
                return one
    raise LookupError(f"nobody is {role} of {organisation} at {settings.SAKIMORI_DEPLOYMENT['name']}")
