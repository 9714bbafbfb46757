"""Keep one stored act of every kind and version that has none yet in `tests/acts/stored`; never rewrite one.

.venv/bin/python -m tools.stored_acts [TESTS …]

The acts are real: the tests perform them, and the smallest of each kind and version is kept as it was stored. Run it
after a room gained a kind or raised a version, and commit what it adds.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "tests" / "acts" / "stored"
NOT_ASKED = ("law", "proofs", "selection", "matching", "house", "support", "sample", "roles", "fuzz", "cli", "web")


def main(asked: list[str]) -> int:
    """Run the tests, keep what is new; return pytest's exit status where nothing could be kept."""
    tests = asked or [str(path) for path in sorted((ROOT / "tests").iterdir()) if _performs(path)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "3", "-p", "tests.acts.keeping",
             "-m", "not slow and not browser and not postgres", *tests],
            check=False, cwd=ROOT, env={**os.environ, "SAKIMORI_KEEP_ACTS": folder},
        )  # fmt: skip
        added = _keep(Path(folder))
    print(f"added {len(added)}: {', '.join(added)}")
    return 0 if added else done.returncode


def _performs(path: Path) -> bool:
    return path.is_dir() and path.name not in NOT_ASKED and any(path.glob("test_*.py"))


def _keep(folder: Path) -> list[str]:
    STORED.mkdir(exist_ok=True)
    added = []
    for path in sorted(folder.iterdir(), key=lambda one: one.stat().st_size):
        name = path.name.rsplit(".", 2)[0]
        target = STORED / f"{name}.json"
        if not target.exists():
            target.write_bytes(path.read_bytes())
            added.append(name)
    return added


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
