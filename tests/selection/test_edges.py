"""The far corners: every refusal, every short read, every limit that ordinary traffic never meets."""

import io
import struct

import pytest

from sakimori.selection import Countries, OutputError, examine, sample, write
from sakimori.selection.app_dns import datagram as dns_datagram
from sakimori.selection.automaton import Machine, automaton
from sakimori.selection.capture import DamagedCapture, frames
from sakimori.selection.decode import Decoder
from sakimori.selection.explain import explain
from sakimori.selection.facts import Facts
from sakimori.selection.hpack import Decoder as HeaderDecoder
from sakimori.selection.hpack import huffman
from sakimori.selection.overlap import overlap
from sakimori.selection.packet import Undecodable
from sakimori.selection.pattern import PatternError, literal, regex
from sakimori.selection.reading import NotThis
from tests.selection import build
from tests.selection.build import UDP, block, eth, ip4, ip6, udp
from tests.selection.letters import ORDER, flow, names_only
from tests.selection.streamed import HTTP2, frame, read
from tests.selection.test_decode import IN4, decode, outer4, reason, seen

SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", 101, 0, 65_535))


def captured(data):
    return [(item.time, item.link, item.data) for item in frames(io.BytesIO(data))]


def test_simple_and_obsolete_packet_blocks():
    simple = block(3, struct.pack("<I", 2) + b"ab")
    obsolete = block(2, struct.pack("<HHIIII", 0, 7, 0, 5, 2, 2) + b"cd")
    assert captured(SECTION + INTERFACE + simple + obsolete) == [(None, 101, b"ab"), (5000, 101, b"cd")]
    assert captured(SECTION + simple) == [(None, -1, b"ab")]


def test_a_frame_without_time_is_undecodable(run):
    data = SECTION + INTERFACE + block(3, struct.pack("<I", len(IN4)) + IN4)
    assert run(sample.ORDER, data).receipt["undecodable"] == {"no_timestamp": {"packets": 1, "bytes": len(IN4)}}


@pytest.mark.parametrize(
    "bad",
    [
        block(1, b"\0\0\0\0"),
        block(3, b""),
        block(6, b"\0" * 16),
        block(6, struct.pack("<IIIII", 0, 0, 0, 9, 9) + b"ab"),
        struct.pack("<II", 6, 13),
        b"\6\0",
    ],
)
def test_blocks_too_short_for_what_they_say(bad):
    with pytest.raises(DamagedCapture):
        captured(SECTION + INTERFACE + bad)


GTP = struct.pack(">BBHI", 0x34, 255, 0, 9)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (outer4(UDP, udp(9, 4789, b"\x08" * 20))[:-16], "tunnel_truncated"),
        (outer4(UDP, udp(2152, 2152, GTP + b"\0\0\0\x85" + b"\0" * 20)), "tunnel_truncated"),
        (outer4(UDP, udp(2152, 2152, GTP[:0] + struct.pack(">BBHI", 0x30, 255, 0, 9))), "tunnel_truncated"),
        (outer4(47, b"\0\2" + b"\x08\0" + IN4), "gre_version"),
        (outer4(47, b"\x40\0" + b"\x08\0" + IN4), "gre_routing"),
        (outer4(47, b"\x20\x81" + b"\x88\x0b" + b"\0" * 12), "not_ip"),
        (outer4(47, build.gre(b"\x30" + b"\0" * 40, seq=1, kind=0x88BE)), "erspan"),
        (outer4(47, build.gre(b"\x10" + b"\0" * 40, seq=1, kind=0x22EB)), "erspan"),
        (outer4(47, build.gre(b"\x20" + b"\0" * 9 + b"\x7c\0" + IN4, seq=1, kind=0x22EB)), "erspan"),
        (eth(ip4("192.0.2.1", "192.0.2.2", 6, build.tcp(1, 2)[:12] + b"\x10" + b"\0" * 7)), "transport_header"),
        (eth(b"\x4f" + ip4("192.0.2.1", "192.0.2.2", 6, b"x" * 60)[1:40]), "ip_truncated"),
        (eth(ip6("2001:db8::1", "2001:db8::2", 60, b"\x11\x09" + b"\0" * 20)), "ip6_extension"),
        (eth(ip6("2001:db8::1", "2001:db8::2", 17, b"")[:30], 0x86DD), "ip_truncated"),
        (eth(b"\x21\x00\0\0\0\0" + IN4, 0x8864), "not_ip"),
        (eth(struct.pack(">I", 1 << 8), 0x8847), "link_truncated"),
        (b"\2" * 12 + b"\0\x20" + b"\x42\x42\x03" + b"\0" * 30, "not_ip"),
    ],
)
def test_more_that_cannot_be_decoded(data, why):
    assert reason(data) == why


