"""The three kinds of conditions (強化法22(2)) and when each holds for a flow (selection-semantics §5)."""

import ipaddress
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from sakimori.selection import names
from sakimori.selection.direction import Network, Networks
from sakimori.selection.facts import Wanted
from sakimori.selection.flows import Flow
from sakimori.selection.packet import SCTP, TCP, UDP
from sakimori.selection.pattern import Pattern

ADDRESS, COMMAND, EXPLORATORY = "address", "command", "exploratory"
SIDES = ("source", "destination", "either")
NUMBER_FIELDS = ("src_port", "dst_port", "protocol", "dns.qtype")
BYTE_FIELDS = ("http.method", "http.user_agent", "tls.ja4", "tls.alpn", "ssh.banner", "smtp.helo")
RANGE_FIELDS = ("packets", "bytes", "mean_packet_size")
_WITH_PORTS = frozenset({TCP, UDP, SCTP})


@dataclass(frozen=True, slots=True)
class AddressCondition:
    """(i) addresses of equipment reasonably shown to be source or destination, and names."""

    id: str
    side: str
    networks: tuple[Network, ...]
    names: tuple[str, ...]
    kind: str = ADDRESS


@dataclass(frozen=True, slots=True)
class CommandCondition:
    """(ii) 指令情報: a byte pattern with the reference that approves it; `form` is hex, text or regex."""

    id: str
    ref: str
    form: str
    source: str
    pattern: Pattern
    kind: str = COMMAND


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """(iii) other information that makes the search easier: a field that has one of these values (as bytes)."""

    id: str
    field: str
    values: frozenset[bytes]
    kind: str = EXPLORATORY


@dataclass(frozen=True, slots=True)
class RangeCondition:
    """(iii) a size of the flow between two numbers, both included."""

    id: str
    field: str
    minimum: int | None
    maximum: int | None
    kind: str = EXPLORATORY


Condition = AddressCondition | CommandCondition | ValueCondition | RangeCondition


class Tester:
    """Tests flows against an order's conditions."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = conditions
        self._networks = {
            condition.id: Networks((network, "") for network in condition.networks)
            for condition in conditions
            if isinstance(condition, AddressCondition)
        }
        self._names = {item.id: frozenset(item.names) for item in conditions if isinstance(item, AddressCondition)}
        fields = {item.field for item in conditions if isinstance(item, ValueCondition)}
        self.wanted = Wanted(
            frozenset().union(*self._names.values()),
            {name: frozenset().union(*_asked(name, conditions)) for name in fields},
        )
        self.patterns = tuple((item.id, item.pattern) for item in conditions if isinstance(item, CommandCondition))

    def without_commands(self) -> "Tester":
        """Return a tester of the other conditions, which shares the tables of this one."""
        other = copy(self)
        other._conditions = [item for item in self._conditions if not isinstance(item, CommandCondition)]  # noqa: SLF001
        return other

    def forget(self) -> None:
        """Drop what the patterns remember of the traffic."""
        for _, pattern in self.patterns:
            pattern.machine.forget()

    def holding(self, flow: Flow) -> tuple[Condition, ...]:
        """Return the conditions that hold for a finished flow."""
        return tuple(condition for condition in self._conditions if self._holds(condition, flow))

    def _holds(self, condition: Condition, flow: Flow) -> bool:
        if isinstance(condition, AddressCondition):
            return self._at_address(condition, flow)
        if isinstance(condition, CommandCondition):
            return flow.scanner is not None and condition.id in flow.scanner.found
        if isinstance(condition, ValueCondition):
            return not condition.values.isdisjoint(values_of(condition.field, flow))
        return _in_range(condition, flow)

    def _at_address(self, condition: AddressCondition, flow: Flow) -> bool:
        networks = self._networks[condition.id]
        source, destination = flow.key[0], flow.key[1]
        if condition.side != "destination" and networks.get(source) is not None:
            return True
        if condition.side != "source" and networks.get(destination) is not None:
            return True
        asked, facts = self._names[condition.id], flow.facts
        if not asked.isdisjoint(facts.met):
            return True
        return any(not asked.isdisjoint(names.and_parents(name)) for name in facts.names)


def _asked(name: str, conditions: Sequence[Condition]) -> list[frozenset[bytes]]:
    return [item.values for item in conditions if isinstance(item, ValueCondition) and item.field == name]


def values_of(name: str, flow: Flow) -> set[bytes]:
    """Return the values a flow has for an exploratory field, as bytes (numbers in decimal)."""
    _, _, protocol, src_port, dst_port = flow.key
    if name == "protocol":
        return {str(protocol).encode()}
    if name in ("src_port", "dst_port"):
        port = src_port if name == "src_port" else dst_port
        return {str(port).encode()} if protocol in _WITH_PORTS else set()
    return flow.facts.fields.get(name, set())


def _in_range(condition: RangeCondition, flow: Flow) -> bool:
    """Compare without division: the mean size is bytes over packets."""
    amount = flow.packets if condition.field == "packets" else flow.bytes
    scale = flow.packets if condition.field == "mean_packet_size" else 1
    if condition.minimum is not None and amount < condition.minimum * scale:
        return False
    return condition.maximum is None or amount <= condition.maximum * scale


def parse_network(text: str) -> Network | None:
    """Return the network or address written in an order, None if it is none; host bits must be zero."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None
