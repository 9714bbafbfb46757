"""A long list through the room: read and check, stage with preview, import as one act, file as one notification.

    .venv/bin/python benchmarks/assets_import.py [--rows 50000] [--format csv|xlsx|cyclonedx] [--database sqlite|URL]

Each run is a process of its own over a fresh deployment; the peak is that process's resident memory (VmHWM). The
same rows are also read plainly in the same process, with `csv` or openpyxl (of a bill: split at its braces): `ratio` is
our reading of the file to that. `in_s` is what the issue asks for: import, scope and check. Last line: JSON.

Measured with 50,000 rows on 4 cores shared with other work, in seconds of one core (by the clock at a load of 15 to 20
in brackets); Python 3.11, SQLite FULL:

    Excel (3.1 MB)  read 2.6 (0.15 x openpyxl) check, scope, stage 7.1 · import 4.9 · in all 12.0 (17.0) · 340 MiB
                    compared again 6.3 · export of the register 4.2 (4.5)
    CSV (7.3 MB)    read 0.3 (1.2 x csv)       check, scope, stage 4.8 · import 4.7 · in all 9.5 (12.0) · 360 MiB
    A CycloneDX bill of 209 MiB is read in 6.9.
"""

import argparse
import csv
import gc
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")

from sakimori.law.eras import parse_date  # noqa: E402 - after the path


def measure(rows: int, form: str) -> dict[str, Any]:
    """Found a deployment in `SAKIMORI_HOME`, take in a list of `rows` computers, file them; return the figures."""
    import django

    django.setup()
    from sakimori.acts import proposals
    from sakimori.assets import drafting, intake
    from sakimori.assets.models import Computer
    from sakimori.assets.sources import differences
    from sakimori.assets.sources.reading import read_source
    from sakimori.web import founding
    from tests.support import deployment, filing

    founding.create_keys()
    founding.migrate()
    deployment.enrol()
    reporter = deployment.viewer("power", "reporter")
    lines = [filing.ROWS[n % 5].replace(f"P-00{n % 5 + 1}", f"K-{n:06}") for n in range(rows)]
    data = MAKERS[form](lines)
    figures: dict[str, Any] = {"rows": rows, "format": form, "bytes": len(data), "peak_before_mib": peak()}
    timed(figures, "plain_s", lambda: PLAIN[form](data))
    source = timed(figures, "read_s", lambda: read_source(data))
    assert sum(len(sheet.rows) for sheet in source.sheets) == rows
    figures["ratio"] = round(figures["read_s"] / max(figures["plain_s"], 0.01), 2)
    del source
    if form == "cyclonedx":
        figures["peak_mib"] = peak()
        return figures
    checked = timed(figures, "check_s", lambda: intake.check(reporter, data))
    assert not checked.faults
    del checked
    upload = timed(figures, "check_stage_preview_s", lambda: intake.take(reporter, data, "long.csv"))
    timed(figures, "import_s", lambda: intake.perform(reporter, upload, client="bench"))
    figures["in_s"] = round(figures["check_stage_preview_s"] + figures["import_s"], 2)
    figures["in_cpu_s"] = round(figures["check_stage_preview_cpu_s"] + figures["import_cpu_s"], 2)
    figures["peak_import_mib"] = peak()
    again = timed(figures, "compare_again_s", lambda: intake.take(reporter, data, "long.csv"))
    assert differences.unpacked(bytes(again.difference)).unchanged == rows
    figures["peak_compare_mib"] = peak()
    assert Computer.objects.count() == rows
    payload = timed(
        figures, "draft_s", lambda: drafting.draft(reporter, "発電設備の監視制御システム").model_dump(mode="json")
    )
    figures["notified"] = len(payload["rows"])
    made = timed(figures, "propose_s", lambda: proposals.propose("assets.notification.file", payload, by=reporter))
    approver = deployment.viewer("power", "approver")
    timed(figures, "confirm_s", lambda: proposals.confirm(made.id, by=approver))
    client = logged_in(reporter)
    assert client.get("/assets/").status_code == 200  # the first request of a process loads the site
    gc.collect()
    gc.freeze()  # as `sakimori.web.wsgi` does for the server
    exported = timed(figures, "export_s", lambda: export(client))
    assert exported == rows
    figures["peak_mib"] = peak()
    return figures


