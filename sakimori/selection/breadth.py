"""Conditions that every communication meets, or none: neither tells anything apart. The limits are house rules.

強化法22(2) asks for conditions sufficiently related to the wrongdoing; what is true of all traffic is related to none.
"""

from collections.abc import Iterable, Iterator
from ipaddress import collapse_addresses
from typing import NamedTuple

from sakimori.selection.conditions import AddressCondition, Condition, RangeCondition, ValueCondition
from sakimori.selection.direction import Network
from sakimori.selection.exploratory import LARGEST
from sakimori.text import Text

_WIDEST = {4: 8, 6: 16}  # bits a network must fix at least
_BITS = {4: 32, 6: 128}
_REGISTRIES = frozenset(
    ("ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "mil", "ne", "net", "or", "org")  # as in co.jp
)
_TOPS = _REGISTRIES | {"arpa", "biz", "cloud", "dev", "info", "int", "name", "online", "shop", "site", "top", "xyz"}
_COUNTRY = 2
_LEAST = {"packets": 1, "bytes": 20, "mean_packet_size": 20}  # an IPv4 header
_MOST = {"packets": 10**12, "bytes": 10**15, "mean_packet_size": 65_575}  # the last: IPv6 with the longest payload


class Fault(NamedTuple):
    """A refusal of a condition: its key, the place in the condition, and how to mend it where that is known better."""

    key: str
    where: str
    mend: Text | None = None


def faults(condition: Condition) -> Iterator[Fault]:
    """Yield why a condition tells nothing apart."""
    if isinstance(condition, AddressCondition):
        yield from _networks(condition)
        yield from _names(condition)
    elif isinstance(condition, RangeCondition):
        yield from _range(condition)
    elif isinstance(condition, ValueCondition):
        yield from _values(condition)


def _values(condition: ValueCondition) -> Iterator[Fault]:
    """More than half of the numbers a field can have."""
    largest = LARGEST.get(condition.field)
    if largest is not None and 2 * len(condition.values) > largest + 1:
        yield Fault("always", "values")


def _networks(condition: AddressCondition) -> Iterator[Fault]:
    for network in condition.networks:
        if network.prefixlen < _WIDEST[network.version]:
            yield Fault("network_wide", f"values {network}")
    for version, bits in _BITS.items():
        these = [network for network in condition.networks if network.version == version]
        if _held(these, bits) < 1 << (bits - 1):
            continue
        if _held(collapse_addresses(these), bits) >= 1 << (bits - 1):  # type: ignore[type-var]  # of one version
            yield Fault("network_wide", f"values IPv{version}")


def _held(networks: Iterable[Network], bits: int) -> int:
    return sum(1 << (bits - network.prefixlen) for network in networks)


def _names(condition: AddressCondition) -> Iterator[Fault]:
    for name in condition.names:
        labels = name.split(".")
        if "*" in name:
            meant = name.removeprefix("*.")
            words = Text(
                f"{meant} と書けば、その下の名前すべてに当たります。",
                f"Write {meant}: it holds for every name below it.",
            )
            yield Fault("wildcard", f"values {name}", words if "*" not in meant else None)
        elif _is_registry(labels):
            yield Fault("name_wide", f"values {name}")


def _is_registry(labels: list[str]) -> bool:
    """Say whether everybody registers names directly below this one; the name of a machine, one label, is none."""
    country = len(labels[-1]) == _COUNTRY
    if len(labels) == 1:
        return country or labels[0] in _TOPS or labels[0].startswith("xn--")
    return labels[1:] == labels[-1:] and country and labels[0] in _REGISTRIES


def _range(condition: RangeCondition) -> Iterator[Fault]:
    least, most = _LEAST[condition.field], _MOST[condition.field]
    low = 0 if condition.minimum is None else condition.minimum
    high = most if condition.maximum is None else condition.maximum
    if condition.minimum is not None and condition.maximum is not None and condition.minimum > condition.maximum:
        return  # told as such
    if low > most or high < least:
        yield Fault("never", "min/max")
    elif low <= least and high >= most:
        yield Fault("always", "min/max")
