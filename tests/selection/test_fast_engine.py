"""The fast engine keeps and counts what the reference does, on real and made captures, in one process or several."""

import io
import multiprocessing
import os
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, EngineFaultError, load_order, sample, select
from sakimori.selection.fast import dealing, mapped, reach, run, share, store
from tests.selection import build, test_invariance
from tests.selection.conftest import NOW, assert_same
from tests.selection.generate import case
from tests.selection.letters import ORDER as MAIL_ORDER
from tests.selection.test_corpus import EVERYTHING, TYPICAL

GENERATED = int(os.environ.get("SAKIMORI_GENERATED") or 100)  # 10,000 before a release
BY_ID = load_order("""
authority: A
basis: "17"
direction: outside-to-outside
distinct_by: id
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ}
conditions:
  - {id: k1, kind: command, ref: R, text: "HTTP/1."}
  - {id: k2, kind: command, ref: R, regex: "(EHLO|HELO) [a-z]{1,10}"}
  - {id: k3, kind: command, ref: R, regex: "[Uu]ser-[Aa]gent: [A-Za-z]{2,20}"}
  - {id: k4, kind: command, ref: R, hex: "16030100"}
""")


def both(order, captures, countries=None, **options):
    def go(**more):
        sources = [io.BytesIO(item) if isinstance(item, bytes) else item for item in captures]
        return select(sources, order, countries or Countries(), now=NOW, rehearsal=True, **more)

    expected = go()
    assert_same(go(engine="fast", **options), expected)
    return expected


def test_each_capture_of_the_corpus(corpus):
    for path in corpus:
        both(EVERYTHING, [path])


@pytest.mark.parametrize("workers", [1, 3])
def test_the_corpus_as_one(corpus, mmdb, workers):
    assert len(both(TYPICAL, corpus, Countries([mmdb]), workers=workers).rows) > 30
    assert both(BY_ID, corpus, workers=workers).rows
    both(EVERYTHING, corpus, workers=workers)


@pytest.mark.parametrize("start", range(0, GENERATED, 50))
def test_generated_captures(start):
    for seed in range(start, min(start + 50, GENERATED)):
        made = case(seed)
        both(made.order, made.captures)


def test_generated_captures_are_worth_comparing():
    """They reach rows, losses, damage, overflows: a generator that made nothing would prove nothing."""
    told = [
        select([io.BytesIO(item) for item in made.captures], made.order, Countries(), now=NOW, rehearsal=True).receipt
        for made in map(case, range(150))
    ]
    assert sum(receipt["kept_flows"] > 0 for receipt in told) > 40
    assert sum(bool(receipt["undecodable"]) for receipt in told) > 60
    assert sum(bool(receipt["captures"]["damaged"]) for receipt in told) > 5
    assert sum(receipt["degraded"] for receipt in told) > 0
    assert sum(receipt["stream_bytes_before_start"] > 0 for receipt in told) > 5
    assert len({reason for receipt in told for reason in receipt["undecodable"]}) > 12


@pytest.mark.parametrize("seed", range(6))
def test_generated_captures_in_several_processes(seed):
    made = case(seed)
    both(made.order, made.captures, workers=1 + seed % 3)


# what must not change the result (the same properties as the reference's, by the fast engine alone)


def fast(*captures, order=test_invariance.ORDER, **options):
    sources = [io.BytesIO(capture) for capture in captures]
    return select(sources, order, Countries(), now=NOW, rehearsal=True, engine="fast", **options)


QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(test_invariance.connections(), st.data())
def test_splitting_files_anywhere(made, data):
    packets = test_invariance.everything(made, step=3)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(packets)), max_size=4)))
    parts = [packets[low:high] for low, high in pairwise([0, *cuts, len(packets)])]
    whole = fast(build.pcap(build.framed(packets)))
    assert fast(*(build.pcap(build.framed(part)) for part in parts)).rows == whole.rows


@QUICK
@given(test_invariance.connections(), st.randoms(use_true_random=False))
def test_interleaving_independent_flows(made, rng):
    queues = [test_invariance.packets_of(connection, number * 100) for number, connection in enumerate(made)]
    mixed = []
    while any(queues):
        mixed.append(rng.choice([queue for queue in queues if queue]).pop(0))
    plain = fast(build.pcap(build.framed(test_invariance.everything(made))))
    assert fast(build.pcap(build.framed(mixed))).rows == plain.rows


@QUICK
@given(test_invariance.connections(), st.lists(st.sampled_from(sorted(test_invariance.WRAPS)), min_size=1, max_size=5))
def test_tunnelling(made, wraps):
    packets = test_invariance.everything(made)
    wrapped = [
        (moment, test_invariance.WRAPS[wraps[number % len(wraps)]](data))
        for number, (moment, data) in enumerate(packets)
    ]
    assert fast(build.pcap(wrapped)).rows == fast(build.pcap(build.framed(packets))).rows


