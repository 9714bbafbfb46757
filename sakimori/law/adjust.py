"""Changing a running clock where an article allows it: extension, shortening, suspension, stop (推進法52(3)-(5))."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sakimori.law import sentences
from sakimori.law.case import Case, Count
from sakimori.text import Text

Measure = Callable[..., Count]


def apply(case: Case, count: Count, base: date, *, number: int, unit: str, measure: Measure) -> Count:
    """Return the count after the changes given as facts, in the order extension, shortening, suspension, stop.

    Raises FactError for a shortening longer than the period, an extension beyond its limit, a stop before the start.
    """
    count = _extend(case, count, base, measure)
    count = _shorten(case, count, base, number=number, unit=unit, measure=measure)
    count = _suspend(case, count)
    return _stop(case, count)


def _day(count: Count) -> date:
    return count.due.date() if isinstance(count.due, datetime) else count.due


def _changed(case: Case, count: Count, due: date, article: str, said: Text) -> Count:
    stands, day = case.book.spoken(article), sentences.said(due, case.day)
    line = Text(f"{said.ja}{day.ja}({stands.ja})。", f"{said.en} {day.en} ({stands.en}).")
    first = count.unchanged or _day(count)
    return replace(count, due=due, changed=True, unchanged=first, lines=(*count.lines, line))


def _extend(case: Case, count: Count, base: date, measure: Measure) -> Count:
    article, given = case.rule.adjust.extend, case.facts.number("extended")
    if article is None or given is None:
        return count
    unit = "days"
    if case.rule.adjust.extend_limit is not None:
        limit = case.book.parameter(case.rule.adjust.extend_limit, case.on, case.known)
        unit = limit.unit
        if isinstance(limit.value, int) and given > limit.value:
            most = sentences.amount(limit.value, unit)
            raise case.facts.refuse("extended", f"延長は{most.ja}までです。", f"may be at most {most.en}.")
    longer = measure(case, given, unit, base, first_counted=count.counted)
    due = max(_day(count), _day(longer))
    said = sentences.amount(given, unit)
    return _changed(case, count, due, article, Text(f"{said.ja}に延長: ", f"Extended to {said.en}:"))


def _shorten(case: Case, count: Count, base: date, *, number: int, unit: str, measure: Measure) -> Count:
    article = case.rule.adjust.shorten
    if article is None or "shortened" not in case.facts.given:
        return count
    if case.facts.is_date("shortened"):
        due = case.facts.day("shortened") or _day(count)
    else:
        fewer = case.facts.number("shortened") or 0
        if not fewer or fewer > number:
            raise case.facts.refuse("shortened", f"1以上{number}以下です。", f"must be from 1 to {number}.")
        due = _day(measure(case, fewer, unit, base, first_counted=count.counted))
    if not case.day <= due <= _day(count):
        raise case.facts.refuse(
            "shortened",
            "短縮後の末日は開始日から元の末日までの間です。",
            "must end between the start and the original end.",
        )
    return _changed(case, count, due, article, Text("短縮: ", "Shortened:"))


def _suspend(case: Case, count: Count) -> Count:
    article, days = case.rule.adjust.suspend, case.facts.number("suspended")
    if article is None or days is None:
        return count
    due = _day(count) + timedelta(days=days)
    said = sentences.amount(days, "days")
    return _changed(
        case, count, due, article, Text(f"停止した{said.ja}を加算: ", f"Stopped for {said.en}, which are added:")
    )


def _stop(case: Case, count: Count) -> Count:
    article, day = case.rule.adjust.stop, case.facts.day("stopped")
    if article is None or day is None:
        return count
    if day < case.day:
        raise case.facts.refuse("stopped", "開始日より前です。", "is before the start.")
    if day >= _day(count):
        return count
    return _changed(case, count, day, article, Text("期間はここで終了: ", "The period ended here:"))
