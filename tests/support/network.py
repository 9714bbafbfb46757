"""No test speaks to anything but this machine: connecting or resolving elsewhere fails at once."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

_NAMES = frozenset({"localhost", "ip6-localhost", ""})


class OffsiteConnectionError(RuntimeError):
    """A test tried to reach another machine."""


def is_local(host: object) -> bool:
    """Return whether a host given to `connect` or `getaddrinfo` is this machine's loopback."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in _NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check(address: object) -> None:
    if isinstance(address, tuple) and not is_local(address[0]):
        raise OffsiteConnectionError(f"tests must not reach {address[0]!r}")


class _LoopbackSocket:
    """The replaced methods; each refuses before the kernel sees the address."""

    connect = socket.socket.connect
    connect_ex = socket.socket.connect_ex
    sendto = socket.socket.sendto


def _connect(self: socket.socket, address: Any) -> None:
    _check(address)
    _LoopbackSocket.connect(self, address)


def _connect_ex(self: socket.socket, address: Any) -> int:
    _check(address)
    return _LoopbackSocket.connect_ex(self, address)


def _sendto(self: socket.socket, data: Any, *rest: Any) -> int:
    _check(rest[-1])
    return _LoopbackSocket.sendto(self, data, *rest)


_resolve = socket.getaddrinfo


def _getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
    if not is_local(host):
        raise OffsiteConnectionError(f"tests must not resolve {host!r}")
    return _resolve(host, *rest, **options)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse every connection of this process to anything but loopback and Unix sockets, for the whole session."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect)
    patch.setattr(socket.socket, "connect_ex", _connect_ex)
    patch.setattr(socket.socket, "sendto", _sendto)
    patch.setattr(socket, "getaddrinfo", _getaddrinfo)
    yield
    patch.undo()
