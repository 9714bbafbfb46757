"""What an authority allows an order to ask for, value by value: never a name alone, under which anything could stand.

Legal ground: 強化法22(2), 35(2); for command information 2(8)ii: what is approved are the bytes, not their title.
"""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sakimori.selection.conditions import (
    ADDRESS,
    COMMAND,
    AddressCondition,
    CommandCondition,
    Condition,
    RangeCondition,
    ValueCondition,
    parse_network,
)
from sakimori.selection.exploratory import Range, range_of, readable, value_of
from sakimori.selection.names import below
from sakimori.selection.order_conditions import read_pattern
from sakimori.selection.pattern import PatternError

_ANY = "*"
_Key = bytes | str


class AllowedCondition(BaseModel):
    """One thing the authority allows to ask for; what is left empty allows nothing of its kind.

    `address`: `sides` and `values` (networks or names; `["*"]` where the approved criteria, 選別条件設定基準, name no
    single address). `command`: `refs`, the approved references, and `patterns`, the bytes each of them stands for:
    `hex:4d5a9000`, `text:…`, `regex:…`. `exploratory`: `fields`, and `values` each of them may have (sizes as
    ranges: `100..2000`, `100..`, `..2000`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = Field(pattern="^(address|command|exploratory)$")
    sides: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _bound(self) -> "AllowedCondition":
        if self.kind == COMMAND and bool(self.refs) != bool(self.patterns):
            raise ValueError("references need the patterns they stand for")
        if self.kind not in (ADDRESS, COMMAND) and bool(self.fields) != bool(self.values):
            raise ValueError("fields need the values they may have")
        if next(unreadable(self.kind, self.values, self.patterns, self.fields), None) is not None:
            raise ValueError("a value that cannot be read")
        return self


def unreadable(kind: str, values: Iterable[str], patterns: Iterable[str], fields: Sequence[str]) -> Iterator[str]:
    """Yield patterns and values (of fields) that mean nothing; what addresses mean is not looked at."""
    if kind == COMMAND:
        yield from (pattern for pattern in patterns if pattern_key(pattern) is None)
    elif kind != ADDRESS:
        yield from (value for value in values if not all(readable(field, value) for field in fields))


def pattern_key(text: str) -> _Key | None:
    """Return what tells a written pattern (`hex:`, `text:`, `regex:`) from others; None if an order can hold none such.

    Bytes are the same however they are written; a `regex:` is what stands there.
    """
    form, _, source = text.partition(":")
    try:
        read_pattern(form, source)
    except (PatternError, UnicodeEncodeError):
        return None
    return _key(form, source)


def _key(form: str, source: str) -> _Key:
    if form == "regex":
        return source
    return bytes.fromhex(source) if form == "hex" else source.encode()


class Allowed:
    """Everything an authority allows, made ready to be asked."""

    def __init__(self, entries: Sequence[AllowedCondition]) -> None:
        self._addresses = [entry for entry in entries if entry.kind == ADDRESS]
        self._commands: list[tuple[frozenset[str], frozenset[_Key | None]]] = []
        self._values: dict[str, set[bytes | None]] = {}
        self._ranges: dict[str, list[Range]] = {}
        for entry in entries:
            if entry.kind == COMMAND:
                self._commands.append((frozenset(entry.refs), frozenset(map(pattern_key, entry.patterns))))
            for field in entry.fields if entry.kind not in (ADDRESS, COMMAND) else ():
                self._values.setdefault(field, set()).update(value_of(field, value) for value in entry.values)
                ranges = (range_of(field, value) for value in entry.values)
                self._ranges.setdefault(field, []).extend(one for one in ranges if one is not None)

    def refuses(self, condition: Condition) -> str | None:
        """Return the key of the reason why a condition lies outside, None where it is inside."""
        if isinstance(condition, AddressCondition):
            return None if self._address(condition) else "authority_condition"
        if isinstance(condition, CommandCondition):
            key = _key(condition.form, condition.source)
            found = [keys for refs, keys in self._commands if condition.ref in refs]
            if not found:
                return "authority_condition"
            return None if any(key in keys for keys in found) else "authority_bytes"
        if condition.field not in self._values:
            return "authority_condition"
        return None if self._exploratory(condition) else "authority_value"

    def _exploratory(self, condition: ValueCondition | RangeCondition) -> bool:
        if isinstance(condition, ValueCondition):
            return condition.values <= self._values[condition.field]
        asked = Range(condition.minimum, condition.maximum)
        return any(one.holds(asked) for one in self._ranges[condition.field])

    def _address(self, condition: AddressCondition) -> bool:
        """Every network and name must lie inside something allowed for the same side."""
        fitting = [entry for entry in self._addresses if condition.side in entry.sides or "either" in entry.sides]
        values = [value for entry in fitting for value in entry.values]
        if _ANY in values:
            return True
        networks = [network for network in map(parse_network, values) if network is not None]
        return all(
            any(network.version == wide.version and network.subnet_of(wide) for wide in networks)  # type: ignore[arg-type]  # same version
            for network in condition.networks
        ) and all(any(below(name, value) for value in values) for name in condition.names)
