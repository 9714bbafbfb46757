"""Speed of the fast engine beside Suricata, on one core and on several.

    .venv/bin/python benchmarks/selection.py [--folder DIR] [--size 1600] [--copies 20 | --mix] [--rounds 5] [--large]

Builds its capture (`selection_capture.py`; with --mix real packets only, `selection_mix.py`) and its conditions: 10,000
addresses (1,000 of them in the capture), 1,000 byte patterns (250 of them in it), 16 destination ports; flows from
outside to inside. Two orders: `staged` (two kinds of
conditions; a flow's payload is searched only where it can still matter) and `worst case` (`distinct_by: id`: two
patterns are enough, so that all payload of the direction is reassembled and searched). Every round runs all programs
one after the other, each fresh, on one core, the file in the page cache; medians are compared. Measured is `select`
from call to result: preparing the order, reading, decoding, flows, streams, search, verdict, records in memory, digest
and receipt. Times over Suricata compare like with like: both without start-up, measured on a capture of one packet.
Suricata's settings are told in `selection_peer.py`; that they decide the same flows is checked in every run.
"""

import argparse
import dataclasses
import gc
import ipaddress
import mmap
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
import selection_capture  # noqa: E402
import selection_mix  # noqa: E402
import selection_peer  # noqa: E402
import selection_workers  # noqa: E402

from sakimori.selection import Countries, Order, load_order, select  # noqa: E402
from sakimori.selection.conditions import AddressCondition, CommandCondition, ValueCondition  # noqa: E402
from sakimori.selection.fast import source as sources  # noqa: E402
from sakimori.selection.fast.kernel import kernel  # noqa: E402
from sakimori.selection.fast.parse import account_for  # noqa: E402
from sakimori.selection.fast.rows import REASONS, WORDS  # noqa: E402
from sakimori.selection.fast.store import Table  # noqa: E402
from sakimori.selection.pattern import literal  # noqa: E402

NOW = datetime(2027, 1, 15, tzinfo=UTC)
HEAD = """
authority: BENCH
basis: agreement
direction: outside-to-inside
conditions:
  - {id: a1, kind: address, side: source, values: ["192.0.2.1"]}
  - {id: x1, kind: exploratory, field: dst_port, values: ["""
PORTS = [21, 22, 23, 25, 110, 143, 445, 1433, 3306, 3389, 4444, 5060, 5900, 6667, 8080, 9001]
ADDRESSES, PATTERNS, PLANTED, IN_CAPTURE = 10_000, 1_000, 250, 1_000
READING = ("reading byte by byte, in memory", "reading 64 bits at a time, in memory", "reading from the page cache")
PARSING = "walking and parsing headers, in memory"
MUST = {"staged": (10.0, 15.0), "worst case": (5.0, 8.0)}


def conditions(addresses: int, patterns: int, mix: int = 0) -> tuple[list[str], list[bytes]]:
    """Return the addresses and byte patterns both programs look for; `mix`: megabytes of real packets only."""
    rng = random.Random(selection_capture.SEED)  # noqa: S311  a fixed order, no secret
    _, outside = selection_capture.pools(rng)
    rng = random.Random(7)  # noqa: S311
    chosen = set(rng.sample(outside, IN_CAPTURE))
    while len(chosen) < addresses:
        chosen.add(rng.randbytes(4))
    if mix:
        found = selection_mix.patterns(patterns, mix)
    else:
        found = selection_capture.secret_patterns(PLANTED)
        found += [rng.randbytes(rng.randrange(6, 46)) for _ in range(patterns - PLANTED)]
    return [str(ipaddress.IPv4Address(address)) for address in sorted(chosen)], found


def order(addresses: list[str], patterns: list[bytes], *, by_id: bool, networks: int = 0, names: int = 0) -> Order:
    """Return an order with these conditions; built directly, because checking a million values is not what is timed."""
    empty = load_order(HEAD + ", ".join(map(str, PORTS)) + "]}\n")
    rng = random.Random(11)  # noqa: S311
    nets = [ipaddress.IPv4Network(address) for address in addresses]
    nets += [ipaddress.IPv4Network(((rng.randrange(1 << 24) << 8), 24)) for _ in range(networks)]
    hosts = tuple(f"n{number}.listed{number % 997}.example" for number in range(names))
    made = [
        AddressCondition("a1", "source", tuple(dict.fromkeys(nets)), hosts),
        *(CommandCondition(f"k{n:05d}", "R", "hex", p.hex(), literal(p)) for n, p in enumerate(patterns)),
        *(item for item in empty.conditions if isinstance(item, ValueCondition)),
    ]
    return dataclasses.replace(empty, conditions=tuple(made), distinct_by="id" if by_id else "kind")


@kernel
def _touch(data: Any) -> int:
    total = 0
    for number in range(len(data)):
        total += data[number]
    return total


