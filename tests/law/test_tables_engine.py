"""Properties every table of the law must have."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.errors import SakimoriError
from sakimori.law.decisions._words import slots
from sakimori.law.lawbook import book as law_book
from sakimori.law.tables import DATA, decide, table, tables
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


def test_all_files_in_the_directory_are_tables():
    assert len(ALL_TABLES) == len(list(DATA.glob("*.yaml")))
