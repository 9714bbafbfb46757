"""kyokaho.release, row by row: on which article which information goes to whom. Argued from 強化法38-42, 45, 72."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.law.decisions import releases
from sakimori.law.decisions.releases import ReleaseFacts
from sakimori.law.tables import table
from sakimori.law.terms import term

ON = date(2026, 11, 20)
CLEAN = ReleaseFacts(
    giver="prime_minister",
    recipient="national_agency",
    needed=True,
    contains_selected=False,
    contains_secrets=False,
    purpose_necessary=False,
    from_agreement=False,
    party_consents=False,
    equivalent_protection=False,
    foreign_attack_suspected=False,
    carrier_protection=False,
    vulnerability=False,
    serves_31_2=False,
)
CASES = [
    # 38(1): PM to national agencies, secrets included.
    ({}, "38-1"),
    ({"contains_secrets": True}, "38-1"),
    # Every provision presupposes need.
    ({"needed": False}, "refused"),
    # 38(3): selected information only for 特定被害防止目的 …
    ({"contains_selected": True}, "refused"),
    ({"contains_selected": True, "purpose_necessary": True}, "38-1"),
    # … and, from an agreement, only with the party's prior consent.
    ({"contains_selected": True, "purpose_necessary": True, "from_agreement": True}, "refused"),
    ({"contains_selected": True, "purpose_necessary": True, "from_agreement": True, "party_consents": True}, "38-1"),
    # 38(2): 警察庁及び防衛省 where it serves the tasks of 31(2); otherwise they are national agencies.
    ({"recipient": "npa_defence", "serves_31_2": True}, "38-2"),
    ({"recipient": "npa_defence"}, "38-1"),
    # 38(4): only 総務大臣, only on suspicion of an attack from abroad.
    ({"giver": "internal_affairs_minister", "recipient": "carrier", "foreign_attack_suspected": True}, "38-4"),
    ({"giver": "internal_affairs_minister", "recipient": "carrier"}, "refused"),
    ({"giver": "prime_minister", "recipient": "carrier", "foreign_attack_suspected": True}, "refused"),
    # Selected information may be included where the minister accepts the carrier's protection.
    (
        {
            "giver": "internal_affairs_minister",
            "recipient": "carrier",
            "foreign_attack_suspected": True,
            "contains_selected": True,
            "carrier_protection": True,
        },
        "38-4",
    ),
    (
        {
            "giver": "internal_affairs_minister",
            "recipient": "carrier",
            "foreign_attack_suspected": True,
            "contains_selected": True,
        },
        "refused",
    ),
    # 39: equivalent protection; 提供用 means without selected information, secrets may be in.
    ({"recipient": "foreign_government", "equivalent_protection": True, "contains_secrets": True}, "39"),
    ({"recipient": "foreign_government"}, "refused"),
    ({"recipient": "foreign_government", "equivalent_protection": True, "contains_selected": True}, "refused"),
    # 40(1): the minister in charge to operators, neither selected information nor secrets.
    ({"giver": "minister", "recipient": "operator"}, "40-1"),
    ({"giver": "minister", "recipient": "operator", "contains_secrets": True}, "refused"),
    ({"giver": "minister", "recipient": "operator", "contains_selected": True}, "refused"),
    # 41: the PM to users of 重要電子計算機 and others, or publication.
    ({"recipient": "operator"}, "41"),
    ({"recipient": "computer_user"}, "41"),
    ({"recipient": "public"}, "41"),
    ({"recipient": "public", "contains_secrets": True}, "refused"),
    # The minister in charge has no power under 41.
    ({"giver": "minister", "recipient": "public"}, "refused"),
    # 42(1): PM or the suppliers' minister, about a 脆弱性.
    ({"recipient": "supplier", "vulnerability": True}, "42-1"),
    ({"giver": "supplier_minister", "recipient": "supplier", "vulnerability": True}, "42-1"),
    ({"giver": "minister", "recipient": "supplier", "vulnerability": True}, "refused"),
    ({"recipient": "supplier"}, "refused"),
    ({"recipient": "supplier", "vulnerability": True, "contains_secrets": True}, "refused"),
    # 45(3): prevention information, never with selected information; 72(3) likewise.
    ({"recipient": "council_member", "contains_secrets": True}, "45-3"),
    ({"recipient": "council_member", "contains_selected": True}, "refused"),
    ({"recipient": "contractor"}, "72-3"),
    ({"recipient": "contractor", "contains_selected": True}, "refused"),
]


@pytest.mark.parametrize(("changes", "outcome"), CASES)
def test_release_basis(changes, outcome):
    decision = releases.basis(replace(CLEAN, **changes), ON)
    assert decision.outcome == outcome
    assert decision.values["give"] is (outcome != "refused")
    if outcome != "refused":
        assert term(str(decision.values["class"])).definition.ja


def test_a_refusal_says_what_to_take_out():
    facts = replace(CLEAN, giver="minister", recipient="operator", contains_selected=True, contains_secrets=True)
    assert releases.basis(facts, ON).values["remove"] == ("selected_information",)
    facts = replace(facts, contains_selected=False)
    assert releases.basis(facts, ON).values["remove"] == ("secrets",)


BOOL = st.none() | st.booleans()


@given(
    st.builds(
        ReleaseFacts,
        st.sampled_from(sorted(table("kyokaho.release").facts["giver"].allowed)),
        st.sampled_from(["operator", "computer_user", "public", "supplier"]),
        *[BOOL] * 11,
    )
)
def test_secrets_and_selected_information_never_reach_operators_users_suppliers_or_the_public(facts):
    decision = releases.basis(facts, ON)
    if decision.values.get("give"):
        assert facts.contains_secrets is False
        assert facts.contains_selected is False


def test_typed_facts_are_the_facts_of_the_table():
    assert [field.name for field in fields(ReleaseFacts)] == list(table("kyokaho.release").facts)
