"""The background of a deployment, in two parts that do not hold each other up.

`log`: the sequencer, and a look every few seconds whether database, log and anchor still agree. `errands`: outbox,
transport, lapsing of proposals, what rooms do by the clock. A fault in a task is logged by its type (never with
contents) and does not stop the others. While the deployment only reads, both wait.
"""

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

import structlog
from django.db import close_old_connections, connections

from sakimori.acts import clock, keys, outbox, proposals, pulse, registry, standing, transport
from sakimori.acts.sequencer import Sequencer, locked
from sakimori.errors import SakimoriError

PAUSE_SECONDS = 0.5
READ_ONLY_PAUSE_SECONDS = 2
LOOK_SECONDS = 10
AT_ONCE = 5
"""Deliveries a round: each may wait half a minute for its recipient, and the pulse must go on."""
_log = structlog.stdlib.get_logger("sakimori.worker")
Task = tuple[str, Callable[[], int]]


def run(stop: threading.Event, further: Iterable[Task] = ()) -> None:
    """Work until `stop` is set; holds the log's lock meanwhile (`SakimoriError` where another process has it).

    `further` are errands of the layers above (the daily mail).
    A part that ends by a fault ends the other too, and the fault is raised here: whoever started the worker sees it.
    """
    beat = pulse.Beat()
    faults: list[BaseException] = []
    parts = [
        threading.Thread(target=_guarded, args=(part, beat, stop, faults), name=name)
        for name, part in (("log", _log_part), ("errands", partial(errands, further=tuple(further))))
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    pulse.end()
    if faults:
        raise faults[0]


def _guarded(
    part: Callable[[pulse.Beat, threading.Event], None],
    beat: pulse.Beat,
    stop: threading.Event,
    faults: list[BaseException],
) -> None:
    try:
        part(beat, stop)
    except BaseException as error:  # noqa: BLE001 - handed to whoever started the worker
        faults.append(error)
    finally:
        stop.set()
        connections.close_all()


def _log_part(beat: pulse.Beat, stop: threading.Event) -> None:
    while not stop.is_set():
        if standing.look().read_only:
            beat.sign("log")
            stop.wait(READ_ONLY_PAUSE_SECONDS)
            continue
        with locked():
            keys.private.cache_clear()
            _sequence(beat, stop)


def _sequence(beat: pulse.Beat, stop: threading.Event) -> None:
    """Take in what waits until told to stop or until the deployment only reads."""
    sequencer = Sequencer()
    looked = time.monotonic()
    while not stop.is_set():
        close_old_connections()
        taken = _attempt("sequencer", sequencer.run_once, beat)
        beat.sign("log")
        if time.monotonic() - looked > LOOK_SECONDS:
            looked = time.monotonic()
            standing.look()
        if standing.current().read_only:
            return
        if not taken:
            stop.wait(PAUSE_SECONDS)


def errands(beat: pulse.Beat, stop: threading.Event, further: Iterable[Task] = ()) -> None:
    """Send, lapse and do what is due, round by round, until told to stop."""
    tasks: list[Task] = [
        ("envelopes", lambda: transport.run_once(AT_ONCE)),
        ("outbox", lambda: outbox.run_once(AT_ONCE)),
        ("proposals", _lapse),
        *((name, _in_every_world(run_due)) for name, run_due in registry.recurring().items()),
        *further,
    ]
    while not stop.is_set():
        close_old_connections()
        done = 0
        for name, task in tasks:
            if stop.is_set() or standing.current().read_only:
                break
            done += _attempt(name, task, beat)
            beat.sign("errands")
        beat.sign("errands")
        if not done:
            stop.wait(PAUSE_SECONDS)


def _attempt(name: str, task: Callable[[], int], beat: pulse.Beat) -> int:
    try:
        done = task()
    except Exception as error:  # noqa: BLE001 - one task's fault must not stop the others
        fault = error.code if isinstance(error, SakimoriError) else type(error).__name__
        _log.error("task failed", task=name, fault=fault)
        beat.task(name, fault)
        return 0
    beat.task(name)
    return done


def _in_every_world(run_due: Callable[[str], int]) -> Callable[[], int]:
    return lambda: sum(run_due(world) for world in clock.worlds())


def _lapse() -> int:
    return sum(proposals.expire(world, clock.now(world)) for world in clock.worlds())
