"""Find the packet records of a pcap block (draft-ietf-opsawg-pcap): a chain, each record telling the next.

One cursor waits for memory at every record. So the block is cut at guessed places, one cursor each; a cursor's chain is
accepted only if the one before it ends exactly where it begins, else the block is walked from there on by one cursor.
"""

from sakimori.selection.fast.kernel import be32, kernel, le32, prefetch

RECORD = 16
LARGEST = 1 << 24  # as in `sakimori.selection.capture`
NANOSECONDS = 1_000_000_000
MORE, DAMAGED, FULL = 0, 1, 2
CURSORS = 16
_PLAUSIBLE = 6
_LONGEST = 262_144  # bytes: no snap length in use is longer
_NEAR = 1000  # seconds between plausible neighbours
_STAGGER = 40  # five cache lines: what the cursors write must not all fall into one set of the cache


@kernel
def _word(base, limit, offset, swapped):
    if swapped:
        return be32(base, limit, offset)
    return le32(base, limit, offset)


@kernel
def walk(base, limit, start, swapped, unit, first, most, offsets, lengths, times):
    """Walk from `start`; fill offset, length and time (ns) of each whole record from index `first`, to index `most`.

    Returns (index after the last record, place after it, MORE | DAMAGED | FULL); MORE: the rest is no whole record.
    """
    place = start
    index = first
    while place + RECORD <= limit:
        if index >= most:
            return index, place, FULL
        captured = _word(base, limit, place + 8, swapped)
        if captured > LARGEST:
            return index, place, DAMAGED
        if place + RECORD + captured > limit:
            break
        offsets[index] = place + RECORD
        lengths[index] = captured
        times[index] = _word(base, limit, place, swapped) * NANOSECONDS + _word(base, limit, place + 4, swapped) * unit
        index += 1
        place += RECORD + captured
    return index, place, MORE


@kernel
def _begins(base, limit, place, swapped, second):
    """Say whether plausible records follow one another from here: a guess that is verified later."""
    for _ in range(_PLAUSIBLE):
        if place + RECORD > limit:
            return False
        moment = _word(base, limit, place, swapped)
        captured = _word(base, limit, place + 8, swapped)
        original = _word(base, limit, place + 12, swapped)
        if captured > _LONGEST or original < captured or original > _LONGEST or captured == 0:
            return False
        if moment < second - _NEAR or moment > second + _NEAR:
            return False
        place += RECORD + captured
    return True


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
def walk_many(base, limit, start, swapped, unit, most, offsets, lengths, times, starts, indexes):
    """As `walk`, from index 0, with several cursors; `starts` and `indexes` are scratch space of CURSORS + 1."""
    size = limit - start
    stride = most // CURSORS
    room = stride - CURSORS * _STAGGER
    if size < CURSORS * 65_536 or room < _STAGGER:
        return walk(base, limit, start, swapped, unit, 0, most, offsets, lengths, times)
    second = _word(base, limit, start, swapped)
    cursors = 1
    starts[0] = start
    for number in range(1, CURSORS):
        guess = start + size // CURSORS * number
        last = min(guess + 8192, start + size // CURSORS * (number + 1))
        while guess < last and not _begins(base, limit, guess, swapped, second):
            guess += 1
        if guess < last:
            starts[cursors] = guess
            cursors += 1
    starts[cursors] = limit
    places = starts.copy()
    for number in range(cursors):
        indexes[number] = number * (stride + _STAGGER)
    going = cursors
    while going > 0:
        going = 0
        for number in range(cursors):
            place = places[number]
            index = indexes[number]
            if place >= starts[number + 1] or place + RECORD > limit or index >= number * (stride + _STAGGER) + room:
                continue
            following = place + RECORD + _word(base, limit, place + 8, swapped)
            if following - place - RECORD > LARGEST or following > limit:
                continue
            prefetch(base + following)
            prefetch(base + following + 64)  # where the headers of most frames end
            offsets[index] = place + RECORD
            indexes[number] = index + 1
            places[number] = following
            going += 1
    total = 0
    for number in range(cursors):
        source = number * (stride + _STAGGER)
        for step in range(indexes[number] - source):
            place = offsets[source + step] - RECORD
            offsets[total] = place + RECORD
            lengths[total] = _word(base, limit, place + 8, swapped)
            times[total] = (
                _word(base, limit, place, swapped) * NANOSECONDS + _word(base, limit, place + 4, swapped) * unit
            )
            total += 1
        if places[number] != starts[number + 1]:  # the guess was wrong, its room too small, or the block ends
            return walk(base, limit, places[number], swapped, unit, total, most, offsets, lengths, times)
    return total, limit, MORE
