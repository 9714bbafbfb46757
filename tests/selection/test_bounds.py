"""What a sender can have a flow cost: steps are counted and sizes looked at, no clock is."""

import struct

import numpy as np
import pytest

from sakimori.selection import app_dns, app_http2, apps, facts, hpack, names, reading
from sakimori.selection.facts import Facts, Wanted
from sakimori.selection.fast import hints
from sakimori.selection.fast.store import Table
from tests.selection import build
from tests.selection.streamed import bytewise, frame, read

PREFACE = app_http2.PREFACE
ORDER = """
authority: R-1
basis: "17"
direction: outside-to-outside
address_overrides: {"0.0.0.0/0": ZZ, "::/0": ZZ}
conditions:
  - {id: a1, kind: address, side: source, values: [ADDRESS]}
  - {id: x1, kind: exploratory, field: FIELD, values: [VALUE]}
"""
RESPONSE = 0x8180


def message(questions, answers, body):
    return struct.pack(">HHHHHH", 7, RESPONSE, questions, answers, 0, 0) + body


def chain(pointers):
    """One question for a name behind so many pointers, each pointing to the one before: they lie in a record's data."""
    inside = build.dns_name("evil.example")
    data = build.dns_name("a.example") + b"\0\1\0\1"
    data += build.dns_name("t.example") + struct.pack(">HHIH", 16, 1, 60, len(inside) + 2 * (pointers - 1))
    target = 12 + len(data)
    data += inside
    for _ in range(pointers - 1):
        place = 12 + len(data)
        data, target = data + struct.pack(">H", 0xC000 | target), place
    data += struct.pack(">H", 0xC000 | target) + struct.pack(">HHIH", 1, 1, 60, 4) + b"\1\2\3\4"
    return message(1, 2, data)


def may_hold(data):
    table, raw, labels = hints.listed(["evil.example"]), np.frombuffer(data, dtype=np.uint8), Table(hints.LABELS)
    return bool(hints.dns(raw.ctypes.data, len(raw), 0, len(raw), table.address, labels.address))


@pytest.mark.parametrize("more", [0, 1])
def test_a_name_has_so_many_pointers(more):
    data, found = chain(app_dns.MOST_POINTERS + more), Facts()
    assert app_dns.datagram(data, found)
    assert ("evil.example" in found.names) == (not more)
    assert may_hold(data) == (not more)


@pytest.mark.parametrize("more", [0, 1])
def test_a_message_has_so_many_questions(more):
    number = app_dns.MOST_QUESTIONS + more
    data = message(number, 0, (build.dns_name("evil.example") + b"\0\1\0\1") + b"\xc0\x0c\0\1\0\1" * (number - 1))
    assert app_dns.datagram(data, Facts()) == (not more)
    assert may_hold(data) == (not more)


def dear(size):
    """As many records as find room, each with two names that, read alone, cost the most labels and pointers."""
    body = b"\1a" * 126 + b"\0" + b"\0\1\0\1"
    number = 0
    while len(body) + 12 + 14 <= size:
        place = 12 + len(body)
        target = 12 if number == 0 or place - 14 >= 0x4000 else place - 14
        body += struct.pack(">HHHIHH", 0xC000 | target, 12, 1, 60, 2, 0xC000 | min(place, 0x3FFF))
        number += 1
    return message(1, number, body)


def test_the_steps_of_a_message_follow_its_size(monkeypatch):
    """A chain through every record once cost 15 million steps in 64 KiB, and 250 for each name still later."""
    steps = []
    number = app_dns._number
    monkeypatch.setattr(app_dns, "_number", lambda *given: steps.append(None) or number(*given))
    for size in (4_000, 16_000, 65_000):
        steps.clear()
        assert app_dns.datagram(dear(size), Facts())
        assert len(steps) <= size


def test_a_payload_that_would_never_end_is_read():
    """65,535 questions in a chain, or messages of 64 KiB whose records are one."""
    pointers = b"".join(struct.pack(">HHH", 0xC000 | max(at - 6, 12), 1, 1) for at in range(17, 16_000, 6))
    assert not app_dns.datagram(message(0xFFFF, 0, b"\0\0\1\0\1" + pointers), Facts())
    one = dear(65_000)
    found = read((struct.pack(">H", len(one)) + one) * 50 + short(1, "last.example"), dns=True)
    assert found.names == {".".join("a" * 126), "q.example", "00000", "last.example"}


# HTTP/2


