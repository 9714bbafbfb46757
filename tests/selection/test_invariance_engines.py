"""What must never change the result, for each engine: workers, file forms, large disorder, everything at once.

`test_invariance` holds the reference to one change at a time, `test_fast_engine` the fast engine to most of them; here
is what neither does.
"""

import gzip
import io
import random
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, select
from sakimori.selection.streams import WINDOW
from tests.selection import build
from tests.selection.build import TCP, ip, tcp
from tests.selection.conftest import NOW, assert_same
from tests.selection.test_decode import WRAPS
from tests.selection.test_invariance import (
    ENDS,
    ORDER,
    STREAMS,
    connections,
    cut_in_fragments,
    everything,
    packets_of,
    told,
)

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENGINES = ("reference", "fast")
CHANGING = {"start", "end", "reading", "captures", "signature"}


def run(engine, captures, **options):
    sources = [io.BytesIO(capture) for capture in captures]
    return select(sources, ORDER, Countries(), now=NOW, rehearsal=True, engine=engine, **options)


def counts(result):
    return {name: value for name, value in result.receipt.items() if name not in CHANGING}


def file_of(packets, form):
    """A capture file of these (ns, frame), in one of the forms that are read."""
    if form in ("pcapng", "pcapng.gz"):
        data = build.pcapng([(time, 0, frame) for time, frame in packets], resolution=9)
    else:
        data = build.pcap(packets, nano=True, order=">" if form.startswith("big") else "<")
    return gzip.compress(data, 1) if form.endswith(".gz") else data


FORMS = ("pcap", "big pcap", "pcap.gz", "pcapng", "pcapng.gz")


@pytest.mark.parametrize("engine", ENGINES)
@FEW
@given(connections(), st.data())
def test_files_of_any_form_cut_anywhere(engine, case, data):
    """One file, or several of different forms: the same rows and counts."""
    packets = build.framed(everything(case, step=3))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(packets)), max_size=4)))
    parts = [packets[low:high] for low, high in pairwise([0, *cuts, len(packets)])]
    forms = [data.draw(st.sampled_from(FORMS)) for _ in parts]
    whole = run(engine, [build.pcap(packets)])
    cut = run(engine, [file_of(part, form) for part, form in zip(parts, forms, strict=True)])
    assert cut.rows == whole.rows
    assert counts(cut) == counts(whole)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(connections(), st.integers(2, 4))
