"""Watching the processes of a deployment: one that ends is started again, one that cannot live ends them all.

A child that ends by itself is started again after a pause that doubles each time (up to half a minute) and is forgotten
once it has lived for a minute. One that keeps ending at once is given up: everything is ended, with an error.
"""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click

from sakimori.errors import SakimoriError
from sakimori.text import Text

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
LIVED_SECONDS = 60.0
MOST_FAILURES = 5
_LOOK_SECONDS = 0.2
_END_SECONDS = 15.0


class ChildError(SakimoriError):
    """A process of the deployment cannot be kept alive."""

    code = "process.ends"


@dataclass(slots=True)
class Child:
    """A process to keep alive: its name for people, its arguments and environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    running: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process."""
        self.running = subprocess.Popen(list(self.arguments), env=dict(self.environment))  # noqa: S603 - our own
        self.began = time.monotonic()


def keep(children: Sequence[Child], stop: threading.Event, *, first_pause: float = FIRST_PAUSE) -> None:
    """Keep the children running until `stop` is set, then end them all; `ChildError` where one cannot be kept."""
    try:
        for child in children:
            if child.running is None:
                child.start()
        while not stop.wait(_LOOK_SECONDS):
            for child in children:
                _look_after(child, first_pause)
    finally:
        end(children)


def end(children: Sequence[Child]) -> None:
    """End all children and wait for them; one that does not listen is killed after a quarter of a minute."""
    living = [child.running for child in children if child.running is not None]
    for process in living:
        if process.poll() is None:
            process.terminate()
    for process in living:
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _look_after(child: Child, first_pause: float) -> None:
    now = time.monotonic()
    if child.running is None:
        if now >= child.again_at:
            child.start()
        return
    status = child.running.poll()
    if status is None:
        if now - child.began > LIVED_SECONDS:
            child.failures = 0
        return
    child.failures = child.failures + 1 if now - child.began < LIVED_SECONDS else 1
    child.running = None
    if child.failures >= MOST_FAILURES:
        raise ChildError(
            Text(f"「{child.name}」が続けて終了しました（{status}）。", f"“{child.name}” keeps ending ({status})."),
            where=child.name,
            mend=Text("上の記録と `sakimori doctor` を確かめてください。", "See the log above, and `sakimori doctor`."),
        )
    pause = min(first_pause * 2 ** (child.failures - 1), LONGEST_PAUSE)
    child.again_at = now + pause
    click.echo(
        f"{child.name}: 終了（{status}）、再起動します / ended ({status}), starting again in {pause:g} s", err=True
    )
