"""強化法38-42, 45, 72: on which basis may analysed information be given to whom, and what must be taken out first?"""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """Who gives what to whom. Table `kyokaho.release` lists the values of `giver` and `recipient`."""

    giver: str | None = None
    recipient: str | None = None
    needed: bool | None = None
    contains_selected: bool | None = None
    contains_secrets: bool | None = None
    purpose_necessary: bool | None = None
    from_agreement: bool | None = None
    party_consents: bool | None = None
    equivalent_protection: bool | None = None
    foreign_attack_suspected: bool | None = None
    carrier_protection: bool | None = None
    vulnerability: bool | None = None
    serves_31_2: bool | None = None


def basis(facts: ReleaseFacts, on: date) -> Decision:
    """Return the article ("38-1", "38-2", "38-4", "39", "40-1", "41", "42-1", "45-3", "72-3") or "refused".

    `values`: give (bool), class (the key of the term for the class of information), remove (what to take out first).
    """
    return decide("kyokaho.release", facts_of(facts), on)
