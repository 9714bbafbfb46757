"""Header fields of HTTP/2 (HPACK, RFC 7541), decoding only.

The Huffman code of Appendix B is canonical: lengths decide it, shorter codes first, equal lengths by symbol.
"""

from functools import cache

from sakimori.selection.reading import NotThis

_LENGTHS = """
13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
30
"""
_STATIC = (
    ":authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|"
    ":status=206|:status=304|:status=400|:status=404|:status=500|accept-charset|accept-encoding=gzip, deflate|"
    "accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|"
    "content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|"
    "cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|"
    "last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|"
    "server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate"
)
_END_OF_STRING = 256
_LONGEST_CODE = 30
_LONGEST_NUMBER = 5  # continuation bytes
_USUAL_TABLE, _ENTRY = 4_096, 32
_LARGEST_TABLE = 65_536  # house rule: what the other side allowed cannot be seen here
_SHORTEST_PADDING = 8
_INDEXED, _INCREMENTAL, _RESIZE, _HUFFMAN = 0x80, 0x40, 0x20, 0x80

Field = tuple[bytes, bytes]


@cache
def _codes() -> dict[tuple[int, int], int]:
    """Return the Huffman code: (length, code) to symbol."""
    lengths = [int(text) for text in _LENGTHS.split()]
    found, code, before = {}, 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in enumerate(lengths)):
        code <<= length - before
        found[length, code] = symbol
        code, before = code + 1, length
    return found


@cache
def _static() -> tuple[Field, ...]:
    pairs = (entry.partition("=") for entry in _STATIC.split("|"))
    return tuple((name.encode(), value.encode()) for name, _, value in pairs)


def huffman(data: bytes) -> bytes:
    """Decode a Huffman-coded string; raises `NotThis` when it is not one."""
    codes, found = _codes(), bytearray()
    code = length = 0
    for byte in data:
        for place in range(7, -1, -1):
            code, length = code << 1 | byte >> place & 1, length + 1
            symbol = codes.get((length, code))
            if symbol is not None:
                if symbol == _END_OF_STRING:
                    raise NotThis
                found.append(symbol)
                code = length = 0
            elif length >= _LONGEST_CODE:
                raise NotThis
    if length >= _SHORTEST_PADDING or code != (1 << length) - 1:
        raise NotThis
    return bytes(found)


class Decoder:
    """Decodes the header blocks of one direction, in order; its dynamic table is bounded."""

    def __init__(self) -> None:
        self._dynamic: list[Field] = []
        self._size = 0  # of the table, as RFC 7541 4.1 counts it
        self._most = _USUAL_TABLE
        self._data = b""
        self._place = 0

    def block(self, data: bytes) -> list[Field]:
        """Return the fields of a whole header block; raises `NotThis` when it does not follow the grammar."""
        self._data, self._place = data, 0
        found = []
        while self._place < len(data):
            first = data[self._place]
            if first & _INDEXED:
                found.append(self._entry(self._number(7)))
            elif first & _INCREMENTAL:
                field = self._literal(6)
                self._insert(field)
                found.append(field)
            elif first & _RESIZE:
                self._most = self._number(5)
                if self._most > _LARGEST_TABLE:
                    raise NotThis
                self._evict()
            else:
                found.append(self._literal(4))
        self._data = b""
        return found

    def _number(self, bits: int) -> int:
        value = self._byte() & (1 << bits) - 1
        if value < (1 << bits) - 1:
            return value
        for place in range(_LONGEST_NUMBER):
            byte = self._byte()
            value += (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                return value
        raise NotThis

    def _byte(self) -> int:
        if self._place >= len(self._data):
            raise NotThis
        self._place += 1
        return self._data[self._place - 1]

    def _string(self) -> bytes:
        coded = self._place < len(self._data) and self._data[self._place] & _HUFFMAN
        size = self._number(7)
        text = self._data[self._place : self._place + size]
        if len(text) < size:
            raise NotThis
        self._place += size
        return huffman(text) if coded else text

    def _literal(self, bits: int) -> Field:
        index = self._number(bits)
        name = self._entry(index)[0] if index else self._string()
        return name, self._string()

    def _entry(self, index: int) -> Field:
        static = _static()
        if not 1 <= index <= len(static) + len(self._dynamic):
            raise NotThis
        return static[index - 1] if index <= len(static) else self._dynamic[index - len(static) - 1]

    def _insert(self, field: Field) -> None:
        self._dynamic.insert(0, field)
        self._size += _size(field)
        self._evict()

    def _evict(self) -> None:
        while self._size > self._most:
            self._size -= _size(self._dynamic.pop())


def _size(field: Field) -> int:
    return len(field[0]) + len(field[1]) + _ENTRY
