"""TCP streams: however segments arrive, the same bytes come out; every rule of the semantics has its case."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection.streams import WINDOW, Stream


class Sink:
    def __init__(self):
        self.runs = [[0, b""]]
        self.pending_gap = False

    def data(self, offset, data):
        if self.pending_gap:
            self.runs.append([offset, b""])
            self.pending_gap = False
        run = self.runs[-1]
        assert run[0] + len(run[1]) == offset
        run[1] += data

    def gap(self):
        self.pending_gap = True


def play(*segments, finish=True):
    """`segments`: (sequence, data) or with missing bytes third; sequence 999 with None is the SYN."""
    sink = Sink()
    stream = Stream(sink)
    for sequence, data, *missing in segments:
        if data is None:
            stream.segment(sequence, b"", 0, syn=True)
        else:
            stream.segment(sequence, data, missing[0] if missing else 0, syn=False)
    if finish:
        stream.finish()
    return [(offset, bytes(data)) for offset, data in sink.runs if data], stream


SYN = (999, None)


def test_in_order():
    assert play(SYN, (1000, b"abc"), (1003, b"def"))[0] == [(0, b"abcdef")]


def test_out_of_order():
    assert play(SYN, (1003, b"def"), (1000, b"abc"))[0] == [(0, b"abcdef")]


def test_data_on_the_syn():
    sink = Sink()
    stream = Stream(sink)
    stream.segment(999, b"abc", 0, syn=True)
    stream.segment(1003, b"def", 0, syn=False)
    assert sink.runs == [[0, b"abcdef"]]


def test_without_syn_the_first_segment_seen_is_the_beginning():
    runs, stream = play((5000, b"abc"), (4990, b"0123456789"), (5003, b"d"))
    assert runs == [(0, b"abcd")]
    assert stream.before == 10


def test_the_byte_that_arrived_first_wins():
    assert play(SYN, (1000, b"abc"), (1001, b"XXX"))[0] == [(0, b"abcX")]
    assert play(SYN, (1002, b"cd"), (1000, b"abXXe"))[0] == [(0, b"abcde")]
    assert play(SYN, (1004, b"e"), (1002, b"cdX"), (1000, b"abXXXf"))[0] == [(0, b"abcdef")]


def test_keep_alive_bytes_are_ignored():
    assert play(SYN, (1000, b"abc"), (1002, b"\0"), (1003, b"d"))[0] == [(0, b"abcd")]


def test_a_hole_at_the_end_is_a_gap():
    assert play(SYN, (1000, b"abc"), (1005, b"f"), (1010, b"k"))[0] == [(0, b"abc"), (5, b"f"), (10, b"k")]


def test_held_up_to_the_window_then_a_gap():
    full = [(1001 + number * 1024, b"x" * 1024) for number in range(WINDOW // 1024)]
    runs, stream = play(SYN, *full, finish=False)
    assert (runs, stream.overflows) == ([], 0)
    runs, stream = play(SYN, *full, (1001 + WINDOW, b"y"), finish=False)
    assert (runs, stream.overflows) == ([(1, b"x" * WINDOW + b"y")], 1)
    runs, stream = play(SYN, *full, (1000, b"a"), finish=False)
    assert (runs, stream.overflows) == ([(0, b"a" + b"x" * WINDOW)], 0)


def test_bytes_that_come_after_their_gap_are_dropped():
    full = [(1001 + number * 1024, b"x" * 1024) for number in range(WINDOW // 1024 + 1)]
    assert play(SYN, *full, (1000, b"a"))[0] == [(1, b"x" * (WINDOW + 1024))]


def test_captured_short_is_a_gap():
    assert play(SYN, (1000, b"abc", 2), (1005, b"fg"))[0] == [(0, b"abc"), (5, b"fg")]
    assert play(SYN, (1005, b"fg"), (1000, b"abc", 2))[0] == [(0, b"abc"), (5, b"fg")]


def test_sequence_numbers_wrap():
    sink = Sink()
    stream = Stream(sink)
    stream.segment(2**32 - 2, b"", 0, syn=True)
    stream.segment(2**32 - 1, b"ab", 0, syn=False)
    stream.segment(1, b"cd", 0, syn=False)
    assert sink.runs == [[0, b"abcd"]]


@st.composite
def segmented(draw):
    """A stream, cut into segments that may overlap, in any order; all tell the same bytes."""
    data = draw(st.binary(min_size=1, max_size=300))
    cuts = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=8))})
    segments = [(1000 + low, data[low:high]) for low, high in pairwise(cuts)]
    again = draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(1, 50)), max_size=4))
    segments += [(1000 + low, data[low : low + size]) for low, size in again]
    return data, draw(st.permutations(segments))


def test_bytes_stated_and_not_captured_fill_no_window():
    """They are a gap, not data that is held: however many come, nothing overflows; one byte too many does."""
    far = [(1001 + 2 * number, b"", 1) for number in range(WINDOW + 10)]
    assert play(SYN, *far, finish=False)[1].overflows == 0
    held = [(5_000_000, bytes(WINDOW))]
    assert play(SYN, *far[:100], *held, finish=False)[1].overflows == 0
    assert play(SYN, *far[:100], *held, (6_000_000, b"x"), finish=False)[1].overflows > 0


@given(segmented())
def test_segmentation_order_and_retransmission_do_not_matter(case):
    data, segments = case
    runs, stream = play(SYN, *segments)
    assert runs == [(0, data)]
    assert (stream.before, stream.overflows) == (0, 0)


@given(st.lists(st.tuples(st.integers(990, 1100), st.binary(max_size=40), st.integers(0, 3)), max_size=12))
def test_whatever_arrives_each_place_is_told_once_and_in_order(segments):
    runs, _ = play(SYN, *segments)
    ends = 0
    for offset, data in runs:
        assert offset >= ends
        ends = offset + len(data)
    first: dict[int, int] = {}
    for sequence, data, missing in segments:
        for place in range(len(data) + missing):
            first.setdefault(sequence - 1000 + place, data[place] if place < len(data) else -1)
    told = {offset + place: byte for offset, data in runs for place, byte in enumerate(data)}
    assert told == {place: byte for place, byte in first.items() if place >= 0 and byte >= 0}
