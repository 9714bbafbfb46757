"""The SSH identification string (RFC 4253 4.2)."""

from sakimori.selection.facts import Facts
from sakimori.selection.reading import Parser, Reader

START = b"SSH-"
_LONGEST = 255


def stream(reader: Reader, facts: Facts) -> Parser:
    """Read the banner line, without its line end."""
    banner = yield from reader.line(_LONGEST + 1)
    facts.protocol = "ssh"
    facts.add("ssh.banner", banner.rstrip(b"\r\n"))