def logged_in(viewer: Any) -> Any:
    """Return a client of the site logged in as this person in this role."""
    from django.test import Client

    from sakimori.parties.models import Account
    from sakimori.web.viewing import key_of

    account = Account.objects.create(login="bench", person=viewer.person)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(account)
    session = client.session
    session["world"], session["role"] = viewer.world, key_of(viewer)
    session.save()
    return client


def export(client: Any) -> int:
    """Download the whole register as the page gives it; return its rows."""
    answer = client.get("/assets/?format=csv")
    assert answer.status_code == 200, answer.content[:2000]
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return sum(1 for _ in csv.reader(io.StringIO(data.decode("utf-8-sig")))) - 1


def as_csv(lines: list[str]) -> bytes:
    """Return rows as a CSV file."""
    from tests.support import filing

    made: bytes = filing.csv(lines)  # type: ignore[no-untyped-call]
    return made


def as_xlsx(lines: list[str]) -> bytes:
    """Return rows as a workbook; days stand in it as days."""
    from tests.support import filing

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台帳")
    sheet.append(filing.HEADING.split(","))
    for line in lines:
        cells: list[Any] = line.split(",")
        cells[6] = parse_date(cells[6])
        sheet.append(cells)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def as_bill(lines: list[str]) -> bytes:
    """Return rows as a CycloneDX bill of libraries, padded with text so that 50,000 make about 200 MB."""
    components = [
        {"type": "library", "bom-ref": f"r{n}", "name": line[:40], "version": "1.0", "purl": f"pkg:npm/x{n}@1.0",
         "description": "x" * 200, "hashes": [{"alg": "SHA-256", "content": "0" * 64}] * 30}
        for n, line in enumerate(lines)
    ]  # fmt: skip
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}).encode()


def plain_csv(data: bytes) -> int:
    """Read a CSV file with the standard library alone; return its rows."""
    return len(list(csv.reader(io.StringIO(data.decode()))))


def plain_xlsx(data: bytes) -> int:
    """Read a workbook with openpyxl alone; return its rows."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))


MAKERS = {"csv": as_csv, "xlsx": as_xlsx, "cyclonedx": as_bill}
PLAIN: dict[str, Callable[[bytes], int]] = {
    "csv": plain_csv, "xlsx": plain_xlsx, "cyclonedx": lambda data: len(data.split(b"}")),
}  # fmt: skip


def timed(figures: dict[str, Any], name: str, step: Callable[[], Any]) -> Any:
    """Run a step and note its seconds, by the clock and of one core."""
    start, used = time.perf_counter(), time.process_time()
    result = step()
    figures[name] = round(time.perf_counter() - start, 2)
    figures[f"{name.removesuffix('_s')}_cpu_s"] = round(time.process_time() - used, 2)
    return result


def peak() -> int:
    """Return this process's peak resident memory in MiB; ru_maxrss would begin with that of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def run(rows: int, form: str = "csv", url: str = "") -> dict[str, Any]:
    """Measure in a fresh process and deployment; return the figures."""
    from tests.support import deployment

    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "home"
        deployment.write_home(home)
        environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": url}
        command = [sys.executable, __file__, "--child", str(rows), "--format", form]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Print one line a figure, then all as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--format", choices=sorted(MAKERS), default="csv")
    parser.add_argument("--child", type=int)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(measure(given.child, given.format)))
        return
    figures = run(given.rows, given.format, "" if given.database == "sqlite" else given.database)
    for name, value in figures.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
