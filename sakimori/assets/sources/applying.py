"""From a sheet and its legend to rows by field, as `importing` checks them; rows left out are counted by reason."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sakimori.assets.payloads import LONGEST
from sakimori.assets.sources.legend import LEFT_OUT, Legend, first_of
from sakimori.assets.sources.shapes import Row, Sheet, counted, told_apart
from sakimori.assets.sources.values import SERIAL, day_of
from sakimori.assets.tables import Grid, Read, named
from sakimori.text import Text

_BY_ROW = Text("1行ずつの選択", "one by one")
_HIDDEN = Text("非表示の行", "hidden rows")
_MADE = ("serial", "asset_tag")
_DAYS = ("introduced_on", "support_end")
_TOLD = 200  # characters of a row left out that its record says
_TAIL = 12  # characters of a digest that keep two long keys apart


@dataclass(frozen=True, slots=True)
class Applied:
    """Rows by field, and what was left out or made by us, each with its count.

    `left_out` are the rows that a person left out one by one: line, and what stood in it.
    """

    read: Read
    notes: list[Text]
    left_out: Sequence[tuple[int, str]] = ()


def apply(sheet: Sheet, legend: Legend) -> Applied:
    """Return a sheet's rows by field of ours.

    A field takes the first of its columns that is not empty, then what holds for the whole file. Rows are left out only
    as the legend says (a word, a line, hidden rows), and counted.
    """
    labels = told_apart(sheet.heading)
    places = {name: [labels.index(one) for one in listed if one in labels] for name, listed in legend.columns.items()}
    places = {name: found for name, found in places.items() if found}
    used = {place for listed in places.values() for place in listed}
    ignored = [label for place, label in enumerate(labels) if place not in used and sheet.heading[place]]
    left_out: Counter[Text] = Counter()
    rows = [(row.line, list(row.cells)) for row in _kept(sheet, legend, places, left_out)]
    found = named(Grid(list(sheet.heading), rows, sheet.complete), places, ignored)
    numbers = 0
    for row in found.rows:
        _complete(row, legend)
        numbers += _read_days(row, since_1904=sheet.since_1904)
    made = _make_keys(found.rows) if "key" not in places else 0
    notes = [
        Text(
            f"選択により除いた行: {word.ja or '（空欄）'} {count:,}行",
            f"Rows left out as chosen: {word.en or '(empty)'}, {count:,}",
        )
        for word, count in left_out.most_common()
    ]
    if made:
        notes.append(
            Text(
                f"管理番号の列がないため、製造番号・資産タグ・名称から作りました: {made:,}行",
                f"No column gives a key: made from serial number, asset tag or names, {made:,} rows",
            )
        )
    if numbers:
        notes.append(
            counted(
                numbers,
                "日付の書式のない数値を、Excel の日付の通し番号として読みました",
                "Numbers without a date format, read as Excel's day numbers",
            )
        )
    chosen = [
        (row.line, " / ".join(cell for cell in row.cells if cell.strip())[:_TOLD])
        for row in sheet.rows
        if legend.lines.get(str(row.line)) == LEFT_OUT
    ]
    return Applied(found, notes, chosen)


def _read_days(row: dict[str, str], *, since_1904: bool) -> int:
    """Turn Excel's day numbers into days, where a day is wanted; return how many there were."""
    found = 0
    for name in _DAYS:
        value = row.get(name, "")
        if SERIAL.fullmatch(value):
            day = day_of(value, since_1904=since_1904)
            row[name], found = day or value, found + (day is not None)
    return found


def _kept(sheet: Sheet, legend: Legend, places: Mapping[str, Sequence[int]], left_out: Counter[Text]) -> Iterator[Row]:
    """Yield the rows to take; count the others by the word that leaves them out."""
    leaving = [
        (places[name], {word for word, ours in words.items() if ours == LEFT_OUT})
        for name, words in legend.words.items()
        if name in places and LEFT_OUT in words.values()
    ]
    for row in sheet.rows:
        chosen = legend.lines.get(str(row.line))
        if chosen == LEFT_OUT:
            left_out[_BY_ROW] += 1
        elif row.line in sheet.hidden_lines and not legend.hidden:
            left_out[_HIDDEN] += 1
        else:
            words = () if chosen else (first_of(row.cells, listed) for listed, left in leaving)
            word = next((one for one, (_, left) in zip(words, leaving, strict=False) if one in left), None)
            if word is None:
                yield row
            else:
                left_out[Text(word, word)] += 1


def _complete(row: dict[str, str], legend: Legend) -> None:
    """Translate their words into ours and fill in what holds for the whole file, and names."""
    for name, words in legend.words.items():
        value = row.get(name)
        if value is not None and value in words:
            row[name] = words[value]
    chosen = legend.lines.get(row["_line"])
    if chosen:
        row["unit"] = chosen
    for name, value in legend.fixed.items():
        if value and not row.get(name):
            row[name] = value
    if not row.get("name"):
        row["name"] = row.get("host") or row.get("product") or row.get("address") or ""


def _make_keys(rows: Sequence[dict[str, str]]) -> int:
    """Give every row a key that the same part will have in the next file as well; return how many were made."""
    seen: Counter[str] = Counter()
    for row in rows:
        key = next((row[name] for name in _MADE if row.get(name)), "")
        if not key:
            key = "/".join(part for part in (row.get("host", ""), row.get("name", "")) if part)
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}#{seen[key]}"
        row["key"] = _short(key)
    return len(rows)


def _short(key: str) -> str:
    longest = LONGEST["key"]
    if len(key) <= longest:
        return key
    return f"{key[: longest - _TAIL - 1]}~{hashlib.sha256(key.encode()).hexdigest()[:_TAIL]}"
