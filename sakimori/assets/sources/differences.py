"""What a list would change in the register: new, changed with old and new, unchanged, missing. Nothing is applied.

A row and a computer are the same by the first stable key that says so: the operator's own key; the serial number; the
asset tag; the name within the facility; the package URL or CPE within the same host. An empty cell says nothing and
changes nothing. Where another source gave what the register holds, a different value is a conflict: a person decides.
"""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

FIELDS = (
    "name", "facility", "maker", "product", "unit", "introduced_on", "version", "serial", "address", "responsible",
    "asset_tag", "position", "asset_owner", "support_end", "host", "cpe", "purl",
)  # fmt: skip
"""Fields compared, besides the facts (`facts.<name>`)."""
FACTS = "facts."
ANSWERED = "answered"
"""The origin of a fact that somebody answered on the site after the list had come in."""
TAKE, KEEP = "take", "keep"


@dataclass(frozen=True, slots=True)
class Known:
    """A computer of the register as a comparison needs it; `values` by field, days in ISO form, facts as `facts.x`."""

    id: str
    key: str
    source: str
    origins: Mapping[str, str]
    values: Mapping[str, Any]


@dataclass(slots=True)
class Change:
    """A row that is a computer of the register, and what it says otherwise: field → [register's, file's, origin]."""

    line: int
    computer: str
    key: str
    by: str
    fields: dict[str, list[Any]]


