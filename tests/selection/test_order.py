"""Orders: each refusal by its code, in both languages; and that a good order is read as written."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.selection import OrderRefusedError, examine, load_order
from sakimori.selection.conditions import AddressCondition, CommandCondition, RangeCondition, ValueCondition
from sakimori.selection.explain import explain

HEAD = "authority: A-1\nbasis: {basis}\ndirection: {direction}\n"
AGREEMENT = HEAD.format(basis="agreement", direction="outside-to-inside")
ADDRESS = "  - {id: a1, kind: address, side: either, values: [203.0.113.0/24]}\n"
COMMAND = "  - {id: k1, kind: command, ref: R-1, hex: 4d5a9000}\n"
PORT = "  - {id: x1, kind: exploratory, field: dst_port, values: [4444]}\n"


def order(*conditions, head=AGREEMENT, extra=""):
    return head + extra + "conditions:\n" + "".join(conditions)


def codes(text):
    return [item.code.removeprefix("selection.") for item in examine(text)[1]]


GOOD = """
authority: REHEARSAL-2026-001
basis: agreement
direction: outside-to-inside
minimum_conditions: 2
distinct_by: kind
domestic: [JP, NO]
address_overrides: {"192.0.2.0/24": JP, "198.51.100.0/24": ZZ}
conditions:
  - {id: a1, kind: address, side: either, values: ["203.0.113.0/24", "2001:db8::7", "Evil.Example."]}
  - {id: k1, kind: command, ref: "指令情報 2026-17", hex: "4d5a90"}
  - {id: k2, kind: command, ref: "指令情報 2026-18", regex: "POST /gate[0-9]{1,4}"}
  - {id: x1, kind: exploratory, field: dst_port, values: [4444]}
  - {id: x2, kind: exploratory, field: protocol, values: [tcp, 17]}
  - {id: x3, kind: exploratory, field: dns.qtype, values: [TXT]}
  - {id: x4, kind: exploratory, field: bytes, min: 10, max: 2000}
