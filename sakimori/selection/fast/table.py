"""Enter rows into flows: key, silence, another SYN, counts, times; end flows and give back what they held.

The rules are those of `sakimori.selection.flows`.
"""

from sakimori.selection.fast import hints
from sakimori.selection.fast.hashing import hash_key, of_words4
from sakimori.selection.fast.kernel import be64, get, kernel, prefetch, put, words
from sakimori.selection.fast.reach import may_reach
from sakimori.selection.fast.rows import DATA, ENDS, FRAME, GOOD, LOW, META, SIZES, STATE, TCP, TIME, WHOLE
from sakimori.selection.fast.store import (
    APP,
    BEFORE,
    BYTES,
    C_ARENA,
    C_ARENA_END,
    C_BACKWARDS,
    C_ENDED,
    C_ENTRIES,
    C_FLOWS,
    C_FREE,
    C_FRESH,
    C_HELD_LEFT,
    C_LATEST,
    C_NEEDED,
    C_PIECE_FREE,
    C_PIECE_LEFT,
    C_QUIC,
    C_TAIL_FREE,
    D0,
    D1,
    DATAGRAM,
    DIRECTION_SHIFT,
    ENDED,
    FIRST,
    FOUND,
    HAS_BASE,
    HAS_INITIAL,
    HELD,
    INITIAL,
    KEY,
    LAST,
    MAY,
    ORDERED,
    P_NEXT,
    P_SIZE,
    PACKETS,
    PAYLOAD,
    PIECES,
    QUIC,
    S0,
    S1,
    TAIL,
    USED,
)
from sakimori.selection.fast.streams import drain, jump, keep, piece, segment

SILENCE = 120 * 1_000_000_000
_AHEAD = 12


@kernel
def hash_rows(base, limit, rows, first, last, secret):
    """Put the hash of each row's key into its STATE; `secret` as in `hashing`."""
    k0, k1, k2, k3, k4 = get(secret, 0), get(secret, 1), get(secret, 2), get(secret, 3), get(secret, 4)
    odd = get(secret, 11)
    for number in range(first, last):
        state = get(rows, number * 8 + STATE) & 0xFFFF
        kind = state & 0xFF
        if kind not in (GOOD, WHOLE):
            continue
        key = get(rows, number * 8 + META)
        ends = get(rows, number * 8 + ENDS)
        if key & 0xFFFF == 4:
            value = of_words4((ends >> 32) & LOW, ends & LOW, key, k0, k1, k2, k3, k4, odd)
        else:
            value = hash_key(
                secret,
                be64(base, limit, ends),
                be64(base, limit, ends + 8),
                be64(base, limit, ends + 16),
                be64(base, limit, ends + 24),
                key,
            )
        put(rows, number * 8 + STATE, (value & ~0xFFFF) | state)


@kernel
def fill_slots(arrays):
    """Enter every flow that lives into empty slots."""
    entries = arrays.entries
    mask = words(arrays.slots) - 1
    for number in range(get(arrays.counts, C_ENTRIES)):
        flags = get(entries, number * 16 + INITIAL)
        if flags & USED == 0 or flags & ENDED:
            continue
        at = number * 16
        tag = (
            hash_key(
                arrays.secret,
                get(entries, at + S0),
                get(entries, at + S1),
                get(entries, at + D0),
                get(entries, at + D1),
                get(entries, at + KEY),
            )
            & ~0xFFFF
        )
        slot = (tag >> 16) & mask
        while get(arrays.slots, slot) != 0:
            slot = (slot + 1) & mask
        put(arrays.slots, slot, (tag & ~LOW) | (number + 1))


