"""Tables from addresses to numbers: networks of an order, special ranges, country files; one look-up each.

Networks become disjoint intervals, found by the address's first 16 bits and a short binary search. A country file
(MMDB format specification 2.0) is walked as it is, the first 16 bits of IPv4 by a jump table; its records are decoded
once per distinct place by the maxminddb library, so that every answer is the one `direction.Countries` gives.
"""

from collections.abc import Iterable
from typing import Any

import maxminddb
import numpy as np
from maxminddb.decoder import Decoder
from maxminddb.reader import Reader

from sakimori.selection.direction import Network
from sakimori.selection.fast.kernel import kernel

ABSENT = -1
_V4, _V6 = 32, 128
_TOP = 1 << 63
_MASK = (1 << 64) - 1
_SEPARATOR = 16  # bytes between tree and data section

Numbers = np.ndarray[Any, np.dtype[np.int64]]


def _signed(value: int) -> int:
    """Return 64 bits as a signed number."""
    return value - (1 << 64) if value & _TOP else value


class Intervals:
    """A map from networks to numbers, longest prefix first: `values[k]` holds from the k-th start to the next."""

    def __init__(self, entries: Iterable[tuple[Network, int]]) -> None:
        by_width: dict[int, list[tuple[int, int, int]]] = {_V4: [], _V6: []}
        for network, value in entries:
            low = int(network.network_address)
            by_width[network.max_prefixlen].append((low, low + network.num_addresses - 1, value))
        starts, values = _flat(by_width[_V4], 1 << _V4)
        self.starts4 = np.array(starts, dtype=np.int64)
        self.values4 = np.array(values, dtype=np.int64)
        self.jump4 = np.searchsorted(self.starts4, np.arange(65_537, dtype=np.int64) << 16, side="right") - 1
        starts, values = _flat(by_width[_V6], 1 << _V6)
        self.high6 = np.array([_signed((start >> 64) ^ _TOP) for start in starts], dtype=np.int64)
        self.low6 = np.array([_signed((start & _MASK) ^ _TOP) for start in starts], dtype=np.int64)
        self.values6 = np.array(values, dtype=np.int64)

    def tables(self) -> tuple[Numbers, ...]:
        """Return what `find4` and `find6` take."""
        return self.starts4, self.values4, self.jump4, self.high6, self.low6, self.values6


def _flat(ranges: list[tuple[int, int, int]], full: int) -> tuple[list[int], list[int]]:
    """Return starts and values of disjoint intervals that cover everything; inner networks win over outer ones."""
    starts, values = [0], [ABSENT]
    around: list[tuple[int, int]] = []  # (last address, value) of the networks that hold the present place

    def put(start: int, value: int) -> None:
        if starts[-1] == start:
            values[-1] = value
        elif values[-1] != value:
            starts.append(start)
            values.append(value)

    for low, high, value in sorted(ranges, key=lambda item: (item[0], -item[1])):
        while around and around[-1][0] < low:
            end, _ = around.pop()
            put(end + 1, around[-1][1] if around else ABSENT)
        put(low, value)
        around.append((high, value))
    while around:
        end, _ = around.pop()
        if end + 1 < full:
            put(end + 1, around[-1][1] if around else ABSENT)
    return starts, values


@kernel
def find4(starts, values, jump, address):
    """Return the value of an IPv4 address (as a number)."""
    low = jump[address >> 16]
    high = jump[(address >> 16) + 1]
    while low < high:
        middle = (low + high + 1) >> 1
        if starts[middle] <= address:
            low = middle
        else:
            high = middle - 1
    return values[low]


