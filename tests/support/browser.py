"""Headless Chromium over Playwright: Debian's own browser, loopback only, with screenshots and axe."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.support.absent import skip_absent
from tests.support.network import is_local

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
DESKTOP = 1280
PHONE = 390
_HEIGHT = 900


def executable() -> str | None:
    """Return the path of the installed Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(slots=True)
class Window:
    """One open page and what it tried to load from elsewhere (must stay empty) or wrote as errors."""

    page: Page
    offsite: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def screenshot(self, path: Path) -> Path:
        """Write the whole page as PNG to `path`; return the path."""
        self.page.screenshot(path=path, full_page=True)
        return path

    def accessibility_faults(self) -> list[str]:
        """Return the axe violations (WCAG 2.2 A and AA): rule, impact, first offending element."""
        chosen = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        found = Axe().run(self.page, options=chosen).response["violations"]
        return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html']}" for one in found]

    def overflows(self) -> bool:
        """Return whether the page is wider than its window (a reader would have to scroll sideways)."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


Opener = Callable[..., Window]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running browser for this process; the test is skipped, with the reason named, where it is absent."""
    found = executable()
    if found is None:
        skip_absent("Chromium", "apt-get install --no-install-recommends chromium fonts-noto-cjk")
    # Playwright's loop runs in this thread, so Django would take the tests' own queries for asynchronous ones.
    patch = pytest.MonkeyPatch()
    patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
    patch.undo()


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[Opener]:
    """Return `open_window(width=DESKTOP, language="ja", javascript=True)`; every window is closed after the test."""
    contexts: list[BrowserContext] = []

    def open_one(width: int = DESKTOP, language: str = "ja", *, javascript: bool = True) -> Window:
        context = chromium.new_context(
            viewport={"width": width, "height": _HEIGHT},
            locale=language,
            timezone_id="Asia/Tokyo",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        window = Window(page=context.new_page())

        def only_local(route: Route) -> None:
            address = urlsplit(route.request.url)
            if address.scheme in {"http", "https"} and not is_local(address.hostname):
                window.offsite.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        context.route("**/*", only_local)
        window.page.on("pageerror", lambda error: window.errors.append(str(error)))
        return window

    yield open_one
    for context in contexts:
        context.close()
