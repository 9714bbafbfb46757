"""Filling in Japanese: a line reaches the room it is for, and rewrites no other's words unless told to."""

import pytest
from babel.messages.catalog import Catalog

from tools import messages

PLAIN = [("Value", "値"), ("ended", "終了"), ("New", "")]


@pytest.fixture
def rooms(tmp_path):
    """Three catalogues: what each says for the same words."""
    paths = {}
    for room, said in (("warnings", PLAIN), ("assets", [("Value", ""), ("New", "")]), ("web", [("ended", "終了")])):
        path = paths[room] = messages.catalogue_of(room, tmp_path)
        catalogue = Catalog(locale="ja")
        for text, japanese in said:
            catalogue.add(text, japanese)
        path.parent.mkdir(parents=True)
        messages._write(path, catalogue)
    return paths


def _fill(tmp_path, *lines, over=False):
    source = tmp_path / "lines.tsv"
    source.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return messages.fill(source, tmp_path, over=over)


def _said(path, text, context=None):
    entry = messages._read(path).get(text, context)
    return None if entry is None else entry.string


def test_what_has_no_japanese_is_filled_in_everywhere(rooms, tmp_path):
    assert _fill(tmp_path, ("New", "新しい")) == 0
    assert {_said(rooms[room], "New") for room in ("warnings", "assets")} == {"新しい"}


def test_another_rooms_word_is_not_rewritten(rooms, tmp_path, capsys):
    assert _fill(tmp_path, ("Value", "記入する値"), ("ended", "終了済み"), ("New", "新しい")) == 2
    assert _said(rooms["warnings"], "Value") == "値"
    assert _said(rooms["assets"], "Value") == ""
    assert _said(rooms["web"], "ended") == "終了"
    assert _said(rooms["assets"], "New") == "新しい"
    told = capsys.readouterr().err
    assert "already said as 値: Value" in told
    assert "third column" in told


def test_a_context_gives_one_room_its_own_word(rooms, tmp_path):
    assert _fill(tmp_path, ("Value", "記入する値", "assets")) == 0
    assert _said(rooms["assets"], "Value", "assets") == "記入する値"
    assert _said(rooms["warnings"], "Value") == "値"
    assert _said(rooms["warnings"], "Value", "assets") is None
    assert _fill(tmp_path, ("Value", "入れる値", "assets")) == 1
    assert _said(rooms["assets"], "Value", "assets") == "記入する値"


def test_the_same_words_again_fit_and_others_replace_only_when_asked(rooms, tmp_path):
    assert _fill(tmp_path, ("Value", "値")) == 0
    assert _fill(tmp_path, ("ended", "終わった"), over=True) == 0
    assert _said(rooms["web"], "ended") == _said(rooms["warnings"], "ended") == "終わった"


def test_a_message_nobody_has_is_named(rooms, tmp_path, capsys):
    assert _fill(tmp_path, ("Nowhere", "どこにも")) == 1
    assert "in no catalogue: Nowhere" in capsys.readouterr().err
