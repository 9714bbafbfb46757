"""Who receives what of a case: the law's table names the addressees, the parties on record say who they are here.

施行令3条 delegates incident reports (only these) to regional bureaus; the Prime Minister receives the same form; the
personal information commission, or the minister it delegated to, its own; the police what the operator chose to tell.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori.law.decisions import incidents as tables
from sakimori.law.decisions.notices import minister_names
from sakimori.law.tables import Decision
from sakimori.parties.models import Designation, Organisation

KYOKAHO, APPI, POLICE = "kyokaho", "appi", "police"
_CODES: Mapping[str, str] = {
    "fsa": "prime_minister_finance",
    "mic": "internal_affairs",
    "moj": "justice",
    "mof": "finance",
    "mhlw": "health",
    "maff": "agriculture",
    "meti": "economy",
    "mlit": "land",
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """An organisation that receives a lane of the case, in its part (minister, regional_bureau, …)."""

    lane: str
    role: str
    organisation: uuid.UUID
    voluntary: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "lane": self.lane,
            "role": self.role,
            "organisation": str(self.organisation),
            "voluntary": self.voluntary,
        }


@dataclass(frozen=True, slots=True)
class Addressing:
    """The addressees, the law's decision behind them, and the parts of it that nobody enrolled here fills."""

    addressees: tuple[Addressee, ...]
    decisions: tuple[Decision, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the decisions and what is missing as plain data."""
        return {"decisions": [decision.as_dict() for decision in self.decisions], "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What decides the addressees besides the designations."""

    reportable: bool
    personal_report: bool
    delegated: bool
    police: bool
    police_office: uuid.UUID | None = None


def minister_fact(ministry: Organisation) -> str | None:
    """Return the minister by the name the tables use, from the ministry's code on record; None where it has none."""
    code = ministry.ministry_code.lower()
    return code if code in minister_names() else _CODES.get(code)


def address(designations: Iterable[Designation], wanted: Wanted, base: str, on: date) -> Addressing:
    """Return who receives the case of an operator with these designations (世界 `base` is where the parties live)."""
    found: dict[tuple[str, uuid.UUID], Addressee] = {}
    decisions: list[Decision] = []
    missing: list[str] = []
    for designation in designations:
        decision = tables.addressees(
            tables.AddresseeFacts(
                reportable=wanted.reportable,
                minister=minister_fact(designation.minister),
                personal_data_report=wanted.personal_report,
                ppc_delegated=wanted.delegated,
                criminal_suspicion=wanted.police,
            ),
            on,
        )
        decisions.append(decision)
        for one in _of(decision, designation, wanted, base, missing):
            found.setdefault((one.lane, one.organisation), one)
    return Addressing(tuple(found.values()), tuple(decisions), tuple(dict.fromkeys(missing)))


def _of(
    decision: Decision, designation: Designation, wanted: Wanted, base: str, missing: list[str]
) -> Iterable[Addressee]:
    if wanted.reportable:
        yield _office(decision, designation)
    for hit in decision.hits:
        if hit.outcome == "prime_minister":
            yield from _every(KYOKAHO, "prime_minister", "cabinet_office", base, missing)
        elif hit.outcome == "ppc":
            yield from _every(APPI, "ppc", "ppc", base, missing)
        elif hit.outcome == "ppc_delegated_minister":
            yield Addressee(APPI, "minister", designation.minister_id)
        elif hit.outcome == "police":
            yield from _police(wanted, base, missing)


def _office(decision: Decision, designation: Designation) -> Addressee:
    """The bureau where 施行令3条 delegates to one and it is on record; the minister may always act himself."""
    delegated = any(hit.values.get("to") == "regional_bureau" for hit in decision.hits)
    undecided = any(question.fact == "minister" for question in decision.open_questions)
    if designation.bureau_id is not None and (delegated or undecided):
        return Addressee(KYOKAHO, "regional_bureau", designation.bureau_id)
    return Addressee(KYOKAHO, "minister", designation.minister_id)


def _every(lane: str, role: str, kind: str, base: str, missing: list[str]) -> Iterable[Addressee]:
    offices = Organisation.objects.filter(world=base, type=kind).order_by("name_ja")
    if not offices:
        missing.append(role)
    for office in offices:
        yield Addressee(lane, role, office.id)


def _police(wanted: Wanted, base: str, missing: list[str]) -> Iterable[Addressee]:
    offices = Organisation.objects.filter(world=base, type="police").order_by("name_ja")
    chosen = offices.filter(id=wanted.police_office).first() if wanted.police_office else offices.first()
    if chosen is None:
        missing.append("police")
    else:
        yield Addressee(POLICE, "police", chosen.id, voluntary=True)
