"""The parties are there already; who else takes part is for the authorities alone."""

from tests.roles.things import Made, Secret, Side
from tests.support.deployment import ORGANISATIONS, fixed

_TOLD = frozenset({"meti", "mlit", "bureau", "cabinet", "ppc", "police"})


def make(side: Side) -> Made:
    """Return the operator's names and id: who is not an authority, or told by it, may not learn that it takes part."""
    made = Made()
    _, japanese, english = ORGANISATIONS[side.operator]
    asked = {"vendor"} if side.letter == "A" else set()  # A asks the vendor on its desk, which learns who asks
    for text in (japanese, english):
        made.secrets.append(Secret(text, _TOLD | {side.operator} | asked, contents=False))
    made.secrets.append(Secret(str(fixed(side.operator)), _TOLD | {side.operator}, contents=False))
    made.secrets.append(Secret(str(fixed(f"{side.operator}.facility")), frozenset({side.operator}), contents=False))
    return made
