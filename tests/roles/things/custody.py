"""The selection that the measures' things brought with them."""

from tests.roles.things import Made, Side
from tests.support.deployment import REHEARSAL

WORLD = REHEARSAL


def make(side: Side) -> Made:
    """Return nothing more: the measure and its selection were made together."""
    return Made()
