"""Indicators as people write them, and what they touch."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.matching import indicators
from sakimori.matching.errors import IndicatorError
from sakimori.matching.indicators import Kind, parse_indicator, read_indicators
from sakimori.matching.watchlist import Watched, Watchlist

SHA256 = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("192.0.2.1", "ipv4", "192.0.2.1"),
        (" 192[.]0[.]2[.]1 ", "ipv4", "192.0.2.1"),
        ("192(dot)0(dot)2(dot)1", "ipv4", "192.0.2.1"),
        ("１９２．０．２．１", "ipv4", "192.0.2.1"),
        ("::ffff:192.0.2.9", "ipv4", "192.0.2.9"),
        ("2001:DB8:0:0::1", "ipv6", "2001:db8::1"),
        ("[2001:db8::1]", "ipv6", "2001:db8::1"),
        ("192.0.2.0/24", "cidr4", "192.0.2.0/24"),
        ("192.0.2.7/32", "ipv4", "192.0.2.7"),
        ("2001:db8::/32", "cidr6", "2001:db8::/32"),
        ("Evil[.]Example", "fqdn", "evil.example"),
        ("evil。example", "fqdn", "evil.example"),
        ("*.c2.evil.example.", "fqdn", "c2.evil.example"),
        ("日本語.example", "fqdn", "xn--wgv71a119e.example"),
        ("under_score.example", "fqdn", "under_score.example"),
        ("hxxps://Evil[.]example/A?b=C#d", "url", "https://evil.example/A?b=C"),
        ("hxxp[:]//198.51.100[.]7:80/x", "url", "http://198.51.100.7/x"),
        ("HTTP://evil.example", "url", "http://evil.example/"),
        ("https://user:pass@evil.example:8443/", "url", "https://evil.example:8443/"),
        ("https://[2001:DB8::1]/", "url", "https://[2001:db8::1]/"),
        (SHA256, "sha256", SHA256.lower()),
        ("d41d8cd98f00b204e9800998ecf8427e", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ],
)
def test_indicators_are_read_into_one_form(text, kind, value):
    indicator = parse_indicator(text)
    assert (indicator.kind.value, indicator.value) == (kind, value)
    assert parse_indicator(indicator.value) == indicator


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "*",
        "a",
        "localhost",
        "co.jp",
        "*.or.jp",
        "com.cn",
        "evil example",
        "evil..example",
        "-evil.example",
        "x" * 64 + ".example",
        "evil.123",
        "192.0.2.256",
        "192.0.2",
        "010.0.0.1",
        "192.0.2.1/24",
        "192.0.2.0/33",
        "0.0.0.0/0",
        "10.0.0.0/7",
        "::/0",
        "2000::/3",
        "fe80::1%eth0",
        "1:2:3",
        "http://",
        "http://[",
        "http://co.jp/",
        "http://evil.example:99999/",
        "://evil.example",
        "d41d8cd98f00b204e9800998ecf8427",
        "x" * 3_000,
        "evil\x00.example",
        "\ud800.example",
        "攻撃者",
    ],
)
def test_what_is_no_indicator_or_would_touch_everybody_is_refused_in_both_languages(text):
    with pytest.raises(IndicatorError) as caught:
        parse_indicator(text)
    assert all((*caught.value.what, *caught.value.mend))


def test_a_list_gives_every_indicator_once_and_every_fault_with_its_line():
    data = "# 観測した指標\n192.0.2.1, evil[.]example、hxxp://evil.example/\n\n何か 192[.]0.2.1 # 注\n".encode()
    good, wrong = read_indicators(data)
    assert [one.value for one in good] == ["192.0.2.1", "evil.example", "http://evil.example/"]
    assert [(one.line, one.text) for one in wrong] == [(4, "何か")]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a " * 100_001, b" " * (indicators.SIZE_LIMIT + 1)])
def test_a_list_that_cannot_be_read_is_refused(data):
    with pytest.raises(IndicatorError):
        read_indicators(data)


STORED = {
    "net": "192.0.2.0/24",
    "half": "192.0.2.128/25",
    "name": "evil.example",
    "url": "https://c2.evil.example/x",
    "url-address": "http://198.51.100.7/",
    "net6": "2001:db8::/32",
    "address": "203.0.113.9",
    "digest": SHA256,
}


def watchlist(stored):
    return Watchlist(Watched(ref, "架空電力", parse_indicator(text)) for ref, text in stored.items())


@pytest.mark.parametrize(
    ("asked", "touched"),
    [
        ("192.0.2.200", {"net": "network", "half": "network"}),
        ("192.0.2.0/24", {"net": "equal", "half": "network"}),
        ("192.0.0.0/16", {"net": "network", "half": "network"}),
        ("192.0.2.0/26", {"net": "network"}),
        ("192.0.1.255", {}),
        ("192.0.3.0", {}),
        ("203.0.113.9", {"address": "equal"}),
        ("203.0.113.0/24", {"address": "network"}),
        ("2001:db8::5", {"net6": "network"}),
        ("2001:db9::5", {}),
        ("evil.example", {"name": "equal", "url": "above"}),
        ("a.b.evil.example", {"name": "below"}),
        ("notevil.example", {}),
        ("c2.evil.example", {"name": "below", "url": "above"}),
        ("https://c2.evil.example/x", {"name": "below", "url": "equal"}),
        ("https://c2.evil.example/y", {"name": "below"}),
        ("198.51.100.7", {"url-address": "host"}),
        ("198.51.100.0/24", {"url-address": "host"}),
        ("http://192.0.2.1/a", {"net": "host"}),
        (SHA256, {"digest": "equal"}),
        ("a" * 64, {}),
    ],
)
def test_what_an_indicator_touches_and_by_which_rule(asked, touched):
    found = watchlist(STORED).touched(parse_indicator(asked))
    assert {touch.watched.ref: touch.rule for touch in found} == touched
    for touch in found:
        assert touch.watched.indicator.value in touch.reason.ja
        assert touch.watched.indicator.value in touch.reason.en


def test_an_empty_list_touches_nothing():
    for text in ("192.0.2.1", "2001:db8::/32", "evil.example", SHA256):
        assert Watchlist([]).touched(parse_indicator(text)) == []


def networks(version):
    bits = 32 if version == 4 else 128
    widest = 8 if version == 4 else 19
    whole = st.integers(0, 2**bits - 1)
    build = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    near = st.builds(
        lambda number, size: build((number >> (bits - size) << (bits - size), size)), whole, st.integers(widest, bits)
    )
    return near.filter(lambda network: version == 4 or network.network_address.ipv4_mapped is None)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([4, 6]).flatmap(
        lambda version: st.tuples(st.lists(networks(version), max_size=12), networks(version))
    )
)
def test_networks_touch_exactly_when_they_overlap(case):
    stored, asked = case
    listed = Watchlist(Watched(str(n), "o", parse_indicator(str(network))) for n, network in enumerate(stored))
    found = {int(touch.watched.ref) for touch in listed.touched(parse_indicator(str(asked)))}
    assert found == {n for n, network in enumerate(stored) if network.overlaps(asked)}
    first = {int(one.ref) for one in listed.at_address(asked.version, int(asked.network_address))}
    assert first == {n for n, network in enumerate(stored) if asked.network_address in network}


LABEL = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
NAMES = st.lists(LABEL, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, max_size=8), NAMES)
def test_names_touch_exactly_when_one_is_the_other_or_below_it(stored, asked):
    listed = Watchlist(Watched(str(n), "o", parse_indicator(name)) for n, name in enumerate(stored))
    found = {int(touch.watched.ref) for touch in listed.touched(parse_indicator(asked))}
    related = {
        n for n, name in enumerate(stored) if f".{name}".endswith(f".{asked}") or f".{asked}".endswith(f".{name}")
    }
    assert found == related


@given(st.sampled_from(list(STORED.values())))
def test_defanging_changes_nothing(text):
    defanged = text.replace(".", "[.]").replace("http", "hxxp")
    assert parse_indicator(defanged) == parse_indicator(text)


def test_kinds_are_told_apart():
    assert {parse_indicator(text).kind for text in STORED.values()} == {
        Kind.CIDR4,
        Kind.FQDN,
        Kind.URL,
        Kind.CIDR6,
        Kind.IPV4,
        Kind.SHA256,
    }
