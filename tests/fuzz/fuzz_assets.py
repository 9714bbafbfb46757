"""Fuzz targets for the files people upload: any bytes are a table, its faults, or a spoken error, never anything else.

Same form as `fuzz_proofs`: `fuzz_one(data: bytes) -> None`; `tests/assets/test_tables.py` runs them under hypothesis.
"""

import contextlib
from collections.abc import Callable
from datetime import date

from sakimori.assets import importing, tables
from sakimori.assets.payloads import StagedComputer
from sakimori.assets.wording import COLUMNS
from sakimori.errors import SakimoriError

_FACILITIES = {"power 第一": "00000000-0000-0000-0000-000000000001"}
_TODAY = date(2026, 11, 24)


def fuzz_read(data: bytes) -> None:
    """A table that can be read has rows, each with exactly the fields its heading names."""
    with contextlib.suppress(SakimoriError):
        found = tables.read(data, COLUMNS)
        if not found.rows or any(set(row) != {"_line", *found.headings} for row in found.rows):
            raise AssertionError("a row does not have the fields of its heading")


def fuzz_check(data: bytes) -> None:
    """A checked table is staged whole, or has faults that name a line of the file."""
    with contextlib.suppress(SakimoriError):
        checked = importing.check(data, _FACILITIES, _TODAY)
        if bool(checked.rows) == bool(checked.faults):
            raise AssertionError("rows and faults together, or neither")
        for row in checked.rows:
            StagedComputer.model_validate(row)
        last = data.count(b"\n") + data.count(b"\r") + 1
        if any(not 1 < fault.line <= last for fault in checked.faults):
            raise AssertionError("a fault names a line that is not there")


TARGETS: tuple[Callable[[bytes], None], ...] = (fuzz_read, fuzz_check)
