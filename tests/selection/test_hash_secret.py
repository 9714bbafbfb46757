"""The hash of flows and fragments has a secret: what a sender prepares against a known hash finds nobody at home."""

import io
import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.selection import Countries, select
from sakimori.selection.engine import RunSettings
from sakimori.selection.fast import hashing, store
from sakimori.selection.fast.joining import MARKS, NEXT
from sakimori.selection.fast.rows import LOW
from sakimori.selection.fast.run import FastRun, Prepared
from tests.selection import build, generate, test_held
from tests.selection.conftest import NOW

LOOSE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SECRETS = st.one_of(
    st.binary(min_size=hashing.SIZE, max_size=hashing.SIZE),
    st.sampled_from([bytes(hashing.SIZE), b"\xff" * hashing.SIZE]),
)


def fast(order, sources, secret=None):
    """Run the fast engine under a secret; returns the run, finished."""
    given_settings = RunSettings(order, Countries(), None, None, rehearsal=True)
    run = FastRun(given_settings, prepared=Prepared.of(given_settings, secret))
    for number, source in enumerate(sources):
        run.capture(number, io.BytesIO(source))
    return run


@LOOSE
@given(st.integers(0, 5000), SECRETS)
def test_results_do_not_depend_on_the_secret(seed, secret):
    """Not on a bad one either: all zeros put all flows into a few slots, and nothing is lost or kept more."""
    made = generate.case(seed)
    expected = select([io.BytesIO(item) for item in made.captures], made.order, Countries(), now=NOW, rehearsal=True)
    run = fast(made.order, made.captures, secret)
    run.finish()
    assert sorted(map(repr, run.rows)) == sorted(map(repr, expected.rows))
    assert run.account.decoded.as_dict() == expected.receipt["decoded"]
    assert dict(run.account.flows) == expected.receipt["flows"]


def test_each_run_has_another_secret():
    made = [Prepared.of(RunSettings(test_held.ORDER, Countries(), None, None, rehearsal=True)) for _ in range(3)]
    assert len({one.secret.raw for one in made}) == 3
    assert not any(one.secret.raw.hex() in repr(one) or str(one.secret.raw) in repr(one) for one in made)


# a flood made for the hash the engine had before it had a secret


def old_hash(s0, d0, key):
    """The flow's hash without a secret, as it was published, of IPv4 (arrays of unsigned 64 bits)."""
    a, b, c = (
        np.uint64(value % (1 << 64)) for value in (-7046029254386353131, -4417276706812531889, -4658895280553007687)
    )
    value = s0 * a ^ (d0 + key) * b
    value ^= (value >> np.uint64(29)) & np.uint64(0x7_FFFF_FFFF)
    value *= c
    return value ^ (value >> np.uint64(32))


def flood(slots, number):
    """Return (source address, source port) of flows that the old hash puts into few of so many slots."""
    rng, found = np.random.default_rng(7), []
    target = np.uint64(0xC0000201)  # 192.0.2.1
    while len(found) < number:
        size = 1 << 20
        s0 = np.uint64(0xCB007100) + rng.integers(0, 256, size).astype(np.uint64)
        ports = rng.integers(1, 1 << 16, size).astype(np.uint64) << np.uint64(48)
        ports |= rng.integers(1, 1 << 16, size).astype(np.uint64) << np.uint64(32)
        key = ports | np.uint64(6 << 16 | 4)
        home = (old_hash(s0, target, key) >> np.uint64(16)) & np.uint64(slots - 1)
        chosen = np.flatnonzero(home < 48)
        found += zip(s0[chosen].tolist(), key[chosen].tolist(), strict=True)
    return list(dict.fromkeys(found))[:number]


def longest(homes, slots):
    """Return how many slots are looked at, at most, to find a flow where each takes the next one that is free."""
    taken, worst = set(), 0
    for home in homes:
        slot = home
        while slot in taken:
            slot = (slot + 1) % slots
        taken.add(slot)
        worst = max(worst, (slot - home) % slots + 1)
    return worst


