"""Bills of materials and scans: what they name becomes rows; what is not read is counted; guesses stay guesses."""

import io
import json
import resource
import sys
from datetime import date

import pytest

from sakimori.assets import taking
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.reading import read_source
from sakimori.errors import SakimoriError
from tests.assets.sources import documents

FACILITIES = {"power 第一": "00000000-0000-0000-0000-000000000001"}
WISH = taking.Wish(fixed={"facility": "power 第一", "introduced_on": "2024-01-01", "maker": "不明"})
TODAY = date(2026, 11, 24)


def cells(source, *names):
    (sheet,) = source.sheets
    places = [list(sheet.heading).index(name) for name in names]
    return [tuple(row.cells[place] for place in places) for row in sheet.rows]


def remarks(source):
    return " | ".join(note.en for note in source.remarks)


def staged(data, wish=WISH):
    source = read_source(data)
    sheet = taking.choose_sheet(source, wish.sheet)
    legend = taking.legend_for(source, sheet, FACILITIES, lambda _: None, wish)
    checked = taking.checked(source, sheet, legend, FACILITIES, TODAY)
    assert checked.faults == []
    return checked


def test_cyclonedx_gives_every_component_and_service_once_with_its_parent():
    found = cells(read_source(documents.CYCLONEDX), "component type", "name", "part of", "supplier", "serial number")
    assert found == [
        ("device", "給電制御装置", "", "横河", ""),
        ("operating-system", "Debian", "給電制御装置", "", ""),
        ("application", "画面", "給電制御装置", "架空ソフト", ""),
        ("library", "libx", "画面", "", ""),
        ("device part", "端子台", "給電制御装置", "", "S-9"),
        ("service", "監視クラウド", "給電制御装置", "架空クラウド", ""),
        ("service", "内側", "監視クラウド", "", ""),
    ]
    said = remarks(read_source(documents.CYCLONEDX))
    for part in ("dependencies, 2", "vulnerabilities, 1", "component.evidence, 1", "components: no object, 1"):
        assert f"Not read: {part}" in said


def test_cyclonedx_in_xml_says_the_same_and_takes_no_tool_or_ancestor_for_a_component():
    found = cells(read_source(documents.CYCLONEDX_XML), "component type", "name", "part of", "supplier")
    assert found == [
        ("device", "給電制御装置", "", "横河"),
        ("operating-system", "Debian", "給電制御装置", ""),
        ("application", "画面", "給電制御装置", "架空ソフト"),
        ("library", "libx", "画面", ""),
        ("service", "監視クラウド", "給電制御装置", "架空クラウド"),
    ]
    assert "Not read: dependencies, 1" in remarks(read_source(documents.CYCLONEDX_XML))


@pytest.mark.parametrize(
    "data",
    [documents.SPDX, documents.SPDX_TAGS, documents.SPDX_YAML, documents.SPDX_RDF, documents.SPDX_3],
    ids=["json", "tag-value", "yaml", "rdf", "3.0"],
)
def test_spdx_in_every_form_names_the_same_package(data):
    source = read_source(data)
    found = cells(source, "component type", "name", "cpe", "purl")[-1]
    kind, *rest = found
    assert kind in ("operating-system", "OPERATING-SYSTEM".casefold())
    assert rest == ["Debian", "cpe:2.3:o:debian:debian_linux:12", "pkg:deb/debian/base@12"]
    assert source.format == "spdx"
    assert "Not read" in remarks(source) or data == documents.SPDX_YAML


def test_spdx_without_purposes_proposes_what_the_document_describes():
    found = cells(read_source(documents.SPDX), "component type", "name", "supplier", "end of support")
    assert found == [("(described)", "画面", "架空ソフト", ""), ("operating-system", "Debian", "誰か", "2028-06-30")]


@pytest.mark.usefixtures("operator_edition")
def test_libraries_are_offered_but_not_proposed_and_counted_when_left_out():
    checked = staged(documents.CYCLONEDX)
    assert {(row["name"], row["unit"]) for row in checked.rows} == {
        ("給電制御装置", "appliance"), ("Debian", "os"), ("画面", "application"), ("監視クラウド", "cloud"),
        ("内側", "cloud"),
    }  # fmt: skip
    notes = " | ".join(note.en for note in checked.notes)
    assert "Rows left out as chosen: library, 1" in notes
    assert "Rows left out as chosen: device part, 1" in notes
    assert next(row for row in checked.rows if row["name"] == "Debian")["host"] == "給電制御装置"


def test_keys_made_for_parts_are_the_same_the_next_time_and_never_twice():
    first, again = (staged(documents.CYCLONEDX).rows for _ in range(2))
    assert [row["key"] for row in first] == [row["key"] for row in again]
    assert len({row["key"] for row in first}) == len(first)


def test_a_scan_shows_guesses_in_columns_of_their_own_that_nothing_maps():
    source = read_source(documents.NMAP)
    assert [(one.name, len(one.rows)) for one in source.sheets] == [("hosts", 1), ("services", 1)]
    hosts = source.sheets[0]
    assert hosts.rows[0].cells[:6] == (
        "10.0.0.1",
        "fw1.example.jp",
        "00:11:22:33:44:55",
        "Cisco",
        "22/tcp",
        "Cisco IOS 15",
    )
    legend = legends.suggest(hosts, "nmap", FACILITIES)
    mapped = {label for listed in legend.columns.values() for label in listed}
    assert not mapped & {"guessed system", "guessed cpe", "guess accuracy %"}
    assert "product" in legend.missing()
    said = remarks(source)
    assert "never taken for facts" in said
    assert "Hosts that did not answer: 1" in said
    assert "Results of scripts, not read: 1" in said


DEEP = b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1}', "neither CycloneDX nor SPDX"),
        (b"{", "cut short or broken"),
        (documents.CYCLONEDX[:-40], "cut short or broken"),
        (documents.CYCLONEDX_XML[:-40], "cut short or broken"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}', "holds no component"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": []}', "holds no package"),
        (DEEP, "nested too deep"),
        (b"<bom>" + b"<a>" * 5000, "nested too deep"),
        (b'<!DOCTYPE bom [<!ENTITY a "b">]><bom><name>&a;</name></bom>', "declares entities"),
        (b"<html><body>x</body></html>", "web page"),
        (b"<x/>", "neither CycloneDX, SPDX nor nmap"),
        (b"spdxVersion: SPDX-2.3\na: &x [1]\npackages: [*x]\n", "aliases"),
        (b"spdxVersion: SPDX-2.3\npackages: [\n", "cut short or broken"),
        (b'<nmaprun><host><status state="down"/></host></nmaprun>', "No host answered"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_bill_or_scan_is_refused_with_reason_and_mend(data, said):
    with pytest.raises(SakimoriError) as refused:
        read_source(data)
    assert said in refused.value.explain("en")
    assert refused.value.mend is not None


def test_a_version_of_tomorrow_is_read_and_said():
    data = documents.CYCLONEDX.replace(b'"1.6"', b'"2.0"')
    assert "Version 2.0 of the specification is not known" in remarks(read_source(data))


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux alone")
def test_a_large_bill_is_read_piece_by_piece():
    part = json.dumps(
        {"type": "library", "name": "n", "version": "1", "hashes": [{"alg": "SHA-256", "content": "0" * 64}] * 60}
    )
    kept = io.BytesIO()
    kept.write(b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[')
    kept.write(",".join([part] * 4000).encode())
    kept.write(b"]}")
    data = kept.getvalue()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(read_source(data).sheets[0].rows) == 4000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 2 * len(data)
