"""Restored from an old backup, a deployment only reads until the gap is refetched and it is cleared; no fork, ever."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta

import httpx
import pytest

from sakimori import proofs
from tests.acts.places import Place
from tests.acts.test_two_homes import command
from tests.support import deployment
from tests.support.run import REPOSITORY, inherited

pytestmark = pytest.mark.slow
ACTOR = "tests.acts.recovery_actor"
READ_ONLY = "deployment.read_only"
PATIENCE = 180  # seconds a loaded machine may take to start a process


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A deployment's site, served for as long as the block lasts."""

    def __init__(self, home, port):
        self.home, self.url = home, f"http://127.0.0.1:{port}"

    def __enter__(self):
        self.running = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "sakimori.web.wsgi:application", "--bind", self.url[7:],
                "--threads", "2", "--log-level", "error", "--no-control-socket",
            ],
            env={**inherited(), "SAKIMORI_HOME": str(self.home), "SAKIMORI_SECRET_KEY": "only-for-tests"},
            cwd=REPOSITORY,
        )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/livez").is_success:
                    return self
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError(self.url)

    def __exit__(self, *_):
        self.running.terminate()
        self.running.wait()


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """Two deployments that know each other's addresses, made once."""
    root = tmp_path_factory.mktemp("recovery")
    places, ports = {}, {}
    for name in ("north", "south"):
        ports[name] = free_port()
        deployment.write_home(root / name, name=name, url=f"http://127.0.0.1:{ports[name]}")
        if name == "north":
            run_by_operators(root / name)
        places[name] = Place(root / name, "", ACTOR)
        assert places[name].status("prepare") == 0
    for name, other in (("north", "south"), ("south", "north")):
        assert places[name].status("found", root / other, f"http://127.0.0.1:{ports[other]}") == 0
    assert places["north"].status("consent") == 0
    assert places["south"].status("work") == 0
    return root, ports


def run_by_operators(home):
    """The operators' deployment is of their edition: their administrators, not a minister's, run it."""
    described = json.loads((home / "deployment.json").read_text(encoding="utf-8"))
    (home / "deployment.json").write_text(json.dumps({**described, "edition": "operator"}), encoding="utf-8")


@pytest.fixture
def sides(founded, tmp_path):
    root, ports = founded
    for name in ports:
        shutil.copytree(root / name, tmp_path / name)
    return {name: Place(tmp_path / name, "", ACTOR) for name in ports}, ports, tmp_path


def consistent(place, older, newer):
    """Whether the older checkpoint is a beginning of the newer log, by the log's own files."""
    from sakimori.acts.tiles import TileLog

    old, new = (proofs.parse_checkpoint(note.encode()) for note in (older, newer))
    return old.origin == new.origin and TileLog(place.home / "log").root(old.size) == old.root


def clear(place, *words, as_="power.administrator"):
    return command(place.home, "log", "clear", "--as", as_, "--reason", "訓練 / drill", *words)


def test_a_database_put_back_is_found_out_and_goes_on_without_a_fork(sides):
    """The log's files survived: the leaves come back from them, under the same origin."""
    north = sides[0]["north"]
    database = north.home / "sakimori.sqlite3"
    kept = shutil.copyfile(database, north.home.parent / "old.sqlite3")
    assert north.status("consent", "2") == 0
    before = north.run("state")
    for path in north.home.glob("sakimori.sqlite3*"):
        path.unlink()
    shutil.copyfile(kept, database)

    # Whatever is started first finds it out: here the command line, before it takes an act in.
    status, _, errors = command(
        north.home, "act", "perform", "parties.consent.give", "--as", "power.reporter", "--payload", payload(sides[2])
    )
    assert (status, "read-only" in errors) == (1, True)
    status, said, _ = command(north.home, "log", "status")
    assert (status, "older than the log" in said) == (1, True)
    assert set(north.run("refused").values()) == {READ_ONLY}
    assert clear(north, as_="power.reporter")[0] == 1
    assert (north.home / "readonly.json").exists()
    status, said, errors = clear(north)
    assert status == 0, errors
    after = north.run("state")
    assert (after["lost"], after["problems"]) == (2, [])
    assert after["acts"]["acts.log.clear"] == 1
    assert consistent(north, before["note"], after["note"])
    assert north.status("consent") == 0
    assert clear(north)[0] == 1


