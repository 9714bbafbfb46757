"""強化法2(2)(ii), 施行令1(3), 命令1: is this computer a 特定重要電子計算機, and under which clause?"""

from dataclasses import dataclass
from datetime import date

from sakimori.law.decisions._facts import facts_of
from sakimori.law.tables import Decision, decide, table


@dataclass(frozen=True, slots=True)
class ComputerFacts:
    """What the guided interview asks about one computer; None means not known. `kyokaho.scope` has the questions."""

    operator_designated: bool | None = None
    part_of_facility: bool | None = None
    connection: str | None = None
    sends_unrouted: bool | None = None
    nearest_router: bool | None = None
    nearest_firewall: bool | None = None
    relay_store: bool | None = None
    keeps_network_diagram: bool | None = None
    keeps_all_credentials: bool | None = None
    controls_access: bool | None = None
    has_ip_address: bool | None = None
    makes_interval_data: bool | None = None
    absence_stops_facility: bool | None = None
    interval_access_control: bool | None = None


def scope(facts: ComputerFacts, on: date) -> Decision:
    """Return the clause under which the computer is in scope on that day.

    `outcome` is "out", a clause ("rei1-3-1", "meirei1-1-1" … "meirei1-1-7", "meirei1-2-1", "meirei1-2-2"), "open" or
    "not_in_force". `values`: in_scope, article, trigger_group (broad | narrow: which events are reported, 命令4(1)),
    nco_type (E, A, B where the sources support it). `outcomes` lists every clause known to be met. While the clause is
    open, `values["in_scope"]` is present when every clause still possible gives the same answer.
    """
    return decide("kyokaho.scope", facts_of(facts), on)


def clauses() -> tuple[str, ...]:
    """Return all clause identifiers in the order of the text, "out" left out."""
    return tuple(outcome for outcome in table("kyokaho.scope").outcomes if outcome != "out")
