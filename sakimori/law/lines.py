"""One line of the law book, and the parts that hold lines."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to review: its key and one text per column; `marked` where unknown or not in force."""

    key: str
    cells: tuple[str, ...]
    marked: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under common columns; decision tables give a part a heading, an anchor and a lead of its own."""

    anchor: str
    heading: str
    lead: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def line(key: str, cells: tuple[str, ...], *, marked: bool = False) -> Line:
    """Return a line."""
    return Line(key, cells, marked)
