"""Run the reference and the fast engine of the selection over real and generated captures, and compare everything.

    python -m tools.compare_engines [--generated 10000] [--first 0] [--captures DIR] [--workers 1] [--limit BYTES]

Every capture of DIR (by default $SAKIMORI_DATA/captures) alone, then all of them as one input under three orders, then
so many generated captures. Rows, warnings and every count of the receipt must be equal. Prints what differs and the
counts, and ends with status 1 if anything differed. Progress goes to the error stream.
"""

import argparse
import io
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sakimori.errors import SakimoriError
from sakimori.selection import Countries, Order, Result, load_order, select
from tests.selection import generate
from tests.support.data import root

_NOW = datetime(2027, 1, 15, tzinfo=UTC)
_CHANGING = frozenset({"engine", "start", "end", "reading", "signature", "output"})
_EVERY = 10.0  # seconds between two lines of progress
_ALL = """
authority: A
basis: "17"
direction: outside-to-outside
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ}
"""
ORDERS = {
    "everything": _ALL
    + """
conditions:
  - {id: a1, kind: address, side: either, values: ["0.0.0.0/0", "::/0"]}
  - {id: x1, kind: exploratory, field: packets, min: 1}
""",
    "patterns": _ALL
    + """
distinct_by: id
conditions:
  - {id: k1, kind: command, ref: R, text: "HTTP/1."}
  - {id: k2, kind: command, ref: R, regex: "(EHLO|HELO) [a-z]{1,10}"}
  - {id: k3, kind: command, ref: R, regex: "[Uu]ser-[Aa]gent: [A-Za-z]{2,20}"}
  - {id: k4, kind: command, ref: R, hex: "16030100"}
""",
    "typical": """
authority: A
basis: agreement
direction: outside-to-inside
address_overrides: {"10.0.0.0/8": JP, "192.168.0.0/16": JP, "172.16.0.0/12": JP}
conditions:
  - {id: a1, kind: address, side: source, values: ["0.0.0.0/1", "128.0.0.0/2", "2001::/16", "example.com"]}
  - {id: k1, kind: command, ref: R, text: "HTTP/1."}
  - {id: k2, kind: command, ref: R, regex: "(EHLO|HELO) [a-z]{1,10}"}
  - {id: x1, kind: exploratory, field: dst_port, values: [25, 80, 443]}
  - {id: x2, kind: exploratory, field: ssh.banner, values: ["SSH-2.0-OpenSSH_7.4"]}
""",
}  # fmt: skip

Source = Path | bytes


def _run(order: Order, sources: Sequence[Source], engine: str, workers: int) -> Result:
    opened = [io.BytesIO(item) if isinstance(item, bytes) else item for item in sources]
    return select(opened, order, Countries(), now=_NOW, rehearsal=True, engine=engine, workers=workers)


def apart(order: Order, sources: Sequence[Source], workers: int = 1) -> tuple[str, int]:
    """Return on what the engines differ over this input ("" if on nothing), and how many rows the reference kept."""
    reference = _run(order, sources, "reference", 1)
    try:
        fast = _run(order, sources, "fast", workers)
    except SakimoriError as error:
        return f"the fast engine failed: {error.explain('en')}", len(reference.rows)
    told = []
    if reference.rows != fast.rows:
        told.append(f"rows ({len(reference.rows)} and {len(fast.rows)})")
    if reference.warnings != fast.warnings:
        told.append("warnings")
    one, other = reference.receipt, fast.receipt
    names = sorted((one.keys() | other.keys()) - _CHANGING)
    told += [f"{name}: {one.get(name)} and {other.get(name)}" for name in names if one.get(name) != other.get(name)]
    if one["output"]["digest"] != other["output"]["digest"]:
        told.append("digest")
    return "; ".join(told), len(reference.rows)


class Tally:
    """Counts comparisons and what they told; says from time to time how far it is."""

    def __init__(self) -> None:
        self.compared = self.rows = 0
        self.different: list[str] = []
        self._told = self._begun = time.monotonic()

    def note(self, name: str, found: tuple[str, int], of: int, number: int) -> None:
        """Take one comparison, the `number`th of `of`."""
        self.compared += 1
        self.rows += found[1]
        if found[0]:
            self.different.append(f"{name}: {found[0]}")
            print(f"DIFFERENT {self.different[-1]}", flush=True)
        now = time.monotonic()
        if now - self._told > _EVERY:
            self._told = now
            rest = (now - self._begun) / number * (of - number)
            sys.stderr.write(f"{number} of {of}, about {rest:.0f} s left\n")

    def begin(self) -> None:
        """Measure the time left from here."""
        self._begun = time.monotonic()


def _captures(tally: Tally, paths: list[Path], workers: int) -> None:
    everything = load_order(ORDERS["everything"], wide=True)
    tally.begin()
    for number, path in enumerate(paths, 1):
        tally.note(path.name, apart(everything, [path]), len(paths), number)
    tally.begin()
    for number, (name, text) in enumerate(ORDERS.items(), 1):
        tally.note(
            f"all captures as one, {name}", apart(load_order(text, wide=True), paths, workers), len(ORDERS), number
        )


def _generated(tally: Tally, first: int, count: int) -> None:
    tally.begin()
    for number in range(1, count + 1):
        made = generate.case(first + number - 1)
        tally.note(f"generated {first + number - 1}", apart(made.order, made.captures), count, number)


def main() -> None:
    """Compare, print the counts, and end with status 1 if anything differed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--generated", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first generated capture")
    parser.add_argument("--captures", type=Path, default=root() / "captures")
    parser.add_argument("--workers", type=int, default=1, help="processes of the fast engine over all captures as one")
    parser.add_argument("--limit", type=int, default=1 << 40, help="leave out captures larger than this, in bytes")
    options = parser.parse_args()
    paths = sorted(path for path in options.captures.rglob("*") if path.is_file())
    paths = [path for path in paths if path.stat().st_size <= options.limit]
    tally = Tally()
    if paths:
        _captures(tally, paths, options.workers)
    _generated(tally, options.first, options.generated)
    print(
        f"{len(paths)} captures alone, {len(ORDERS) if paths else 0} times all as one, "
        f"{options.generated} generated: {tally.compared} comparisons over {tally.rows} rows kept, "
        f"{len(tally.different)} differ"
    )
    if tally.different:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
