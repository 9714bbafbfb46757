"""Every command of the runbook runs, in order, on a deployment of the test's own."""

import os
import re
import subprocess
import sys

import pytest

from tests.acts.places import Place
from tests.support import deployment
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.slow
BLOCK = re.compile(r"^<!-- ci: (?P<mark>[^\n]*) -->\n```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = (REPOSITORY / "docs" / "runbook.md").read_text(encoding="utf-8")


def test_every_block_of_commands_is_marked():
    found = [block["mark"] for block in BLOCK.finditer(TEXT)]
    assert len(found) == TEXT.count("```sh")
    assert all(mark in ("run", "run, may fail") or re.match(r"not run, \S", mark) for mark in found)


def test_every_command_of_the_runbook_runs(tmp_path):
    home, backups, drill = tmp_path / "home", tmp_path / "backups", tmp_path / "drill"
    backups.mkdir()
    (tmp_path / "passphrase").write_text("correct horse battery\n", encoding="utf-8")
    deployment.write_home(home)
    place = Place(home, "", "tests.acts.recovery_actor")
    assert place.status("prepare") == 0
    assert place.status("found_alone") == 0
    program = tmp_path / "bin" / "sakimori"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m sakimori.cli "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAKIMORI_")}
    own = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "SAKIMORI_HOME": str(home),
        "BACKUPS": str(backups),
        "DRILL": str(drill),
        "PASSPHRASE": str(tmp_path / "passphrase"),
        "ADMINISTRATOR": "meti.administrator",
    }
    for block in BLOCK.finditer(TEXT):
        if not block["mark"].startswith("run"):
            continue
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", block["commands"]],
            env={**inherited, **own}, cwd=tmp_path, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0 or (block["mark"] == "run, may fail" and done.returncode == 1), done.stderr
        assert "Traceback" not in done.stderr
    assert (drill / "recovery").is_dir()
