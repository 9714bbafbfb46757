"""Fuzz targets for the selection's way from a capture to datagrams and streams; each takes any bytes, raises nothing.

Same form as `fuzz_proofs`. What a decoder gives out must lie in what it was given, every frame must be accounted for,
and streams must be what a model that works byte by byte makes of the same segments.
"""

import contextlib
import io
import zlib
from collections.abc import Callable
from typing import IO, cast

from sakimori.selection import capture, decap, ip, link
from sakimori.selection.decode import Decoder
from sakimori.selection.fragments import Fragment, Fragments
from sakimori.selection.packet import Seen, Undecodable
from sakimori.selection.streams import WINDOW, Stream
from tests.fuzz.choices import Choices

LINKS = (1, 101, 12, 228, 229, 0, 108, 9, 50, 105, 113, 127, 276, 14, 7, 1)
PROTOCOLS = (4, 41, 47, 17, 17, 17, 17, 6, 50, 132, 1, 58, 44, 0, 51, 60)
PORTS = (4789, 6081, 2152, 3544, 53, 1)
_SECOND = 1_000_000_000
_HALF, _FULL = 1 << 31, 1 << 32


def fuzz_link(data: bytes) -> None:
    """The first byte tells the link type; the layers found lie in the frame, each deeper than the one before."""
    frame = data[1:]
    with contextlib.suppress(Undecodable):
        layer, levels = link.to_ip(link.first(LINKS[data[0] % 16] if data else 1, frame))
        if not frame.endswith(layer.data) or levels < 0 or layer.kind not in (link.IP, link.IP4, link.IP6):
            raise AssertionError("a layer that is not the end of its frame")


def fuzz_ip(data: bytes) -> None:
    """The first byte tells which version is expected; the payload lies in the packet and is no longer than stated."""
    body = data[1:]
    with contextlib.suppress(Undecodable):
        packet = ip.parse(body, (None, 4, 6)[data[0] % 3] if data else None)
        if packet.payload not in body or len(packet.payload) > packet.stated or len(packet.src) != len(packet.dst):
            raise AssertionError("a payload that was not captured")
        if packet.part is not None and packet.part.offset % 8:
            raise AssertionError("a fragment between two units")


def fuzz_decap(data: bytes) -> None:
    """Protocol and ports from the first bytes; what a tunnel carries is the end of what carried it."""
    taken = Choices(data)
    protocol, source, target = PROTOCOLS[taken.number() % 16], PORTS[taken.number() % 6], PORTS[taken.number() % 6]
    more, payload = taken.number(), taken.rest()
    with contextlib.suppress(Undecodable):
        layer = decap.inner(protocol, source, target, payload, len(payload) + more)
        if layer is not None and not payload.endswith(layer.data):
            raise AssertionError("a layer that is not the end of its tunnel")


def fuzz_decode(data: bytes) -> None:
    """Frames one after the other through one decoder: each is in a datagram, lost, or refused, exactly once."""
    taken, decoder = Choices(data), Decoder()
    number = told = size = 0
    while taken and number < 64:
        kind, step, frame = LINKS[taken.number() % 16], taken.number(), taken.take(taken.number(2) % 2048)
        number, size = number + 1, size + len(frame)
        try:
            datagram = decoder.datagram(kind, frame, number * _SECOND + step * _SECOND)
        except Undecodable as undecodable:
            seen = undecodable.seen
            if seen is None:
                raise AssertionError("nobody knows which frames are lost") from None
            told, size = told + seen.frames, size - seen.captured
            continue
        if datagram is None:
            continue
        told, size = told + datagram.seen.frames, size - datagram.seen.captured
        if datagram.seen.first > datagram.seen.last or datagram.missing < 0 or len(datagram.src) != len(datagram.dst):
            raise AssertionError("an impossible datagram")
        if datagram.seen.frames == 1 and datagram.payload not in frame:
            raise AssertionError("a payload that was not captured")
    decoder.fragments.finish()
    for _, frames, captured in decoder.fragments.lost:
        told, size = told + frames, size - captured
    if (told, size) != (number, 0):
        raise AssertionError("a frame is unaccounted for, or twice")


def fuzz_fragments(data: bytes) -> None:
    """Fragments of three datagrams whose content is known by its place: a whole one is right, none is lost track of."""
    taken, waiting = Choices(data), Fragments()
    entered = told = 0
    clock = 0
    while taken and entered < 200:
        name, offset, size, marks = taken.number() % 3, taken.number() * 8, taken.number(), taken.number()
        clock += marks >> 4
        offset += 65_280 if name == 2 else 0  # near the largest size
        stated = size // 2 if marks & 2 else size // 8 * 8
        content = bytes(((offset + place) * 7 + name) & 0xFF for place in range(stated - (marks >> 2 & 1)))
        piece = Fragment(offset, content, stated, bool(marks & 1), stated + 20, Seen(1, 9, clock, clock))
        entered += 1
        try:
            whole = waiting.add((b"a", b"b", name, 17), piece, clock * _SECOND)
        except Undecodable:
            told += 1
            continue
        if whole is None:
            continue
        told += whole.seen.frames
        if whole.data != bytes((place * 7 + name) & 0xFF for place in range(len(whole.data))):
            raise AssertionError("a datagram put together wrongly")
    waiting.finish()
    if entered != told + sum(frames for _, frames, _ in waiting.lost):
        raise AssertionError("a fragment is unaccounted for, or twice")


