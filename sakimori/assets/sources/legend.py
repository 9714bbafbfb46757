"""The legend of a sheet: which columns give which field of ours, what their words mean, what holds for the whole file.

Ours is a suggestion (from headings and from values); a person decides, and the decision is kept for the next file of
the same source with the same headings.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sakimori.assets.sources import headings, materials, nmap
from sakimori.assets.sources.shapes import Sheet, told_apart
from sakimori.assets.tables import clean, parse_flag
from sakimori.assets.wording import COLUMNS, CONNECTIONS, FLAGS, SERVES, UNITS
from sakimori.law.eras import day_of

FIELDS = tuple(column.field for column in COLUMNS)
NEEDED = ("facility", "maker", "product", "unit", "introduced_on")
"""Fields every row needs, from a column or for the whole file; key and name are made where no column gives them."""
WORDY = ("facility", "unit", "connection", "serves", *(column.field for column in FLAGS))
"""Fields with words of a list: theirs may have to be told to mean ours."""
FIXABLE = (*NEEDED, "connection", "serves", "asset_owner", "responsible", "position", "host", *(c.field for c in FLAGS))
"""Fields that may hold for a whole file."""
LEFT_OUT = materials.LEFT_OUT
"""What a word means whose rows are left out."""
MOST_WORDS = 200
_SAMPLE = 300
_MOSTLY = 0.8
_HALF = 0.5
_CHOICES: Mapping[str, Mapping[str, Sequence[str]]] = {"unit": UNITS, "connection": CONNECTIONS, "serves": SERVES}
_BILL = {
    "name": ["name"], "product": ["name"], "maker": ["supplier"], "version": ["version"], "unit": ["component type"],
    "host": ["part of"], "cpe": ["cpe"], "purl": ["purl"], "serial": ["serial number"], "asset_tag": ["asset tag"],
    "support_end": ["end of support"],
}  # fmt: skip
_SCAN = {"name": ["host name", "address"], "address": ["address"]}
_SCAN_SERVICES = {"host": ["host name", "address"], "address": ["address"], "name": ["service"]}


@dataclass(slots=True)
class Legend:
    """What a sheet's columns and words mean.

    `columns`: field → headings, the first that is not empty counts. `words`: field → their word → ours, or `-` for
    rows to be left out. `fixed`: field → what holds where the file says nothing. `lines`: line → unit, or `-`, decided
    row by row. `hidden`: whether rows that the workbook hides are taken. `suggested`: whether nobody has
    decided it.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    hidden: bool = True
    suggested: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the legend as plain data."""
        return {"columns": self.columns, "words": self.words, "fixed": self.fixed, "hidden": self.hidden}

    def missing(self) -> list[str]:
        """Return the needed fields that nothing gives yet."""
        return [name for name in NEEDED if not self.columns.get(name) and not self.fixed.get(name)]


def from_dict(data: Mapping[str, Any]) -> Legend:
    """Return a legend from what `as_dict` gave."""
    return Legend(
        {str(name): [str(one) for one in listed] for name, listed in dict(data.get("columns", {})).items()},
        {str(name): dict(found) for name, found in dict(data.get("words", {})).items()},
        dict(data.get("fixed", {})),
        {},
        bool(data.get("hidden", True)),
    )


def digest(heading: Sequence[str]) -> str:
    """Return what identifies a set of headings, in whatever order."""
    return hashlib.sha256("\n".join(sorted(told_apart(heading))).encode()).hexdigest()


def fits(legend: Legend, heading: Sequence[str]) -> bool:
    """Return whether every column a legend names stands in a heading."""
    known = set(told_apart(heading))
    return all(one in known for listed in legend.columns.values() for one in listed)


def giving(sheet: Sheet, format_: str, names: Collection[str]) -> list[str]:
    """Return the labels of the columns that by their heading or the kind of file give one of these fields."""
    labels = told_apart(sheet.heading)
    if format_ == "nmap":  # a scan says little else: addresses, ports, guesses
        naming = nmap.NAMING_SERVICES if nmap.SERVICE in labels else nmap.NAMING_HOSTS
        return [label for label in labels if label not in naming] if names else []
    bill = _BILL if format_ in ("cyclonedx", "spdx") else {}
    theirs = {label for name, listed in bill.items() if name in names for label in listed}
    pairs = zip(labels, sheet.heading, strict=True)
    return [label for label, heading in pairs if label in theirs or headings.field_of(heading) in names]


def is_our_list(heading: Sequence[str]) -> bool:
    """Return whether a heading is our own list's: every needed column once, under our own words."""
    ours = Counter(headings.field_of(name) for name in heading if headings.is_ours(name))
    return all(ours[name] == 1 for name in ("key", "name", *NEEDED)) and max(ours.values()) == 1