def literal(index, value):
    """A header field without indexing, its name in the static table."""
    size = len(value)
    coded = bytes([size]) if size < 127 else bytes([127])
    rest = size - 127
    while size >= 127 and rest >= 0:
        coded += bytes([rest & 127 | (128 if rest > 127 else 0)])
        rest = (rest >> 7) or -1
    return bytes([index] if index < 15 else [15, index - 15]) + coded + value


def request(method, agent=b"Bot/2", host=b"a.example"):
    return literal(2, method) + literal(1, host) + literal(58, agent)


@pytest.mark.parametrize("method", [b"", b"x" * 33, b"dear mother, " * 400, b"GET\0", b"G(T"])
def test_a_method_is_a_token_as_short_as_in_http1(method):
    found = read(PREFACE + frame(1, 4, 1, request(method)) + frame(1, 4, 3, request(b"GET")))
    assert (found.protocol, found.fields, found.names) == ("http2", {}, set())
    assert read(b"".join((method, b" / HTTP/1.1\r\n\r\n"))).fields == {}


def test_a_method_of_the_longest_kind():
    method = b"!" * 32
    assert read(PREFACE + frame(1, 4, 1, request(method))).fields["http.method"] == {method}
    assert read(method + b" / HTTP/1.1\r\n\r\n").fields["http.method"] == {method}


@pytest.mark.parametrize("host", [b"x" * 5000, ("\u00fc" * 5000).encode(), b"dear mother", b"a\0b", b"[" * 5000])
def test_what_is_no_host_is_not_kept(host):
    assert read(PREFACE + frame(1, 4, 1, request(b"GET", host=host))).names == set()
    assert read(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n").names == set()


@pytest.mark.parametrize(
    ("agent", "kept", "out"),
    [(b"a\tb \xc3\xbc", True, 0), (b"a\x1b[2J", False, 0), (b"a\x7f", False, 0), (b"a" * 1024, True, 0),
     (b"a" * 1025, False, 1)],
)  # fmt: skip
def test_an_agent_is_a_field_value_of_bounded_length(agent, kept, out):
    for data in (
        PREFACE + frame(1, 4, 1, request(b"GET", agent)),
        b"GET / HTTP/1.1\r\nUser-Agent: " + agent + b"\r\n\r\n",
    ):
        found = read(data)
        assert found.fields.get("http.user_agent", set()) == ({agent} if kept else set())
        assert found.left_out == out


def test_header_blocks_are_read_so_far():
    block = b"\x82" * 60_000
    block_frame = frame(1, 4, 1, block)
    number = app_http2.MOST_READ // len(block)
    found = read(PREFACE + block_frame * number + frame(1, 4, 3, request(b"PUT")))
    assert found.fields["http.method"] == {b"GET", b"PUT"}
    found = read(PREFACE + block_frame * (number + 1) + frame(1, 4, 3, request(b"PUT")))
    assert (found.fields["http.method"], found.left_out) == ({b"GET"}, 1)


def test_the_size_of_a_table_is_kept_and_not_summed_again(monkeypatch):
    counted = []
    size = hpack._size
    monkeypatch.setattr(hpack, "_size", lambda field: counted.append(field) or size(field))
    decoder = hpack.Decoder()
    assert len(decoder.block(b"\x40\0\0" * 21_000)) == 21_000
    assert len(counted) < 2 * 21_000  # each entry when it comes and when it goes
    assert len(decoder._dynamic) == 128
    assert decoder._size == 4_096
    decoder.block(b"\x20")
    assert (decoder._dynamic, decoder._size) == ([], 0)


# HTTP/1


def test_of_a_head_only_what_is_asked_for_is_held():
    head = b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (at, b"v" * 4_000) for at in range(200))
    app = apps.StreamApp(Facts(), dns=False)
    app.data(head)
    held = app._app._parser.gi_frame.f_locals
    assert "headers" not in held
    assert read(head + b"Host: a.example\r\n\r\n").names == {"a.example"}
    assert read(head + head[16:] + b"Host: a.example\r\n\r\n").names == set()  # more than a mebibyte


# the first line


