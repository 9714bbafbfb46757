"""The interpreter of tables, by a small table of its own; and where two names differ."""

from datetime import date, datetime, timedelta

import pytest

from sakimori.errors import SakimoriError
from sakimori.law.decisions._words import first_difference
from sakimori.law.errors import LawDataError
from sakimori.law.lawbook import book as law_book
from sakimori.law.lawbook import build_book
from sakimori.law.tables import TableBook, decide, table_book

SMALL = """
table: small
title: {{ja: 小さな表, en: A small table}}
article: 例1
source: TEST
policy: {policy}
valid_from: 2026-01-01
known_since: 2026-01-01
facts:
  size: {{kind: count, question: {{ja: いくつですか。, en: How many?}}}}
  day: {{kind: date, question: {{ja: いつですか。, en: When?}}}}
  start: {{kind: date, question: {{ja: 始まりはいつですか。, en: When did it start?}}}}
constants:
  limit:
    - {{value: 10, unit: 個, article: 例2, confidence: certain, valid_until: 2026-06-30}}
    - {{value: 20, unit: 個, article: 例2, confidence: likely, valid_from: 2026-07-01}}
  months: {{value: 2, unit: 月, article: 例3, confidence: certain}}
outcomes:
  big: {{ja: 大きいです。, en: Big.}}
  soon: {{ja: すぐです。, en: Soon.}}
  small: {{ja: 小さいです。, en: Small.}}
rows:
  - row: big
    when: {{size: {{at_least: limit}}}}
    outcome: big
    article: 例2
    confidence: certain
    text: {{ja: "{{limit}}以上の{{size}}です。", en: "{{size}} is at least {{limit}}."}}
  - row: soon
    when: {{day: {{within_months: {{of: start, months: months}}}}}}
    outcome: soon
    article: 例3
    confidence: likely
    known_since: 2026-03-01
    text: {{ja: 期間のうちです。, en: Within the period.}}
otherwise:
  outcome: small
  article: 例4
  confidence: certain
  text: {{ja: どれでもありません。, en: Neither.}}
"""


def small(policy: str = "first", **changes: str) -> TableBook:
    text = SMALL.format(policy=policy)
    for old, new in changes.items():
        text = text.replace(old, new)
    return TableBook({"small.yaml": text.encode()}, lambda key, _on: {"test.limit": 5}[key])


def test_constants_have_dated_values():
    book = small()
    assert book.decide("small", {"size": 15}, date(2026, 6, 30)).outcome == "big"
    assert (
        book.decide("small", {"size": 15, "day": date(2027, 1, 1), "start": date(2026, 1, 1)}, date(2026, 7, 1)).outcome
        == "small"
    )
    assert book.decide("small", {"size": 1500}, date(2026, 7, 1)).reasons[0].text.en == "1,500 is at least 20."


def test_a_constant_may_be_a_parameter_of_the_law_book():
    text = SMALL.format(policy="first")
    start, end = text.index("  limit:"), text.index("  months:")
    content = text[:start] + "  limit: {parameter: test.limit}\n" + text[end:]
    book = TableBook({"small.yaml": content.encode()}, lambda key, _on: {"test.limit": 5}[key])
    assert book.decide("small", {"size": 5}, date(2026, 5, 1)).outcome == "big"


def test_a_changed_copy_of_the_law_decides_by_the_copy():
    files = dict(law_book().files)
    name = "parameters/kyokaho_clocks.yaml"
    text = files[name].decode()
    before = next(line for line in text.splitlines() if "kyokaho.notice.designated.width" in line)
    assert "value: 2," in before
    files[name] = text.replace(before, before.replace("value: 2,", "value: 3,")).encode()
    facts = {
        "event": "introduced",
        "newly_listed": False,
        "designated": date(2027, 1, 15),
        "successor": False,
        "introduced": date(2027, 3, 20),
    }
    assert decide("kyokaho.notify.due", facts, date(2027, 3, 20)).outcome == "kyokaho.notice.new"
    copy = table_book(build_book(files))
    assert copy.decide("kyokaho.notify.due", facts, date(2027, 3, 20)).outcome == "kyokaho.notice.designated"


