import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sakimori.selection import AllowedCondition, Authority, Countries, Result, key_id, load_order, select, sign
from sakimori.selection.conditions import AddressCondition, CommandCondition, RangeCondition, ValueCondition
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
    """Run an order over captures given as bytes (or paths), as a rehearsal unless told otherwise.

    A rehearsal is run by both engines, which must agree: every test of the reference is one of the fast engine.
    """

    def go(order: str, *captures: bytes | Path, countries: Countries | None = None, **options) -> Result:
        sources = [io.BytesIO(item) if isinstance(item, bytes) else item for item in captures]
        options.setdefault("rehearsal", True)
        result = select(sources, load_order(order, wide=True), countries or Countries(), now=NOW, **options)
        if options["rehearsal"] and "engine" not in options:
            sources = [io.BytesIO(item) if isinstance(item, bytes) else item for item in captures]
            options.pop("progress", None)
            fast = select(
                sources, load_order(order, wide=True), countries or Countries(), now=NOW, engine="fast", **options
            )
            assert_same(fast, result)
        return result

    return go


def assert_same(one: Result, other: Result) -> None:
    """Two runs of whatever engines kept the same rows and count everything alike."""
    assert one.rows == other.rows
    assert one.warnings == other.warnings
    changing = {"engine", "start", "end", "reading", "signature", "output"}
    assert {k: v for k, v in one.receipt.items() if k not in changing} == {
        k: v for k, v in other.receipt.items() if k not in changing
    }
    assert one.receipt["output"]["digest"] == other.receipt["output"]["digest"]


@pytest.fixture(scope="session")
def custody() -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(b"c" * 32)


@pytest.fixture(scope="session")
def issuer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b"i" * 32)


def _command(condition: CommandCondition) -> AllowedCondition:
    pattern = f"{condition.form}:{condition.source}"
    return AllowedCondition(kind="command", refs=(condition.ref,), patterns=(pattern,))


def _exploratory(condition: ValueCondition | RangeCondition) -> AllowedCondition:
    if isinstance(condition, ValueCondition):
        values = [value.decode() for value in sorted(condition.values)]
    else:
        ends = ("" if one is None else str(one) for one in (condition.minimum, condition.maximum))
        values = ["..".join(ends)]
    return AllowedCondition(kind="exploratory", fields=(condition.field,), values=tuple(values))


@pytest.fixture
def authority(custody, issuer):
    """Options for `run`: a signed authority that allows exactly the order, and the keys; fields may be changed."""

    def make(order: str, **changes) -> dict[str, object]:
        found = load_order(order)
        allowed = []
        for condition in found.conditions:
            if isinstance(condition, AddressCondition):
                values = [*map(str, condition.networks), *condition.names]
                allowed.append(AllowedCondition(kind="address", sides=(condition.side,), values=tuple(values)))
            elif isinstance(condition, CommandCondition):
                allowed.append(_command(condition))
            else:
                allowed.append(_exploratory(condition))
        fields = {
            "id": found.authority,
            "basis": found.basis.key,
            "direction": found.direction,
            "equipment": "receiving equipment 1",
            "valid_from": NOW - timedelta(days=1),
            "valid_until": NOW + timedelta(days=1),
            "allowed": tuple(allowed),
            "address_overrides": {str(network): code for network, code in found.address_overrides},
            "minimum_conditions": found.minimum_conditions,
            "custody_key": custody.public_key().public_bytes_raw().hex(),
            **changes,
        }
        return {
            "authority": sign(Authority(**fields), issuer),
            "trusted": {key_id(issuer.public_key()): issuer.public_key()},
            "signing_key": Ed25519PrivateKey.from_private_bytes(b"e" * 32),
            "pseudonym_master": b"m" * 32,
        }

    return make
