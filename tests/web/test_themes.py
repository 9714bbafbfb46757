"""What a role may do, folded by theme: every act in one of them, counted, what is owed first; without scripts."""

import html
import re

import pytest
from django.urls import reverse

from sakimori import law
from sakimori.web import themes
from sakimori.web.kinds import performable
from tests.support.deployment import viewer
from tests.support.incidents import aware
from tests.web import scene


def test_every_kind_of_the_law_has_a_theme():
    assert all(themes.theme_of(kind) for kind in law.kinds())


def test_every_thing_sorted_by_hand_exists():
    things = {tuple(kind.name.split(".")[:2]) for kind in law.kinds()}
    assert set(themes._BY_THING) <= things
    assert set(themes._BY_ROOM) == {kind.room for kind in law.kinds()}


@pytest.fixture
def busy(parties):
    """A deployment where something is owed."""
    return scene.play()


@pytest.mark.django_db
def test_what_is_owed_stands_first_and_its_theme_is_open(enter, busy):
    page = enter("power", "reporter").get("/")
    first = page.context["themes"][0]
    assert (first.title, first.open) == ("Notifying computers", True)
    owed = [one for one in first.doable if one.owed]
    assert [one.entry.kind.name for one in owed] == ["assets.notification.file"]
    assert first.first.due
    assert first.doable[: len(owed)] == owed
    assert not any(theme.open for theme in page.context["themes"][1:])
    aware(title="変電所の監視端末の異常")
    page = enter("power", "reporter").get("/")
    assert page.context["themes"][0].title == "Incidents"
    assert [theme.title for theme in page.context["themes"] if theme.open] == ["Incidents"]
    dues = [theme.first.due for theme in page.context["themes"] if theme.first.due]
    assert dues == sorted(dues)


@pytest.mark.django_db
def test_nothing_is_lost_in_the_folds_and_each_says_how_much_it_holds(enter, busy):
    page = enter("power", "reporter").get("/")
    said = html.unescape(page.content.decode())
    may = performable(viewer("power", "reporter"))
    assert len(may) > themes.FEW
    folds = re.findall(r'<details class="theme".*?<summary>(.*?)</summary>(.*?)</details>', said, re.DOTALL)
    assert sum(len(re.findall(r"<li>", body)) for _, body in folds) == len(may)
    for head, body in folds:
        assert int(re.search(r'class="tag">(\d+)<', head)[1]) == body.count("<li>")
    offered = {kind for theme in page.context["themes"] for kind in (one.entry.kind.name for one in theme.doable)}
    assert offered == {kind.name for kind in may}
    for theme in page.context["themes"]:
        for one in theme.doable:
            assert one.entry.not_yet or f'<a href="{one.entry.url}">{one.entry.kind.title.en}</a>' in said


@pytest.mark.django_db
def test_few_acts_are_not_folded(enter, busy):
    few = next(
        (organisation, role)
        for organisation, role in (("ppc", "liaison"), ("police", "liaison"), ("power", "viewer"))
        if 0 < len(performable(viewer(organisation, role))) <= themes.FEW
    )
    page = enter(*few).get("/")
    assert page.context["themes"] == []
    assert page.context["wishes"]
    assert 'class="theme"' not in page.content.decode()


@pytest.mark.django_db
def test_a_viewer_has_no_folds_and_is_told_so(enter, busy):
    if performable(viewer("power", "viewer")):
        pytest.skip("a viewer may do something by now")
    page = enter("power", "viewer").get("/")
    assert "Your role performs no acts" in page.content.decode()
    assert (
        reverse("new_acts")
        not in re.findall(r'<section aria-labelledby="may">.*?</section>', page.content.decode(), re.DOTALL)[0]
    )
