"""Capture files: every form gives the same frames, and damage gives what came before it."""

import gzip
import io
import os
import threading

import pytest

from sakimori.selection.capture import DamagedCapture, frames
from tests.selection import build

PACKETS = [
    (build.at(n), build.eth(build.ip4("192.0.2.1", "192.0.2.2", 17, build.udp(1, 2, bytes([n]))))) for n in range(5)
]
PLAIN = [(time, 1, data) for time, data in PACKETS]


def read(data):
    return [(frame.time, frame.link, frame.data) for frame in frames(io.BytesIO(data))]


def read_until_damage(data):
    found = []
    with pytest.raises(DamagedCapture) as damage:
        found.extend((frame.time, frame.data) for frame in _collect(data, found))
    return found, damage.value.reason


def _collect(data, found):
    for frame in frames(io.BytesIO(data)):
        found.append((frame.time, frame.data))
    return []


FORMS = {
    "little µs": build.pcap(PACKETS),
    "big µs": build.pcap(PACKETS, order=">"),
    "little ns": build.pcap(PACKETS, nano=True),
    "big ns": build.pcap(PACKETS, nano=True, order=">"),
    "pcapng": build.pcapng([(time, 0, data) for time, data in PACKETS]),
    "pcapng big": build.pcapng([(time, 0, data) for time, data in PACKETS], order=">"),
    "pcapng ns": build.pcapng([(time, 0, data) for time, data in PACKETS], resolution=9),
    "pcapng offset": build.pcapng([(time, 0, data) for time, data in PACKETS], offset=1_000_000),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_frames(form):
    assert read(FORMS[form]) == PLAIN


@pytest.mark.parametrize("form", FORMS)
def test_gzip_is_unpacked(form):
    assert read(gzip.compress(FORMS[form], mtime=0)) == PLAIN


def test_nanoseconds_survive():
    time = build.at(0) + 123_456_789
    assert read(build.pcap([(time, b"x")], nano=True))[0][0] == time
    assert read(build.pcapng([(time, 0, b"x")], resolution=9))[0][0] == time


def test_binary_resolution():
    time = build.T0 * build.NS + build.NS // 2
    assert read(build.pcapng([(time, 0, b"x")], resolution=128 | 20))[0][0] == time


def test_link_type_per_interface():
    data = build.pcapng([(build.at(0), 0, b"a"), (build.at(1), 1, b"b")], links=(1, 101))
    assert [(link, data) for _, link, data in read(data)] == [(1, b"a"), (101, b"b")]


def test_a_new_section_forgets_the_interfaces():
    data = build.pcapng([(build.at(0), 0, b"a")], links=(1, 101)) + build.pcapng([(build.at(1), 0, b"b")], links=(113,))
    assert [link for _, link, _ in read(data)] == [1, 113]


def test_a_packet_of_an_interface_never_described_has_no_time():
    assert read(build.pcapng([(build.at(0), 5, b"a")])) == [(None, -1, b"a")]


def test_a_pipe_is_read_to_its_end():
    inlet, outlet = os.pipe()

    def feed():
        with os.fdopen(outlet, "wb", buffering=0) as file:
            for byte_at in range(0, len(FORMS["little µs"]), 7):
                file.write(FORMS["little µs"][byte_at : byte_at + 7])

    thread = threading.Thread(target=feed)
    thread.start()
    with os.fdopen(inlet, "rb", buffering=0) as stream:
        found = [(frame.time, frame.link, frame.data) for frame in frames(stream)]
    thread.join()
    assert found == PLAIN


def test_empty_input_is_a_capture_without_packets():
    assert read(b"") == []


@pytest.mark.parametrize("cut", [1, 10, 17, 60])
def test_cut_off_gives_what_came_before(cut):
    found, reason = read_until_damage(FORMS["little µs"][:-cut])
    assert found == PACKETS[: len(found)]
    assert reason == "capture_truncated"
    assert len(found) == (4 if cut < 60 else 3) or cut == 60


def test_a_record_too_long_to_be_true():
    data = build.pcap(PACKETS[:1])
    found, reason = read_until_damage(data + b"\0" * 8 + b"\xff\xff\xff\x7f" * 2)
    assert (found, reason) == (PACKETS[:1], "record_length")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "not_a_capture"),
        (gzip.compress(FORMS["little µs"], mtime=0)[:-20], "gzip_damaged"),
        (FORMS["pcapng"][:-4] + b"\0\0\0\0", "block_trailer"),
        (FORMS["pcapng"][:8] + b"\0\0\0\0" + FORMS["pcapng"][12:], "block_byte_order"),
    ],
)
def test_damage_has_a_reason(data, reason):
    assert read_until_damage(data)[1] == reason
