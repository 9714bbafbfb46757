"""The bundle for a machine without network: made, verified, installed with every way out shut, founded, examined."""

import json
import os
import shutil
import subprocess
import tarfile

import pytest

from tests.support.absent import skip_absent
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.slow
NO_WAY_OUT = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_CONFIG_FILE": os.devnull,
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
}


def run(*words, cwd=REPOSITORY, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SAKIMORI_", "DJANGO_"))}
    return subprocess.run(
        [*map(str, words)], cwd=cwd, env={**inherited, **environment}, check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The bundle, unpacked, and the public release key."""
    if not (REPOSITORY / ".venv" / "bin" / "python").exists():
        skip_absent("the work tree's own environment", "make setup")
    root = tmp_path_factory.mktemp("bundle")
    key, public = root / "release.key", root / "release.pub"
    assert run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key).returncode == 0
    assert run("openssl", "pkey", "-in", key, "-pubout", "-out", public).returncode == 0
    done = run("tools/bundle.sh", root / "bundle.tar", SAKIMORI_RELEASE_KEY=str(key))
    if done.returncode and "Could not find a version" in done.stderr:
        skip_absent("the package registry (or its cache)", "allow it, or set PIP_INDEX_URL")
    assert done.returncode == 0, done.stderr
    with tarfile.open(root / "bundle.tar") as tar:
        tar.extractall(root, filter="data")
    return root / "sakimori-bundle", public


def test_it_installs_and_serves_with_every_way_out_shut(made, tmp_path):
    bundle, public = made
    done = run(bundle / "install.sh", "--key", public, "--to", tmp_path / "opt", cwd=tmp_path, **NO_WAY_OUT)
    assert done.returncode == 0, done.stderr
    program, home = tmp_path / "opt" / "bin" / "sakimori", tmp_path / "home"
    founded = run(
        program, "--home", home, "init", "--name", "trial", "--edition", "operator", "--title-ja", "試験", "--title-en",
        "Trial", "--organisation-ja", "架空電力", "--corporate-number", "8700110005901", "--admin-name", "試験 太郎",
        "--admin-login", "trial.admin", "--no-ask", "--json", cwd=tmp_path, **NO_WAY_OUT,
    )  # fmt: skip
    assert founded.returncode == 0, founded.stderr
    found = json.loads(run(program, "--home", home, "doctor", "--json", cwd=tmp_path, **NO_WAY_OUT).stdout)
    assert {one["check"] for one in found if one["level"] == "fail"} <= {"worker"}
    assert {one["check"]: one["level"] for one in found}["catalogues"] == "ok"


@pytest.mark.parametrize("harm", ["file", "extra", "list", "key"])
def test_nothing_is_installed_from_a_bundle_that_was_changed(made, tmp_path, harm):
    bundle, public = made
    own = shutil.copytree(bundle, tmp_path / "own")
    if harm == "file":
        (own / "run.lock").write_bytes((own / "run.lock").read_bytes() + b"\n")
    elif harm == "extra":
        (own / "wheels" / "extra.whl").write_bytes(b"x")
    elif harm == "list":
        (own / "SHA256SUMS").write_bytes((own / "SHA256SUMS").read_bytes().replace(b"LICENSE", b"LICENCE"))
    else:
        other = tmp_path / "other.key"
        public = tmp_path / "other.pub"
        assert run("openssl", "genpkey", "-algorithm", "ed25519", "-out", other).returncode == 0
        assert run("openssl", "pkey", "-in", other, "-pubout", "-out", public).returncode == 0
    done = run(own / "install.sh", "--key", public, "--to", tmp_path / "opt", cwd=tmp_path, **NO_WAY_OUT)
    assert done.returncode == 1
    assert not (tmp_path / "opt").exists()