def test_two_acts_after_the_backup(sides, tmp_path):
    """The operator's home is lost; its backup is older than what the ministry took in: a new epoch, the filing back."""
    places, ports, _ = sides
    north, south = places["north"], places["south"]
    saved = tmp_path / "north.sakimori"
    assert command(north.home, "backup", saved, "--passphrase-file", passphrase(tmp_path), "--with-keys")[0] == 0
    with Site(south.home, ports["south"]):
        assert north.status("consent") == 0
        assert north.status("file") == 0
        before = north.run("state")
        assert before["dispatches"] == ["arrived"]
        assert south.run("state")["received"] == 1
        shutil.rmtree(north.home)
        status, said, errors = command(north.home, "restore", saved, "--passphrase-file", passphrase(tmp_path))
        assert status == 0, errors
        assert set(north.run("refused").values()) == {READ_ONLY}
        assert command(north.home, "act", "perform", "parties.consent.give", "--as", "power.reporter",
                       "--payload", payload(tmp_path))[0] == 1  # fmt: skip
        read_only_site(north, ports["north"])
        worker_waits(north)

        # Without asking, nobody can know; asked, the ministry knows of more than the backup holds.
        status, _, errors = clear(north)
        assert (status, "catch-up" in errors) == (1, True)
        status, said, errors = command(north.home, "log", "catch-up")
        assert (status, "refetched 1" in said) == (0, True), errors
        status, _, errors = clear(north, "--nobody-saw-more")
        assert (status, "two histories" in errors) == (1, True)
        status, said, errors = clear(north, "--new-epoch")
        assert status == 0, errors
        assert "own acts put back: 1" in said
    after = north.run("state")
    assert after["problems"] == []
    assert after["acts"]["assets.notification.file"] == 1
    old, new = (proofs.parse_checkpoint(one["note"].encode()) for one in (before, after))
    assert (old.origin, new.origin) == ("sakimori/north", "sakimori/north/2")
    assert north.status("consent") == 0
    assert north.run("state")["problems"] == []


def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery\n", encoding="utf-8")
    return path


def payload(tmp_path):
    path = tmp_path / "payload.json"
    given = {"organisation": str(deployment.fixed("power")), "matter": "no", "given_on": "2026-11-24"}
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


def read_only_site(place, port):
    """The site says so on its pages and to machines, and takes no envelope in."""
    with Site(place.home, port) as site:
        page = httpx.get(f"{site.url}/login/")
        assert 'class="banner bad read-only"' in page.text
        answer = httpx.get(f"{site.url}/healthz")
        assert answer.status_code == 503
        assert answer.json()["read_only"] == "restored"
        stranger = httpx.get(f"{site.url}/healthz", headers={"X-Forwarded-For": "192.0.2.1"})
        assert stranger.text in ("read-only\n", "failing\n")
        refused = httpx.post(f"{site.url}/envelopes/", content=b"{}")
        assert (refused.status_code, refused.json()["code"]) == (503, READ_ONLY)


def worker_waits(place):
    """The worker lives, but publishes nothing."""
    note = (place.home / "log" / "checkpoint").read_bytes()
    running = subprocess.Popen(
        [sys.executable, "-m", "sakimori.cli", "--home", str(place.home), "worker"],
        env={**os.environ, "SAKIMORI_SECRET_KEY": "only-for-tests"}, cwd=REPOSITORY,
    )  # fmt: skip
    end = time.monotonic() + PATIENCE
    while not (place.home / "worker.pulse").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert running.poll() is None
    running.terminate()
    assert running.wait() == 0
    assert (place.home / "log" / "checkpoint").read_bytes() == note


def test_a_filing_the_ministry_lost_is_taken_in_again(sides, tmp_path):
    """The ministry restores an old backup: what it had acknowledged comes back, with the day it first arrived."""
    places, ports, _ = sides
    north, south = places["north"], places["south"]
    saved = tmp_path / "south.sakimori"
    assert command(south.home, "backup", saved)[0] == 0
    with Site(south.home, ports["south"]):
        assert north.status("file") == 0
    assert south.status("work") == 0
    first = south.run("state")
    assert first["received"] == 1
    log = shutil.copytree(south.home / "log", tmp_path / "log-of-south")
    keys = shutil.copytree(south.home / "keys", tmp_path / "keys-of-south")
    shutil.rmtree(south.home)
    assert command(south.home, "restore", saved, "--keys-from", keys)[0] == 0
    assert south.run("state")["received"] == 0
    status, _, errors = clear(south, as_="meti.administrator")
    assert (status, "SAKIMORI_ANCHOR" in errors, "north" in errors) == (1, True, True)
    status, said, _ = command(south.home, "log", "catch-up")
    assert (status, "✗" in said) == (1, True)
    with Site(north.home, ports["north"]):
        status, said, errors = command(south.home, "log", "catch-up", "--from-log", log)
        assert (status, "refetched 1" in said) == (0, True), errors
        status, said, errors = clear(south, as_="meti.administrator")
        assert (status, "taken in again: 1" in said) == (0, True), errors
    after = south.run("state")
    assert (after["received"], after["problems"]) == (1, [])
    assert after["notifications"] == [["minister", "received"]]
    (again,), (once,) = (map(datetime.fromisoformat, one["occurred"]) for one in (after, first))
    assert abs(again - once) < timedelta(seconds=1)
    assert consistent(south, first["note"], after["note"])
