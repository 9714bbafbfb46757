"""One selection by several processes on one machine, divided by flow: all read everything, each enters its own.

A flow belongs to the process its key's hash names, wherever its packets lie, so neither file borders nor the number of
processes change the result. Streams are handed to every process through a pipe of its own. A process that is lost, or
fails, fails the run: nothing is kept.
"""

import multiprocessing
import os
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from sakimori.selection.engine import Run, RunSettings, Source
from sakimori.selection.fast.run import FastRun, Prepared
from sakimori.selection.receipt import Account

_CHUNK = 1 << 18
_STANDARD = 2


class LostWorkerError(RuntimeError):
    """A process ended without its part of the result."""


class ManyRuns(Run):
    """Several `FastRun`, each in a process, as one run."""

    def __init__(self, settings: RunSettings, workers: int) -> None:
        super().__init__(settings)
        self._settings = settings
        self._workers = workers
        self._sources: list[Source] = []

    def capture(self, number: int, source: Source) -> None:
        """Note a capture; reading begins when all are known."""
        self._sources.append(source)

    def finish(self) -> None:
        """Read everything, in all processes at once, and put the parts together."""
        context = multiprocessing.get_context("fork")
        self._prepared = Prepared.of(self._settings)
        feeds = [self._feeds() for _ in range(self._workers)]
        answers, processes = [], []
        try:
            for mine in range(self._workers):
                receiving, sending = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(self, mine, feeds[mine], sending), daemon=True)
                process.start()
                sending.close()
                processes.append(process)
                answers.append(receiving)
            for feed in feeds:
                for handle, _ in feed.values():
                    os.close(handle)
            self._pour(feeds)
            parts = [_answer(receiving) for receiving in answers]
        finally:
            for process in processes:
                process.join(1)
                if process.is_alive():
                    process.kill()
                    process.join()
        self._together(parts)

    def _feeds(self) -> dict[int, tuple[int, int]]:
        """Return a pipe (reading and writing end) for each source that is a stream."""
        feeds = {}
        for number, source in enumerate(self._sources):
            if not isinstance(source, (str, Path)):
                feeds[number] = os.pipe()
        return feeds

    def _pour(self, feeds: list[dict[int, tuple[int, int]]]) -> None:
        """Copy each stream to all processes; one that wants no more of a damaged stream is left out."""
        for number, source in enumerate(self._sources):
            if isinstance(source, (str, Path)):
                continue
            sinks = [feed[number][1] for feed in feeds]
            while sinks and (data := _some(source)):
                for sink in list(sinks):
                    if not _pass_on(sink, data):
                        sinks.remove(sink)
                        os.close(sink)
            for sink in sinks:
                os.close(sink)

    def part(self, mine: int, feed: dict[int, tuple[int, int]]) -> dict[str, Any]:
        """Run one process's share and return it."""
        settings = self._settings
        progress = settings.progress if mine == 0 else None
        run = FastRun(
            RunSettings(
                settings.order, settings.country, settings.authority, settings.master, settings.rehearsal, progress
            ),
            workers=self._workers,
            mine=mine,
            prepared=self._prepared,
        )
        for number, source in enumerate(self._sources):
            if isinstance(source, (str, Path)):
                run.capture(number, source)
            else:
                with os.fdopen(feed[number][0], "rb") as stream:
                    run.capture(number, stream)
        run.finish()
        return {
            "account": run.account,
            "rows": run.rows,
            "warnings": run.warnings,
            "identities": run.identities(),
        }

    def _together(self, parts: list[dict[str, Any]]) -> None:
        """Take what every process counts alike from the first, and add up what each counts of its own flows."""
        first: Account = parts[0]["account"]
        self.account = first
        self.warnings = parts[0]["warnings"]
        self.rows = [row for part in parts for row in part["rows"]]
        for part in parts:
            self.know(part["identities"])
        for part in parts[1:]:
            account: Account = part["account"]
            if account.input != first.input or account.decoded != first.decoded:
                raise LostWorkerError("the processes did not read the same")
            first.flows.update(account.flows)
            first.not_decoded.update(account.not_decoded)
            first.by_condition.update(account.by_condition)
            first.before_start += account.before_start
            first.window_overflows += account.window_overflows
            first.evictions += account.evictions


def _work(runs: ManyRuns, mine: int, feed: dict[int, tuple[int, int]], sending: Connection) -> None:
    """Do a share and send it; whatever goes wrong, only that it did is told, and where."""
    _close_all_but({sending.fileno(), *(handle for handle, _ in feed.values())})
    try:
        sending.send(runs.part(mine, feed))
    except Exception as error:  # noqa: BLE001  the message may hold data and must not cross
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        sending.send(f"{type(error).__name__} {place}")
    finally:
        sending.close()


def _close_all_but(wanted: set[int]) -> None:
    """Close every handle inherited but those, and the three standard ones: a pipe held open would never end."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        handle = int(entry.name)
        if handle > _STANDARD and handle not in wanted:
            with suppress(OSError):
                os.close(handle)


def _answer(receiving: Connection) -> dict[str, Any]:
    try:
        answer = receiving.recv()
    except EOFError:
        raise LostWorkerError("a process was lost") from None
    if not isinstance(answer, dict):
        raise LostWorkerError(str(answer))
    return answer


def _some(source: IO[bytes]) -> bytes:
    """Return what is there of a stream, at least a byte; nothing at its end, or where it cannot be read."""
    try:
        return source.read(_CHUNK)
    except OSError:
        return b""


def _pass_on(sink: int, data: bytes) -> bool:
    """Write all of it; false when the reader wants no more."""
    view = memoryview(data)
    with suppress(BrokenPipeError):
        while view:
            view = view[os.write(sink, view) :]
        return True
    return False
