"""A stocktake's list on paper or in a spreadsheet: written for people without an account, read back as an answer.

A file may come back weeks later: what counts is what its writer changed, told by comparing with what it was given out
with (`ISSUED`, the time, stands in every row). Where the register has changed in the same cell since, somebody decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from sakimori.assets import editions, saying
from sakimori.assets.payloads import LONGEST
from sakimori.assets.sources.values import day_written
from sakimori.assets.tables import RowFault
from sakimori.assets.upkeep import sheets
from sakimori.assets.upkeep.sheets import Grid, Head
from sakimori.text import Text

UNCHANGED, CHANGED, GONE = "変更なし", "変更", "廃止"
_ANSWERS = {
    "": UNCHANGED, "変更なし": UNCHANGED, "変わりない": UNCHANGED, "変わりなし": UNCHANGED, "なし": UNCHANGED,
    "unchanged": UNCHANGED, "no change": UNCHANGED,
    "変更": CHANGED, "変更あり": CHANGED, "changed": CHANGED,
    "廃止": GONE, "撤去": GONE, "廃棄": GONE, "retired": GONE,
}  # fmt: skip
_EPOCH, _TICK = datetime.fromtimestamp(0, UTC), timedelta.resolution
_LONGEST_ISSUED = 15  # signs of a time in hexadecimal behind its letter: some thousand years
_LONGEST_NEW = 3900  # characters that the names of what is new have together: they stand in the answer's note
_LETTER = "t"  # so that no spreadsheet takes the signs for a number
TOLD = ("maker", "product", "version", "serial", "address", "responsible", "name")
KEY = Head("key", Text("管理番号", "Key"))
ANSWER = Head("answer", Text("回答", "Answer"), (UNCHANGED, CHANGED, GONE), narrow=True)
DAY = Head("day", Text("変わった日・廃止した日", "Day of the change or retirement"), is_day=True)
ISSUED = Head("issued", Text("控え（変えない）", "Issued (leave it)"), narrow=True)
_HEADS = (
    KEY,
    Head("name", Text("名称", "Name")),
    ANSWER,
    DAY,
    Head("maker", Text("製造者名", "Maker")),
    Head("product", Text("製品名", "Product")),
    Head("version", Text("版", "Version"), narrow=True),
    Head("serial", Text("製造番号", "Serial number")),
    Head("address", Text("アドレス", "Address")),
    Head("responsible", Text("担当", "Responsible")),
    ISSUED,
)
LEAD = (
    "変わったところだけを書いてください。変わっていない行には何も書かなくて構いません。",
    "変わったとき: 新しい値に書き換え、「回答」を「変更」にし、変わった日を入れてください（例 2026-11-02）。",
    "使わなくなったとき: 「回答」を「廃止」にし、廃止した日を入れてください。",
    "新しく入ったもの: 最後の行に、管理番号を空けたまま名称を書いてください。担当者が登録します。",
    "行や見出しは消さないでください。",
    "Write only what is different. Change the value, put 変更 (changed) or 廃止 (retired) under 回答, give the day.",
)
_BY_NAME = {head.name: head for head in _HEADS}


@dataclass(slots=True)
class Returned:
    """What a list that came back says: changes, retirements, names of what is new; or what is wrong with it.

    `conflicts` are cells that its writer changed and that the register has changed meanwhile to something else: no
    change of theirs is in `changes`. `already` counts rows whose changes are on record; `stale` cells that only look
    different because the file is older than the register.
    """

    changes: list[dict[str, Any]] = field(default_factory=list)
    retired: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, str]] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    already: int = 0
    stale: int = 0
    faults: list[RowFault] = field(default_factory=list)


def heads() -> list[Head]:
    """Return the columns of a list: those that this installation keeps."""
    names = editions.kept(head.name for head in _HEADS)
    return [head for head in _HEADS if head.name in names]


def cells(row: Mapping[str, Any], now: datetime | None = None) -> list[object]:
    """Return the cells of one computer's line, the answer left empty; `now` is when the list is given out."""
    told = {**row, "issued": "" if now is None else f"{_LETTER}{(now - _EPOCH) // _TICK:x}"}
    return [told.get(head.name, "") for head in heads()]


def _issued(row: Mapping[str, str]) -> datetime | None:
    """Return when a line was given out; None where its cell is empty or was written over."""
    text = row.get("issued", "")
    plain = text.isascii() and text.isalnum() and len(text) <= _LONGEST_ISSUED
    if not plain or not text.startswith(_LETTER):
        return None
    try:
        return _EPOCH + int(text[len(_LETTER) :], 16) * _TICK
    except ValueError:
        return None


