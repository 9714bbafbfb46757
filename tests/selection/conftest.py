import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sakimori.selection import Countries, Result, load_order, select
from tests.support.data import shared_data

NOW = datetime(2027, 1, 15, tzinfo=UTC)


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    return sorted(shared_data("captures", "zeek").glob("*"))


@pytest.fixture(scope="session")
def mmdb() -> Path:
    return shared_data("ip-country", "geo-whois-asn-country.mmdb")


@pytest.fixture
def run():
    """Run an order over captures given as bytes (or paths), as a rehearsal unless told otherwise."""

    def go(order: str, *captures: bytes | Path, countries: Countries | None = None, **options) -> Result:
        sources = [io.BytesIO(item) if isinstance(item, bytes) else item for item in captures]
        options.setdefault("rehearsal", True)
        return select(sources, load_order(order), countries or Countries(), now=NOW, **options)

    return go
