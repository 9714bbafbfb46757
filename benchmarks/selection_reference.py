"""Speed of the reference engine on the corpus of real captures: Mbit/s and packets/s, one core.

    .venv/bin/python benchmarks/selection_reference.py [--rounds 5]

Three settings, because what an order asks for decides the cost: headers only (no flow has the order's direction), a
typical
order, and everything (each payload reassembled, read and searched, each flow kept). Beside them the floor: reading
the capture files frame by frame and doing nothing. Reads SAKIMORI_DATA (default ../shared/data).
"""

import argparse
import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from sakimori.selection import Countries, load_order, select
from sakimori.selection.capture import frames

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SAKIMORI_DATA") or ROOT.parent / "shared" / "data")
NOW = datetime(2027, 1, 15, tzinfo=UTC)
HEAD = "authority: BENCH\n"
PATTERNS = "".join(f"  - {{id: p{n}, kind: command, ref: R, hex: {(b'EVIL%04d' % n).hex()}}}\n" for n in range(100))
ORDERS = {
    "headers only": HEAD
    + """basis: "17"
direction: outside-to-outside
address_overrides: {"0.0.0.0/0": JP, "::/0": JP}
conditions:
  - {id: a1, kind: address, values: ["0.0.0.0/0", "::/0"]}
  - {id: x1, kind: exploratory, field: packets, min: 1}
""",
    "typical order": HEAD
    + """basis: agreement
direction: outside-to-inside
address_overrides: {"10.0.0.0/8": JP, "192.168.0.0/16": JP, "172.16.0.0/12": JP}
conditions:
  - {id: a1, kind: address, side: source, values: ["0.0.0.0/1", "128.0.0.0/2", "example.com"]}
  - {id: k1, kind: command, ref: R, text: "HTTP/1."}
  - {id: k2, kind: command, ref: R, regex: "(EHLO|HELO) [a-z]{1,10}"}
  - {id: x1, kind: exploratory, field: dst_port, values: [25, 80, 443]}
""",
    "everything": HEAD
    + """basis: "17"
direction: outside-to-outside
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ}
conditions:
  - {id: a1, kind: address, values: ["0.0.0.0/0", "::/0"]}
  - {id: x1, kind: exploratory, field: packets, min: 1}
  - {id: k1, kind: command, ref: R, regex: "(EHLO|HELO) [a-z]{1,10}"}
""",
}
ORDERS["everything, 100 patterns"] = ORDERS["everything"] + PATTERNS


def read_only(files: list[Path]) -> tuple[int, int]:
    packets = size = 0
    for path in files:
        with path.open("rb") as stream:
            for frame in frames(stream):
                packets += 1
                size += len(frame.data)
    return packets, size


def line(name: str, seconds: list[float], packets: int, size: int, kept: str) -> None:
    middle = statistics.median(seconds)
    print(
        f"{name:28} {middle:7.2f} s  {size * 8 / middle / 1e6:8.1f} Mbit/s  {packets / middle:10,.0f} packets/s"
        f"  (best {min(seconds):.2f}, worst {max(seconds):.2f})  kept {kept}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    files = sorted((DATA / "captures" / "zeek").glob("*"))
    country = DATA / "ip-country" / "geo-whois-asn-country.mmdb"
    if not files or not country.exists():
        print(f"skipped: no captures or country data under {DATA}")
        return
    countries = Countries([country])
    packets, size = read_only(files)
    print(f"{len(files)} captures, {packets:,} packets, {size / 1e6:.1f} MB; median of {rounds} interleaved rounds")
    seconds: dict[str, list[float]] = {name: [] for name in ["reading frames (floor)", *ORDERS]}
    kept = dict.fromkeys(seconds, "-")
    for _ in range(rounds):
        begin = time.perf_counter()
        read_only(files)
        seconds["reading frames (floor)"].append(time.perf_counter() - begin)
        for name, order in ORDERS.items():
            begin = time.perf_counter()
            result = select(files, load_order(order, wide=True), countries, now=NOW, rehearsal=True)
            seconds[name].append(time.perf_counter() - begin)
            kept[name] = str(len(result.rows))
    for name, values in seconds.items():
        line(name, values, packets, size, kept[name])


if __name__ == "__main__":
    main()
