"""What follows from a designation: by when computers must be notified, with the derivation, as the law data says."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from sakimori import law
from sakimori.law.decisions import notices
from sakimori.web.speaking import either


@dataclass(frozen=True, slots=True)
class Follows:
    """One consequence: for which computers, until when, on which basis, counted how."""

    what: str
    due: date | None
    basis: str
    steps: list[str]


def follows(designated_on: date, *, successor: bool, today: date) -> list[Follows]:
    """Return what is due for computers there when the duty began, and for one introduced today."""
    begins = law.article("命令2(1)").in_force_from
    found = []
    if begins is not None and today >= begins:
        rule, _ = notices.due_of_present(designated_on, today, successor=successor)
        found.append(_one(gettext("Computers that were there already"), rule, today))
    facts = notices.DueFacts(
        event="introduced",
        introduced=today,
        designated=designated_on,
        facility_at_start=True,
        newly_listed=False,
        successor=successor,
    )
    rule, _ = notices.due_rule(facts, today)
    found.append(_one(gettext("A computer introduced today"), rule, today))
    return [one for one in found if one is not None]


def _one(what: str, rule: notices.DueRule | None, today: date) -> Follows | None:
    if rule is None:
        return None
    told = law.deadline(rule.rule, rule.start, on=today, facts=dict(rule.facts)).as_dict()
    due, steps = told["due"], told["derivation"]
    return Follows(
        what,
        date.fromisoformat(str(due)[:10]) if due else None,
        str(told["basis"]),
        [either(str(line)) for line in steps] if isinstance(steps, list) else [],
    )
