"""What a flow's headers already decide: its direction, the address conditions that hold, whether it can still be kept.

The bound is generous where the payload decides (it may hold anything) and exact where headers do; a flow is left aside
only when no payload whatever could make the order keep it.
"""

from typing import Any, NamedTuple

import numpy as np

from sakimori.selection.conditions import (
    AddressCondition,
    CommandCondition,
    RangeCondition,
    ValueCondition,
)
from sakimori.selection.direction import Countries, special_ranges
from sakimori.selection.fast.kernel import kernel
from sakimori.selection.fast.places import Codes, CountryTree, Intervals, country4, country6, find4, find6
from sakimori.selection.fast.store import (
    APP,
    BYTES,
    C_ENDED,
    FOUND,
    INITIAL,
    KEY,
    MAY,
    PACKETS,
)
from sakimori.selection.order import Order

DIRECTIONS = ("undetermined", "outside-to-inside", "inside-to-outside", "outside-to-outside", "inside-to-inside")
_EITHER, _SOURCE, _DESTINATION = 0, 1, 2
_SIDES = {"either": _EITHER, "source": _SOURCE, "destination": _DESTINATION}
_HEADER_FIELDS = ("src_port", "dst_port", "protocol")
_RANGES = ("packets", "bytes", "mean_packet_size")
_LARGEST_MEAN = 1 << 26  # no packet is larger; keeps the products below 63 bits
_MANY = 1 << 30
_SHIFT_TO, _SHIFT_FROM, _TWENTY = 20, 40, (1 << 20) - 1
MOST_CONDITIONS = _TWENTY - 1


class OrderTables(NamedTuple):
    """The order as the kernels need it."""

    direction: int
    minimum: int
    by_kind: bool
    sides: Any
    source_ports: Any
    destination_ports: Any
    protocols: Any
    ranges: Any
    names: bool
    fields: bool
    patterns: int


class PlaceTables(NamedTuple):
    """Addresses to country codes, and to the order's address conditions."""

    chosen: Any
    special: Any
    trees: Any
    inside: Any
    conditions: Any


def order_tables(order: Order) -> OrderTables:
    """Return the kernels' view of an order."""
    ports = {name: np.zeros(65_536, dtype=np.int64) for name in _HEADER_FIELDS}
    ranges = []
    fields = False
    for item in order.conditions:
        if isinstance(item, ValueCondition):
            if item.field not in ports:
                fields = True
                continue
            for value in item.values:
                if value.isdigit() and str(int(value)).encode() == value and int(value) < len(ports[item.field]):
                    ports[item.field][int(value)] = 1
        elif isinstance(item, RangeCondition):
            low = -1 if item.minimum is None else item.minimum
            high = -1 if item.maximum is None else item.maximum
            if item.field == _RANGES[2]:
                low, high = min(low, _LARGEST_MEAN), min(high, _LARGEST_MEAN)
            ranges.append((_RANGES.index(item.field), low, high))
    addresses = [item for item in order.conditions if isinstance(item, AddressCondition)]
    return OrderTables(
        direction=DIRECTIONS.index(order.direction),
        minimum=order.minimum_conditions,
        by_kind=order.distinct_by == "kind",
        sides=np.array([_SIDES[item.side] for item in addresses] or [0], dtype=np.int64),
        source_ports=ports["src_port"],
        destination_ports=ports["dst_port"],
        protocols=ports["protocol"],
        ranges=np.array(ranges, dtype=np.int64).reshape(len(ranges), 3),
        names=any(item.names for item in addresses),
        fields=fields,
        patterns=sum(isinstance(item, CommandCondition) for item in order.conditions),
    )


def place_tables(order: Order, countries: Countries) -> tuple[PlaceTables, Codes]:
    """Return the address tables of an order and its country data, and the numbers of the country codes."""
    codes = Codes()
    chosen = Intervals((network, codes.number(code)) for network, code in order.address_overrides)
    special = Intervals((network, 0) for network in special_ranges()[0].networks())
    trees = tuple(CountryTree(reader, raw, codes).tables() for reader, raw in countries.files)
    addresses = [item for item in order.conditions if isinstance(item, AddressCondition)]
    wanted = Intervals((network, number) for number, item in enumerate(addresses) for network in item.networks)
    inside = np.array([code in order.domestic for code in codes.names], dtype=np.int64)
    return PlaceTables(chosen.tables(), special.tables(), trees or (_no_tree(),), inside, wanted.tables()), codes