def test_the_number_of_workers(case, workers):
    packets = build.framed(everything(case, step=2))
    captures = [build.pcap(packets[: len(packets) // 2]), build.pcap(packets[len(packets) // 2 :])]
    expected = run("reference", captures)
    for number in (1, workers):
        assert_same(run("fast", captures, workers=number), expected)


@pytest.mark.parametrize("engine", ENGINES)
@FEW
@given(connections(), st.data())
def test_segments_cut_again_out_of_order_and_twice(engine, case, data):
    changed = []
    for number, ((src, dst), ports, pieces) in enumerate(case):
        stream = b"".join(pieces)
        cuts = sorted({0, len(stream), *data.draw(st.lists(st.integers(1, len(stream) - 1), max_size=6))})
        spans = list(pairwise(cuts))
        spans += data.draw(st.lists(st.sampled_from(spans), max_size=3))
        spans = data.draw(st.permutations(spans))
        changed.append((build.at(number * 100), ip(src, dst, TCP, tcp(*ports, 1000, build.SYN))))
        changed += [
            (
                build.at(number * 100 + place + 1),
                ip(src, dst, TCP, tcp(*ports, 1001 + low, build.ACK, stream[low:high])),
            )
            for place, (low, high) in enumerate(spans)
        ]
    found = run(engine, [build.pcap(build.framed(changed))])
    plain = run(engine, [build.pcap(build.framed(everything(case)))])
    assert told(found.rows, counts=False) == told(plain.rows, counts=False)
    assert found.receipt["degraded"] is False


def disordered(spans, rng):
    """The spans in another order, such that never more than the window waits for what is missing."""
    rest, arrived = list(spans), []
    missing, held = 0, {}
    while rest:
        room = [span for span in rest if span[0] == missing or sum(held.values()) + span[1] - span[0] <= WINDOW - 1500]
        near = [span for span in room if span[0] <= missing + WINDOW]
        span = rng.choice(near[:40] or [rest[0]])
        rest.remove(span)
        arrived.append(span)
        held[span[0]] = span[1] - span[0]
        while missing in held:
            missing += held.pop(missing)
    return arrived


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(3))
def test_a_long_stream_out_of_order_within_the_window(engine, seed):
    """300 kB with patterns anywhere, over borders of segments too: the same matches at the same places."""
    rng = random.Random(seed)  # noqa: S311  a fixed order, no secret
    filling = bytearray(rng.randbytes(300_000))
    for place in range(2_000, 300_000 - 20, 7_919):
        filling[place : place + 4] = b"MZ\x90\0"
    stream = b"POST /gate7 HTTP/1.1\r\nHost: www.evil.example\r\nContent-Length: 300000\r\n\r\n" + bytes(filling)
    src, dst = ENDS[0]
    cuts = [0]
    while cuts[-1] < len(stream):
        cuts.append(min(cuts[-1] + rng.choice((1, 100, 1448, 1448)), len(stream)))
    orders = [list(pairwise(cuts)), disordered(list(pairwise(cuts)), rng)]
    results = []
    for spans in orders:
        packets = [(build.at(0), ip(src, dst, TCP, tcp(9, 80, 2**32 - 5, build.SYN)))]
        packets += [
            (
                build.at(place + 1),
                ip(src, dst, TCP, tcp(9, 80, (2**32 - 4 + low) % 2**32, build.ACK, stream[low:high])),
            )
            for place, (low, high) in enumerate(spans)
        ]
        results.append(run(engine, [build.pcap(build.framed(packets))]))
    assert orders[0] != orders[1]
    assert [result.receipt["degraded"] for result in results] == [False, False]
    assert results[0].rows == results[1].rows
    (row,) = results[0].rows
    (match,) = [match for match in row["command_matches"] if match["id"] == "k2"]
    assert match["count"] == stream.count(b"MZ\x90\0") >= 38


@st.composite
def upheavals(draw):
    """Connections, and the same with everything done to them at once: (plain frames, list of files)."""
    case = draw(connections())
    rng = draw(st.randoms(use_true_random=False))
    queues = []
    for number, ((src, dst), ports, pieces) in enumerate(case):
        stream = b"".join(pieces)
        cuts = sorted({0, len(stream), *(rng.randrange(1, len(stream)) for _ in range(rng.randrange(6)))})
        spans = list(pairwise(cuts))
        rng.shuffle(spans)
        packets = [ip(src, dst, TCP, tcp(*ports, 1000, build.SYN))]
        packets += [ip(src, dst, TCP, tcp(*ports, 1001 + low, build.ACK, stream[low:high])) for low, high in spans]
        frames = []
        for packet in packets:
            wrap = WRAPS[rng.choice(sorted(WRAPS))]
            parts = [packet]
            if rng.random() < 0.4:
                parts = cut_in_fragments(packet, rng.choice((16, 64)), number * 100 + len(frames) + 1, rng)
            frames += [wrap(part) for part in parts]
        queues.append([(build.at(number * 100 + place), frame) for place, frame in enumerate(frames)])
    mixed = []
    while any(queues):
        mixed.append(rng.choice([queue for queue in queues if queue]).pop(0))
    cuts = sorted(rng.randrange(len(mixed) + 1) for _ in range(rng.randrange(4)))
    parts = [mixed[low:high] for low, high in pairwise([0, *cuts, len(mixed)])]
    return case, [file_of(part, rng.choice(FORMS)) for part in parts]


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(upheavals())
def test_everything_at_once(engine, made):
    """Segmented, out of order, fragmented, each packet in another tunnel, flows mixed, files cut and of all forms."""
    case, files = made
    plain = run(engine, [build.pcap(build.framed(everything(case)))])
    found = run(engine, files)
    assert told(found.rows, counts=False) == told(plain.rows, counts=False)
    assert found.receipt["undecodable"] == {}
    assert found.receipt["flows"] == plain.receipt["flows"]


@pytest.mark.parametrize("engine", ENGINES)
@FEW
@given(connections(), st.binary(max_size=60), st.randoms(use_true_random=False))
@example([(ENDS[0], (1, 80), [STREAMS[0]])], b"", random.Random(1))  # noqa: S311  a fixed order, no secret
def test_other_traffic_and_damage_beside_it(engine, case, noise, rng):
    """Frames that do not decode, and flows of another direction, change nothing about the others' rows."""
    packets = build.framed(everything(case))
    others = [*build.framed(packets_of((("192.0.2.3", "203.0.113.3"), (7, 7), [b"x"]), 5)), (build.at(6), noise)]
    mixed = list(packets)
    for other in others:
        mixed.insert(rng.randrange(len(mixed) + 1), other)
    plain = run(engine, [build.pcap(packets)])
    assert run(engine, [build.pcap(mixed)]).rows == plain.rows
