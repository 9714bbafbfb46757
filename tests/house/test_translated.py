"""Bare words in templates and messages without Japanese are found."""

import pytest

from tools.house.source import Source
from tools.house.translated import check_catalogues, check_templates

PAGE = "sakimori/web/templates/web/page.html"
CATALOGUE = "sakimori/web/locale/ja/LC_MESSAGES/django.po"
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.mark.parametrize(
    "line",
    [
        "<p>Notification</p>",
        "<p>届出</p>",
        '<img alt="A chart">',
        '<input class="x" placeholder="検索">',
        '<nav aria-label="Main">',
        "{% if x %}yes{% endif %}",
        "<p>{{ count }} entries</p>",
    ],
)
def test_bare_words_are_found(line):
    assert [one.line for one in check_templates(Source(PAGE, "{# first #}\n" + line))] == [2]


@pytest.mark.parametrize(
    "text",
    [
        '{% load i18n %}<p class="note big">{% translate "Notification" %}</p>',
        "{% blocktranslate count n=n %}one entry{% plural %}{{ n }} entries{% endblocktranslate %}",
        "{% comment %}why it is so{% endcomment %}{# a remark #}<!-- a remark -->",
        '<img alt="{% translate "chart" %}"> <a href="/assets/list">{{ name }}</a> &nbsp; 3 / 4 — x',
        '<span lang="ja">日本語</span> English 防人',
        "<code>make run</code><script>let word = 1</script>",
        '{% translate "say &quot;yes&quot;" as said %}',
    ],
)
def test_translated_pages_are_left_alone(text):
    assert list(check_templates(Source(PAGE, text))) == []


def untranslated(catalogue, *sources):
    return [one.message for one in check_catalogues([Source(CATALOGUE, HEAD + catalogue), *sources])]


def test_a_message_without_japanese_is_found():
    page = Source(PAGE, '{% load i18n %}\n{% translate "Due" %} {% blocktranslate %}by {{ x }}{% endblocktranslate %}')
    module = Source(
        "sakimori/web/desk.py", "from django.utils.translation import ngettext\nngettext('one', 'many', 2)\n"
    )
    assert len(untranslated("", page, module)) == 3
    full = (
        'msgid "Due"\nmsgstr "期限"\n\nmsgid "by %(x)s"\nmsgstr "%(x)sによる"\n\n'
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "件"\n'
    )
    assert untranslated(full, page, module) == []


@pytest.mark.parametrize("entry", ['msgid "Due"\nmsgstr ""\n', '#, fuzzy\nmsgid "Due"\nmsgstr "期限"\n'])
def test_an_empty_or_doubtful_translation_does_not_count(entry):
    assert untranslated(entry, Source(PAGE, '{% load i18n %}{% translate "Due" %}')) == ["no Japanese for: 'Due'"]


def test_the_context_counts():
    module = Source("sakimori/web/x.py", "from django.utils.translation import pgettext\npgettext('law', 'Act')\n")
    assert untranslated('msgid "Act"\nmsgstr "行為"\n', module) == ["no Japanese for: 'Act'"]
    assert untranslated('msgctxt "law"\nmsgid "Act"\nmsgstr "行為"\n', module) == []
