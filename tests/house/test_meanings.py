"""Two Japanese words for one English message are found, unless a context keeps them apart."""

import pytest

from tools.house.meanings import check_meanings
from tools.house.source import Source

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(room, body):
    return Source(f"sakimori/{room}/locale/ja/LC_MESSAGES/django.po", HEAD + body)


def found(*sources):
    return [(one.path.split("/")[1], one.message) for one in check_meanings(sources)]


def test_a_second_meaning_is_found_and_names_the_first():
    first = catalogue("assets", 'msgid "Record"\nmsgstr "登録内容"\n')
    second = catalogue("incidents", 'msgid "Record"\nmsgstr "記録する"\n')
    where = "sakimori/assets/locale/ja/LC_MESSAGES/django.po"
    assert found(second, first) == [("incidents", f"'Record' is '記録する' here and '登録内容' in {where}")]


def test_plural_messages_are_compared_too():
    first = catalogue("assets", 'msgid "row"\nmsgid_plural "rows"\nmsgstr[0] "行"\n')
    second = catalogue("web", 'msgid "row"\nmsgid_plural "rows"\nmsgstr[0] "件"\n')
    assert len(found(first, second)) == 1


@pytest.mark.parametrize(
    "body",
    [
        'msgid "Record"\nmsgstr "登録内容"\n',
        'msgid "Record"\nmsgstr ""\n',
        'msgctxt "incidents"\nmsgid "Record"\nmsgstr "記録する"\n',
    ],
)
def test_the_same_word_nothing_yet_and_a_context_are_left_alone(body):
    first = catalogue("assets", 'msgid "Record"\nmsgstr "登録内容"\n')
    assert found(first, catalogue("incidents", body)) == []
