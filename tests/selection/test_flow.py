"""Flows and conditions: when a flow ends, what counts, what holds."""

import pytest

from sakimori.selection import load_order
from tests.selection import build
from tests.selection.build import ACK, SYN, TCP, UDP, ip4, tcp, udp

ALL = """
authority: A
basis: "17"
direction: outside-to-outside
domestic: [JP]
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ, "192.168.0.0/16": JP}
conditions:
  - {id: a1, kind: address, side: either, values: ["0.0.0.0/0", "::/0"]}
  - {id: x1, kind: exploratory, field: packets, min: 1}
"""
OUT, IN = "203.0.113.66", "198.51.100.10"
SECOND = 1000  # `build.at` counts milliseconds


def keep(run, packets, order=ALL):
    return run(order, build.pcap(build.framed(packets), nano=True)).rows


def datagrams(*moments):
    return [(moment, ip4(OUT, IN, UDP, udp(1, 2, b"x"))) for moment in moments]


def segment(moment, seq, flags, payload=b""):
    return build.at(moment), ip4(OUT, IN, TCP, tcp(1, 2, seq, flags, payload))


@pytest.mark.parametrize(("gap", "flows"), [(120 * build.NS, 1), (120 * build.NS + 1, 2)])
def test_two_minutes_of_silence(run, gap, flows):
    rows = keep(run, datagrams(build.at(0), build.at(0) + gap))
    assert len(rows) == flows


def test_silence_counts_from_the_latest_packet_even_when_time_goes_back(run):
    rows = keep(run, datagrams(build.at(100 * SECOND), build.at(0), build.at(200 * SECOND)))
    assert [(row["packets"], row["first"], row["last"]) for row in rows] == [(3, build.at(0), build.at(200 * SECOND))]


def test_another_syn_begins_a_flow_and_the_same_does_not(run):
    same = [segment(0, 100, SYN), segment(1, 100, SYN), segment(2, 101, ACK, b"x")]
    assert [row["packets"] for row in keep(run, same)] == [3]
    other = [*same, segment(3, 999, SYN), segment(4, 1000, ACK, b"y")]
    assert [row["packets"] for row in keep(run, other)] == [3, 2]


def test_an_answering_syn_begins_none(run):
    assert [row["packets"] for row in keep(run, [segment(0, 100, ACK), segment(1, 999, SYN | ACK)])] == [2]


def test_data_before_its_syn_belong_to_one_flow(run):
    assert [row["packets"] for row in keep(run, [segment(0, 101, ACK, b"x"), segment(1, 100, SYN)])] == [2]


def test_fin_and_rst_end_nothing(run):
    packets = [
        segment(0, 100, SYN),
        segment(1, 101, build.FIN | ACK),
        segment(2, 102, build.RST),
        segment(3, 102, ACK, b"x"),
    ]
    assert [row["packets"] for row in keep(run, packets)] == [4]


def test_directions_are_flows_of_their_own(run):
    rows = keep(run, [(build.at(0), ip4(OUT, IN, UDP, udp(1, 2))), (build.at(1), ip4(IN, OUT, UDP, udp(2, 1)))])
    assert [(row["src"], row["src_port"], row["dst_port"]) for row in rows] == [(OUT, 1, 2), (IN, 2, 1)]


def test_counts_are_of_the_innermost_packet(run):
    inner = ip4(OUT, IN, UDP, udp(1, 2, b"x" * 10))
    outer = ip4("203.0.113.1", "203.0.113.2", 4, inner)
    (row,) = keep(run, [(build.at(0), outer)])
    assert (row["src"], row["packets"], row["bytes"]) == (OUT, 1, len(inner))


def test_ipv6_counts_its_header(run):
    packet = build.ip6("2001:db8::1", "2001:db8::2", UDP, udp(1, 2, b"x" * 10))
    (row,) = keep(run, [(build.at(0), packet)])
    assert (row["src"], row["bytes"]) == ("2001:db8::1", 40 + 18)


def test_undetermined_is_never_kept(run):
    order = ALL.replace('"0.0.0.0/0": ZZ, ', "")
    assert keep(run, datagrams(build.at(0)), order) == ()