@kernel
def enter(base, limit, origin, copying, rows, first, last, wholes, arrays, places, order):
    """Enter rows `first` to `last`; returns the row to go on with after making room (`last` when all are in).

    `origin` is the place of the buffer's first byte in its source (only if not `copying`); `places` and `order` are the
    tables of `reach`.
    """
    entries, slots, count = arrays.entries, arrays.slots, arrays.counts
    mask = words(slots) - 1
    room = words(arrays.fresh) // 3
    for number in range(first, last):
        ahead = number + _AHEAD
        if ahead < last:
            prefetch(slots + (((get(rows, ahead * 8 + STATE) >> 16) & mask) << 3))
            near = get(slots, (get(rows, (number + 6) * 8 + STATE) >> 16) & mask) & LOW
            if near > 0:
                prefetch(entries + (near - 1) * 128)
                prefetch(entries + (near - 1) * 128 + 64)
        state = get(rows, number * 8 + STATE)
        kind = state & 0xFF
        if kind not in (GOOD, WHOLE):
            continue
        time = get(rows, number * 8 + TIME)
        key = get(rows, number * 8 + META)
        ends = get(rows, number * 8 + ENDS)
        s1 = d1 = 0
        if key & 0xFFFF == 4:
            s0 = (ends >> 32) & LOW
            d0 = ends & LOW
        else:
            s0 = be64(base, limit, ends)
            s1 = be64(base, limit, ends + 8)
            d0 = be64(base, limit, ends + 16)
            d1 = be64(base, limit, ends + 24)
        protocol = (key >> 16) & 0xFFFF
        flags = (state >> 8) & 0xFF
        sequence = (get(rows, number * 8 + TCP) >> 32) & LOW
        payload = get(rows, number * 8 + SIZES)
        missing = get(rows, number * 8 + DATA) & LOW
        place = (get(rows, number * 8 + DATA) >> 32) & LOW
        # the flow
        tag = state & ~LOW
        slot = (state >> 16) & mask
        index = -1
        while True:
            value = get(slots, slot)
            if value == 0:
                break
            if value & ~LOW == tag:
                index = (value & LOW) - 1
                if (
                    get(entries, index * 16 + S0) == s0
                    and get(entries, index * 16 + D0) == d0
                    and get(entries, index * 16 + KEY) == key
                    and get(entries, index * 16 + S1) == s1
                    and get(entries, index * 16 + D1) == d1
                ):
                    break
                index = -1
            slot = (slot + 1) & mask
        over = False
        parts = 2
        if index >= 0:
            marks = get(entries, index * 16 + INITIAL)
            over = time - SILENCE > get(entries, index * 16 + LAST)
            if protocol == 6 and flags & 0x12 == 2 and marks & HAS_INITIAL and sequence != marks & LOW:
                over = True
            if marks & ORDERED == 0 and not over and kind == GOOD:  # nothing of it is ever told but that it was there
                put(entries, index * 16 + LAST, max(time, get(entries, index * 16 + LAST)))
                put(entries, index * 16 + PACKETS, get(entries, index * 16 + PACKETS) + 1)
                if protocol == 6 and marks & HAS_INITIAL == 0:
                    put(entries, index * 16 + INITIAL, _with_initial(marks, sequence, flags))
                continue
            parts += (get(entries, index * 16 + HELD) >> 32) & LOW
        if (
            get(count, C_HELD_LEFT) < parts
            or get(count, C_PIECE_LEFT) < parts
            or get(count, C_FRESH) + parts > room
            or get(count, C_ARENA) + payload > get(count, C_ARENA_END)
        ):
            put(count, C_NEEDED, parts)
            return number
        if over:
            if get(count, C_ENDED) >= words(arrays.ended):
                put(count, C_NEEDED, parts)
                return number
            finish(index, arrays)
            index = -1
        if index < 0:
            index = _new(s0, s1, d0, d1, key, arrays, places, order)
            put(slots, slot, tag | (index + 1))
        # the counts
        frames = 1
        early = late = time
        if kind == WHOLE:
            line = get(rows, number * 8 + FRAME)
            frames = get(wholes, line * 3 + 0)
            early = get(wholes, line * 3 + 1)
            late = get(wholes, line * 3 + 2)
        if get(entries, index * 16 + PACKETS) == 0 or early < get(entries, index * 16 + FIRST):
            put(entries, index * 16 + FIRST, early)
        if get(entries, index * 16 + PACKETS) == 0 or late > get(entries, index * 16 + LAST):
            put(entries, index * 16 + LAST, late)
        put(entries, index * 16 + PACKETS, get(entries, index * 16 + PACKETS) + (frames))
        put(entries, index * 16 + BYTES, get(entries, index * 16 + BYTES) + (get(rows, number * 8 + TCP) & LOW))
        marks = get(entries, index * 16 + INITIAL)
        if protocol == 6 and marks & HAS_INITIAL == 0:
            marks = _with_initial(marks, sequence, flags)
            put(entries, index * 16 + INITIAL, marks)
        if marks & ORDERED == 0:
            continue
        # the payload
        if protocol == 6:
            if payload == 0 and missing == 0 and marks & HAS_BASE:
                continue
            segment(
                index,
                sequence,
                flags,
                base,
                limit,
                origin,
                copying or kind == WHOLE,
                place,
                payload,
                missing,
                arrays,
                order,
            )
        elif payload > 0:
            ports = (key >> 32) & LOW
            dns = protocol == 17 and ((ports >> 16) == 53 or ports & 0xFFFF == 53)
            if protocol == 17 and not dns and marks & QUIC == 0 and hints.quic(base, limit, place, payload):
                marks |= QUIC
                put(count, C_QUIC, get(count, C_QUIC) + (1))
            marks |= PAYLOAD
            if dns and (order.fields or hints.dns(base, limit, place, payload, order.listed, order.labels)):
                marks |= APP
            put(entries, index * 16 + INITIAL, marks)
            if marks & MAY:
                ref = keep(base, limit, origin, copying or kind == WHOLE, place, payload, arrays)
                piece(index, ref, place, payload, 0, DATAGRAM, arrays)
    return last


@kernel
def _with_initial(marks, sequence, flags):
    """Note a flow's initial sequence number: without SYN, as if it had come just before."""
    return marks | ((sequence - (0 if flags & 2 else 1)) & LOW) | HAS_INITIAL


