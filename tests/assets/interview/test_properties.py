"""Rules that hold for any answers: what is not known takes nothing out, an answer only narrows, order is nothing."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.assets.scoping import FacilityFacts, assess
from sakimori.law.tables import table

ON = date(2027, 2, 1)
SCOPE = table("kyokaho.scope").facts
VALUES = {
    **{name: [True, False] for name, spec in SCOPE.items() if spec.kind == "bool" and name != "operator_designated"},
    "connection": sorted(SCOPE["connection"].allowed),
    "serves": sorted(table("kyokaho.notify").facts["serves"].allowed),
    "designated_item": sorted(table("kyokaho.notify").facts["designated_item"].allowed),
}
NAMES = st.sampled_from([("架空装置", "架空社"), ("Windows Server 2022", "Microsoft"), ("Windows IoT", "Microsoft")])
DAYS = st.dates(date(2026, 8, 1), ON)
complete = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})
known = st.sets(st.sampled_from(sorted(VALUES)))


@st.composite
def facilities(draw):
    """Return what is recorded of any facility."""
    return FacilityFacts(
        designated=draw(DAYS),
        successor=draw(st.booleans()),
        in_place_since=draw(st.none() | DAYS),
        order_changed_on=draw(st.none() | DAYS),
        successor_start=draw(st.none() | DAYS),
    )


def part(facts, names):
    return {name: facts[name] for name in names}


def place(facts, names, introduced, facility):
    return assess(facts, names[0], names[1], introduced, facility, ON)


@settings(max_examples=400)
@given(complete, known, NAMES, DAYS, facilities())
def test_what_is_decided_on_little_is_decided_the_same_on_everything(facts, little, names, introduced, facility):
    before = place(part(facts, little), names, introduced, facility)
    after = place(facts, names, introduced, facility)
    assert after.scope in ("in", "out")
    if before.scope != "open":
        assert after.scope == before.scope
    if before.clause:
        assert after.clause == before.clause
    if before.notify != "open":
        assert after.notify == before.notify
    if before.rule is not None:
        assert (after.rule, after.begins) == (before.rule, before.begins)


@settings(max_examples=400)
@given(complete, known, known, NAMES, DAYS, facilities())
def test_an_answer_only_narrows_what_is_possible(facts, little, more, names, introduced, facility):
    before = place(part(facts, little), names, introduced, facility)
    after = place(part(facts, little | more), names, introduced, facility)
    for decision in ("scope", "notify"):
        assert set(after.content[decision]["possible"]) <= set(before.content[decision]["possible"])
    asked = {one["fact"] for one in before.content["scope"]["open_questions"]}
    still = {one["fact"] for one in after.content["scope"]["open_questions"]}
    assert still <= asked - (little | more)


@settings(max_examples=200)
@given(complete, known, st.data(), NAMES, DAYS, facilities())
def test_the_order_of_answers_does_not_matter(facts, little, data, names, introduced, facility):
    ordered = data.draw(st.permutations(sorted(little)))
    one = place(part(facts, ordered), names, introduced, facility)
    other = place(part(facts, sorted(little)), names, introduced, facility)
    assert one == other
