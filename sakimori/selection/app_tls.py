"""The first ClientHello of a TLS stream (RFC 8446, RFC 5246): outer SNI, ALPN, JA4; across records and segments.

JA4: the published TLS client fingerprint (FoxIO, technical details of JA4, BSD licence for this part).
"""

import hashlib

from sakimori.selection import names
from sakimori.selection.facts import Facts
from sakimori.selection.reading import NotThis, Parser, Reader

HANDSHAKE = 22
_CLIENT_HELLO, _SERVER_HELLO = 1, 2
_LARGEST_RECORD, _LARGEST_HELLO = 16_384 + 2_048, 65_536
_SNI, _SIGNATURES, _ALPN, _VERSIONS = 0, 13, 16, 43
_MAJOR, _NEWEST_MINOR, _HELLO_HEAD = 3, 4, 4
_JA4_VERSIONS = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}


def looks_like(head: bytes) -> bool:
    """Say whether six bytes begin a TLS stream: a handshake record that carries a hello."""
    version_fits = head[1] == _MAJOR and head[2] <= _NEWEST_MINOR
    length_fits = 0 < int.from_bytes(head[3:5], "big") <= _LARGEST_RECORD
    return head[0] == HANDSHAKE and version_fits and length_fits and head[5] in (_CLIENT_HELLO, _SERVER_HELLO)


def stream(reader: Reader, facts: Facts) -> Parser:
    """Read handshake records until the first hello is whole."""
    facts.protocol = "tls"
    message = bytearray()
    while True:
        head = yield from reader.take(5)
        length = int.from_bytes(head[3:5], "big")
        if head[0] != HANDSHAKE or not 0 < length <= _LARGEST_RECORD:
            raise NotThis
        message += yield from reader.take(length)
        if message[0] != _CLIENT_HELLO or len(message) > _LARGEST_HELLO:
            return
        if len(message) >= _HELLO_HEAD:
            end = _HELLO_HEAD + int.from_bytes(message[1:4], "big")
            if end > _LARGEST_HELLO:
                return
            if len(message) >= end:
                hello(bytes(message[_HELLO_HEAD:end]), facts)
                return


class _Fields:
    """Reads length-prefixed fields; raises `NotThis` when one is cut off."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, size: int) -> bytes:
        part = self.data[self.position : self.position + size]
        if len(part) < size:
            raise NotThis
        self.position += size
        return part

    def vector(self, size: int) -> bytes:
        return self.take(int.from_bytes(self.take(size), "big"))

    def __bool__(self) -> bool:
        return self.position < len(self.data)


def hello(body: bytes, facts: Facts) -> None:
    """Take a whole ClientHello; raises `NotThis` when its fields do not fit, and then notes nothing but its server."""
    fields = _Fields(body)
    legacy = int.from_bytes(fields.take(2), "big")
    fields.take(32)
    fields.vector(1)
    ciphers = _pairs(fields.vector(2))
    fields.vector(1)
    extensions: list[tuple[int, bytes]] = []
    if fields:
        inside = _Fields(fields.vector(2))
        while inside:
            extensions.append((int.from_bytes(inside.take(2), "big"), inside.vector(2)))
    by_number = dict(reversed(extensions))  # the first of each counts
    server = _server(by_number.get(_SNI))
    if server is not None:
        facts.name(names.from_text(server))
    protocols = _protocols(by_number.get(_ALPN))
    fingerprint = _ja4(legacy, ciphers, extensions, protocols)
    for protocol in protocols:
        facts.add("tls.alpn", protocol)
    facts.add("tls.ja4", fingerprint.encode())


def _pairs(data: bytes) -> list[int]:
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data) - 1, 2)]


def _server(extension: bytes | None) -> bytes | None:
    if not extension:
        return None
    entries = _Fields(_Fields(extension).vector(2))
    while entries:
        kind, value = entries.take(1), entries.vector(2)
        if kind == b"\x00":
            return value
    return None


def _protocols(extension: bytes | None) -> list[bytes]:
    if not extension:
        return []
    entries = _Fields(_Fields(extension).vector(2))
    found = []
    while entries:
        found.append(entries.vector(1))
    return found


def _grease(value: int) -> bool:
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF  # noqa: PLR2004  RFC 8701


def _ja4(legacy: int, ciphers: list[int], extensions: list[tuple[int, bytes]], protocols: list[bytes]) -> str:
    by_number = dict(reversed(extensions))
    offered = [version for version in _pairs(by_number.get(_VERSIONS, b"")[1:]) if not _grease(version)]
    version = _JA4_VERSIONS.get(max(offered, default=legacy), "00")
    ciphers = [cipher for cipher in ciphers if not _grease(cipher)]
    numbers = [number for number, _ in extensions if not _grease(number)]
    first = protocols[0] if protocols else b""
    count_ciphers, count_extensions = min(len(ciphers), 99), min(len(numbers), 99)
    sni = "d" if _SNI in by_number else "i"
    head = f"t{version}{sni}{count_ciphers:02d}{count_extensions:02d}{_alpn_mark(first)}"
    listed = ",".join(f"{number:04x}" for number in sorted(numbers) if number not in (_SNI, _ALPN))
    signatures = ",".join(f"{value:04x}" for value in _pairs(by_number.get(_SIGNATURES, b"")[2:]) if not _grease(value))
    tail = f"{listed}_{signatures}" if signatures else listed
    return f"{head}_{_digest(','.join(f'{cipher:04x}' for cipher in sorted(ciphers)))}_{_digest(tail)}"


def _alpn_mark(first: bytes) -> str:
    if not first:
        return "00"
    ends = bytes((first[0], first[-1]))
    if all(chr(value).isascii() and chr(value).isalnum() for value in ends):
        return ends.decode("ascii")
    shown = first.hex()
    return shown[0] + shown[-1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