def reading(path: Path) -> dict[str, tuple[float, float]]:
    """Time reading the file as it lies in memory, in three ways, and walking and parsing its headers there."""
    data = np.fromfile(path, dtype=np.int64, count=path.stat().st_size // 8)
    single = data.view(np.uint8)
    return {
        READING[0]: timed(lambda: _touch(single)),
        READING[1]: timed(lambda: _touch(data)),
        READING[2]: timed(lambda: _copied(path)),
        PARSING: timed(lambda: _parsing(data)),
    }


def _copied(path: Path) -> None:
    """Read the file as the engine does: block by block into one buffer."""
    buffer = memoryview(mmap.mmap(-1, sources.BLOCK))
    with path.open("rb", buffering=0) as stream:
        while stream.readinto(buffer):
            pass


def _parsing(data: Any) -> None:
    """Walk and parse all frames of a pcap that lies in memory, as the engine does, a block at a time."""
    from sakimori.selection.fast.walk import CURSOR, CURSORS, RECORD, walk_many

    most = sources.MOST
    rows, totals = Table(most, WORDS), np.zeros(2, dtype=np.int64)
    losses = np.zeros(2 * len(REASONS), dtype=np.int64)
    arrays = [np.zeros(most, dtype=np.int64) for _ in range(3)]
    odd, cursors = np.zeros(most, dtype=np.int64), Table(CURSORS, CURSOR)
    base, limit = data.ctypes.data, data.nbytes
    place = 24
    while True:
        end = min(place + sources.BLOCK, limit)
        found = walk_many(base, end, place, False, 1000, 1, *arrays, rows.address, odd, cursors.address)
        count, after, _, odds = found
        if not count:
            break
        account_for(odd, odds, count, after - place - count * RECORD, arrays[1], totals, losses)
        place = after


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Return wall seconds and CPU seconds (children included)."""
    gc.collect()
    begin, spent = time.perf_counter(), cpu()
    action()
    return time.perf_counter() - begin, cpu() - spent


def cpu() -> float:
    """Return the CPU seconds this process and its children have used: the measure other work disturbs least."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


Taken = list[tuple[float, float]]  # wall and CPU seconds


def shown(name: str, taken: Taken, size: int, more: str = "") -> tuple[float, float]:
    """Print a line and return the rates by wall time and by CPU time, Gbit/s."""
    wall, spent = (statistics.median(column) for column in zip(*taken, strict=True))
    rates = size * 8 / wall / 1e9, size * 8 / spent / 1e9
    best = min(one for one, _ in taken)
    print(
        f"{name:56} {wall:7.3f} s, {spent:7.3f} s CPU {rates[0]:7.2f} | {rates[1]:7.2f} Gbit/s  best {best:.3f} {more}"
    )
    return rates


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--size", type=int, default=1600, help="megabytes of the capture")
    parser.add_argument("--copies", type=int, default=selection_capture.COPIES, help="of the corpus in the capture")
    parser.add_argument("--mix", action="store_true", help="real packets only, mixed as in the first measurements")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=2)
    parser.add_argument("--large", action="store_true", help="also the large condition set")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--no-workers", action="store_true")
    parser.add_argument("--only-workers", action="store_true", help="one process, four, and a cluster; nothing else")
    asked = parser.parse_args()
    if not selection_capture.COUNTRY.exists():
        print(f"skipped: no country data at {selection_capture.COUNTRY}")
        return
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="sakimori-bench-"))
    folder.mkdir(exist_ok=True, parents=True)
    capture = folder / (f"real-{asked.size}.pcap" if asked.mix else f"mix-{asked.size}-{asked.copies}.pcap")
    if not capture.exists() and asked.mix:
        selection_mix.build(capture, asked.size)
    elif not capture.exists():
        selection_capture.build(capture, asked.size, selection_capture.secret_patterns(PLANTED), asked.copies)
    measure(capture, folder, asked)


class Rounds:
    """What every round took: the whole of it, and without start-up, which is measured on a capture of one packet."""

    def __init__(self, capture: Path, folder: Path) -> None:
        self.capture, self.one = capture, folder / "one.pcap"
        with capture.open("rb") as stream:
            head = stream.read(24 + 16)
            self.one.write_bytes(head + stream.read(int.from_bytes(head[32:36], "little")))
        self.whole: dict[str, Taken] = {}
        self.net: dict[str, Taken] = {}
        self.remarks: dict[str, str] = {}

    def take(self, name: str, action: Callable[[Path], object]) -> None:
        small, whole = timed(lambda: action(self.one)), timed(lambda: action(self.capture))
        self.whole.setdefault(name, []).append(whole)
        self.net.setdefault(name, []).append((whole[0] - small[0], whole[1] - small[1]))

    def clear(self) -> None:
        self.whole.clear()
        self.net.clear()

    def tell(self) -> None:
        size = self.capture.stat().st_size
        whole = {name: shown(name, values, size, self.remarks.get(name, "")) for name, values in self.whole.items()}
        print("without start-up:")
        told({name: shown(name, values, size) for name, values in self.net.items()}, whole)


