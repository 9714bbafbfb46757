"""What must never change the result: file borders, other flows, tunnels, fragments, segments, order."""

import io
import random
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, load_order, sample, select
from tests.selection import build
from tests.selection.build import TCP, UDP, eth, ip, ip4, tcp, udp
from tests.selection.conftest import NOW
from tests.selection.test_decode import WRAPS

ORDER = load_order("""
authority: A
basis: agreement
direction: outside-to-inside
address_overrides:
  {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ, "198.51.100.0/24": ZZ, "2001:db8:1::/48": JP, "2001:db8:2::/48": ZZ}
conditions:
  - {id: a1, kind: address, values: ["203.0.113.64/26", "2001:db8:2::/64", "evil.example"]}
  - {id: k1, kind: command, ref: R, regex: "POST /gate[0-9]{1,3}"}
  - {id: k2, kind: command, ref: R, hex: "4d5a9000"}
  - {id: x1, kind: exploratory, field: http.method, values: [PUT]}
  - {id: x2, kind: exploratory, field: dst_port, values: [25, 53, 443, 9999]}
""")
BODY = b"From: a@evil.example\r\nDate: Sun, 25 Mar 2012 10:37:03 +0900\r\n\r\nbody MZ\x90\0\r\n.\r\n"
STREAMS = (
    b"POST /gate7 HTTP/1.1\r\nHost: www.evil.example\r\nUser-Agent: B/1\r\nContent-Length: 4\r\n\r\nMZ\x90\0",
    b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\nPUT /x HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    build.tls_records(build.client_hello(), 90),
    b"EHLO evil.example\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<y@a.example>\r\nDATA\r\n" + BODY,
    b"SSH-2.0-x\r\nMZ\x90\0 MZ\x90\0",
    bytes(range(256)) + b"POST /gate123456",
)
ENDS = (
    ("203.0.113.66", "192.0.2.1"),
    ("198.51.100.9", "192.0.2.2"),
    ("2001:db8:2::5", "2001:db8:1::5"),
    ("192.0.2.3", "203.0.113.3"),
)


def result(*captures):
    found = select([io.BytesIO(capture) for capture in captures], ORDER, Countries(), now=NOW, rehearsal=True)
    return found.rows, found.receipt


def told(rows, *, counts=True):
    """Rows without what the transformation itself changes."""
    hidden = () if counts else ("packets", "bytes", "first", "last")
    return sorted(str({name: value for name, value in row.items() if name not in hidden}) for row in rows)


