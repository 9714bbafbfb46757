"""Streams out of order, as somebody sends them who wants to slow the engine or to confuse it."""

import io
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, load_order, select
from sakimori.selection.engine import RunSettings
from sakimori.selection.fast import hashing, held, store
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.streams import WINDOW
from tests.selection import build, test_invariance
from tests.selection.conftest import NOW, assert_same

OUTSIDE, INSIDE = "203.0.113.66", "192.0.2.1"
STREAM = (test_invariance.STREAMS[0] * 40)[:4000]
ORDER = load_order("""
authority: TEST
basis: agreement
direction: outside-to-inside
address_overrides: {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ}
conditions:
  - {id: a1, kind: address, side: source, values: ["203.0.113.0/24"]}
  - {id: k1, kind: command, ref: test, hex: "000102030405"}
""")


def segment(at, data, missing=0, *, seq=1000):
    """A frame whose TCP segment begins at this place of the stream; `missing` bytes are stated and not captured."""
    packet = build.ip4(OUTSIDE, INSIDE, build.TCP, build.tcp(1234, 80, (seq + at) & 0xFFFFFFFF, build.ACK, data))
    total = struct.pack("!H", min(len(packet) + missing, 65_535))
    return build.eth(packet[:2] + total + packet[4:])


def both(frames, order=test_invariance.ORDER):
    capture = build.pcap([(build.at(number), frame) for number, frame in enumerate(frames)])

    def go(engine):
        return select([io.BytesIO(capture)], order, Countries(), now=NOW, rehearsal=True, engine=engine)

    expected = go("reference")
    assert_same(go("fast"), expected)
    return expected.receipt


PIECES = st.tuples(
    st.integers(-40, len(STREAM)), st.sampled_from((0, 1, 2, 7, 100, 1400)), st.sampled_from((0, 0, 0, 1, 9, 600))
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, min_size=1, max_size=60), st.integers(0, 40), st.sampled_from((1000, 0xFFFF_FF00)))
def test_segments_anywhere(pieces, whole, seq):
    """Overlapping, cut short, empty, beside one another, in any order, over the end of sequence numbers."""
    frames = [segment(0, b"", seq=seq)]
    frames += [segment(at, STREAM[max(at, 0) : max(at, 0) + size], cut, seq=seq) for at, size, cut in pieces]
    steps = range(0, len(STREAM), 100)
    frames += [segment(at, STREAM[at : at + 100], seq=seq) for at in list(steps)[:whole]]
    both(frames)


def test_single_bytes_in_every_order():
    """Even places, then odd ones, then the first: a window of spans that become one."""
    size = 1500
    marks = bytes(number % 251 for number in range(size))
    for places in (range(2, size, 2), range(size - 2, 0, -2)):
        frames = [segment(0, b"")]
        frames += [segment(at, marks[at : at + 1]) for at in places]
        frames += [segment(at, marks[at : at + 1]) for at in range(size - 1, 0, -2)]
        frames += [segment(0, marks[:1])]
        assert both(frames, ORDER)["by_condition"] == {"a1": 1, "k1": 1}


def test_a_window_that_runs_over_in_single_bytes():
    frames = [segment(0, b"")] + [segment(at, b"x") for at in range(2, 2 * WINDOW + 12, 2)]
    assert both(frames, ORDER)["overflows"] == {"stream_window": 5, "facts": 0}


# what a sender can cost


def made(frames, secret=None):
    """Enter frames into flows and return the run, not yet finished."""
    settings = RunSettings(ORDER, Countries(), None, None, rehearsal=True)
    run = FastRun(settings, prepared=Prepared.of(settings, secret))
    run.capture(0, io.BytesIO(build.pcap([(build.at(number, 1e-6), frame) for number, frame in enumerate(frames)])))
    return run


def depths(run):
    """Return how deep each span of the only flow lies in its tree."""
    lines, found = run._store._held.lines, []
    waiting = [((int(run._store.entries[0, store.HELD]) & LOW) - 1, 1)]
    while waiting:
        line, depth = waiting.pop()
        if line >= 0:
            found.append(depth)
            links = int(lines[line, held.S_LINKS])
            waiting += [(((links >> 32) & LOW) - 1, depth + 1), ((links & LOW) - 1, depth + 1)]
    return found


@pytest.mark.parametrize("secret", [None, bytes(hashing.SIZE), b"\xff" * hashing.SIZE, (b"\1" + bytes(7)) * 12])
def test_no_order_of_arrival_makes_a_search_long(secret):
    """Each search looks at no more than the tree is deep: about 2 ln n, where a list had n, whatever the secret."""
    number = 30_000
    up = [2 * at for at in range(1, number)]
    for places in (up, up[::-1], [2 * (at * 7919 % number) for at in range(1, number)]):
        run = made([segment(0, b"")] + [segment(at, b"x") for at in places], secret)
        found = depths(run)
        assert len(found) == number - 1
        assert max(found) < 60
        run.finish()


def test_segments_that_state_much_and_hold_nothing_become_one_span():
    """A window of single bytes, and then headers that state 60,000 bytes over it, again and again: one span is left."""
    frames = [segment(0, b"")] + [segment(2 * at, b"x") for at in range(1, 20_000)]
    run = made(frames)
    assert len(depths(run)) == 19_999
    run.finish()
    run = made(frames + [segment(2, b"", 60_000)] * 50)
    assert len(depths(run)) == 1
    run.finish()