@kernel
def find6(highs, lows, values, first, second):
    """Return the value of an IPv6 address, given as two signed words."""
    first ^= -9223372036854775808
    second ^= -9223372036854775808
    low = 0
    high = len(values) - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if highs[middle] < first or (highs[middle] == first and lows[middle] <= second):
            low = middle
        else:
            high = middle - 1
    return values[low]


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
    """One country file as arrays: its tree's records, the jump table, and the code number at each data offset."""

    def __init__(self, reader: Reader, raw: bytes, codes: Codes) -> None:
        about = reader.metadata()
        self.nodes = about.node_count
        self.v6 = about.ip_version == 6
        self.records = _records(raw, about.node_count, about.record_size)
        section = about.node_count * about.record_size // 4 + _SEPARATOR
        decoder = Decoder(raw, section)
        leaves = np.unique(self.records[self.records > about.node_count])
        self.offsets = leaves
        numbers = [codes.number(_code(decoder, section + int(leaf) - self.nodes - _SEPARATOR)) for leaf in leaves]
        self.numbers = np.array(numbers, dtype=np.int64)
        root = 0
        if self.v6:
            for _ in range(_V6 - _V4):
                if root >= self.nodes:
                    break
                root = int(self.records[2 * root])
        self.jump = _jump(self.records, self.nodes, root)

    def tables(self) -> tuple[Any, ...]:
        """Return what `country4` and `country6` take."""
        return self.records, self.jump, self.offsets, self.numbers, self.nodes, self.v6


def _code(decoder: Decoder, offset: int) -> str | None:
    try:
        record, _ = decoder.decode(offset)
    except (maxminddb.InvalidDatabaseError, IndexError, ValueError):
        return None
    code = record.get("country_code") if isinstance(record, dict) else None
    return code if isinstance(code, str) and code else None


def _records(raw: bytes, nodes: int, bits: int) -> Numbers:
    """Return the tree as one flat array: left and right record of each node."""
    size = bits // 4
    tree = np.frombuffer(raw, dtype=np.uint8, count=nodes * size).reshape(nodes, size).astype(np.int64)
    found = np.empty((nodes, 2), dtype=np.int64)
    if bits == 28:
        found[:, 0] = (tree[:, 3] >> 4 << 24) | (tree[:, 0] << 16) | (tree[:, 1] << 8) | tree[:, 2]
        found[:, 1] = ((tree[:, 3] & 15) << 24) | (tree[:, 4] << 16) | (tree[:, 5] << 8) | tree[:, 6]
    else:
        half = size // 2
        for side in (0, 1):
            found[:, side] = 0
            for byte in range(half):
                found[:, side] = found[:, side] << 8 | tree[:, side * half + byte]
    return found.reshape(-1)


def _jump(records: Numbers, nodes: int, root: int) -> Numbers:
    """Return where the walk stands after the first 16 bits of an IPv4 address, for each value of them."""
    states = np.full(1, root, dtype=np.int64)
    for _ in range(16):
        inner = np.minimum(states, nodes - 1)
        left = np.where(states < nodes, records[2 * inner], states)
        right = np.where(states < nodes, records[2 * inner + 1], states)
        states = np.stack([left, right], axis=1).reshape(-1)
    return states


@kernel
def _walk(records, nodes, node, word, bits):
    """Follow `bits` bits of `word`, highest of them first."""
    for step in range(bits - 1, -1, -1):
        if node >= nodes:
            break
        node = records[2 * node + ((word >> step) & 1)]
    return node


@kernel
def _number(offsets, numbers, nodes, node):
    if node <= nodes or len(offsets) == 0:
        return 0
    place = np.searchsorted(offsets, node)
    if place < len(offsets) and offsets[place] == node:
        return numbers[place]
    return 0


@kernel
def country4(tree, address):
    """Return the code number a country file gives an IPv4 address, 0 for none."""
    records, jump, offsets, numbers, nodes, _ = tree
    node = _walk(records, nodes, jump[address >> 16], address, 16)
    return _number(offsets, numbers, nodes, node)


@kernel
def country6(tree, first, second):
    """Return the code number a country file gives an IPv6 address, 0 for none."""
    records, _, offsets, numbers, nodes, v6 = tree
    if not v6:
        return 0
    node = _walk(records, nodes, 0, first, 64)
    node = _walk(records, nodes, node, second, 64)
    return _number(offsets, numbers, nodes, node)