def wanted_orders(asked: argparse.Namespace, addresses: list[str], patterns: list[bytes]) -> dict[str, Order]:
    orders = {name: order(addresses, patterns, by_id=name != "staged") for name in MUST}
    if asked.large:
        many, long = conditions(1_000_000, 10_000, asked.size if asked.mix else 0)
        for name in MUST:
            large = order(many, long, by_id=name != "staged", networks=100_000, names=1_000_000)
            orders[f"{name}, large set"] = large
    return orders


def measure(capture: Path, folder: Path, asked: argparse.Namespace) -> None:
    addresses, patterns = conditions(ADDRESSES, PATTERNS, asked.size if asked.mix else 0)
    countries = Countries([selection_capture.COUNTRY])
    orders = wanted_orders(asked, addresses, patterns)
    peer = "left out" if asked.no_peer else selection_peer.find()
    rule_file = folder / "bench.rules"
    rule_file.write_text(selection_peer.rules(addresses, patterns, PORTS))
    if isinstance(peer, str):
        print(f"Suricata: skipped, {peer}")
    cores = os.sched_getaffinity(0)
    rounds = Rounds(capture, folder)
    if asked.only_workers:
        selection_workers.compare(capture, rounds.one, orders, countries, NOW, asked.rounds)
        return
    for number in range(asked.rounds + 1):
        os.sched_setaffinity(0, {asked.core})
        results = {name: ours(rounds, name, made, countries) for name, made in orders.items()}
        for name, taken in reading(capture).items():
            rounds.whole.setdefault(name, []).append(taken)
        os.sched_setaffinity(0, cores)
        if 0 < number <= asked.peer_rounds and isinstance(peer, selection_peer.Peer):
            theirs(rounds, peer, rule_file, asked.core, results["staged"])
        if number == 0:  # the first round compiles and warms
            rounds.clear()
    print(f"{capture.name}: core {asked.core}; median of {asked.rounds} rounds; {load()}")
    rounds.tell()
    if not asked.no_workers:
        named = {name: orders[name] for name in MUST}
        selection_workers.compare(capture, rounds.one, named, countries, NOW, max(asked.rounds // 2, 1))


def ours(rounds: Rounds, name: str, made: Order, countries: Countries) -> Any:
    """Take the time of one of our runs; returns its result."""
    results = []

    def go(path: Path) -> None:
        results.append(select([path], made, countries, now=NOW, rehearsal=True, engine="fast"))

    rounds.take(name, go)
    receipt = results[-1].receipt
    rounds.remarks[name] = f"kept {receipt['kept_flows']} {receipt['output']['digest'][:8]}"
    return results[-1]


def theirs(rounds: Rounds, peer: selection_peer.Peer, rule_file: Path, core: int, staged: Any) -> None:
    """Take the times of the peer under each of its settings."""
    out = rule_file.parent / "suricata"
    for setting in selection_peer.SETTINGS:
        name = f"Suricata {peer.version}, 1 thread, {setting}"
        configuration = selection_peer.configured(peer, rule_file.parent, setting)

        def go(path: Path, configuration: Path = configuration) -> None:
            selection_peer.run(peer, configuration, rule_file, path, out, core)

        rounds.take(name, go)
        rounds.remarks[name] = verdicts(staged, out)


def verdicts(result: Any, out: Path) -> str:
    """Say how many of the flows that the staged order keeps the peer named too, and what it had no memory for."""
    theirs = selection_peer.alerted(out)
    ours = [(row["src"], row["dst"], row["src_port"], row["dst_port"]) for row in result.rows]
    shared = sum(ends in theirs for ends in ours)
    return f"named {shared} of the {len(ours)} kept; {selection_peer.lost(out):,} segments lost for want of memory"


def told(net: dict[str, tuple[float, float]], whole: dict[str, tuple[float, float]]) -> None:
    """Print the ratios the issue asks for: by wall time, by CPU time."""
    peers = {name: rate for name, rate in net.items() if name.startswith("Suricata")}
    for name, (must, times) in MUST.items():
        print(f"{name}: {whole[name][0]:.2f} | {whole[name][1]:.2f} Gbit/s with start-up (must {must})")
        wall, spent = net[name]
        for peer, (peer_wall, peer_spent) in peers.items():
            wanted = f" (must {times})" if peer.endswith(selection_peer.SAME_ON) else ""
            print(f"    {wall / peer_wall:.1f} | {spent / peer_spent:.1f} times {peer}{wanted}")
        if f"{name}, large set" in net:
            large = net[f"{name}, large set"]
            print(f"    large set slower by {wall / large[0]:.2f} | {spent / large[1]:.2f} (must 2)")
    parsing = whole[PARSING]
    for name in READING:
        read = whole[name]
        print(f"header parsing / {name}: {parsing[0] / read[0]:.0%} | {parsing[1] / read[1]:.0%} (must 90 %)")


if __name__ == "__main__":
    main()
