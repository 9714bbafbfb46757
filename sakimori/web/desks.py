"""Which role's desk has which blocks, in which order, and the one sentence that says what the role is here for.

Data, not pages: `web/desk.py` builds every desk from this. A test holds that every role the vocabulary of the law lets
somebody hold has a desk, and that every block named here exists.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.utils.translation import gettext_noop

_FIRST = ("acts.waiting", "acts.owed")
_LAST = ("acts.proposed", "acts.under_way", "acts.opened", "acts.watched", "acts.delegations")
_OPERATOR = (
    *_FIRST, "incidents.cases", "incidents.questions", "assets.matters", "warnings.to_answer", "assets.changes",
    "assets.stocktakes", "assets.vendor_requests", "acts.notices", "assets.register", *_LAST,
)  # fmt: skip
_MINISTRY = (
    *_FIRST, "incidents.arrived", "assets.arrived", "assets.matters", "incidents.questions", "acts.notices",
    "assets.standing",
    "analysis.provided", "warnings.silent", *_LAST,
)  # fmt: skip
_BUREAU = (*_FIRST, "incidents.arrived", "incidents.questions", "acts.notices", *_LAST)
_CABINET = (
    *_FIRST, "incidents.arrived", "incidents.questions", "measures.open", "acts.notices", "analysis.matched",
    "warnings.silent", "custody.kept", *_LAST,
)  # fmt: skip
_COMMITTEE = (*_FIRST, "oversight.docket", "oversight.findings", "acts.notices", *_LAST)
_VENDOR = (*_FIRST, "assets.asked", "acts.notices", *_LAST)
_LIAISON = (*_FIRST, "incidents.arrived", "acts.notices", *_LAST)

ADMINISTRATOR = ("enrol.open", "acts.waiting", "parties.people", "parties.tokens", "acts.proposed", "acts.delegations")
"""An administrator's desk: people and keys, nothing that could tell of a filing."""

ORDERS: Mapping[tuple[str, str], Sequence[str]] = {
    ("operator", "any"): _OPERATOR,
    ("vendor", "any"): _VENDOR,
    ("contractor", "any"): _VENDOR,
    ("ministry", "any"): _MINISTRY,
    ("regional_bureau", "any"): _BUREAU,
    ("cabinet_office", "any"): _CABINET,
    ("cabinet_office", "analyst"): (
        *_FIRST, "incidents.arrived", "analysis.matched", "custody.kept", "measures.open", "incidents.questions",
        "acts.notices", "warnings.silent", *_LAST,
    ),
    ("committee", "any"): _COMMITTEE,
    ("committee", "inspector"): (*_FIRST, "oversight.findings", "oversight.docket", "acts.notices", *_LAST),
    ("any", "any"): _LIAISON,
    ("any", "administrator"): ADMINISTRATOR,
}  # fmt: skip
"""The blocks of each role; `any` stands for every type, or every role but the administrator's."""

LEADS: Mapping[tuple[str, str], str] = {
    ("operator", "reporter"): gettext_noop(
        "You notify critical computers and report incidents. What you propose, an approver confirms."
    ),
    ("operator", "approver"): gettext_noop("You confirm what your reporters propose. No filing leaves without you."),
    ("operator", "viewer"): gettext_noop("You see what your organisation owes and has filed. You change nothing."),
    ("vendor", "any"): gettext_noop(
        "Operators and authorities ask you for facts and tell you of weaknesses in your products. It comes here."
    ),
    ("contractor", "any"): gettext_noop("What operators entrust to you, and ask of you, comes here."),
    ("ministry", "intake"): gettext_noop(
        "Filings of your sector arrive here. Check them and ask back; an officer passes them on."
    ),
    ("ministry", "officer"): gettext_noop(
        "You handle what arrived, keep its clocks, and propose warnings and orders for decision."
    ),
    ("ministry", "decider"): gettext_noop("You decide what your officers propose, and see how your sector stands."),
    ("regional_bureau", "any"): gettext_noop(
        "Incident reports of your region arrive here, as far as the minister's power is yours."
    ),
    ("cabinet_office", "intake"): gettext_noop("Reports addressed to the Prime Minister arrive here."),
    ("cabinet_office", "analyst"): gettext_noop(
        "You bring together what arrived, find who is concerned, and account for every use."
    ),
    ("cabinet_office", "officer"): gettext_noop(
        "You prepare measures, analyses and notices. A second person decides, and the committee is told."
    ),
    ("cabinet_office", "decider"): gettext_noop("You decide what your officers propose."),
    ("committee", "chair"): gettext_noop("You lead the committee's meetings and record what it decides."),
    ("committee", "member"): gettext_noop("You decide with the committee on every request for approval."),
    ("committee", "secretariat"): gettext_noop("You keep the docket and see that every notice is checked."),
    ("committee", "inspector"): gettext_noop("You look into how information was handled, and verify the record."),
    ("carrier", "any"): gettext_noop("Requests to cooperate in communications measures come here."),
    ("sector_body", "any"): gettext_noop("What authorities share with your sector comes here, for your members."),
    ("ppc", "any"): gettext_noop("Reports of leaks of personal data arrive here."),
    ("police", "any"): gettext_noop("Operators who want to consult the police about an incident reach you here."),
    ("any", "any"): gettext_noop("What the law lets others share with your organisation comes here."),
    ("any", "administrator"): gettext_noop(
        "You look after people, roles and keys. You see no contents of anything filed, not even its title."
    ),
}
"""What each role is here for, in one sentence (English msgids)."""


T = TypeVar("T")


def of(table: Mapping[tuple[str, str], T], organisation_type: str, role: str) -> T:
    """Return the entry of a role: its own, that of its type, that of everybody; administrators never share one."""
    keys = [(organisation_type, role), ("any", role)]
    if role != "administrator":
        keys += [(organisation_type, "any"), ("any", "any")]
    return next(table[key] for key in keys if key in table)
