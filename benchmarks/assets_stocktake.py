"""A long stocktake: a register of notified computers, a list that comes back as a file, its answer as one act.

    .venv/bin/python benchmarks/assets_stocktake.py [--rows 20000] [--changes 5000] [--profile]

A process of its own over a fresh deployment (SQLite FULL). Of the changes half touch what was notified (the product:
a clock, a change to notify), half do not (the version). `read_s` reads the returned file and finds what differs,
`answer_s` is the one act that records it, `undo_s` a second one that puts everything back. Last line: JSON.

Measured with 5,000 changes among 20,000 computers on 4 cores, Python 3.11, by the clock at a load of 5: read 0.8,
answer 1.9, undo 2.6, peak 262 MiB (in seconds of one core 0.8, 1.8, 2.4).
At a load of 15 the clock showed up to 8 times that.
Row by row, as it was before, the answer took 17 seconds of one core.
"""

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
from assets_import import peak, timed  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")


def measure(rows: int, changes: int, *, profile: bool) -> dict[str, Any]:
    """Found a deployment in `SAKIMORI_HOME`, notify a register, take in a stocktake's answer; return the figures."""
    import django

    django.setup()
    from django.conf import settings

    from sakimori.acts import clock, reading
    from sakimori.assets.models import Computer, StocktakeList
    from sakimori.assets.upkeep import returning
    from sakimori.record import open_door
    from sakimori.web import founding
    from tests.support import deployment, filing

    founding.create_keys()
    founding.migrate()
    deployment.enrol()
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "edition": "operator"}
    reporter = deployment.viewer("power", "reporter")
    lines = [filing.ROWS[n % 2].replace(f"P-00{n % 2 + 1}", f"K-{n:06}") for n in range(rows)]
    filing.import_register(lines)
    with open_door("benchmark"):  # as if its notification had arrived
        Computer.objects.update(status="notified", responsible="甲野")
    perform("start", {"title": "長い棚卸し", "answer_by": "2026-12-08"}, reporter)
    one = StocktakeList.objects.get()
    shown = reading.read(reporter, "assets.stocktake_rows", stocktake_list=one.id)
    figures: dict[str, Any] = {"rows": rows, "changes": changes}
    data = returned_file(shown, changes)
    said = timed(figures, "read_s", lambda: returning.read(data, shown, clock.today(reporter.world)))
    assert not said.faults, said.faults[:3]
    assert len(said.changes) == changes
    payload = {"stocktake_list": str(one.id), "computers": rows, "changes": said.changes, "answered_for": "甲野"}
    answer = lambda: perform("answer", payload, reporter)  # noqa: E731
    timed(figures, "answer_s", profiled(answer) if profile else answer)
    figures["peak_mib"] = peak()
    perform("close", {"stocktake": str(one.stocktake_id), "note": ""}, reporter)
    perform("start", {"title": "次", "answer_by": "2026-12-08"}, reporter)
    two = StocktakeList.objects.exclude(id=one.id).get()
    was = {str(row["id"]): row for row in shown}
    back = [
        {name: was[one["computer"]].get(name, value) if name in ("product", "version") else value
         for name, value in one.items()}
        for one in said.changes
    ]  # fmt: skip
    timed(
        figures,
        "undo_s",
        lambda: perform("answer", {**payload, "stocktake_list": str(two.id), "changes": back}, reporter),
    )
    return figures


def returned_file(shown: Any, changes: int) -> bytes:
    """Return the list as it comes back: of the first rows every second has a new product, the others a new version."""
    from sakimori.assets.upkeep import returning, sheets

    rows = []
    for n, row in enumerate(shown):
        cells = returning.cells(row)
        if n < changes:
            told = {**row, "answer": returning.CHANGED, "day": "2026-11-02"}
            told["product" if n % 2 else "version"] = f"{row['product']} {n % 50}"
            cells = returning.cells(told)
        rows.append(cells)
    return sheets.workbook("長い棚卸し", returning.LEAD, returning.heads(), rows)


def perform(step: str, payload: dict[str, Any], by: Any) -> Any:
    """Perform one act of a stocktake."""
    from sakimori.acts import door

    return door.perform(f"assets.stocktake.{step}", payload, by=by)


def profiled(step: Callable[[], Any]) -> Callable[[], Any]:
    """Return the step with a profile of it printed to standard error."""

    def run() -> Any:
        profile = cProfile.Profile()
        try:
            return profile.runcall(step)
        finally:
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)

    return run


def main() -> None:
    """Print one line a figure, then all as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=5_000)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        print(json.dumps(measure(given.rows, given.changes, profile=given.profile)))
        return
    from tests.support import deployment

    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "home"
        deployment.write_home(home)
        command = [sys.executable, __file__, "--child", "--rows", str(given.rows), "--changes", str(given.changes)]
        command += ["--profile"] if given.profile else []
        environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": ""}
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    for name, value in figures.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
