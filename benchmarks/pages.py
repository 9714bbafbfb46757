"""The time of every list page with 257 operators × 20,000 computers, beside a plain Django admin list of the same rows.

    .venv/bin/python benchmarks/pages.py --root DIR [--operators 257] [--computers 20000] [--postgres URL] [--repeat 5]

Both sides are asked in one process by Django's own request machinery, without a network: ours through the test client
(all middleware, log-in session, reading record and its commit included), the admin's change list by its view alone. The
lists are found, not named (`pages_lists`). For each: first page, last page, a two-character Japanese search, every sort
and every filter, each so many times; the p95 is over all of these. The world is kept under DIR. Last line: JSON.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LIMIT_MS = 300
SEARCH = "制御"
ROLES = (
    ("power", "reporter"),
    ("power", "approver"),
    ("meti", "officer"),
    ("cabinet", "officer"),
    ("cabinet", "analyst"),
    ("committee", "secretariat"),
    ("power", "administrator"),
)
EXPORTS = (
    ("power", "reporter", "assets:register"),
    ("meti", "officer", "assets:notification"),
    ("power", "reporter", "acts"),
)


def prepare(root: Path, operators: int, computers: int, url: str) -> dict[str, Any]:
    """Found the deployment in `root` and fill it, unless an earlier run has; return what that took."""
    from tests.support import deployment

    home = root / "home"
    os.environ.update(
        SAKIMORI_HOME=str(home), SAKIMORI_DATABASE_URL=url, DJANGO_SETTINGS_MODULE="benchmarks.pages_settings"
    )
    done = root / f"filled-{operators}-{computers}-{'postgres' if url else 'sqlite'}"
    fresh = not done.exists()
    if fresh:
        root.mkdir(parents=True, exist_ok=True)
        deployment.write_home(home)
    import django

    django.setup()
    from sakimori.web import founding

    started = time.perf_counter()
    if not fresh:
        founding.migrate()  # a world of an earlier version is kept
    else:
        from benchmarks import pages_world
        from tests.support import fences

        fences.see_everything()  # rows are laid down for everybody
        founding.create_keys()
        founding.migrate()
        deployment.enrol()
        pages_world.build(operators, computers)
        done.write_text(str(round(time.perf_counter() - started)), encoding="ascii")
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return {"filled_s": int(done.read_text(encoding="ascii")), "disk_mib": size // 2**20}


def client_of(organisation: str, role: str) -> Any:
    """Return a client logged in as the person who holds a role."""
    from django.test import Client

    from sakimori.parties.models import Account
    from sakimori.web.viewing import key_of
    from tests.support import deployment

    viewer = deployment.viewer(organisation, role)
    account, _ = Account.objects.get_or_create(login=f"{organisation}.{role}", defaults={"person": viewer.person})
    client = Client(headers={"accept-language": "ja"}, SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(account)
    session = client.session
    session["world"], session["role"] = deployment.WORLD, key_of(viewer)
    session.save()
    return client


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many milliseconds an answer took, and the answer."""
    started = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - started) * 1000, answer


def worked() -> float:
    """Return how many seconds of a processor this process has used, with PostgreSQL's process that serves it."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return time.process_time()
    ours = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + (int(ours.read_text(encoding="ascii").split()[0]) / 1e9 if ours.exists() else 0)


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def ours(client: Any, found: Any, repeat: int) -> tuple[float, float, str, int]:
    """Return the p95 of a list of ours by the wall and by this process's own time, its slowest case, its largest page.

    Own time is that of this process and, on PostgreSQL, of its server process beside it: all there is but the disk,
    and other work on the machine does not count in it.
    """
    times: list[float] = []
    own: list[float] = []
    worst, size = (0.0, ""), 0
    for label, query in found.cases:
        taken = []
        for _ in range(repeat):
            began = worked()
            milliseconds, answer = timed(partial(client.get, found.url, query))
            own.append((worked() - began) * 1000)
            assert answer.status_code == 200, (found.url, query, answer.status_code)
            taken.append(milliseconds)
            size = max(size, len(answer.content))
        times += taken
        worst = max(worst, (statistics.median(taken), f"{label} {' '.join(query.values())}"))
    return p95(times), p95(own), f"{worst[1]} {worst[0]:.0f} ms", size


def admins(model: Any, repeat: int) -> float:
    """Return the p95 of the admin's list of a table: first page, search, two sorts."""
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import RequestFactory

    from benchmarks.pages_admin import site

    one, times = site._registry[model], []  # noqa: SLF001
    for query in ({}, {"q": SEARCH}, {"o": "1"}, {"o": "-3"}):
        for _ in range(repeat):
            request: Any = RequestFactory(SERVER_NAME="127.0.0.1").get("/admin/x/", query)
            request.user = _Anybody()
            request.session = SessionStore()
            milliseconds, answer = timed(partial(_rendered, one, request))
            assert answer.status_code == 200
            times.append(milliseconds)
            if milliseconds > 5_000:  # one is enough to know
                break
    return p95(times)


