"""Backup, restore, doctor, upgrade: on a deployment of a test's own, by the command line as an administrator would."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile

import pytest

from sakimori import __version__
from tests.acts.places import alone
from tests.acts.test_two_homes import command
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A founded deployment without anybody in it."""
    path = alone(tmp_path_factory.mktemp("upkeep") / "home")
    path.chmod(0o700)
    return path


def failing(home, *words):
    status, said, _ = command(home, "doctor", "--json", *words)
    found = json.loads(said)
    assert status == int(any(one["level"] == "fail" for one in found))
    assert all(one["what"]["ja"] and one["what"]["en"] for one in found)
    return {one["check"] for one in found if one["level"] == "fail"}


def test_a_backup_is_whole_private_and_verifies(home, tmp_path):
    saved = tmp_path / "a.sakimori"
    assert command(home, "backup", saved)[0] == 0
    assert saved.stat().st_mode & 0o077 == 0
    with tarfile.open(saved) as tar:
        names = set(tar.getnames())
    assert {"database.sqlite3", "log/checkpoint", "keyring.json", "deployment.json", "manifest.json"} <= names
    assert not [name for name in names if name.startswith("keys")]
    assert b"PRIVATE KEY" not in saved.read_bytes()
    assert command(home, "backup", "--verify", saved)[0] == 0
    assert command(home, "backup", "--verify", saved, "--keys", home / "keyring.json")[0] == 0
    status, _, errors = command(home, "backup", saved)
    assert (status, "exists already" in errors) == (1, True)


