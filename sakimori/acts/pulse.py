"""The worker's pulse: a small file in the home that says when each of its parts last did its work.

Site, doctor and metrics read it; a worker that hangs, or that nobody started, is seen by its age.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from sakimori.acts import clock

FILE = "worker.pulse"
TYPE = "sakimori.pulse/1"
STALE_SECONDS = {"log": 30, "errands": 300}
"""After how many seconds without a sign a part counts as dead: the log works by the second, errands wait on others."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the worker last said: age of each part's sign in seconds, and tasks that failed when last tried."""

    pid: int = 0
    ages: Mapping[str, float] = field(default_factory=dict)
    failing: Mapping[str, str] = field(default_factory=dict)

    @property
    def dead(self) -> list[str]:
        """Return the parts without a sign of life."""
        return [part for part, limit in STALE_SECONDS.items() if self.ages.get(part, limit + 1) > limit]

    @property
    def alive(self) -> bool:
        """Return whether every part works."""
        return not self.dead


class Beat:
    """The worker's side: `sign(part)` after every round, `task(name, fault)` after every task."""

    def __init__(self) -> None:
        self._parts: dict[str, str] = {}
        self._failing: dict[str, str] = {}
        self._written: dict[str, float] = {}

    def sign(self, part: str) -> None:
        """Say that a part is alive."""
        self._parts[part] = clock.wall().isoformat()
        moment = time.monotonic()
        if moment - self._written.get(part, 0.0) >= 1:
            self._written[part] = moment
            self._write(part)

    def task(self, name: str, fault: str = "") -> None:
        """Say how a task went (`fault`: the type of the error; empty: well)."""
        if fault:
            self._failing[name] = fault
        else:
            self._failing.pop(name, None)

    def _write(self, part: str) -> None:
        document = {"type": TYPE, "pid": os.getpid(), "parts": self._parts.copy(), "failing": self._failing.copy()}
        temporary = _path().with_name(f".{FILE}.{part}.tmp")
        temporary.write_text(json.dumps(document), encoding="utf-8")
        temporary.replace(_path())


def read() -> Pulse:
    """Return the worker's pulse; a dead one where there is none."""
    try:
        found: dict[str, Any] = json.loads(_path().read_text(encoding="utf-8"))
        now = clock.wall()
        ages = {part: (now - datetime.fromisoformat(at)).total_seconds() for part, at in found["parts"].items()}
        return Pulse(int(found["pid"]), ages, dict(found["failing"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Pulse()


def end() -> None:
    """Take the pulse away: the worker was told to stop."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.SAKIMORI_HOME) / FILE
