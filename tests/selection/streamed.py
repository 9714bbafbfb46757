"""One side of a flow read whole, or byte by byte; and one that speaks HTTP/2."""

from sakimori.selection import apps
from sakimori.selection.facts import Facts


def read(data, *, dns=False, pieces=None):
    facts = Facts()
    app = apps.StreamApp(facts, dns=dns)
    for piece in pieces or [data]:
        app.data(piece)
    app.gap()
    return facts


def bytewise(data, **options):
    return read(b"", pieces=[data[at : at + 1] for at in range(len(data))], **options)


def frame(kind, flags, number, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + number.to_bytes(4, "big") + payload


HTTP2 = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    + frame(4, 0, 0, b"")
    + frame(
        1, 0x4 | 0x8 | 0x20, 1, b"\x03" + b"P" * 5 + bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff") + b"\0" * 3
    )
    + frame(0, 1, 1, b"secret body")
    + frame(1, 0, 3, b"\x83\x86\x84")
    + frame(9, 4, 3, b"\x41\x09b.example" + b"\x0f\x2b\x05Bot/2")
)
