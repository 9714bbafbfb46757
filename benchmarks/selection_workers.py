"""One process compared with four, and with a cluster of four workers on this machine: CPU time of every process, wall.

The longest way is what other work disturbs least: what the first process does before the others begin (preparing the
order), and then the busiest process's CPU time. The demand is on wall time, which tells only on a quiet machine. Ratios
are shown with and without start-up, which is measured on a capture of one packet. What the machine itself gives four
processes that share nothing, of arithmetic and of reading memory, is shown first: no engine can have more.
"""

import contextlib
import mmap
import multiprocessing
import os
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from sakimori.selection import Countries, Order, select
from sakimori.selection.cluster import Cluster
from sakimori.selection.fast import workers

FOUR = 4
MUST_WORKERS, MUST_CLUSTER = 3, 0.8
_FORM = struct.Struct("d")


@contextlib.contextmanager
def watched() -> Iterator[Callable[[], list[float]]]:
    """Yield what returns the CPU seconds of each worker of the last run; processes begun by fork leave them here."""
    told = mmap.mmap(-1, mmap.PAGESIZE)
    made = workers.ManyRuns.part

    def part(self: Any, mine: int, down: int, up: int) -> dict[str, Any]:
        begin = time.process_time()
        try:
            return made(self, mine, down, up)
        finally:
            _FORM.pack_into(told, _FORM.size * mine, time.process_time() - begin)

    workers.ManyRuns.part = part  # type: ignore[method-assign]
    try:
        yield lambda: [_FORM.unpack_from(told, _FORM.size * mine)[0] for mine in range(FOUR)]
    finally:
        workers.ManyRuns.part = made  # type: ignore[method-assign]


def taken(capture: Path, order: Order, countries: Countries, now: datetime, count: int) -> tuple[list[float], str]:
    """Return wall seconds, CPU seconds of the first process and of each worker of one run, and its digest."""
    with watched() as told:
        begin, spent = time.perf_counter(), time.process_time()
        found = select([capture], order, countries, now=now, rehearsal=True, engine="fast", workers=count)
        first = time.process_time() - spent
        wall = time.perf_counter() - begin
        return [wall, first, *(told() if count > 1 else [])], found.receipt["output"]["digest"]


def compare(
    capture: Path, one: Path, orders: dict[str, Order], countries: Countries, now: datetime, rounds: int
) -> None:
    """Print how four processes, and a cluster of four workers, compare with one; `one` is a capture of one packet."""
    if (os.cpu_count() or 1) < FOUR:
        print("workers: skipped, fewer than 4 cores")
        return
    numbers = np.ones(1 << 25)
    print(
        f"this machine gives {FOUR} processes {_given(_count):.2f} times the arithmetic of one, "
        f"{_given(lambda: _read(numbers)):.2f} times the reading of memory"
    )
    with _cluster() as address:
        for name, order in orders.items():
            times: dict[tuple[str, Path], list[list[float]]] = {}
            digests = set()
            for number in range(rounds + 1):
                for path in (one, capture):
                    runs: list[tuple[str, Callable[[], tuple[list[float], str]]]] = [
                        ("1 process", lambda path=path, order=order: taken(path, order, countries, now, 1)),  # type: ignore[misc]
                        ("4 workers", lambda path=path, order=order: taken(path, order, countries, now, FOUR)),  # type: ignore[misc]
                    ]
                    if address is not None:
                        runs.append(
                            ("cluster", lambda path=path, order=order: _clustered(path, order, countries, now, address))
                        )  # type: ignore[misc]
                    for kind, run in runs:
                        values, digest = run()
                        if path == capture:
                            digests.add(digest)
                        if number:  # the first round compiles and warms
                            times.setdefault((kind, path), []).append(values)
            medians = {
                key: [statistics.median(column) for column in zip(*lines, strict=True)] for key, lines in times.items()
            }
            _tell(name, capture, one, medians, len(digests))


def _given(work: Callable[[], None]) -> float:
    """Return how many times as much of `work` FOUR processes do as one, in the same time."""

    def wall(count: int) -> float:
        processes = [multiprocessing.get_context("fork").Process(target=work) for _ in range(count)]
        begin = time.perf_counter()
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return time.perf_counter() - begin

    return statistics.median(FOUR * wall(1) / wall(FOUR) for _ in range(3))


def _count() -> None:
    total = 0
    for number in range(5_000_000):
        total += number * number


def _read(numbers: Any) -> None:
    for _ in range(8):
        numbers.sum()


def _tell(name: str, capture: Path, one: Path, medians: dict[tuple[str, Path], list[float]], digests: int) -> None:
    alone, alone_start = medians["1 process", capture], medians["1 process", one]
    for kind in ("1 process", "4 workers", "cluster"):
        if (kind, capture) not in medians:
            continue
        wall, first, *rest = medians[kind, capture]
        each = " ".join(f"{value:.3f}" for value in rest)
        print(
            f"{name}, {kind}: wall {wall:.3f} s; CPU of the first process {first:.3f} s, of the workers {each or '-'}"
        )
        if kind == "1 process":
            continue
        start = medians[kind, one]
        ways = alone_start[1] + max(rest), max(a - b for a, b in zip(rest, start[2:], strict=True))
        ratios = (
            alone[0] / wall,
            (alone[0] - alone_start[0]) / max(wall - start[0], 1e-9),
            alone[1] / ways[0],
            (alone[1] - alone_start[1]) / ways[1],
        )
        if kind == "cluster":
            ratios = tuple(value / FOUR for value in ratios)
        what = f"efficiency (must {MUST_CLUSTER})" if kind == "cluster" else f"times one process (must {MUST_WORKERS})"
        print(
            f"    {what}: wall {ratios[0]:.2f}, without start-up {ratios[1]:.2f}; longest way by CPU {ratios[2]:.2f}, "
            f"without start-up {ratios[3]:.2f}; results {'the same' if digests == 1 else 'DIFFER'}; "
            f"load {os.getloadavg()[0]:.1f}"
        )


@contextlib.contextmanager
def _cluster() -> Iterator[str | None]:
    """Yield the address of a cluster of four workers on loopback; None where its libraries are not installed."""
    try:
        import dask
        from distributed import LocalCluster
    except ImportError:
        print("cluster: skipped, the extra `cluster` is not installed")
        yield None
        return
    settings = dict.fromkeys(("memory.target", "memory.spill", "daemon"), False)
    with (
        dask.config.set({f"distributed.worker.{key}": value for key, value in settings.items()}),
        LocalCluster(
            n_workers=FOUR, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0", silence_logs=50,
        ) as found,
    ):  # fmt: skip
        yield found.scheduler_address


def _clustered(
    capture: Path, order: Order, countries: Countries, now: datetime, address: str
) -> tuple[list[float], str]:
    """As `taken`, by the cluster: CPU seconds of the busiest of its workers, then of the processes they begin."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        before = client.run(_cpu)
        begin, spent = time.perf_counter(), time.process_time()
        found = select([capture], order, countries, now=now, rehearsal=True, engine="fast", cluster=Cluster(address))
        first = time.process_time() - spent
        wall = time.perf_counter() - begin
        after = client.run(_cpu)
    own = [after[key][0] - before[key][0] for key in before]
    children = sum(after[key][1] - before[key][1] for key in before)
    return [wall, first, max(own), *([children / FOUR] * FOUR)], found.receipt["output"]["digest"]


def _cpu() -> tuple[float, float]:
    """Return the CPU seconds of this process, and of its children that have ended."""
    times = os.times()
    return times.user + times.system, times.children_user + times.children_system
