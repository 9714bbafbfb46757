"""The sample world served to this process, and windows that are already logged in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import served as stage
from tests.browser.served import Role, Served
from tests.browser.walking import walk_all
from tests.support import run
from tests.support.browser import DESKTOP, Opener, Window

Enter = Callable[..., Window]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The played sample world on loopback: played once a run, this process's own copy of it."""
    world = stage.play(run.directory() / "browser", walk_all)
    with Served(stage.copy(world, tmp_path_factory.mktemp("browser"))) as found:
        yield found


@pytest.fixture
def enter(open_window: Opener, served: Served) -> Enter:
    """Return `enter(role, width=…, language=…, javascript=…)`: a window in which that role is logged in."""

    def one(role: Role, width: int = DESKTOP, language: str = "ja", *, javascript: bool = True) -> Window:
        window = open_window(width=width, language=language, javascript=javascript)
        name, value = role.cookie
        window.page.context.add_cookies([{"name": name, "value": value, "url": served.urls[role.deployment]}])
        return window

    return one


@pytest.fixture
def shots() -> Path | None:
    """Where to leave screenshots (`SAKIMORI_SCREENSHOTS`), if anywhere."""
    wanted = os.environ.get("SAKIMORI_SCREENSHOTS")
    if not wanted:
        return None
    Path(wanted).mkdir(parents=True, exist_ok=True)
    return Path(wanted)
