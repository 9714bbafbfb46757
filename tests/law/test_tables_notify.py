"""強化法4, row by row: duty, designation, unit, substitute. Expected answers argued from the text."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.law.decisions import assets, designated, notices
from sakimori.law.decisions.notices import (
    AddresseeFacts,
    ChangeFacts,
    DueFacts,
    DutyFacts,
    ReturnedFacts,
    SubstituteFacts,
    UnitFacts,
)
from sakimori.law.tables import table

ON = date(2026, 11, 20)
TYPED = [
    ("kyokaho.notify", DutyFacts),
    ("kyokaho.notify.unit", UnitFacts),
    ("kyokaho.notify.substitute", SubstituteFacts),
    ("kyokaho.notify.change", ChangeFacts),
    ("kyokaho.notify.returned", ReturnedFacts),
    ("kyokaho.notify.due", DueFacts),
    ("kyokaho.notify.addressee", AddresseeFacts),
]


@pytest.mark.parametrize(("key", "record"), TYPED)
def test_typed_facts_are_the_facts_of_the_table(key, record):
    assert [field.name for field in fields(record)] == list(table(key).facts)


DUTIES = [
    # 強化法4(1) is about 特定重要電子計算機 only.
    (DutyFacts(in_scope=False), "out_of_scope", False),
    # 命令2(1) proviso, second case, with 告示1 of 2026-09-15.
    (DutyFacts(in_scope=True, designated_item="windows"), "exempt_designated", False),
    (DutyFacts(in_scope=True, designated_item="windows_server"), "exempt_designated", False),
    # 命令2(1) proviso, first case: 一の特別社会基盤事業者 …の事業の用に供される.
    (DutyFacts(in_scope=True, designated_item="none", serves="one_operator"), "exempt_own", False),
    # … 親法人等が同一であるもの若しくは一方の者が他方の者の親法人等であるもの.
    (DutyFacts(in_scope=True, designated_item="none", serves="same_group"), "exempt_own", False),
    # Neither: the rule of the main clause.
    (DutyFacts(in_scope=True, designated_item="none", serves="others"), "notify", True),
]


@pytest.mark.parametrize(("facts", "outcome", "must"), DUTIES)
def test_duty(facts, outcome, must):
    decision = notices.duty(facts, ON)
    assert (decision.outcome, decision.values["notify"]) == (outcome, must)


def test_exempt_either_way_is_firm_even_while_the_ground_is_open():
    decision = notices.duty(DutyFacts(in_scope=True, serves="one_operator"), ON)
    assert decision.outcome == "open"
    assert decision.possible == ("exempt_designated", "exempt_own")
    assert decision.values == {"notify": False, "keep_in_register": True}


def test_the_designation_is_only_likely_because_the_notice_was_not_read():
    assert notices.duty(DUTIES[1][0], ON).confidence == "likely"
    assert notices.duty(DUTIES[3][0], ON).confidence == "certain"


BOOL = st.none() | st.booleans()


@given(
    facts=st.builds(
        assets.ComputerFacts,
        *[BOOL, BOOL, st.none() | st.sampled_from(["private", "public_only", "none"])],
        *[BOOL] * 11,
    ),
    item=st.none() | st.sampled_from(["none", "windows", "windows_server"]),
    serves=st.none() | st.sampled_from(["one_operator", "same_group", "others"]),
)
def test_exemption_from_notification_never_changes_scope(facts, item, serves):
    # 命令4 has no exemption like that of 命令2(1): the scope table does not even know the facts of an exemption.
    scope = assets.scope(facts, ON)
    duty = notices.duty(DutyFacts(scope.values.get("in_scope"), item, serves), ON)
    assert not set(table("kyokaho.notify").facts) & set(table("kyokaho.scope").facts)
    if duty.outcome.startswith("exempt"):
        assert scope.values["in_scope"] is True
        assert duty.values["keep_in_register"] is True


NAMES = [
    ("Windows 11 Pro", "Microsoft", "windows"),
    ("Microsoft Windows 10 Enterprise LTSC 2021", "Microsoft Corporation", "windows"),
    ("Ｗｉｎｄｏｗｓ　１１", "日本マイクロソフト株式会社", "windows"),
    ("Microsoft® Windows® 11", None, "windows"),
    ("Windows Server 2022 Datacenter", "Microsoft", "windows_server"),
    ("Microsoft Windows Server 2012 R2", "マイクロソフト", "windows_server"),
    ("WINDOWS SERVER", "", "windows_server"),
    # Another product, whatever it runs on.
    ("Microsoft SQL Server 2022", "Microsoft", "none"),
    ("Red Hat Enterprise Linux 9", "Red Hat", "none"),
    ("OpenWindows", "Sun Microsystems", "none"),
    ("", "Microsoft", "none"),
    # Doubtful: the notice was not readable, so a person decides.
    ("Windows Server Update Services", "Microsoft", None),
    ("Windows 10 IoT Enterprise", "Microsoft", None),
    ("Windows Embedded Standard 7", "Microsoft", None),
    ("Windows 11 Pro", "株式会社架空電機", None),
]


@pytest.mark.parametrize(("product", "maker", "item"), NAMES)
def test_designated_names(product, maker, item):
    found = designated.match(product, maker, ON)
    assert found.item == item
    assert found.why.ja
    assert found.why.en
    if item is None:
        assert found.candidate in {"windows", "windows_server"}


def test_nothing_is_designated_before_the_notice_takes_effect():
    assert designated.match("Windows 11", "Microsoft", date(2026, 9, 30)).item == "none"
    assert designated.match("Windows 11", "Microsoft", date(2026, 10, 1)).item == "windows"


def test_items_of_the_list_are_the_values_of_the_fact():
    keys = {item.key for item in designated.items(ON)}
    assert keys | {"none"} == set(table("kyokaho.notify").facts["designated_item"].allowed)


UNITS = [
    # 命令2(4), 2(5)(iv)-(v): the service and its provider.
    (UnitFacts(cloud_service=True), "cloud_service", True),
    # 命令2(1)(i): アプライアンスに係るハードウェア.
    (UnitFacts(False, True, False, "whole"), "appliance_hardware", True),
    (UnitFacts(False, True, False, "hardware"), "appliance_hardware", True),
    # Item (ii) is about アプライアンス以外, so the firmware inside is no line of its own.
    (UnitFacts(False, True, False, "operating_system"), "inside_appliance", False),
    # 命令2(1)(ii): オペレーティングシステム、ミドルウェア及びアプリケーション.
    (UnitFacts(False, False, True, "operating_system"), "software", True),
    (UnitFacts(False, False, True, "middleware"), "software", True),
    # A device with a dedicated program on which others are usual too is no アプライアンス.
    (UnitFacts(False, True, True, "application"), "software", True),
    (UnitFacts(False, False, True, "whole"), "list_software", False),
    # Its hardware is named neither in (i) nor in (ii).
    (UnitFacts(False, False, True, "hardware"), "hardware_not_notified", False),
]


@pytest.mark.parametrize(("facts", "outcome", "own"), UNITS)
def test_unit(facts, outcome, own):
    decision = notices.unit(facts, ON)
    assert (decision.outcome, decision.values["own_item"]) == (outcome, own)


SAME = SubstituteFacts(
    is_facility_or_component=True,
    espa_paper="plan",
    espa_item_name="中央監視装置 MX-5",
    product_name="中央監視装置 MX-5",
    espa_supplier_name="架空電機株式会社",
    maker_name="架空電機株式会社",
)
SUBSTITUTES = [
    # 命令2(4): both names 同一.
    ({}, "substitute"),
    # 推進法52(11) counts as well.
    ({"espa_paper": "emergency"}, "substitute"),
    # No filing at all; not a facility or 構成設備.
    ({"espa_paper": "none"}, "own_form"),
    ({"is_facility_or_component": False}, "own_form"),
    # One character apart is not 同一: a full-width hyphen, a trailing space, 株式会社 before or after.
    ({"product_name": "中央監視装置 MX−5"}, "names_differ"),
    ({"product_name": "中央監視装置 MX-5 "}, "names_differ"),
    ({"maker_name": "株式会社架空電機"}, "names_differ"),
]


@pytest.mark.parametrize(("changes", "outcome"), SUBSTITUTES)
def test_substitute(changes, outcome):
    decision = notices.substitute(replace(SAME, **changes), ON)
    assert decision.outcome == outcome
    assert decision.values["substitute"] is (outcome == "substitute")


def test_where_names_differ_is_said_in_both_languages():
    decision = notices.substitute(replace(SAME, product_name="中央監視装置 ＭX-5"), ON)
    text = decision.reasons[0].text
    assert "8文字目" in text.ja
    assert "全角と半角" in text.ja
    assert "character 8" in text.en
    assert "fullwidth latin capital letter m" in text.en
    assert decision.values["substitute"] is False


@given(left=st.text(max_size=6), right=st.text(max_size=6))
def test_the_substitute_needs_exact_equality(left, right):
    decision = notices.substitute(replace(SAME, espa_item_name=left, product_name=right), ON)
    assert (decision.outcome == "substitute") is (left == right)