"""


def test_a_good_order():
    found = load_order(GOOD.replace('"4d5a90"', '"4d5a9000"'))
    assert found.domestic == {"JP", "NO"}  # Norway is no truth value
    a1, k1, k2, x1, x2, x3, x4 = found.conditions
    assert isinstance(a1, AddressCondition)
    assert a1.names == ("evil.example",)
    assert [str(network) for network in a1.networks] == ["203.0.113.0/24", "2001:db8::7/128"]
    assert isinstance(k1, CommandCondition)
    assert k1.pattern.longest(b"MZ\x90\0", 0) == 4
    assert isinstance(k2, CommandCondition)
    assert isinstance(x1, ValueCondition)
    assert isinstance(x2, ValueCondition)
    assert (x1.values, x2.values) == ({b"4444"}, {b"6", b"17"})
    assert isinstance(x3, ValueCondition)
    assert x3.values == {b"16"}
    assert isinstance(x4, RangeCondition)
    assert (x4.minimum, x4.maximum) == (10, 2000)


def test_three_bytes_are_too_few():
    assert codes(GOOD) == ["too_short"]


def test_strict_defaults():
    found = load_order(order(ADDRESS, COMMAND))
    assert (found.minimum_conditions, found.distinct_by, found.domestic) == (2, "kind", {"JP"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- just\n- a list", ["not_mapping"]),
        ("a: [", ["not_yaml"]),
        (b"\xff\xfe\x00", ["not_yaml"]),
        ("a: &x [1]\nb: *x", ["not_yaml"]),
        ('a: "\\ud800"', ["not_yaml"]),
        ("a: " + "[" * 3000, ["not_yaml"]),
        ("", ["not_mapping"]),
        (AGREEMENT + "basis: '17'\nconditions: []", ["duplicate_key"]),
        (order(ADDRESS, COMMAND, extra="minimum_condition: 2\n"), ["unknown_key"]),
        ("basis: agreement\ndirection: outside-to-inside\nconditions:\n" + ADDRESS + COMMAND, ["missing"]),
        (order(ADDRESS, head=HEAD.format(basis="18", direction="x")), ["basis"]),
        (order(ADDRESS, COMMAND, head=HEAD.format(basis="agreement", direction="inside-to-outside")), ["direction"]),
        (order(ADDRESS, COMMAND, head=HEAD.format(basis="17", direction="outside-to-inside")), ["direction"]),
        (order(ADDRESS, COMMAND, extra="minimum_conditions: 1\n"), ["minimum"]),
        (order(ADDRESS, COMMAND, extra="minimum_conditions: two\n"), ["value"]),
        (order(ADDRESS, COMMAND, extra="distinct_by: size\n"), ["value"]),
        (order(ADDRESS, COMMAND, extra="domestic: [Japan]\n"), ["value"]),
        (order(ADDRESS, COMMAND, extra="address_overrides: {192.0.2.1/24: JP}\n"), ["network"]),
        (order(ADDRESS, COMMAND, extra="address_overrides: {192.0.2.0/24: Japan}\n"), ["value"]),
        (AGREEMENT + "conditions: []", ["no_conditions"]),
        (order(ADDRESS), ["never_met"]),
        (order(COMMAND, COMMAND.replace("k1", "k2").replace("4d5a9000", "11223344")), ["never_met"]),
        (order(ADDRESS, COMMAND, COMMAND.replace("4d5a9000", "11223344")), ["duplicate_id"]),
        (order(ADDRESS.replace("203.0.113.0/24", "203.0.113.9/24"), COMMAND), ["network"]),
        (order(ADDRESS.replace("203.0.113.0/24", "999.1.1.1"), COMMAND), ["network"]),
        (order(ADDRESS.replace("203.0.113.0/24", "not a host"), COMMAND), ["network"]),
        (order(ADDRESS.replace("either", "both"), COMMAND), ["value"]),
        (order(ADDRESS, COMMAND.replace("ref: R-1, ", "")), ["ref_missing"]),
        (order(ADDRESS, COMMAND.replace("ref: R-1, hex: 4d5a9000", "text: 機密")), ["ref_missing", "natural_language"]),
        (
            order(ADDRESS, COMMAND.replace("ref: R-1, hex: 4d5a9000", "text: the attack plan")),
            ["ref_missing", "natural_language"],
        ),
        (
            order(ADDRESS, COMMAND.replace("ref: R-1, hex: 4d5a9000", "regex: 機密(情報|文書)")),
            ["ref_missing", "natural_language"],
        ),
        (order(ADDRESS, COMMAND.replace("ref: R-1, hex: 4d5a9000", "text: cmd.exe /c")), ["ref_missing"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '.*'")), ["open_repeat"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '.{4,200}'")), ["matches_anything"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '[a-z]{8}'")), ["matches_anything"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '^evil'")), ["anchor"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '(?i)evil'")), ["look_around"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "regex: '(evil'")), ["pattern"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "hex: 4d5a9")), ["hex"]),
        (order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "hex: 4d5a9000, text: abcd")), ["one_form"]),
        (order(ADDRESS, PORT.replace("4444", "70000")), ["value"]),
        (order(ADDRESS, PORT.replace("dst_port", "payload")), ["value"]),
        (order(ADDRESS, PORT.replace("values: [4444]", "min: 3")), ["unknown_key", "missing"]),
        (order(ADDRESS, PORT.replace("dst_port, values: [4444]", "bytes")), ["missing"]),
        (order(ADDRESS, PORT.replace("dst_port, values: [4444]", "bytes, min: 5, max: 4")), ["value"]),
        (order(ADDRESS, PORT.replace("exploratory", "guess")), ["value"]),
        (order(ADDRESS, "  - just text\n"), ["not_mapping"]),
    ],
)
def test_refusals(text, found):
    assert codes(text) == found


def test_natural_language_with_a_ref_is_left_to_the_authority():
    assert codes(order(ADDRESS, COMMAND.replace("hex: 4d5a9000", "text: 機密情報"))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADDRESS, ADDRESS.replace("203.0.113.0/24", "203.0.113.9")),
        (ADDRESS, ADDRESS.replace("203.0.113.0/24", "203.0.113.255")),
        (ADDRESS, ADDRESS.replace("203.0.113.0/24", "203.0.0.0/16").replace("either", "source")),
        (ADDRESS.replace("203.0.113.0/24", "evil.example"), ADDRESS.replace("203.0.113.0/24", "www.evil.example")),
        (ADDRESS.replace("203.0.113.0/24", "2001:db8::/32"), ADDRESS.replace("203.0.113.0/24", "2001:db8:1::/48")),
        (COMMAND, COMMAND.replace("4d5a9000", "004d5a9000")),
        (COMMAND, COMMAND.replace("hex: 4d5a9000", r"regex: 'MZ[\x8f\x90]\x00'")),
        (PORT, PORT.replace("4444", "1, 4444")),
        (
            PORT.replace("dst_port, values: [4444]", "bytes, min: 500"),
            PORT.replace("dst_port, values: [4444]", "bytes, max: 500"),
        ),
    ],
)
def test_overlapping_values_under_two_ids(one, other):
    other = other.replace("id: a1", "id: a2").replace("id: k1", "id: k2").replace("id: x1", "id: x2")
    text = order(
        ADDRESS.replace("a1", "az").replace("203.0.113.0/24", "192.0.2.0/24"),
        COMMAND.replace("k1", "kz").replace("4d5a9000", "99887766"),
        one,
        other,
    )
    assert codes(text) == ["overlap"]


ADDRESSES = "  - {{id: a1, kind: address, side: either, values: {}}}\n"
SIZE = "  - {{id: x1, kind: exploratory, field: {}}}\n"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (ADDRESSES.format('["0.0.0.0/0"]'), ["network_wide", "network_wide"]),  # too wide, and half of all
        (ADDRESSES.format('["0.0.0.0/7", "::/15"]'), ["network_wide", "network_wide"]),
        (ADDRESSES.format('["10.0.0.0/8", "2001::/16"]'), []),
        (ADDRESSES.format(json.dumps([f"{n}.0.0.0/8" for n in range(127)])), []),
        (ADDRESSES.format(json.dumps([f"{n}.0.0.0/8" for n in range(128)])), ["network_wide"]),
        (ADDRESSES.format(json.dumps(["7.0.0.0/8"] * 128)), []),  # said often, and still one network
        (ADDRESSES.format("[jp]"), ["name_wide"]),
        (ADDRESSES.format("[co.jp, com.au]"), ["name_wide", "name_wide"]),
        (ADDRESSES.format("[com, xn--tckwe]"), ["name_wide", "name_wide"]),
        (ADDRESSES.format("[evil.jp, net.example, ab.cd.jp, hnkwinpc]"), []),  # the last: a machine's name, as in HELO
        (ADDRESSES.format('["*.evil.example"]'), ["wildcard"]),
        (ADDRESSES.format('["evil.*.example"]'), ["wildcard"]),
        (SIZE.format("packets, min: 0"), ["always"]),
        (SIZE.format("packets, min: 1"), ["always"]),
        (SIZE.format("packets, min: 1, max: 999999999999"), []),
        (SIZE.format("packets, max: 1000000000000"), ["always"]),
        (SIZE.format("packets, min: 2"), []),
        (SIZE.format("packets, max: 0"), ["never"]),
        (SIZE.format("bytes, min: 20"), ["always"]),
        (SIZE.format("bytes, min: 21"), []),
        (SIZE.format("bytes, max: 19"), ["never"]),
        (SIZE.format("mean_packet_size, max: 65575"), ["always"]),
        (SIZE.format("mean_packet_size, max: 65574"), []),
        (SIZE.format("mean_packet_size, min: 65576"), ["never"]),
        (SIZE.format(f"dst_port, values: {list(range(32_768))}"), []),
        (SIZE.format(f"dst_port, values: {list(range(32_769))}"), ["always"]),
        (SIZE.format(f"protocol, values: {list(range(256))}"), ["always"]),
    ],
)
def test_what_all_traffic_meets_or_none_is_refused(condition, found):
    other = COMMAND if condition.startswith("  - {id: a1") else ADDRESS
    assert codes(order(condition, other)) == found
    assert examine(order(condition, other), wide=True)[1] == []


def test_who_writes_a_wildcard_is_told_what_to_write():
    (refused,) = examine(order(ADDRESSES.format('["*.evil.example"]'), COMMAND))[1]
    assert refused.where == "conditions[a1].values *.evil.example"
    assert "Write evil.example" in refused.explain("en")
    assert "evil.example と書けば" in refused.explain("ja")


@pytest.mark.parametrize("value", ["0" * 5_000, "00000000099999999", "65536", "9" * 5_000, "-1", "٣"])
@pytest.mark.parametrize("field", ["src_port", "dst_port", "protocol", "dns.qtype"])
def test_a_number_lies_in_the_range_of_its_field(field, value):
    """Five thousand zeros were once more digits than Python reads."""
    (refused,) = examine(order(ADDRESS, SIZE.format(f'{field}, values: ["{value}"]')))[1]
    assert refused.code == "selection.value"
    assert "から" in refused.explain("ja")
    assert "from 0 to" in refused.explain("en")


def test_an_order_whose_patterns_cannot_be_compared_in_time_is_refused():
    """Never a silent pass: the pair is named, and how to mend it."""
    words = ["".join(letters) for letters in itertools.product("ABCDEFGH", repeat=2)][:32]
    patterns = [
        f'  - {{id: k{n}, kind: command, ref: r, regex: "[a-p]{{0,200}}{word}[a-p]{{1,50}}{word}"}}\n'
        for n, word in enumerate(words)
    ]
    refused = [item for item in examine(order(ADDRESS, *patterns))[1] if item.code == "selection.overlap_unknown"]
    assert len(refused) == 1
    assert refused[0].where.startswith("conditions k")
    assert "繰り返し" in refused[0].explain("ja")
    assert "Narrow the repeats" in refused[0].explain("en")


def test_what_does_not_overlap():
    text = order(
        ADDRESS,
        ADDRESS.replace("a1", "a2").replace("203.0.113.0/24", "203.0.112.0/24, notevil.example, 2001:db8::1"),
        ADDRESS.replace("a1", "a3").replace("203.0.113.0/24", "evil.example"),
        COMMAND,
        PORT,
        PORT.replace("x1", "x2").replace("dst_port", "src_port"),
        PORT.replace("x1", "x3").replace("dst_port, values: [4444]", "bytes, max: 499"),
        PORT.replace("x1", "x4").replace("dst_port, values: [4444]", "bytes, min: 500"),
    )
    assert codes(text) == []


HEAD32, HEAD33 = (
    HEAD.format(basis="32", direction="outside-to-inside"),
    HEAD.format(basis="33", direction="inside-to-outside"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (order(ADDRESS.replace("either", "source"), head=HEAD32), []),
        (order(ADDRESS.replace("either", "destination"), head=HEAD33), []),
        (order(COMMAND, head=HEAD32), []),
        (order(ADDRESS, head=HEAD32), ["side_here"]),
        (order(ADDRESS.replace("either", "source"), head=HEAD33), ["side_here"]),
        (
            order(ADDRESS.replace("either", "source").replace("203.0.113.0/24", "evil.example"), head=HEAD32),
            ["name_here"],
        ),
        (order(PORT, head=HEAD32), ["exploratory_here"]),
        (order(PORT, COMMAND, head=HEAD33), ["exploratory_here"]),
        (order(COMMAND.replace("ref: R-1, ", ""), head=HEAD32), ["ref_missing"]),
    ],
)
def test_under_32_and_33(text, found):
    assert codes(text) == found


def test_every_refusal_speaks_both_languages():
    with pytest.raises(OrderRefusedError) as caught:
        load_order(order(PORT, head=HEAD33))
    assert "探索的" in caught.value.explain("ja")
    assert "exploratory conditions" in caught.value.explain("en")
    for item in caught.value.refusals:
        assert item.what.ja
        assert item.what.en
        assert item.mend is not None
        assert item.where


def test_two_ids_of_one_kind_can_be_enough_where_the_order_says_so():
    other = COMMAND.replace("k1", "k2").replace("4d5a9000", "11223344")
    assert codes(order(COMMAND, other, extra="distinct_by: id\n")) == []


def test_ten_thousand_addresses_are_checked_quickly():
    values = ", ".join(f"10.{n >> 8}.{n & 255}.0/24" for n in range(10_000))
    assert codes(order(ADDRESS.replace("203.0.113.0/24", values), COMMAND)) == []


def test_explanations_in_both_languages():
    lines = explain(load_order(order(ADDRESS, COMMAND, PORT)))
    text_ja, text_en = ("\n".join(line.pick(language) for line in lines) for language in ("ja", "en"))
    for part in ("国外から国内へ", "203.0.113.0/24", "R-1", "4444", "2 つ以上"):
        assert part in text_ja
    for part in ("from outside to inside", "203.0.113.0/24", "R-1", "4444", "at least 2"):
        assert part in text_en


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_no_text_breaks_reading_an_order(text):
    examine(text)
    examine(AGREEMENT + "conditions:\n  - {id: a, kind: command, ref: R, regex: " + text + "}\n")


@settings(max_examples=40)
@given(
    st.recursive(
        st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
)
def test_no_shape_breaks_reading_an_order(value):
    for key in ("authority", "basis", "minimum_conditions", "domestic", "address_overrides", "conditions"):
        document = {
            "authority": "A",
            "basis": "agreement",
            "direction": "outside-to-inside",
            "conditions": [],
            key: value,
        }
        examine(json.dumps(document))
    for key in ("id", "kind", "side", "values", "ref", "hex", "text", "regex", "field", "min", "max"):
        for kind in ("address", "command", "exploratory"):
            condition = {"id": "c", "kind": kind, "values": ["x"], "field": "bytes", "min": "1", key: value}
            document = {
                "authority": "A",
                "basis": "agreement",
                "direction": "outside-to-inside",
                "conditions": [condition],
            }
            examine(json.dumps(document))
