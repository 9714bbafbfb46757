"""What every test stands on: Django set up over a private home, loopback only, and what is absent named at the end.

The whole suite runs on SQLite. `SAKIMORI_TEST_DATABASE=postgres` runs it over a throw-away PostgreSQL server instead;
`make test` does so for the tests marked `both_databases`. Django is left out when only tests of the pure packages are
asked for (`pytest tests/law`), or by `SAKIMORI_TEST_DJANGO=0`.
"""

import atexit
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import settings as hypothesis_settings

from sakimori.web import founding
from tests.support import absent, deployment, postgres, run
from tests.support.browser import chromium, open_window
from tests.support.network import loopback_only
from tests.support.postgres import postgres_server, postgres_url
from tests.support.smtp import smtp_sink

__all__ = ["chromium", "loopback_only", "open_window", "postgres_server", "postgres_url", "smtp_sink"]


_PURE = ("tests/law", "tests/proofs", "tests/selection", "tests/matching", "tests/house", "tests/support")


def _only_pure() -> bool:
    """Return whether every path on the command line lies in the tests of a package that knows nothing of Django."""
    # What follows a long option, as in `--deselect tests/law/...`, is not asked for.
    given = [argument for before, argument in zip(sys.argv, sys.argv[1:], strict=False) if not before.startswith("--")]
    named = [Path(argument.split("::")[0]).resolve() for argument in given]
    paths = [path for path in named if path.exists() and path.is_relative_to(run.REPOSITORY / "tests")]
    return bool(paths) and all(any(path.is_relative_to(run.REPOSITORY / one) for one in _PURE) for path in paths)


def _set_up_django() -> None:
    """Point Django at a private home; must happen before any test module imports a model."""
    on_postgres = os.environ.get("SAKIMORI_TEST_DATABASE") == "postgres"
    home = run.private_home()
    deployment.write_home(home)
    os.environ["SAKIMORI_HOME"] = str(home)
    os.environ["SAKIMORI_DATABASE_URL"] = postgres.server().url("sakimori") if on_postgres else ""
    os.environ["SAKIMORI_LIMITS"] = "off"  # tests of limits put them on
    os.environ["SAKIMORI_SECRET_KEY"] = "only-for-tests"  # noqa: S105 - no secret, the homes are thrown away
    os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.web.settings"
    django.setup()
    from django.conf import settings  # needs Django

    from tests.support import fences  # needs Django

    settings.PASSWORD_HASHERS = ["tests.support.passwords.CheapScrypt"]
    fences.see_everything()
    founding.create_keys()


# A loaded machine must not turn a sound rule red; a found counterexample is printed so that it can be replayed.
hypothesis_settings.register_profile("house", deadline=None, print_blob=True)
hypothesis_settings.load_profile("house")

if not run.is_worker():
    run.directory()
    atexit.register(run.remove)
    atexit.register(postgres.stop)  # runs first
    if _only_pure():
        os.environ["SAKIMORI_TEST_DJANGO"] = "0"  # the workers follow
if os.environ.get("SAKIMORI_TEST_DJANGO") != "0":
    _set_up_django()


_MEASURED_ELSEWHERE = (
    "tests/cli/test_bundle.py",
    "tests/fuzz",
    "tests/house/test_layers.py",
    "tests/house/test_run.py::test_the_house_passes_its_own_checks",
    "tests/law/test_perturbation.py",
    "tests/law/test_perturbation_tables.py",
    "tests/proofs/test_logdir.py::test_a_flip_high_up_in_three_levels_is_found_in_its_file",
    "tests/proofs/test_logdir.py::test_any_flipped_byte_of_a_small_log_is_found_in_its_file",
    "tests/roles",
    "tests/selection/test_corpus.py",
    "tests/web/test_hostile_input.py",
    "tests/web/test_performing.py",
    "tests/web/test_schemathesis.py",
)
"""Tests that run the same lines thousands of times: those count towards coverage where they have tests of their own.

So do those that a browser walks through. Measuring doubles the time of whatever is measured.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, so that none is left to one worker at the end; do not measure what only repeats."""
    for item in items:
        if item.nodeid.startswith(_MEASURED_ELSEWHERE) or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Do not measure the processes of a test that is not measured itself."""
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    measuring = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_PROCESS_")}
    try:
        return (yield)
    finally:
        os.environ.update(measuring)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget the language that a request of the test before was answered in: it stays with the thread."""
    if os.environ.get("SAKIMORI_TEST_DJANGO") != "0":
        from django.utils import translation  # needs Django

        translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database; with `SAKIMORI_TEST_ROLE=app` tests go on as a role that owns none of it."""
    if os.environ.get("SAKIMORI_TEST_ROLE") == "app":
        from tests.support import fences  # needs Django

        with django_db_blocker.unblock():
            fences.own_nothing()


@pytest.fixture
def parties(settings: Any, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[deployment.Parties]:
    """The test parties, enrolled through the door; the log is this test's own, as its database is."""
    from tests.support import scenes  # needs Django

    settings.SAKIMORI_LOG = tmp_path / "log"
    with scenes.watched(monkeypatch):
        yield scenes.remembered(deployment.enrol)()


@pytest.fixture
def operator_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests' home an operator's own installation, which alone holds the private inventory."""
    from django.conf import settings  # needs Django

    monkeypatch.setitem(settings.SAKIMORI_DEPLOYMENT, "edition", "operator")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what this machine lacks in the closing lines."""
    skipped: Sequence[object] = terminalreporter.stats.get("skipped", [])
    for line in absent.closing_lines(skipped):
        terminalreporter.write_line(line, yellow=True)
