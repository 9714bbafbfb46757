"""The time of every list page with 257 operators × 20,000 computers, beside a plain Django admin list of the same rows.

    .venv/bin/python benchmarks/pages.py --root DIR [--operators 257] [--computers 20000] [--postgres URL] [--repeat 5]

Both sides are asked in one process by Django's own request machinery, without a network: ours through the test client
(all middleware, log-in session, reading record and its commit included), the admin's change list by its view alone. For
each list: first page, last page, a two-character Japanese search and every sort, each so many times; the p95 is over
all of these. The world is kept under DIR for the next run. Last line: JSON.
"""

import argparse
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LIMIT_MS = 300
SEARCH = "制御"
SEARCHES = {"acts": "届出", "inbox": "届出", "obligations": "期限", "warnings": "警告", "analysis:advisories": "端末"}
LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("power", "reporter", "assets:register", "assets_computer"),
    ("power", "reporter", "incidents:index", "incidents_case"),
    ("power", "reporter", "warnings:warnings", "warnings_received"),
    ("power", "reporter", "acts", "acts_act"),
    ("power", "reporter", "inbox", "acts_notice"),
    ("power", "reporter", "obligations", "acts_obligation"),
    ("power", "reporter", "proposals", "acts_proposal"),
    ("meti", "officer", "assets:notifications", "assets_notification"),
    ("meti", "officer", "item", "assets_notifieditem"),
    ("meti", "officer", "incidents:index", "incidents_report"),
    ("meti", "officer", "warnings:warnings", "warnings_issuedwarning"),
    ("meti", "officer", "recipients", "warnings_recipient"),
    ("meti", "officer", "acts", "acts_act"),
    ("meti", "officer", "inbox", "acts_notice"),
    ("meti", "officer", "obligations", "acts_obligation"),
    ("cabinet", "officer", "assets:notifications", "assets_notification"),
    ("cabinet", "officer", "item", "assets_notifieditem"),
    ("cabinet", "officer", "assets:products", "assets_notifieditem"),
    ("cabinet", "officer", "incidents:index", "incidents_report"),
    ("cabinet", "officer", "analysis:advisories", "analysis_advisory"),
    ("cabinet", "officer", "analysis:findings", "analysis_finding"),
    ("cabinet", "officer", "analysis:assessments", "analysis_finding"),
    ("cabinet", "officer", "measures:index", "measures_measure"),
    ("cabinet", "officer", "custody:index", "custody_selection"),
    ("cabinet", "officer", "inbox", "acts_notice"),
    ("cabinet", "officer", "obligations", "acts_obligation"),
    ("committee", "secretariat", "oversight:index", "oversight_matter"),
    ("committee", "secretariat", "oversight:notices", "oversight_handlingnotice"),
    ("power", "reporter", "desk", ""),
    ("meti", "officer", "desk", ""),
    ("cabinet", "officer", "desk", ""),
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
    started = time.perf_counter()
    if fresh:
        from benchmarks import pages_world
        from sakimori.web import founding

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
    client = Client(headers={"accept-language": "ja"}, SERVER_NAME="127.0.0.1")
    client.force_login(account)
    session = client.session
    session["world"], session["role"] = deployment.WORLD, key_of(viewer)
    session.save()
    return client


