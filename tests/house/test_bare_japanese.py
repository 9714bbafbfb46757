"""A Japanese sentence without English is found where pages are made."""

import pytest

from tools.house.bare_japanese import check
from tools.house.source import Source

HEAD = "from sakimori.text import Text\nimport re\n"


def found(line, path="sakimori/web/desk.py"):
    return [one.line for one in check(Source(path, HEAD + line + "\n"))]


@pytest.mark.parametrize(
    "line",
    [
        "said = '期限を過ぎています。'",
        "said = f'あと{days}日です'",
        "tell('期限を過ぎています。')",
        "show({'title': 'お知らせ'})",
    ],
)
def test_a_sentence_alone_is_found(line):
    assert set(found(line)) == {3}


@pytest.mark.parametrize(
    "line",
    [
        "said = Text('期限を過ぎています。', 'It is overdue.')",
        "refuse('ファイルが空です。', 'The file is empty.')",
        "NAMES = (('届け出る', 'File one notice'),)",
        "basis = '強化法5'",
        "PATTERN = re.compile('第(\\\\d+)条の')",
        "def f():\n    '''期限を過ぎているか。'''",
        "help = 'For example 2026-10-01 or 令和8年の日'",
    ],
)
def test_sentences_with_their_english_articles_and_patterns_are_left_alone(line):
    assert found(line) == []


def test_only_what_speaks_on_pages_is_looked_at():
    assert found("said = '期限を過ぎています。'", "sakimori/incidents/views_forms.py") == [3]
    assert found("said = '期限を過ぎています。'", "sakimori/sample/story.py") == []
