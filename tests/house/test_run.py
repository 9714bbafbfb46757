"""Exceptions need a reason and must excuse something; the house as it stands passes its own checks."""

import subprocess

import pytest

from tools.house.run import ALLOWED, findings
from tools.house.source import Source, repository_sources
from tools.readme_commands import Block, UnmarkedBlockError, blocks

BAD = Source("sakimori/assets/x.py", "import time\nx = time.time()\n")
PLACES = Source(".importlinter", "sakimori.assets")


def said(allowed):
    return [finding.check for finding in findings([BAD, PLACES], allowed)]


def test_a_finding_without_exception_stays():
    assert said("") == ["clock"]


@pytest.mark.parametrize(
    "where", ["sakimori/assets/x.py | time.time()", "sakimori/assets/x.py | *", "sakimori/assets/ | *"]
)
def test_an_exception_with_its_reason_excuses(where):
    assert said(f"# why\nclock | {where} | timeout of a subprocess\n") == []


def test_an_exception_without_reason_is_a_fault():
    assert said("clock | sakimori/assets/x.py | time.time()\n") == ["clock", "allowed"]


def test_an_exception_that_excuses_nothing_is_a_fault():
    assert said("clock | sakimori/assets/ | * | reason\nsize | sakimori/assets/x.py | * | reason\n") == ["allowed"]


def test_a_module_that_does_not_parse_is_named():
    assert [one.check for one in findings([BAD, Source("sakimori/assets/y.py", "def x:\n")], "")] == ["syntax"]


def test_the_command_fails_on_a_planted_file(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "bad.md").write_text("see /" + "home/taro/notes\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    assert [source.path for source in repository_sources(tmp_path)] == ["bad.md", "picture.png"]
    assert [one.check for one in findings(repository_sources(tmp_path), "")] == ["machine-path"]


def test_the_house_passes_its_own_checks():
    assert [str(one) for one in findings(repository_sources(), ALLOWED.read_text(encoding="utf-8"))] == []


def test_readme_blocks_are_read_in_order():
    text = "a\n<!-- ci: run -->\n```sh\none\ntwo\n```\n<!-- ci: not run, serves until stopped -->\n```sh\nthree\n```\n"
    assert blocks(text) == [Block("one\ntwo\n", run=True), Block("three\n", run=False)]


@pytest.mark.parametrize("before", ["", "words", "<!-- ci: not run, -->"])
def test_readme_blocks_need_a_mark(before):
    with pytest.raises(UnmarkedBlockError):
        blocks(f"{before}\n```sh\none\n```\n")
