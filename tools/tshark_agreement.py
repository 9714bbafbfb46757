"""Compare what the selection reads in every capture with what tshark reads, against the table of known differences.

    python -m tools.tshark_agreement [--captures DIR] [--every N] [--write]

Prints every difference that `tests/selection/tshark_differences.yaml` does not explain, every explained one that is no
longer seen, and the counts; ends with status 1 if there was either. `--write` puts what is new into the table with the
reason `unexplained`, to be explained by hand.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.selection import witness
from tests.selection.witness_table import TABLE, Entry, entries, known, reasons
from tests.support.data import root


def _told(paths: list[Path], tshark: str) -> Iterator[tuple[Path, list[Entry], int]]:
    for number, path in enumerate(paths, 1):
        theirs = witness.theirs(tshark, path)
        found = witness.differences(witness.ours(path), theirs)
        yield path, entries(path.name, found), len(theirs.ends)
        if number % 50 == 0:
            sys.stderr.write(f"{number} of {len(paths)}\n")


def _written(new: list[Entry]) -> None:
    """Add new differences to the table, in the order of files."""
    document = {
        "reasons": reasons(),
        "differences": [entry.as_dict() for entry in sorted([*known().values(), *new])],
    }
    head = TABLE.read_text("utf-8").partition("\nreasons:")[0] if TABLE.exists() else "# "
    dumped = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=118, default_flow_style=None)
    TABLE.write_text(f"{head}\n{dumped}", "utf-8")


def main() -> None:
    """Compare and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--captures", type=Path, default=root() / "captures" / "zeek")
    parser.add_argument("--every", type=int, default=1, help="only every Nth capture")
    parser.add_argument("--only", default="", help="only captures whose name contains this")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tshark = shutil.which("tshark")
    if tshark is None:
        raise SystemExit("tshark is absent / tshark がありません: apt-get install tshark")
    paths = [path for path in sorted(options.captures.glob("*"))[:: options.every] if options.only in path.name]
    table: dict[Any, Entry] = known()
    new: list[Entry] = []
    gone: list[Entry] = []
    frames = seen = 0
    for path, found, count in _told(paths, tshark):
        frames += count
        for entry in found:
            seen += 1
            if table.get(entry.key) != entry:
                new.append(entry)
                print(f"NEW {entry.as_dict()}")
        keys = {entry.key for entry in found}
        gone += [entry for key, entry in table.items() if entry.file == path.name and key not in keys]
    for entry in gone:
        print(f"GONE {entry.as_dict()}")
    print(f"{len(paths)} captures, {frames} frames: {seen} groups of differences, {len(new)} new, {len(gone)} gone")
    if options.write:
        _written(new)
    if new or gone:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
