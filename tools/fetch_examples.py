"""Fetch documents of the CycloneDX and SPDX projects into a directory, for tests that use them.

    .venv/bin/python -m tools.fetch_examples DIR [--repositories]
    SAKIMORI_BOM_EXAMPLES=DIR .venv/bin/pytest tests/assets/sources

From the package registry: the test documents in the projects' own source packages, pinned by
`requirements/examples.lock` (`make test` does this). With --repositories: their repositories of examples too, pinned by
commit; needs git and the network. Nothing of them is kept in this repository, and nothing of them is installed.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements" / "examples.lock"
REPOSITORIES = {
    "bom-examples": ("https://github.com/CycloneDX/bom-examples.git", "aaa24717f3101c27ff9006c1caa0fc848c2cb2fd"),
    "specification": ("https://github.com/CycloneDX/specification.git", "e02a34ae42a48239f54e04f75280b9000b29f1fb"),
    "spdx-examples": ("https://github.com/spdx/spdx-examples.git", "692c708f2644b3e439143f42462033f469f93303"),
    "tools-python": ("https://github.com/spdx/tools-python.git", "cef432adee09dbff2eedf7e33e4aa8be7c11ccfd"),
}
ENDINGS = {".json", ".xml", ".spdx", ".yaml", ".yml", ".rdf", ".tag", ".jsonld"}
STAMP = "fetched.lock"  # a copy of the lock the packages in the directory came by


def main(arguments: list[str]) -> int:
    """Fetch what is wanted; return 0, or 1 where something could not be had."""
    parser = argparse.ArgumentParser(prog="tools.fetch_examples")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repositories", action="store_true")
    asked = parser.parse_args(arguments)
    failed = [] if from_registry(asked.folder) else ["the packages of requirements/examples.lock"]
    if asked.repositories:
        failed += [name for name, (at, commit) in REPOSITORIES.items() if not _cloned(asked.folder / name, at, commit)]
    for name in failed:
        print(f"could not be fetched / 取得できず: {name}", file=sys.stderr)
    return 1 if failed else 0


def from_registry(folder: Path) -> bool:
    """Unpack the pinned source packages into `folder`, unless they are there; say whether they are now."""
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_bytes() == LOCK.read_bytes():
        return True
    with tempfile.TemporaryDirectory() as packed:
        wanted = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes", "-r", str(LOCK)]
        pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check"]
        if subprocess.run([*pip, "download", *wanted, "-d", packed], check=False).returncode:
            return False
        folder.mkdir(parents=True, exist_ok=True)
        for package in Path(packed).iterdir():
            with tarfile.open(package) as archive:
                documents = [one for one in archive if one.isfile() and Path(one.name).suffix in ENDINGS]
                archive.extractall(folder, documents, filter="data")
    stamp.write_bytes(LOCK.read_bytes())
    return True


def _cloned(folder: Path, address: str, commit: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    for step in (["init", "-q"], ["fetch", "-q", "--depth", "1", address, commit], ["checkout", "-q", "FETCH_HEAD"]):
        done = subprocess.run(["git", "-C", str(folder), *step], check=False)  # noqa: S607 - git of the path
        if done.returncode:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
