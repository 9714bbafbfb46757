"""One test run: its scratch directory, shared by the xdist controller and its workers, and its private homes."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_RUN = "SAKIMORI_TEST_RUN"


def is_worker() -> bool:
    """Return whether this process is an xdist worker; the controller (or the only process) is not."""
    return "PYTEST_XDIST_WORKER" in os.environ


def directory() -> Path:
    """Return the scratch directory of this run; the first caller outside a worker makes it.

    Mode 0711, because the PostgreSQL server below it runs as another user when the tests run as root.
    """
    found = os.environ.get(_RUN)
    if found and (is_worker() or Path(found, f"controller-{os.getpid()}").exists()):
        return Path(found)
    made = Path(tempfile.mkdtemp(prefix="sakimori-test-"))
    made.chmod(0o711)
    Path(made, f"controller-{os.getpid()}").touch()
    os.environ[_RUN] = str(made)
    return made


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a directory that `make` fills once a run, in whichever process comes first; the others wait for it.

    A module's fixture is made anew in every worker that gets one of its tests: what it founds is founded here instead,
    and copied.
    """
    made = directory() / "once" / name
    made.mkdir(parents=True, exist_ok=True)
    with made.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = made.with_name(f"{name}.done")
        if not done.exists():
            shutil.rmtree(made)
            made.mkdir()
            make(made)
            done.touch()
    return made


def private_home() -> Path:
    """Return a new directory for this process alone, to be the `SAKIMORI_HOME` of in-process tests."""
    return Path(tempfile.mkdtemp(prefix=f"home-{os.getpid()}-", dir=directory()))


def inherited() -> dict[str, str]:
    """Return the environment for a process of a test: nothing of this one's deployment, and not measured for coverage.

    What such processes run is covered by tests of its own; measuring it again would double their time.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(("SAKIMORI_", "COVERAGE_"))}


def remove() -> None:
    """Remove the scratch directory; called once, by the controller, when everything in it has ended."""
    if not is_worker():
        shutil.rmtree(os.environ.pop(_RUN, ""), ignore_errors=True)