@pytest.mark.parametrize(
    ("link", "data", "why"),
    [
        (105, b"\x80\0" + b"\0" * 40, "not_ip"),
        (105, b"\x08\x41" + b"\0" * 40, "wlan_encrypted"),
        (105, b"\x88\x01" + b"\0" * 22 + b"\x80\0" + b"\0" * 20, "wlan_aggregate"),
        (9, b"\xc0\x21" + b"\0" * 20, "not_ip"),
        (0, b"\x07\0\0\0" + IN4, "not_ip"),
    ],
)
def test_more_links_that_carry_no_ip(link, data, why):
    assert reason(data, link) == why


def test_more_carriers():
    inner = seen(IN4, 101)
    assert seen(b"\x02\x81" + build.mpls(IN4)[14:], 9) == inner  # MPLS in PPP
    assert seen(eth(b"\0\x21" + IN4, 0x880B)) == inner  # PPP as an EtherType
    assert (
        seen(outer4(47, build.gre(b"\x20" + b"\0" * 9 + b"\x08\0" + IN4, seq=1, kind=0x22EB))) == inner
    )  # ERSPAN III, IP
    two_words = b"\0\0\x10\0" + struct.pack("<II", 1 << 31 | 3, 0) + b"\0" * 4
    tail = b"\x08\x01" + b"\0" * 22 + b"\xaa\xaa\3\0\0\0\x08\0" + IN4
    stamped = b"\0\0\x1a\0" + struct.pack("<II", 1 << 31 | 3, 0) + b"\0" * 4 + b"T" * 8 + b"\0\0"
    assert seen(stamped + tail, 127) == inner
    assert seen(two_words + tail, 127) == inner
    assert decode(outer4(UDP, udp(9, 6081, b"x"))).payload == b"x"
    assert decode(outer4(UDP, udp(2152, 9, b"x"))).payload == b"x"


def test_a_fragment_header_inside_a_fragmented_packet():
    inside = bytes([17, 0]) + struct.pack(">HI", 8 | 1, 7) + b"x" * 24
    parts = [
        build.frag6("2001:db8::1", "2001:db8::2", 44, inside[at : at + 16], ident=1, offset=at, more=at < 16)
        for at in (0, 16)
    ]
    decoder = Decoder()
    assert decoder.datagram(1, eth(parts[0]), 0) is None
    with pytest.raises(Undecodable) as caught:
        decoder.datagram(1, eth(parts[1]), 1)
    assert caught.value.reason == "fragment_nested"
    broken = [
        build.frag6("2001:db8::1", "2001:db8::2", 60, b"\x11\x20" + b"\0" * 14, ident=2, offset=at, more=not at)
        for at in (0, 16)
    ]
    assert decoder.datagram(1, eth(broken[0]), 2) is None
    with pytest.raises(Undecodable) as caught:
        decoder.datagram(1, eth(broken[1]), 3)
    assert (caught.value.reason, caught.value.seen.frames) == ("ip6_extension", 2)


