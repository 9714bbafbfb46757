"""Find the packet records of a pcap block (draft-ietf-opsawg-pcap): a chain, each record telling the next.

One cursor waits for memory at every record. So the block is cut at guessed places, one cursor each; a cursor's chain is
accepted only if the one before it ends exactly where it begins, else the block is walked from there on by one cursor.
Each makes the row of a frame while it stands there, so that memory is waited for once; the rows are then put in the
order of the records. Where records are small, one cursor that asks for all memory in front of it is faster.
"""

from sakimori.selection.fast.kernel import be32, be64, copy, get, inlined, kernel, le32, prefetch, put, words
from sakimori.selection.fast.parse import ETHERNET, entry, other, plain
from sakimori.selection.fast.rows import FRAME, GOOD, TIME

RECORD = 16
LARGEST = 1 << 24  # as in `sakimori.selection.capture`
NANOSECONDS = 1_000_000_000
MORE, DAMAGED, FULL = 0, 1, 2
CURSORS = 16
_PLAUSIBLE = 6
_LONGEST = 262_144  # bytes: no snap length in use is longer
_NEAR = 1000  # seconds between plausible neighbours
_STAGGER = 132  # words: what the cursors write must not all fall into one set of the cache
_SEARCHED = 8192  # bytes looked at for a start
_LINES, _AHEAD = 10, 8192  # cache lines asked for at each record, bytes they may be ahead of it
_SMALL = 450  # bytes: of records smaller than this on average, most of all memory is read anyway
_EACH = 0x0101010101010101
_HIGH = -0x7F7F7F7F7F7F7F80  # the highest bit of each byte
# words of a cursor's state: where it starts, its place, where the next one starts, its next row, its next odd frame;
# of the first, how long records of the block before were, 0 if there was none
PLACE, NEXT, STOP, INDEX, ODD, MEAN = range(6)
CURSOR = 8


@kernel
def _word(base, limit, offset, swapped):
    if swapped:
        return be32(base, limit, offset)
    return le32(base, limit, offset)


@inlined
def _take(base, limit, place, length, swapped, unit, link, offsets, lengths, times, rows, index):
    """Take a whole record at `place`; returns GOOD, or what else became of its frame (`parse.row`)."""
    time = _word(base, limit, place, swapped) * NANOSECONDS + _word(base, limit, place + 4, swapped) * unit
    times[index] = time
    if rows == 0:
        offsets[index] = place + RECORD
        lengths[index] = length
        return GOOD
    put(rows, index * 8 + TIME, time)
    put(rows, index * 8 + FRAME, place + RECORD)
    if link == ETHERNET and plain(base, limit, place + RECORD, length, rows, index):
        return GOOD
    return other(base, limit, place + RECORD, length, link, rows, index)


@kernel
def walk(base, limit, start, swapped, unit, link, first, most, offsets, lengths, times, rows, odd, odds):
    """Walk from `start` with one cursor; make rows of whole records from index `first`, to index `most`.

    If `rows` is 0, no rows are made, else neither `offsets` nor `lengths` are filled, and `odd` tells of each frame
    that is not decoded its `parse.entry`, from `odds` on. Returns (index after the last record, place after it, MORE |
    DAMAGED | FULL, how many are odd); MORE: the rest is no whole record.
    """
    place = ahead = start
    index = first
    while place + RECORD <= limit:
        if index >= most:
            return index, place, FULL, odds
        length = _word(base, limit, place + 8, swapped)
        if length > LARGEST:
            return index, place, DAMAGED, odds
        following = place + RECORD + length
        if following > limit:
            break
        ahead = max(min(ahead, place + _AHEAD), following)
        for line in range(_LINES):
            prefetch(base + ahead + 64 * line)
        ahead += 64 * _LINES
        outcome = _take(base, limit, place, length, swapped, unit, link, offsets, lengths, times, rows, index)
        if outcome != GOOD:
            odd[odds] = entry(index, length, outcome)
            odds += 1
        index += 1
        place = following
    return index, place, MORE, odds


@kernel
def _plausible(base, limit, place, swapped, second):
    """Say whether a record may begin here, where there is room for one: a guess that is verified later."""
    captured = _word(base, limit, place + 8, swapped)
    original = _word(base, limit, place + 12, swapped)
    if captured > _LONGEST or original < captured or original > _LONGEST or captured == 0:
        return False
    moment = _word(base, limit, place, swapped)
    return second - _NEAR <= moment <= second + _NEAR


@kernel
def begin_of_records(base, limit, place, last, final, swapped, unit):
    """Return the first place before `last` from which plausible records follow one another, -1 if there is none.

    A guess, to be verified by whoever knows where the record before ends. `final`: nothing comes after `limit`, so that
    fewer records are enough if the last ends there.
    """
    fractions = NANOSECONDS // unit
    for begin in range(place, last):
        at = begin
        found = 0
        moment = 0
        while found < _PLAUSIBLE:
            if at + RECORD > limit:
                break
            second = _word(base, limit, at, swapped)
            captured = _word(base, limit, at + 8, swapped)
            original = _word(base, limit, at + 12, swapped)
            if captured > _LONGEST or original < captured or original > _LONGEST or captured == 0:
                break
            if _word(base, limit, at + 4, swapped) >= fractions:
                break
            if found > 0 and (second < moment - _NEAR or second > moment + _NEAR):
                break
            moment = second
            at += RECORD + captured
            found += 1
        if found == _PLAUSIBLE or (final and found > 0 and at == limit):
            return begin
    return -1