@dataclass(slots=True)
class Difference:
    """How a list differs from the register; `missing` are computers of the same source that it no longer names."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    missing: list[dict[str, str]] = field(default_factory=list)

    def conflicts(self, source: str) -> dict[str, int]:
        """Return in how many computers each field is given otherwise by another source."""
        counted = Counter(
            name for change in self.changes for name, (_, _, origin) in change.fields.items() if other(origin, source)
        )
        return dict(counted.most_common())


def other(origin: str, source: str) -> bool:
    """Return whether a value came from another source than this one (of what nobody knows, no)."""
    return bool(origin) and origin != source


def compare(rows: Sequence[Mapping[str, Any]], register: Iterable[Known], source: str) -> Difference:
    """Return how checked rows differ from the register of the same operator."""
    finder = _Finder(list(register))
    found = Difference()
    matched = finder.matched(rows)
    for place, row in enumerate(rows):
        known, by = matched.get(place, (None, ""))
        if known is None:
            found.new.append(dict(row))
            continue
        fields = _fields(row, known)
        if by != "key":
            fields.pop("name", None) if by == "name" else None
        if fields:
            found.changes.append(Change(int(row["_line"]), known.id, known.key, by, fields))
        else:
            found.unchanged += 1
    found.missing = [
        {"computer": one.id, "key": one.key, "name": str(one.values["name"]), "product": str(one.values["product"])}
        for one in finder.left()
        if one.source == source
    ]
    return found


def _fields(row: Mapping[str, Any], known: Known) -> dict[str, list[Any]]:
    said = {name: row.get(name) for name in FIELDS} | {f"{FACTS}{name}": value for name, value in row["facts"].items()}
    return {
        name: [known.values.get(name), value, known.origins.get(name, known.source)]
        for name, value in said.items()
        if value not in ("", None) and value != known.values.get(name)
    }


class _Finder:
    """Finds the computer that each row is, each computer once: by the firmest key that says so, in whatever order."""

    def __init__(self, register: list[Known]) -> None:
        self.register = register
        self.by_key = {one.key: one for one in register}
        self.taken: set[str] = set()
        self.indexes: dict[str, dict[tuple[str, ...], list[Known]]] = {}
        for name in _STABLE:
            index: dict[tuple[str, ...], list[Known]] = defaultdict(list)
            for one in register:
                if mark := _mark(name, one.values):
                    index[mark].append(one)
            self.indexes[name] = index

    def matched(self, rows: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Known, str]]:
        """Return place of the row → its computer, and by what. No row takes what a firmer key gives to another."""
        found: dict[int, tuple[Known, str]] = {}
        left = []
        for place, row in enumerate(rows):
            known = self.by_key.get(row["key"])
            if known is None:
                left.append(place)
            elif known.id not in self.taken:
                self.taken.add(known.id)
                found[place] = known, "key"
        for by in _STABLE:
            while step := self._step(by, rows, left):
                found |= {place: (known, by) for place, known in step.items()}
                self.taken |= {known.id for known in step.values()}
                left = [place for place in left if place not in step]
        return found

    def _step(self, by: str, rows: Sequence[Mapping[str, Any]], left: Iterable[int]) -> dict[int, Known]:
        """Return the rows that one stable key tells apart now; of rows alike, the one with the first key."""
        wanted: dict[str, tuple[int, Known]] = {}
        free: dict[tuple[str, ...], list[Known]] = {}
        for place in left:
            row = rows[place]
            mark = _mark(by, row)
            if not mark or mark not in self.indexes[by]:
                continue
            if (*mark, row["unit"]) not in free:
                free |= self._free(by, mark, row["unit"])
            alike = free[*mark, row["unit"]]
            if len(alike) > 1:
                alike = free.get((*mark, row["unit"], row["product"]), [])
            if len(alike) != 1:
                continue
            known = alike[0]
            if known.id not in wanted or row["key"] < rows[wanted[known.id][0]]["key"]:
                wanted[known.id] = place, known
        return dict(wanted.values())

    def _free(self, name: str, mark: tuple[str, ...], unit: str) -> dict[tuple[str, ...], list[Known]]:
        """Return the computers with a mark and of a kind that no row has yet: all, and by product.

        Of several parts of one machine the one of the same product is meant.
        """
        alike = [one for one in self.indexes[name][mark] if one.id not in self.taken and one.values["unit"] == unit]
        found: dict[tuple[str, ...], list[Known]] = {(*mark, unit): alike}
        for one in alike if len(alike) > 1 else ():
            found.setdefault((*mark, unit, str(one.values["product"])), []).append(one)
        return found

    def left(self) -> list[Known]:
        return [one for one in self.register if one.id not in self.taken]


_STABLE: Mapping[str, tuple[str, ...]] = {
    "serial": ("serial",),
    "asset_tag": ("asset_tag",),
    "name": ("name", "facility"),
    "purl": ("purl", "host"),
    "cpe": ("cpe", "host"),
}


def _mark(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what tells a computer by one stable key; nothing where it has none."""
    parts = tuple(str(values.get(part) or "").casefold() for part in _STABLE[name])
    return parts if parts[0] else ()


def packed(found: Difference) -> bytes:
    """Return a difference as it is kept with an upload."""
    return zlib.compress(json.dumps(asdict(found), ensure_ascii=False, default=str).encode())


def unpacked(content: bytes) -> Difference:
    """Return a difference as `packed` kept it."""
    data = json.loads(zlib.decompress(content))
    changes = [Change(**one) for one in data["changes"]]
    return Difference(data["new"], changes, data["unchanged"], data["missing"])


def decided(found: Difference, source: str, decisions: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what to apply of a difference, as rows of a batch, and the fields that still want a decision.

    `decisions`: a field, or `line:field` for one row, → take or keep. A field that no other source gave is taken unless
    decided otherwise.
    """
    rows: list[dict[str, Any]] = [{"op": "new", **row} for row in found.new]
    open_fields: dict[str, None] = {}
    for change in found.changes:
        now: dict[str, Any] = {}
        was: dict[str, Any] = {}
        for name, (old, new, origin) in change.fields.items():
            wanted = decisions.get(f"{change.line}:{name}") or decisions.get(name, "")
            if not wanted and other(origin, source):
                open_fields[name] = None
            elif wanted != KEEP:
                now[name], was[name] = new, old
        if now:
            rows.append({"op": "change", "_line": change.line, "computer": change.computer, "was": was, "now": now})
    return rows, list(open_fields)