class _Since:
    """What the register held when a line was given out, found from everything that has changed since."""

    def __init__(self, changed: Iterable[Mapping[str, Any]]) -> None:
        self.of: dict[str, list[Mapping[str, Any]]] = {}
        self.retired: set[str] = set()
        for one in changed:
            self.of.setdefault(str(one["computer"]), []).append(one)
            if one["event"] == "retired":
                self.retired.add(str(one["key"]))

    def then(self, known: Mapping[str, Any], issued: datetime | None) -> dict[str, str]:
        """Return the cells of a computer as they were given out; by default at the beginning of the stocktake."""
        held = {name: str(known[name] or "") for name in TOLD}
        for one in reversed(self.of.get(str(known["id"]), [])):
            if issued is not None and one["recorded_at"] <= issued:
                break
            held.update({name: str(old or "") for name, (old, _) in (one["fields"] or {}).items() if name in held})
        return held


def read(
    data: bytes, rows: Iterable[Mapping[str, Any]], today: date, changed: Sequence[Mapping[str, Any]] = ()
) -> Returned:
    """Return what a list that came back says of the computers on it; raises `TableError` where it is no list.

    `changed` is what has changed since the stocktake began, in order (rows of `assets.stocktake_changes`).
    """
    return compared(lines(data), rows, today, changed)


def lines(data: bytes) -> Grid:
    """Return the lines of a list that came back; raises `TableError` where it is no list."""
    return sheets.read(data, heads(), ("key", "answer"))


def compared(
    grid: Grid, rows: Iterable[Mapping[str, Any]], today: date, changed: Sequence[Mapping[str, Any]] = ()
) -> Returned:
    """Return what the lines of a list say of the computers on it, as `read` does."""
    there, since = {str(row["key"]): row for row in rows}, _Since(changed)
    said = Returned(faults=list(grid.faults))
    seen: set[str] = set()
    length = 0
    for row in grid.rows:
        key = row.get("key", "")
        if not key:
            if row.get("name"):
                said.new.append(row["name"])
                length += len(row["name"]) + 1
                if length > _LONGEST_NEW:
                    said.faults.append(_too_many_new(row))
            continue
        if key in since.retired and key not in there and _ANSWERS.get(_plainly(row)) in (GONE, UNCHANGED):
            said.already += 1
        elif key not in there:
            said.faults.append(_strange(row, key))
        elif key in seen:
            said.faults.append(_twice(row, key))
        else:
            seen.add(key)
            _take(said, row, there[key], today, since)
    for key in sorted(set(there) - seen):
        mend = Text(
            "行を元に戻すか、使わなくなったなら廃止と書いてください。", "Put the row back, or write 廃止 (retired)."
        )
        what = Text(f"管理番号「{key}」の行がありません。", f"The row of “{key}” is missing.")
        said.faults.append(RowFault(0, KEY.heading.ja, what, mend))
    return said


def _plainly(row: Mapping[str, str]) -> str:
    return row.get("answer", "").strip().casefold()


def _too_many_new(row: Mapping[str, str]) -> RowFault:
    mend = Text(
        "新しいものは「取込」で登録し、この行を除いてください。", "Import what is new as a list, and take this row out."
    )
    return sheets.fault(
        row, _BY_NAME["name"], f"新しいものの名称は、合わせて{_LONGEST_NEW}文字までです。",
        f"The names of what is new have at most {_LONGEST_NEW} characters together.", mend,
    )  # fmt: skip


def _strange(row: Mapping[str, str], key: str) -> RowFault:
    mend = Text(
        "この担当者の一覧か確かめてください。新しいものは管理番号を空けてください。",
        "Check that this is the list of this person. Leave the key empty for what is new.",
    )
    return sheets.fault(row, KEY, f"一覧にない管理番号「{key}」です。", f"The key “{key}” is not on this list.", mend)


def _twice(row: Mapping[str, str], key: str) -> RowFault:
    mend = Text("一行だけ残してください。", "Leave one row.")
    return sheets.fault(row, KEY, f"管理番号「{key}」が二度あります。", f"The key “{key}” stands twice.", mend)


def _take(said: Returned, row: Mapping[str, str], known: Mapping[str, Any], today: date, since: _Since) -> None:
    then = since.then(known, _issued(row))
    now = {name: str(known[name] or "") for name in TOLD}
    differs = {name: row[name] for name in TOLD if name in row and row[name] != then[name]}  # by whoever filled it in
    said.stale += sum(1 for name in TOLD if name in row and name not in differs and row[name] != now[name])
    answer = _ANSWERS.get(_plainly(row))
    if answer == UNCHANGED and not row.get("answer") and differs:
        answer = CHANGED
    fault = _contradiction(row, answer, differs)
    if fault is not None:
        said.faults.append(fault)
        return
    if answer is None or answer == UNCHANGED:
        return
    day = _day(said, row, known, today)
    too_long = answer == CHANGED and _too_long(said, row, differs)
    if day is None or too_long:
        return
    if answer == CHANGED:
        differs = _left(said, known, day, (then, now), differs)
    if answer == GONE or differs:
        _record(said, known, answer, day, differs)


