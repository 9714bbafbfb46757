"""A request as a file for a vendor without an account, and its answers read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sakimori.assets.tables import RowFault
from sakimori.assets.upkeep import sheets
from sakimori.assets.upkeep.sheets import Head
from sakimori.assets.vendors import facts
from sakimori.assets.vendors.payloads import LONGEST_NOTE
from sakimori.errors import SakimoriError
from sakimori.text import Text

MARK = Head("mark", Text("行", "Row"), narrow=True)
ANSWER = Head("answer", Text("回答", "Answer"))
NOTE = Head("note", Text("備考", "Note"))
MAKER = Head("maker", Text("製造者名", "Maker"))
PRODUCT = Head("product", Text("製品名", "Product"))
HEADS = (
    MARK,
    MAKER,
    PRODUCT,
    Head("question", Text("質問", "Question")),
    Head("options", Text("答え方", "How to answer")),
    ANSWER,
    NOTE,
)
LEAD = (
    "「回答」の欄に答えてください。分からないときは「分からない」と書いてください。行や見出しは変えないでください。",
    "Answer in the column 回答 (answer); where it is not known, write 分からない. Leave rows and headings as they are.",
)


@dataclass(slots=True)
class Returned:
    """What a file answers, row by row, as the act takes it; or what is wrong with it."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def cells(items: Sequence[Mapping[str, Any]]) -> list[list[object]]:
    """Return the lines of a request: one a question, with what may stand in its answer."""
    lines: list[list[object]] = []
    for item in items:
        for name in item["asks"]:
            question = facts.questions()[name]
            answered = item["answers"].get(name)
            said = "" if answered is None else facts.say(name, answered).ja
            lines.append(
                [
                    mark(item, name),
                    item["maker"],
                    item["product"],
                    question.text.ja,
                    how(question),
                    said,
                    "",
                ]
            )
    return lines


def mark(item: Mapping[str, Any], name: str) -> str:
    """Return what a line is known by when it comes back: its row, and four signs that no other request has.

    Two requests to one vendor number their rows alike: an answer to the one must never be read as one to the other.
    """
    return f"{item['position']}-{item['id'].hex[:4]}/{name}"


def how(question: facts.Question) -> str:
    """Return how a question is to be answered."""
    offered = "、".join(text.ja for _, text in facts.choices(question))
    plain = {"date": "日付（例 2029-03-31）", "text": "文字"}.get(question.kind, "")
    return f"{offered or plain}、分からない"


def read(data: bytes, items: Sequence[Mapping[str, Any]]) -> Returned:
    """Return what a file answers about these rows; raises `TableError` where it is no such list."""
    asked = {mark(item, name): (item, name) for item in items for name in item["asks"]}
    grid = sheets.read(data, HEADS, ("mark", "answer"))
    said = Returned(faults=list(grid.faults))
    rows: dict[int, dict[str, Any]] = {}
    seen: set[str] = set()
    for line in grid.rows:
        marked = line.get("mark", "")
        if not marked and not line.get("answer"):
            continue
        if marked not in asked or marked in seen:
            mend = Text(
                "この照会のファイルか確かめ、行の記号を元に戻してください。",
                "Check that it is the file of this request, and put the mark of the row back.",
            )
            said.faults.append(
                sheets.fault(line, MARK, f"「{marked}」は尋ねた行ではないか、重なっています。",
                             f"“{marked}” is no row asked about, or stands twice.", mend)
            )  # fmt: skip
            continue
        seen.add(marked)
        item, name = asked[marked]
        renamed = _renamed(line, item)
        said.faults += renamed
        if line.get("note") and not line.get("answer"):
            mend = Text(
                "「回答」にも書いてください。分からないときは「分からない」です。",
                "Write something under 回答 (answer) as well: 分からない (not known) where it is not.",
            )
            said.faults.append(
                sheets.fault(
                    line, ANSWER, "備考だけがあり、回答がありません。", "There is a note without an answer.", mend
                )
            )
        if line.get("answer") and not renamed:
            _take(said, rows, line, item, name)
    said.rows = list(rows.values())
    if not said.rows and not said.faults:
        mend = Text("「回答」の欄に書き込んでください。", "Write into the column 回答 (answer).")
        said.faults.append(
            RowFault(0, ANSWER.heading.ja, Text("回答が一つもありません。", "There is no answer."), mend)
        )
    return said


def _renamed(line: Mapping[str, str], item: Mapping[str, Any]) -> list[RowFault]:
    """Return what is wrong where the vendor wrote over the names: an answer in no answer's place must not be lost."""
    found = []
    for head in (MAKER, PRODUCT):
        written = line.get(head.name)
        if written is not None and _plainly(written) != _plainly(item[head.name]):
            mend = Text(
                "名称の訂正は、名称を尋ねた行の「回答」か備考に書き、この欄は元に戻してください。",
                "Correct a name under 回答 (answer) of the row that asks for it, or as a note; put this cell back.",
            )
            ja = f"「{written[:80]}」は尋ねた名称「{item[head.name][:80]}」と違います。"
            en = f"“{written[:80]}” is not the name asked about, “{item[head.name][:80]}”."
            found.append(sheets.fault(line, head, ja, en, mend))
    return found


def _plainly(text: str) -> str:
    return "".join(text.split())


def _take(
    said: Returned, rows: dict[int, dict[str, Any]], line: Mapping[str, str], item: Mapping[str, Any], name: str
) -> None:
    try:
        kept = facts.read(name, line["answer"])
    except SakimoriError as refused:
        mend = refused.mend or Text("答え方の欄を見てください。", "See how to answer it.")
        said.faults.append(sheets.fault(line, ANSWER, refused.what.ja, refused.what.en, mend))
        return
    row = rows.setdefault(item["position"], {"position": item["position"], "answers": [], "note": ""})
    row["answers"].append({"fact": name, "answer": plain(kept)})
    row["note"] = "\n".join(filter(None, (row["note"], line.get("note", ""))))
    if len(row["note"]) > LONGEST_NOTE:
        said.faults.append(
            sheets.fault(
                line, NOTE, f"一つの製品についての備考は、合わせて{LONGEST_NOTE}文字までです。",
                f"Notes about one product have at most {LONGEST_NOTE} characters together.",
                Text("備考を短くしてください。", "Shorten the notes."),
            )
        )  # fmt: skip
    said.shown.append({"position": item["position"], "product": item["product"], "fact": name, "answer": plain(kept)})


def plain(kept: object) -> str:
    """Return a kept answer as the act takes it in."""
    return ("yes" if kept else "no") if isinstance(kept, bool) else str(kept)
