"""People at windows: somebody logged in in a real browser, and a look at each page on the way."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.test import Client

from tests.support.browser import Opener, Window

Enter = Callable[..., Client]


@dataclass(slots=True)
class Looks:
    """Windows of one width and language, and everything that was wrong with the pages looked at.

    `SAKIMORI_SCREENSHOTS` names a directory for pictures of each page.
    """

    enter: Enter
    open_window: Opener
    url: str
    width: int
    language: str = "ja"
    javascript: bool = True
    faults: list[str] = field(default_factory=list)

    def sit(self, organisation: str, role: str) -> Window:
        """Return a window in which the person of that role is logged in."""
        client = self.enter(organisation, role)
        window = self.open_window(width=self.width, language=self.language, javascript=self.javascript)
        window.page.context.add_cookies(
            [{"name": name, "value": morsel.value, "url": self.url} for name, morsel in client.cookies.items()]
        )
        return window

    def at(self, window: Window, name: str) -> None:
        """Look at the page a window shows: accessibility, width, what it loads from elsewhere, its errors."""
        window.page.wait_for_load_state("load")  # a click may return while the style sheet is on its way
        self.faults += [f"{name}: {fault}" for fault in window.accessibility_faults()]
        self.faults += [f"{name}: from elsewhere {one}" for one in window.offsite]
        self.faults += [f"{name}: {one}" for one in window.errors]
        if window.overflows():
            self.faults.append(f"{name}: wider than {self.width}")
        if shots := os.environ.get("SAKIMORI_SCREENSHOTS"):
            window.screenshot(Path(shots) / f"{name}-{self.width}-{self.language}.png")