CONDITIONS = {
    "address source": ("kind: address, side: source, values: [203.0.113.0/24]", True),
    "address destination": ("kind: address, side: destination, values: [203.0.113.0/24]", False),
    "address of the destination": ("kind: address, side: destination, values: [198.51.100.10]", True),
    "address of the destination, either": ("kind: address, side: either, values: [198.51.100.8/30]", True),
    "address of the destination, as source": ("kind: address, side: source, values: [198.51.100.10]", False),
    "address either": ("kind: address, side: either, values: [203.0.113.0/24]", True),
    "another address": ("kind: address, side: either, values: [203.0.114.0/24]", False),
    "name": ("kind: address, side: destination, values: [example]", True),
    "name below": ("kind: address, values: [b.example]", False),
    "source port": ("kind: exploratory, field: src_port, values: [40000]", True),
    "destination port": ("kind: exploratory, field: dst_port, values: [81, 80]", True),
    "other port": ("kind: exploratory, field: dst_port, values: [40000]", False),
    "protocol": ("kind: exploratory, field: protocol, values: [tcp]", True),
    "other protocol": ("kind: exploratory, field: protocol, values: [udp]", False),
    "method": ("kind: exploratory, field: http.method, values: [POST]", True),
    "method, exactly": ("kind: exploratory, field: http.method, values: [post]", False),
    "agent": ("kind: exploratory, field: http.user_agent, values: [Bot/1]", True),
    "agent, whole": ("kind: exploratory, field: http.user_agent, values: [Bot]", False),
    "packets": ("kind: exploratory, field: packets, min: 3, max: 3", True),
    "fewer packets": ("kind: exploratory, field: packets, max: 2", False),
    "more packets": ("kind: exploratory, field: packets, min: 4", False),
    "bytes": ("kind: exploratory, field: bytes, min: 175, max: 175", True),
    "mean size": ("kind: exploratory, field: mean_packet_size, min: 58, max: 59", True),
    "mean size, just below": ("kind: exploratory, field: mean_packet_size, max: 58", False),
    "mean size, just above": ("kind: exploratory, field: mean_packet_size, min: 59", False),
    "command": ("kind: command, ref: R, text: 'Bot/'", True),
    "command across segments": ("kind: command, ref: R, regex: 'a\\.example\\r\\nUser'", True),
    "command absent": ("kind: command, ref: R, text: 'Bot/2'", False),
}
HOLDS = "kind: command, ref: R, text: 'POST / H'"


@pytest.mark.parametrize("case", CONDITIONS)
def test_each_condition(run, case):
    text, holds = CONDITIONS[case]
    head, _, _ = ALL.partition("conditions:")
    order = (
        f"{head}distinct_by: id\nminimum_conditions: 2\nconditions:\n  - {{id: c, {text}}}\n  - {{id: d, {HOLDS}}}\n"
    )
    data = b"POST / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: Bot/1\r\n\r\n"
    packets = build.side(OUT, IN, 40_000, 80, [data[:25], data[25:]])
    assert bool(keep(run, packets, order)) is holds


def test_icmp_type_and_code_are_no_ports(run):
    order = ALL.replace("field: packets, min: 1", "field: src_port, values: [8]")
    assert keep(run, [(build.at(0), ip4(OUT, IN, 1, b"\x08\0\0\0ping"))], order) == ()
    (row,) = keep(run, [(build.at(0), ip4(OUT, IN, 1, b"\x08\0\0\0ping"))])
    assert (row["src_port"], row["dst_port"]) == (8, 0)


def test_datagrams_are_scanned_one_by_one(run):
    order = ALL.replace("kind: exploratory, field: packets, min: 1", "kind: command, ref: R, text: 'abcd'")
    halves = [(build.at(n), ip4(OUT, IN, UDP, udp(1, 2, half))) for n, half in enumerate((b"ab", b"cd"))]
    assert keep(run, halves, order) == ()
    (row,) = keep(run, [*halves, (build.at(2), ip4(OUT, IN, UDP, udp(1, 2, b"xxabcd")))], order)
    assert row["command_matches"][0]["first"] == [{"offset": 2, "bytes": b"abcd"}]


def test_two_of_one_kind_are_not_enough_unless_ids_count(run):
    head, _, _ = ALL.partition("conditions:")
    two = """conditions:
  - {id: x1, kind: exploratory, field: packets, min: 1}
  - {id: x2, kind: exploratory, field: src_port, values: [1]}
  - {id: a1, kind: address, values: [192.0.2.1]}
"""
    assert keep(run, datagrams(build.at(0)), head + two) == ()
    (row,) = keep(run, datagrams(build.at(0)), head + "distinct_by: id\n" + two)
    assert row["conditions"] == ["x1", "x2"]


def test_one_condition_is_enough_under_32(run):
    order = """
authority: A
basis: "32"
direction: outside-to-inside
address_overrides: {"203.0.113.0/24": ZZ, "192.0.2.0/24": JP}
conditions:
  - {id: a1, kind: address, side: source, values: [203.0.113.66]}
"""
    assert load_order(order).minimum_conditions == 1
    packets = [
        (build.at(0), ip4(OUT, "192.0.2.1", UDP, udp(1, 2))),
        (build.at(1), ip4("192.0.2.1", OUT, UDP, udp(2, 1))),
    ]
    assert [row["src"] for row in keep(run, packets, order)] == [OUT]