def suggest(sheet: Sheet, format_: str, facilities: Mapping[str, str]) -> Legend:
    """Return our suggestion for a sheet: by the kind of file, by its headings, by its values."""
    labels = told_apart(sheet.heading)
    if format_ in ("cyclonedx", "spdx"):
        return _for_bill(sheet)
    if format_ == "nmap":
        columns = _SCAN_SERVICES if nmap.SERVICE in sheet.heading else _SCAN
        return Legend({name: list(listed) for name, listed in columns.items()})
    ours = is_our_list(sheet.heading)
    legend = Legend(suggested=not ours)
    for exact in (True,) if ours else (True, False):
        for label, name in zip(labels, sheet.heading, strict=True):
            found = headings.field_of(name)
            taken = any(label in listed for listed in legend.columns.values())
            if found and not taken and found not in legend.columns and (headings.is_ours(name) or not exact):
                legend.columns[found] = [label]
    if not ours:
        _by_values(sheet, labels, legend, facilities)
    return legend


def _for_bill(sheet: Sheet) -> Legend:
    legend = Legend({name: list(listed) for name, listed in _BILL.items()})
    kinds = Counter(row.cells[0] for row in sheet.rows)
    legend.words["unit"] = {kind: materials.unit_of(kind) for kind, _ in kinds.most_common(MOST_WORDS)}
    return legend


def _by_values(sheet: Sheet, labels: Sequence[str], legend: Legend, facilities: Mapping[str, str]) -> None:
    """Suggest columns by what stands in them, where no heading told."""
    used = {label for listed in legend.columns.values() for label in listed}
    free = [(place, label) for place, label in enumerate(labels) if label not in used]
    known = {_plain(name) for name in facilities}
    tests = {
        "unit": (lambda value: choice("unit", value) is not None, _MOSTLY),
        "facility": (lambda value: _plain(value) in known, _HALF),
        "introduced_on": (lambda value: day_of(value) is not None, _MOSTLY),
    }
    for name, (test, share) in tests.items():
        if name in legend.columns:
            continue
        found = []
        for place, label in free:
            values = [
                row.cells[place] for row in sheet.rows[:_SAMPLE] if place < len(row.cells) and row.cells[place].strip()
            ]
            if values and sum(map(test, values)) >= share * len(values):
                found.append(label)
        if len(found) == 1:
            legend.columns[name] = found


def choice(name: str, value: str) -> str | None:
    """Return what a word of ours stands for in a field with a list of words; None where it is none of ours."""
    if name in _CHOICES:
        folded = _plain(value)
        for code, words in _CHOICES[name].items():
            if folded == code or folded in (_plain(word) for word in words):
                return code
        return None
    flag = parse_flag(value)
    return None if flag is None else "○" if flag else "×"


def options(name: str) -> list[tuple[str, str]]:
    """Return our own words of a field, each with its code."""
    if name in _CHOICES:
        return [(code, words[0]) for code, words in _CHOICES[name].items()]
    return [("○", "○"), ("×", "×")]


def strange_words(sheet: Sheet, legend: Legend, facilities: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return words of mapped columns that are none of ours, by field, each with the number of its rows.

    Words that the legend explains stay in the list, so that a person sees them; for bills of materials every type does.
    """
    labels = told_apart(sheet.heading)
    known = {_plain(name) for name in facilities}
    found: dict[str, dict[str, int]] = {}
    for name in WORDY:
        places = [labels.index(label) for label in legend.columns.get(name, ()) if label in labels]
        if not places:
            continue
        counted: Counter[str] = Counter()
        for row in sheet.rows:
            counted[first_of(row.cells, places)] += 1
        strange = {
            word: count
            for word, count in counted.most_common()
            if word in legend.words.get(name, {})
            or (word and not (_plain(word) in known if name == "facility" else choice(name, word)))
        }
        if strange:
            found[name] = dict(list(strange.items())[:MOST_WORDS])
    return found


def first_of(cells: Sequence[str], places: Sequence[int]) -> str:
    """Return the first cell of these places that is not empty."""
    for place in places:
        value = clean(cells[place]) if place < len(cells) else ""
        if value:
            return value
    return ""


def _plain(value: str) -> str:
    return headings.folded(value)
