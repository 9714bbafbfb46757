"""Official names out of a list as long as the NVD's: reading, loading, and what a spelling suggests.

    .venv/bin/python benchmarks/names.py [--names 1300000] [--products 200000] [--spellings 300]

The list is generated: `--names` CPE names (versions included) of `--products` different products of makers as uneven as
real ones (a few have thousands of products), as the .tar.gz of JSON documents that the NVD gives. Nothing is fetched.
A process of its own over a fresh deployment; the peak is its resident memory. Last line: JSON.

Measured with the defaults at a load of 15, Python 3.11, SQLite: loading 34 s of one core, 303 MiB; suggestions
p50 4, p95 188, at most 336 ms of one core.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")

_PART = 10_000  # names in one document of the NVD's archive
_SYLLABLES = ("ka", "shi", "no", "ru", "to", "mi", "sen", "dat", "flo", "net", "ser", "vo", "cli", "cor", "gra", "lin")
_KINDS = ("server", "gateway", "manager", "firmware", "router", "client", "plugin", "console", "agent", "engine")


def products(count: int) -> list[tuple[str, str]]:
    """Return different makers and products; makers are as uneven as those of the dictionary."""
    chance = random.Random(20261121)  # noqa: S311 - the same list every time
    makers = max(1, count // 7)
    named = [f"{''.join(chance.choices(_SYLLABLES, k=3))}{n:x}" for n in range(makers)]
    found: set[tuple[str, str]] = set()
    while len(found) < count:
        maker = (
            named[min(int(chance.paretovariate(0.6)) - 1, makers - 1)]
            if chance.random() < 0.3
            else chance.choice(named)
        )
        word = "".join(chance.choices(_SYLLABLES, k=2))
        found.add((maker, f"{word}_{chance.choice(_KINDS)}_{chance.randrange(400)}"))
    return sorted(found)


def archive(pairs: list[tuple[str, str]], names: int) -> bytes:
    """Return CPE names of these products as the NVD's archive: documents of 10,000 names, in a .tar.gz."""
    kept = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=1) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for number, rows in enumerate(_parts(pairs, names)):
            content = json.dumps({"format": "NVD_CPE", "products": rows}).encode()
            entry = tarfile.TarInfo(f"nvdcpe-2.0-chunks/part-{number:05}.json")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return kept.getvalue()


def _parts(pairs: list[tuple[str, str]], names: int) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for number in range(names):
        maker, product = pairs[number % len(pairs)]
        name = f"cpe:2.3:a:{maker}:{product}:{number // len(pairs)}.{number % 10}:*:*:*:*:*:*:*"
        titles = [{"title": f"{maker} {product.replace('_', ' ')}", "lang": "en"}]
        rows.append({"cpe": {"deprecated": False, "cpeName": name, "cpeNameId": f"{number:032x}", "titles": titles}})
        if len(rows) == _PART:
            yield rows
            rows = []
    if rows:
        yield rows


def measure(names: int, count: int, spellings: int) -> dict[str, Any]:
    """Load the list into the deployment in `SAKIMORI_HOME` and ask for suggestions; return the figures."""
    import django

    django.setup()
    from sakimori.assets.naming import loading, spelling
    from sakimori.web import founding

    founding.create_keys()
    founding.migrate()
    data = Path(os.environ["SAKIMORI_BENCH_LIST"]).read_bytes()
    figures: dict[str, Any] = {"names": names, "mib": len(data) // 2**20, "peak_before_mib": peak()}
    for turn in ("load", "load_again"):
        start, used = time.perf_counter(), time.process_time()
        figures["loaded"] = loading.load(data, "generated").names
        figures[f"{turn}_s"] = round(time.perf_counter() - start, 1)
        figures[f"{turn}_cpu_s"] = round(time.process_time() - used, 1)
        figures[f"peak_{turn}_mib"] = peak()
    del data
    taken: list[float] = []
    for maker, product in asked(products(count), spellings):
        used = time.process_time()
        spelling.suggested(maker, product)
        taken.append((time.process_time() - used) * 1000)
    taken.sort()
    figures |= {
        f"suggest_p{part}_ms": round(taken[min(len(taken) - 1, len(taken) * part // 100)], 1) for part in (50, 95)
    }
    figures |= {"suggest_max_ms": round(taken[-1], 1), "peak_mib": peak()}
    return figures


def asked(pairs: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Return spellings as people have them: versions behind, a legal form, another word, the largest makers often."""
    chance = random.Random(7)  # noqa: S311
    sizes: dict[str, int] = {}
    for maker, _ in pairs:
        sizes[maker] = sizes.get(maker, 0) + 1
    large = [pair for pair in pairs if sizes[pair[0]] > 500] or pairs
    found = []
    for number in range(count):
        maker, product = chance.choice(large if number % 3 == 0 else pairs)
        plain = product.replace("_", " ").title()
        form = number % 5
        found.append(
            (
                f"{maker.title()} 株式会社" if form == 0 else maker.upper(),
                f"{plain} {number}.1" if form < 3 else plain[:-2],
            )
        )
    return found


def peak() -> int:
    """Return this process's peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print one line a figure, then all as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=1_300_000)
    parser.add_argument("--products", type=int, default=200_000)
    parser.add_argument("--spellings", type=int, default=300)
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        print(json.dumps(measure(given.names, given.products, given.spellings)))
        return
    from tests.support import deployment

    with tempfile.TemporaryDirectory() as directory:
        home, listed = Path(directory) / "home", Path(directory) / "names.tar.gz"
        deployment.write_home(home)
        listed.write_bytes(archive(products(given.products), given.names))
        digest = hashlib.sha256(listed.read_bytes()).hexdigest()[:12]
        environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_BENCH_LIST": str(listed)}
        command = [sys.executable, __file__, "--child", *(str(one) for one in sys.argv[1:])]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures = {"list": digest, **json.loads(done.stdout.splitlines()[-1])}
    for name, value in figures.items():
        print(f"{name:>20}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
