"""Arrows that point the wrong way are found: by our checks, and by the contracts of `.importlinter`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.house import layers
from tools.house.source import ROOT, Source


@pytest.mark.parametrize(
    "text",
    [
        "from sakimori.assets.models import Notification",
        "from sakimori.assets import handlers",
        "import sakimori.assets.models",
        "import sakimori.assets",
        "def late():\n    from sakimori.assets import models",
        "from ..assets import models",
        "from ..assets.models import Notification",
    ],
)
def test_reaching_into_another_room_is_found(text):
    (finding,) = layers.check_rooms(Source("sakimori/warnings/handlers.py", text))
    assert "sakimori.assets.queries" in finding.message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sakimori/warnings/handlers.py", "from sakimori.assets import queries"),
        ("sakimori/warnings/handlers.py", "from sakimori.assets.queries import notified"),
        ("sakimori/warnings/handlers.py", "from sakimori.warnings.models import Warning"),
        ("sakimori/warnings/handlers.py", "from . import models"),
        ("sakimori/web/urls.py", "from sakimori.assets.views import index"),
    ],
)
def test_queries_and_the_own_room_are_left_alone(path, text):
    assert list(layers.check_rooms(Source(path, text))) == []


@pytest.mark.parametrize(
    "text", ["import django", "from sakimori.text import Text", "from sakimori import law", "import yaml"]
)
def test_proofs_stands_alone(text):
    assert [finding.check for finding in layers.check_proofs(Source("sakimori/proofs/merkle.py", text))] == [
        "proofs-alone"
    ]


@pytest.mark.parametrize(
    "text", ["import hashlib", "from cryptography.exceptions import X", "from sakimori.proofs import y"]
)
def test_what_proofs_may_use(text):
    assert list(layers.check_proofs(Source("sakimori/proofs/merkle.py", text))) == []


def test_a_package_without_layer_is_found():
    contracts = Source(".importlinter", "sakimori.assets\n")
    assert list(layers.check_placed([contracts, Source("sakimori/assets/models.py", "")])) == []
    (finding,) = layers.check_placed([contracts, Source("sakimori/cellar/models.py", "")])
    assert finding.path.startswith("sakimori/cellar/")


def _linted(tree):
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(tree / ".importlinter"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def planted(tmp_path):
    """An empty package with the names of ours, under our own contracts."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    names = [line.strip(" ()") for line in (ROOT / ".importlinter").read_text().splitlines() if "sakimori." in line]
    for name in {part.strip(" ()") for line in names for part in line.replace("|", ":").split(":")}:
        package = tmp_path.joinpath(*name.split("."))
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    (tmp_path / "sakimori" / "__init__.py").touch()
    return tmp_path


def test_the_contracts_accept_an_empty_house(planted):
    status, said = _linted(planted)
    assert status == 0, said


@pytest.mark.parametrize(
    ("where", "imports", "broken"),
    [
        ("acts", "import sakimori.assets", "Arrows point down"),
        ("assets", "import sakimori.web", "Arrows point down"),
        ("assets", "import sakimori.warnings", "Arrows point down"),
        ("law", "import sakimori.proofs", "Arrows point down"),
        ("law", "import sakimori.record", "Arrows point down"),
        ("errors", "import sakimori.law", "Arrows point down"),
        ("selection", "import django", "Pure packages"),
        ("matching", "import httpx", "Pure packages"),
    ],
)
def test_the_contracts_refuse_an_arrow_that_points_up(planted, where, imports, broken):
    (planted / "sakimori" / where / "__init__.py").write_text(imports + "\n")
    status, said = _linted(planted)
    assert status != 0
    assert f"{broken}" in said.split("Broken contracts")[1]
