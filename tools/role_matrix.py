"""Write `docs/role-matrix.csv` anew from what door, pages and API answer now; a person reviews the change.

.venv/bin/python -m tools.role_matrix
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Ask everything, gather what was found, write the file; return pytest's exit status where asking failed."""
    with tempfile.TemporaryDirectory() as notes:
        asked = subprocess.run(
            [sys.executable, "-m", "pytest", "tests/roles", "-q", "-n", "2", "-k", "test_acts or test_pages_and_api"],
            check=False,
            cwd=ROOT,
            env={**os.environ, "SAKIMORI_ROLE_MATRIX": notes},
        )
        if asked.returncode:
            return asked.returncode
        sys.path.insert(0, str(ROOT))
        from tests.roles import golden  # noqa: PLC0415 - needs the repository on the path

        lines = [line for path in Path(notes).glob("*.json") for line in json.loads(path.read_text(encoding="utf-8"))]
        golden.write({(part, name, case, who): outcome for part, name, case, who, outcome in lines})
        print(f"{golden.PATH.relative_to(ROOT)}: {len(lines)} answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
