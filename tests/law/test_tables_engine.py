"""The interpreter, and properties every table must have."""

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.errors import SakimoriError
from sakimori.law.decisions._words import first_difference, slots
from sakimori.law.errors import LawDataError
from sakimori.law.lawbook import book as law_book
from sakimori.law.lawbook import build_book
from sakimori.law.tables import DATA, TableBook, decide, table, table_book, tables
from tests.law.situations import conditions, constants_of, facts_for, names_in

ALL_TABLES = [one.key for one in tables()]
DAYS = st.dates(date(2023, 11, 17), date(2028, 12, 31))
NAMES = st.sampled_from(["A-100", "Ａ-100", "A-100 ", "B"])


def values_of(spec):
    if spec.kind == "bool":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(sorted(spec.allowed))
    if spec.kind == "date":
        return DAYS
    if spec.kind == "count":
        return st.integers(0, 3_000_000) | st.integers(0, 200)
    return NAMES


@st.composite
def complete(draw, key):
    return {name: draw(values_of(spec)) for name, spec in table(key).facts.items()}


@pytest.mark.parametrize("key", ALL_TABLES)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), on=DAYS)
def test_no_combination_of_allowed_facts_crashes(key, data, on):
    facts = data.draw(complete(key))
    kept = data.draw(st.sets(st.sampled_from(sorted(facts)))) if facts else set()
    decision = decide(key, {name: facts[name] for name in kept}, on)
    assert decision.reasons
    assert decision.basis
    assert decision.as_dict()["table"] == key
    for language in ("ja", "en"):
        assert "{" not in decision.explain(language)
    assert bool(decision.open_questions) == (decision.outcome == "open")


@pytest.mark.parametrize("key", ALL_TABLES)
@settings(max_examples=80, deadline=None)
@given(data=st.data(), on=DAYS)
def test_a_firm_answer_holds_whatever_the_missing_facts_turn_out_to_be(key, data, on):
    facts = data.draw(complete(key))
    kept = data.draw(st.sets(st.sampled_from(sorted(facts)), min_size=len(facts) // 2))
    partial = decide(key, {name: facts[name] for name in kept}, on)
    full = decide(key, facts, on)
    if table(key).policy == "all":
        assert set(partial.outcomes) <= set(full.outcomes)
    elif partial.outcome != "open":
        assert full.outcome == partial.outcome
    else:
        assert full.outcome in (*partial.possible, "open")
    for name, value in partial.values.items():
        assert full.outcome == "open" or full.values[name] == value


@pytest.mark.parametrize("key", ALL_TABLES)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), on=DAYS)
def test_answering_every_question_closes_it(key, data, on):
    facts: dict[str, object] = {}
    for _ in range(len(table(key).facts) + 1):
        decision = decide(key, facts, on)
        if not decision.open_questions:
            break
        question = decision.open_questions[0].fact
        assert question not in facts
        facts[question] = data.draw(values_of(table(key).facts[question]))
    assert decision.outcome != "open"


@pytest.mark.parametrize("key", ALL_TABLES)
def test_every_sentence_is_complete_in_both_languages(key):
    one = table(key)
    sentences = [*one.outcomes.values(), *(spec.question for spec in one.facts.values())]
    for row in (*one.rows, one.otherwise):
        sentences.append(row.text)
        sentences.extend([row.would_change] if row.would_change else [])
    for text in sentences:
        assert text.ja.endswith(("。", "}")), text.ja
        assert any("\u3040" <= letter <= "\u30ff" for letter in text.ja), text.ja
        assert text.en.endswith((".", "?", "}")), text.en
        assert text.en[0].isupper() or text.en[0].isdigit(), text.en
        assert "、。" not in text.ja
        assert "。。" not in text.ja
        assert slots(text) <= set(one.facts) | set(one.constants), text
    for row in one.rows:
        assert row.would_change is not None, row.key
    for spec in one.facts.values():
        assert spec.question.ja.endswith("か。"), spec.question.ja
        assert spec.question.en.endswith("?"), spec.question.en


