"""The folder of real inputs: captures, catalogue of exploited vulnerabilities, address-to-country data."""

import os
from pathlib import Path

from tests.support.absent import skip_absent
from tests.support.run import REPOSITORY


def root() -> Path:
    """Return the folder named by `SAKIMORI_DATA`, by default `../shared/data` beside the repository."""
    return Path(os.environ.get("SAKIMORI_DATA") or REPOSITORY.parent / "shared" / "data")


def shared_data(*parts: str) -> Path:
    """Return a path below the folder of real inputs, or skip the running test when it is not there."""
    path = root().joinpath(*parts)
    if not path.exists():
        skip_absent(f"real inputs {'/'.join(parts)}".strip(), "set SAKIMORI_DATA")
    return path