def address(name: str) -> str:
    """Return the address of a list; of one notification's items and one warning's recipients for a sample of each."""
    from django.urls import reverse

    from sakimori.assets.models import Notification
    from sakimori.warnings.models import IssuedWarning
    from tests.support.deployment import fixed

    if name == "item":
        return reverse("assets:notification", args=[Notification.objects.filter(status="passed_on").first().id])
    if name == "recipients":
        mine = IssuedWarning.objects.filter(released_by=fixed("meti"), recipients__isnull=False).order_by(
            "-released_at"
        )
        return reverse("warnings:issued", args=[mine.first().id])
    return reverse(name)


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many milliseconds an answer took, and the answer."""
    started = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - started) * 1000, answer


def cases(page: str, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return what is asked of a list: first and last page, a search, every sort there is a link for, a filter."""
    sorts = dict.fromkeys(re.findall(r"[?&;]sort=(-?\w+)", page))
    pages = re.search(r"(\d+)\s*/\s*(\d+)|/\s*(\d+)\s*ページ|(\d+)\s*ページ中", page)
    last = max((int(one) for one in pages.groups() if one), default=1) if pages else 999_999
    found = [("first", {}), ("last", {"page": str(last)}), ("search", {"q": SEARCHES.get(name, SEARCH)})]
    found += [("sort", {"sort": one}) for one in sorts] + [("sort", {"sort": f"-{one.lstrip('-')}"}) for one in sorts]
    if name == "assets:register":
        found.append(("filter", {"notify": "yes"}))
    return found


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def ours(client: Any, name: str, repeat: int) -> tuple[float, str, int]:
    """Return the p95 of a list of ours, its slowest case, and the largest page in bytes."""
    from django.db import connection

    url = address(name)
    first = client.get(url)
    assert first.status_code == 200, f"{url}: {first.status_code} {first.headers.get('Location', '')}"
    asked = [("first", {})] if name == "desk" else cases(first.content.decode(), name)
    times: list[float] = []
    worst, size = (0.0, ""), 0
    for label, query in asked:
        taken = []
        for _ in range(repeat):
            milliseconds, answer = timed(lambda query=query: client.get(url, query))
            assert answer.status_code == 200, (url, query, answer.status_code)
            taken.append(milliseconds)
            size = max(size, len(answer.content))
        times += taken
        worst = max(worst, (statistics.median(taken), f"{label} {' '.join(query.values())}"))
    assert connection.queries_limit
    return p95(times), f"{worst[1]} {worst[0]:.0f} ms", size


def admins(table: str, repeat: int) -> float:
    """Return the p95 of the admin's list of a table: first page, last page, search, two sorts."""
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import RequestFactory

    from benchmarks.pages_admin import site

    registered = {model._meta.db_table: one for model, one in site._registry.items()}  # noqa: SLF001
    one, times = registered[table], []
    for query in ({}, {"q": SEARCH}, {"o": "1"}, {"o": "-3"}):
        for _ in range(repeat):
            request = RequestFactory(SERVER_NAME="127.0.0.1").get("/admin/x/", query)
            request.user = _Anybody()
            request.session = SessionStore()
            milliseconds, answer = timed(lambda request=request: one.changelist_view(request).render())
            assert answer.status_code == 200
            times.append(milliseconds)
            if milliseconds > 5_000:  # one is enough to know
                break
    return p95(times)


class _Anybody:
    is_active = is_authenticated = is_staff = True
    pk, username = 1, "bench"

    def get_username(self) -> str:
        return self.username

    def has_perm(self, *_: Any) -> bool:
        return True

    def has_usable_password(self) -> bool:
        return False


def exports() -> dict[str, float]:
    """Return the seconds of the CSV downloads that are long."""
    found = {}
    for organisation, role, name in (
        ("power", "reporter", "assets:register"), ("meti", "officer", "item"), ("power", "reporter", "acts"),
    ):  # fmt: skip
        milliseconds, answer = timed(
            lambda o=organisation, r=role, n=name: client_of(o, r).get(address(n), {"format": "csv"})
        )
        lines = answer.content.count(b"\r\n") - 1
        found[f"{name}: {lines} rows"] = round(milliseconds / 1000, 2)
    return found


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
    print(f"world: {figures['disk_mib']} MiB on disk, filled in {figures['filled_s']} s (once)")
    print(f"{'who':<22}{'list':<24}{'p95 ms':>8}{'admin':>9}{'ratio':>8}  KB  slowest case")
    lists: dict[str, Any] = {}
    beside: dict[str, float] = {}
    for organisation, role, name, table in LISTS:
        if given.only and given.only not in name:
            continue
        milliseconds, worst, size = ours(client_of(organisation, role), name, given.repeat)
        if table and table not in beside and not given.without_admin:
            beside[table] = admins(table, given.repeat)
        plain = beside.get(table, 0.0)
        ratio = f"{milliseconds / plain:.2f}" if plain else "-"
        mark = "" if milliseconds < LIMIT_MS else "  OVER"
        print(
            f"{organisation + '/' + role:<22}{name:<24}{milliseconds:8.0f}{plain:9.0f}{ratio:>8}{size // 1024:4}  "
            f"{worst}{mark}",
            flush=True,
        )
        lists[f"{organisation}/{role} {name}"] = {"p95_ms": round(milliseconds), "admin_p95_ms": round(plain)}
    figures["lists"] = lists
    if not given.only:
        figures["csv_s"] = exports()
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
