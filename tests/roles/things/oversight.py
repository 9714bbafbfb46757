"""The committee's side of the measure."""

from sakimori.oversight.models import HandlingNotice, Matter
from tests.roles.things import Made, Side
from tests.support.deployment import REHEARSAL

WORLD = REHEARSAL


def make(side: Side) -> Made:
    """Take the matter that the measures room's request made."""
    made = Made()
    if side.letter == "A":
        made.keep("oversight.matter", Matter.objects.get(world=REHEARSAL).id, "committee", "cabinet")
        notice = HandlingNotice.objects.filter(world=REHEARSAL).first()
        made.keep("oversight.notice", notice.id, "committee")
    return made
