"""Any bytes, and any piece of a real document put wrong: read, or refused with words; never anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assets.sources.documents import CYCLONEDX, CYCLONEDX_XML, NMAP, SPDX, SPDX_3, SPDX_TAGS, SPDX_YAML
from tests.fuzz.fuzz_sources import TARGETS, fuzz_sheet, fuzz_source
from tests.support.workbooks import workbook

DOCUMENTS = [CYCLONEDX, CYCLONEDX_XML, NMAP, SPDX, SPDX_3, SPDX_TAGS, SPDX_YAML, workbook()]
SHEET = b"""<worksheet><cols><col min="1" max="3" hidden="1"/></cols><sheetData><row r="2" hidden="1"><c r="A2" s="1">
<v>45000</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>x</t></is></c></row><row><c t="e"><f/><v>#N/A
</v></c></row></sheetData><mergeCells><mergeCell ref="A2:C9"/></mergeCells></worksheet>"""
BYTES = st.binary(min_size=1, max_size=6)


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.__name__)
@settings(max_examples=60)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes(target, data):
    target(data)


@settings(max_examples=300, deadline=None)
@given(document=st.sampled_from(DOCUMENTS), cut=st.floats(0, 1), put=BYTES, length=st.integers(0, 40))
def test_a_document_with_a_piece_put_wrong(document, cut, put, length):
    place = int(cut * len(document))
    fuzz_source(document[:place] + put + document[place + length :])
    fuzz_source(document[:place])


@settings(max_examples=200)
@given(
    cut=st.floats(0, 1),
    put=st.sampled_from([b'"', b"<", b'r="ZZZ9"', b"99999999999", b"&#0;", b"<row/>", b"-1", b"\xff"]),
)
def test_a_sheet_with_a_piece_put_wrong(cut, put):
    place = int(cut * len(SHEET))
    fuzz_sheet(SHEET[:place] + put + SHEET[place:])
    fuzz_sheet(SHEET[:place] + put + SHEET[place + len(put) :])