@kernel
def _next_start(base, limit, place, last, swapped, second):
    """Return the first place before `last` where a plausible record begins, -1 if there is none.

    Looks at eight places at a time for the highest bytes of its words: those of the sizes are 0, that of the time is
    that of `second`. There must be 22 bytes behind `last`.
    """
    time, sizes = (0, 8) if swapped else (3, 11)
    wanted = (second >> 24) * _EACH
    for eight in range(place, last, 8):
        differs = be64(base, limit, eight + time) ^ wanted
        differs |= be64(base, limit, eight + sizes) | be64(base, limit, eight + sizes + 4)
        if (differs - _EACH) & ~differs & _HIGH:  # a byte is 0
            for begin in range(eight, eight + 8):
                if _plausible(base, limit, begin, swapped, second):
                    return begin
    return -1


@kernel
def _guess(base, limit, start, swapped, state):
    """Guess where each cursor starts; returns how many do. All wait for memory at the same time."""
    size = (limit - start) // CURSORS
    second = _word(base, limit, start, swapped)
    for number in range(1, CURSORS):
        for line in range(4):
            prefetch(base + start + size * number + 64 * line)
    put(state, PLACE, start)
    cursors = 1
    for number in range(1, CURSORS):
        guess = start + size * number
        guess = _next_start(base, limit, guess, guess + _SEARCHED, swapped, second)
        if guess < 0:
            continue
        following = guess + RECORD + _word(base, limit, guess + 8, swapped)
        prefetch(base + following)
        put(state, cursors * 8 + PLACE, guess)
        put(state, cursors * 8 + NEXT, following)
        cursors += 1
    certain = 1
    for number in range(1, cursors):
        begin = get(state, number * 8 + PLACE)
        following = get(state, number * 8 + NEXT)
        if following + RECORD > limit or _plausible(base, limit, following, swapped, second):
            put(state, certain * 8 + PLACE, begin)
            put(state, certain * 8 - 8 + STOP, begin)
            certain += 1
    put(state, certain * 8 - 8 + STOP, limit)
    return certain


@kernel
def walk_many(base, limit, start, swapped, unit, link, offsets, lengths, times, rows, odd, state):
    """As `walk`, of all records, with several cursors where records are not small.

    `state` is a table of CURSORS lines of CURSOR words, the same for all blocks of a capture. Returns (index, place,
    MORE | DAMAGED | FULL, how many are odd).
    """
    most = len(offsets)
    stride = most // CURSORS
    room = stride - CURSORS * _STAGGER
    stride += _STAGGER
    small = 0 < get(state, MEAN) < _SMALL
    total = odds = 0
    place = start
    if not small and limit - start >= CURSORS * 65_536 and room >= _STAGGER:
        cursors = _guess(base, limit, start, swapped, state)
        for number in range(cursors):
            put(state, number * 8 + NEXT, get(state, number * 8 + PLACE))
            put(state, number * 8 + INDEX, number * stride)
            put(state, number * 8 + ODD, number * stride)
        _race(base, limit, cursors, stride, room, swapped, unit, link, offsets, lengths, times, rows, odd, state)
        for number in range(cursors):
            source = number * stride
            count = get(state, number * 8 + INDEX) - source
            _together(times, total, source, count)
            if rows == 0:
                _together(offsets, total, source, count)
                _together(lengths, total, source, count)
            else:
                size = words(rows) * 8
                copy(rows, size, total * 64, rows, size, source * 64, count * 64)
                for step in range(source, get(state, number * 8 + ODD)):
                    odd[odds] = odd[step] - source + total
                    odds += 1
            total += count
            place = get(state, number * 8 + NEXT)
            if place != get(state, number * 8 + STOP):  # the guess was wrong, its room too small, or the block ends
                break
    form = swapped, unit, link
    index, place, outcome, odds = walk(base, limit, place, *form, total, most, offsets, lengths, times, rows, odd, odds)
    put(state, MEAN, (place - start) // max(index, 1))
    return index, place, outcome, odds


@kernel
def _race(base, limit, cursors, stride, room, swapped, unit, link, offsets, lengths, times, rows, odd, state):
    """Let each cursor go, one record at a time in turn, until it stands at its STOP or behind it, or can go no further.

    While one waits for its next record, the others work at theirs.
    """
    going = True
    while going:
        going = False
        for number in range(cursors):
            place = get(state, number * 8 + NEXT)
            index = get(state, number * 8 + INDEX)
            if place >= get(state, number * 8 + STOP) or place + RECORD > limit or index - number * stride >= room:
                continue
            length = _word(base, limit, place + 8, swapped)
            following = place + RECORD + length
            if length > LARGEST or following > limit:
                continue
            prefetch(base + following)
            prefetch(base + following + 64)  # where the headers of most frames end
            going = True
            put(state, number * 8 + NEXT, following)
            put(state, number * 8 + INDEX, index + 1)
            outcome = _take(base, limit, place, length, swapped, unit, link, offsets, lengths, times, rows, index)
            if outcome != GOOD:
                step = get(state, number * 8 + ODD)
                put(state, number * 8 + ODD, step + 1)
                odd[step] = entry(index, length, outcome)


@kernel
def _together(array, target, source, count):
    """Move `count` words of an array forward."""
    address = array.ctypes.data
    copy(address, len(array) * 8, target * 8, address, len(array) * 8, source * 8, count * 8)
