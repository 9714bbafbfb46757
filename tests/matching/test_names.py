"""Spelling alone: case, width, punctuation, kana, legal form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.matching import names
from sakimori.matching.book import name_book
from tests.matching.respelling import respelt_makers, respelt_products


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FortiOS", "ＦＯＲＴＩＯＳ"),
        ("BIG-IP", "BigIP"),
        ("サーバー", "ｻｰﾊﾞ"),
        ("サーバー管理", "サーバ管理"),
        ("サ－バ管理", "サーバ管理"),
        ("ひたち", "ヒタチ"),
        ("PAN-OS™", "PAN OS"),
        ("NetScaler®  ADC", "netscaler adc"),
    ],
)
def test_spellings_of_one_product_share_a_key(one, other):
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Struts 1", "Struts 2"), ("IOS", "IOS XE"), ("MELSEC-Q", "MELSEC-L"), ("ビル", "ビルド")]
)
def test_other_products_have_other_keys(one, other):
    assert names.key(one) != names.key(other)


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("富士通株式会社", "富士通"),
        ("株式会社　日立製作所", "日立製作所"),
        ("㈱日立製作所", "日立製作所"),
        ("三菱電機（株）", "三菱電機"),
        ("シスコシステムズ合同会社", "シスコシステムズ"),
        ("Cisco Systems, Inc.", "ciscosystems"),
        ("Fuji Electric Co., Ltd.", "fujielectric"),
        ("Siemens AG", "siemens"),
        ("Schneider Electric S.A.", "schneiderelectric"),
        ("Phoenix Contact GmbH & Co. KG", "phoenixcontact"),
        ("Yokogawa K.K.", "yokogawa"),
        ("Moxa Inc", "moxa"),
    ],
)
def test_legal_forms_are_dropped(written, bare):
    assert names.maker_key(written) == bare


@pytest.mark.parametrize("name", ["株式会社", "Inc.", "SE", "㈱"])
def test_a_name_that_is_only_a_legal_form_is_kept(name):
    assert names.maker_key(name) != ""


def test_a_legal_form_inside_a_name_is_kept():
    assert names.maker_key("AG Software Tools") == "agsoftwaretools"


@given(st.text(max_size=60))
def test_keys_are_stable_and_only_letters_and_digits(text):
    key = names.key(text)
    assert names.key(key) == key
    assert all(letter.isalnum() or letter == "ー" for letter in key)


@given(data=st.data(), maker=st.sampled_from(["富士通", "Cisco Systems", "三菱電機", "フォーティネット", "F5"]))
def test_maker_keys_do_not_depend_on_spelling(data, maker):
    assert names.maker_key(data.draw(respelt_makers(maker))) == names.maker_key(maker)


@given(data=st.data(), product=st.sampled_from(["FortiOS", "Windows Server", "サーバ管理", "BIG-IP", "CENTUM VP"]))
def test_product_keys_do_not_depend_on_spelling(data, product):
    assert names.key(data.draw(respelt_products(product))) == names.key(product)


@pytest.mark.parametrize(
    ("written", "maker"),
    [
        ("富士通", "fujitsu"),
        ("FUJITSU LIMITED", "fujitsu"),
        ("日立", "hitachi"),
        ("Hitachi, Ltd.", "hitachi"),
        ("三菱電機", "mitsubishi-electric"),
        ("Mitsubishi Electric Corporation", "mitsubishi-electric"),
        ("横河電機(株)", "yokogawa"),
        ("シーメンス", "siemens"),
        ("シスコ", "cisco"),
        ("フォーティネットジャパン合同会社", "fortinet"),
        ("パロアルトネットワークス", "palo-alto"),
        ("日本マイクロソフト株式会社", "microsoft"),
        ("日本オラクル", "oracle"),
        ("ジュニパーネットワークス", "juniper"),
        ("イバンティ", "ivanti"),
        ("シトリックス・システムズ・ジャパン(株)", "citrix"),
        ("日本電気株式会社(NEC)", "nec"),
        ("Fortinet(フォーティネット)", "fortinet"),
    ],
)
def test_makers_are_known_under_japanese_and_english_names(written, maker):
    assert name_book().read_maker(written).ids == {maker}


def test_a_joint_name_means_both_makers():
    assert name_book().read_maker("D-Link and TRENDnet").ids == {"d-link", "trendnet"}


def test_an_unknown_maker_stands_for_itself():
    reading = name_book().read_maker("架空計装株式会社")
    assert reading.ids == {"=架空計装"}
    assert not reading.known


@pytest.mark.parametrize("nothing", ["", " ", "*", "-", "n/a", "N/A", "不明", "Unknown", "各社製品*", "複数の製品"])
def test_a_wildcard_names_nobody(nothing):
    book = name_book()
    assert book.is_wildcard(nothing) == (nothing != "各社製品*")
    if nothing != "各社製品*":
        assert book.read_maker(nothing).ids == frozenset()


@pytest.mark.parametrize("name", ["Multiplexer 200", "Allied Telesis", "Anybus", "Nonesuch"])
def test_names_that_only_begin_like_a_wildcard_are_names(name):
    assert not name_book().is_wildcard(name)


def test_generic_words_and_numbers_distinguish_nothing():
    assert name_book().distinctive("FortiGate 100F Security Appliance") == {"fortigate"}
