"""Long files, paths of one machine, registries, unfinished work, and READMEs that disagree are found."""

import pytest

from tools.house import bilingual, text_checks
from tools.house.source import Source


@pytest.mark.parametrize(
    "path", ["sakimori/acts/door.py", "sakimori/web/static/house.css", "sakimori/web/templates/a.html"]
)
def test_a_file_over_the_limit_is_found(path):
    assert [finding.line for finding in text_checks.check_size(Source(path, "x\n" * 401))] == [401]
    assert list(text_checks.check_size(Source(path, "x\n" * 400))) == []


@pytest.mark.parametrize(
    "path", ["sakimori/acts/migrations/0001_initial.py", "sakimori/law/data/terms.yaml", "tests/a.py"]
)
def test_data_migrations_and_tests_may_be_long(path):
    assert list(text_checks.check_size(Source(path, "x\n" * 401))) == []


@pytest.mark.parametrize("place", ["home/taro", "root/x", "work/main", "Users/taro", "mnt/c"])
def test_a_path_of_one_machine_is_found(place):
    assert [one.check for one in text_checks.check_machine(Source("docs/a.md", f"see `/{place}`"))] == ["machine-path"]


def test_a_windows_path_of_one_machine_is_found():
    assert list(text_checks.check_machine(Source("docs/a.md", "C:" + r"\Users\taro")))


@pytest.mark.parametrize(
    "host", ["pypi" + ".org", "files.pythonhosted" + ".org", "registry.npm" + "js.org", "deb.debian" + ".org"]
)
def test_a_registry_is_found(host):
    assert [one.check for one in text_checks.check_machine(Source("x.lock", f"--url https://{host}/x"))] == [
        "registry-host"
    ]


@pytest.mark.parametrize(
    "text", ["/assets/work/1", "https://site.example/home/a", "../shared/data", "/usr/lib/postgresql", "a/root/b"]
)
def test_ordinary_paths_are_left_alone(text):
    assert list(text_checks.check_machine(Source("docs/a.md", text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # TO" + "DO later",
        "raise NotImplemented" + "Error",
        "raise NotImplemented" + "Error('later')",
        "from unittest import mock",
        "import unittest.mock",
        "import pytest\n@pytest.mark.xfail\ndef test_x(): ...",
        "import pytest\n@pytest.mark.xfail(reason='x')\ndef test_x(): ...",
    ],
)
@pytest.mark.parametrize("path", ["sakimori/acts/door.py", "tests/acts/test_door.py"])
def test_unfinished_work_is_found(path, text):
    assert [one.check for one in text_checks.check_unfinished(Source(path, text))] == ["unfinished"]


def test_finished_work_is_left_alone():
    assert (
        list(
            text_checks.check_unfinished(
                Source("sakimori/a.py", "from unittest import TestCase\nx = 1  # a to-do list")
            )
        )
        == []
    )


BLOCK = "<!-- ci: run -->\n```sh\nmake setup\n```\n"


def test_readmes_must_give_the_same_commands():
    english = Source("README.md", BLOCK)
    assert list(text_checks.check_readmes([english, Source("README.ja.md", "日本語\n\n" + BLOCK)])) == []
    (finding,) = text_checks.check_readmes([english, Source("README.ja.md", BLOCK.replace("setup", "run"))])
    assert "differ" in finding.message


def test_a_block_without_mark_is_found():
    (finding,) = text_checks.check_readmes([Source("README.md", "Try:\n```sh\nmake setup\n```\n")])
    assert "mark this block" in finding.message


def test_a_link_that_leads_nowhere_is_found():
    text = "[a](docs/a.md#part) [d](docs/) [w](https://site.example/x) [h](#here)\n[gone](docs/b.md) ![p](p.png)\n"
    files = [
        Source("README.md", text),
        Source("docs/a.md", "[up](../README.md) [gone](../docs/c.md)"),
        Source("p.png", ""),
    ]
    assert [(one.path, one.line) for one in text_checks.check_links(files)] == [("README.md", 2), ("docs/a.md", 1)]


TEXT = "from sakimori.text import Text\n"


@pytest.mark.parametrize(
    "call",
    [
        "Text('', 'a sentence')",
        "Text('文', '')",
        "Text('a sentence here', 'a')",
        "Text('文', '文章')",
        "Text(en='文', ja='文')",
    ],
)
def test_a_missing_or_swapped_language_is_found(call):
    assert [one.line for one in bilingual.check(Source("sakimori/a.py", TEXT + call))] == [2]


@pytest.mark.parametrize(
    "call", ["Text('文', 'a sentence (文)')", "Text('', '')", "Text(f'{a}', f'{b}')", "Text('Windows', 'Windows')"]
)
def test_both_languages_in_place_are_left_alone(call):
    assert list(bilingual.check(Source("sakimori/a.py", TEXT + call))) == []