class Told:
    """What a stream told its sink: runs of bytes by their place, and gaps, adjacent ones joined."""

    def __init__(self) -> None:
        self.events: list[tuple[int, bytearray] | None] = []

    def data(self, offset: int, data: bytes) -> None:
        """Join bytes to the run before, if they follow on it."""
        before = self.events[-1] if self.events else None
        if before is not None and before[0] + len(before[1]) == offset:
            before[1].extend(data)
        else:
            self.events.append((offset, bytearray(data)))

    def gap(self) -> None:
        """Note a gap, once."""
        if self.events and self.events[-1] is not None:
            self.events.append(None)


class ByteByByte:
    """The rules of `streams` again, another way: a place holds a byte, or the knowledge that it was not captured."""

    def __init__(self) -> None:
        self.told = Told()
        self._base: int | None = None
        self._next = self.before = self.overflows = 0
        self._places: dict[int, int | None] = {}

    def segment(self, sequence: int, data: bytes, missing: int, *, syn: bool) -> None:
        """Enter a segment."""
        first = sequence + syn
        if self._base is None:
            self._base = first % _FULL
        if not data and not missing:
            return
        apart = (first - self._base - self._next) % _FULL
        start = self._next + (apart - _FULL if apart >= _HALF else apart)
        self.before += len([place for place in range(start, start + len(data)) if place < 0])
        content: list[int | None] = [*data, *[None] * missing]
        for place, value in enumerate(content, start):
            if place >= self._next:
                self._places.setdefault(place, value)
        self._deliver()
        while len(self._places) > WINDOW and sum(value is not None for value in self._places.values()) > WINDOW:
            self.overflows += 1
            self._skip()

    def finish(self) -> None:
        """End of the flow."""
        while self._places:
            self._skip()

    def _deliver(self) -> None:
        while self._next in self._places:
            value = self._places.pop(self._next)
            if value is None:
                self.told.gap()
            else:
                self.told.data(self._next, bytes((value,)))
            self._next += 1

    def _skip(self) -> None:
        self.told.gap()
        self._next = min(self._places)
        self._deliver()


def fuzz_streams(data: bytes) -> None:
    """Segments from the bytes: in order, out of order, overlapping, cut short; twice the same account of them."""
    taken = Choices(data)
    told, model = Told(), ByteByByte()
    stream = Stream(told)
    origin, total = taken.number(4), 0
    most = 200_000 if origin & 7 == 0 else 8_000  # seldom beyond the window: the model goes byte by byte
    while taken and total < most:
        marks, place, size = taken.number(), taken.number(2), taken.number()
        far = place * 16 if marks & 2 else place % 512
        length = size * 128 if marks & 4 else size % 32
        missing = taken.number() % 16 if marks & 8 else 0
        content = taken.take(min(length, 24)).ljust(length, bytes((marks,)))
        total += length
        sequence = (origin + far - (64 if marks & 16 else 0)) % _FULL
        for one in (stream, model):
            one.segment(sequence, content, missing, syn=bool(marks & 1))
    stream.finish()
    model.finish()
    told.gap()
    model.told.gap()
    if told.events != model.told.events:
        raise AssertionError("two accounts of one stream")
    if (stream.before, stream.overflows) != (model.before, model.overflows):
        raise AssertionError("two counts of one stream")


class _Dribble(io.RawIOBase):
    """A stream that never gives more than a few bytes at once."""

    def __init__(self, data: bytes, most: int) -> None:
        self._rest, self._most = data, most

    def read(self, size: int = -1) -> bytes:
        """Return up to the few bytes."""
        size = self._most if size < 0 else min(size, self._most)
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def _frames(stream: IO[bytes]) -> tuple[list[capture.Frame], str]:
    found: list[capture.Frame] = []
    try:
        found.extend(capture.frames(stream))
    except capture.DamagedCapture as damage:
        return found, damage.reason
    return found, ""


def fuzz_capture(data: bytes) -> None:
    """Frames and damage are the same from a file and from a pipe that gives a few bytes at a time, packed or not."""
    body = data[1:]
    whole, damage = _frames(io.BytesIO(body))
    if (whole, damage) != _frames(cast("IO[bytes]", _Dribble(body, data[0] % 13 + 1 if data else 1))):
        raise AssertionError("a capture read in pieces is another")
    if sum(len(frame.data) for frame in whole) > len(body) and body[:2] != b"\x1f\x8b":
        raise AssertionError("more was read than there is")
    if body[:2] != b"\x1f\x8b" and (whole, damage) != _frames(io.BytesIO(_packed(body))) and len(body) >= 4:
        raise AssertionError("a packed capture is another")


def _packed(data: bytes) -> bytes:
    """Return the bytes as gzip, stored: packing costs nothing."""
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


TARGETS: tuple[Callable[[bytes], None], ...] = (
    *(fuzz_link, fuzz_ip, fuzz_decap, fuzz_decode),
    *(fuzz_fragments, fuzz_streams, fuzz_capture),
)
