"""How fast the law answers: deadlines per second on one core, and the first use in a fresh process.

Run: python benchmarks/law.py [seconds]. Prints JSON. A bare interpreter is measured beside it: on a busy machine look
at the ratio, not at the milliseconds.
"""

import json
import subprocess
import sys
import time
from datetime import date, datetime, timedelta

from sakimori import law

FIRST = (
    "import time; t=time.perf_counter(); import sakimori.law as law; from datetime import date;"
    "law.deadline('kyokaho.incident.full', date(2026, 11, 20)); print(time.perf_counter()-t)"
)
RULES = ("kyokaho.notice.new", "kyokaho.incident.full", "espa.standstill", "electricity.first", "sec.8k", "nis2.final")


def first_use(times: int = 7) -> float:
    """Return the best of some first uses in fresh processes, in milliseconds (import, load, one deadline)."""
    runs = [float(subprocess.check_output([sys.executable, "-c", FIRST], text=True)) for _ in range(times)]
    return min(runs) * 1000


def process(code: str, times: int = 7) -> float:
    """Return the best wall time of a whole fresh process running `code`, in milliseconds."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def per_second(rule: str, seconds: float) -> float:
    """Return deadlines of that rule per second, over starts spread over a year, with full derivations."""
    starts = [datetime(2026, 11, 1, 9) + timedelta(days=day) for day in range(365)]  # noqa: DTZ001 - rule's own zone
    for start in starts:
        law.deadline(rule, start)
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        for start in starts:
            law.deadline(rule, start)
        done += len(starts)
    return done / spent


def forces_per_second(times: int = 20_000) -> float:
    """Return answers to "is this article law on that day" per second."""
    begun = time.perf_counter()
    for _ in range(times):
        law.in_force("強化法17", date(2026, 11, 20))
    return times / (time.perf_counter() - begun)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    bare, whole = process("pass"), process(FIRST)
    answer = {
        "first_use_ms": round(first_use(), 1),
        "bare_python_ms": round(bare, 1),
        "whole_process_ms": round(whole, 1),
        "times_bare_python": round(whole / bare, 1),
        "deadlines_per_second": {rule: round(per_second(rule, seconds)) for rule in RULES},
        "in_force_per_second": round(forces_per_second()),
    }
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
