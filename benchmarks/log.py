"""How many leaves a second the log's tiles take in, beside the limit: a bare append of the same entries with one fsync.

    .venv/bin/python benchmarks/log.py [--leaves N] [--directory DIR]

For each batch size: append + signed checkpoint + publish, as the sequencer does it, without the database; the bare file
appends the same bytes and syncs once a batch. Then proofs a second and the verification of the whole directory.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sakimori import proofs
from sakimori.acts.tiles import TileLog

ORIGIN = "benchmark.example/log"
BATCHES = (1, 16, 256, 4096, 32768)
PROOFS = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", type=int, default=200_000, help="leaves for the largest batches")
    parser.add_argument("--directory", type=Path, help="where to write (the disk to measure)")
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'batch':>7} {'leaves':>9} {'tiles leaves/s':>15} {'bare leaves/s':>14} {'ratio':>6}")
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        for batch in BATCHES:
            leaves = max(batch, min(arguments.leaves, batch * 400) // batch * batch)
            entries = [os.urandom(32) for _ in range(leaves)]
            tiled = _rate(leaves, lambda: _write_tiles(Path(name) / f"tiles{batch}", entries, batch))  # noqa: B023
            bare = _rate(leaves, lambda: _write_bare(Path(name) / f"bare{batch}", entries, batch))  # noqa: B023
            print(f"{batch:>7} {leaves:>9} {tiled:>15,.0f} {bare:>14,.0f} {tiled / bare:>6.2f}")
        _read_back(Path(name) / f"tiles{BATCHES[-1]}")


KEY = Ed25519PrivateKey.generate()


def _rate(count: int, run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return count / (time.perf_counter() - started)


def _write_tiles(path: Path, entries: list[bytes], batch: int) -> None:
    log = TileLog(path)
    for start in range(0, len(entries), batch):
        log.append(entries[start : start + batch])
        log.publish(proofs.sign_checkpoint(ORIGIN, log.size, log.root(log.size), KEY))


def _write_bare(path: Path, entries: list[bytes], batch: int) -> None:
    with path.open("ab") as file:
        for start in range(0, len(entries), batch):
            file.write(b"".join(entries[start : start + batch]))
            file.flush()
            os.fsync(file.fileno())


def _read_back(path: Path) -> None:
    log = TileLog(path)
    size, root = log.size, log.root(log.size)
    places = [place * 7919 % size for place in range(PROOFS)]
    made = [log.inclusion_proof(place, size) for place in places[:1]]
    rate = _rate(PROOFS, lambda: made.extend(log.inclusion_proof(place, size) for place in places[1:]))
    print(f"inclusion proofs made from tiles: {rate:,.0f} /s (tree of {size:,})")
    hashes = [log.leaf(place) for place in places]

    def verify() -> None:
        for place, leaf, proof in zip(places, hashes, made, strict=True):
            proofs.verify_inclusion(leaf, place, size, proof, root)

    print(f"inclusion proofs verified:        {_rate(PROOFS, verify):,.0f} /s")
    key = proofs.PublicKey(
        "benchmark", "log", ORIGIN, KEY.public_key().public_bytes_raw(), datetime(2026, 1, 1, tzinfo=UTC)
    )

    def inspect() -> None:
        assert proofs.inspect_log(path, proofs.KeyRing([key])).sound

    print(f"whole directory verified:         {_rate(size, inspect):,.0f} leaves/s")


if __name__ == "__main__":
    main()
