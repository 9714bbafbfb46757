"""Host names in one form: ASCII lower case, A-labels, no trailing dot, no port (selection-semantics §6)."""

import ipaddress

import idna

_LONGEST = 253
_LONGEST_TEXT = 1_100  # bytes: 253 characters of UTF-8, a port, spaces
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_*")
_SHOWN = tuple(chr(value) if value in _PLAIN else f"\\{value:03d}" for value in range(256))


def from_text(raw: bytes) -> str | None:
    """Return the name in a Host header, SNI or mail field; None if it is an address or no name at all."""
    host = raw.strip(b" \t")
    if len(host) > _LONGEST_TEXT or host.startswith(b"["):  # no name, or an IPv6 literal
        return None
    head, colon, port = host.rpartition(b":")
    if colon and port.isdigit() | (not port):
        host = head
    host = host.rstrip(b".")
    if not host or is_address(host):
        return None
    if host.isascii():
        return _checked(host.lower())
    try:
        return _checked(idna.encode(host.decode("utf-8"), uts46=True))
    except (idna.IDNAError, UnicodeError):
        return None


def label(raw: bytes) -> str:
    """Return a label of a DNS name; a byte that no host name has is backslash and three digits (RFC 1035 5.1)."""
    return "".join(map(_SHOWN.__getitem__, raw.lower()))


def is_address(host: bytes) -> bool:
    """Say whether this is an IP address in text."""
    try:
        ipaddress.ip_address(host.decode("ascii", "replace"))
    except ValueError:
        return False
    return True


def below(name: str, parent: str) -> bool:
    """Say whether `name` equals `parent` or lies below it."""
    return name == parent or name.endswith("." + parent)


def and_parents(name: str, deepest: int = _LONGEST) -> list[str]:
    """Return the name and every name above it, as far as they have no more labels than `deepest`."""
    labels = name.rsplit(".", deepest)[-deepest:]
    return [".".join(labels[start:]) for start in range(len(labels))]


def _checked(host: bytes) -> str | None:
    labels = host.split(b".")
    if len(host) > _LONGEST or not all(labels) or any(set(label) - _PLAIN for label in labels) or labels[-1].isdigit():
        return None
    return host.decode("ascii")
