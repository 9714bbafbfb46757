"""The selection's fuzz targets in a small, fixed form: good inputs, and a series of changes that is always the same.

The long form, guided by coverage, is `python -m tools.fuzz_selection`; `docs/selection-fuzzing.md` tells what it did.
"""

import gzip
import io
import random

import pytest

from sakimori.selection import capture
from tests.fuzz.selection_seeds import seeds
from tests.selection import build
from tools.fuzz_selection import changed, targets

TARGETS = targets()
CHANGES = {"engines": 60, "order": 60, "mail": 150, "streams": 100}


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_go_through(name):
    for data in (*seeds(name)[:40], b"", b"\0"):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_inputs_go_through(name):
    rng = random.Random(name)  # noqa: S311  a fixed order, no secret
    for _ in range(CHANGES.get(name.partition("_")[0], 400)):
        TARGETS[name](changed(seeds(name), rng))


class Slow:
    """A stream that gives one byte at first, as a pipe may."""

    def __init__(self, data):
        self._inside = io.BytesIO(data)

    def read(self, size):
        return self._inside.read(size if self._inside.tell() else 1)


def test_a_packed_capture_is_known_though_its_pipe_gives_a_single_byte_first():
    """Found by `fuzz_capture`."""
    data = gzip.compress(build.pcap([(build.at(0), b"frame")]))
    assert [frame.data for frame in capture.frames(Slow(data))] == [b"frame"]


def test_of_a_damaged_packed_capture_both_engines_read_the_same():
    """Found by `fuzz_engines_generated`: how much came before the damage depended on how much was asked for at once."""
    TARGETS["engines_generated"](bytes.fromhex("00ed4001fe00f9"))
    packed = bytearray(gzip.compress(build.pcap([(build.at(n), bytes((n,)) * 999) for n in range(200)]), 1))
    for place in (len(packed) // 2, len(packed) - 3):
        damaged = bytes(packed[:place]) + bytes((packed[place] ^ 0xFF,)) + bytes(packed[place + 1 :])
        for name in ("engines_capture", "capture"):
            TARGETS[name](b"\5" + damaged)
