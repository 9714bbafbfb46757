"""Enter rows into flows: key, silence, another SYN, counts, times; end flows and give back what they held.

The rules are those of `sakimori.selection.flows`.
"""

from sakimori.selection.fast.kernel import be64, kernel, prefetch, u8
from sakimori.selection.fast.reach import may_reach
from sakimori.selection.fast.rows import DATA, ENDS, FRAME, GOOD, LOW, META, SIZES, STATE, TCP, TIME, WHOLE
from sakimori.selection.fast.store import (
    APP,
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
def _hash(s0, s1, d0, d1, key):
    value = s0 * -7046029254386353131 ^ (d0 + key) * -4417276706812531889
    if s1 != 0 or d1 != 0:
        value ^= s1 * 7109453100751455733 ^ d1 * -3808689974395783757
    value ^= (value >> 29) & 0x7_FFFF_FFFF
    value *= -4658895280553007687
    return value ^ ((value >> 32) & LOW)


@kernel
def hash_rows(base, limit, rows, first, last, workers, mine):
    """Put the hash of each row's key into its STATE; rows of another worker's flows lose theirs."""
    for number in range(first, last):
        state = rows[number, STATE] & 0xFFFF
        kind = state & 0xFF
        if kind not in (GOOD, WHOLE):
            continue
        key = rows[number, META]
        ends = rows[number, ENDS]
        if key & 0xFFFF == 4:
            value = _hash((ends >> 32) & LOW, 0, ends & LOW, 0, key)
        else:
            value = _hash(
                be64(base, limit, ends),
                be64(base, limit, ends + 8),
                be64(base, limit, ends + 16),
                be64(base, limit, ends + 24),
                key,
            )
        if workers > 1 and ((value >> 3) & 0xFF_FFFF) % workers != mine:
            rows[number, STATE] = 2
            continue
        rows[number, STATE] = (value & ~0xFFFF) | state


@kernel
def fill_slots(arrays):
    """Enter every flow that lives into empty slots."""
    entries = arrays.entries
    mask = len(arrays.slots) - 1
    for number in range(arrays.counts[C_ENTRIES]):
        flags = entries[number, INITIAL]
        if flags & USED == 0 or flags & ENDED:
            continue
        entry = entries[number]
        tag = _hash(entry[S0], entry[S1], entry[D0], entry[D1], entry[KEY]) & ~0xFFFF
        slot = (tag >> 16) & mask
        while arrays.slots[slot] != 0:
            slot = (slot + 1) & mask
        arrays.slots[slot] = (tag & ~LOW) | (number + 1)


@kernel
def enter(base, limit, origin, copying, rows, first, last, wholes, arrays, places, order):
    """Enter rows `first` to `last`; returns the row to go on with after making room (`last` when all are in).

    `origin` is the place of the buffer's first byte in its source (only if not `copying`); `places` and `order` are the
    tables of `reach`.
    """
    entries, slots, count = arrays.entries, arrays.slots, arrays.counts
    mask = len(slots) - 1
    room = len(arrays.fresh)
    for number in range(first, last):
        ahead = number + _AHEAD
        if ahead < last:
            prefetch(slots.ctypes.data + (((rows[ahead, STATE] >> 16) & mask) << 3))
            near = slots[(rows[number + 6, STATE] >> 16) & mask] & LOW
            if near > 0:
                prefetch(entries.ctypes.data + (near - 1) * 128)
                prefetch(entries.ctypes.data + (near - 1) * 128 + 64)
        state = rows[number, STATE]
        kind = state & 0xFF
        if kind not in (GOOD, WHOLE):
            continue
        time = rows[number, TIME]
        key = rows[number, META]
        ends = rows[number, ENDS]
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
        sequence = (rows[number, TCP] >> 32) & LOW
        payload = rows[number, SIZES]
        missing = rows[number, DATA] & LOW
        place = (rows[number, DATA] >> 32) & LOW
        # the flow
        tag = state & ~LOW
        slot = (state >> 16) & mask
        index = -1
        while True:
            value = slots[slot]
            if value == 0:
                break
            if value & ~LOW == tag:
                index = (value & LOW) - 1
                if (
                    entries[index, S0] == s0
                    and entries[index, D0] == d0
                    and entries[index, KEY] == key
                    and entries[index, S1] == s1
                    and entries[index, D1] == d1
                ):
                    break
                index = -1
            slot = (slot + 1) & mask
        parts = 2
        if index >= 0:
            parts += (entries[index, HELD] >> 32) & LOW
        if (
            count[C_HELD_LEFT] < parts
            or count[C_PIECE_LEFT] < parts
            or count[C_FRESH] + parts > room
            or count[C_ARENA] + payload > count[C_ARENA_END]
        ):
            return number
        if index >= 0:
            marks = entries[index, INITIAL]
            over = time - SILENCE > entries[index, LAST]
            if protocol == 6 and flags & 0x12 == 2 and marks & HAS_INITIAL and sequence != marks & LOW:
                over = True
            if over:
                finish(index, arrays)
                index = -1
        if index < 0:
            index = _new(s0, s1, d0, d1, key, arrays, places, order)
            slots[slot] = tag | (index + 1)
        # the counts
        frames = 1
        early = late = time
        if kind == WHOLE:
            line = rows[number, FRAME]
            frames = wholes[line, 0]
            early = wholes[line, 1]
            late = wholes[line, 2]
        if entries[index, PACKETS] == 0 or early < entries[index, FIRST]:
            entries[index, FIRST] = early
        if entries[index, PACKETS] == 0 or late > entries[index, LAST]:
            entries[index, LAST] = late
        entries[index, PACKETS] += frames
        entries[index, BYTES] += rows[number, TCP] & LOW
        marks = entries[index, INITIAL]
        if protocol == 6 and marks & HAS_INITIAL == 0:
            marks |= ((sequence - (0 if flags & 2 else 1)) & LOW) | HAS_INITIAL
            entries[index, INITIAL] = marks
        if marks & ORDERED == 0:
            continue
        # the payload
        if protocol == 6:
            if payload == 0 and missing == 0 and marks & HAS_BASE:
                continue
            segment(
                index, sequence, flags, base, limit, origin, copying or kind == WHOLE, place, payload, missing, arrays
            )
        elif payload > 0:
            ports = (key >> 32) & LOW
            dns = protocol == 17 and ((ports >> 16) == 53 or ports & 0xFFFF == 53)
            if protocol == 17 and not dns and marks & QUIC == 0 and _quic(base, limit, place, payload):
                marks |= QUIC
                count[C_QUIC] += 1
            marks |= PAYLOAD
            if dns:
                marks |= APP
            entries[index, INITIAL] = marks
            if marks & MAY:
                ref = keep(base, limit, origin, copying or kind == WHOLE, place, payload, arrays)
                piece(index, ref, place, payload, 0, DATAGRAM, arrays)
    return last


@kernel
def backwards(times, number, count):
    """Count times that go back, over blocks."""
    latest = count[C_LATEST]
    back = 0
    for index in range(number):
        time = times[index]
        if time < 0:
            continue
        if time < latest:
            back += 1
        latest = time
    count[C_LATEST] = latest
    count[C_BACKWARDS] += back


@kernel
def _quic(base, limit, place, size):
    """As `apps`: a long header of version 1, 2 or an IETF draft."""
    if size < 7 or u8(base, limit, place) & 0xC0 != 0xC0 or u8(base, limit, place + 5) > 20:
        return False
    version = 0
    for step in range(1, 5):
        version = version << 8 | u8(base, limit, place + step)
    return version in (1, 0x6B3343CF) or version >> 8 == 0xFF0000


@kernel
def _new(s0, s1, d0, d1, key, arrays, places, order):
    """Take a free entry for a new flow and judge its direction."""
    entries, count = arrays.entries, arrays.counts
    if count[C_FREE] > 0:
        count[C_FREE] -= 1
        index = arrays.free[count[C_FREE]]
    else:
        index = count[C_ENTRIES]
        count[C_ENTRIES] += 1
    entry = entries[index]
    entry[:] = 0
    entry[S0], entry[S1], entry[D0], entry[D1], entry[KEY] = s0, s1, d0, d1, key
    direction, found, may = may_reach(s0, s1, d0, d1, key, places, order)
    count[C_FLOWS + direction] += 1
    marks = USED | (direction << DIRECTION_SHIFT)
    if direction == order.direction:
        marks |= ORDERED
        if may:
            marks |= MAY
    entry[INITIAL] = marks
    entry[FOUND] = found
    return index


@kernel
def finish(index, arrays):
    """End a flow: what is still held comes after its gaps; the flow waits in `ended` for its verdict."""
    entries, count = arrays.entries, arrays.counts
    while entries[index, HELD] & LOW != 0:
        jump(index, arrays)
        drain(index, arrays)
    entries[index, INITIAL] |= ENDED
    arrays.ended[count[C_ENDED]] = index
    count[C_ENDED] += 1


@kernel
def finish_all(first, arrays):
    """End every flow from entry `first` on; returns the entry to go on with once there is room."""
    entries, count = arrays.entries, arrays.counts
    for index in range(first, count[C_ENTRIES]):
        marks = entries[index, INITIAL]
        if marks & USED == 0 or marks & ENDED:
            continue
        parts = ((entries[index, HELD] >> 32) & LOW) + 2
        if (
            count[C_PIECE_LEFT] < parts
            or count[C_FRESH] + parts > len(arrays.fresh)
            or count[C_ENDED] >= len(arrays.ended)
        ):
            return index
        finish(index, arrays)
    return count[C_ENTRIES]


@kernel
def release(arrays):
    """Give back everything of the flows in `ended`, after their verdict; entries are cleared."""
    entries, count, pieces = arrays.entries, arrays.counts, arrays.pieces
    for number in range(count[C_ENDED]):
        index = arrays.ended[number]
        ends = entries[index, PIECES]
        if ends != 0:
            line = (ends & LOW) - 1
            while line >= 0:
                following = pieces[line, P_NEXT]
                pieces[line, P_NEXT] = count[C_PIECE_FREE]
                count[C_PIECE_FREE] = line
                count[C_PIECE_LEFT] += 1
                line = following
        tail = (entries[index, TAIL] & LOW) - 1
        if tail >= 0:
            release_tail(tail, arrays)
        entries[index, :] = 0
        arrays.free[count[C_FREE]] = index
        count[C_FREE] += 1
    count[C_ENDED] = 0


@kernel
def release_tail(tail, arrays):
    """Give back a line of the tail store."""
    arrays.tails[tail, :] = 0
    arrays.tail_next[tail] = arrays.counts[C_TAIL_FREE]
    arrays.counts[C_TAIL_FREE] = tail + 1
