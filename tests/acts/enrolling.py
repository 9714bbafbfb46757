"""Enrolling whom a test needs besides the test parties, as the founding register does."""

from sakimori.acts import batches, door
from sakimori.record import SYSTEM
from sakimori.web import founding
from tests.support.deployment import WORLD


def enrol_by_system(*rows):
    """Enrol the rows (`{"thing": …}`) by the system's own founding act."""
    system = SYSTEM(WORLD)
    batch = batches.stage("parties.register.found", rows, by=system)
    door.commit(
        door.Request(
            "parties.register.found", {"title": "追加"}, system, caused_by=founding.founding_act(), batch=batch.id
        )
    )
