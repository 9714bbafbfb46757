"""Dictionaries of names from open data: every form they come in, and bytes that are none."""

import gzip
import io
import json
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.matching import dictionary
from sakimori.matching.dictionary import DictionaryError, Official
from tests.fuzz.fuzz_names import fuzz_one
from tests.support.data import shared_data

KEV = {"vulnerabilities": [{"vendorProject": "Fortinet", "product": "FortiOS"}, {"vendorProject": "", "product": "x"}]}
CPES = {
    "products": [
        {"cpe": {"cpeName": r"cpe:2.3:a:veeam:backup_\&_replication:12:*:*:*:*:*:*:*", "deprecated": False}},
        {"cpe": {"cpeName": "cpe:2.3:o:fortinet:fortios:7.0:*:*:*:*:*:*:*"}},
        {"cpe": {"cpeName": "cpe:2.3:o:fortinet:fortios:7.2:*:*:*:*:*:*:*"}},
        {"cpe": {"cpeName": "cpe:2.3:a:old:gone:1:*:*:*:*:*:*:*", "deprecated": True}},
        {"cpe": {"cpeName": "cpe:/a:no:good"}},
        {"cpe": 3},
    ]
}
DICTIONARY = """<?xml version="1.0"?><cpe-list xmlns="http://cpe.mitre.org/dictionary/2.0"
 xmlns:c="http://scap.nist.gov/schema/cpe-extension/2.3"><cpe-item name="cpe:/h:yamaha:rtx1210">
 <title>Yamaha RTX1210</title><c:cpe23-item name="cpe:2.3:h:yamaha:rtx1210:-:*:*:*:*:*:*:*"/></cpe-item></cpe-list>"""
JVN = """<?xml version="1.0"?><Result xmlns="http://jvndb.jvn.jp/myjvn/Results"><VendorInfo>
 <Vendor vname="サイボウズ" cpe="cpe:/:cybozu" vid="1">
 <Product pname="サイボウズ Garoon" cpe="cpe:/a:cybozu:garoon" pid="2"/>
 <Product pname="" cpe=""/></Vendor></VendorInfo></Result>"""


def read(data):
    return dictionary.read(io.BytesIO(data if isinstance(data, bytes) else data.encode()))


def tarred(*documents):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for number, document in enumerate(documents):
            data = json.dumps(document).encode()
            member = tarfile.TarInfo(f"chunks/{number}.json")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        archive.addfile(tarfile.TarInfo("../../escape"), io.BytesIO())
    return out.getvalue()


VEEAM = Official("veeam", "backup & replication", r"a:veeam:backup_\&_replication")
FORTIOS = Official("fortinet", "fortios", "o:fortinet:fortios")


@pytest.mark.parametrize(
    ("data", "sort", "names", "left_out"),
    [
        (json.dumps(KEV), "KEV", (Official("Fortinet", "FortiOS"),), 1),
        (json.dumps(CPES), "CPE", (VEEAM, FORTIOS), 1),
        (gzip.compress(json.dumps(CPES).encode(), mtime=0), "CPE", (VEEAM, FORTIOS), 1),
        (tarred(CPES, CPES), "CPE", (VEEAM, FORTIOS), 2),
        (tarred(KEV, CPES), "KEV", (Official("Fortinet", "FortiOS", "o:fortinet:fortios"), VEEAM), 2),
        (DICTIONARY, "CPE", (Official("yamaha", "rtx1210", "h:yamaha:rtx1210"),), 0),
        (JVN, "JVN", (Official("サイボウズ", "サイボウズ Garoon", "a:cybozu:garoon"),), 1),
        ("vendor,product\nヤマハ, RTX830 \n,\n", "CSV", (Official("ヤマハ", "RTX830"),), 1),
        ("\ufeffcpe,product,vendor\na:v:p,P,V\n", "CSV", (Official("V", "P", "a:v:p"),), 0),
    ],
    ids=["kev", "cpe", "cpe.gz", "cpe.tar.gz", "both.tar.gz", "cpe.xml", "jvn", "csv", "csv-bom"],
)  # fmt: skip
def test_every_form_is_read_each_name_once(data, sort, names, left_out):
    found = read(data)
    assert (found.sort, set(found.officials), found.left_out) == (sort, set(names), left_out)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", b"\x1f\x8b", gzip.compress(b"{", mtime=0)[:-4], b"{", b"[]", b"[" * 100_000, b'{"products": 3}',
        b"<a>",
        b"a,b\n1,2\n", b"\xff\xfe<\x00", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"vendor,product\n\xff,x\n",
        b'vendor,product\n"x', b"vendor,product\n" + b"x" * 300 + b",y\n", b"\x00" * 600,
    ],
    ids=[f"no-{number}" for number in range(16)],
)  # fmt: skip
def test_what_is_no_dictionary_is_refused_kindly(data):
    with pytest.raises(DictionaryError) as refused:
        read(data)
    assert refused.value.mend.ja


def test_a_bomb_is_not_expanded_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(dictionary, "SIZE_LIMIT", 100_000)
    with pytest.raises(DictionaryError, match="expands"):
        read(gzip.compress(b"vendor,product\n" + b"a,b\n" * 100_000))
    monkeypatch.setattr(dictionary, "ENTRY_LIMIT", 3)
    with pytest.raises(DictionaryError, match="more than 3"):
        read("vendor,product\n" + "".join(f"a,b{number}\n" for number in range(9)))


def test_hidden_characters_do_not_reach_a_name():
    assert read("vendor,product\nA\u202eB,C\u200bD\n").officials == (Official("A B", "C D"),)


def test_what_is_written_is_read_again():
    names = (Official("ヤマハ", 'RTX "830", new', "h:yamaha:rtx830"), Official("V", "P"))
    assert read(dictionary.write(names)).officials == names


def test_the_real_catalogue_is_a_dictionary():
    found = read(shared_data("kev", "kev-2025-05.json").read_bytes())
    assert found.sort == "KEV"
    assert len(found.officials) > 500


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_names_or_a_spoken_error(data):
    for prefix in (b"", b"vendor,product\n", b'{"vulnerabilities":['):
        fuzz_one(prefix + data)
        fuzz_one(gzip.compress(prefix + data))
