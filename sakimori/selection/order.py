"""The selection order: read it, check it against the law and the semantics, and name every reason to refuse it.

Every scalar is read as text, so that YAML cannot turn a country into a truth value or a byte string into a number;
unknown and
doubled keys are refused, because a misspelt limit is no limit.
"""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import rfc8785
import yaml

from sakimori.selection import conditions as kinds
from sakimori.selection.bases import DOMESTIC, Basis, bases
from sakimori.selection.breadth import faults
from sakimori.selection.conditions import Condition, parse_network
from sakimori.selection.direction import Network
from sakimori.selection.errors import OrderRefusedError, Refusal
from sakimori.selection.order_conditions import LONGEST_NAME, read_condition
from sakimori.selection.order_overlaps import Unknown, overlaps
from sakimori.selection.reader import Node, Report
from sakimori.selection.refusals import refusal
from sakimori.text import Text

_KEYS = (
    "authority",
    "basis",
    "direction",
    "minimum_conditions",
    "distinct_by",
    "domestic",
    "address_overrides",
    "conditions",
)
_REQUIRED = ("authority", "basis", "direction", "conditions")
_DISTINCT = ("kind", "id")
_CODE_LENGTH = 2
_CODES = Text("[JP] のように二文字の国コードを書いてください。", "Write codes of countries, two letters each: [JP].")


@dataclass(frozen=True, slots=True)
class Order:
    """A checked order. `document` is what was written, scalars as text; `digest` its SHA-256 over RFC 8785 JSON."""

    authority: str
    basis: Basis
    direction: str
    minimum_conditions: int
    distinct_by: str
    domestic: frozenset[str]
    address_overrides: tuple[tuple[Network, str], ...]
    conditions: tuple[Condition, ...]
    document: dict[str, Any]
    digest: str


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text; refuses aliases and doubled keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  PyYAML's own
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        doubled = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(node.value) else None
        if doubled is not None or len(keys) < len(node.value):
            raise _DoubledKeyError(str(doubled))
        return super().construct_mapping(node, deep)


class _DoubledKeyError(yaml.YAMLError):
    """The same key twice in one mapping."""


def load_order(text: str | bytes, *, wide: bool = False) -> Order:
    """Read and check an order; raises `OrderRefusedError` with every reason.

    `wide` lets conditions pass that all traffic meets: for comparing and measuring engines over everything. No command
    and no room asks for it, no such order runs under an authority, and custody takes nothing kept by one.
    """
    order, refusals = examine(text, wide=wide)
    if order is None or refusals:
        raise OrderRefusedError(refusals)
    return order


def examine(text: str | bytes, *, wide: bool = False) -> tuple[Order | None, list[Refusal]]:
    """Read an order and return it with every reason to refuse it; None where it cannot be read as a whole.

    `wide` as for `load_order`.
    """
    report = Report()
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506  a BaseLoader: it builds text, lists and maps, nothing else
    except _DoubledKeyError as error:
        report.refuse("duplicate_key", str(error))
        return None, report.refusals
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        report.refuse("not_yaml", "order" if mark is None else f"order: {mark.line + 1}:{mark.column + 1}")
        return None, report.refusals
    if not isinstance(document, dict):
        report.refuse("not_mapping", "order")
        return None, report.refusals
    try:
        digest = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    except (rfc8785.CanonicalizationError, ValueError, RecursionError):  # escapes that are no characters, endless depth
        report.refuse("not_yaml", "order")
        return None, report.refusals
    order = _read(Node(document, "", report), document, digest)
    if order is not None and not wide:
        report.refusals += telling_nothing(order)
    return order, report.refusals


def telling_nothing(order: Order) -> list[Refusal]:
    """Return why conditions of an order tell nothing apart: all traffic meets them, or none."""
    return [
        refusal(fault.key, f"conditions[{condition.id}].{fault.where}", fault.mend)
        for condition in order.conditions
        for fault in faults(condition)
    ]


def _read(node: Node, document: dict[str, Any], digest: str) -> Order | None:
    node.only(_KEYS, _REQUIRED)
    basis = bases().get(node.text("basis") or "")
    if basis is None:
        node.refuse("basis", "basis")
        return None
    direction = node.text("direction") or ""
    if direction != basis.direction:
        node.refuse("direction", "direction")
    minimum = node.number("minimum_conditions", default=basis.minimum)
    if minimum is not None and minimum < basis.minimum:
        node.refuse("minimum", "minimum_conditions")
    distinct = node.text("distinct_by") or "kind"
    if distinct not in _DISTINCT:
        node.one_of("distinct_by", _DISTINCT)
    conditions = _conditions(node, basis, minimum or basis.minimum, distinct)
    return Order(
        authority=node.label("authority", LONGEST_NAME) or "",
        basis=basis,
        direction=direction,
        minimum_conditions=minimum or basis.minimum,
        distinct_by=distinct,
        domestic=frozenset(_codes(node)),
        address_overrides=tuple(_overrides(node)),
        conditions=conditions,
        document=document,
        digest=digest,
    )


def _conditions(node: Node, basis: Basis, minimum: int, distinct: str) -> tuple[Condition, ...]:
    entries = node.items("conditions")
    if not entries:
        node.refuse("no_conditions", "conditions")
    found: list[Condition] = []
    for entry in entries:
        condition = read_condition(entry)
        if condition is None:
            continue
        if any(condition.id == other.id for other in found):
            entry.refuse("duplicate_id", "id")
        _under_35(entry, condition, basis)
        found.append(condition)
    for pair in overlaps(found):
        node.refuse("overlap_unknown" if isinstance(pair, Unknown) else "overlap", f"conditions {pair[0]}, {pair[1]}")
    reachable = len({item.kind if distinct == "kind" else item.id for item in found})
    if entries and len(found) == len(node.value["conditions"]) and reachable < minimum:
        node.refuse("never_met", "conditions")
    return tuple(found)


def _under_35(entry: Node, condition: Condition, basis: Basis) -> None:
    """Under 32 and 33 only the approved device, or approved mechanical information (強化法35(2))."""
    if basis.device_side is None:
        return
    if isinstance(condition, kinds.AddressCondition):
        if condition.side != basis.device_side:
            entry.refuse("side_here", "side")
        if condition.names:
            entry.refuse("name_here", "values")
    elif not isinstance(condition, kinds.CommandCondition):
        entry.refuse("exploratory_here", "kind")


def _codes(node: Node) -> list[str]:
    codes = node.texts("domestic", default=sorted(DOMESTIC))
    if any(not is_code(code) for code in codes):
        node.refuse("value", "domestic", _CODES)
    return codes


def is_code(text: str) -> bool:
    """Say whether this is written like the code of a country: two capital letters."""
    return len(text) == _CODE_LENGTH and text.isascii() and text.isupper()


def _overrides(node: Node) -> list[tuple[Network, str]]:
    found: list[tuple[Network, str]] = []
    for key, code in node.mapping("address_overrides").items():
        network = parse_network(key)
        if network is None or not isinstance(code, str) or not is_code(code):
            node.refuse("value" if network else "network", f"address_overrides.{key}")
        elif any(network == other for other, _ in found):
            node.refuse("duplicate_key", f"address_overrides.{key}")
        else:
            found.append((network, code))
    return found
