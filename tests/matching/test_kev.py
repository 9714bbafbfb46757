"""The catalogue of exploited vulnerabilities: foreign bytes in, typed entries and every fault out."""

import json
from datetime import date

import pytest

from sakimori.matching import from_kev, kev
from sakimori.matching.errors import CatalogueError
from tests.support.data import shared_data

ENTRY = {
    "cveID": "CVE-2026-0001",
    "vendorProject": "Fortinet",
    "product": "FortiOS",
    "vulnerabilityName": "Name",
    "dateAdded": "2026-11-01",
    "shortDescription": "Description",
    "requiredAction": "Action",
    "dueDate": "2026-11-22",
    "knownRansomwareCampaignUse": "Known",
    "notes": "https://example.com/",
    "cwes": ["CWE-121"],
}


def document(*entries, **header):
    head = {"title": "t", "catalogVersion": "2026.11.01", "dateReleased": "2026-11-01T00:00:00Z", "count": len(entries)}
    return json.dumps({**head, "vulnerabilities": list(entries), **header}).encode()


def changed(**fields):
    return {**ENTRY, **fields}


def without(field):
    return {key: value for key, value in ENTRY.items() if key != field}


def test_a_good_entry_is_read_whole():
    catalogue = kev.read_catalogue(document(ENTRY))
    assert catalogue.problems == ()
    assert catalogue.version == "2026.11.01"
    assert catalogue.entries == (
        kev.KevEntry(
            cve="CVE-2026-0001",
            vendor="Fortinet",
            product="FortiOS",
            name="Name",
            added=date(2026, 11, 1),
            description="Description",
            action="Action",
            due=date(2026, 11, 22),
            ransomware=True,
            notes="https://example.com/",
            cwes=("CWE-121",),
        ),
    )


def test_a_byte_order_mark_is_read_over():
    assert len(kev.read_catalogue(b"\xef\xbb\xbf" + document(ENTRY)).entries) == 1


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        "text",
        [],
        {},
        *(without(field) for field in list(ENTRY)[:7]),
        changed(cveID="CVE-26-1"),
        changed(cveID="cve-2026-0001"),
        changed(cveID="CVE-2026-0001\n"[:13] + "x"),
        changed(vendorProject=""),
        changed(vendorProject="  "),
        changed(product=["FortiOS"]),
        changed(product="a" * 20_001),
        changed(product="Forti\x00OS"),
        changed(product="\ud800"),
        changed(dateAdded="2026-02-30"),
        changed(dateAdded="20261101"),
        changed(dateAdded="2026-11-01T00:00:00"),
    ],
)
def test_an_entry_with_a_broken_core_is_left_out_and_reported_and_the_others_stay(entry):
    catalogue = kev.read_catalogue(document(changed(cveID="CVE-2026-0002"), entry))
    assert [one.cve for one in catalogue.entries] == ["CVE-2026-0002"]
    assert len(catalogue.problems) == 1
    problem = catalogue.problems[0]
    assert problem.where.startswith("vulnerabilities[1]")
    assert not problem.kept
    assert all((*problem.what, *problem.mend))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"dueDate": "soon"}, "dueDate"),
        ({"dueDate": None}, "dueDate"),
        ({"knownRansomwareCampaignUse": "Perhaps"}, "knownRansomwareCampaignUse"),
        ({"knownRansomwareCampaignUse": ["Known"]}, "knownRansomwareCampaignUse"),
        ({"notes": 5}, "notes"),
        ({"cwes": ["CWE-x"]}, "cwes"),
        ({"cwes": "CWE"}, "cwes"),
        ({"cwes": [{}]}, "cwes"),
    ],
)
def test_an_entry_with_a_broken_side_field_is_kept_without_it_and_reported(fields, where):
    catalogue = kev.read_catalogue(document(changed(**fields)))
    assert [one.cve for one in catalogue.entries] == ["CVE-2026-0001"]
    assert [(one.where, one.kept) for one in catalogue.problems] == [(f"vulnerabilities[0].{where}", True)]