def test_every_byte_changed_is_noticed_and_nothing_is_restored(home, tmp_path):
    saved, other = tmp_path / "a.sakimori", tmp_path / "b.sakimori"
    assert command(home, "backup", saved)[0] == 0
    data = saved.read_bytes()
    places = [600, len(data) // 3, len(data) // 2, data.rindex(b'"made_at"') + 20]
    for change in (
        *(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in places),
        data[: len(data) // 2],
        b"x",
    ):
        other.write_bytes(change)
        status, _, errors = command(tmp_path / "new", "restore", other, "--new-keys")
        assert status == 1
        assert "Traceback" not in errors
        assert not (tmp_path / "new").exists()
        assert not list(tmp_path.glob(".new*"))


@pytest.mark.parametrize("name", ["../escape", "/etc/escape", "extra.txt"])
def test_a_name_that_is_not_in_the_manifest_is_refused(home, tmp_path, name):
    saved = tmp_path / "a.sakimori"
    assert command(home, "backup", saved)[0] == 0
    with tarfile.open(saved, "a") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(b"x")
        tar.addfile(entry, io.BytesIO(b"x"))
    status, _, errors = command(tmp_path / "new", "restore", saved, "--new-keys")
    assert (status, "backup" in errors or "differ" in errors) == (1, True)
    assert not (tmp_path / "new").exists()


def test_keys_come_back_only_with_the_passphrase(home, tmp_path):
    saved, secret, wrong = tmp_path / "a.sakimori", tmp_path / "secret", tmp_path / "wrong"
    secret.write_text("correct horse battery\n", encoding="utf-8")
    wrong.write_text("correct horse staple\n", encoding="utf-8")
    assert command(home, "backup", saved, "--with-keys", "--passphrase-file", secret)[0] == 0
    key = (home / "keys" / "log.pem").read_bytes()
    assert key not in saved.read_bytes()
    new = tmp_path / "new"
    for words in ((), ("--passphrase-file", wrong)):
        status, _, errors = command(new, "restore", saved, *words)
        assert (status, "passphrase" in errors or "keys" in errors) == (1, True)
        assert not new.exists()
    assert command(new, "restore", saved, "--passphrase-file", secret)[0] == 0
    assert (new / "keys" / "log.pem").read_bytes() == key
    assert (new / "keys" / "log.pem").stat().st_mode & 0o077 == 0
    assert not (new / "keys.sealed").exists()
    status, _, errors = command(new, "restore", saved, "--passphrase-file", secret)
    assert (status, "not empty" in errors) == (1, True)
    assert "log" in failing(new)


def test_a_home_that_is_there_is_filled_and_not_replaced(home, tmp_path):
    """As a mount point must be: it cannot be taken away, and nothing can be renamed onto it."""
    saved, new = tmp_path / "a.sakimori", tmp_path / "new"
    assert command(home, "backup", saved)[0] == 0
    new.mkdir()
    (new / "lost+found").mkdir()
    (new / ".restoring").mkdir()
    (new / ".restoring" / "half").write_text("left by a restore that was killed", encoding="utf-8")
    before = new.stat().st_ino
    (tmp_path / "none").mkdir()
    status, _, errors = command(new, "restore", saved, "--keys-from", tmp_path / "none")
    assert (status, "keys are missing" in errors) == (1, True)
    assert [one.name for one in new.iterdir()] == ["lost+found"]
    status, _, errors = command(new, "restore", saved, "--keys-from", home / "keys")
    assert status == 0, errors
    assert new.stat().st_ino == before
    assert new.stat().st_mode & 0o077 == 0
    assert (new / "readonly.json").exists()
    assert not (new / ".restoring").exists()
    assert command(new, "log", "verify")[0] == 0


def test_a_home_that_is_a_mount_point_is_filled(home, tmp_path):
    """On a file system of its own, in a mount namespace of the test's own."""
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows no mount namespaces")
    saved, new = tmp_path / "a.sakimori", tmp_path / "parent" / "new"
    assert command(home, "backup", saved)[0] == 0
    new.mkdir(parents=True)
    words = f"--home {new} restore {saved} --keys-from {home / 'keys'}"
    script = (
        f"mount -t tmpfs none {new} && {sys.executable} -m sakimori.cli {words} && "
        f"{sys.executable} -m sakimori.cli --home {new} log verify && ls -A {new} {new.parent}"
    )
    done = subprocess.run(
        ["unshare", "-rm", "/bin/sh", "-c", script],
        env={**os.environ, "SAKIMORI_SECRET_KEY": "only-for-tests"}, cwd=REPOSITORY, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "readonly.json" in done.stdout
    assert ".restoring" not in done.stdout
    full = subprocess.run(
        ["unshare", "-rm", "/bin/sh", "-c", script.replace("-t tmpfs", "-t tmpfs -o size=64k")],
        env={**os.environ, "SAKIMORI_SECRET_KEY": "only-for-tests"}, cwd=REPOSITORY, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert (full.returncode, "No space is left" in full.stderr) == (1, True), full.stderr


def test_what_the_machine_refuses_is_said_in_both_languages(home, tmp_path):
    saved, binary = tmp_path / "a.sakimori", tmp_path / "binary"
    assert command(home, "backup", saved)[0] == 0
    binary.write_bytes(b"\xff\xfe\x00")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for where, words, said in (
        (home, ("backup", tmp_path / "missing" / "a.sakimori"), "directory for the backup does not exist"),
        (home, ("backup", "/proc/x"), "The machine refused"),
        (home, ("backup", tmp_path / "b", "--with-keys", "--passphrase-file", binary), "not UTF-8"),
        ("/proc/x/home", ("restore", saved, "--new-keys"), "The machine refused"),
        (tmp_path / "file", ("restore", saved, "--new-keys"), "The machine refused (ENOTDIR)"),
        (tmp_path / "file" / "home", ("restore", saved, "--new-keys"), "The machine refused (ENOTDIR)"),
    ):
        status, _, errors = command(where, *words)
        assert (status, said in errors, "Traceback" in errors) == (1, True, False), errors
        assert "。" in errors
    assert not (tmp_path / "missing").exists()


def test_the_doctor_names_what_is_wrong_and_mends_modes(home, tmp_path):
    own = shutil.copytree(home, tmp_path / "home")
    own.chmod(0o700)
    assert failing(own) == {"worker"}
    (own / "keys" / "log.pem").chmod(0o644)
    own.chmod(0o755)
    assert failing(own) == {"worker", "keys", "home"}
    assert failing(own, "--fix") == {"worker"}
    assert (own / "keys" / "log.pem").stat().st_mode & 0o777 == 0o600
    (own / "keys" / "envelope.pem").unlink()
    described = json.loads((own / "deployment.json").read_text(encoding="utf-8"))
    (own / "deployment.json").write_text(json.dumps({**described, "url": "http://sakimori.example"}), encoding="utf-8")
    assert failing(own) == {"worker", "keys", "url"}


def test_an_upgrade_backs_up_and_never_goes_back(home, tmp_path):
    own = shutil.copytree(home, tmp_path / "home")
    status, said, errors = command(own, "upgrade", "--backup", tmp_path / "before.sakimori")
    assert status == 0, errors
    assert "start it, then sakimori doctor" in said
    assert command(own, "backup", "--verify", tmp_path / "before.sakimori")[0] == 0
    assert json.loads((own / "version.json").read_text(encoding="utf-8"))["version"] == __version__
    (own / "version.json").write_text(json.dumps({"version": "99.0", "law": ""}), encoding="utf-8")
    status, _, errors = command(own, "upgrade")
    assert (status, "newer version" in errors) == (1, True)
    (own / "version.json").unlink()
    with sqlite3.connect(own / "sakimori.sqlite3") as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('acts', '9999_later', '2030-01-01')"
        )
    connection.close()
    status, _, errors = command(own, "upgrade")
    assert (status, "9999_later" in errors) == (1, True)
