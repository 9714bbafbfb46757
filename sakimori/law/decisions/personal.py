"""個人情報保護法26, 規則7-9 (public bodies: 68, 規則43-44): must a leak of personal data be reported?"""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide


@dataclass(frozen=True, slots=True)
class LeakFacts:
    """What is known of a leak of personal data; `entity`: private | public."""

    entity: str | None = None
    personal_data: bool | None = None
    to_become_personal_data: bool | None = None
    leaked: bool | None = None
    strongly_protected: bool | None = None
    sensitive: bool | None = None
    ordinance_sensitive: bool | None = None
    property_risk: bool | None = None
    wrongful_purpose: bool | None = None
    persons: int | None = None
    entrusted: bool | None = None


def report(facts: LeakFacts, on: date) -> Decision:
    """Return "report", "report_longer" (wrongful purpose), "notified_entrusting" or "none".

    `values`: report (bool), item (of 規則7 or 43), rule and rule_first (the clocks). The reasons name every item met.
    """
    return decide("appi.report", facts_of(facts), on)
