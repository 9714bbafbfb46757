"""Where a webhook may go: addresses outside, over TLS; nothing on the inside of our own network (house rule).

An organisation names the address, this deployment calls it: without a guard it would call machines that only it can
reach (server-side request forgery). The address is looked at when it is entered, and again at the moment of connecting,
by what the name stands for then; the connection goes to the very address that was checked. Redirects are not followed.
`webhook_networks` in `deployment.json` lists networks of one's own that may be called, in CIDR form; loopback too, for
what runs beside us, only where it stands there.
"""

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_ANSWER_BYTES = 64 << 10
_LONGEST = 300
# Addresses that carry another one inside: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible (RFC 4291).
_CARRIERS = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "2002::/16", "::/96"))
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
"""A last label like this is an address in disguise: some resolvers take 0x7f000001 or 127.1 for one."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnreachableError(Exception):
    """The address must not be called, or leads nowhere."""


def require_address(url: str) -> None:
    """Raise `ValueError` (both languages, joined by ` / `) unless a webhook may have this address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or len(url) > _LONGEST or parts.username is not None or parts.fragment:
        raise ValueError("宛先の URL が正しくありません / this is no address of a webhook")
    if parts.scheme != "https" and not (parts.scheme == "http" and _beside_us(host)):
        raise ValueError("https:// で始まる宛先が要ります / an address beginning https:// is needed")
    literal = _literal(host)
    disguised = literal is None and _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2].lower()) is not None
    hidden = host == "localhost" and not _beside_us(host)
    if disguised or hidden or (literal is not None and not _allowed(literal)):
        raise ValueError("組織内のネットワークの宛先は使えません / an address inside a private network is not called")


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    """Send a body and return the status of the answer, whose contents nobody reads.

    Raises `UnreachableError` where the address must not be called, `httpcore` errors where nobody answers.
    """
    try:
        require_address(url)
    except ValueError as error:
        raise UnreachableError(str(error)) from None
    limits = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=_Guarded()) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body, extensions={"timeout": limits}) as answer,
    ):
        return int(answer.status)


class _Guarded(httpcore.NetworkBackend):
    """Connects to the first address of a name, once all of them may be called."""

    def __init__(self) -> None:
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = resolve(host, port)
        return self._real.connect_tcp(address, port, timeout, local_address, socket_options)


def resolve(host: str, port: int) -> str:
    """Return the address to connect to; `UnreachableError` where any address of the name must not be called."""
    addresses = [host] if _literal(host) else _addresses(host, port)
    for address in addresses:
        seen = ipaddress.ip_address(address)
        if not _allowed(seen) or (seen.is_loopback and host not in LOOPBACK):
            raise UnreachableError("an address inside a private network")
    return addresses[0]


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnreachableError("no such host") from None
    return [str(one[4][0]).partition("%")[0] for one in found]


def _beside_us(host: str) -> bool:
    """Return whether a host is loopback by its own name, and loopback is listed as a network that may be called."""
    return host in LOOPBACK and _allowed(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host))


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _allowed(address: _Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return mapped.is_global and not mapped.is_multicast
    own = (ipaddress.ip_network(one) for one in settings.SAKIMORI_DEPLOYMENT.get("webhook_networks", ()))
    if any(address in network for network in own):
        return True
    return address.is_global and not address.is_multicast and not any(address in network for network in _CARRIERS)
