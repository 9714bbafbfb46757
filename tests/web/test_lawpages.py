"""The law book on the site: every role may read it, in both languages, as of any day, with terms explained."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sakimori import law
from sakimori.law.chapters import chapters
from sakimori.web.glossing import glossed

pytestmark = pytest.mark.django_db


def test_strangers_are_sent_to_log_in(parties):
    answer = Client().get("/law/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("organisation", "role"), [("power", "viewer"), ("meti", "decider"), ("committee", "member")])
def test_everybody_may_read_it_and_the_unknown_comes_first(enter, organisation, role):
    page = enter(organisation, role).get("/law/").content.decode()
    assert "<h2>What is unknown</h2>" in page
    assert 'id="unknown.platform"' in page
    assert law.book().digest in page


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("anchor", ["article", "parameter", "rule", "kind", "restriction", "table", "term", "source"])
def test_every_chapter_shows_every_line_once(enter, language, anchor):
    client = enter("power", "reporter", language=language)
    answer = client.get(f"/law/?chapter={anchor}&on=2026-11-20")
    page = answer.content.decode()
    chapter = next(one for one in chapters(law.book(), law.parse_when("2026-11-20"), language) if one.anchor == anchor)
    assert answer.status_code == 200
    assert f"<h2>{chapter.heading}</h2>" in page
    assert page.count('<th scope="row">') == chapter.count
    found = re.findall(r' id="([^"]+)"', page)
    assert len(found) == len(set(found))  # no address twice


def test_a_word_narrows_the_lines(enter):
    client = enter("power", "reporter", language="ja")
    page = client.get("/law/", {"chapter": "rule", "q": "ガス事故"}).content.decode()
    assert page.count('<th scope="row">') == 4  # two rules in two versions each
    assert "当てはまる行はありません。" in client.get("/law/", {"q": "存在しない語"}).content.decode()


def test_the_law_of_another_day(enter):
    client = enter("power", "reporter", language="ja")
    before = client.get("/law/", {"chapter": "rule", "q": "kyokaho.incident.full", "on": "2026-09-30"}).content.decode()
    assert "2026-10-30" in before
    wrong = client.get("/law/", {"on": "2026-02-30"})
    assert wrong.status_code == 400
    assert "暦に存在しません" in wrong.content.decode()
    assert enter("power", "reporter").get("/law/", {"on": "1900-01-01"}).status_code == 400


def test_what_people_type_is_shown_as_text(enter):
    for name in ("q", "on", "chapter"):
        page = enter("power", "reporter").get("/law/", {name: "<script>alert(1)</script>"}).content.decode()
        assert "<script>" not in page


def test_it_is_read_only(enter):
    assert enter("power", "approver").post("/law/").status_code == 405


def test_a_term_becomes_a_link_with_its_meaning_once():
    seen: set[str] = set()
    said = glossed("特定侵害事象は<b>特定侵害事象</b>です。", "ja", seen)
    term = next(one for one in law.terms() if one.ja == "特定侵害事象")
    assert said.count("<a ") == 1
    assert f'href="/law/?chapter=term#{term.key}"' in said
    assert term.reading in said
    assert "&lt;b&gt;" in said  # everything else stays text
    assert "<a " not in glossed("特定侵害事象", "ja", seen)
    assert 'class="term"' in glossed("A specified critical computer.", "en", set())
    assert "<a " not in glossed("Nothing here.", "en", set())


def test_every_page_leads_to_it(enter):
    assert f'href="{reverse("law")}"' in enter("power", "reporter").get("/").content.decode()