@pytest.mark.parametrize("key", ALL_TABLES)
def test_every_article_and_source_is_in_the_law_book(key):
    one = table(key)
    for row in (*one.rows, one.otherwise):
        for ref in f"{row.article}、{one.article}".split("、"):
            law_book().article(ref)
        for source in row.source.split(", "):
            assert source in law_book().sources, source
    for name, values in one.constants.items():
        for constant in values:
            if constant.parameter:
                assert law_book().parameter(constant.parameter).value is not None, name
            else:
                law_book().article(constant.article)
                assert constant.source in law_book().sources


@pytest.mark.parametrize("key", ALL_TABLES)
def test_rule_keys_named_by_a_table_are_clocks_of_the_law_book(key):
    for row in (*table(key).rows, table(key).otherwise):
        for name, value in row.values.items():
            if name == "rule" or name.startswith("rule_"):
                law_book().rule(str(value))


@pytest.mark.parametrize("key", ALL_TABLES)
def test_every_fact_outcome_and_constant_is_used(key):
    one = table(key)
    used = {getattr(part, "fact", None) for row in one.rows for part in conditions(row.when)}
    used |= {
        getattr(part, name, None) for row in one.rows for part in conditions(row.when) for name in ("operand", "of")
    }
    used |= {
        getattr(part, name, None) for row in one.rows for part in conditions(row.when) for name in ("other", "months")
    }
    assert set(one.facts) <= used
    texts = [text for row in one.rows for text in (row.text, row.would_change) if text]
    assert set(one.constants) <= used | {name for text in texts for name in slots(text)}
    assert set(one.outcomes) == {row.outcome for row in (*one.rows, one.otherwise)}
    for row in one.rows:
        assert row.excluded_by <= {other.key for other in one.rows}


@pytest.mark.parametrize("key", ALL_TABLES)
def test_every_row_can_be_reached(key):
    # A row that no facts can reach is a mistake in the data. Other facts are answered with no, or left out.
    one = table(key)
    on = max(date(2026, 11, 20), one.valid_from)
    quiet = {"bool": False, "count": 0}
    rest = {name: quiet[spec.kind] for name, spec in one.facts.items() if spec.kind in quiet}
    rest |= {name: "none" for name, spec in one.facts.items() if "none" in spec.allowed}
    for row in one.rows:
        found = False
        for facts in islice(facts_for(key, row), 200):
            reached = {hit.row for given in (facts, {**rest, **facts}) for hit in decide(key, given, on).hits}
            if row.key in reached:
                found = True
                break
        assert found, row.key


@pytest.mark.parametrize("key", ALL_TABLES)
def test_every_number_and_day_matters(key):
    # Moved by one, each constant changes what some row says of some facts.
    one = table(key)
    named = dict(zip(one.constants, constants_of(key), strict=True))
    for name, value in named.items():
        rows = [row for row in one.rows if name in names_in(row.when)]
        step = 1 if isinstance(value, int) else timedelta(days=1)
        assert any(
            not row.when.test({**named, name: moved, **facts})
            for row in rows
            for facts in islice(facts_for(key, row), 2_000)
            for moved in (value - step, value + step)
        ), name


def test_an_unknown_table_is_named_with_those_that_resemble_it():
    with pytest.raises(SakimoriError) as caught:
        decide("kyokaho.skope", {}, date(2026, 11, 20))
    assert "kyokaho.scope" in caught.value.explain("en")
    assert caught.value.code == "law.unknown_table"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("part_of_facility", "yes", "true or false"),
        ("part_of_facility", 1, "true or false"),
        ("connection", "wifi", "private, public_only, none"),
        ("colour", "red", "operator_designated"),
    ],
)
def test_a_wrong_fact_names_table_fact_and_allowed_values(name, value, allowed):
    with pytest.raises(SakimoriError) as caught:
        decide("kyokaho.scope", {name: value}, date(2026, 11, 20))
    message = caught.value.explain("en")
    assert "kyokaho.scope" in message
    assert name in message
    assert allowed in message
    assert caught.value.explain("ja")


def test_none_means_not_known():
    assert decide("kyokaho.scope", {"operator_designated": None}, date(2026, 11, 20)).outcome == "open"


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


def test_all_files_in_the_directory_are_tables():
    assert len(ALL_TABLES) == len(list(DATA.glob("*.yaml")))


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
