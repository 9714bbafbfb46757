import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sakimori.selection import Countries, Result, load_order, select

NOW = datetime(2027, 1, 15, tzinfo=UTC)
DATA = Path(os.environ.get("SAKIMORI_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    files = sorted((DATA / "captures" / "zeek").glob("*"))
    if not files:
        pytest.skip(f"no captures under {DATA}")
    return files


@pytest.fixture(scope="session")
def mmdb() -> Path:
    path = DATA / "ip-country" / "geo-whois-asn-country.mmdb"
    if not path.exists():
        pytest.skip(f"no country data under {DATA}")
    return path


@pytest.fixture
def run():
    """Run an order over captures given as bytes (or paths), as a rehearsal unless told otherwise."""

    def go(order: str, *captures: bytes | Path, countries: Countries | None = None, **options) -> Result:
        sources = [io.BytesIO(item) if isinstance(item, bytes) else item for item in captures]
        options.setdefault("rehearsal", True)
        return select(sources, load_order(order), countries or Countries(), now=NOW, **options)

    return go
