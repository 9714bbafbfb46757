"""Fetch the example documents of the CycloneDX and SPDX projects into a directory, for tests that use them.

    .venv/bin/python -m tools.fetch_examples DIR
    SAKIMORI_BOM_EXAMPLES=DIR .venv/bin/pytest tests/assets/sources

Nothing of them is kept in this repository. What is fetched is pinned by commit; needs git and the network.
"""

import subprocess
import sys
from pathlib import Path

SOURCES = {
    "bom-examples": ("https://github.com/CycloneDX/bom-examples.git", "aaa24717f3101c27ff9006c1caa0fc848c2cb2fd"),
    "specification": ("https://github.com/CycloneDX/specification.git", "e02a34ae42a48239f54e04f75280b9000b29f1fb"),
    "spdx-examples": ("https://github.com/spdx/spdx-examples.git", "692c708f2644b3e439143f42462033f469f93303"),
    "tools-python": ("https://github.com/spdx/tools-python.git", "cef432adee09dbff2eedf7e33e4aa8be7c11ccfd"),
}


def main(arguments: list[str]) -> int:
    """Fetch each repository at its commit; return 0, or 1 where one could not be had."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    home = Path(arguments[0])
    failed = [name for name, (address, commit) in SOURCES.items() if not _fetched(home / name, address, commit)]
    print(f"fetched {len(SOURCES) - len(failed)} of {len(SOURCES)} into {home}")
    for name in failed:
        print(f"could not be fetched: {name}")
    return 1 if failed else 0


def _fetched(folder: Path, address: str, commit: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    for step in (["init", "-q"], ["fetch", "-q", "--depth", "1", address, commit], ["checkout", "-q", "FETCH_HEAD"]):
        done = subprocess.run(["git", "-C", str(folder), *step], check=False)  # noqa: S607 - git of the path
        if done.returncode:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
