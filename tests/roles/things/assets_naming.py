"""A decision on an official name, whose words are the operator's alone."""

from sakimori.acts import door
from tests.roles.things import Made, Secret, Side
from tests.support.deployment import viewer


def make(side: Side, made: Made) -> None:
    """Decide what the side's third product is called."""
    letter = side.letter
    told = {
        "maker": f"MAKER-{letter}-3", "product": f"PRODUCT-{letter}-3", "vendor": f"VENDOR-NAME-{letter}",
        "official": f"OFFICIAL-{letter}", "rule": "typed",
    }  # fmt: skip
    decided = door.perform("assets.name.decide", told, by=viewer(side.operator, "reporter"))
    made.keep("assets.decision", decided.subject.id, side.operator)
    made.secrets.append(Secret(f"OFFICIAL-{letter}", frozenset({side.operator})))
