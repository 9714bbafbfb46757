"""The ladder of reminders (house rule): some days before a due day, then at even steps after it. Pure.

A rung is named by its days before the due day; after it, by the days since, as a negative number.
"""

from datetime import date, timedelta

from sakimori import law

BEFORE, AFTER = "house.reminder.ladder", "house.reminder.after"


def before() -> tuple[int, ...]:
    """Return the rungs before a due day, the farthest first."""
    value = law.parameter(BEFORE).value
    return tuple(sorted((int(str(one)) for one in value), reverse=True)) if isinstance(value, (list, tuple)) else ()


def every() -> int:
    """Return the days between two rungs after a due day."""
    return int(str(law.parameter(AFTER).value))


def day_of(due: date, rung: int) -> date:
    """Return the day on which a rung falls."""
    return due - timedelta(days=rung)


def current(due: date, today: date) -> int | None:
    """Return the rung last reached on a day; None where none has been reached yet."""
    left = (due - today).days
    if left > 0:
        return min((rung for rung in before() if rung >= left), default=None)
    steps = -left // every()
    return -steps * every() if steps else min(before(), default=None)


def upcoming(due: date, today: date) -> date:
    """Return the next day after `today` on which a rung falls."""
    left = (due - today).days
    ahead = max((rung for rung in before() if rung < left), default=None)
    if ahead is not None:
        return day_of(due, ahead)
    steps = max(1, -left // every() + 1)
    return day_of(due, -steps * every())


def falls_due(due: date, today: date, since: date) -> int | None:
    """Return the rung to remind of on a day, None where there is none: rungs before the duty was known are skipped."""
    rung = current(due, today)
    return None if rung is None or day_of(due, rung) < since else rung
