"""The terms of the law that a page uses are explained below it, without JavaScript."""

from django.urls import reverse

from sakimori import law
from sakimori.web.glossing import terms_of


def _keys(page, language="ja"):
    return {one.ja for one in terms_of(page, language)}


def test_terms_of_headings_and_labels_are_found_the_longest_only():
    page = "<h1>特定重要電子計算機の届出</h1><p>特定侵害事象</p><label for='x'>特定社会基盤事業者</label>"
    assert "特定重要電子計算機" in _keys(page)
    assert "特定社会基盤事業者" in _keys(page)
    assert "特定侵害事象" not in _keys(page)  # running text is not asked
    assert "重要電子計算機" not in _keys("<h1>特定重要電子計算機</h1>")
    assert "重要電子計算機" in _keys("<h1>特定重要電子計算機</h1><h2>重要電子計算機</h2>")


def test_english_terms_are_whole_words():
    assert _keys("<h1>Specified Critical Computers and a specified critical computer</h1>", "en")
    assert not _keys("<h1>Unspecified critical computersmith</h1>", "en")


def test_a_page_explains_its_terms_with_definition_and_article(enter):
    page = (
        enter("power", "reporter", language="ja")
        .get(reverse("new_act", args=["assets.notification.file"]))
        .content.decode()
    )
    term = next(one for one in law.terms() if one.ja == "特定重要電子計算機")
    below = page[page.index('<details class="terms">') :]
    assert term.reading in below
    assert term.article in below
    assert f"chapter=term#{term.key}" in below


def test_a_stranger_is_led_nowhere(client):
    assert 'class="terms"' not in client.get(reverse("login")).content.decode()
