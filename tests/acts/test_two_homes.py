"""Two deployments that share nothing but files: envelopes out, acknowledgements back; receipts checked offline."""

import json
import os
import subprocess
import sys

import pytest

from tests.acts.places import Place, copied
from tests.support import deployment, run
from tests.support.run import REPOSITORY, inherited

pytestmark = pytest.mark.slow
ACTOR = "tests.acts.two_homes_actor"
NAMES = ("north", "south")


def command(home, *words):
    """Run the command line on a home; return status, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), *map(str, words)],
        env={**inherited(), "SAKIMORI_SECRET_KEY": "only-for-tests"}, cwd=REPOSITORY, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def offline(*words):
    """Run sakimori-verify: no home, no database, no Django."""
    done = subprocess.run(
        [sys.executable, "-m", "sakimori.proofs.cli", *map(str, words)],
        env={"PATH": os.environ["PATH"]}, cwd=REPOSITORY, check=False, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(params=["yes", "no"])
def sides(request, tmp_path):
    """Both deployments; with `no`, the minister's side knows of no designation and will refuse."""
    places = _founded(tmp_path, request.param)
    assert places["north"].status("file", tmp_path / "receipt.json") == 0
    return places["north"], places["south"], request.param == "yes"


def _prepare(root):
    for name in NAMES:
        deployment.write_home(root / name, name=name)
        assert Place(root / name, "", ACTOR).status("prepare") == 0


def _found(root, designated):
    places = copied(run.once("two-homes", _prepare), NAMES, root, ACTOR)
    assert places["north"].status("found", root / "south") == 0
    assert places["south"].status("found", root / "north", designated) == 0


def _founded(tmp_path, designated="yes"):
    root = run.once(f"two-homes-{designated}", lambda root: _found(root, designated))
    return copied(root, NAMES, tmp_path, ACTOR)


def test_an_export_says_what_waits_for_the_log(tmp_path):
    north, carried = _founded(tmp_path)["north"], tmp_path / "stick"
    assert north.status("leave") == 0
    status, said, errors = command(north.home, "envelope", "export", carried)
    assert (status, said, list(carried.iterdir())) == (0, "", [])
    assert "1通の封筒は、行為がまだ記録（ログ）に入っていない" in errors
    assert "1 envelope was left out" in errors
    assert "`sakimori worker`" in errors
    assert command(north.home, "log", "sequence")[0] == 0
    status, _, errors = command(north.home, "envelope", "export", carried)
    assert (status, errors, len(list(carried.glob("*.envelope.json")))) == (0, "", 1)


def test_across_an_air_gap(sides, tmp_path):
    north, south, accepted = sides
    carried = tmp_path / "stick"
    assert command(north.home, "envelope", "export", carried)[0] == 0
    (envelope,) = carried.glob("*.envelope.json")
    before = north.run("state")
    assert before["dispatch"] == [["waiting", ""]]

    for _ in range(2):
        status, said, _ = command(south.home, "envelope", "import", envelope)
        assert (status, "accepted" in said) == (0, accepted)

    # What broke off on its way is named as such, and holds up nothing that came beside it.
    broken = tmp_path / "broken.envelope.json"
    broken.write_bytes(envelope.read_bytes()[:-1])
    status, said, errors = command(south.home, "envelope", "import", broken, envelope)
    assert (status, "accepted" in said) == (1, accepted)
    assert f"{broken}: " in errors
    assert "cut off" in errors
    assert "world" not in errors
    (answer,) = carried.glob("*.ack.json")

    # Not every file is an answer, and a changed answer is none.
    damaged = tmp_path / "damaged.ack.json"
    damaged.write_bytes(answer.read_bytes().replace(b'"outcome":"', b'"outcome":"x'))
    for wrong in (damaged, envelope):
        status, _, errors = command(north.home, "envelope", "acknowledge", wrong)
        assert status != 0
        assert "Traceback" not in errors
    assert north.run("state") == before
    status, _, errors = command(south.home, "envelope", "import", answer)
    assert status != 0
    assert "Traceback" not in errors

    for _ in range(2):
        assert command(north.home, "envelope", "acknowledge", answer)[0] == 0
    here, there = north.run("state"), south.run("state")
    assert here["dispatch"] == [["arrived" if accepted else "refused", "file"]]
    assert (here["filed"], here["settled"] > 0) == (0, accepted)
    assert here["notification"] == [["operator", "arrived" if accepted else "refused"]]
    assert there["notification"] == ([["minister", "received"]] if accepted else [])
    assert there["received"] == int(accepted)
    assert (here["problems"], there["problems"]) == (0, 0)

    # The receipt is checked with nothing but the key ring.
    receipt, ring = tmp_path / "receipt.json", north.home / "keyring.json"
    status, said = offline("receipt", receipt, "--keys", ring)
    assert status == 0, said
    kept = json.loads(receipt.read_text(encoding="utf-8"))
    assert {"act", "inclusion"} <= set(kept)
    for change in ({"kind": "x.y.z"}, {"commitment": "0" * 64}, {"act": {**kept["act"], "bytes": "e30="}}):
        receipt.write_text(json.dumps({**kept, **change}), encoding="utf-8")
        status, said = offline("receipt", receipt, "--keys", ring)
        assert status != 0
        assert "Traceback" not in said
    receipt.write_text(json.dumps(kept), encoding="utf-8")
    assert offline("receipt", receipt, "--keys", south.home / "keyring.json")[0] != 0
    assert offline("receipt", receipt, "--keys", tmp_path / "none.json")[0] != 0
