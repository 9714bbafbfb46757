"""Read one condition of an order: address, command or exploratory."""

import ipaddress
import re
import string

from sakimori.selection import names
from sakimori.selection.conditions import (
    ADDRESS,
    COMMAND,
    EXPLORATORY,
    RANGE_FIELDS,
    SIDES,
    AddressCondition,
    CommandCondition,
    Condition,
    RangeCondition,
    ValueCondition,
    parse_network,
)
from sakimori.selection.exploratory import FIELDS, LARGEST, value_of
from sakimori.selection.pattern import Pattern, PatternError, literal, regex
from sakimori.selection.reader import Node
from sakimori.text import Text

LONGEST_ID, LONGEST_NAME = 64, 200  # house rule
_FORMS = ("hex", "text", "regex")
_KEYS = {
    ADDRESS: ("id", "kind", "side", "values"),
    COMMAND: ("id", "kind", "ref", *_FORMS),
    EXPLORATORY: ("id", "kind", "field", "values", "min", "max"),
}
_OWN_REASONS = frozenset({"hex", "too_short", "too_long", "matches_anything", "open_repeat", "anchor", "look_around"})
_PROSE = frozenset(string.ascii_letters + " .,;:!?'\"-\r\n\t")
_PROSE_WORD = re.compile("[A-Za-z]{2}")


def read_condition(node: Node) -> Condition | None:
    """Return the condition, or None after noting why it cannot be read."""
    kind = node.text("kind")
    if kind not in _KEYS:
        node.one_of("kind", _KEYS)
        return None
    node.only(_KEYS[kind], ("id",))
    identifier = node.label("id", LONGEST_ID)
    if identifier is None:
        return None
    if kind == ADDRESS:
        return _address(node, identifier)
    return _command(node, identifier) if kind == COMMAND else _exploratory(node, identifier)


def _address(node: Node, identifier: str) -> Condition | None:
    side = node.text("side") or ("" if "side" in node.value else "either")
    if side not in SIDES:
        node.one_of("side", SIDES)
        return None
    networks, hosts = [], []
    for value in _values(node):
        network = parse_network(value)
        host = None if network or "/" in value else names.from_text(value.encode())
        if network is not None:
            networks.append(network)
        elif host is not None and ":" not in value:
            hosts.append(host)
        else:
            node.refuse("network", f"values {value}", _without_host_bits(value))
    return AddressCondition(identifier, side, tuple(networks), tuple(hosts))


def _without_host_bits(value: str) -> Text | None:
    """Return what a network with host bits may have meant."""
    try:
        meant = ipaddress.ip_interface(value)
    except ValueError:
        return None
    wide, one = meant.network, ipaddress.ip_network(meant.ip)
    return Text(f"{wide} か {one} と書いてください。", f"Write {wide}, or {one}.")


def _values(node: Node) -> list[str]:
    values = node.texts("values", default=[])
    if not values and "values" not in node.value:
        node.refuse("missing", "values")
    return values


def _command(node: Node, identifier: str) -> Condition | None:
    forms = [form for form in _FORMS if form in node.value]
    if len(forms) != 1:
        node.refuse("one_form", "/".join(_FORMS))
        return None
    source = node.text(forms[0])
    if source is None:
        return None
    ref = node.label("ref", LONGEST_NAME)
    if ref is None:
        node.refuse("ref_missing", "ref")
        if forms[0] != "hex" and is_natural(source):
            node.refuse("natural_language", forms[0])
    pattern = _pattern(node, forms[0], source)
    return None if pattern is None else CommandCondition(identifier, ref or "", forms[0], source, pattern)


def is_natural(text: str) -> bool:
    """Say whether a text reads like natural language: letters outside ASCII, or only words and their punctuation."""
    if any(character.isalpha() and not character.isascii() for character in text):
        return True
    return not set(text) - _PROSE and bool(_PROSE_WORD.search(text))


def read_pattern(form: str, source: str) -> Pattern:
    """Return the pattern written as `hex`, `text` or `regex`; raises `PatternError`."""
    if form == "regex":
        return regex(source)
    if form == "text":
        return literal(source.encode())
    if form != "hex" or not re.fullmatch("([0-9a-fA-F]{2})+", source):
        raise PatternError("hex")
    return literal(bytes.fromhex(source))


def _pattern(node: Node, form: str, source: str) -> Pattern | None:
    try:
        return read_pattern(form, source)
    except PatternError as error:
        reason = error.key if error.key in _OWN_REASONS else "pattern"
        node.refuse(reason, f"{form}@{error.position}" if form == "regex" and error.position else form)
        return None


def _exploratory(node: Node, identifier: str) -> Condition | None:
    name = node.text("field")
    if name in RANGE_FIELDS:
        return _range(node, identifier, name)
    if name not in FIELDS:
        node.one_of("field", FIELDS)
        return None
    if "min" in node.value or "max" in node.value:
        node.refuse("unknown_key", "min/max")
    found: set[bytes] = set()
    for value in _values(node):
        wanted = value_of(name, value)
        if wanted is None:
            largest = LARGEST[name]
            words = Text(f"0 から {largest} までの数を書いてください。", f"Write a number from 0 to {largest}.")
            node.refuse("value", f"values {value}", words)
        else:
            found.add(wanted)
    return ValueCondition(identifier, name, frozenset(found))


def _range(node: Node, identifier: str, name: str) -> Condition | None:
    if "values" in node.value:
        node.refuse("unknown_key", "values")
    minimum, maximum = node.number("min"), node.number("max")
    if minimum is None and maximum is None:
        node.refuse("missing", "min/max")
        return None
    if minimum is not None and maximum is not None and minimum > maximum:
        node.refuse("value", "min/max", Text("min を max 以下にしてください。", "Let min be max at most."))
    return RangeCondition(identifier, name, minimum, maximum)
