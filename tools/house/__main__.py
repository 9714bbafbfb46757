"""`python -m tools.house`: run all house checks over the repository; exit 1 if anything is found."""

import sys

from tools.house.run import ALLOWED, findings
from tools.house.source import repository_sources


def main() -> int:
    """Print the findings; return the exit status."""
    found = findings(repository_sources(), ALLOWED.read_text(encoding="utf-8"))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
