"""Read packet captures: pcap (µs, ns, both byte orders), pcapng, either of them gzipped, from a file or a pipe.

Sources: pcap file format (draft-ietf-opsawg-pcap), pcapng (draft-ietf-opsawg-pcapng), gzip (RFC 1952).
A damaged capture yields every frame before the damage and then raises `DamagedCapture`; nothing is guessed after it.
"""

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, cast

NANOSECONDS = 1_000_000_000
_GZIP = b"\x1f\x8b"
PCAP = {  # magic as read -> (byte order, nanoseconds per fraction unit)
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_SECTION = 0x0A0D0D0A
SECTION_MAGIC = _SECTION.to_bytes(4, "big")
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_OPTION_END, _OPTION_RESOLUTION, _OPTION_OFFSET = 0, 9, 14
_STEP = 1 << 16
_LARGEST = 1 << 24  # no frame or block of a sane capture is longer; a larger length is damage
_SMALLEST_BLOCK = 12
_LINK_MASK = 0xFFFF  # the upper bits of the pcap link field tell the length of the frame check sequence
_BINARY_RESOLUTION = 0x80
_LARGEST_EXPONENT = 64
_LATEST = (1 << 63) - 1  # a signed 64-bit count of nanoseconds, what Parquet can hold
_LINK_UNKNOWN = -1  # a packet of an interface never described


class DamagedCapture(Exception):  # noqa: N818  a condition to be counted, not an error for people
    """The capture cannot be read further; `reason` is a short key for the receipt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured frame: `time` ns UTC (None: not told), `link` of the LINKTYPE registry, its bytes."""

    time: int | None
    link: int
    data: bytes


@dataclass(slots=True)
class _Interface:
    link: int
    units: int = 1_000_000  # time units per second (if_tsresol, default microseconds)
    offset: int = 0  # seconds to add (if_tsoffset)


@dataclass(slots=True)
class _Section:
    order: str
    interfaces: list[_Interface] = field(default_factory=list)


def frames(stream: IO[bytes]) -> Iterator[Frame]:
    """Yield the frames of one capture in file order; raises `DamagedCapture` at the first damage.

    An empty stream is a capture without packets.
    """
    source = plain(stream)
    magic = read(source, 4)
    if not magic:
        return
    if magic in PCAP:
        yield from _pcap(source, *PCAP[magic])
    elif magic == SECTION_MAGIC:
        yield from pcapng(source, magic)
    else:
        raise DamagedCapture("not_a_capture")


def plain(stream: IO[bytes]) -> IO[bytes]:
    """Return the stream, unpacked if it begins like gzip; works on pipes, which cannot seek."""
    buffered = stream if hasattr(stream, "peek") else io.BufferedReader(_Raw(stream))
    if len(buffered.peek(2)) == 1:  # a pipe that has given one byte so far: `peek` waits for no second
        buffered = io.BufferedReader(_Raw(_Behind(buffered)))
    if buffered.peek(2)[:2] == _GZIP:
        return cast("IO[bytes]", _Unpacked(buffered))
    return buffered


class _Raw(io.RawIOBase):
    """Any object with `read` as a raw stream, so that it can be buffered and peeked."""

    def __init__(self, stream: "IO[bytes] | _Behind") -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower on purpose
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Unpacked(gzip.GzipFile):
    """Gzip unpacked in steps of one size, whoever asks for how much: of a damaged capture all readers get the same."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(fileobj=stream)
        self._step = b""
        self._at = 0

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes, of one step at most; nothing at the end."""
        if self._at >= len(self._step):
            self._step, self._at = super().read1(_STEP), 0
        end = len(self._step) if size is None or size < 0 else self._at + size
        part = self._step[self._at : end]
        self._at += len(part)
        return part

    def read1(self, size: int = -1) -> bytes:
        """As `read`."""
        return self.read(size)


class _Behind:
    """A stream whose first two bytes come at once."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._begun = False

    def read(self, size: int) -> bytes:
        begun, self._begun = self._begun, True
        return self._stream.read(size if begun else 2)


def read(source: IO[bytes], size: int) -> bytes:
    """Read `size` bytes, or fewer at the end; damage inside gzip is reported as such."""
    parts: list[bytes] = []
    missing = size
    while missing:
        try:
            part = source.read(missing)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise DamagedCapture("gzip_damaged") from None
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def exact(source: IO[bytes], size: int) -> bytes:
    """Read `size` bytes; raises `DamagedCapture` if there are fewer."""
    data = read(source, size)
    if len(data) < size:
        raise DamagedCapture("capture_truncated")
    return data


def _pcap(source: IO[bytes], order: str, fraction_ns: int) -> Iterator[Frame]:
    *_, link = struct.unpack(f"{order}HHiIII", exact(source, 20))
    header = struct.Struct(f"{order}IIII")
    while head := read(source, header.size):
        if len(head) < header.size:
            raise DamagedCapture("capture_truncated")
        seconds, fraction, captured, _ = header.unpack(head)
        if captured > _LARGEST:
            raise DamagedCapture("record_length")
        data = exact(source, captured)
        yield Frame(_in_range(seconds * NANOSECONDS + fraction * fraction_ns), link & _LINK_MASK, data)


def _in_range(time: int) -> int | None:
    return time if 0 <= time <= _LATEST else None


def pcapng(source: IO[bytes], first: bytes) -> Iterator[Frame]:
    """Yield the frames of a pcapng stream whose first four bytes, `first`, were read."""
    section = _Section("<")
    kind_bytes = first
    while kind_bytes:
        if len(kind_bytes) < len(first):
            raise DamagedCapture("capture_truncated")
        if kind_bytes == first:  # the section header reads the same in both byte orders
            section, body = _section(source)
            kind = _SECTION
        else:
            kind = struct.unpack(f"{section.order}I", kind_bytes)[0]
            body = _block(source, section.order, exact(source, 4))
        if kind == _INTERFACE:
            section.interfaces.append(_interface(body, section.order))
        elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
            yield _packet(kind, body, section)
        kind_bytes = read(source, 4)


def _section(source: IO[bytes]) -> tuple[_Section, bytes]:
    length_bytes = exact(source, 4)
    order_bytes = exact(source, 4)
    orders = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
    if order_bytes not in orders:
        raise DamagedCapture("block_byte_order")
    order = orders[order_bytes]
    return _Section(order), _block(source, order, length_bytes, already=order_bytes)


def _block(source: IO[bytes], order: str, length_bytes: bytes, already: bytes = b"") -> bytes:
    """Return the body of a block whose type and length were read; the length is stated again at its end."""
    length = struct.unpack(f"{order}I", length_bytes)[0]
    if length % 4 or not _SMALLEST_BLOCK + len(already) <= length <= _LARGEST:
        raise DamagedCapture("block_length")
    body = already + exact(source, length - _SMALLEST_BLOCK - len(already))
    if exact(source, 4) != length_bytes:
        raise DamagedCapture("block_trailer")
    return body


def _interface(body: bytes, order: str) -> _Interface:
    if len(body) < 8:  # noqa: PLR2004  link type, reserved, snap length
        raise DamagedCapture("block_length")
    interface = _Interface(link=struct.unpack(f"{order}H", body[:2])[0])
    position = 8
    while position + 4 <= len(body):
        code, length = struct.unpack(f"{order}HH", body[position : position + 4])
        value = body[position + 4 : position + 4 + length]
        if code == _OPTION_END:
            break
        if code == _OPTION_RESOLUTION and len(value) == 1:
            exponent = min(value[0] & ~_BINARY_RESOLUTION, _LARGEST_EXPONENT)
            interface.units = (2 if value[0] & _BINARY_RESOLUTION else 10) ** exponent
        if code == _OPTION_OFFSET and len(value) == 8:  # noqa: PLR2004  a signed 64-bit number
            interface.offset = struct.unpack(f"{order}q", value)[0]
        position += 4 + (length + 3) // 4 * 4
    return interface


def _packet(kind: int, body: bytes, section: _Section) -> Frame:
    order = section.order
    if kind == _SIMPLE_PACKET:
        if len(body) < 4:  # noqa: PLR2004  the original length
            raise DamagedCapture("block_length")
        link = section.interfaces[0].link if section.interfaces else _LINK_UNKNOWN
        return Frame(None, link, body[4 : 4 + struct.unpack(f"{order}I", body[:4])[0]])
    if len(body) < 20:  # noqa: PLR2004  interface, time in two halves, captured and original length
        raise DamagedCapture("block_length")
    number, high, low, captured, _ = struct.unpack(f"{order}IIIII", body[:20])
    if kind == _OLD_PACKET:  # interface and drop count share the first word
        number = struct.unpack(f"{order}H", body[:2])[0]
    if captured > len(body) - 20:
        raise DamagedCapture("record_length")
    data = body[20 : 20 + captured]
    if number >= len(section.interfaces):
        return Frame(None, _LINK_UNKNOWN, data)
    interface = section.interfaces[number]
    time = (high << 32 | low) * NANOSECONDS // interface.units + interface.offset * NANOSECONDS
    return Frame(_in_range(time), interface.link, data)
