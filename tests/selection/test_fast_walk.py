"""Rows made while records are walked, by many cursors or one, are those of frames found one after the other."""

import random

import numpy as np
import pytest

from sakimori.selection.fast import walk
from sakimori.selection.fast.parse import account_for, parse
from sakimori.selection.fast.rows import FRAGMENT, NOTHING, REASONS, STATE, WORDS
from sakimori.selection.fast.store import Table
from tests.selection import build

MOST = 1 << 17  # room enough for cursors
ETHERNET = 1


def frames(rng, size):
    """Return frames of about so many bytes: whole ones, cut ones, others, and some with records in their payload."""
    inner = capture([bytes(20)] * 30, "<")
    parts = [bytes(rng.randrange(256) for _ in range(rng.randrange(1400))) for _ in range(20)] + [b"", inner[:1400]]
    whole = [frame for _, frame in build.framed(build.side("203.0.113.66", "192.0.2.1", 1, 80, parts))]
    made = []
    while size > 0:
        frame = rng.choice(whole)
        kind = rng.randrange(12)
        if kind == 0:
            frame = frame[: rng.randrange(len(frame) + 1)]
        elif kind == 1:
            frame = rng.randbytes(rng.randrange(90))
        elif kind == 2:
            frame = frame[:12] + rng.choice([b"\x81\x00\x00\x05\x08\x00", b"\x08\x06", b"\x86\xdd"]) + frame[14:]
        elif kind == 3:
            frame = frame[:20] + b"\x20\x00" + frame[22:]
        elif kind == 4:
            at = rng.randrange(12, min(len(frame), 60))
            frame = frame[:at] + rng.randbytes(1) + frame[at + 1 :]
        made.append(frame)
        size -= len(frame) + walk.RECORD
    return made


def capture(made, order):
    head = np.array([1_700_000_000, 5], dtype="u4")
    records = []
    for number, frame in enumerate(made):
        words = [int(head[0]) + number // 1000, number % 1_000_000, len(frame), len(frame)]
        records.append(np.array(words, dtype=f"{order}u4").tobytes() + frame)
    return b"".join(records)


def walked(data, limit, *, swapped, mean, rows, start=0):
    """Return what `walk_many` says, the arrays it fills, and the rows it makes."""
    held = np.frombuffer(data + bytes(64), dtype=np.uint8)
    arrays = [np.zeros(MOST, dtype=np.int64) for _ in range(4)]
    table, cursors = Table(MOST, WORDS), Table(walk.CURSORS, walk.CURSOR)
    cursors.lines[0, walk.MEAN] = mean
    offsets, lengths, times, odd = arrays
    made = table.address if rows else 0
    form = swapped, 1000, ETHERNET
    found = walk.walk_many(held.ctypes.data, limit, start, *form, offsets, lengths, times, made, odd, cursors.address)
    return found, arrays, table, held


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("mean", [0, 100, 1000])
@pytest.mark.parametrize("cut", [0, 5, 700])
def test_rows_made_at_the_walk_are_those_of_frames_found_one_by_one(order, mean, cut):
    rng = random.Random(f"{order}{mean}{cut}")  # noqa: S311
    made = frames(rng, 2_500_000)
    data = capture(made, order)
    limit = len(data) - cut
    (count, after, state, odds), (_, lengths, times, odd), table, held = walked(
        data, limit, swapped=order == ">", mean=mean, rows=True
    )
    (count_0, after_0, state_0, _), (offsets_0, lengths_0, times_0, _), _, _ = walked(
        data, limit, swapped=order == ">", mean=mean, rows=False
    )
    ends = np.cumsum([len(frame) + walk.RECORD for frame in made])
    whole = int((ends <= limit).sum())
    assert (count, after, state) == (count_0, after_0, state_0) == (whole, ends[whole - 1], walk.MORE)
    assert lengths_0[:count].tolist() == [len(frame) for frame in made[:whole]]
    assert offsets_0[:count].tolist() == (ends[:whole] - lengths_0[:count]).tolist()
    assert (times[:count] == times_0[:count]).all()

    wanted, links = Table(MOST, WORDS), np.full(MOST, ETHERNET, dtype=np.int64)
    sums = [np.zeros(size, dtype=np.int64) for size in (2, 2 * len(REASONS), 2, 2 * len(REASONS))]
    frame_arrays = offsets_0, lengths_0, times_0, links
    fragments = parse(held.ctypes.data, limit, count, *frame_arrays, wanted.address, *sums[:2])
    size = int(lengths_0[:count].sum())
    assert account_for(odd, odds, count, size, lengths, *sums[2:]) == fragments
    assert [one.tolist() for one in sums[:2]] == [one.tolist() for one in sums[2:]]
    known = wanted.lines[:count, STATE] & 0xFF
    assert (table.lines[:count][known != NOTHING] == wanted.lines[:count][known != NOTHING]).all()
    assert (table.lines[:count, STATE] == wanted.lines[:count, STATE]).all()
    torn = known == FRAGMENT
    assert fragments == torn.sum() > 0
    assert (lengths[:count][torn] == lengths_0[:count][torn]).all()
    assert 0 < odds < count // 2


def test_cursors_started_by_records_in_payload_change_nothing():
    """Every frame holds records of its own: guesses are wrong, and found out."""
    inner = capture([bytes(20)] * 60, "<")
    made = [inner[at : at + 1300 + at % 7] for at in range(701)] * 4
    data = capture(made, "<")
    (count, after, state, _), _, _, _ = walked(data, len(data), swapped=False, mean=0, rows=True)
    assert (count, after, state) == (len(made), len(data), walk.MORE)


@pytest.mark.parametrize("mean", [0, 100])
def test_damage_ends_the_walk_where_it_is(mean):
    made = frames(random.Random(7), 2_000_000)  # noqa: S311
    good = capture(made, "<")
    data = good + b"\xff" * 100 + good
    (count, after, state, _), _, _, _ = walked(data, len(data), swapped=False, mean=mean, rows=True)
    assert (count, after, state) == (len(made), len(good), walk.DAMAGED)