def _contradiction(row: Mapping[str, str], answer: str | None, differs: Mapping[str, str]) -> RowFault | None:
    """Return what does not fit together in a row: an answer that is none, or one that its cells speak against."""
    if answer is None:
        mend = Text(
            "変更なし、変更、廃止のどれかにしてください。",
            "Write 変更なし (unchanged), 変更 (changed) or 廃止 (retired).",
        )
        what = f"「{row['answer']}」は読めません。", f"“{row['answer']}” is no answer."
        return sheets.fault(row, ANSWER, *what, mend)
    if answer == UNCHANGED and differs:
        mend = Text("回答を「変更」にするか、値を元に戻してください。", "Write 変更 (changed), or put the value back.")
        named = "、".join(_BY_NAME[name].heading.ja for name in differs)
        told = ", ".join(_BY_NAME[name].heading.en for name in differs)
        what = f"変更なしとありますが、{named}が違います。", f"It says unchanged, but {told} differs."
        return sheets.fault(row, ANSWER, *what, mend)
    if answer == CHANGED and not differs:
        mend = Text(
            "新しい値を書くか、回答を「変更なし」にしてください。", "Write the new value, or 変更なし (unchanged)."
        )
        what = "変更とありますが、違う値がありません。", "It says changed, but nothing differs."
        return sheets.fault(row, ANSWER, *what, mend)
    return None


def _left(
    said: Returned,
    known: Mapping[str, Any],
    day: date,
    held: tuple[Mapping[str, str], Mapping[str, str]],
    differs: Mapping[str, str],
) -> dict[str, str]:
    """Return what of a row is to be recorded: neither what is on record already, nor what somebody must decide.

    `held` is what the register held when the list was given out, and what it holds now.
    """
    then, now = held
    left = {name: value for name, value in differs.items() if value != now[name]}
    if not left:
        said.already += 1
    for name in [name for name in left if now[name] != then[name]]:
        said.conflicts.append(_conflict(known, name, then[name], left.pop(name), day))
    return left


def _conflict(known: Mapping[str, Any], name: str, then: str, value: str, day: date) -> dict[str, str]:
    return {
        "computer": str(known["id"]), "key": str(known["key"]), "field": name, "day": day.isoformat(),
        "then": then, "now": str(known[name] or ""), "value": value,
    }  # fmt: skip


def _changed(known: Mapping[str, Any], name: str, value: str) -> str:
    return f"{_BY_NAME[name].heading.pick(saying.language())}: {known[name] or '–'} → {value or '–'}"


def _record(said: Returned, known: Mapping[str, Any], answer: str, day: date, differs: Mapping[str, str]) -> None:
    computer = str(known["id"])
    if answer == GONE:
        said.retired.append({"computer": computer, "retired_on": day.isoformat()})
        differs = {}
    else:
        was = {name: str(known[name] or "") for name in differs}
        said.changes.append({"computer": computer, "changed_on": day.isoformat(), **differs, "was": was})
    said.shown.append(
        {
            "key": str(known["key"]),
            "name": str(known["name"]),
            "event": "retired" if answer == GONE else "changed",
            "day": day.isoformat(),
            "told": gettext("; ").join(_changed(known, name, value) for name, value in differs.items()),
        }
    )


def _day(said: Returned, row: Mapping[str, str], known: Mapping[str, Any], today: date) -> date | None:
    mend = Text("2026-11-02 か 令和8年11月2日 のように書いてください。", "Write it like 2026-11-02 or 令和8年11月2日.")
    typed = row.get("day", "")
    if not typed:
        said.faults.append(
            sheets.fault(row, DAY, "変わった日がありません。", "The day of the change is missing.", mend)
        )
        return None
    day = day_written(typed)
    if day is None:
        said.faults.append(sheets.fault(row, DAY, f"「{typed}」は日付ではありません。", f"“{typed}” is no day.", mend))
        return None
    if not known["introduced_on"] <= day <= today:
        mend = Text("導入日から今日までの日にしてください。", "It must lie between the day of introduction and today.")
        said.faults.append(
            sheets.fault(
                row, DAY, f"「{typed}」は導入前か未来です。", f"“{typed}” is before its introduction or to come.", mend
            )
        )
        return None
    return day


def _too_long(said: Returned, row: Mapping[str, str], differs: Mapping[str, str]) -> bool:
    found = False
    for name, value in differs.items():
        needed = name in ("maker", "product", "name") and not value
        if len(value) > LONGEST[name] or needed:
            mend = Text(
                f"{LONGEST[name]}文字以内で、空にしないでください。", f"At most {LONGEST[name]} characters, not empty."
            )
            said.faults.append(
                sheets.fault(row, _BY_NAME[name], "空か、長すぎます。", "It is empty or too long.", mend)
            )
            found = True
    return found
