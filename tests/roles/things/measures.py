"""A measure asked for and approved: in the rehearsal world, for its articles are not in force."""

from tests.roles.things import Made, Secret, Side
from tests.support import committee
from tests.support.deployment import REHEARSAL

WORLD = REHEARSAL


def make(side: Side) -> Made:
    """Ask and decide, once: there is one office and one committee, so there is no other side's measure."""
    made = Made()
    if side.letter == "A":
        committee.seat_members()
        measure, _ = committee.approved()
        made.keep("measures.measure", measure["id"], "cabinet", "committee")
        for text in (committee.REQUEST["attack"], committee.REQUEST["equipment"], str(measure["number"])):
            made.secrets.append(Secret(text, frozenset({"cabinet", "committee"})))
    return made
