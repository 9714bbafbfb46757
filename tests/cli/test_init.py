"""`sakimori init`, scripted and at a terminal: founded whole, nothing answered lost, every fault named."""

import json
import os
import re
import stat
import subprocess
import sys

import pytest

from tests.support.run import REPOSITORY

OPERATOR = ("--name", "kaku", "--edition", "operator", "--organisation-ja", "架空水道企業団", "--corporate-number",
            "8999999000001", "--admin-name", "架空 花子", "--admin-login", "hanako")  # fmt: skip


def init(home, *arguments, typed=""):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAKIMORI_")}
    return subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), "init", *arguments],
        input=typed, capture_output=True, text=True, check=False, cwd=REPOSITORY, env=environment,
    )  # fmt: skip


def rows(home, table, columns):
    import sqlite3

    with sqlite3.connect(f"file:{home / 'sakimori.sqlite3'}?mode=ro", uri=True) as database:
        return database.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - names of this test


@pytest.mark.slow
def test_a_script_founds_a_deployment_whole(tmp_path):
    home = tmp_path / "h"
    done = init(home, "--no-ask", "--json", *OPERATOR, "--second-name", "架空 次郎", "--second-login", "jiro")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["login"] for one in told["people"]] == ["hanako", "jiro"]
    assert all(re.search("/access/invitation/[^/]{40,}/", one["link"]) for one in told["people"])
    assert ("架空水道企業団", "8999999000001", "kaku") in rows(
        home, "parties_organisation", "name_ja, corporate_number, deployment"
    )
    assert len(rows(home, "parties_organisation", "id")) > 10, "the authorities are there"
    assert rows(home, "acts_act", "kind, role") == [("parties.register.found", "system")]
    assert rows(home, "parties_account", "password") == [(one,) for (one,) in rows(home, "parties_account", "password")]
    assert all(password.startswith("!") for (password,) in rows(home, "parties_account", "password"))
    again = init(home, "--no-ask", *OPERATOR)
    assert again.returncode == 1
    assert "holds a deployment already" in again.stderr


@pytest.mark.slow
def test_whoever_breaks_off_finds_the_answers_again(tmp_path):
    home = tmp_path / "h"
    broken_off = init(home, "--ask", typed="架空水道企業団\n8999999000002\n8999999000001\n架空 花子\n")
    assert broken_off.returncode != 0
    assert "検査数字が合いません" in broken_off.stderr
    kept = home / "init.answers.json"
    assert json.loads(kept.read_text(encoding="utf-8"))["admin_name"] == "架空 花子"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    done = init(home, "--ask", typed="\n\n\nhanako\n")
    assert done.returncode == 0, done.stderr
    assert "hanako" in done.stdout
    assert not kept.exists()
    described = json.loads((home / "deployment.json").read_text(encoding="utf-8"))
    assert (described["name"], described["title"]["ja"]) == ("jp8999999000001", "架空水道企業団")


@pytest.mark.slow
def test_a_founding_that_was_cut_off_goes_on(tmp_path):
    home = tmp_path / "h"
    assert init(home, "--no-ask", "--name", "kaku", "--edition", "operator", "--title-ja", "x",
                "--title-en", "x").returncode == 0  # fmt: skip
    assert rows(home, "parties_organisation", "id") == []
    assert init(home, "--no-ask", *OPERATOR).returncode == 0
    assert rows(home, "parties_account", "login") == [("hanako",)]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (("--admin-login", "花"), "--admin-login"),
        (("--corporate-number", "8999999000002"), "--corporate-number"),
        (("--name", "Kaku Water"), "--name"),
        (("--second-name", "x"), "--second-name"),
        (("--second-name", "x", "--second-login", "hanako"), "--second-login"),
        (("--organisation-ja", "架空\u202e"), "--organisation-ja"),
    ],
)
def test_every_fault_is_named_before_anything_is_made(tmp_path, wrong, named):
    done = init(tmp_path / "h", "--no-ask", *OPERATOR, *wrong)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "h" / "deployment.json").exists()


@pytest.mark.parametrize(
    "broken",
    ["", "[]", "{", '{"edition": "king"}', '{"worlds": []}', '{"default_world": "x"}', '{"worlds": {"a": {"of": "b"}}}',
     '{"name": 3}'],
)  # fmt: skip
def test_a_broken_description_is_explained(tmp_path, broken):
    home = tmp_path / "h"
    home.mkdir()
    (home / "deployment.json").write_text(broken, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAKIMORI_")}
    done = subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), "keys", "list"],
        capture_output=True, text=True, check=False, cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "deployment.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sample_world_has_operators_and_computers(tmp_path):
    for wrong in (("--assets", "-3"), ("--operators", "0"), ("--operators", "258")):
        done = subprocess.run(
            [sys.executable, "-m", "sakimori.cli", "demo", "--once", "--root", str(tmp_path / "w"), *wrong],
            capture_output=True, text=True, check=False, cwd=REPOSITORY,
        )  # fmt: skip
        assert done.returncode == 2
        assert wrong[0] in done.stderr
        assert not (tmp_path / "w").exists()
