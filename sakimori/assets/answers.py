"""A checked list as machines want it: one object a row, with what the law makes of it and what is wrong with it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sakimori import law
from sakimori.assets import importing, refusing
from sakimori.assets.importing import Checked
from sakimori.assets.scoping import Assessment, FacilityFacts, assess


def dumps(data: Mapping[str, Any]) -> str:
    """Return plain data as JSON text, days in ISO form."""
    return json.dumps(data, ensure_ascii=False, default=str)


def answers(checked: Checked, facilities: Mapping[str, FacilityFacts], today: date) -> Iterator[dict[str, Any]]:
    """Yield one object a row of the file, in order.

    Keys: row, line, key, in_scope, clause, notify, unit, due, basis, reasons, errors. Of a faulty row only the errors
    are said; good rows are answered even where others are faulty (nothing is imported then all the same).
    """
    errors: dict[int, list[dict[str, object]]] = {}
    for fault in checked.faults:
        errors.setdefault(fault.line, []).append(refusing.told(fault))
    rows = {row["_line"]: row for row in checked.candidates}
    due: dict[tuple[str, date], date | None] = {}
    for number, line in enumerate(checked.lines, start=1):
        row, wrong = rows[line], errors.get(line, [])
        said = {"row": number, "line": line, "key": row["key"]}
        if wrong:
            yield {**said, **_NOTHING, "errors": wrong}
            continue
        introduced = importing.day(row["introduced_on"])
        answer = assess(row["facts"], row["product"], row["maker"], introduced, facilities[row["facility"]], today)
        yield {**said, **_said(answer, due, today), "unit": row["unit"], "errors": []}


_NOTHING: Mapping[str, Any] = {
    "in_scope": None, "clause": "", "notify": "", "unit": "", "due": None, "basis": [], "reasons": [],
}  # fmt: skip


def _said(answer: Assessment, due: dict[tuple[str, date], date | None], today: date) -> dict[str, Any]:
    last = None
    if answer.rule is not None and answer.begins is not None:
        counted = (answer.rule, answer.begins)
        if counted not in due:
            found = law.deadline(answer.rule, answer.begins, on=today).due
            due[counted] = date.fromisoformat(found.isoformat()[:10]) if found else None
        last = due[counted]
    reasons = [
        {**reason["text"], "article": reason["article"]}
        for decision in answer.content.values()
        for reason in decision["reasons"]
    ]
    basis = [article for decision in answer.content.values() for article in decision["basis"]]
    return {
        "in_scope": {"in": True, "out": False}.get(answer.scope),
        "clause": answer.clause,
        "notify": answer.notify,
        "due": last,
        "basis": list(dict.fromkeys(basis)),
        "reasons": reasons,
    }
