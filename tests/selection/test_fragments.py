"""Fragments: any order gives the datagram; doubt gives nothing, and is counted."""

import random

import pytest

from sakimori.selection.decode import Decoder
from sakimori.selection.fragments import LIFETIME
from sakimori.selection.packet import Undecodable
from tests.selection import build
from tests.selection.build import UDP, eth, ip4, udp

WHOLE = udp(1111, 2222, bytes(range(256)) * 4)


def pieces4(whole=WHOLE, size=400, ident=5):
    return [
        ip4("203.0.113.5", "192.0.2.9", UDP, whole[at : at + size], ident=ident, offset=at, more=at + size < len(whole))
        for at in range(0, len(whole), size)
    ]


def pieces6(whole=WHOLE, size=400, ident=5):
    return [
        build.frag6(
            "2001:db8::5",
            "2001:db8::9",
            UDP,
            whole[at : at + size],
            ident=ident,
            offset=at,
            more=at + size < len(whole),
        )
        for at in range(0, len(whole), size)
    ]


def feed(packets, decoder=None, times=None):
    """Return the datagrams, the reasons, and what was given up."""
    decoder = decoder or Decoder()
    found, reasons = [], []
    for number, packet in enumerate(packets):
        try:
            datagram = decoder.datagram(1, eth(packet), times[number] if times else number)
        except Undecodable as undecodable:
            reasons.append(undecodable.reason)
            continue
        if datagram is not None:
            found.append(datagram)
    decoder.fragments.finish()
    return found, reasons, decoder.fragments.lost


@pytest.mark.parametrize("pieces", [pieces4, pieces6])
@pytest.mark.parametrize("seed", range(5))
def test_any_order_gives_the_datagram(pieces, seed):
    packets = pieces()
    random.Random(seed).shuffle(packets)  # noqa: S311  a fixed order, no secret
    (datagram,), reasons, lost = feed(packets)
    assert (datagram.src_port, datagram.dst_port, datagram.payload) == (1111, 2222, WHOLE[8:])
    assert datagram.seen.frames == 3
    assert datagram.length == sum(map(len, packets))
    assert (datagram.seen.first, datagram.seen.last) == (0, 2)
    assert (reasons, lost) == ([], [])


def test_two_datagrams_interleaved():
    found, _, _ = feed([piece for pair in zip(pieces4(ident=1), pieces4(ident=2), strict=True) for piece in pair])
    assert len(found) == 2


def test_an_incomplete_datagram_is_in_no_flow():
    found, reasons, lost = feed(pieces4()[:2])
    assert (found, reasons) == ([], [])
    assert lost == [("fragment_incomplete", 2, sum(len(eth(piece)) for piece in pieces4()[:2]))]


def test_half_a_minute_is_the_limit():
    packets = pieces4()
    found, _, lost = feed(packets, times=[0, 0, LIFETIME])
    assert len(found) == 1
    assert lost == []
    found, _, lost = feed(packets, times=[0, 0, LIFETIME + 1])
    assert found == []
    assert [(reason, frames) for reason, frames, _ in lost] == [("fragment_incomplete", 2), ("fragment_incomplete", 1)]


def test_an_overlap_drops_the_datagram_and_the_rest_of_it():
    packets = pieces4()
    overlapping = ip4("203.0.113.5", "192.0.2.9", UDP, b"X" * 16, ident=5, offset=392, more=True)
    found, reasons, lost = feed([packets[0], overlapping, packets[1], packets[2]])
    assert found == []
    assert reasons == ["fragment_overlap"] * 3
    assert [(reason, frames) for reason, frames, _ in lost] == [("fragment_overlap", 1)]


def test_a_second_end_is_an_overlap():
    packets = pieces4()
    longer = ip4("203.0.113.5", "192.0.2.9", UDP, b"X" * 8, ident=5, offset=2000, more=False)
    assert feed([packets[2], longer])[1] == ["fragment_overlap"]
    assert feed([longer, packets[2], packets[0]])[0] == []
    shorter = ip4("203.0.113.5", "192.0.2.9", UDP, b"X" * 8, ident=5, offset=400, more=False)
    assert feed([packets[2], shorter])[1] == ["fragment_overlap"]
    assert feed([packets[2], shorter, packets[0]])[0] == []


def test_a_fragment_captured_short_never_completes():
    packets = pieces4()
    found, _, lost = feed([packets[0], packets[1][:-10], packets[2]])
    assert found == []
    assert lost[0][0] == "fragment_incomplete"


def test_malformed():
    odd = ip4("203.0.113.5", "192.0.2.9", UDP, b"X" * 9, ident=5, offset=0, more=True)
    beyond = ip4("203.0.113.5", "192.0.2.9", UDP, b"X" * 80, ident=5, offset=65_528, more=False)
    assert feed([odd, beyond])[1] == ["fragment_malformed"] * 2


def test_fragments_of_a_tunnel_count_as_captured_packets_of_the_inner_datagram():
    inner = ip4("203.0.113.77", "192.0.2.9", UDP, udp(7, 8, b"z" * 900))
    outer = [
        ip4("198.51.100.1", "198.51.100.2", 4, inner[at : at + 400], ident=9, offset=at, more=at + 400 < len(inner))
        for at in range(0, len(inner), 400)
    ]
    (datagram,), _, _ = feed(outer)
    assert datagram.src == bytes([203, 0, 113, 77])
    assert (datagram.seen.frames, datagram.length) == (3, len(inner))


def test_a_fragment_inside_a_fragment_counts_all_its_frames_when_lost():
    inner = ip4("203.0.113.77", "192.0.2.9", UDP, b"q" * 800, ident=3, offset=0, more=True)
    outer = [
        ip4("198.51.100.1", "198.51.100.2", 4, inner[at : at + 400], ident=9, offset=at, more=at + 400 < len(inner))
        for at in range(0, len(inner), 400)
    ]
    found, _, lost = feed(outer)
    assert found == []
    assert [(reason, frames) for reason, frames, _ in lost] == [("fragment_incomplete", 3)]


def test_an_undecodable_inside_counts_all_its_frames():
    inner = b"\x99" * 800
    outer = [
        ip4("198.51.100.1", "198.51.100.2", 4, inner[at : at + 400], ident=9, offset=at, more=at + 400 < len(inner))
        for at in range(0, len(inner), 400)
    ]
    decoder = Decoder()
    assert decoder.datagram(1, eth(outer[0]), 0) is None
    with pytest.raises(Undecodable) as caught:
        decoder.datagram(1, eth(outer[1]), 1)
    assert caught.value.reason == "ip_version"
    assert caught.value.seen is not None
    assert caught.value.seen.frames == 2
