"""A measure asked for, approved and used: in the rehearsal world, for its articles are not in force."""

import tempfile
from pathlib import Path

from tests.roles.things import Made, Secret, Side
from tests.support import committee
from tests.support.deployment import REHEARSAL

WORLD = REHEARSAL


def make(side: Side) -> Made:
    """Ask, decide, select and record, once: with one office and one committee there is no other side."""
    made = Made()
    if side.letter == "A":
        committee.seat_members()
        with tempfile.TemporaryDirectory() as folder:
            measure, selection = committee.recorded(Path(folder) / "selected")
        made.keep("custody.selection", selection, "cabinet", "committee")
        made.keep("measures.measure", measure["id"], "cabinet", "committee")
        for text in (committee.REQUEST["attack"], committee.REQUEST["equipment"], str(measure["number"])):
            made.secrets.append(Secret(text, frozenset({"cabinet", "committee"})))
    return made
