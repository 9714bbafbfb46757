"""appi.report and espa.change, row by row, argued from 規則7 and 43, and from 推進法54 with the orders' Arts 23-25."""

from dataclasses import fields, replace
from datetime import date

import pytest

from sakimori.law.decisions import personal, plans
from sakimori.law.decisions.personal import LeakFacts
from sakimori.law.decisions.plans import ChangeFacts
from sakimori.law.tables import table

ON = date(2026, 11, 20)


@pytest.mark.parametrize(("key", "record"), [("appi.report", LeakFacts), ("espa.change", ChangeFacts)])
def test_typed_facts_are_the_facts_of_the_table(key, record):
    assert [field.name for field in fields(record)] == list(table(key).facts)


LEAK = LeakFacts(
    entity="private",
    personal_data=True,
    to_become_personal_data=False,
    leaked=True,
    strongly_protected=False,
    sensitive=False,
    ordinance_sensitive=False,
    property_risk=False,
    wrongful_purpose=False,
    persons=10,
    entrusted=False,
)
PUBLIC = replace(LEAK, entity="public")
LONGER = ("report_longer", ("iii",))
LEAKS = [
    (LEAK, "none", ()),
    # 規則7(i)-(iv), one by one.
    (replace(LEAK, sensitive=True), "report", ("i",)),
    (replace(LEAK, property_risk=True), "report", ("ii",)),
    (replace(LEAK, wrongful_purpose=True), "report_longer", ("iii",)),
    # 千人を超える: 1,000 is not more than 1,000.
    (replace(LEAK, persons=1000), "none", ()),
    (replace(LEAK, persons=1001), "report", ("iv",)),
    # The bracket of (i), 高度な暗号化…, defines 個人データ 以下この条: it takes the data out of all items.
    (replace(LEAK, sensitive=True, persons=50000, wrongful_purpose=True, strongly_protected=True), "none", ()),
    # (iii) also covers information 取得しようとしている; the others do not.
    (
        replace(LEAK, personal_data=False, to_become_personal_data=True, wrongful_purpose=True),
        "report_longer",
        ("iii",),
    ),
    (replace(LEAK, personal_data=False, to_become_personal_data=True, persons=5000), "none", ()),
    # Several items: 60 days as soon as (iii) is among them (規則8(2)).
    (replace(LEAK, wrongful_purpose=True, sensitive=True), "report_longer", ("iii", "i")),
    # Neither happened nor may have.
    (replace(LEAK, leaked=False, sensitive=True), "none", ()),
    # 規則9: one who handles it for somebody else and has notified.
    (replace(LEAK, sensitive=True, entrusted=True), "notified_entrusting", ()),
    # Public bodies: 規則43, more than 100 persons; (v) 条例要配慮個人情報.
    (replace(PUBLIC, persons=100), "none", ()),
    (replace(PUBLIC, persons=101), "report", ("iv",)),
    (replace(PUBLIC, ordinance_sensitive=True), "report", ("v",)),
    (replace(LEAK, ordinance_sensitive=True), "none", ()),
    (replace(PUBLIC, sensitive=True), "report", ("i",)),
    (replace(PUBLIC, property_risk=True), "report", ("ii",)),
    (replace(PUBLIC, wrongful_purpose=True), "report_longer", ("iii",)),
]


@pytest.mark.parametrize(("facts", "outcome", "items"), LEAKS)
def test_leak(facts, outcome, items):
    decision = personal.report(facts, ON)
    assert decision.outcome == outcome
    assert decision.values["report"] is outcome.startswith("report")
    assert tuple(hit.values["item"] for hit in decision.hits if "item" in hit.values) == items
    if outcome == "report_longer":
        assert decision.values["rule"] == "appi.full.wrongful"
    elif outcome == "report":
        assert decision.values["rule"] == "appi.full"


def test_while_the_purpose_is_unknown_only_the_length_of_the_period_is_open():
    decision = personal.report(replace(LEAK, sensitive=True, wrongful_purpose=None), ON)
    assert decision.outcome == "open"
    assert decision.values["report"] is True
    assert [question.fact for question in decision.open_questions] == ["wrongful_purpose"]