def _rendered(one: Any, request: Any) -> Any:
    return one.changelist_view(request).render()


class _Anybody:
    is_active = is_authenticated = is_staff = True
    pk, username = 1, "bench"

    def get_username(self) -> str:
        return self.username

    def has_perm(self, *_: Any) -> bool:
        return True

    def has_usable_password(self) -> bool:
        return False


def exports(found: dict[tuple[str, str, str], str]) -> dict[str, float]:
    """Return the seconds of the CSV downloads that are long."""
    told = {}
    for organisation, role, name in EXPORTS:
        client, url = client_of(organisation, role), found.get((organisation, role, name), "")
        if not url:
            continue
        milliseconds, answer = timed(partial(_download, client, url))
        rows = answer.count(b"\r\n") - 1
        told[f"{name}: {rows} rows"] = round(milliseconds / 1000, 2)
    return told


def _download(client: Any, url: str) -> bytes:
    answer = client.get(url, {"format": "csv"})
    return b"".join(answer) if answer.streaming else answer.content


def main() -> None:
    """Print a line a list, then everything as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--operators", type=int, default=257)
    parser.add_argument("--computers", type=int, default=20_000)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--without-admin", action="store_true")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    figures = prepare(given.root, given.operators, given.computers, given.postgres)
    from benchmarks.pages_lists import lists
    from sakimori.web import wsgi

    wsgi.load_for_good()  # as the server does
    print(f"world: {figures['disk_mib']} MiB on disk, filled in {figures['filled_s']} s (once); load {os.getloadavg()}")
    print(f"{'who':<22}{'list':<30}{'p95 ms':>8}{'own':>6}{'admin':>9}{'ratio':>8}  KB  slowest case")
    told: dict[str, Any] = {}
    beside: dict[Any, float] = {}
    addresses: dict[tuple[str, str, str], str] = {}
    for organisation, role in ROLES:
        client = client_of(organisation, role)
        for found in lists(client, SEARCH):
            addresses[organisation, role, found.name] = found.url
            if given.only and given.only not in found.name:
                continue
            milliseconds, own, worst, size = ours(client, found, given.repeat)
            model = found.models[0] if found.models and found.url != "/" else None
            if model and model not in beside and not given.without_admin:
                beside[model] = admins(model, given.repeat)
            plain = beside.get(model, 0.0)
            ratio = f"{milliseconds / plain:.2f}" if plain else "-"
            mark = "" if milliseconds < LIMIT_MS else "  OVER"
            print(
                f"{organisation + '/' + role:<22}{found.name:<30}{milliseconds:8.0f}{own:6.0f}{plain:9.0f}{ratio:>8}"
                f"{size // 1024:4}  {worst}{mark}",
                flush=True,
            )
            told[f"{organisation}/{role} {found.name}"] = {
                "p95_ms": round(milliseconds),
                "own_ms": round(own),
                "admin_p95_ms": round(plain),
            }
    figures["lists"] = told
    if not given.only or given.only == "csv":
        figures["csv_s"] = exports(addresses)
    figures["load"] = os.getloadavg()
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
