"""The quick look at DNS and TLS says no only where the reference finds no listed name, and says no at all."""

import random

import numpy as np
import pytest

from sakimori.selection import app_dns, apps, names
from sakimori.selection.facts import Facts
from sakimori.selection.fast import hints
from sakimori.selection.fast.store import Table
from tests.selection import build

LISTED = frozenset({"evil.example", "b.a.test", "x", "a-very-long-name-indeed.example.org"})
TABLE = hints.listed(LISTED)
LABELS = Table(hints.LABELS)
POOL = [
    "evil.example",
    "www.evil.example",
    "notevil.example",
    "example",
    "a.test",
    "b.a.test",
    "c.b.a.test",
    "x",
    "y.x",
]


def maybe(kind, data):
    raw = np.frombuffer(data, dtype=np.uint8)
    if kind == "dns":
        return bool(hints.dns(raw.ctypes.data, len(raw), 0, len(raw), TABLE.address, LABELS.address))
    return bool(hints.tls(raw.ctypes.data, len(raw), 0, len(raw), TABLE.address))


def holds(facts):
    return any(not LISTED.isdisjoint(names.and_parents(name)) for name in facts.names)


def hello_names(data):
    facts = Facts()
    apps.StreamApp(facts, dns=False).data(data)
    return facts


def damaged(data, rng):
    changed = bytearray(data)
    for _ in range(rng.randrange(3)):
        changed[rng.randrange(len(changed))] = rng.choice((0, 1, 63, 64, 192, 255, rng.randrange(256)))
    return bytes(changed[: rng.randrange(len(changed) + 1)] if rng.random() < 0.2 else changed)


@pytest.mark.parametrize("seed", range(20))
def test_dns(seed):
    rng = random.Random(seed)  # noqa: S311  a fixed order, no secret
    no = 0
    for _ in range(200):
        answers = []
        for _ in range(rng.randrange(3)):
            kind = rng.choice((1, 2, 5, 12, 15, 16, 33))
            target = rng.choice((build.dns_name(rng.choice(POOL)), b"\xc0\x0c", b"\x03www\xc0\x0c"))
            head = {15: b"\0\1", 33: b"\0\1\0\1\0\1"}.get(kind, b"")
            answers.append((rng.choice(POOL), kind, head + target))
        data = damaged(build.dns(rng.choice(POOL).upper() if seed % 2 else rng.choice(POOL), answers), rng)
        facts = Facts()
        app_dns.datagram(data, facts)
        assert maybe("dns", data) == holds(facts), data.hex()  # here both are exact
        no += not holds(facts)
    assert no > 20


@pytest.mark.parametrize("seed", range(20))
def test_tls(seed):
    rng = random.Random(seed)  # noqa: S311
    no = 0
    for _ in range(200):
        host = rng.choice([*POOL, "192.0.2.1", "ｅｖｉｌ.example", "evil.example.:443", "EVIL.example"]).encode()
        size = rng.choice((16_384, 16_384, 16_384, 90, 3))
        data = damaged(build.tls_records(build.client_hello(host), size), rng)
        if len(data) < 6 or data[0] != 22:
            continue
        said = maybe("tls", data)
        assert said or not holds(hello_names(data)), data.hex()
        no += not said
    assert no > 20
