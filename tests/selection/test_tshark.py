"""The selection and tshark agree on addresses, ports, names and stream bytes, but for the differences explained.

A sample here: one capture for each reason of the table, and every so manieth of the others. All of them:
`python -m tools.tshark_agreement`.
"""

import shutil
from dataclasses import replace

import pytest

from tests.selection import witness
from tests.selection.witness_table import UNEXPLAINED, entries, known, reasons
from tests.support.absent import skip_absent
from tests.support.data import root, shared_data

CAPTURES = root() / "captures" / "zeek"
EVERY = 40


def sample():
    names = sorted(path.name for path in CAPTURES.glob("*")) if CAPTURES.exists() else []
    table = {entry.file for entry in known().values()}
    first = {}
    for entry in known().values():
        first.setdefault(entry.why, entry.file)
    return sorted({*first.values(), *[name for name in names if name not in table][::EVERY]})


@pytest.fixture(scope="module")
def tshark():
    path = shutil.which("tshark")
    if path is None:
        skip_absent("tshark", "apt-get install tshark")
    return path


@pytest.mark.parametrize("name", sample())
def test_no_difference_that_is_not_explained(tshark, name):
    path = shared_data("captures", "zeek") / name
    found = witness.differences(witness.ours(path), witness.theirs(tshark, path))
    assert entries(name, found) == sorted(entry for entry in known().values() if entry.file == name)


def test_every_difference_is_explained():
    used = {entry.why for entry in known().values()}
    assert UNEXPLAINED not in used
    assert used == set(reasons())
    assert all(reason["ja"] and reason["en"] for reason in reasons().values())


def test_what_is_explained_is_there():
    shared_data("captures", "zeek")
    assert all((CAPTURES / entry.file).exists() for entry in known().values())


def test_a_new_difference_is_seen(tshark):
    """Another address, port, name or byte on one side makes an entry."""
    path = shared_data("captures", "zeek") / "http__get.pcap"
    ours, theirs = witness.ours(path), witness.theirs(tshark, path)
    assert witness.differences(ours, theirs) == []
    ends = {**ours.ends, 4: ("192.0.2.1", *ours.ends[4][1:])}
    streams = {key: data[:-1] for key, data in ours.streams.items()}
    hosts = {**ours.hosts, "http": {"other.example"}}
    for changed, what in (({"ends": ends}, "ends"), ({"streams": streams}, "stream"), ({"hosts": hosts}, "http")):
        found = witness.differences(replace(ours, **changed), theirs)
        assert {difference.what for difference in found} == {what}