@kernel
def backwards(times, number, count):
    """Count times that go back, over blocks."""
    latest = get(count, C_LATEST)
    back = 0
    for index in range(number):
        time = times[index]
        if time < 0:
            continue
        if time < latest:
            back += 1
        latest = time
    put(count, C_LATEST, latest)
    put(count, C_BACKWARDS, get(count, C_BACKWARDS) + (back))


@kernel
def _new(s0, s1, d0, d1, key, arrays, places, order):
    """Take a free entry for a new flow and judge its direction."""
    entries, count = arrays.entries, arrays.counts
    if get(count, C_FREE) > 0:
        put(count, C_FREE, get(count, C_FREE) - (1))
        index = get(arrays.free, get(count, C_FREE))
    else:
        index = get(count, C_ENTRIES)
        put(count, C_ENTRIES, get(count, C_ENTRIES) + (1))
    at = index * 16
    put(entries, at + S0, s0)
    put(entries, at + S1, s1)
    put(entries, at + D0, d0)
    put(entries, at + D1, d1)
    put(entries, at + KEY, key)
    direction, found, may = may_reach(s0, s1, d0, d1, key, places, order)
    put(count, C_FLOWS + direction, get(count, C_FLOWS + direction) + (1))
    marks = USED | (direction << DIRECTION_SHIFT)
    if direction == order.direction:
        marks |= ORDERED
        if may:
            marks |= MAY
    put(entries, at + INITIAL, marks)
    put(entries, at + FOUND, found)
    return index


@kernel
def finish(index, arrays):
    """End a flow: what is still held comes after its gaps; the flow waits in `ended` for its verdict."""
    entries, count = arrays.entries, arrays.counts
    while get(entries, index * 16 + HELD) & LOW != 0:
        jump(index, arrays)
        drain(index, arrays)
    put(entries, index * 16 + INITIAL, get(entries, index * 16 + INITIAL) | (ENDED))
    put(arrays.ended, get(count, C_ENDED), index)
    put(count, C_ENDED, get(count, C_ENDED) + (1))


@kernel
def finish_these(chosen, first, number, arrays):
    """End the flows in the table `chosen` from place `first` on; returns the place to go on with once there is room."""
    entries, count = arrays.entries, arrays.counts
    for place in range(first, number):
        index = get(chosen, place)
        parts = ((get(entries, index * 16 + HELD) >> 32) & LOW) + 2
        if (
            get(count, C_PIECE_LEFT) < parts
            or get(count, C_FRESH) + parts > words(arrays.fresh) // 3
            or get(count, C_ENDED) >= words(arrays.ended)
        ):
            put(count, C_NEEDED, parts)
            return place
        finish(index, arrays)
    return number


@kernel
def finish_all(first, arrays):
    """End every flow from entry `first` on; returns the entry to go on with once there is room."""
    entries, count = arrays.entries, arrays.counts
    for index in range(first, get(count, C_ENTRIES)):
        marks = get(entries, index * 16 + INITIAL)
        if marks & USED == 0 or marks & ENDED:
            continue
        parts = ((get(entries, index * 16 + HELD) >> 32) & LOW) + 2
        if (
            get(count, C_PIECE_LEFT) < parts
            or get(count, C_FRESH) + parts > words(arrays.fresh) // 3
            or get(count, C_ENDED) >= words(arrays.ended)
        ):
            put(count, C_NEEDED, parts)
            return index
        finish(index, arrays)
    return get(count, C_ENTRIES)


@kernel
def release(arrays):
    """Give back everything of the flows in `ended`, after their verdict; entries are cleared."""
    entries, count, pieces = arrays.entries, arrays.counts, arrays.pieces
    ended = get(count, C_ENDED)
    for number in range(ended):
        if number + _AHEAD < ended:
            soon = get(entries, get(arrays.ended, number + _AHEAD) * 16 + PIECES)
            if soon != 0:
                prefetch(pieces + (((soon >> 32) & LOW) - 1) * 32)
        index = get(arrays.ended, number)
        ends = get(entries, index * 16 + PIECES)
        if ends != 0:
            last = ((ends >> 32) & LOW) - 1
            many = ((get(pieces, last * 4 + P_SIZE) & LOW) >> BEFORE) + 1
            put(pieces, last * 4 + P_NEXT, get(count, C_PIECE_FREE))
            put(count, C_PIECE_FREE, (ends & LOW) - 1)
            put(count, C_PIECE_LEFT, get(count, C_PIECE_LEFT) + many)
        tail = (get(entries, index * 16 + TAIL) & LOW) - 1
        if tail >= 0:
            release_tail(tail, arrays)
        for word in range(16):
            put(entries, index * 16 + word, 0)
        put(arrays.free, get(count, C_FREE), index)
        put(count, C_FREE, get(count, C_FREE) + (1))
    put(count, C_ENDED, 0)


@kernel
def release_tail(tail, arrays):
    """Give back a line of the tail store."""
    for word in range(arrays.tail_words):
        put(arrays.tails, tail * arrays.tail_words + word, 0)
    put(arrays.tail_next, tail, get(arrays.counts, C_TAIL_FREE))
    put(arrays.counts, C_TAIL_FREE, tail + 1)
