"""Application protocols, told by grammar: SSH, QUIC, and that no stream breaks any parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection import apps
from sakimori.selection.facts import Facts
from tests.selection.streamed import read


def test_ssh_banner():
    assert read(b"SSH-2.0-Evil_1.0 x\r\n....").fields == {"ssh.banner": {b"SSH-2.0-Evil_1.0 x"}}


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"\xc3\0\0\0\1\x08" + b"d" * 20, "quic"),
        (b"\xc3\x6b\x33\x43\xcf\x08" + b"d" * 20, "quic"),
        (b"\xc3\xff\0\0\x1d\x08" + b"d" * 20, "quic"),
        (b"\xc3\0\0\0\1\x30" + b"d" * 20, None),
        (b"\x43\0\0\0\1\x08" + b"d" * 20, None),
        (b"\xc3", None),
    ],
)
def test_quic(data, protocol):
    facts = Facts()
    apps.datagram(data, facts, dns=False)
    assert facts.protocol == protocol


@given(
    st.sampled_from([b"GET / HTTP/1.1\r\n", b"EHLO x\r\nDATA\r\n", b"\x16\x03\x01\x00\x40\x01", b"SSH-"]),
    st.lists(st.binary(max_size=30), max_size=5),
)
def test_no_stream_breaks_a_parser(start, pieces):
    whole = read(start + b"".join(pieces))
    assert read(b"", pieces=[start, *pieces]) == whole