@st.composite
def connections(draw):
    """One-sided connections, each cut into segments: (key, [(start, piece)], data)."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        data = draw(st.sampled_from(STREAMS))
        cuts = sorted({0, len(data), *draw(st.lists(st.integers(1, len(data) - 1), max_size=5))})
        pieces = [data[low:high] for low, high in pairwise(cuts)]
        ports = 10_000 + number, draw(st.sampled_from([25, 80, 443, 9999]))
        found.append((draw(st.sampled_from(ENDS)), ports, pieces))
    return found


def packets_of(connection, start):
    (src, dst), ports, pieces = connection
    return build.side(src, dst, *ports, pieces, start=start)


def everything(case, *, step=100):
    return sorted(packet for number, connection in enumerate(case) for packet in packets_of(connection, number * step))


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(connections(), st.data())
def test_splitting_files_anywhere(case, data):
    packets = everything(case, step=3)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(packets)), max_size=4)))
    parts = [packets[low:high] for low, high in zip([0, *cuts], [*cuts, len(packets)], strict=True)]
    whole, whole_receipt = result(build.pcap(build.framed(packets)))
    split, split_receipt = result(*(build.pcap(build.framed(part)) for part in parts))
    assert split == whole
    changing = {"start", "end", "reading", "captures"}
    assert {k: v for k, v in split_receipt.items() if k not in changing} == {
        k: v for k, v in whole_receipt.items() if k not in changing
    }


@QUICK
@given(connections(), st.randoms(use_true_random=False))
def test_interleaving_independent_flows(case, rng):
    queues = [packets_of(connection, number * 100) for number, connection in enumerate(case)]
    mixed = []
    while any(queues):
        mixed.append(rng.choice([queue for queue in queues if queue]).pop(0))
    plain, _ = result(build.pcap(build.framed(everything(case))))
    assert result(build.pcap(build.framed(mixed)))[0] == plain


@QUICK
@given(connections(), st.lists(st.sampled_from(sorted(WRAPS)), min_size=1, max_size=5))
def test_tunnelling(case, wraps):
    packets = everything(case)
    wrapped = [(time, WRAPS[wraps[number % len(wraps)]](data)) for number, (time, data) in enumerate(packets)]
    plain, plain_receipt = result(build.pcap(build.framed(packets)))
    tunnelled, receipt = result(build.pcap(wrapped))
    assert tunnelled == plain
    assert receipt["undecodable"] == {}
    assert receipt["flows"] == plain_receipt["flows"]


def cut_in_fragments(packet, size, ident, rng):
    if packet[0] >> 4 == 4:
        src, dst, protocol, payload = packet[12:16], packet[16:20], packet[9], packet[20:]
    else:
        src, dst, protocol, payload = packet[8:24], packet[24:40], packet[6], packet[40:]
    src, dst = (".".join(map(str, item)) if len(item) == 4 else item.hex(":", 2) for item in (src, dst))
    make = ip4 if packet[0] >> 4 == 4 else build.frag6
    parts = [
        make(src, dst, protocol, payload[at : at + size], ident=ident, offset=at, more=at + size < len(payload))
        for at in range(0, len(payload), size)
    ]
    rng.shuffle(parts)
    return parts


@QUICK
@given(connections(), st.sampled_from([16, 64, 128]), st.randoms(use_true_random=False))
def test_fragmenting(case, size, rng):
    fragmented = []
    for number, (time, packet) in enumerate(everything(case)):
        pieces = cut_in_fragments(packet, size, number + 1, rng)
        fragmented += [(time, eth(piece)) for piece in pieces]
    plain, _ = result(build.pcap(build.framed(everything(case))))
    found, receipt = result(build.pcap(fragmented))
    assert told(found, counts=False) == told(plain, counts=False)
    assert receipt["undecodable"] == {}


@QUICK
@given(connections(), st.data())
def test_segmenting_reordering_and_retransmitting(case, data):
    changed = []
    for number, ((src, dst), ports, pieces) in enumerate(case):
        stream = b"".join(pieces)
        cuts = sorted({0, len(stream), *data.draw(st.lists(st.integers(1, len(stream) - 1), max_size=6))})
        spans = list(pairwise(cuts))
        spans += data.draw(st.lists(st.sampled_from(spans), max_size=3))
        spans = data.draw(st.permutations(spans))
        begin = number * 100
        changed.append((build.at(begin), ip(src, dst, TCP, tcp(*ports, 1000, build.SYN))))
        changed += [
            (build.at(begin + place + 1), ip(src, dst, TCP, tcp(*ports, 1001 + low, build.ACK, stream[low:high])))
            for place, (low, high) in enumerate(spans)
        ]
    plain, _ = result(build.pcap(build.framed(everything(case))))
    found, receipt = result(build.pcap(build.framed(changed)))
    assert told(found, counts=False) == told(plain, counts=False)
    assert receipt["degraded"] is False


@QUICK
@given(
    st.binary(max_size=200),
    st.sampled_from([0, 1, 9, 101, 105, 108, 113, 127, 228, 229, 276]),
    st.randoms(use_true_random=False),
)
def test_damaged_packets_never_stop_a_run(noise, link, rng):
    good = build.side("203.0.113.66", "192.0.2.1", 1, 80, [STREAMS[0]])
    wrapped = WRAPS[rng.choice(sorted(WRAPS))](good[1][1])
    broken = bytearray(wrapped)
    for _ in range(rng.randrange(1, 6)):
        broken[rng.randrange(len(broken))] = rng.randrange(256)
    rows, _ = result(
        build.pcap([(build.at(0), noise)], link=link),
        build.pcap([(build.at(0), bytes(broken)[: rng.randrange(len(broken) + 1)])]),
    )
    assert all(row["stamp"] for row in rows)
    rows, _ = result(build.pcap(build.framed(good)), build.pcap([(build.at(3), noise)], link=link))
    assert any(row["conditions"] == ["a1", "k1", "k2"] for row in rows)


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_never_stops_a_run(seed):
    rng = random.Random(seed)  # noqa: S311  a fixed order, no secret
    for data in (
        sample.capture(),
        build.pcapng([(build.at(n), 0, eth(ip4("203.0.113.66", "192.0.2.1", UDP, udp(1, 2, b"x")))) for n in range(9)]),
    ):
        broken = bytearray(data)
        for _ in range(4):
            broken[rng.randrange(4, len(broken))] = rng.randrange(256)
        _, receipt = result(bytes(broken[: rng.randrange(4, len(broken))]), sample.capture())
        assert receipt["captures"]["read"] == 2