def _no_tree() -> tuple[Any, ...]:
    """Return a country file that knows no address."""
    none = np.zeros(0, dtype=np.int64)
    return np.ones(2, dtype=np.int64), np.ones(65_536, dtype=np.int64), none, none, 1, True


@kernel
def _judge(first, second, old, places):
    """Return the number of an address's country code, 0 if undetermined (`direction.Directions`)."""
    for step in range(2):
        starts, values, jump, highs, lows, values6 = places.chosen if step == 0 else places.special
        found = find4(starts, values, jump, first) if old else find6(highs, lows, values6, first, second)
        if found >= 0:
            return found
    agreed = -1
    for tree in places.trees:
        code = country4(tree, first) if old else country6(tree, first, second)
        if code == 0 or (agreed not in (-1, code)):
            return 0
        agreed = code
    return agreed


@kernel
def _side(first, second, old, places):
    """Return 0 undetermined, 1 outside, 2 inside."""
    code = _judge(first, second, old, places)
    if code <= 0:
        return 0
    return 2 if places.inside[code] else 1


@kernel
def may_reach(s0, s1, d0, d1, key, places, order):
    """Judge a new flow: number of its direction, address conditions found (word FOUND), whether it may be kept."""
    old = key & 0xFFFF == 4
    source = _side(s0, s1, old, places)
    destination = _side(d0, d1, old, places) if source > 0 else 0
    if source == 0 or destination == 0:
        return 0, 0, False
    inward, outward = (1, 3) if source == 1 else (4, 2)
    direction = inward if destination == 2 else outward
    if direction != order.direction:
        return direction, 0, False
    starts, values, jump, highs, lows, values6 = places.conditions
    found = find4(starts, values, jump, s0) if old else find6(highs, lows, values6, s0, s1)
    word = 0
    if found >= 0 and order.sides[found] != _DESTINATION:
        word |= (found + 1) << _SHIFT_FROM
    found = find4(starts, values, jump, d0) if old else find6(highs, lows, values6, d0, d1)
    if found >= 0 and order.sides[found] != _SOURCE:
        word |= (found + 1) << _SHIFT_TO
    protocol = (key >> 16) & 0xFFFF
    dns = (key >> 48) & 0xFFFF == 53 or (key >> 32) & 0xFFFF == 53
    readable = protocol == 6 or (protocol == 17 and dns)
    return direction, word, _bound(word, key, readable, -1, -1, order)


@kernel
def _bound(word, key, app, packets, size, order):
    """Say whether the minimum can be reached; `packets` -1: not yet known, so that every range may hold."""
    source, destination = (word >> _SHIFT_FROM) & _TWENTY, (word >> _SHIFT_TO) & _TWENTY
    found = word & _TWENTY
    addresses = (source > 0) + (destination > 0 and destination != source)
    protocol = (key >> 16) & 0xFFFF
    exploratory = order.protocols[protocol]
    if protocol in (6, 17, 132):
        exploratory += order.source_ports[(key >> 48) & 0xFFFF] + order.destination_ports[(key >> 32) & 0xFFFF]
    for line in range(len(order.ranges)):
        kind, low, high = order.ranges[line]
        if packets >= 0:
            amount = packets if kind == 0 else size
            scale = packets if kind == 2 else 1
            if (low >= 0 and amount < low * scale) or (high >= 0 and amount > high * scale):
                continue
        exploratory += 1
    commands = found
    if packets < 0:
        commands = order.patterns
    if app:
        addresses += _MANY if order.names else 0
        exploratory += _MANY if order.fields else 0
    if order.by_kind:
        return (addresses > 0) + (exploratory > 0) + (commands > 0) >= order.minimum
    return addresses + exploratory + commands >= order.minimum


@kernel
def hopeful(arrays, order, chosen):
    """Write those of the ended flows that may be kept, all their headers and the patterns found taken into account."""
    entries = arrays.entries
    count = 0
    for number in range(arrays.counts[C_ENDED]):
        index = arrays.ended[number]
        marks = entries[index, INITIAL]
        if marks & MAY == 0:
            continue
        if _bound(
            entries[index, FOUND],
            entries[index, KEY],
            marks & APP != 0,
            entries[index, PACKETS],
            entries[index, BYTES],
            order,
        ):
            chosen[count] = index
            count += 1
    return count
