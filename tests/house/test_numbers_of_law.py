"""A date or a duration written outside `sakimori/law` is found; ordinary numbers are not."""

import pytest

from tools.house.numbers_of_law import check
from tools.house.source import Source

IMPORTS = (
    "import datetime\nfrom datetime import date, timedelta as delta\nfrom dateutil.relativedelta import relativedelta\n"
)


def found(line, path="sakimori/incidents/handlers.py"):
    return [finding.line for finding in check(Source(path, IMPORTS + line + "\n"))]


@pytest.mark.parametrize(
    "line",
    [
        "due = start + delta(days=30)",
        "due = start + delta(30)",
        "due = start - delta(hours=-72)",
        "due = start + delta(minutes=2 * 5)",
        "due = start + datetime.timedelta(weeks=1)",
        "due = start + relativedelta(months=2)",
        "day = date(2027, 3, 31)",
        "moment = datetime.datetime(2026, 10, 1, tzinfo=zone)",
        "noon = datetime.time(12)",
        "opening = moment.replace(hour=9)",
        "when = '2026-10-01'",
        "when = f'from 2026-10-01T00:00:00+09:00 on {x}'",
        "when = '令和8年10月1日'",
        "when = '毎年12月29日から'",
        "when = '2027年'",
        "left = days * 86400",
        "left = 24 * 60 * 60",
        "hours = left // 3600",
        "late = (now - start).days > 30",
        "late = (now - start).total_seconds() >= 5",
        "RETENTION_DAYS = 30",
        "self.deadline_hours = 72",
        "quorum: int = 3",
        "remind(operator, days=7)",
    ],
)
def test_written_dates_and_durations_are_found(line):
    assert set(found(line)) == {4}


@pytest.mark.parametrize(
    "line",
    [
        "zero = delta(0)",
        "due = start + delta(days=rule.value)",
        "day = date(year, month, day)",
        "now = start.replace(day=day)",
        "page = 30",
        "size = 24 * 1024",
        "name = 'version 2026-10'",
        "days = rule.value",
        "late = (now - start).days > rule.value",
        "days = 0",
        "mend = '日付として読めません。例: 2026-11-20'",
        "mend = 'Not a date. For example 2026-11-20.'",
        "text = 'CVE-2026-10011'",
        '"""A docstring may say that the act is in force from 2026-10-01."""',
    ],
)
def test_ordinary_code_is_left_alone(line):
    source = Source("sakimori/incidents/handlers.py", line if line.startswith('"""') else IMPORTS + line)
    assert list(check(source)) == []


@pytest.mark.parametrize(
    "path",
    ["sakimori/law/deadlines.py", "sakimori/acts/migrations/0001_initial.py", "tests/acts/test_door.py", "x.txt"],
)
def test_the_law_itself_migrations_and_tests_may_write_dates(path):
    assert found("day = date(2027, 3, 31)", path) == []
