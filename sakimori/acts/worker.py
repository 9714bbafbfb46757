"""The background of a deployment: sequencer, outbox, transport, lapsing of proposals, what rooms do by the clock.

A fault in one of them is logged by its type (never with contents) and does not stop the others.
"""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections

from sakimori.acts import clock, outbox, proposals, registry, transport
from sakimori.acts.sequencer import Sequencer, locked

PAUSE_SECONDS = 0.5
_log = logging.getLogger("sakimori.worker")


def run(stop: threading.Event) -> None:
    """Work until `stop` is set; holds the log's lock meanwhile (`SakimoriError` where another process has it)."""
    with locked():
        sequencer = Sequencer()
        tasks: list[tuple[str, Callable[[], int]]] = [
            ("sequencer", sequencer.run_once),
            ("envelopes", transport.run_once),
            ("outbox", outbox.run_once),
            ("proposals", _lapse),
            *((name, _in_every_world(run_due)) for name, run_due in registry.recurring().items()),
        ]
        while not stop.is_set():
            close_old_connections()
            if not sum(_attempt(name, task) for name, task in tasks):
                stop.wait(PAUSE_SECONDS)


def _attempt(name: str, task: Callable[[], int]) -> int:
    try:
        return task()
    except Exception as error:  # noqa: BLE001 - one part's fault must not stop the others
        _log.error("%s: %s", name, type(error).__name__)
        return 0


def _in_every_world(run_due: Callable[[str], int]) -> Callable[[], int]:
    return lambda: sum(run_due(world) for world in clock.worlds())


def _lapse() -> int:
    return sum(proposals.expire(world, clock.now(world)) for world in clock.worlds())
