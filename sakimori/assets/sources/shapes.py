"""What every reader gives: sheets of rows of text, and remarks on what of the file was not read or was read specially.

A reader never decides what a row means: it gives cells as a person sees them, and where they stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sakimori.assets.encoding import TableError
from sakimori.text import Text

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Row", "Sheet", "Source", "TableError", "counted", "refuse", "told_apart"]

MOST_ROWS = 500_000
"""Rows of one sheet at most (house rule)."""
MOST_COLUMNS = 500
"""Columns of one sheet at most (house rule)."""
_BROKEN = Text("元のシステムから出し直してください。", "Export it again from where it came.")


class Row(NamedTuple):
    """One row: the line it stands on (of a workbook the row number, of a bill of materials its place) and its cells."""

    line: int
    cells: Sequence[str]


@dataclass(slots=True)
class Sheet:
    """A heading and its rows. `hidden_lines` are rows a workbook hides; `notes` what was read specially.

    `complete` is false where the file ends in the middle of the last row; `since_1904` says how a workbook counts days.
    """

    name: str
    heading: Sequence[str]
    rows: list[Row]
    hidden: bool = False
    hidden_lines: frozenset[int] = frozenset()
    notes: list[Text] = field(default_factory=list)
    complete: bool = True
    since_1904: bool = False


@dataclass(slots=True)
class Source:
    """A file read: its format, its sheets in order, remarks on the file as a whole."""

    format: str
    sheets: list[Sheet]
    remarks: list[Text] = field(default_factory=list)


def refuse(ja: str, en: str, *, where: str | None = None, mend: Text = _BROKEN) -> TableError:
    """Return the refusal of a file as a whole."""
    return TableError(Text(ja, en), where=where, mend=mend)


def counted(count: int, ja: str, en: str) -> Text:
    """Return a remark that names how many there are of something."""
    return Text(f"{ja}: {count:,}", f"{en}: {count:,}")


def told_apart(heading: Sequence[str]) -> list[str]:
    """Return the headings so that each names one column: a second 備考 becomes 備考 (2), an empty one 列3."""
    seen: dict[str, int] = {}
    found = []
    for place, name in enumerate(heading, start=1):
        label = name or f"列{place} / column {place}"
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
