"""HTTP/2 in clear text with prior knowledge (RFC 9113 3.3), the client's side: authority or host, method, User-Agent.

Path and body are never kept. Header blocks must not be interrupted; damage ends reading, and so does a method that is
no HTTP token.
"""

import re

from sakimori.selection import names
from sakimori.selection.app_http import METHOD, note_agent
from sakimori.selection.facts import Facts
from sakimori.selection.hpack import Decoder, Field
from sakimori.selection.reading import NotThis, Parser, Reader

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEADERS, _CONTINUATION = 1, 9
_END_HEADERS, _PADDED, _PRIORITY = 0x04, 0x08, 0x20
_LARGEST_FRAME, _LARGEST_BLOCK = 1 << 20, 65_536
MOST_READ = 1 << 20  # bytes of header blocks of a flow (house rule)
_METHOD = re.compile(METHOD)
_PRIORITY_SIZE = 5


def stream(reader: Reader, facts: Facts) -> Parser:
    """Read frame after frame behind the preface."""
    facts.protocol = "http2"
    yield from reader.skip(len(PREFACE))
    decoder = Decoder()
    block, open_stream, read = bytearray(), None, 0
    while True:
        head = yield from reader.take(9)
        size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        number = int.from_bytes(head[5:9], "big") & 0x7FFF_FFFF
        if size > _LARGEST_FRAME or (open_stream is not None and (kind, number) != (_CONTINUATION, open_stream)):
            raise NotThis
        if kind not in (_HEADERS, _CONTINUATION):
            yield from reader.skip(size)
            continue
        if kind == _CONTINUATION and open_stream is None:
            raise NotThis
        payload = yield from reader.take(size)
        block += _fragment(payload, flags) if kind == _HEADERS else payload
        read += size
        if read > MOST_READ:
            facts.left_out += 1
            return
        if len(block) > _LARGEST_BLOCK:
            raise NotThis
        open_stream = None if flags & _END_HEADERS else number
        if open_stream is None:
            _note(decoder.block(bytes(block)), facts)
            block.clear()


def _fragment(payload: bytes, flags: int) -> bytes:
    """Return a HEADERS frame's part of the block, without padding and priority."""
    begin, end = 0, len(payload)
    if flags & _PADDED:
        begin, end = 1, end - (payload[0] if payload else 0)
    if flags & _PRIORITY:
        begin += _PRIORITY_SIZE
    if begin > end:
        raise NotThis
    return payload[begin:end]


def _note(fields: list[Field], facts: Facts) -> None:
    first: dict[bytes, bytes] = {}
    for name, value in fields:
        first.setdefault(name, value)
    if b":method" not in first:  # trailers
        return
    if not _METHOD.fullmatch(first[b":method"]):
        raise NotThis
    facts.add("http.version", b"2")
    facts.add("http.method", first[b":method"])
    facts.name(names.from_text(first.get(b":authority") or first.get(b"host", b"")))
    if b"user-agent" in first:
        note_agent(first[b"user-agent"], facts)
