"""Addresses to directions: order of judgement, disagreement, doubt."""

import ipaddress

import pytest

from sakimori.selection import Countries, CountryError
from sakimori.selection.direction import Directions, Networks, special_ranges


def packed(text):
    return ipaddress.ip_address(text).packed


def directions(overrides=(), domestic=("JP",), countries=None):
    listed = [(ipaddress.ip_network(network), code) for network, code in overrides]
    return Directions(listed, frozenset(domestic), countries or Countries())


SPECIAL = """
0.1.2.3 10.1.1.1 100.64.0.1 100.127.255.255 127.0.0.1 169.254.1.1 172.16.0.1 172.31.255.255 192.0.0.9 192.0.2.1
192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::1.2.3.4 ::ffff:8.8.8.8 64:ff9b::1 64:ff9b:1::1 100::1 100:0:0:1::1
2001::1 2001:1::1 2001:2::1 2001:20::1 2001:30::1 2001:db8::1 2002:808:808::1 2620:4f:8000::1 3fff::1 5f00::1
fc00::1 fdff::1 fe80::1 ff02::1
"""


@pytest.mark.parametrize("address", SPECIAL.split())
def test_special_ranges(address):
    assert special_ranges()[0].get(packed(address)) is not None


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2001:200::1", "2400::1", "2a00::1"]
)
def test_ordinary_addresses(address):
    assert special_ranges()[0].get(packed(address)) is None


def test_the_list_has_a_date_and_a_digest():
    _, compiled, digest = special_ranges()
    assert len(compiled) == 10
    assert len(digest) == 64


def test_the_longest_override_wins_and_beats_special_ranges():
    found = directions([("192.0.0.0/8", "US"), ("192.0.2.0/24", "JP"), ("192.0.2.9/32", "CN"), ("::/0", "FR")])
    assert [found.country(packed(text)) for text in ("192.0.3.1", "192.0.2.1", "192.0.2.9", "fe80::1", "10.0.0.1")] == [
        "US",
        "JP",
        "CN",
        "FR",
        None,
    ]


def test_directions():
    found = directions(
        [("192.0.2.0/24", "JP"), ("198.51.100.0/24", "TW"), ("203.0.113.0/24", "ZZ")], domestic=("JP", "TW")
    )
    inside, also_inside, outside, unknown = (
        packed(t) for t in ("192.0.2.1", "198.51.100.1", "203.0.113.1", "10.0.0.1")
    )
    assert found.direction(outside, inside) == "outside-to-inside"
    assert found.direction(inside, outside) == "inside-to-outside"
    assert found.direction(outside, outside) == "outside-to-outside"
    assert found.direction(inside, also_inside) == "inside-to-inside"
    assert found.direction(unknown, inside) == found.direction(outside, unknown) == "undetermined"


def test_networks_of_both_families_do_not_mix():
    table = Networks([(ipaddress.ip_network("0.0.0.0/0"), "four")])
    assert table.get(packed("8.8.8.8")) == "four"
    assert table.get(packed("::8")) is None


def test_real_country_data(mmdb):
    found = directions(countries=Countries([mmdb]))
    assert found.country(packed("202.12.27.33")) == "JP"
    assert found.country(packed("8.8.8.8")) == "US"
    assert found.country(packed("2001:db8::1")) is None  # the data says JP; special ranges come first


class _Reader:
    def __init__(self, code):
        self.code = code

    def get(self, _):
        return None if self.code is None else {"country_code": self.code}


@pytest.mark.parametrize(
    ("codes", "found"), [(["JP"], "JP"), (["JP", "JP"], "JP"), (["JP", "US"], None), (["JP", None], None), ([], None)]
)
def test_files_that_disagree_are_undetermined(codes, found):
    countries = Countries()
    countries._readers = [_Reader(code) for code in codes]
    assert countries.get(packed("8.8.8.8")) == found


def test_a_file_that_is_no_country_data(tmp_path):
    path = tmp_path / "x.mmdb"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(CountryError) as caught:
        Countries([path])
    assert "MMDB" in caught.value.explain("ja")
