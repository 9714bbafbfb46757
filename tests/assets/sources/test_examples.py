"""The example documents of the CycloneDX and SPDX projects, where they have been fetched: none makes us stumble.

`make test` fetches those in the projects' source packages; `SAKIMORI_BOM_EXAMPLES` names the directory.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from sakimori.assets.sources.reading import read_source
from sakimori.errors import SakimoriError
from tests.support.absent import skip_absent
from tools.fetch_examples import ENDINGS

EMPTY = "holds no component"


@pytest.fixture(scope="module")
def examples():
    """Return every document of the examples, or skip."""
    named = os.environ.get("SAKIMORI_BOM_EXAMPLES", "")
    found = sorted(one for one in Path(named).rglob("*") if one.suffix in ENDINGS and one.is_file()) if named else []
    if not found:
        skip_absent("the BOM examples", "python -m tools.fetch_examples DIR, then SAKIMORI_BOM_EXAMPLES=DIR")
    return found


def test_every_example_is_read_or_refused_with_words(examples):
    read, refused, unread = Counter(), Counter(), Counter()
    without: list[Path] = []
    for path in examples:
        try:
            source = read_source(path.read_bytes())
        except SakimoriError as error:
            refused[error.what.en] += 1
            without += [path] if error.mend is None else []
            continue
        read[source.format] += 1
        unread.update(note.en.partition(",")[0] for note in source.remarks)
        assert all(sheet.heading for sheet in source.sheets), path
    assert without == []
    assert read["cyclonedx"] >= 100, (read, refused)
    assert read["spdx"] >= 20, (read, refused)
    assert unread["Not read: dependencies"], unread


def test_a_valid_example_with_components_is_never_refused(examples):
    wrong = []
    for path in examples:
        if path.name.startswith("valid-") and b"components" in (data := path.read_bytes()):
            try:
                read_source(data)
            except SakimoriError as error:
                wrong += [] if EMPTY in error.what.en else [f"{path}: {error.what.en}"]
    assert wrong == []
