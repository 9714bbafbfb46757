"""A long list through the room: read and check, stage with preview, import as one act, file as one notification.

    .venv/bin/python benchmarks/assets_import.py [--rows 50000] [--database sqlite|URL]

Each run is a process of its own over a fresh deployment; the peak is that process's resident memory (ru_maxrss).
Last line: JSON. Measured with 50,000 rows (7.3 MB) on 4 cores shared with other work, Python 3.11, SQLite FULL:

    check 1.9 s · check, stage and preview 6.6 s · import 8.8 s · draft 0.2 s · propose 1.2 s · confirm 3.9 s (30,000
    computers in one notification) · peak 278 MiB, of which 153 before the list is read
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")


def measure(rows: int) -> dict[str, Any]:
    """Found a deployment in `SAKIMORI_HOME`, take in a list of `rows` computers, file them; return the figures."""
    import django

    django.setup()
    from sakimori.acts import proposals
    from sakimori.assets import drafting, intake
    from sakimori.assets.models import Computer
    from sakimori.web import founding
    from tests.support import deployment, filing

    founding.create_keys()
    founding.migrate()
    deployment.enrol()
    reporter = deployment.viewer("power", "reporter")
    data = filing.csv([filing.ROWS[n % 5].replace(f"P-00{n % 5 + 1}", f"K-{n:06}") for n in range(rows)])
    figures: dict[str, Any] = {"rows": rows, "bytes": len(data), "peak_before_mib": peak()}
    checked = timed(figures, "check_s", lambda: intake.check(reporter, data))
    assert not checked.faults
    del checked
    upload = timed(figures, "check_stage_preview_s", lambda: intake.take(reporter, data, "long.csv"))
    timed(figures, "import_s", lambda: intake.perform(reporter, upload, client="bench"))
    figures["peak_import_mib"] = peak()
    assert Computer.objects.count() == rows
    payload = timed(
        figures, "draft_s", lambda: drafting.draft(reporter, "発電設備の監視制御システム").model_dump(mode="json")
    )
    figures["notified"] = len(payload["rows"])
    made = timed(figures, "propose_s", lambda: proposals.propose("assets.notification.file", payload, by=reporter))
    approver = deployment.viewer("power", "approver")
    timed(figures, "confirm_s", lambda: proposals.confirm(made.id, by=approver))
    figures["peak_mib"] = peak()
    return figures


def timed(figures: dict[str, Any], name: str, step: Callable[[], Any]) -> Any:
    """Run a step and note its seconds."""
    start = time.perf_counter()
    result = step()
    figures[name] = round(time.perf_counter() - start, 2)
    return result


def peak() -> int:
    """Return this process's peak resident memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(rows: int, url: str = "") -> dict[str, Any]:
    """Measure in a fresh process and deployment; return the figures."""
    from tests.support import deployment

    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "home"
        deployment.write_home(home)
        environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": url}
        command = [sys.executable, __file__, "--child", str(rows)]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Print one line a figure, then all as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--child", type=int)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(measure(given.child)))
        return
    figures = run(given.rows, "" if given.database == "sqlite" else given.database)
    for name, value in figures.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