def test_dns_damage():
    def message(rest, answers=0):
        return struct.pack(">HHHHHH", 7, 0, 1, answers, 0, 0) + rest

    assert not dns_datagram(message(b"\x05abc"), Facts())
    facts = Facts()
    assert dns_datagram(
        message(build.dns_name("a.example") + b"\0\1\0\1" + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\xff", 1), facts
    )
    assert facts.names == {"a.example"}
    assert read(b"\0\x05hello\0\x05hello", dns=True).protocol is None


@pytest.mark.parametrize(
    "bad",
    [
        (1 << 21).to_bytes(3, "big") + b"\0\0\0\0\0\1",
        frame(1, 0, 5, b"\x82" * 60_000) + frame(9, 0, 5, b"\x82" * 60_000),
        frame(1, 0x4 | 0x8, 5, b"\xff\x82"),
        frame(1, 0x4, 5, b"\x00\x01a\x01b\x80"),
    ],
)
def test_http2_limits(bad):
    assert read(HTTP2 + bad + frame(1, 4, 7, b"\x82\x41\x09c.example")).names == {"www.example.com", "b.example"}


def test_http2_trailers_tell_nothing():
    assert read(HTTP2 + frame(1, 4, 7, b"\x00\x04host\x09c.example")).names == {"www.example.com", "b.example"}


def test_hpack_limits():
    for data in (b"\xff\xff\xff\xff", b"\x11\x11\xff\xff\xff\xff\xff\xff"):
        with pytest.raises(NotThis):
            huffman(data)
    for block_data in (b"\xff" + b"\xff" * 9, b"\x3f\xe2\xff\x03", b"\x40\x05ab", b"\xc7", b"\x80"):
        with pytest.raises(NotThis):
            HeaderDecoder().block(block_data)
    decoder = HeaderDecoder()
    decoder.block(
        b"\x3f\x31" + b"\x40\x01a\x28" + b"x" * 40 + b"\x40\x01b\x01y"
    )  # a table of 80 bytes keeps only the last
    assert decoder.block(b"\xbe") == [(b"b", b"y")]
    with pytest.raises(NotThis):
        decoder.block(b"\xbf")


HOST = b"GET / HTTP/1.1\r\nHost: a.example\r\n"


@pytest.mark.parametrize(
    "data",
    [
        HOST + b"\r\nnot http\r\n\r\n" + HOST + b"\r\n",
        HOST + b"Transfer-Encoding: gzip\r\n\r\n" + HOST.replace(b"a.ex", b"b.ex") + b"\r\n",
        HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n" + HOST.replace(b"a.ex", b"b.ex") + b"\r\n",
    ],
)
def test_http_that_breaks_its_rules_is_read_no_further(data):
    assert read(data).names == {"a.example"}


def test_http_limits():
    assert read(HOST + b"x: y\r\n" * 1001 + b"\r\n").names == set()
    assert read(b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\nHost: a.example\r\n\r\n").names == set()
    assert read(b"G" * 70_000 + b"\r\n").protocol is None
    assert read(b"HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").fields["http.status"] == {b"101"}
    assert read(b"SSH-" + b"x" * 300 + b"\r\n").fields == {}


def test_tls_limits():
    hello = build.client_hello()
    assert read(b"\x16\x03\x01\x00\x04" + hello[:4] + b"\x17\x03\x01\x00\x01x").fields == {}
    assert read(build.tls_records(b"\x01\xff\xff\xff" + b"x" * 100)).fields == {}
    assert read(build.tls_records(hello[:4], 4) + build.tls_records(hello[4:], 3)).names == {"www.evil.example"}
    other = build.client_hello(name=None)
    unknown = b"\0\0\0\x05\0\x03\x01\0\0"  # a server name of a type that does not exist
    body = other[4:]
    at = body.index(b"\x01\0") + 2
    size = int.from_bytes(body[at : at + 2], "big") + len(unknown)
    body = body[:at] + size.to_bytes(2, "big") + unknown + body[at + 2 :]
    facts = read(build.tls_records(b"\1" + len(body).to_bytes(3, "big") + body))
    assert facts.names == set()
    assert len(facts.fields["tls.ja4"]) == 1


def test_the_machine_forgets_and_goes_on():
    machine = Machine(automaton(regex("abcd[a-z]{0,3}").node))
    machine._sets = machine._sets * 5000
    assert machine.longest(b"abcdxy1", 0) == 6
    assert machine.longest(b"", 0) is None


def test_more_of_patterns():
    with pytest.raises(PatternError) as caught:
        regex("(" + "|".join(f"abcd{n:04d}" for n in range(300)) + ")")
    assert caught.value.key == "too_large"
    with pytest.raises(PatternError) as caught:
        regex(r"abcd\xzz")
    assert caught.value.key == "escape"
    assert overlap(regex("(abcd|efgh)"), literal(b"efgh"))


def conditions(*lines):
    head = "authority: A\nbasis: agreement\ndirection: outside-to-inside\n"
    return head + "conditions:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


A1, X1 = "id: a1, kind: address, side: destination, values: [192.0.2.1]", "id: x1, kind: exploratory, field: bytes, "


@pytest.mark.parametrize(
    ("limits", "said"), [("min: 50", "at least 50"), ("max: 90", "from 0 to 90"), ("min: 50, max: 90", "from 50 to 90")]
)
def test_ranges_in_words(limits, said):
    order, refusals = examine(conditions(A1, X1 + limits))
    assert refusals == []
    assert said in "\n".join(line.en for line in explain(order))


def test_many_values_are_shortened_in_words():
    values = ", ".join(f"192.0.2.{n}" for n in range(9))
    order, _ = examine(conditions(A1.replace("192.0.2.1", values), X1 + "min: 200"))
    assert "(+4)" in "\n".join(line.ja for line in explain(order))


def test_more_refusals():
    codes = [
        item.code
        for item in examine(conditions(A1, X1 + "min: 200") + "address_overrides: {10.0.0.0/8: JP, 10.0.0.0/8 : JP}")[1]
    ]
    assert codes == ["selection.duplicate_key"]
    codes = [
        item.code
        for item in examine(
            conditions(A1, X1 + "min: 200") + "address_overrides: {2001:db8::/32: JP, 2001:DB8::/32: JP}"
        )[1]
    ]
    assert codes == ["selection.duplicate_key"]
    codes = [item.code for item in examine(conditions(A1, X1 + "min: 200") + "address_overrides: [x]")[1]]
    assert codes == ["selection.not_mapping"]
    codes = [
        item.code for item in examine("authority: A\nbasis: agreement\ndirection: outside-to-inside\nconditions: x")[1]
    ]
    assert codes == ["selection.value", "selection.no_conditions"]
    ports = "id: x2, kind: exploratory, field: dst_port, values: [1]"
    assert examine(conditions(A1, X1 + "min: 200", ports))[1] == []


def test_an_ipv4_country_file_knows_no_ipv6():
    class Reader:
        def get(self, _):
            raise ValueError

    countries = Countries()
    countries._readers = [Reader()]
    assert countries.get(b"\0" * 16) is None


def test_progress_is_told(run):
    told = []
    packets = [(build.at(n), eth(ip4("203.0.113.66", "192.0.2.1", UDP, udp(1, 2)))) for n in range(4001)]
    run(sample.ORDER, build.pcap(packets), progress=told.append)
    assert [item.packets for item in told] == [2000, 4000, 4001]
    assert told[-1].bytes == 4001 * 42


def test_quic_is_counted_and_not_read(run):
    packet = ip4("203.0.113.66", "192.0.2.1", UDP, udp(1, 443, b"\xc3\0\0\0\1\x08" + b"d" * 20))
    assert run(sample.ORDER, build.pcap([(build.at(0), eth(packet))])).receipt["not_decoded"] == {"quic": 1}


def test_a_folder_that_cannot_be_made(run, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        write(run(sample.ORDER, sample.capture()), tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "x"


def test_mail_oddities(run):
    header = (
        b"Date: no date at all\r\nReceived: from [203.0.113.7] by x from y id <a@b> (c\r\nMIME-Version: one\r\n"
        b"nonsense\r\n"
        b"Received: by mx.example with ESMTP\r\nReturn-Path: <>\r\nMessage-ID: none\r\nFrom: nobody\r\n"
        b"Content-Type: x\r\n"
        b'Content-Transfer-Encoding: "a b"\r\nContent-Type: text/plain; charset="utf-8"; boundary="a b c"\r\n'
        b"Authentication-Results: ;;x\r\n\r\n.\r\n"
    )
    (found,) = run(ORDER, flow(b"EHLO a.example\r\nDATA\r\n" + header)).rows
    (mail,) = found["mail"]
    assert (mail["date"], mail["return_path"], mail["message_id"], mail["from"]) == (None, None, None, [])
    assert [(row["from_address"], row["by"], row["date"]) for row in mail["received"]] == [
        ("203.0.113.7", "x", None),
        (None, "mx.example", None),
    ]
    assert mail["mime"] == {
        "version": None,
        "type": "text/plain",
        "charset": "utf-8",
        "boundary": None,
        "encoding": None,
    }
    assert mail["authentication"] == []


def test_a_header_too_long_is_read_no_further(run):
    long = b"X-Long: " + b"y" * 60_000 + b"\r\n"
    message = b"From: a@first.example\r\n" + long * 2 + b"From: b@second.example\r\n\r\n.\r\n"
    (found,) = run(ORDER, flow(b"EHLO a.example\r\nDATA\r\n" + message, size=1400)).rows
    assert [names_only(mailbox) for mailbox in found["mail"][0]["from"]] == ["first.example"]
    body = b"X: " + b"y" * 70_000
    (found,) = run(ORDER, flow(b"EHLO a.example\r\nBDAT %d LAST\r\n" % len(body) + body, size=1400)).rows
    assert found["mail"][0]["from"] == []
