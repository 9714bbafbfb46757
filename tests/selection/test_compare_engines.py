"""The command that compares the engines: it counts what it compares, and sees a difference."""

import re
import sys

import pytest

from sakimori.selection import load_order, sample
from sakimori.selection.fast import run
from tests.selection import build
from tests.selection.test_fast_memory import flood
from tools import compare_engines


def test_it_counts_and_finds_no_difference(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.pcap").write_bytes(sample.capture())
    (tmp_path / "b.pcap").write_bytes(sample.capture()[:500])
    monkeypatch.setattr(sys, "argv", ["compare", "--generated", "12", "--captures", str(tmp_path)])
    compare_engines.main()
    told = capsys.readouterr().out
    assert "2 captures alone, 3 times all as one, 12 generated: 17 comparisons" in told
    assert re.search(r"over [1-9][0-9]* rows kept, 0 differ", told)


def test_it_sees_a_difference(monkeypatch):
    """A fast engine with room for few flows evicts, which the reference never does."""
    order = load_order(compare_engines.ORDERS["everything"], wide=True)
    capture = build.pcap(build.framed(flood(4000)))
    assert compare_engines.apart(order, [capture]) == ("", 4000)
    monkeypatch.setattr(run, "MOST_FLOWS", 1000)
    monkeypatch.setattr(run.sources, "BLOCK", 1 << 14)
    told, rows = compare_engines.apart(order, [capture])
    assert rows == 4000
    assert "evictions" in told


def test_it_ends_with_a_status_of_its_own_when_anything_differs(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(compare_engines, "apart", lambda *_: ("rows (1 and 2)", 1))
    monkeypatch.setattr(sys, "argv", ["compare", "--generated", "2", "--captures", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        compare_engines.main()
    assert ended.value.code == 1
    assert "DIFFERENT generated 0: rows (1 and 2)" in capsys.readouterr().out
