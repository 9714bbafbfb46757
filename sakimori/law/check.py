"""`law check`: what loading cannot see. The entries themselves are already checked when the book is built.

Checked here: every clock the product promises exists and answers; every decision table and term loads; every kind's
in-force article is known; on the day asked about no commencement is still "unknown" past its outer limit.
"""

from datetime import date

from sakimori.law import clocks, tables
from sakimori.law.errors import LawError
from sakimori.law.lawbook import LawBook
from sakimori.text import Text

PROMISED = (
    "kyokaho.notice.new",
    "kyokaho.notice.existing",
    "kyokaho.notice.early_window",
    "kyokaho.notice.designated",
    "kyokaho.notice.facility_order",
    "kyokaho.notice.change",
    "kyokaho.incident.full",
    "espa.standstill",
    "espa.extension",
    "espa.recommendation.reply",
    "espa.grace",
    "espa.name_change",
    "appi.full",
    "appi.full.wrongful",
    "telecom.serious_accident",
    "broadcast.written",
    "electricity.first",
    "electricity.detail",
    "gas.first",
    "gas.detail",
    "railway.written",
    "nis2.early_warning",
    "nis2.notification",
    "nis2.final",
    "gdpr.authority",
    "sec.8k",
    "singapore.first",
    "singapore.supplement",
    "measures.transit.period",
    "measures.inbound.period",
    "measures.outbound.period",
    "custody.retention.max",
    "custody.extension.max",
)


def check(book: LawBook, on: date) -> list[Text]:
    """Return what is wrong with the law book on that day; an empty list means clean."""
    found = [
        Text(f"規定「{key}」がありません。", f"The rule '{key}' is missing.")
        for key in PROMISED
        if key not in book.rule_versions
    ]
    for key in book.rule_versions:
        try:
            clocks.deadline(book, key, on)
        except LawError as error:
            found.append(error.what)
    try:
        tables.tables()
    except LawError as error:
        found.append(Text(f"判定表: {error}", f"Decision tables: {error}"))
    found.extend(_overdue(book, on))
    return found


def _overdue(book: LawBook, on: date) -> list[Text]:
    out = []
    for instrument in book.instruments.values():
        late = sorted({e.number for e in instrument.commencements if e.starts is None and e.latest and e.latest <= on})
        if late:
            numbers = ", ".join(late)
            out.append(
                Text(
                    f"{instrument.name} {numbers}: 施行の限度を過ぎています。施行日を記入してください。",
                    f"{instrument.name} {numbers}: past the outer limit of commencement; enter the day.",
                )
            )
    return out


def state_of(book: LawBook) -> date:
    """Return the day the law data speak of: the newest day on which we learnt something."""
    days = [value.known_since for history in book.parameters.values() for value in history.values]
    days += [rule.known_since for versions in book.rule_versions.values() for rule in versions]
    days += [kind.known_since for versions in book.kind_versions.values() for kind in versions]
    return max(days)
