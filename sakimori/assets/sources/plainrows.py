"""The rows of a worksheet as nearly every program writes them, cut out of the XML by their tags; the rest is parsed.

An XML parser calls back three times a cell; a list of 50,000 rows has a million cells. A sheet that the parser has
found well formed, in UTF-8 and without comments, CDATA or prefixes holds `<` at tags only, so its rows can be found by
searching, and a row whose cells all have the common shape is read by one expression. ECMA-376 Part 1, 18.3.1.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEAD = 1024
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_UNUSUAL = (b"<!--", b"<![CDATA[", b":row", b":c ", b":c>", b"rPh")
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]*"((?: [a-z]+="[^"<>]*")*) ?(?:/>|>'
    r"(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
    r"(?:<v(?: xml:space=\"preserve\")?>([^<]*)</v>|<is><t(?: xml:space=\"preserve\")?>([^<]*)</t></is>|<v ?/>)?</c>)"
)
_TAG = re.compile(r'(?: [\w:]+="[^"<>]*")* ?')
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class PlainRow(NamedTuple):
    """A row: its attributes, its cells, and where one of them has another shape the whole element to be parsed.

    A cell is the letters of its column, its other attributes as they stand, its formula's element, its value, its text.
    """

    attributes: dict[str, str]
    cells: list[tuple[str, str, str, str, str]]
    element: bytes


def is_plain(data: bytes) -> bool:
    """Return whether a well formed worksheet can be cut at its tags."""
    declared = _ENCODING.search(data[:_HEAD])
    if declared is not None and declared.group(1).upper() not in (b"UTF-8", b"ASCII", b"US-ASCII"):
        return False
    return b"<sheetData" in data and data.count(b"<?") <= 1 and not any(mark in data for mark in _UNUSUAL)


def rows(data: bytes) -> Iterator[PlainRow]:
    """Yield the rows of a worksheet that `is_plain`."""
    start = data.find(b"<row")
    while start >= 0:
        end = data.find(b">", start)
        if data[start + 4 : start + 5] not in (b" ", b">", b"/", b"\n", b"\t", b"\r"):  # <rowBreaks
            start = data.find(b"<row", end)
            continue
        tag = data[start + 4 : end].decode()
        if tag.endswith("/"):
            yield PlainRow({}, [], data[start : end + 1])
            start = data.find(b"<row", end)
            continue
        close = data.find(b"</row", end)
        body = data[end + 1 : close].decode()
        cells = _CELL.findall(body)
        # Every cell must have been read, and nothing may stand between them.
        marks = body.count("<c ") + body.count("<c>") + body.count("<c/") + body.count("<c\n") + body.count("<c\t")
        if len(cells) == marks and "<extLst" not in body and _TAG.fullmatch(tag):
            yield PlainRow(dict(_ATTRIBUTE.findall(tag)), cells, b"")
        else:
            yield PlainRow({}, [], data[start:close] + b"</row>")
        start = data.find(b"<row", close)


def columns(data: bytes) -> bytes:
    """Return the element that describes the sheet's columns, empty where it has none; it stands before the rows."""
    head = data[: data.find(b"<sheetData")]
    start, end = head.find(b"<cols"), head.find(b"</cols")
    return head[start:end] + b"</cols>" if 0 <= start < end else b""


def attributes(text: str) -> dict[str, str]:
    """Return the attributes of an element as they stand in its tag."""
    return {name: plain(value) for name, value in _ATTRIBUTE.findall(text)}


def plain(text: str) -> str:
    """Return the text that a piece of XML stands for: references resolved, line ends as XML 1.0 2.11 wants them."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    return _NAMED[name] if name else chr(int(hexadecimal, 16) if hexadecimal else int(decimal))
