"""強化法5, 命令4: must an event be reported, on which form, and to whom?"""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known of an event on one computer; None: not known. `trigger_group` comes from the scope decision."""

    in_scope: bool | None = None
    trigger_group: str | None = None
    harmed: bool | None = None
    trace_of_harm: bool | None = None
    malware_received: bool | None = None
    credential_input: bool | None = None
    control_evaded: bool | None = None
    gate_evaded: bool | None = None
    input_by: str | None = None
    credential_obtained: bool | None = None
    trace_of_trigger: bool | None = None
    obstruction_attempt_only: bool | None = None
    other_wrongful_act: bool | None = None
    occurred: date | None = None
    designated: date | None = None
    successor: bool | None = None
    newly_listed: bool | None = None
    listed: date | None = None


def reportable(facts: EventFacts, on: date) -> Decision:
    """Return "reportable", an exclusion of 命令4(2), "not_reportable" or "out_of_scope".

    The reasons name every limb that is met; `values["report"]` is the short answer. Whether the product needed
    notification plays no part.
    """
    return decide("kyokaho.incident.reportable", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class FormFacts:
    """`attack`: ddos | ransomware | other."""

    attack: str | None = None


def form(facts: FormFacts, on: date) -> Decision:
    """Return "common_form_1" (DDoS), "common_form_2" (ransomware) or "common_form_3"; `values["form"]`: its number."""
    return decide("kyokaho.incident.form", facts_of(facts), on)


@dataclass(frozen=True, slots=True)
class AddresseeFacts:
    """`minister`: one of the eight ministers of the joint order, as in `notices.minister_names()`."""

    reportable: bool | None = None
    minister: str | None = None
    personal_data_report: bool | None = None
    ppc_delegated: bool | None = None
    criminal_suspicion: bool | None = None


def addressees(facts: AddresseeFacts, on: date) -> Decision:
    """Return every addressee as a hit: `hit.outcome` names it, `hit.values` has `to` and `duty` (law | voluntary)."""
    return decide("kyokaho.incident.addressees", facts_of(facts), on)
