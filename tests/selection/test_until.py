"""Nothing is read after the authority's period: by no engine, process or spool, and an idle stream ends with it too."""

import io
import os
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest

from sakimori.selection import Countries, Spool, confine, load_order, sample, select
from sakimori.selection.fast.workers import load_kernels
from sakimori.selection.receipt import MACHINE, within
from sakimori.selection.spool import start
from tests.selection.conftest import NOW

ORDER = load_order(sample.ORDER)
CAPTURE = sample.capture()
LATER = 400  # bytes of the capture that come only after the period
WAYS = [
    {"engine": "reference"},
    {"engine": "fast"},
    {"engine": "fast", "workers": 2},
    {"engine": "reference", "isolated": True},
    {"engine": "fast", "workers": 2, "isolated": True},
]
NAMES = ["reference", "fast", "two processes", "confined", "two confined"]
confined = pytest.mark.skipif(not confine.supported(), reason="this kernel has no Landlock or no seccomp")


def packets_in(data):
    place, count = 24, 0
    while place + 16 <= len(data) and (end := place + 16 + int.from_bytes(data[place + 8 : place + 12], "little")):
        if end > len(data):
            break
        place, count = end, count + 1
    return count


@pytest.fixture
def late():
    """A pipe that gives most of the capture at once, the rest after `seconds`, and is never closed by itself."""
    over, threads, streams = threading.Event(), [], []

    def make(seconds):
        inlet, outlet = os.pipe()

        def feed():
            with suppress(BrokenPipeError), os.fdopen(outlet, "wb", buffering=0) as stream:
                stream.write(CAPTURE[:-LATER])
                over.wait(seconds)
                stream.write(CAPTURE[-LATER:])
                over.wait(60)

        threads.append(threading.Thread(target=feed))
        threads[-1].start()
        streams.append(os.fdopen(inlet, "rb"))
        return streams[-1]

    yield make
    over.set()
    for stream in streams:
        stream.close()
    for thread in threads:
        thread.join()


def stopped(options, stream, *, seconds=3, **more):
    """Run over the stream with a period that ends so many seconds after the beginning."""
    begun = time.monotonic()
    found = select([stream], ORDER, Countries(), now=NOW, **options, **more)
    assert time.monotonic() - begun < seconds + 15, "it waited for the stream instead of ending with the period"
    receipt = found.receipt
    assert receipt["input"]["packets"] == packets_in(CAPTURE[:-LATER])
    assert receipt["captures"] == {"read": 1, "damaged": {}, "grown": 0, "unfinished": 1}
    end = options["authority"].authority.valid_until
    assert receipt["reading"] == {"ended": end.isoformat(), "by": "authority"}
    assert within(receipt, options["authority"].authority)
    assert found.warnings == ("stream 1: authority_ended",)
    return found


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
@confined
def test_what_comes_after_the_period_is_not_read(late, authority, way):
    load_kernels()
    options = authority(sample.ORDER, valid_until=NOW + timedelta(seconds=3))
    found = stopped(options, late(6), rehearsal=True, **way)
    assert [row["conditions"] for row in found.rows] == [["a1", "k1", "x1"], ["a1", "k1"]]  # what was read is decided


@confined
def test_a_real_selection_ends_with_the_period(late, authority):
    options = authority(sample.ORDER, valid_until=NOW + timedelta(seconds=3))
    stopped(options, late(60), clock=MACHINE)


@confined
@pytest.mark.parametrize("memory", [0, 1 << 20])
def test_a_spool_takes_nothing_after_the_period_and_gives_all_it_took(late, authority, tmp_path, memory):
    options = authority(sample.ORDER, valid_until=NOW + timedelta(seconds=3))
    found = stopped(options, late(6), rehearsal=True, spool=Spool(tmp_path, 1 << 20, memory))
    assert found.receipt["spool"][0]["bytes_passed"] == len(CAPTURE) - LATER


@confined
def test_a_spool_whose_source_falls_silent_ends(tmp_path):
    inlet, outlet = os.pipe()
    with os.fdopen(inlet, "rb") as source:
        spooler = start(source, Spool(tmp_path, 0, 1 << 20), 0, time.monotonic() + 0.5)
    os.write(outlet, b"before")
    try:
        assert spooler.out.read() == b"before"
        report = spooler.end()
        assert (report.passed, report.stopped) == (6, 1)
    finally:
        os.close(outlet)
        spooler.stop()


@pytest.mark.parametrize("way", WAYS[:3], ids=NAMES[:3])
def test_a_period_that_ends_at_once_leaves_captures_unread(authority, way, tmp_path):
    (tmp_path / "a.pcap").write_bytes(CAPTURE)
    options = authority(sample.ORDER, valid_until=NOW + timedelta(microseconds=1))
    found = select(
        [tmp_path / "a.pcap", io.BytesIO(CAPTURE)], ORDER, Countries(), now=NOW, rehearsal=True, **options, **way
    )
    assert found.receipt["input"]["packets"] == found.receipt["kept_flows"] == 0
    assert found.receipt["captures"] == {"read": 0, "damaged": {}, "grown": 0, "unfinished": 2}
    assert found.receipt["reading"]["by"] == "authority"
    assert found.warnings == ("a.pcap: authority_ended", "stream 2: authority_ended")


def test_input_that_ends_before_is_said_to_have_ended_by_itself(run, authority):
    receipt = run(sample.ORDER, CAPTURE, **authority(sample.ORDER)).receipt
    assert receipt["reading"]["by"] == "input"
    assert receipt["start"] <= receipt["reading"]["ended"] <= receipt["end"]
    assert run(sample.ORDER, CAPTURE).receipt["reading"]["by"] == "input"  # a rehearsal without an authority


@pytest.mark.parametrize(
    ("start_after", "reading", "inside"),
    [
        (0, {"ended": 5, "by": "input"}, True),
        (-1, {"ended": 5, "by": "input"}, False),
        (9, {"ended": 10, "by": "input"}, False),
        (9, {"ended": 10, "by": "authority"}, True),
        (9, {"ended": 9, "by": "authority"}, False),  # it is by the period that it ended, or it is not
        (9, {"ended": 11, "by": "authority"}, False),
        (5, {"ended": 4, "by": "input"}, False),
        (10, {"ended": 10, "by": "authority"}, False),
        (0, None, False),  # receipts before: all of the run must lie inside
        (0, {"by": "input"}, False),
        (0, {"ended": "soon", "by": "input"}, False),
        (0, {"ended": "2027-01-15T00:00:00", "by": "input"}, False),  # no time zone
    ],
)
def test_whether_a_receipt_lies_within_the_period(authority, start_after, reading, inside):
    period = {"valid_from": NOW, "valid_until": NOW + timedelta(seconds=10)}

    def moment(seconds):
        return (NOW + timedelta(seconds=seconds)).isoformat() if isinstance(seconds, int) else seconds

    receipt = {"start": moment(start_after), "end": moment(20)}
    if reading is not None:
        receipt["reading"] = {key: moment(value) for key, value in reading.items()}
    assert within(receipt, authority(sample.ORDER, **period)["authority"].authority) is inside
