"""Fragments, tunnels and damage in the fast engine's own decoder: the reference's results, bit for bit."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, select
from sakimori.selection.engine import RunSettings
from sakimori.selection.fast import joining, waiting
from sakimori.selection.fast.rows import REASONS
from sakimori.selection.fast.run import FastRun
from tests.selection import build, test_invariance
from tests.selection.conftest import NOW, assert_same
from tests.selection.test_decode import WRAPS

SECOND = build.NS
LINKS = (0, 1, 9, 12, 14, 50, 101, 105, 108, 113, 127, 228, 229, 276, 147)
OUTSIDE, INSIDE = "203.0.113.66", "192.0.2.1"
OUTSIDE6, INSIDE6 = "2001:db8:2::5", "2001:db8:1::5"


def both(*captures, order=test_invariance.ORDER):
    def go(**options):
        sources = [io.BytesIO(data) for data in captures]
        return select(sources, order, Countries(), now=NOW, rehearsal=True, **options)

    expected = go()
    assert_same(go(engine="fast"), expected)
    return expected


@st.composite
def parts(draw):
    """Fragments of one datagram or two with the same identification: some twice, some lost, some cut, out of order."""
    old = draw(st.booleans())
    src, dst = (OUTSIDE, INSIDE) if old else (OUTSIDE6, INSIDE6)
    make = build.ip4 if old else build.frag6
    stream = test_invariance.STREAMS[0] * draw(st.integers(1, 4))
    protocol, whole = draw(
        st.sampled_from(
            (
                (build.TCP, build.tcp(1, 80, 7, build.ACK, stream)),
                (build.UDP, build.udp(1, 53, stream)),
                (build.UDP, build.udp(1, 4789, b"\x08" + bytes(7) + build.eth(build.ip4(OUTSIDE, INSIDE, 6, stream)))),
                (build.UDP, build.udp(2152, 2152, b"\x30\xff" + bytes(6) + build.ip4(OUTSIDE, INSIDE, 17, stream))),
                (47, b"\0\0\x08\0" + build.ip4(OUTSIDE, INSIDE, build.UDP, build.udp(1, 9999, stream))),
                (4, build.ip4(OUTSIDE, INSIDE, 6, build.tcp(1, 80, 9, build.ACK, stream[:24]), ident=9, more=True)),
                (6, stream[:16]),
                (60, b"\x06\0\1\4\0\0\0\0" + build.tcp(1, 80, 7, build.ACK, stream)),
                (44, b"\x06\0\0\1\0\0\0\7" + stream[:48]),
            )
        )
    )
    size = 8 * draw(st.integers(1, 12))
    pieces = [
        make(src, dst, protocol, whole[at : at + size], ident=7, offset=at, more=at + size < len(whole))
        for at in range(0, len(whole), size)
    ]
    frames = []
    clock = build.T0 * SECOND
    for piece in draw(st.permutations(pieces)) if draw(st.booleans()) else pieces:
        clock += draw(st.sampled_from((0, 1000, SECOND, 29 * SECOND, 31 * SECOND, -2 * SECOND)))
        wrap = WRAPS[draw(st.sampled_from(sorted(WRAPS)))] if draw(st.integers(0, 9)) == 0 else build.eth
        frame = wrap(piece)
        chance = draw(st.integers(0, 39))
        if chance == 0:
            continue
        if chance == 1:
            frame = frame[: draw(st.integers(0, len(frame)))]
        elif chance == 2:
            place = draw(st.integers(0, len(frame) - 1))
            frame = frame[:place] + bytes([draw(st.integers(0, 255))]) + frame[place + 1 :]
        elif chance == 3:
            frames.append((clock, frame))
        frames.append((clock, frame))
    return frames


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(parts(), min_size=1, max_size=3), st.randoms(use_true_random=False), st.booleans())
def test_fragments_in_any_state(made, rng, mixed):
    frames = [frame for one in made for frame in one]
    if mixed:
        rng.shuffle(frames)
    both(build.pcap(frames), build.pcap(frames[::2]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(LINKS),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(WRAPS)),
            st.integers(0, 400),
            st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=3),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 30),
)
def test_any_link_any_tunnel_cut_and_damaged(link, made, skip):
    """Frames of every tunnel, read as every link type, from any place on, cut anywhere, with any bytes changed."""
    packet = build.ip4(OUTSIDE, INSIDE, build.UDP, build.udp(1, 53, build.dns("www.evil.example")))
    frames = []
    for number, (wrap, size, changes) in enumerate(made):
        frame = bytearray(WRAPS[wrap](packet))
        if number % 3 and link != 1:  # where the link's own header ends mostly lies an IP header
            frame = frame[skip:]
        for place, value in changes:
            if place < len(frame):
                frame[place] = value
        frames.append(((build.T0 + number) * SECOND, bytes(frame[: size if size < 150 else None])))
    both(build.pcap(frames, link=link))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from((0, 9, 50, 101, 105, 113, 127, 276)), st.lists(st.binary(max_size=90), min_size=1, max_size=20))
def test_noise_on_every_link(link, frames):
    both(build.pcap([((build.T0 + number) * SECOND, frame) for number, frame in enumerate(frames)], link=link))


def incomplete(number: int, time: int) -> tuple[int, bytes]:
    """The first fragment of a datagram of its own."""
    source = f"203.0.113.{number // 60_000 + 1}"
    return time, build.ip4(source, INSIDE, build.UDP, bytes(24), ident=number % 60_000, offset=0, more=True)


def test_pools_grow_for_datagrams_that_wait():
    clock = build.T0 * SECOND
    frames = [incomplete(number, clock + number * 1000) for number in range(5000)]
    expected = both(build.pcap(build.framed(frames)))
    assert expected.receipt["undecodable"]["fragment_incomplete"]["packets"] == 5000


def test_datagrams_that_wait_are_bounded_and_counted(monkeypatch):
    monkeypatch.setattr(waiting, "MOST_WAITING", 1 << 10)
    clock = build.T0 * SECOND
    frames = build.framed([incomplete(number, clock + number * 1000) for number in range(3000)])
    found = select([io.BytesIO(build.pcap(frames))], test_invariance.ORDER, Countries(), now=NOW, rehearsal=True,
                   engine="fast").receipt  # fmt: skip
    assert found["evictions"] >= 1000
    assert found["degraded"] is True
    assert found["undecodable"]["fragment_incomplete"]["packets"] == 3000


@pytest.mark.parametrize("back", [False, True])
def test_datagrams_over_by_time_are_given_up_without_loss(monkeypatch, back):
    """Unless time goes back to them: then they count as given up too early."""
    monkeypatch.setattr(waiting, "MOST_WAITING", 1 << 10)
    clock = build.T0 * SECOND
    waits = [[incomplete(700 * part + n, clock + 100 * part * SECOND) for n in range(700)] for part in range(4)]
    captures = [build.pcap(build.framed(part)) for part in waits]
    if not back:
        assert not both(*captures).receipt["evictions"]
        return
    captures.append(build.pcap(build.framed([incomplete(9999, clock)])))
    sources = [io.BytesIO(data) for data in captures]
    found = select(sources, test_invariance.ORDER, Countries(), now=NOW, rehearsal=True, engine="fast").receipt
    assert found["evictions"] > 0


def test_every_reason_is_known_to_both():
    """The reference's reasons and the kernels' are one list."""
    import re
    from pathlib import Path

    from sakimori.selection import decode

    folder = Path(decode.__file__).parent
    texts = "".join(path.read_text() for path in folder.glob("*.py"))
    named = set(re.findall(r'Undecodable\("(\w+)"\)|_give_up\(\w+, "(\w+)"\)|lose\("(\w+)"', texts))
    assert {name for group in named for name in group if name} == set(REASONS)


# what a sender can cost


def small(number, sizes, *, ident=7, order=None, last=True):
    """Fragments of eight bytes and more of one datagram, in the order given."""
    whole = build.udp(1, 9999, bytes(at % 251 for at in range(8 * sum(sizes) - 8)))
    places = [8 * sum(sizes[:at]) for at in range(number)]
    pieces = [
        build.ip4(
            OUTSIDE, INSIDE, build.UDP, whole[place : place + 8 * size], ident=ident, offset=place,
            more=not (last and place + 8 * size >= len(whole)),
        )
        for place, size in zip(places, sizes, strict=True)
    ]  # fmt: skip
    return [pieces[at] for at in (order or range(number))]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_datagrams_of_many_small_fragments(data):
    """With a map and without: some twice, some overlapping, some lost, the last one anywhere."""
    frames = []
    for ident in range(data.draw(st.integers(1, 4))):
        least, most = data.draw(st.sampled_from(((1, 15), (18, 90))))  # without a map, with one
        sizes = data.draw(st.lists(st.integers(1, 5), min_size=least, max_size=most))
        order = data.draw(st.permutations(range(len(sizes))))
        pieces = small(len(sizes), sizes, ident=ident, order=order)
        if data.draw(st.booleans()):
            pieces.insert(data.draw(st.integers(0, len(pieces))), data.draw(st.sampled_from(pieces)))
        if data.draw(st.booleans()):
            other = build.ip4(
                OUTSIDE, INSIDE, build.UDP, bytes(data.draw(st.integers(1, 40))), ident=ident,
                offset=8 * data.draw(st.integers(0, sum(sizes) + 3)), more=data.draw(st.booleans()),
            )  # fmt: skip
            pieces.insert(data.draw(st.integers(0, len(pieces))), other)
        if data.draw(st.integers(0, 4)) == 0:
            pieces.pop()
        frames += pieces
    both(build.pcap([(build.at(number, 1e-3), build.eth(frame)) for number, frame in enumerate(frames)]))


@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_fragments_a_datagram_can_have(backwards):
    """8,191 of eight bytes: a map says what is there, and no more than FEW parts are looked at for a fragment."""
    number = 8191
    order = list(range(number))[:: -1 if backwards else 1]
    frames = small(number, [1] * number, order=order)
    capture = build.pcap([(build.at(at, 1e-6), build.eth(frame)) for at, frame in enumerate(frames)])
    assert both(capture).receipt["decoded"]["packets"] == number
    waits = FastRun(RunSettings(test_invariance.ORDER, Countries(), None, None, rehearsal=True))
    waits.capture(
        0, io.BytesIO(build.pcap([(build.at(at, 1e-6), build.eth(frame)) for at, frame in enumerate(frames[:-1])]))
    )
    told = waits._decoding._joining._lines.lines[:, joining.MARKS]
    assert (told[told != 0] >> 32 > 0).all()
    waits.finish()


def test_maps_come_back():
    """Datagrams of many fragments that complete, overlap, are over by their time or given up, one after another."""
    frames = []
    for ident in range(1200):
        pieces = small(18, [1] * 18, ident=ident)
        frames += (
            pieces + pieces[:1] if ident % 3 == 0 else pieces[:-1] if ident % 3 == 1 else [*pieces[:17], pieces[3]]
        )
    both(build.pcap([(build.at(number, 1e-2), build.eth(frame)) for number, frame in enumerate(frames)]))


def test_fragments_at_the_end_of_time():
    """Seconds before 2**63 ns, in the year 2262, a lifetime added to a time would be a number too large."""
    end = (1 << 63) - 10
    whole = build.udp(10, 99, b"MZ\x90\0AB" * 10)
    cut = [
        build.ip4(OUTSIDE, INSIDE, build.UDP, whole[at : at + 32], ident=7, offset=at, more=at + 32 < len(whole))
        for at in range(0, len(whole), 32)
    ]
    framed = [(end + at, 0, packet) for at, packet in enumerate(cut)]
    result = both(build.pcapng(framed, links=(101,), resolution=9))
    assert result.receipt["decoded"]["packets"] == len(cut)
