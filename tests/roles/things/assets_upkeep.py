"""A stocktake under way, a vendor asked (by B: by file), a reminder given, duties derived anew."""

from sakimori.acts import door
from sakimori.assets.models import Computer, StocktakeList
from tests.roles.things import Made, Secret, Side
from tests.support.deployment import WORLD, fixed, operator_edition, viewer
from tests.support.filing import import_register


def make(side: Side, made: Made, line: str) -> None:
    """Make them; `line` is one more computer of the side's list."""
    reporter = viewer(side.operator, "reporter")
    done = import_register((line,), by=reporter)
    computer = Computer.objects.get(world=WORLD, key=f"KEY-{side.letter}-6")
    change = {"computer": str(computer.id), "changed_on": "2026-11-20", "responsible": f"PERSON-{side.letter}"}
    with operator_edition():  # nowhere else is a person responsible recorded
        door.perform("assets.computer.change", change, by=reporter)
    started = door.perform(
        "assets.stocktake.start", {"title": f"STOCKTAKE-{side.letter}", "answer_by": "2026-12-08"}, by=reporter
    )
    listed = StocktakeList.objects.get(stocktake=started.subject.id, responsible=f"PERSON-{side.letter}")
    made.keep("assets.stocktake", started.subject.id, side.operator)
    made.keep("assets.stocktake_list", listed.id, side.operator)
    for text in (f"PERSON-{side.letter}", f"STOCKTAKE-{side.letter}"):
        made.secrets.append(Secret(text, frozenset({side.operator})))
    _vendor(side, made, computer)
    organisation = {"organisation": str(fixed(side.operator)), "due_on": "2027-03-31", "rung": 60}
    reminded = door.perform_system("assets.upkeep.remind", organisation, world=WORLD, authorised_by=done.act)
    made.keep("assets.due", reminded.subject.id, side.operator)
    facility = {"facility": str(computer.facility), "digest": "0" * 64}
    derived = door.perform_system("assets.register.rederive", facility, world=WORLD, authorised_by=done.act)
    made.keep("assets.derivation", derived.subject.id, side.operator)


def _vendor(side: Side, made: Made, computer: Computer) -> None:
    """A asks the vendor on its desk, B by file: the vendor may see A's request and nothing of B."""
    on_desk = side.letter == "A"
    payload = {
        "vendor": str(fixed("vendor")) if on_desk else None,
        "vendor_name": "" if on_desk else f"VENDOR-{side.letter}",
        "due_on": "2026-12-08",
        "note": f"WORD-{side.letter}",
        "rows": [{"computer": str(computer.id), "asks": ["unit", "serves"]}],
    }
    asked = door.perform("assets.vendor.ask", payload, by=viewer(side.operator, "reporter")).subject.id
    seen_by = (side.operator, "vendor") if on_desk else (side.operator,)
    for name in ("assets.request", "assets.request_id", "assets.asked"):
        made.ids[name] = asked
    made.secrets.append(Secret(str(asked), frozenset(seen_by)))
    for text in (f"WORD-{side.letter}", f"PRODUCT-{side.letter}-6", f"MAKER-{side.letter}-6"):
        made.secrets.append(Secret(text, frozenset(seen_by)))
