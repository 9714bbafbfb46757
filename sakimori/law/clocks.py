"""The clocks: from a rule, a start and facts to a deadline with its derivation. Pure: only the arguments count.

1. Choose the rule's version and its parameter for the day asked about (`on`; default the start, or the fixed anchor).
2. Variants: a fact may change the start, the article, or say that no number exists.
3. Windows: an event inside runs from the anchor; outside, another rule governs.
4. Count: 民法139, 140, 143 (or the European way), 起算, fiscal years, open days, plain hours; backward for "n before".
5. Adjust: shortening, extension, suspension, stop, each only where an article allows it.
6. Roll filings to national agencies over closed days (行政機関の休日に関する法律2); never waiting periods, never hours.

Example: kyokaho.incident.full from 2026-11-20: day 30 is 2026-12-20, a Sunday; due 2026-12-21.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sakimori.law import adjust, sentences
from sakimori.law.case import Case, Count
from sakimori.law.counting import (
    DAYS_A_WEEK,
    MONTHS_A_YEAR,
    back_days,
    back_months,
    clamp,
    count_days,
    count_months,
    next_fiscal_year,
    next_month,
    plain_hours,
    same_date,
)
from sakimori.law.errors import ImpossibleDateError, LawError
from sakimori.law.facts import Facts
from sakimori.law.lawbook import LawBook
from sakimori.law.model import Deadline, Parameter, Rule, Variant
from sakimori.text import Text

FISCAL_YEAR = "calendar.fiscal_year.first_month"
JAPAN = "Asia/Tokyo"
_CONFIDENCE = ("certain", "likely", "unknown")
zone_of = lru_cache(maxsize=32)(ZoneInfo)


def deadline(
    book: LawBook,
    key: str,
    start: date | datetime,
    *,
    on: date | None = None,
    facts: Mapping[str, object] | None = None,
    known: date | None = None,
) -> Deadline:
    """Return when something is due by the rule `key`, counted from `start`, and why.

    `start`: a date, or a datetime (naive ones are read in the rule's own zone). `on`: the day whose law applies.
    `known`: only what was known on that day. Raises UnknownRuleError, FactError, ImpossibleDateError.
    """
    try:
        return _deadline(book, key, start, facts or {}, on=on, known=known)
    except OverflowError as error:
        raise _impossible(start) from error
    except ValueError as error:
        raise _impossible(start) from error


def _impossible(start: date | datetime) -> ImpossibleDateError:
    return ImpossibleDateError(
        Text(
            f"{start.isoformat()}から数えた日が暦の外に出ます。",
            f"Counting from {start.isoformat()} leaves the calendar.",
        ),
        where=start.isoformat(),
    )


def _deadline(
    book: LawBook, key: str, start: date | datetime, facts: Mapping[str, object], *, on: date | None, known: date | None
) -> Deadline:
    rule = book.rule(key, on or _day(start, JAPAN), known)
    given = Facts(rule, facts)
    given.check()
    day = _day(start, rule.zone)
    anchor = _anchor(book, rule, known)
    asked = on or max(day, anchor or day)
    case = Case(
        book, rule, start, day, given, asked, known, asked=on, start_means=rule.start_means, article=rule.article
    )
    variant = _variant(rule, given)
    if variant is not None:
        case.start_means = variant.start_means or case.start_means
        case.article = variant.article or case.article
        if variant.reason is not None:
            return _answer(case, None, variant.reason)
    if rule.form == "prompt":
        return _prompt(case)
    try:
        period = book.parameter(rule.period or "", asked, known)
    except LawError as error:  # the number ended, or was not known yet
        return _answer(case, None, error.what)
    case.confidence = max(rule.confidence, period.confidence, key=_CONFIDENCE.index)
    if period.unknown:
        return _answer(case, None, period.note)
    if rule.window is not None:
        return _windowed(case, period, anchor)
    return _answer(case, _count(case, period, day), None)


def _day(start: date | datetime, zone: str) -> date:
    if not isinstance(start, datetime):
        return start
    return start.date() if start.tzinfo is None else start.astimezone(zone_of(zone)).date()


def _moment(case: Case) -> datetime:
    zone, start = zone_of(case.rule.zone), case.start
    if isinstance(start, datetime):
        return start.replace(tzinfo=zone) if start.tzinfo is None else start
    case.say(
        Text(
            "時刻が与えられていないので、安全側に0時から数えます。",
            "No time of day was given: counted from 0:00, the safe side.",
        )
    )
    return datetime(start.year, start.month, start.day, tzinfo=zone)


def _variant(rule: Rule, facts: Facts) -> Variant | None:
    for variant in rule.variants:
        if facts.choice(variant.fact) in variant.values:
            return variant
    for variant in rule.variants:
        value = facts.choice(variant.fact)
        if value is not None and not any(other.values == () for other in rule.variants):
            known = sorted({item for other in rule.variants for item in other.values}, key=_naturally)
            raise facts.refuse(
                variant.fact, f"次のいずれかです: {', '.join(known)}", f"must be one of: {', '.join(known)}"
            )
    return None


def _naturally(word: str) -> tuple[int, str]:
    return (int(word), word) if word.isdigit() else (0, word)


def _anchor(book: LawBook, rule: Rule, known: date | None) -> date | None:
    if rule.window is None or rule.window.anchor is None:
        return None
    value = book.parameter(rule.window.anchor, None, known).value
    return value if isinstance(value, date) else None


def _windowed(case: Case, period: Parameter, anchor: date | None) -> Deadline:
    """Answer a rule whose events inside a window run from an anchor, and outside it by another rule."""
    window = case.rule.window
    if window is None:
        return _answer(case, _count(case, period, case.day), None)
    base = anchor or case.day
    event = case.facts.day(window.event) if window.event else case.day
    if event is None:
        case.say(
            Text("窓の内の出来事とみなしました(日付の指定なし)。", "Taken as inside the window (no day was given).")
        )
        return _answer(case, _count(case, period, base), None)
    if event < base and window.before is not None:
        return _other(case, window.before, event, base, early=True)
    end = base
    if window.within is not None:
        width = case.book.parameter(window.within, case.on, case.known)
        end = _span(base, width, counted=window.first_day == "counted")
    if event > end and window.outside is not None:
        return _other(case, window.outside, event, end, early=False)
    if window.within is not None:
        inside, last = sentences.said(event), sentences.said(end, event)
        case.say(
            Text(
                f"{inside.ja}は窓の末日{last.ja}までの出来事です。",
                f"{inside.en} lies within the window, which ends on {last.en}.",
            )
        )
    return _answer(case, _count(case, period, base), None)


def _span(base: date, width: Parameter, *, counted: bool) -> date:
    number = width.value if isinstance(width.value, int) else 0
    if width.unit in ("months", "years"):
        return count_months(base, number * (MONTHS_A_YEAR if width.unit == "years" else 1), first_counted=counted).last
    return count_days(base, number * (DAYS_A_WEEK if width.unit == "weeks" else 1), first_counted=counted).last


def _other(case: Case, key: str, event: date, edge: date, *, early: bool) -> Deadline:
    """Return the answer of the rule that governs outside the window, counted from the event."""
    ruled = _deadline(case.book, key, event, {}, on=case.asked, known=case.known)
    article, day, border = case.book.spoken(ruled.basis), sentences.said(event), sentences.said(edge)
    line = (
        Text(
            f"{day.ja}は{border.ja}より前なので、{article.ja}によります。",
            f"{day.en} is before {border.en}: {article.en} governs.",
        )
        if early
        else Text(
            f"{day.ja}は{border.ja}より後なので、{article.ja}によります。",
            f"{day.en} is after {border.en}: {article.en} governs.",
        )
    )
    return replace(
        ruled, rule=case.rule.key, start=case.start, start_means=case.start_means, derivation=(line, *ruled.derivation)
    )


def _prompt(case: Case) -> Deadline:
    """Answer a rule without a number: nothing is due, unless an office's own target is given."""
    word = case.rule.word or "promptly"
    case.say(sentences.prompt_line(word, case.start_means, case.book.spoken(case.article)))
    target = case.facts.target()
    if target is None:
        reason = sentences.no_number(word)
        if case.rule.guide is not None:
            guide = sentences.guide_line(case.book.parameter(case.rule.guide, case.on, case.known).value)
            reason = Text(f"{reason.ja}{guide.ja}", f"{reason.en} {guide.en}")
        return _answer(case, None, reason)
    number, unit = target
    counted = _measure(case, number, unit, case.day, first_counted=False)
    if word == "as_ordered":  # what an order sets binds
        case.say(sentences.ordered_line(sentences.said(counted.due)))
        return _answer(case, counted, None)
    case.is_target = True
    amount, due = sentences.amount(number, unit), sentences.said(counted.due)
    case.say(
        Text(
            f"事務所の目標 {amount.ja} = {due.ja}(法定の期限ではありません)。",
            f"The office's own target of {amount.en} = {due.en} (not a statutory deadline).",
        )
    )
    return _answer(case, counted, None)


def _count(case: Case, period: Parameter, base: date) -> Count:
    rule = case.rule
    number = period.value if isinstance(period.value, int) else 0
    if rule.form == "calendar":
        return _calendar_date(case, period, base)
    if rule.begins == "next_fiscal_year":
        first_month = case.book.parameter(FISCAL_YEAR, case.on, case.known).value
        base = next_fiscal_year(base, first_month if isinstance(first_month, int) else 1)
        begun = sentences.said(base)
        case.say(Text(f"翌年度の初日は{begun.ja}です。", f"The next fiscal year begins on {begun.en}."))
    if rule.form == "backward":
        return _backward(case, period, number, base)
    midnight = case.facts.flag("midnight")
    counted = _measure(case, number, period.unit, base, first_counted=rule.first_day == "counted" or midnight)
    if isinstance(counted.due, datetime):
        return counted
    counted = adjust.apply(case, counted, base, number=number, unit=period.unit, measure=_measure)
    return _roll(case, counted)


def _measure(case: Case, number: int, unit: str, base: date, *, first_counted: bool) -> Count:
    """Count `number` units forward from `base`, without adjusting or rolling."""
    said = sentences.amount(number, unit)
    if unit == "hours":
        moment = _moment(case)
        return Count(plain_hours(moment, number), said, moment, base)
    if unit == "business_days":
        calendar = case.book.calendars[case.rule.calendar or "jp_national"]
        due, skipped = calendar.business_days(base, number)
        first, _ = calendar.business_days(base, 1)
        return Count(due, said, base, first, skipped=tuple(skipped), open_days=True)
    if unit in ("months", "years"):
        months = number * (MONTHS_A_YEAR if unit == "years" else 1)
        civil = case.rule.method == "civil"
        found = count_months(base, months, first_counted=first_counted) if civil else same_date(base, months)
        return Count(found.last, said, base, found.first, counted=first_counted, months=True, proviso=found.proviso)
    found = count_days(base, number * (DAYS_A_WEEK if unit == "weeks" else 1), first_counted=first_counted)
    return Count(found.last, said, base, found.first, counted=first_counted)


def _backward(case: Case, period: Parameter, number: int, base: date) -> Count:
    if period.unit in ("months", "years"):
        found = back_months(base, number * (MONTHS_A_YEAR if period.unit == "years" else 1))
    else:
        found = back_days(base, number * (DAYS_A_WEEK if period.unit == "weeks" else 1))
    count = Count(found.last, sentences.amount(number, period.unit), base, found.first, sign="-")
    return _roll(case, count)


def _calendar_date(case: Case, period: Parameter, base: date) -> Count:
    if period.unit == "day_of_month":
        first = next_month(base)
        day = period.value if isinstance(period.value, int) else 1
        due = clamp(first.year, first.month, day)
        said = Text(f"翌月{day}日", f"the {day}th of the next month")
    else:
        month, _, number = str(period.value).partition("-")
        due = clamp(base.year, int(month), int(number))
        if due < base:
            due = clamp(base.year + 1, int(month), int(number))
        said = Text(f"次の{int(month)}月{int(number)}日", f"the next {period.value}")
    return _roll(case, Count(due, said, base, base, sign="→"))


def _roll(case: Case, count: Count) -> Count:
    rule = case.rule
    if rule.roll == "none" or isinstance(count.due, datetime):
        return count
    calendar = case.book.calendars[rule.calendar or "jp_national"]
    roll = calendar.roll_forward if rule.roll == "forward" else calendar.roll_backward
    due, passed = roll(count.due)
    return replace(count, rolled=due, passed=tuple(passed)) if passed else count


def _answer(case: Case, count: Count | None, reason: Text | None) -> Deadline:
    rule, book = case.rule, case.book
    in_force = rule.enabled and book.in_force(rule.in_force_by, case.on, case.known)
    in_force = in_force and (rule.valid_until is None or case.on <= rule.valid_until)
    due: date | datetime | None = None
    if count is not None:
        due = count.rolled or count.due
        if not case.is_target:
            case.lines[:0] = _explain(case, count)
    if due is None and not case.lines:
        case.say(reason or _NO_REASON)
    if rule.form == "waiting" and due is not None and not isinstance(due, datetime):
        case.say(sentences.free_line(due + timedelta(days=1), case.day))
    if not in_force:
        case.say(sentences.not_in_force_line(book.spoken(rule.in_force_by), case.on))
    if rule.note is not None:
        case.say(rule.note)
    return Deadline(
        rule=rule.key,
        start=case.start,
        start_means=case.start_means,
        due=due,
        in_force=in_force,
        is_target=case.is_target,
        waiting=rule.form == "waiting",
        basis=case.article,
        confidence="unknown" if due is None and rule.form != "prompt" else case.confidence,
        derivation=tuple(case.lines),
        reason=(reason or _NO_REASON) if due is None else None,
        unit=count.unit if count else "",
        law_digest=book.digest,
    )


_NO_REASON = Text("この規定の数は知られていません。", "The number of this rule is not known.")


def _explain(case: Case, count: Count) -> list[Text]:
    rule, near = case.rule, case.day
    start = sentences.said(count.start)
    word = rule.start_word if case.start_means == rule.start_means else case.start_means
    if rule.window is not None and rule.window.anchor is not None:
        word = Text("施行", "commencement")
    raw = sentences.said(count.unchanged or count.due, near)
    moved = count.rolled or (count.due if count.changed else None)
    rolled = sentences.said(moved, near) if moved and moved != count.unchanged else None
    article = case.book.spoken(case.article)
    lines = [
        sentences.main_line(
            word=word, start=start, sign=count.sign, number=count.amount, raw=raw, due=rolled, article=article
        )
    ]
    lines.extend(count.lines)
    if not isinstance(count.due, datetime) and count.sign == "+":
        if count.open_days:
            lines.append(sentences.open_days_line(count.first, count.due, list(count.skipped), near))
        elif count.months and rule.method == "same_date":
            lines.append(sentences.same_date_line(count.due, proviso=count.proviso, near=near))
        elif not count.changed and rule.method == "civil":
            why = "counted" if rule.zone == JAPAN else "abroad"
            if case.facts.flag("midnight") or rule.first_day_basis == "民法140":
                why = "midnight"
            basis = case.book.spoken(rule.first_day_basis) if rule.first_day_basis else None
            lines.append(
                sentences.first_day_line(
                    count.first, counted=count.counted, why=why, basis=basis if why != "midnight" else None, near=near
                )
            )
            if count.months:
                lines.append(sentences.month_line(count.first, count.due, proviso=count.proviso, near=near))
    if count.rolled is not None:
        basis = case.book.spoken(rule.roll_basis) if rule.roll_basis else None
        lines.append(
            sentences.roll_line(
                list(count.passed), count.rolled, forward=rule.roll == "forward", basis=basis, near=near
            )
        )
    return lines
