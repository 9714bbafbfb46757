"""One box over what this viewer may see: found through the door, recorded, and nothing of anybody else's."""

import pytest
from django.urls import reverse

from sakimori.acts import parts, reading
from sakimori.acts.models import ReadRecord
from sakimori.pages.finding import has_article, words_of
from sakimori.web import rooms, search
from tests.support.deployment import viewer
from tests.support.incidents import reported
from tests.support.warning import carry, match, notify, provide, release
from tests.web import scene


def _groups(client, typed):
    answer = client.get(reverse("search"), {"q": typed})
    assert answer.status_code == 200
    return {group.name: group for group in answer.context["groups"]}


def test_everything_searched_is_a_list_the_door_can_cut():
    for find in (*rooms.finds(), *search.OWN):
        assert parts.is_listing(find.query), find.query


@pytest.mark.parametrize(
    ("word", "basis", "hit"),
    [
        ("強化法5", ["強化法5"], True), ("強化法5条", ["強化法5(2)"], True), ("強化法5", ["強化法50"], False),
        ("強化法", ["強化法5"], False), ("命令4", ["命令4(3)"], True), ("５", ["5"], True),
    ],
)  # fmt: skip
def test_articles_are_found_by_their_number(word, basis, hit):
    assert has_article(basis, word) is hit


def test_what_is_typed_is_folded_and_bounded():
    assert words_of("　ＶＰＮ 装置  ") == ["vpn", "装置"]
    assert len(words_of("a " * 50)) <= 6
    assert words_of("x" * 1000) == ["x" * 100]


@pytest.mark.django_db
def test_nothing_typed_says_how_to_search(enter):
    page = enter("power", "viewer").get(reverse("search")).content.decode()
    assert "強化法5" in page
    assert "You find only what you may see" in page


@pytest.mark.django_db
def test_an_operator_finds_its_own_by_two_characters(enter, parties):
    scene.play()
    client = enter("power", "reporter", language="ja")
    groups = _groups(client, "監視")
    assert {one.title for one in groups["assets-register"].found} == {"P-001 監視制御サーバー", "P-003 監視端末"}
    assert _groups(client, "届出")["acts-done"].total >= 1
    assert _groups(client, "強化法4")["acts-done"].total >= 1
    assert _groups(client, "強化法5")["clocks"].found
    assert _groups(client, "特定侵害")["terms"].found
    for group in _groups(client, "届出").values():
        for one in group.found:
            if one.link:
                assert client.get(one.link).status_code == 200, one.link


@pytest.mark.django_db
def test_what_was_found_is_recorded_as_read(enter, parties):
    scene.play()
    before = ReadRecord.objects.filter(query="assets.register").count()
    _groups(enter("power", "reporter"), "CENTUM")
    assert ReadRecord.objects.filter(query="assets.register").count() == before + 1


@pytest.mark.django_db
def test_nothing_of_another_organisation_is_found_or_counted(enter, parties):
    scene.play()
    reported()
    for word in ("監視", "CENTUM", "VPN", "架空電力", "Fictitious Power", "事案"):
        for organisation, role in (("rail", "approver"), ("vendor", "vendor_contact"), ("carrier", "liaison")):
            page = enter(organisation, role).get(reverse("search"), {"q": word}).content.decode()
            for group in _groups(enter(organisation, role), word).values():
                assert group.name in ("terms", "clocks", "kinds", "may"), (organisation, word, group)
            assert "P-001" not in page


@pytest.mark.django_db
def test_an_administrator_finds_no_contents(enter, parties):
    scene.play()
    reported()
    for word in ("監視", "届出", "CENTUM", "Notify", "強化法4"):
        groups = _groups(enter("power", "administrator"), word)
        assert not {name for name in groups if name.startswith(("assets", "incidents", "acts-inbox", "acts-done"))}


@pytest.mark.django_db
def test_an_office_finds_what_arrived_by_who_filed_it(enter, parties):
    scene.play()
    groups = _groups(enter("meti", "intake", language="ja"), "架空電力")
    assert groups["assets-notifications"].total == 1
    assert groups["organisations"].found[0].title == "架空電力"
    assert reading.read(viewer("power", "reporter"), "acts.opened"), "finding it showed it, so it counts as opened"


@pytest.mark.django_db
def test_warnings_are_found_by_their_title_on_both_sides(enter, parties):
    notify()
    findings = match()
    provide(findings)
    release(findings)
    carry()
    assert _groups(enter("power", "viewer", language="ja"), "境界装置")["warnings-received"].total == 1
    assert _groups(enter("meti", "officer", language="ja"), "境界装置")["warnings-issued"].total == 1
    assert "warnings-received" not in _groups(enter("rail", "viewer", language="ja"), "境界装置")


@pytest.mark.django_db
def test_a_hostile_word_is_only_a_word(enter, parties):
    page = enter("power", "viewer").get(reverse("search"), {"q": "<script>alert(1)</script> % _ ' \""})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


@pytest.mark.django_db
def test_the_cabinet_office_finds_notified_products(enter, parties):
    notify()
    groups = _groups(enter("cabinet", "analyst"), "fortios")
    assert [one.title for one in groups["assets-products"].found] == ["Fortinet FortiOS"]
    assert "assets-products" not in _groups(enter("meti", "officer"), "fortios")