def test_the_ransomware_flag_is_true_or_not_known():
    assert kev.read_catalogue(document(ENTRY)).entries[0].ransomware is True
    assert kev.read_catalogue(document(changed(knownRansomwareCampaignUse="Unknown"))).entries[0].ransomware is None
    assert kev.read_catalogue(document(without("knownRansomwareCampaignUse"))).entries[0].ransomware is None


def test_a_repeated_id_and_a_wrong_count_are_reported():
    catalogue = kev.read_catalogue(document(ENTRY, changed(product="Other"), count=5))
    assert [one.product for one in catalogue.entries] == ["FortiOS"]
    assert [one.where for one in catalogue.problems] == ["vulnerabilities[1].cveID", "count"]


def test_a_missing_header_is_reported_and_the_entries_are_kept():
    catalogue = kev.read_catalogue(json.dumps({"vulnerabilities": [ENTRY], "count": 1}).encode())
    assert len(catalogue.entries) == 1
    assert [one.where for one in catalogue.problems] == ["catalogVersion", "dateReleased"]


def test_problems_beyond_the_limit_are_counted_not_lost():
    catalogue = kev.read_catalogue(document(*[{}] * (kev.PROBLEM_LIMIT + 5)))
    assert len(catalogue.problems) == kev.PROBLEM_LIMIT
    assert catalogue.problems_left == 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"vulnerabilities": {}}',
        b"\x89PNG\r\n\x1a\n",
        "{}".encode("utf-16"),
        b"[" * 100_000,
        b'{"count": ' + b"9" * 5_000 + b"}",
        b'{"vulnerabilities": [' + b"0," * kev.ENTRY_LIMIT + b"0]}",
    ],
)
def test_what_is_no_catalogue_is_refused_in_both_languages(data):
    with pytest.raises(CatalogueError) as caught:
        kev.read_catalogue(data)
    assert caught.value.code == "matching.catalogue"
    assert all((*caught.value.what, *caught.value.mend))


def test_too_many_bytes_are_refused_before_they_are_read():
    with pytest.raises(CatalogueError, match="larger"):
        kev.read_catalogue(b" " * (kev.SIZE_LIMIT + 1))


def test_two_states_are_compared():
    old = kev.read_catalogue(document(ENTRY, changed(cveID="CVE-2026-0002")))
    new = kev.read_catalogue(document(changed(product="FortiProxy", notes="n"), changed(cveID="CVE-2026-0003")))
    difference = kev.compare(old, new)
    assert [one.cve for one in difference.added] == ["CVE-2026-0003"]
    assert [(one.old.cve, one.fields) for one in difference.changed] == [("CVE-2026-0001", ("product", "notes"))]
    assert [one.cve for one in difference.removed] == ["CVE-2026-0002"]
    assert kev.compare(new, new) == kev.CatalogueDiff((), (), ())


def test_an_entry_becomes_an_advisory_that_gives_no_versions():
    advisory = from_kev(kev.read_catalogue(document(ENTRY)).entries[0])
    assert (advisory.id, advisory.source, advisory.vendor) == ("CVE-2026-0001", "CISA KEV", "Fortinet")
    assert advisory.known_exploited
    assert advisory.ransomware is True
    assert advisory.versions is None


def test_the_real_catalogue_reads_clean_and_grows_by_a_hundred_entries():
    old = kev.read_catalogue(shared_data("kev", "kev-2025-01.json").read_bytes())
    new = kev.read_catalogue(shared_data("kev", "kev-2025-05.json").read_bytes())
    assert (len(old.entries), len(new.entries)) == (1252, 1352)
    assert old.problems == new.problems == ()
    difference = kev.compare(old, new)
    assert (len(difference.added), len(difference.removed)) == (100, 0)
    assert ("CVE-2022-42475", ("ransomware",)) in {(one.new.cve, one.fields) for one in difference.changed}