def test_months_are_counted_by_the_civil_code():
    book = small()
    for start, last in [
        (date(2026, 10, 15), date(2026, 12, 15)),  # 民法143(2): the eve of the day after the corresponding one
        (date(2026, 12, 31), date(2027, 2, 28)),  # counted from 1 January: two whole months, January and February
        (date(2027, 2, 28), date(2027, 4, 30)),  # counted from 1 March: to the end of April
    ]:
        facts = {"size": 1, "start": start}
        assert book.decide("small", {**facts, "day": last}, date(2026, 5, 1)).outcome == "soon"
        assert book.decide("small", {**facts, "day": last + timedelta(days=1)}, date(2026, 5, 1)).outcome == "small"


def test_what_was_not_known_yet_does_not_count():
    book = small()
    facts = {"size": 1, "day": date(2026, 1, 2), "start": date(2026, 1, 1)}
    assert book.decide("small", facts, date(2026, 5, 1)).outcome == "soon"
    assert book.decide("small", facts, date(2026, 5, 1), known=date(2026, 2, 1)).outcome == "small"


def test_an_earlier_undecided_row_keeps_the_answer_open():
    book = small()
    decision = book.decide("small", {"day": date(2026, 1, 2), "start": date(2026, 1, 1)}, date(2026, 5, 1))
    assert decision.outcome == "open"
    assert decision.possible == ("big", "soon")
    assert [question.fact for question in decision.open_questions] == ["size"]
    assert decision.confidence == "likely"


def test_policy_all_lists_every_finding_and_asks_for_the_rest():
    book = small(policy="all")
    both = book.decide("small", {"size": 10, "day": date(2026, 1, 2), "start": date(2026, 1, 1)}, date(2026, 5, 1))
    assert both.outcome == "given"
    assert both.outcomes == ("big", "soon")
    partly = book.decide("small", {"size": 10}, date(2026, 5, 1))
    assert partly.outcome == "open"
    assert partly.outcomes == ("big",)
    assert [question.fact for question in partly.open_questions] == ["day", "start"]


def test_a_day_may_be_iso_text_but_not_a_time_or_nonsense():
    book = small()
    facts = {"size": 1, "day": "2026-01-02", "start": "2026-01-01"}
    assert book.decide("small", facts, date(2026, 5, 1)).outcome == "soon"
    for bad in ("2026-02-30", datetime(2026, 1, 2, 3, 4), "soon", 20260102):  # noqa: DTZ001
        with pytest.raises(SakimoriError) as caught:
            book.decide("small", {**facts, "day": bad}, date(2026, 5, 1))
        assert "2026-10-01" in caught.value.explain("ja")
    with pytest.raises(SakimoriError):
        book.decide("small", {"size": -1}, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("    article: 例2\n    confidence", "    confidence", "rows[0].article"),
        ("valid_from: 2026-01-01\nknown", "known", "valid_from"),
        ("at_least: limit", "at_least: 10", "rows[0].when.size.at_least"),
        ("outcome: big\n", "outcome: huge\n", "rows[0]"),
        ("{size: {at_least", "{colour: {at_least", "rows[0].when.colour"),
        ("{at_least: limit}", "{before: limit}", "rows[0].when.size.before"),
        ("{ja: 期間のうちです。, en: Within the period.}", "{ja: 期間のうちです。}", "rows[1].text.en"),
        ("    known_since: 2026-03-01", "    sense: 5", "rows[1].sense"),
        ("row: soon", "row: big", "rows"),
        ("table: small", "table: large", "small.yaml"),
        ("policy: first", "policy: some", "policy"),
    ],
)
def test_incomplete_data_is_refused_with_file_and_key(old, new, where):
    text = SMALL.format(policy="first")
    assert old in text
    with pytest.raises(LawDataError) as caught:
        TableBook({"small.yaml": text.replace(old, new).encode()}, lambda _key, _on: None).table("small")
    assert "small.yaml" in str(caught.value.where)
    assert where in str(caught.value.where)


@pytest.mark.parametrize(
    ("left", "right", "position", "alike"),
    [
        ("Cat-9300", "Cat-9200", 6, False),
        ("Ｃat", "Cat", 1, True),
        ("ABC", "ABCD", 4, False),
        ("ABC ", "ABC", 4, False),
        ("FortiGate", "Fortigate", 6, True),
    ],
)
def test_where_two_names_differ(left, right, position, alike):
    difference = first_difference(left, right)
    assert difference is not None
    assert difference.position == position
    assert difference.looks_alike is alike
    assert str(position) in difference.text.ja
    assert str(position) in difference.text.en


def test_equal_names_do_not_differ():
    assert first_difference("同じ", "同じ") is None