@QUICK
@given(test_invariance.connections(), st.sampled_from([16, 64, 128]), st.randoms(use_true_random=False))
def test_fragmenting(made, size, rng):
    fragmented = []
    for number, (moment, packet) in enumerate(test_invariance.everything(made)):
        pieces = test_invariance.cut_in_fragments(packet, size, number + 1, rng)
        fragmented += [(moment, build.eth(piece)) for piece in pieces]
    plain = fast(build.pcap(build.framed(test_invariance.everything(made)))).rows
    found = fast(build.pcap(fragmented)).rows
    assert test_invariance.told(found, counts=False) == test_invariance.told(plain, counts=False)


# pools, pipes, processes


def test_small_pools_grow(corpus, monkeypatch):
    """Every pool begins too small and the arena's segments are tiny: growing changes nothing."""
    made = store.Store.__init__

    def small(self, tail, secret):
        made(self, tail, secret, flows=4)
        self._held, self._pieces, self._fresh = store._pool(4), store._pool(4), store.Table(8, 3)
        self._tails, self._tail_next = store.Table(1, self._tail_words), store.Table(1)
        self.counts[store.C_HELD_LEFT] = self.counts[store.C_PIECE_LEFT] = 4
        self._tell()

    monkeypatch.setattr(store.Store, "__init__", small)
    for seed in range(30):
        made_case = case(seed)
        both(made_case.order, made_case.captures)
    both(EVERYTHING, [path for path in corpus if "reassembly" in path.name or "smb2" in path.name])


def test_large_files_are_read_again_instead_of_kept(corpus, mmdb, monkeypatch):
    monkeypatch.setattr(run.sources, "SMALL", 0)
    monkeypatch.setattr(mapped, "SMALL", 0)
    monkeypatch.setattr(run, "_OPEN_FILES", 2)
    both(EVERYTHING, [path for path in corpus if path.suffix == ".pcap"][::3])
    both(BY_ID, corpus[:200], Countries([mmdb]))
    both(BY_ID, corpus[:200], Countries([mmdb]), workers=2)


def test_small_blocks(corpus, monkeypatch):
    """Records that block ends cut, several blocks a file: the result does not know."""
    monkeypatch.setattr(run.sources, "BLOCK", 4096)
    both(EVERYTHING, [path for path in corpus if path.stat().st_size < 200_000][::7])
    both(EVERYTHING, [path for path in corpus if path.stat().st_size < 200_000][::7], workers=3)


@pytest.mark.parametrize("end", [0, 3, 24, 30, 45, -1, -20, None])
def test_files_of_several_processes_end_anywhere(end, tmp_path, monkeypatch):
    """Cut off, or with a size that no record has: counted as the reference counts it, by whoever reads it."""
    monkeypatch.setattr(run.sources, "BLOCK", 256)
    data = sample.capture()[:end] if end is not None else sample.capture() + b"\xff" * 4000
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    both(load_order(sample.ORDER), [path, data, path], workers=2)


def test_a_record_longer_than_a_block(tmp_path, monkeypatch):
    monkeypatch.setattr(run.sources, "BLOCK", 1024)
    frames = [(1, b"\0" * 70_000), *build.framed(build.side("203.0.113.66", "192.0.2.1", 1, 80, [b"POST /gate7 "]))]
    path = tmp_path / "a.pcap"
    path.write_bytes(build.pcap(frames))
    both(load_order(sample.ORDER), [path], workers=2)


@pytest.mark.parametrize("seed", range(4))
def test_records_within_payload_are_no_records(seed, tmp_path, monkeypatch):
    """A capture of captures: at every border of a part payload looks like records, and is found out."""
    monkeypatch.setattr(run.sources, "BLOCK", 700 + 97 * seed)
    inner = build.pcap(build.framed(build.side("198.51.100.9", "192.0.2.2", 5, 6, [b"x" * 20] * 30)))[24:]
    outer = [inner[at : at + 1400] for at in range(0, len(inner), 1400)] * 3
    packets = build.side("203.0.113.66", "192.0.2.1", 1, 80, [b"POST /gate7 ", *outer])
    path = tmp_path / "a.pcap"
    path.write_bytes(build.pcap(build.framed(packets)))
    again = []
    accepted = dealing.Reader._accept

    def noted(self, *args):
        again.append(accepted(self, *args))
        return again[-1]

    monkeypatch.setattr(dealing.Reader, "_accept", noted)
    assert both(EVERYTHING, [path, path], workers=2).receipt["input"]["packets"] == 2 * len(packets)
    assert None in again  # a guess was wrong
    assert True in again


@pytest.mark.parametrize("before", [True, False])
def test_a_part_that_is_not_all_there_is_not_read(before, tmp_path):
    """The file became shorter before its header was read again, or behind it."""
    path = tmp_path / "a.pcap"
    data = sample.capture()
    path.write_bytes(data[:-1] if before else data)
    slot = run.sources.Buffer.shared(share.Owners(1, 1).words())
    with path.open("rb") as stream:
        form = mapped.form(stream)
        os.truncate(path, len(data) - 1)
        with pytest.raises(EOFError):
            mapped.Scratch(1 << 10).part(stream.fileno(), form, slot, 24, len(data) - 24, 24)
    slot.forget()


