"""The table of differences between the selection and tshark, each with its reason; differences grouped as it is."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.selection.witness import Difference

TABLE = Path(__file__).with_name("tshark_differences.yaml")
UNEXPLAINED = "unexplained"


@dataclass(frozen=True, order=True)
class Entry:
    """What differs in one capture and one respect: where, a digest of what each sees there, and why."""

    file: str
    what: str
    where: tuple[str, ...]
    seen: str
    why: str = field(default=UNEXPLAINED, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the entry."""
        return self.file, self.what

    def as_dict(self) -> dict[str, Any]:
        """Return the form of the table."""
        return {"file": self.file, "what": self.what, "where": list(self.where), "seen": self.seen, "why": self.why}


@cache
def _document() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text("utf-8")) if TABLE.exists() else {"reasons": {}, "differences": []}


def reasons() -> dict[str, dict[str, str]]:
    """Return the reasons by their key, each in Japanese and English."""
    return dict(_document()["reasons"])


def known() -> dict[tuple[str, str], Entry]:
    """Return the entries of the table by file and respect."""
    read = (
        Entry(row["file"], row["what"], tuple(map(str, row["where"])), row["seen"], row["why"])
        for row in _document()["differences"]
    )
    return {entry.key: entry for entry in read}


def entries(file: str, found: list[Difference]) -> list[Entry]:
    """Return a capture's differences as entries: one for each respect, frames as ranges."""
    made = []
    for what in sorted({difference.what for difference in found}):
        group = [difference for difference in found if difference.what == what]
        told = "\n".join(f"{item.where}|{item.ours}|{item.theirs}" for item in group)
        where = [item.where for item in group]
        shown = _ranges([int(text) for text in where]) if what == "ends" else where
        made.append(Entry(file, what, tuple(shown), hashlib.sha256(told.encode()).hexdigest()[:12]))
    return made


def _ranges(numbers: list[int]) -> list[str]:
    """Write 1, 2, 3, 7 as 1-3 and 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
