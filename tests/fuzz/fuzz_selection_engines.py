"""Fuzz targets that run both engines of the selection over the same captures and compare what they keep and count.

Same form as `fuzz_proofs`. `fuzz_engines_capture` takes the bytes as a capture file; `fuzz_engines_frames` makes a
capture of them, so that the frames reach the decoders; `fuzz_engines_flows` lays them into connections between the ends
that the orders ask for; `fuzz_engines_disorder` makes many small segments and fragments of them, in no order;
`fuzz_engines_generated` takes a generated capture and changes a few of its bytes.
"""

import io
import struct
from collections.abc import Callable
from functools import cache

from sakimori.selection import Countries, Order, load_order
from sakimori.selection.engine import Run, RunSettings
from sakimori.selection.fast import run as fast_run
from sakimori.selection.records import canonical
from tests.fuzz.choices import Choices
from tests.fuzz.fuzz_selection_packets import LINKS
from tests.selection import build, generate

_COUNTRIES = Countries()
_EVERYTHING = """
authority: A
basis: "17"
direction: outside-to-outside
distinct_by: id
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ}
conditions:
  - {id: a1, kind: address, side: either, values: ["0.0.0.0/0", "::/0"]}
  - {id: k1, kind: command, ref: R, text: "HTTP/1."}
  - {id: k2, kind: command, ref: R, hex: "00000000"}
  - {id: x1, kind: exploratory, field: packets, min: 1}
"""


@cache
def _orders() -> tuple[Order, ...]:
    """Return the generated captures' orders, and one that keeps every flow."""
    return tuple(
        load_order(text, wide=True) for text in (*(generate.HEAD + order for order in generate.ORDERS), _EVERYTHING)
    )


@cache
def _prepared(number: int) -> fast_run.Prepared:
    return fast_run.Prepared.of(_settings(number))


def _settings(number: int) -> RunSettings:
    return RunSettings(_orders()[number], _COUNTRIES, None, None, rehearsal=True)


def compare(captures: tuple[bytes, ...], number: int) -> int:
    """Run both engines with the order of this number; raises AssertionError where they differ. Returns rows kept."""
    reference = Run(_settings(number))
    fast = fast_run.FastRun(_settings(number), prepared=_prepared(number))
    for run in (reference, fast):
        for place, data in enumerate(captures):
            run.capture(place, io.BytesIO(data))
        run.finish()
    if sorted(map(canonical, reference.rows)) != sorted(map(canonical, fast.rows)):
        raise AssertionError("the engines keep different rows")
    if reference.account != fast.account or reference.warnings != fast.warnings:
        raise AssertionError("the engines count differently")
    if reference.identities() != fast.identities():
        raise AssertionError("the engines know different mailboxes")
    return len(reference.rows)


def fuzz_engines_capture(data: bytes) -> None:
    """The first byte chooses the order, the rest is a capture file."""
    compare((data[1:],), data[0] % len(_orders()) if data else 0)


def fuzz_engines_frames(data: bytes) -> None:
    """The bytes are cut into frames with link types and times of their own, as pcapng."""
    taken = Choices(data)
    number = taken.number() % len(_orders())
    links: list[int] = []
    packets: list[tuple[int, int, bytes]] = []
    clock = build.T0 * build.NS
    while taken and len(packets) < 64:
        link, step = LINKS[taken.number() % 16], taken.number()
        clock += step * build.NS if step < 0xF0 else -step * build.NS
        if link not in links:
            links.append(link)
        packets.append((clock, links.index(link), taken.take(taken.number(2) % 1024)))
    compare((build.pcapng(packets, links=links or [1]),), number)


def fuzz_engines_flows(data: bytes) -> None:
    """The bytes are payloads of a few connections and datagrams, whose segments overlap, go missing, come late."""
    taken = Choices(data)
    number = taken.number() % len(_orders())
    packets: list[tuple[int, bytes]] = []
    clock = build.T0 * build.NS
    while taken and len(packets) < 64:
        marks, port, place, size = taken.number(), taken.number(), taken.number(2), taken.number()
        src, dst = generate.OUTSIDE[marks & 3], generate.INSIDE[marks >> 2 & 1]
        target = generate.PORTS[port % len(generate.PORTS)]
        payload = taken.take(size)
        if marks & 8:
            packet = build.ip(src, dst, build.UDP, build.udp(port, target, payload))
        else:
            flags = build.SYN if marks & 16 else build.ACK
            far = place if marks & 32 else place % 600
            packet = build.ip(src, dst, build.TCP, build.tcp(port & 3, target, 1000 + far, flags, payload))
        if marks & 64:
            packet = packet[: len(packet) - port % 40]
        clock += build.NS * (60 if marks & 128 else 0) + 1000
        packets.append((clock, packet))
    compare((build.pcap(build.framed(packets, bytes), link=101),), number)


def fuzz_engines_disorder(data: bytes) -> None:
    """Three bytes are a segment of one of two streams, or a fragment of one of four datagrams: where, how long, how.

    What one holds depends on its place, but for some that say otherwise; some state more than they hold.
    """
    taken = Choices(data)
    number = taken.number() % len(_orders())
    content = bytes(at * 7 % 251 for at in range(4096)).replace(b"\x62", b"\0\0\0\0")
    packets: list[tuple[int, bytes]] = []
    clock = build.T0 * build.NS
    while taken and len(packets) < 800:
        marks, place, size = taken.number(), taken.number(), taken.number()
        clock += 1000 + (build.NS * (size - 200) if marks == 0xFF and size > 200 else 0)
        if marks & 1:
            place, size = place % 160 * 8, size % 5 * 8 + (size % 8 if marks & 2 else 0)
            packet = build.ip4(
                generate.OUTSIDE[0], generate.INSIDE[0], build.UDP, content[place : place + size],
                ident=marks >> 6, offset=place, more=not marks & 2,
            )  # fmt: skip
        else:
            place += 256 * (marks >> 5)
            payload = content[place : place + size % 24]
            if marks & 8:
                payload = payload[::-1]
            segment = build.tcp(marks >> 2 & 1, 80, 0xFFFF_FF00 + place & 0xFFFF_FFFF, build.ACK, payload)
            length = 20 + len(segment) + (size * 7 if marks & 16 else 0)
            packet = build.ip4(generate.OUTSIDE[0], generate.INSIDE[0], build.TCP, segment, length=length)
        packets.append((clock, packet))
    compare((build.pcap(build.framed(packets, bytes), link=101),), number)


def fuzz_engines_generated(data: bytes) -> None:
    """Three bytes choose a generated capture, the others change it: place, value, place, value."""
    taken = Choices(data)
    made = generate.case(taken.number(3))
    captures = [bytearray(item) for item in made.captures]
    while taken:
        chosen = captures[taken.number() % len(captures)]
        place, value = taken.number(2), taken.number()
        if chosen:
            chosen[place % len(chosen)] = value
    found = [order.digest for order in _orders()].index(made.order.digest)
    compare(tuple(map(bytes, captures)), found)


def frames_of(packets: list[tuple[int, bytes]]) -> bytes:
    """Return the input that makes `fuzz_engines_frames` see these Ethernet frames, a second apart."""
    return b"".join(struct.pack(">BBH", 0, 1, len(frame) % 1024) + frame[:1023] for _, frame in packets)


TARGETS: tuple[Callable[[bytes], None], ...] = (
    *(fuzz_engines_capture, fuzz_engines_frames, fuzz_engines_flows, fuzz_engines_disorder, fuzz_engines_generated),
)
