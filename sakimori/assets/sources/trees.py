"""Large JSON and XML documents, piece by piece, so that 200 MB never stand in memory as objects.

JSON comes through ijson (the C parser yajl), XML through defusedxml (no entities, no external references).
"""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import ijson
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sakimori.assets.sources.shapes import TableError, refuse

_DEEPEST = 200  # levels of a document (house rule): nothing real comes near
_MEMBER = 2  # depth of a member of a list or object below the top
_START, _END = ("start_map", "start_array"), ("end_map", "end_array")


def outline(data: bytes) -> dict[str, int]:
    """Return the keys of a JSON object, each with the number of things below it (1 for a plain value).

    Raises `TableError` where it is no JSON object, or nested beyond reason.
    """
    found: dict[str, int] = {}
    key, depth = "", 0
    try:
        for event, value in ijson.basic_parse(data, use_float=True):
            if event == "map_key":
                if depth == 1:
                    key = value
                    found.setdefault(key, 0)
                continue
            if event in _END:
                depth -= 1
                continue
            opens = event in _START
            if depth == 0 and event != "start_map":
                raise refuse("JSON のオブジェクトではありません。", "This is no JSON object.")
            if depth == _MEMBER or (depth == 1 and not opens):
                found[key] += 1
            depth += opens
            if depth > _DEEPEST:
                raise _too_deep()
    except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise _no_json() from error
    return found


def _too_deep() -> TableError:
    return refuse(f"入れ子が深すぎます（{_DEEPEST}段超）。", f"It is nested too deep (over {_DEEPEST} levels).")


def items(data: bytes, prefix: str) -> Iterator[Any]:
    """Yield what stands at a path of a JSON document (`components.item`), one after another."""
    try:
        yield from ijson.items(data, prefix, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise _no_json() from error


def first(data: bytes, prefix: str) -> Any:
    """Return the first value at a path, None where there is none."""
    return next(items(data, prefix), None)


def _no_json() -> TableError:
    return refuse("JSON が途中で切れているか、壊れています。", "The JSON is cut short or broken.")


def elements(data: bytes) -> Iterator[tuple[str, Element, int]]:
    """Yield (`start` or `end`, element, depth) of an XML document; whoever takes an element clears it.

    Raises `TableError` where it is no XML, holds entities, or is nested beyond reason.
    """
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
            depth += event == "start"
            if depth > _DEEPEST:
                raise _too_deep()
            yield event, element, depth
            depth -= event == "end"
    except DefusedXmlException as error:
        raise refuse(
            "XML に実体宣言（ENTITY）か外部参照があります。安全のため読みません。",
            "The XML declares entities or refers elsewhere; it is not read, for safety.",
        ) from error
    except (ParseError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise refuse("XML が途中で切れているか、壊れています。", "The XML is cut short or broken.") from error


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: Element) -> str:
    """Return an element's namespace."""
    return element.tag[1:].partition("}")[0] if isinstance(element.tag, str) and element.tag.startswith("{") else ""


def child(element: Element, *path: str) -> Element | None:
    """Return the first descendant by a path of local names."""
    found: Element | None = element
    for name in path:
        found = next((one for one in found if local(one) == name), None) if found is not None else None
    return found


def said(element: Element, *path: str) -> str:
    """Return the text of a descendant by a path of local names; empty where there is none."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""