def test_each_byte_of_a_first_line_is_looked_at_once(monkeypatch):
    looked = []
    available = reading.Reader.available

    def counted(self, *given):
        found = available(self, *given)
        looked.append(len(found))
        return found

    monkeypatch.setattr(reading.Reader, "available", counted)
    bytewise(b"A" * 70_000)
    assert sum(looked) <= 2 * 70_000  # the square of that before
    looked.clear()
    assert bytewise(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").names == {"a.example"}
    assert sum(looked) <= 2 * 16


# how much a flow keeps


def many(number, start=0):
    """DNS answers over TCP under names of their own, 253 bytes that must be written out each."""
    base = (b"\x3d" + b"\xff" * 61) * 4 + b"\0"
    body = base + b"\0\1\0\1"
    for at in range(start, start + number):
        body += (
            b"\4"
            + struct.pack(">I", at * 2_654_435_761 & 0xFFFF_FFFF)
            + b"\xc0\x0c"
            + struct.pack(">HHIH", 1, 1, 60, 0)
        )
    whole = message(1, number, body)
    return struct.pack(">H", len(whole)) + whole


def short(number, last):
    """Messages with so many short names, and a last one."""
    records = [b"\5%05d\0" % at + struct.pack(">HHIH", 1, 1, 60, 0) for at in range(number)]
    records.append(build.dns_name(last) + struct.pack(">HHIH", 1, 1, 60, 0))
    question, data = build.dns_name("q.example") + b"\0\1\0\1", b""
    for at in range(0, len(records), 2_500):
        part = records[at : at + 2_500]
        whole = message(1, len(part), question + b"".join(part))
        data += struct.pack(">H", len(whole)) + whole
    return data


def test_a_flow_keeps_so_many_names_and_so_much_of_them():
    found = read(b"".join(many(3_000, 3_000 * at) for at in range(3)), dns=True)
    assert sum(map(len, found.names)) <= facts.MOST_CHARACTERS
    assert len(found.names) > 200
    assert found.left_out > 8_000
    found = read(short(5_000, "a.example"), dns=True)
    assert (len(found.names), found.left_out) == (facts.MOST_VALUES, 5_002 - facts.MOST_VALUES)


def test_what_is_said_again_is_not_left_out():
    found = Facts()
    for at in range(3 * facts.MOST_VALUES):
        found.name(f"n{at % facts.MOST_VALUES}")
        found.add("x", str(at % facts.MOST_VALUES).encode())
    assert (len(found.names), len(found.fields["x"]), found.left_out) == (facts.MOST_VALUES, facts.MOST_VALUES, 0)
    found.name("another")
    found.add("x", b"another")
    assert (len(found.names), len(found.fields["x"]), found.left_out) == (facts.MOST_VALUES, facts.MOST_VALUES, 2)


def test_what_the_order_asks_for_is_found_beyond_the_limits():
    found = Facts(wanted=Wanted(frozenset({"evil.example"}), {"x": frozenset({b"w" * 5_000})}))
    found.size = facts.MOST_CHARACTERS
    found.name("www.evil.example")
    found.name("notevil.example")
    found.add("x", b"w" * 5_000)
    found.add("x", b"v")
    assert (found.names, found.met, found.fields) == (set(), {"evil.example"}, {"x": {b"w" * 5_000}})
    assert found.left_out == 3


def stream(data, port, size=1_400):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return build.pcap(build.framed(build.side("198.51.100.7", "203.0.113.9", 5_000, port, pieces)))


def test_the_receipt_counts_what_a_kept_flow_left_out(run):
    order = ORDER.replace("ADDRESS", "evil.example").replace("FIELD", "dst_port").replace("VALUE", "53")
    data = short(5_000, "www.evil.example")
    receipt = run(order, stream(data, 53)).receipt
    assert receipt["by_condition"] == {"a1": 1, "x1": 1}  # the last name of all
    assert receipt["overflows"] == {"stream_window": 0, "facts": 5_002 - facts.MOST_VALUES}
    assert receipt["degraded"] is True
    kept = run(order, stream(short(4_000, "www.evil.example"), 53))
    assert len(kept.rows[0]["names"]) == 4_002
    assert kept.receipt["degraded"] is False
    nothing = run(order, stream(short(5_000, "www.other.example"), 53)).receipt
    assert (nothing["kept_flows"], nothing["degraded"]) == (0, False)  # nothing is told of what was erased


def test_several_workers_count_alike(run):
    order = ORDER.replace("ADDRESS", "evil.example").replace("FIELD", "dst_port").replace("VALUE", "53")
    one = run(order, stream(short(5_000, "www.evil.example"), 53), engine="fast")
    two = run(order, stream(short(5_000, "www.evil.example"), 53), engine="fast", workers=2)
    assert (one.rows, one.receipt["overflows"]) == (two.rows, two.receipt["overflows"])


@pytest.mark.parametrize("text", [b"x" * 70_000 + b".example", ("\u0f77" * 30_000).encode(), b"1:" * 40_000])
def test_an_endless_text_is_no_name(text, monkeypatch):
    monkeypatch.setattr(names.idna, "encode", lambda *_given, **_more: pytest.fail("it was not to be looked into"))
    assert names.from_text(text) is None
