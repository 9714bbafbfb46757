"""A run in a confined process of its own: traffic goes in, and only what may be kept comes out.

The process that calls never reads a byte of traffic. It starts another, which confines itself (`confine.py`) before it
touches the first source, selects, and answers through one pipe: rows, counts, sealed identities. If either dies, the
other ends, memory is gone, and nothing was written. A spool for bursts, if asked for, is a third process (`spool.py`).

What comes back is read by an unpickler that builds plain data and two counters and nothing else: the process that
reads traffic is not trusted by the one that started it.
"""

import os
import pickle
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

from sakimori.selection.capture import NANOSECONDS
from sakimori.selection.confine import Confinement, confine, hold_memory, hold_only, supported, unavailable
from sakimori.selection.engine import CUT, Run, RunSettings
from sakimori.selection.errors import ModeError
from sakimori.selection.real import Source, is_live
from sakimori.selection.receipt import Account, Amount
from sakimori.selection.records import Row
from sakimori.selection.spool import Report, Spool, Spooler, start

_Kind = TypeVar("_Kind", dict[str, Any], list[Row])
_PIECE = 1_000  # rows
_PLACE = re.compile(r"[A-Za-z_]\w{0,60}( [\w.]{1,80}:\d{1,6})?")
_ALLOWED = {
    ("collections", "Counter"): Counter,
    ("sakimori.selection.receipt", "Account"): Account,
    ("sakimori.selection.receipt", "Amount"): Amount,
}


class LostProcessError(RuntimeError):
    """The confined process ended without an answer, or said in which `place` it failed."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = f"LostProcessError {place}"


class Isolated(Run):
    """A run whose captures are read in another, confined process."""

    def __init__(self, settings: RunSettings, *, fast: bool, workers: int, spool: Spool | None = None) -> None:
        if not supported():
            raise unavailable("Landlock, seccomp")
        super().__init__(settings)
        self._settings = settings
        self._fast = fast
        self._workers = workers
        self._spool = spool
        self._sources: list[Source] = []
        self._sealed: bytes | None = None
        if fast:
            _compile()

    def capture(self, number: int, source: Source) -> None:
        """Note a capture; it is read by the process that `finish` starts."""
        self._sources.append(source)

    def finish(self) -> None:
        """Start the confined process, and spools before it; take over its answer; raises `LostProcessError`."""
        spoolers = self._spoolers()
        try:
            answer, rows = self._read_by_another()
        except BaseException:
            for spooler in spoolers:
                spooler.stop()
            raise
        reports = [spooler.end() for spooler in spoolers]
        if "fault" in answer:
            place = str(answer["fault"])
            if place.startswith("ModeError "):
                raise unavailable(place.removeprefix("ModeError "))
            raise LostProcessError(place if _PLACE.fullmatch(place) else "unknown")
        if self._spool is not None:
            whole = [report for report in reports if report is not None]
            if len(whole) < len(reports):  # what it had is missing, and the reader took that for the end
                raise LostProcessError("the spool was lost")
            self.spooled = [report.as_dict(self._spool) for report in whole]
        self.account, self.rows = answer["account"], rows
        self.warnings, self._sealed = answer["warnings"], answer["sealed"]
        self._spools_ended(spoolers, [report for report in reports if report is not None])
        self.confinement = answer["confinement"]

    def _spools_ended(self, spoolers: list[Spooler], reports: list[Report]) -> None:
        """Note when spools took from their sources last, and those the authority's period ended."""
        if reports:
            self.account.read_at = max(report.closed for report in reports) / NANOSECONDS
        for spooler, report in zip(spoolers, reports, strict=True):
            if not report.stopped:
                continue
            name = f"stream {spooler.number + 1}"
            for reason in CUT:  # it was cut by the spool: no damage
                if f"{name}: {reason}" in self.warnings:
                    self.warnings.remove(f"{name}: {reason}")
                    self.account.damaged -= Counter({reason: 1})
            self.unfinished(name)

    def _spoolers(self) -> list[Spooler]:
        """Put a spool before every stream, if one was asked for."""
        spoolers: list[Spooler] = []
        for number, source in enumerate(self._sources):
            if self._spool is not None and not isinstance(source, (str, Path)) and is_live(source):
                spoolers.append(start(source, self._spool, number, self._settings.ends))
                self._sources[number] = spoolers[-1].out
        return spoolers

    def _read_by_another(self) -> tuple[dict[str, Any], list[Row]]:
        """Start the confined process and return its answer and its rows, if it said no fault."""
        reading, writing = os.pipe()
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._be_the_reader(writing, parent)
        os.close(writing)
        try:
            with os.fdopen(reading, "rb") as answers:
                answer = _plain(answers, dict)
                rows: list[Row] = []
                while len(rows) < int(answer.get("rows", 0)):
                    rows += _plain(answers, list)
                return answer, rows
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, 9)
            os.waitpid(child, 0)

    def sealed(self) -> bytes | None:
        """Return what the confined process sealed; this one never had the identities."""
        return self._sealed

    def _be_the_reader(self, writing: int, parent: int) -> NoReturn:
        """Be the confined process; never returns to the caller's code, and says of a fault only where it was."""
        status = 1
        try:
            _only(writing, self._sources, quiet=self._settings.progress is None)
            confinement = confine()
            if os.getppid() == parent:
                _answer(writing, *self._select(confinement))
                status = 0
        except BaseException as error:  # noqa: BLE001  nothing may pass: a message may hold data
            with suppress(BaseException):
                _answer(writing, {"fault": _place(error)}, [])
        finally:
            os._exit(status)

    def _select(self, confinement: Confinement) -> tuple[dict[str, Any], list[Row]]:
        run = self._engine()
        for number, source in enumerate(self._sources):
            run.capture(number, source)
        run.finish()
        answer = {
            "account": run.account,
            "rows": len(run.rows),
            "warnings": [*run.warnings, *run.ended],
            "sealed": run.sealed(),
            "confinement": confinement.as_dict(),
        }
        return answer, run.rows

    def _engine(self) -> Run:
        if not self._fast:
            return Run(self._settings)
        from sakimori.selection.fast.kernel import keep_no_more  # noqa: PLC0415  loaded only when asked for
        from sakimori.selection.fast.run import FastRun  # noqa: PLC0415

        keep_no_more()
        return FastRun(self._settings) if self._workers == 1 else _held_runs(self._settings, self._workers)


