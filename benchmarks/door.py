"""Acts per second through the door, beside a bare insert of the same row as the limit; bulk 50,000; sequencer leaves/s.

    .venv/bin/python benchmarks/door.py [--acts 400] [--clients 1,4,16] [--bulk 50000] [--database sqlite,postgresql]

Every client is a process of its own. `bare` inserts a row of an act's size, one commit each, into a plain table of the
same database with the same durability (SQLite: WAL, synchronous=FULL). The ratio is what the door costs.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")


def found(home: Path, url: str) -> None:
    """Found a deployment with the test parties."""
    from tests.support import deployment

    deployment.write_home(home)
    _child(home, url, "found")


def _child(home: Path, url: str, *step: str) -> str:
    environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, __file__, "--child", *step], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def clients(home: Path, url: str, step: str, count: int, total: int) -> float:
    """Run `count` client processes that share `total` operations; return operations per second."""
    environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": url}
    share = str(total // count)
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--child", step, share, str(number)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in running:
        assert one.wait() == 0
    return int(share) * count / (time.perf_counter() - start)


def child(step: str, *arguments: str) -> None:
    """Do one step inside a deployment (own process)."""
    import django

    django.setup()
    {"found": _found, "acts": _acts, "bare": _bare, "bulk": _bulk, "sequence": _sequence}[step](*arguments)


def _found() -> None:
    from django.db import connection

    from sakimori.web import founding
    from tests.support import deployment

    founding.create_keys()
    founding.migrate()
    deployment.enrol()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id varchar(36) PRIMARY KEY, body text)")


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _acts(total: str, number: str) -> None:
    from sakimori.acts import door
    from tests.support.deployment import fixed, viewer

    approver = viewer("power", "approver")
    payload = {"organisation": str(fixed("power")), "matter": "bench", "given_on": "2026-11-24"}
    door.perform("parties.consent.give", payload, by=approver, idempotency_key=f"{number}-warm")
    _ready()
    for n in range(int(total)):
        door.perform("parties.consent.give", payload, by=approver, idempotency_key=f"{number}-{n}")


def _bare(total: str, number: str) -> None:
    import uuid

    from django.db import connection, transaction

    connection.ensure_connection()
    body = "x" * 1500
    _ready()
    for _ in range(int(total)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare (id, body) VALUES (%s, %s)", [str(uuid.uuid4()), body])


def _bulk(total: str) -> None:
    from sakimori.acts import batches, door
    from tests.support.deployment import fixed, viewer
    from tests.support.filing import ROWS

    reporter = viewer("power", "reporter")
    row = {
        "name": "監視", "maker": "横河電機", "product": "CENTUM VP", "unit": "application", "version": "", "serial": "",
        "address": "", "responsible": "", "introduced_on": "2024-06-01", "facility": str(fixed("power.facility")),
        "facts": {"part_of_facility": True, "serves": "others"},
    }  # fmt: skip
    assert ROWS
    start = time.perf_counter()
    rows = ({**row, "key": f"B-{n:06}"} for n in range(int(total)))
    batch = batches.stage("assets.register.import", rows, by=reporter)
    staged = time.perf_counter()
    door.perform("assets.register.import", {"source": "bench"}, by=reporter, batch=batch.id)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{staged - start:.1f} {done - staged:.1f} {peak:.0f}")


def _sequence() -> None:
    from sakimori.acts import sequencer
    from sakimori.acts.models import Leaf

    waiting = Leaf.objects.filter(position__isnull=True).count()
    start = time.perf_counter()
    taken = sequencer.drain()
    assert taken == waiting
    print(f"{taken} {taken / (time.perf_counter() - start):.0f}")


def _leaves(home: Path, url: str, total: int) -> str:
    """Put leaves of bare commitments beside the acts, and time the sequencer alone."""
    code = (
        "import django, os; django.setup()\n"
        "import uuid\n"
        "from django.db import transaction\n"
        "from sakimori.acts.models import Leaf\n"
        "from sakimori.record import open_door\n"
        "with transaction.atomic(), open_door('bench'):\n"
        f"    fresh = [Leaf(of=uuid.uuid4(), what='act', commitment=os.urandom(32)) for _ in range({total})]\n"
        "    Leaf.objects.bulk_create(fresh, batch_size=1000)\n"
    )
    environment = {**os.environ, "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": url}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=ROOT)
    return _child(home, url, "sequence")


def run(database: str, home: Path, url: str, options: argparse.Namespace) -> None:
    """Measure one database and print its rows."""
    found(home, url)
    for count in (int(part) for part in options.clients.split(",")):
        bare = clients(home, url, "bare", count, options.acts * 4)
        acts = clients(home, url, "acts", count, options.acts)
        ratio = acts / bare
        print(f"{database:<11} {count:>2} clients  door {acts:8.1f}/s   bare insert {bare:8.1f}/s   ratio {ratio:.3f}")
    staged, done, peak = _child(home, url, "bulk", str(options.bulk)).split()
    print(f"{database:<11} bulk {options.bulk}: staged {staged} s, one act {done} s, peak {peak} MiB (limit 1024)")
    leaves, rate = _leaves(home, url, 50_000).split()
    print(f"{database:<11} sequencer: {leaves} leaves at {rate}/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--clients", default="1,4,16")
    parser.add_argument("--bulk", type=int, default=50_000)
    parser.add_argument("--database", default="sqlite,postgresql")
    options = parser.parse_args()
    for database in options.database.split(","):
        with tempfile.TemporaryDirectory() as scratch:
            if database == "sqlite":
                run(database, Path(scratch) / "home", "", options)
                continue
            from tests.support import postgres

            try:
                server = postgres.server()
                run(database, Path(scratch) / "home", server.url(server.create_database()), options)
            finally:
                postgres.stop()


if __name__ == "__main__":
    if "--child" in sys.argv:
        place = sys.argv.index("--child")
        child(*sys.argv[place + 1 :])
    else:
        main()