CHANGE = ChangeFacts(
    stage="before_introduction",
    country_changes=False,
    shortens_only=False,
    enters_band=False,
    emergency=False,
)
CHANGES = [
    # 23(1)(i)-(ii): outline, content; the time of introduction is named in no list and is reported (54(4)).
    ({"item": "facility_outline"}, "important"),
    ({"item": "introduction_content"}, "important"),
    ({"item": "introduction_time"}, "report"),
    # 23(1)(iii), 24(i): supplier.
    ({"item": "supplier_name_or_country"}, "important"),
    ({"item": "supplier_address", "country_changes": True}, "important"),
    ({"item": "supplier_address"}, "minor"),
    ({"item": "supplier_factory", "country_changes": True}, "important"),
    ({"item": "supplier_factory"}, "minor"),
    # 23(1)(iv), 24(ii), 25(2): components, before and after introduction.
    ({"item": "component"}, "important"),
    ({"item": "component", "stage": "after_introduction"}, "report_component"),
    ({"item": "component_supplier_name_or_country"}, "important"),
    ({"item": "component_supplier_address", "country_changes": True}, "important"),
    ({"item": "component_factory"}, "minor"),
    # 23(1)(v), (vii): terms, unless they only shorten; shortening is not minor either, so it is reported.
    ({"item": "outsourcing_terms", "stage": "during_outsourcing"}, "important"),
    ({"item": "outsourcing_terms", "stage": "during_outsourcing", "shortens_only": True}, "report"),
    ({"item": "subcontract_terms", "stage": "before_outsourcing"}, "important"),
    ({"item": "subcontract_terms", "stage": "during_outsourcing", "shortens_only": True}, "report"),
    # 23(1)(vi): after outsourcing only a change of name stays important.
    ({"item": "contractor_name", "stage": "during_outsourcing"}, "important"),
    ({"item": "contractor_country", "stage": "before_outsourcing"}, "important"),
    ({"item": "contractor_country", "stage": "during_outsourcing"}, "report"),
    ({"item": "contractor_address", "stage": "before_outsourcing", "country_changes": True}, "important"),
    ({"item": "contractor_address", "stage": "during_outsourcing", "country_changes": True}, "report"),
    ({"item": "contractor_address", "stage": "during_outsourcing"}, "minor"),
    # 23(1)(vii)ロ, 24(iv)イ: subcontractors alike.
    ({"item": "subcontractor_name", "stage": "during_outsourcing"}, "important"),
    ({"item": "subcontractor_country", "stage": "before_outsourcing"}, "important"),
    ({"item": "subcontractor_country", "stage": "during_outsourcing"}, "report"),
    ({"item": "subcontractor_address", "stage": "before_outsourcing", "country_changes": True}, "important"),
    ({"item": "subcontractor_address", "stage": "during_outsourcing"}, "minor"),
    # 23(1)(viii).
    ({"item": "risk_measures"}, "important"),
    # In neither list.
    ({"item": "representative"}, "report"),
    ({"item": "officers"}, "report"),
    ({"item": "shareholder_set"}, "report"),
    ({"item": "foreign_government_sales"}, "report"),
    # 24(i)ロ: the share is minor unless an increase takes it newly into a band.
    ({"item": "shareholder_share"}, "minor"),
    ({"item": "shareholder_share", "enters_band": True}, "report"),
    # 54(1), (4): after introduction or the end of the period nothing but components.
    ({"item": "officers", "stage": "after_introduction"}, "none"),
    ({"item": "facility_outline", "stage": "after_introduction"}, "none"),
    ({"item": "risk_measures", "stage": "after_outsourcing"}, "none"),
    # 54(3): an urgent important change is filed after it is made; urgency changes nothing for the rest.
    ({"item": "risk_measures", "emergency": True}, "important_emergency"),
    ({"item": "officers", "emergency": True}, "report"),
    # A new version: as the ministry has answered.
    ({"item": "component_version", "ministry_version": "no_change"}, "none"),
    ({"item": "component_version", "ministry_version": "component_change"}, "important"),
    (
        {"item": "component_version", "ministry_version": "component_change", "stage": "after_introduction"},
        "report_component",
    ),
    ({"item": "component_version", "ministry_version": "new_introduction"}, "new_plan"),
]


@pytest.mark.parametrize(("changes", "outcome"), CHANGES)
def test_change_class(changes, outcome):
    decision = plans.change(replace(CHANGE, **changes), ON)
    assert decision.outcome == outcome
    assert decision.values["prior"] is (outcome in {"important", "new_plan"})


@pytest.mark.parametrize("changes", [changes for changes, outcome in CHANGES if outcome == "important"])
def test_every_important_change_may_be_urgent(changes):
    # 54(1) proviso and 54(3): whatever the important change is about.
    decision = plans.change(replace(CHANGE, **{**changes, "emergency": True}), ON)
    assert decision.outcome == "important_emergency"
    assert decision.values["rule"] == "espa.emergency_change"


@pytest.mark.parametrize("item", ["component_supplier_address", "component_factory", "subcontractor_address"])
def test_a_move_abroad_may_be_urgent_too(item):
    facts = replace(CHANGE, item=item, country_changes=True, emergency=True)
    assert plans.change(facts, ON).outcome == "important_emergency"


def test_every_item_that_can_be_named_has_a_class_at_every_stage():
    facts = table("espa.change").facts
    for item in facts["item"].allowed:
        for stage in facts["stage"].allowed:
            decision = plans.change(replace(CHANGE, item=item, stage=stage, ministry_version="no_change"), ON)
            assert decision.outcome != "open"


def test_a_new_version_is_a_question_to_the_ministry():
    decision = plans.change(replace(CHANGE, item="component_version"), ON)
    assert [(question.fact, question.whom) for question in decision.open_questions] == [
        ("ministry_version", "ministry")
    ]


def test_after_the_amendment_of_september_2026_the_table_is_only_likely():
    facts = replace(CHANGE, item="risk_measures")
    assert plans.change(facts, date(2026, 9, 17)).confidence == "certain"
    later = plans.change(facts, date(2026, 9, 18))
    assert later.confidence == "likely"
    assert "54条" in later.reasons[-1].text.ja