def poured(data: bytes, handle: int) -> None:
    with os.fdopen(handle, "wb") as sink:
        sink.write(data)


@pytest.mark.parametrize("workers", [1, 3])
def test_pipes(workers):
    expected = fast(sample.capture(), order=load_order(sample.ORDER))
    reading, writing = os.pipe()
    threading.Thread(target=poured, args=(sample.capture(), writing)).start()
    with os.fdopen(reading, "rb") as stream:
        found = select(
            [stream], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine="fast", workers=workers
        )
    assert expected.rows
    assert_same(found, expected)


@pytest.mark.parametrize("which", range(3))
def test_a_lost_process_fails_the_run(which):
    """Whichever it is, and though the stream stays open and nothing comes."""
    reading, writing = os.pipe()
    os.write(writing, sample.capture()[: 200 * which])

    def end_one():
        for _ in range(1000):
            if len(multiprocessing.active_children()) == 3:
                break
            time.sleep(0.01)
        time.sleep(0.2)
        multiprocessing.active_children()[which].kill()

    threading.Thread(target=end_one).start()
    with os.fdopen(reading, "rb") as stream, pytest.raises(EngineFaultError) as caught:
        select([stream], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine="fast", workers=3)
    os.close(writing)
    assert "LostWorkerError" in str(caught.value)
    assert not multiprocessing.active_children()


def test_what_a_stream_has_read_ahead_is_not_lost():
    """Somebody looked at the stream's beginning before; then it comes byte by byte, and ends."""
    data = sample.capture()
    reading, writing = os.pipe()
    os.write(writing, data[:300])
    with os.fdopen(reading, "rb") as stream:
        assert stream.peek(1)
        threading.Thread(target=poured, args=(data[300:], writing)).start()
        found = select(
            [stream], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine="fast", workers=2
        )
    assert_same(found, fast(data, order=load_order(sample.ORDER)))


def test_a_fault_in_a_process_tells_no_data(monkeypatch):
    def fail(*_):
        raise ValueError("planted-secret")

    monkeypatch.setattr(run.FastRun, "_settle", fail)
    for workers in (1, 2):
        with pytest.raises(EngineFaultError) as caught:
            fast(sample.capture(), order=load_order(sample.ORDER), workers=workers)
        assert "planted-secret" not in f"{caught.value!r}{caught.value.__context__!r}"


def test_the_receipt_names_the_engine():
    assert fast(sample.capture(), order=load_order(sample.ORDER)).receipt["engine"]["name"] == "fast"


def test_mail_is_kept_as_the_reference_keeps_it():
    """The government's rows on mail, through the fast engine in several processes, pseudonyms included."""
    stream = (
        b"EHLO c.example\r\nMAIL FROM:<alice@evil.example>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\n"
        b"Received: from a.example ([192.0.2.9]) by b.example with ESMTP id 77; Sun, 25 Mar 2012 10:37:03 +0900\r\n"
        b"From: alice@evil.example\r\nTo: bob@b.example\r\nDate: Sun, 25 Mar 2012 10:37:03 +0900\r\n"
        b"Message-ID: <1@evil.example>\r\nMIME-Version: 1.0\r\n\r\nbody\r\n.\r\nQUIT\r\n"
    )
    packets = build.side("203.0.113.66", "192.0.2.1", 1, 25, [stream[at : at + 70] for at in range(0, len(stream), 70)])
    order = load_order(MAIL_ORDER)
    expected = both(order, [build.pcap(build.framed(packets))], workers=2)
    assert expected.rows[0]["mail"][0]["envelope_from"]["domain"] == "evil.example"


def test_the_tables_agree_with_the_reference_on_addresses(mmdb, corpus):
    """Countries by tree walk and by the library, over random and special addresses of both kinds."""
    import random

    from sakimori.selection.direction import Directions
    from sakimori.selection.fast.reach import _judge

    rng = random.Random(5)  # noqa: S311  a fixed order, no secret
    order = load_order(sample.ORDER)
    for files in ([], [mmdb], [mmdb, mmdb]):
        countries = Countries(files)
        directions = Directions(order.address_overrides, order.domestic, countries)
        tables = reach.Tables(order, countries)
        names = tables.codes.names
        for number in range(3000):
            address = rng.randbytes(4 if number % 2 else 16)
            if number % 4 == 0:
                address = b"\x20\x01" + address[2:]
            first = int.from_bytes(address[:8], "big", signed=len(address) > 4)
            second = int.from_bytes(address[8:], "big", signed=True)
            code = names[max(_judge(first, second, len(address) == 4, tables.places), 0)]
            assert code == directions.country(address), address.hex()


def test_captures_given_by_name(tmp_path: Path):
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    both(load_order(sample.ORDER), [path, str(path)], workers=2)
