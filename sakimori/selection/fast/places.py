"""Tables from addresses to numbers: networks of an order, special ranges, country files; one look-up each.

Networks become disjoint intervals, found by the address's first 16 bits and a short binary search. A country file
(MMDB format specification 2.0) is walked as it is, the first 18 bits of IPv4 by a jump table; its records are decoded
once per distinct place by the maxminddb library, so that every answer is the one `direction.Countries` gives.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any, NamedTuple

import maxminddb
import numpy as np
from maxminddb.decoder import Decoder
from maxminddb.reader import Reader

from sakimori.selection.direction import Network
from sakimori.selection.fast.kernel import get, kernel, words
from sakimori.selection.fast.store import Table

ABSENT = -1
_V4, _V6 = 32, 128
_TOP = 1 << 63
_MASK = (1 << 64) - 1
_LOW = (1 << 32) - 1
_JUMP = 18  # bits of an IPv4 address that the jump table takes
_LEFT = _V4 - _JUMP
_SEPARATOR = 16  # bytes between tree and data section

Numbers = np.ndarray[Any, np.dtype[np.int64]]


class IntervalTables(NamedTuple):
    """Addresses of the tables of `Intervals`."""

    starts4: int
    values4: int
    jump4: int
    high6: int
    low6: int
    values6: int


class TreeTables(NamedTuple):
    """Addresses of the tables of `CountryTree`, how many nodes it has, whether it knows IPv6."""

    records: int
    jump: int
    nodes: int
    v6: bool


def _signed(value: int) -> int:
    """Return 64 bits as a signed number."""
    return value - (1 << 64) if value & _TOP else value


def table_of(numbers: Any) -> Table:
    """Return numbers as a table of at least one word."""
    table = Table(max(len(numbers), 1))
    table.lines[: len(numbers)] = numbers
    return table


class Intervals:
    """A map from networks to numbers, longest prefix first: `values[k]` holds from the k-th start to the next."""

    def __init__(self, entries: Iterable[tuple[Network, int]]) -> None:
        old: list[tuple[int, int, int]] = []
        new: list[tuple[int, int, int]] = []
        for network, value in entries:
            (old if isinstance(network, IPv4Network) else new).append(
                (int(network.network_address), network.prefixlen, value)
            )
        starts4, values4 = _flat4(old)
        starts6, values6 = _flat6(new)
        jump = np.searchsorted(starts4, np.arange(65_537, dtype=np.int64) << 16, side="right") - 1
        high = [_signed((start >> 64) ^ _TOP) for start in starts6]
        low6 = [_signed((start & _MASK) ^ _TOP) for start in starts6]
        self._tables = [table_of(numbers) for numbers in (starts4, values4, jump, high, low6, values6)]

    def tables(self) -> IntervalTables:
        """Return what `find4` and `find6` take."""
        return IntervalTables(*(table.address for table in self._tables))


def _flat4(networks: list[tuple[int, int, int]]) -> tuple[Numbers, Numbers]:
    """Return starts and values of disjoint intervals that cover everything; inner networks win over outer ones."""
    lines = np.array(networks, dtype=np.int64).reshape(-1, 3)
    low, value = lines[:, 0], lines[:, 2]
    high = low | ((1 << (_V4 - lines[:, 1])) - 1)
    order = np.lexsort((-high, low))
    low, high, value = low[order], high[order], value[order]
    starts, values = np.zeros((2, 2 * len(lines) + 1), dtype=np.int64)
    values[0] = ABSENT
    count = _flatten(low, high, value, starts, values, np.zeros(_V4 + 2, dtype=np.int64))
    return starts[:count], values[:count]


@kernel
def _flatten(low, high, value, starts, values, around):
    """Fill starts and values of the intervals; returns how many. `around`: the networks that hold the present place.

    Two networks with one address range are given by the later of them, as in `_flat6`.
    """
    count, depth = 1, 0
    for number in range(len(low) + 1):
        last = number == len(low)
        while depth > 0 and (last or high[around[depth - 1]] < low[number]):
            depth -= 1
            place = high[around[depth]] + 1
            if place < 1 << 32:
                count = _put(starts, values, count, place, value[around[depth - 1]] if depth > 0 else -1)
        if last:
            break
        count = _put(starts, values, count, low[number], value[number])
        if depth > 0 and high[around[depth - 1]] == high[number] and low[around[depth - 1]] == low[number]:
            depth -= 1
        around[depth] = number
        depth += 1
    return count


@kernel
def _put(starts, values, count, start, value):
    if starts[count - 1] == start:
        values[count - 1] = value
        return count
    if values[count - 1] == value:
        return count
    starts[count] = start
    values[count] = value
    return count + 1


def _flat6(networks: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
    """As `_flat4`, for addresses no machine word holds."""
    starts, values = [0], [ABSENT]
    around: list[tuple[int, int]] = []  # (last address, value) of the networks that hold the present place

    def put(start: int, value: int) -> None:
        if starts[-1] == start:
            values[-1] = value
        elif values[-1] != value:
            starts.append(start)
            values.append(value)

    for low, length, value in sorted(
        networks, key=lambda item: item[:2]
    ):  # of networks with one first address the widest comes first
        high = low | ((1 << (_V6 - length)) - 1)
        while around and around[-1][0] < low:
            end, _ = around.pop()
            put(end + 1, around[-1][1] if around else ABSENT)
        put(low, value)
        around.append((high, value))
    while around:
        end, _ = around.pop()
        if end + 1 < 1 << _V6:
            put(end + 1, around[-1][1] if around else ABSENT)
    return starts, values


@kernel
def find4(tables, address):
    """Return the value of an IPv4 address (as a number)."""
    low = get(tables.jump4, address >> 16)
    high = get(tables.jump4, (address >> 16) + 1)
    while low < high:
        middle = (low + high + 1) >> 1
        if get(tables.starts4, middle) <= address:
            low = middle
        else:
            high = middle - 1
    return get(tables.values4, low)


@kernel
def find6(tables, first, second):
    """Return the value of an IPv6 address, given as two signed words."""
    first ^= -9223372036854775808
    second ^= -9223372036854775808
    low = 0
    high = words(tables.values6) - 1
    while low < high:
        middle = (low + high + 1) >> 1
        above = get(tables.high6, middle)
        if above < first or (above == first and get(tables.low6, middle) <= second):
            low = middle
        else:
            high = middle - 1
    return get(tables.values6, low)


class Codes:
    """Numbers for country codes: 0 is none."""

    def __init__(self) -> None:
        self.names: list[str | None] = [None]
        self._numbers: dict[str, int] = {}

    def number(self, code: str | None) -> int:
        """Return the number of a code."""
        if code is None:
            return 0
        if code not in self._numbers:
            self._numbers[code] = len(self.names)
            self.names.append(code)
        return self._numbers[code]


class CountryTree:
    """One country file as tables: its tree, a node in a word (left above, right below), and the jump table.

    A record that leads to data is replaced by the number of nodes + 1 + the number of the country code there.
    """

    def __init__(self, reader: Reader, raw: bytes, codes: Codes) -> None:
        about = reader.metadata()
        nodes = about.node_count
        records = _records(raw, nodes, about.record_size)
        section = nodes * about.record_size // 4 + _SEPARATOR
        decoder = Decoder(raw, section)
        leads = records > nodes
        places = records[leads] - nodes
        numbers = np.zeros(int(places.max(initial=0)) + 1, dtype=np.int32)
        numbers[places] = 1
        for place in np.flatnonzero(numbers).tolist():  # a country file has few distinct records
            numbers[place] = codes.number(_code(decoder, section + place - _SEPARATOR))
        records[leads] = numbers[places] + (nodes + 1)
        v6 = about.ip_version == 6
        root = 0
        for _ in range(_V6 - _V4 if v6 else 0):
            if root < nodes:
                root = int(records[2 * root])
        self._records = table_of(records[0::2] << 32 | records[1::2])
        self._jump = table_of(_jump(records, nodes, root))
        self._nodes, self._v6 = nodes, v6

    def tables(self) -> TreeTables:
        """Return what `country4` and `country6` take."""
        return TreeTables(self._records.address, self._jump.address, self._nodes, self._v6)


def _code(decoder: Decoder, offset: int) -> str | None:
    try:
        record, _ = decoder.decode(offset)
    except (maxminddb.InvalidDatabaseError, IndexError, ValueError):
        return None
    code = record.get("country_code") if isinstance(record, dict) else None
    return code if isinstance(code, str) and code else None


def _records(raw: bytes, nodes: int, bits: int) -> Numbers:
    """Return the tree as one flat array: left and right record of each node."""
    size, half = bits // 4, bits // 8
    tree = np.frombuffer(raw, dtype=np.uint8, count=nodes * size).reshape(nodes, size)
    wide = np.zeros((nodes, 2, 4), dtype=np.uint8)
    wide[:, 0, 4 - half :], wide[:, 1, 4 - half :] = tree[:, :half], tree[:, size - half :]
    if bits == 28:  # the middle byte is shared
        wide[:, 0, 0], wide[:, 1, 0] = tree[:, 3] >> 4, tree[:, 3] & 15
    return wide.view(">u4").reshape(-1).astype(np.int64)


def _jump(records: Numbers, nodes: int, root: int) -> Numbers:
    """Return where the walk stands after the first 18 bits of an IPv4 address, for each value of them."""
    states = np.full(1, root, dtype=np.int64)
    for _ in range(_JUMP):
        inner = np.minimum(states, nodes - 1)
        left = np.where(states < nodes, records[2 * inner], states)
        right = np.where(states < nodes, records[2 * inner + 1], states)
        states = np.stack([left, right], axis=1).reshape(-1)
    return states


@kernel
def _walk(tree, node, word, bits):
    """Follow `bits` bits of `word`, highest of them first."""
    for step in range(bits - 1, -1, -1):
        if node >= tree.nodes:
            break
        both = get(tree.records, node)
        node = both & _LOW if (word >> step) & 1 else (both >> 32) & _LOW
    return node


@kernel
def country4(tree, address):
    """Return the code number a country file gives an IPv4 address, 0 for none."""
    node = _walk(tree, get(tree.jump, address >> _LEFT), address, _LEFT)
    return max(node - tree.nodes - 1, 0)


@kernel
def country6(tree, first, second):
    """Return the code number a country file gives an IPv6 address, 0 for none."""
    if not tree.v6:
        return 0
    node = _walk(tree, 0, first, 64)
    node = _walk(tree, node, second, 64)
    return max(node - tree.nodes - 1, 0)