def test_a_flood_made_for_the_known_hash_builds_no_chains():
    slots = 1 << 18
    flows = flood(slots, 2000)
    sources, keys = np.array(flows, dtype=np.uint64).T
    old = (old_hash(sources, np.uint64(0xC0000201), keys) >> np.uint64(16)) & np.uint64(slots - 1)
    assert longest(old.tolist(), slots) > 1000  # it would have worked
    frames = [
        build.eth(
            build.ip4(address(s0), "192.0.2.1", build.TCP, build.tcp(key >> 48, key >> 32 & 0xFFFF, 7, build.SYN))
        )
        for s0, key in flows
    ]
    run = fast(test_held.ORDER, [build.pcap([(build.at(number, 1e-6), frame) for number, frame in enumerate(frames)])])
    table, entries = run._store._slots.lines, run._store.entries
    assert (len(table), run._store.flows) == (slots, len(flows))
    probes = []
    for slot in np.flatnonzero(table).tolist():
        line = entries[(int(table[slot]) & LOW) - 1]
        value = hashing.hash_key(
            run._secret.address, *(int(line[word]) for word in (store.S0, store.S1, store.D0, store.D1, store.KEY))
        )
        probes.append((slot - (value >> 16)) % slots + 1)
    assert max(probes) < 20
    assert sum(probes) < 1.2 * len(probes)
    run.finish()


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def old_bucket(source, target, key, buckets):
    """The bucket of a datagram that waits, of IPv4, as it was without a secret."""
    value = (source ^ target * -3808689974395783757 ^ key) * -7046029254386353131
    return (value >> 32) & (buckets - 1)


def test_fragments_made_for_the_known_hash_share_no_bucket():
    buckets, target = 1 << 11, 0xC0000201
    chosen = [
        (source, ident)
        for source, ident in itertools.product(range(0xCB007100, 0xCB007200), range(1, 20_000, 7))
        if old_bucket(source, target, ident << 32 | 17 << 16 | 4, buckets) < 4
    ][:900]
    assert len(chosen) == 900  # chains of 225
    frames = [
        build.eth(build.ip4(address(source), "192.0.2.1", build.UDP, bytes(8), ident=ident, more=True))
        for source, ident in chosen
    ]
    run = fast(test_held.ORDER, [build.pcap([(build.at(number, 1e-6), frame) for number, frame in enumerate(frames)])])
    joining = run._decoding._joining
    assert int((joining._lines.lines[:, MARKS] != 0).sum()) == len(chosen)
    chains = []
    for head in joining._buckets.lines.tolist():
        chains.append(0)
        line = head
        while line:
            chains[-1] += 1
            line = int(joining._lines.lines[line - 1, NEXT])
    assert max(chains) < 12
    run.finish()


@pytest.mark.parametrize("version", [4, 6])
def test_neighbours_spread_evenly(version):
    """Keys as senders have them, in order: addresses or ports counted up; none of the bits the tables use is lazy."""
    secret = hashing.Secret(bytes(range(1, hashing.SIZE + 1)))
    base = 0x2001_0DB8 << 32 if version == 6 else 0xCB007100
    for step in (
        lambda n: (base + n, 0, 1, 2, 6 << 16 | version),
        lambda n: (
            (base, 0, n << 20, 2, 6 << 16 | version) if version == 6 else (base, 0, n << 12, 0, 6 << 16 | version)
        ),
        lambda n: (base, 0, 1, 2, n << 48 | 6 << 16 | version),
        lambda n: (base, 0, 1, 2, (n << 32) | 17 << 16 | version),
    ):
        values = [hashing.hash_key(secret.address, *step(number)) for number in range(4096)]
        assert len(set(values)) == 4096
        for shift, bits in ((16, 12), (28, 12), (40, 12), (52, 12)):
            counts = np.bincount([value >> shift & (1 << bits) - 1 for value in values], minlength=1 << bits)
            assert counts.max() < 16  # 4096 balls in as many boxes: 8 at most, but for one case in thousands
