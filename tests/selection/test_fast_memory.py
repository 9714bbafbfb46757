"""The fast engine's memory: bounded whatever comes, fair, and empty at the end."""

import io

import pytest

from sakimori.selection import Countries, select
from sakimori.selection.fast import run
from tests.selection import build, test_invariance
from tests.selection.conftest import NOW, assert_same
from tests.selection.test_fast_engine import fast


def flood(flows: int, start: int = 0, first: int = 0) -> list[tuple[int, bytes]]:
    """SYNs, each of another flow, a microsecond apart."""
    return [
        (
            build.at(0) + start + number * 1000,
            build.ip4(f"203.0.113.{number % 60}", "192.0.2.1", build.TCP, build.tcp(number % 60_000, number // 60_000)),
        )
        for number in range(first, first + flows)
    ]


def test_a_flood_is_bounded_counted_and_does_not_push_out_who_talks(monkeypatch):
    """Of 4,000 single SYNs some are given up; the connection that began before them is whole in the end."""
    monkeypatch.setattr(run, "MOST_FLOWS", 1000)
    monkeypatch.setattr(run.sources, "BLOCK", 1 << 14)
    talk = build.side("203.0.113.66", "192.0.2.1", 50_001, 80, [test_invariance.STREAMS[0][:20]])
    rest = build.ip4(
        "203.0.113.66",
        "192.0.2.1",
        build.TCP,
        build.tcp(50_001, 80, 1021, build.ACK, test_invariance.STREAMS[0][20:]),
    )
    syns = flood(4000, start=10**9)
    packets = [*talk, *syns, (syns[-1][0] + 1, rest)]
    found = fast(build.pcap(build.framed(packets)))
    assert found.receipt["evictions"] >= 2000
    assert found.receipt["degraded"] is True
    (row,) = [row for row in found.rows if row["src_port"] == 50_001]
    assert (row["packets"], row["conditions"]) == (3, ["a1", "k1", "k2"])


def test_flows_over_by_silence_are_given_back_without_loss(monkeypatch):
    monkeypatch.setattr(run, "MOST_FLOWS", 300)
    monkeypatch.setattr(run.sources, "BLOCK", 1 << 14)
    packets = [packet for part in range(3) for packet in flood(250, part * 200 * build.NS, part * 250)]
    data = build.pcap(build.framed(packets))
    expected = select([io.BytesIO(data)], test_invariance.ORDER, Countries(), now=NOW, rehearsal=True)
    assert_same(fast(data), expected)
    back = build.pcap(build.framed([*packets, *flood(3)]))
    assert fast(back).receipt["evictions"] > 0


def test_payload_kept_is_bounded(monkeypatch):
    """When too much payload is kept, the flows that keep it get their verdict at once, and are counted."""
    monkeypatch.setattr(run, "MOST_KEPT", 1 << 12)
    monkeypatch.setattr(run.sources, "BLOCK", 1 << 14)
    pieces = [b"x" * 1000 for _ in range(80)]
    packets = build.side("203.0.113.66", "192.0.2.1", 1, 80, [test_invariance.STREAMS[0], *pieces])
    found = fast(build.pcap(build.framed(packets)))
    assert found.receipt["evictions"] > 0
    assert any(row["conditions"] == ["a1", "k1", "k2"] for row in found.rows)


@pytest.mark.parametrize("sequences", [range(1001, 1002), range(1002, 5000, 2)])
def test_payload_of_many_tiny_segments_is_bounded(monkeypatch, sequences):
    """Lines that tell of payload count too, not its bytes alone: in order, and out of order in a flow never kept."""
    monkeypatch.setattr(run, "MOST_PARTS", 500)
    monkeypatch.setattr(run.sources, "BLOCK", 1 << 14)
    tiny = [(build.at(0), build.tcp(1, 80, 1000, build.SYN))]
    if len(sequences) == 1:
        tiny += [(build.at(n + 1), build.tcp(1, 80, 1001 + n, build.ACK, b"x")) for n in range(2000)]
        end = "203.0.113.66"
    else:
        tiny += [(build.at(1), build.tcp(1, 80, place, build.ACK, b"x")) for place in sequences]
        end = "203.0.113.3"
    packets = [(time, build.ip4(end, "192.0.2.1", build.TCP, data)) for time, data in tiny]
    found = fast(build.pcap(build.framed(packets)))
    assert found.receipt["evictions"] > 0
    assert found.receipt["degraded"] is True


def test_more_flows_may_end_in_a_block_than_can_wait_for_their_verdict():
    """Of one block that processes share, every frame ends a flow: each SYN is another connection's."""
    base = build.ip4("203.0.113.66", "192.0.2.1", build.TCP, build.tcp(1, 2, 0, build.SYN))
    packets = [(build.T0 * build.NS + n, 0, base[:24] + n.to_bytes(4, "big") + base[28:]) for n in range(200_000)]
    data = build.pcapng(packets, links=(101,), resolution=9)
    found = select(
        [io.BytesIO(data)], test_invariance.ORDER, Countries(), now=NOW, rehearsal=True, engine="fast", workers=2
    )
    assert found.receipt["flows"] == {"outside-to-inside": 200_000}


@pytest.mark.parametrize("bits", [24, 28, 32])
def test_trees_of_every_record_size(bits):
    """Left and right records, packed as the MMDB specification says."""
    from sakimori.selection.fast.places import _records

    pairs = [(1, 2), ((1 << 24) - 1, 7), (0x123456, 0xABCDEF)]
    if bits > 24:
        pairs.append((0xABCDEF1, 0x1234567))
    raw = b""
    for left, right in pairs:
        if bits == 28:
            middle = (left >> 24) << 4 | right >> 24
            raw += (left & 0xFFFFFF).to_bytes(3, "big") + bytes([middle]) + (right & 0xFFFFFF).to_bytes(3, "big")
        else:
            raw += left.to_bytes(bits // 8, "big") + right.to_bytes(bits // 8, "big")
    assert _records(raw, len(pairs), bits).tolist() == [number for pair in pairs for number in pair]


def test_nothing_read_stays_in_the_buffers(monkeypatch):
    """After a run the block, the search buffer and the arena are empty pages."""
    runs = []
    made = run.FastRun.__init__

    def noted(self, *args, **options):
        made(self, *args, **options)
        runs.append(self)

    monkeypatch.setattr(run.FastRun, "__init__", noted)
    secret = b"planted-secret-in-a-payload"
    packets = build.side("203.0.113.66", "192.0.2.1", 1, 9999, [b"POST /gate7 ", secret])
    assert fast(build.pcap(build.framed(packets))).rows
    (one,) = runs
    for memory in (one._buffer.memory, one._searcher._memory, *one._store._memories):
        assert memory[: 1 << 20].strip(b"\0") == b""
        assert memory.find(secret) < 0


def test_nothing_read_stays_in_the_memory_processes_share(monkeypatch):
    """When the run is over the blocks that were dealt out are empty pages."""
    made = []
    shared = run.sources.Buffer.shared

    def noted(tally):
        made.append(shared(tally))
        return made[-1]

    monkeypatch.setattr(run.sources.Buffer, "shared", noted)
    secret = b"planted-secret-in-a-payload"
    packets = build.side("203.0.113.66", "192.0.2.1", 1, 9999, [b"POST /gate7 ", secret])
    assert fast(build.pcap(build.framed(packets)), workers=2).rows
    assert len(made) > 2
    for buffer in made:
        assert buffer.memory.find(secret) < 0
        assert not buffer.rows.lines[:100].any()
