"""Matching at the size of the whole regime: 257 operators × 20,000 products against the whole KEV catalogue.

Run: python benchmarks/matching.py [--operators 257] [--products 20000] [--catalogue FILE]
Without a catalogue the names below stand for it. Figures: building, every advisory over distinct names, one advisory
to its machines, indicators against operator ranges. Beside them, the bare loop over the same rows as the limit.
"""

import argparse
import ipaddress
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sakimori.matching import Advisory, ProductIndex, RegisteredProduct, from_kev, kev
from sakimori.matching.indicators import parse_indicator
from sakimori.matching.watchlist import Watched, Watchlist

NAMES = [
    ("フォーティネット", "FortiGate-{n}F"),
    ("Fortinet", "FortiOS"),
    ("シスコシステムズ合同会社", "Catalyst {n}"),
    ("Cisco Systems", "ASA {n}-X"),
    ("パロアルトネットワークス", "PA-{n}"),
    ("日本マイクロソフト株式会社", "Windows Server {n}"),
    ("Microsoft", "SQL Server {n}"),
    ("日本オラクル", "Oracle Database {n}c"),
    ("レッドハット", "Red Hat Enterprise Linux {n}"),
    ("ヴイエムウェア", "VMware ESXi {n}"),
    ("富士通", "PRIMERGY RX{n}"),
    ("日立製作所", "HA8000 {n}"),
    ("三菱電機", "MELSEC iQ-R {n}"),
    ("横河電機", "CENTUM VP R{n}"),
    ("シーメンス", "SIMATIC S7-{n}"),
    ("日本電気", "UNIVERGE IX{n}"),
    ("F5", "BIG-IP i{n}"),
    ("ジュニパー", "SRX{n}"),
    ("シトリックス", "NetScaler MPX {n}"),
    ("イバンティ", "Ivanti Connect Secure"),
    ("架空計装{n}", "監視制御サーバ {n}"),
]


def products(operators: int, each: int, spellings: int) -> Iterator[RegisteredProduct]:
    """Yield the machines; `spellings` bounds how many variants a name has."""
    draw = random.Random(1)  # noqa: S311 - not for secrets
    listed = [(maker.format(n=n), name.format(n=n)) for maker, name in NAMES for n in range(spellings)]
    for operator in range(operators):
        for number in range(each):
            maker, product = listed[int(draw.random() * len(listed))]
            yield RegisteredProduct(f"{operator}-{number}", f"o{operator}", maker, product)


def advisories(path: Path | None) -> list[Advisory]:
    if path is None:
        day = date(2026, 11, 1)
        return [Advisory(f"CVE-2026-{n:04}", "own", "", *pair, None, day, True, None) for n, pair in enumerate(NAMES)]
    return [from_kev(entry) for entry in kev.read_catalogue(path.read_bytes()).entries]


def timed(what: str, start: float, count: int, unit: str) -> None:
    seconds = time.perf_counter() - start
    print(f"{what:<58}{seconds:>9.3f} s {count / max(seconds, 1e-9):>14,.0f} {unit}/s")


def match_products(operators: int, each: int, spellings: int, catalogue: Path | None) -> None:
    total = operators * each
    start = time.perf_counter()
    for _ in products(operators, each, spellings):
        pass
    timed("limit: only drawing the same rows", start, total, "rows")
    start = time.perf_counter()
    index = ProductIndex(products(operators, each, spellings))
    timed(f"building the index ({len(index.pairs):,} distinct names)", start, total, "rows")
    told = advisories(catalogue)
    start = time.perf_counter()
    pairs = sum(len(index.match_pairs(advisory)) for advisory in told)
    timed(f"{len(told):,} advisories over distinct names ({pairs:,} answers)", start, len(told), "advisories")
    start = time.perf_counter()
    concerned = sum(len(index.operators(advisory)) for advisory in told)
    timed(f"the same to operators ({concerned:,} answers)", start, len(told), "advisories")
    one = Advisory("CVE-2026-9999", "own", "", "Fortinet", "FortiOS", None, date(2026, 11, 1), True, None)
    fresh = max(told, key=lambda advisory: advisory.product == "FortiOS")
    start = time.perf_counter()
    machines = len(index.match(one))
    timed(f"one advisory to every machine ({fresh.product})", start, machines, "matches")


def match_indicators(operators: int) -> None:
    draw = random.Random(2)  # noqa: S311 - not for secrets
    watched = [
        Watched(
            f"r{n}", f"o{n % operators}", parse_indicator(str(ipaddress.ip_network((draw.getrandbits(16) << 16, 24))))
        )
        for n in range(operators * 100)
    ]
    start = time.perf_counter()
    listed = Watchlist(watched)
    timed(f"building a list of {len(watched):,} operator ranges", start, len(watched), "ranges")
    numbers = [draw.getrandbits(32) for _ in range(500_000)]
    start = time.perf_counter()
    for number in numbers:
        listed.at_address(4, number)
    timed("addresses as numbers against the ranges", start, len(numbers), "events")
    texts = [str(ipaddress.ip_address(number)) for number in numbers[:50_000]]
    start = time.perf_counter()
    for text in texts:
        listed.touched(parse_indicator(text))
    timed("indicators as text, with reasons", start, len(texts), "events")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operators", type=int, default=257)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--spellings", type=int, default=1_000)
    parser.add_argument("--catalogue", type=Path)
    options = parser.parse_args()
    match_products(options.operators, options.products, options.spellings, options.catalogue)
    match_indicators(options.operators)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
