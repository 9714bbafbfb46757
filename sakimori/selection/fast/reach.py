"""What a flow's headers already decide: its direction, the address conditions that hold, whether it can still be kept.

The bound is generous where the payload decides (it may hold anything) and exact where headers do; a flow is left aside
only when no payload whatever could make the order keep it.
"""

from typing import NamedTuple

from sakimori.selection.conditions import (
    AddressCondition,
    CommandCondition,
    RangeCondition,
    ValueCondition,
)
from sakimori.selection.direction import Countries, special_ranges
from sakimori.selection.fast import hints
from sakimori.selection.fast.kernel import get, kernel, put
from sakimori.selection.fast.places import (
    Codes,
    CountryTree,
    Intervals,
    IntervalTables,
    TreeTables,
    country4,
    country6,
    find4,
    find6,
    table_of,
)
from sakimori.selection.fast.store import (
    APP,
    BYTES,
    C_ENDED,
    FOUND,
    INITIAL,
    KEY,
    MAY,
    PACKETS,
    Table,
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
_KNOWN = 16  # bits of a slot of the addresses lately judged


class OrderTables(NamedTuple):
    """The order as the kernels need it; tables are given by their addresses."""

    direction: int
    minimum: int
    by_kind: bool
    sides: int
    source_ports: int
    destination_ports: int
    protocols: int
    bounds: int
    ranges: int
    names: bool
    fields: bool
    patterns: int
    listed: int
    labels: int


class PlaceTables(NamedTuple):
    """Addresses to country codes, and to the order's address conditions."""

    chosen: IntervalTables
    special: IntervalTables
    trees: tuple[TreeTables, ...]
    files: int
    inside: int
    conditions: IntervalTables
    known: int


class Tables:
    """Everything the kernels look up, and what keeps it in memory."""

    def __init__(self, order: Order, countries: Countries) -> None:
        ports = {name: Table(65_536) for name in _HEADER_FIELDS}
        ranges = []
        fields = False
        for item in order.conditions:
            if isinstance(item, ValueCondition):
                fields |= item.field not in ports
                for value in item.values if item.field in ports else ():
                    if value.isdigit() and str(int(value)).encode() == value and int(value) < len(ports[item.field]):
                        ports[item.field].lines[int(value)] = 1
            elif isinstance(item, RangeCondition):
                low = -1 if item.minimum is None else item.minimum
                high = -1 if item.maximum is None else item.maximum
                if item.field == _RANGES[2]:
                    low, high = min(low, _LARGEST_MEAN), min(high, _LARGEST_MEAN)
                ranges += [_RANGES.index(item.field), low, high]
        addresses = [item for item in order.conditions if isinstance(item, AddressCondition)]
        sides = table_of([_SIDES[item.side] for item in addresses])
        bounds = table_of(ranges)
        self.codes = codes = Codes()
        chosen = Intervals((network, codes.number(code)) for network, code in order.address_overrides)
        special = Intervals((network, 0) for network in special_ranges()[0].networks())
        wanted = Intervals((network, number) for number, item in enumerate(addresses) for network in item.networks)
        trees = [CountryTree(reader, raw, codes) for reader, raw in countries.files]
        inside = table_of([code in order.domestic for code in codes.names])
        known = Table(1 << _KNOWN)
        listed = hints.listed(name for item in addresses for name in item.names)
        labels = Table(hints.LABELS)
        self._kept = (listed, labels, ports, sides, bounds, chosen, special, wanted, trees, inside, known)
        self.places = PlaceTables(
            chosen=chosen.tables(),
            special=special.tables(),
            trees=tuple(tree.tables() for tree in trees) or (TreeTables(0, 0, 0, v6=False),),
            files=len(trees),
            inside=inside.address,
            conditions=wanted.tables(),
            known=known.address,
        )
        self.order = OrderTables(
            direction=DIRECTIONS.index(order.direction),
            minimum=order.minimum_conditions,
            by_kind=order.distinct_by == "kind",
            sides=sides.address,
            source_ports=ports["src_port"].address,
            destination_ports=ports["dst_port"].address,
            protocols=ports["protocol"].address,
            bounds=bounds.address,
            ranges=len(ranges) // 3,
            names=any(item.names for item in addresses),
            fields=fields,
            listed=listed.address,
            labels=labels.address,
            patterns=sum(isinstance(item, CommandCondition) for item in order.conditions),
        )


@kernel
def _judge(first, second, old, places):
    """Return the number of an address's country code, 0 if undetermined (`direction.Directions`)."""
    found = find4(places.chosen, first) if old else find6(places.chosen, first, second)
    if found >= 0:
        return found
    found = find4(places.special, first) if old else find6(places.special, first, second)
    if found >= 0 or places.files == 0:
        return 0
    agreed = -1
    for tree in places.trees:
        code = country4(tree, first) if old else country6(tree, first, second)
        if code == 0 or (agreed not in (-1, code)):
            return 0
        agreed = code
    return agreed


@kernel
def _side(first, second, old, places):
    """Return 0 undetermined, 1 outside, 2 inside; IPv4 addresses lately judged are remembered."""
    slot = ((first * 2654435761) >> 12) & ((1 << _KNOWN) - 1)
    if old:
        last = get(places.known, slot)
        if last >> 2 == first and last & 3:
            return (last & 3) - 1
    code = _judge(first, second, old, places)
    side = 0
    if code > 0:
        side = 2 if get(places.inside, code) else 1
    if old:
        put(places.known, slot, (first << 2) | (side + 1))
    return side


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
    found = find4(places.conditions, s0) if old else find6(places.conditions, s0, s1)
    word = 0
    if found >= 0 and get(order.sides, found) != _DESTINATION:
        word |= (found + 1) << _SHIFT_FROM
    found = find4(places.conditions, d0) if old else find6(places.conditions, d0, d1)
    if found >= 0 and get(order.sides, found) != _SOURCE:
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
    exploratory = get(order.protocols, protocol)
    if protocol in (6, 17, 132):
        exploratory += get(order.source_ports, (key >> 48) & 0xFFFF) + get(
            order.destination_ports, (key >> 32) & 0xFFFF
        )
    for line in range(order.ranges):
        kind, low, high = get(order.bounds, 3 * line), get(order.bounds, 3 * line + 1), get(order.bounds, 3 * line + 2)
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
    for number in range(get(arrays.counts, C_ENDED)):
        index = get(arrays.ended, number)
        marks = get(entries, index * 16 + INITIAL)
        if marks & MAY == 0:
            continue
        if _bound(
            get(entries, index * 16 + FOUND),
            get(entries, index * 16 + KEY),
            marks & APP != 0,
            get(entries, index * 16 + PACKETS),
            get(entries, index * 16 + BYTES),
            order,
        ):
            chosen[count] = index
            count += 1
    return count
