"""Naming what this machine lacks: such tests are skipped, and the closing lines of the run say so."""

from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

_MARK = "absent: "


def skip_absent(what: str, mend: str) -> NoReturn:
    """Skip the running test because `what` is absent; `mend` says how to get it. Both reach the closing lines."""
    pytest.skip(f"{_MARK}{what} ({mend})")


def closing_lines(skipped: Iterable[object]) -> list[str]:
    """Return one line per absent thing, with the number of tests it cost, from pytest's skip reports."""
    counts: Counter[str] = Counter()
    for report in skipped:
        detail = getattr(report, "longrepr", None)
        reason = detail[2] if isinstance(detail, tuple) else str(detail)
        _, mark, what = reason.partition(_MARK)
        if mark:
            counts[what] += 1
    return [f"not tested, absent / 未検証 (不足): {what}: {number} tests" for what, number in sorted(counts.items())]
