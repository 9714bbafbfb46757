"""Which registered products an advisory touches: the labelled set, and what may never change an answer."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.matching import Advisory, Grade, ProductIndex, RegisteredProduct, Ruling
from sakimori.matching.book import Maker, NameBook, name_book
from sakimori.matching.terms import read_advisory, read_registered
from sakimori.text import Text
from tests.matching.respelling import respelt_makers, respelt_products

LABELLED = yaml.safe_load(Path(__file__).with_name("labelled.yaml").read_text(encoding="utf-8"))
ROWS = [(label, *row) for label, rows in LABELLED.items() for row in rows]


def advisory(vendor, product, **more):
    values = {"id": "CVE-2026-0001", "source": "試験", "title": "", "versions": None, "published": date(2026, 11, 1)}
    return Advisory(**values | {"known_exploited": True, "ransomware": None} | more, vendor=vendor, product=product)


def matches(maker, product, vendor, advised, **more):
    return ProductIndex([RegisteredProduct("p1", "架空電力", maker, product)]).match(advisory(vendor, advised, **more))


@pytest.mark.parametrize(("label", "maker", "product", "vendor", "advised"), ROWS)
def test_labelled_set(label, maker, product, vendor, advised):
    found = matches(maker, product, vendor, advised)
    grades = {match.grade for match in found}
    if label == "warn":
        assert grades in ({Grade.EXACT}, {Grade.ALIAS})
    elif label == "none":
        assert grades <= {Grade.SUGGESTED}
    else:
        assert grades == set()


def test_the_labelled_set_is_large_enough_and_nothing_is_told_in_error_across_rows():
    assert len(ROWS) >= 150
    told = {(row[0], row[1], row[2], row[3]) for row in LABELLED["none"] + LABELLED["apart"]}
    index = ProductIndex(RegisteredProduct(f"{n}", "o", row[1], row[2]) for n, row in enumerate(ROWS))
    for vendor, advised in {(row[3], row[4]) for row in ROWS}:
        for pair in index.match_pairs(advisory(vendor, advised)):
            assert not (pair.grade.warns and (pair.maker, pair.product, vendor, advised) in told)


def test_exact_means_the_same_names():
    assert matches("FORTINET", "Forti-OS", "Fortinet", "FortiOS")[0].grade is Grade.EXACT
    assert matches("フォーティネット", "FortiOS", "Fortinet", "FortiOS")[0].grade is Grade.ALIAS
    assert matches("Fortinet", "FortiGate 60F", "Fortinet", "FortiOS")[0].grade is Grade.ALIAS


def test_only_exact_and_alias_warn():
    assert [grade for grade in Grade if grade.warns] == [Grade.EXACT, Grade.ALIAS]


def test_the_reason_names_both_sides_and_leaves_the_version_to_the_operator():
    reason = matches("富士通", "PRIMERGY", "Fujitsu", "PRIMERGY")[0].reason
    for text in reason:
        assert "PRIMERGY" in text
        assert "Fujitsu" in text
        assert "富士通" in text
    assert "版は届出事項でない" in reason.ja
    assert "事業者が確認する" in reason.ja
    assert "operator must check" in reason.en


def test_published_versions_are_told_but_not_judged():
    found = matches("Fortinet", "FortiOS", "Fortinet", "FortiOS", versions="7.2.0–7.2.4")
    assert found[0].grade is Grade.EXACT
    assert "7.2.0–7.2.4" in found[0].reason.ja
    assert "7.2.0–7.2.4" in found[0].reason.en


def test_a_name_without_product_is_at_most_a_suggestion_and_the_text_helps():
    summary = "Fortinet FortiOS, FortiProxy, and FortiSwitchManager contain a vulnerability."
    assert (
        matches("Fortinet", "FortiGate 60F", "Fortinet", "Multiple Products", summary=summary)[0].rule
        == "wildcard-named"
    )
    assert matches("Fortinet", "FortiMail", "Fortinet", "Multiple Products", summary=summary)[0].rule == "wildcard"
    assert matches("Cisco", "IOS", "Fortinet", "Multiple Products", summary=summary) == []


def test_a_product_that_contains_the_advised_one_is_suggested():
    found = matches("レッドハット", "Red Hat Enterprise Linux 8", "Linux", "Kernel")
    assert [(match.grade, match.rule) for match in found] == [(Grade.SUGGESTED, "inside")]


def test_a_slip_of_the_pen_and_a_reseller_are_suggested_never_told():
    assert matches("Fotinet", "FortiOS", "Fortinet", "FortiOS")[0].grade is Grade.SUGGESTED
    assert matches("架空システム販売", "FortiOS", "Fortinet", "FortiOS")[0].grade is Grade.SUGGESTED


def test_every_machine_of_a_spelling_is_found_and_operators_are_counted():
    products = [
        RegisteredProduct("p2", "甲", "Fortinet", "FortiOS"),
        RegisteredProduct("p1", "乙", "Fortinet", "FortiOS"),
        RegisteredProduct("p3", "乙", "フォーティネット", "FortiGate 60F"),
        RegisteredProduct("p4", "丙", "Cisco", "IOS"),
        RegisteredProduct("p5", "丁", "Fotinet", "FortiOS"),
    ]
    index = ProductIndex(products)
    found = index.match(advisory("Fortinet", "FortiOS"))
    assert [(match.product_id, match.grade.value) for match in found] == [
        ("p1", "exact"),
        ("p2", "exact"),
        ("p3", "alias"),
        ("p5", "suggested"),
    ]
    assert index.operators(advisory("Fortinet", "FortiOS")) == {"乙": 2, "甲": 1}
    assert len(index.pairs) == 4


def test_makers_related_by_purchase_meet_but_siblings_do_not():
    assert matches("Broadcom", "ESXi", "VMware", "ESXi")[0].rule == "succession"
    assert matches("VMware", "ESXi", "Broadcom", "ESXi")[0].grade is Grade.ALIAS
    assert not any(match.grade.warns for match in matches("Symantec", "ESXi", "VMware", "ESXi"))


def test_two_makers_that_sell_the_same_third_one_s_products_are_not_the_same_maker():
    nothing = dict.fromkeys(("words", "wildcards", "qualifiers", "wildcard_beginnings"), frozenset())
    sellers = [Maker(name, Text(name, name), frozenset({name}), ("third",)) for name in ("first", "second")]
    book = NameBook([*sellers, Maker("third", Text("third", "third"), frozenset({"third"}), ())], [], nothing)
    index = ProductIndex([RegisteredProduct("p1", "o", maker, "Router X") for maker in ("first", "third")], book=book)
    told = [pair.maker for pair in index.match_pairs(advisory("Second", "Router X")) if pair.grade.warns]
    assert told == ["third"]


def test_two_advisories_without_a_product_are_not_taken_for_one():
    index = ProductIndex([RegisteredProduct("p1", "o", "Fortinet", "FortiMail")])
    rules = [
        index.match(advisory("Fortinet", "Multiple Products", summary=summary))[0].rule
        for summary in ("Fortinet FortiWeb contains a weakness.", "Fortinet FortiMail contains a weakness.")
    ]
    assert rules == ["wildcard", "wildcard-named"]


@pytest.mark.parametrize("product", ["*", "", "n/a", "Multiple Products", "Multiple Archer Devices", "複数の製品"])
def test_a_wildcard_has_no_terms_on_either_side(product):
    assert read_advisory(name_book(), "TP-Link", product).terms == {}
    assert read_registered(name_book(), "TP-Link", product).terms == {}


def test_a_list_is_taken_apart_but_its_generic_words_are_no_names():
    terms = {what for _, what in read_advisory(name_book(), "NAKIVO", "Backup and Replication").terms}
    assert terms == {"=backupandreplication"}
    listed = {what for _, what in read_advisory(name_book(), "Mitel", "MiCollab, MiVoice Business Express").terms}
    assert listed >= {"=micollab", "=mivoicebusinessexpress"}


def ruling(*, same):
    return Ruling("Fortinet", "FortiOS", "架空システム販売", "FortiGate 100F", same, "裁定 7")


def test_a_person_may_decide_that_a_guess_is_right_and_the_reason_says_who():
    product = RegisteredProduct("p1", "o", "架空システム販売株式会社", "ＦｏｒｔｉＧａｔｅ 100F")
    found = ProductIndex([product], rulings=[ruling(same=True)]).match(advisory("Fortinet Inc", "FortiOS"))
    assert [(match.grade, match.rule) for match in found] == [(Grade.ALIAS, "ruling")]
    assert "裁定 7" in found[0].reason.ja
    assert "裁定 7" in found[0].reason.en


def test_a_person_may_decide_that_a_match_is_wrong_for_this_name_only():
    wrong = Ruling("Fortinet", "FortiOS", "Fortinet", "FortiGate 100F", same=False, by="裁定 8")
    products = [RegisteredProduct("p1", "o", "Fortinet", name) for name in ("FortiGate 100F", "FortiGate 60F")]
    found = ProductIndex(products, rulings=[wrong]).match_pairs(advisory("Fortinet", "FortiOS"))
    assert [pair.product for pair in found] == ["FortiGate 60F"]


PRODUCTS = [RegisteredProduct(f"p{n:03}", f"o{n % 7}", row[1], row[2]) for n, row in enumerate(ROWS)]
ADVISED = sorted({(row[3], row[4]) for row in ROWS})
WARNING_ROWS = [tuple(row) for row in LABELLED["warn"]]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(WARNING_ROWS))
def test_spelling_never_changes_whether_an_advisory_warns(data, row):
    maker, product, vendor, advised = row
    other = matches(
        data.draw(respelt_makers(maker)),
        data.draw(respelt_products(product)),
        data.draw(respelt_products(vendor)),
        data.draw(respelt_products(advised)),
    )
    assert [match.grade.warns for match in other] == [True]


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(ADVISED))
def test_the_order_of_products_does_not_matter(random, advised):
    shuffled = list(PRODUCTS)
    random.shuffle(shuffled)
    assert ProductIndex(shuffled).match(advisory(*advised)) == ORDERED.match(advisory(*advised))


ORDERED = ProductIndex(PRODUCTS)
UNRELATED = st.builds(
    RegisteredProduct,
    st.uuids().map(str),
    st.just("新"),
    st.sampled_from(["Fortinet", "シスコ", "架空計装", "", "*", "Microsoft", "株式会社"]) | st.text(max_size=12),
    st.sampled_from(["FortiOS", "Server", "Windows", "*", "", "サーバ"]) | st.text(max_size=12),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(UNRELATED, max_size=8), st.sampled_from(ADVISED))
def test_what_is_registered_beside_it_never_changes_what_is_said_about_a_product(others, advised):
    wider = ProductIndex([*PRODUCTS, *others]).match(advisory(*advised))
    assert [match for match in wider if match.operator != "新"] == ORDERED.match(advisory(*advised))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_text_gets_an_answer_with_reasons_in_both_languages(maker, product, vendor, advised):
    for match in matches(maker, product, vendor, advised):
        assert match.reason.ja
        assert match.reason.en