def _held_runs(settings: RunSettings, workers: int) -> Run:
    """Return a run of several processes, each of which keeps its memory out of swap as this one does."""
    from sakimori.selection.fast.workers import ManyRuns  # noqa: PLC0415  loaded only when asked for

    class Held(ManyRuns):
        def part(self, mine: int, down: int, up: int) -> dict[str, Any]:
            hold_memory()
            return super().part(mine, down, up)

    return Held(settings, workers)


def _compile() -> None:
    """Have the kernels compiled and kept, over the built-in sample, before any traffic is read."""
    from sakimori.selection.fast.workers import load_kernels  # noqa: PLC0415  loaded only when asked for

    load_kernels()


def _only(writing: int, sources: list[Source], *, quiet: bool) -> None:
    """Close every handle but the answer's and the sources'; nothing goes to standard output, nor to error if quiet."""
    wanted = {writing} | {source.fileno() for source in sources if not isinstance(source, (str, Path)) and _has(source)}
    hold_only(wanted, quiet=quiet)


def _has(source: Any) -> bool:
    """Say whether a stream has a handle; one held in memory has none."""
    try:
        return int(source.fileno()) >= 0
    except (OSError, AttributeError, ValueError):
        return False


def _answer(writing: int, answer: dict[str, Any], rows: list[Row]) -> None:
    """Write the answer, and the rows a piece at a time: neither process then holds them twice."""
    with os.fdopen(writing, "wb", closefd=False) as stream:
        pickle.dump(answer, stream)
        while rows:
            pickle.dump(rows[-_PIECE:], stream)
            del rows[-_PIECE:]


def _place(error: BaseException) -> str:
    """Return type, file and line of a fault, never its message."""
    if isinstance(error, ModeError):
        return f"ModeError {error.where}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return f"{type(error).__name__}{place}"


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = _ALLOWED.get((module, name))
        if found is None:
            raise pickle.UnpicklingError("not plain data")
        return found


def _plain(stream: IO[bytes], kind: type[_Kind]) -> _Kind:
    """Return what stands next in the answer: a map, or a list that is not empty."""
    try:
        found = _Plain(stream).load()
    except Exception:  # noqa: BLE001  whatever it holds, it is no answer
        found = None
    if not isinstance(found, kind) or not found:
        raise LostProcessError("the confined process was lost")
    return found
