"""tshark as an independent witness of what the selection reads in a capture, and where the two differ.

Compared, per capture: for every frame the innermost addresses, protocol and ports; the names in DNS (port 53), TLS
hellos and HTTP requests; the bytes of every TCP stream. `differences` tells each thing on which they are not of one
mind; `tshark_differences.yaml` explains every one known.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from sakimori.selection import app_dns
from sakimori.selection.capture import DamagedCapture, Frame, frames
from sakimori.selection.decode import Decoder
from sakimori.selection.flows import Flow, Key
from sakimori.selection.names import from_text
from sakimori.selection.packet import ICMP, ICMPV6, SCTP, TCP, UDP, Datagram, Undecodable

Ends = tuple[str, str, int, int, int]  # source, destination, protocol, ports; protocol -1: not told
Stream = tuple[str, int, str, int]
TRANSPORTS = {"tcp": TCP, "udp": UDP, "sctp": SCTP, "icmp": ICMP, "icmpv6": ICMPV6}
_PORTS = {
    "tcp": ("tcp.srcport", "tcp.dstport"),
    "udp": ("udp.srcport", "udp.dstport"),
    "sctp": ("sctp.srcport", "sctp.dstport"),
    "icmp": ("icmp.type", "icmp.code"),
    "icmpv6": ("icmpv6.type", "icmpv6.code"),
}
_QUESTIONS = ("dns.qry.name",)
_ANSWERS = ("dns.resp.name", "dns.cname", "dns.ns", "dns.ptr.domain_name", "dns.mx.mail_exchange", "dns.srv.target")
_NAMES = (*_QUESTIONS, *_ANSWERS, "tls.handshake.extensions_server_name", "http.host")
_FIELDS = (
    "frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.stream",
    *(name for pair in _PORTS.values() for name in pair), *_NAMES,
)  # fmt: skip
_BETWEEN = "\x1f"
_MISSING = re.compile(rb"\[[0-9]+ bytes missing in capture file\](?:\0)?")
_MOST_STREAMS = 400


@dataclass
class View:
    """What one of the two sees in a capture."""

    ends: dict[int, Ends | None] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    hosts: dict[str, set[str]] = field(default_factory=lambda: {"tls": set(), "http": set()})
    streams: dict[Stream, bytes] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Difference:
    """One thing on which they differ: what is compared, where (frame, name or stream), what each sees."""

    what: str
    where: str
    ours: str
    theirs: str


# ours


class _Recorded(Flow):
    """A flow that keeps its stream: gaps are left out of it."""

    __slots__ = ("stream",)

    def __init__(self, key: Key) -> None:
        super().__init__(key, "", ())
        self.stream = bytearray()

    def data(self, offset: int, data: bytes) -> None:
        """Keep the bytes besides reading them."""
        self.stream += data
        super().data(offset, data)


def ours(path: Path) -> View:
    """Return what the reference's decoder, streams and readers see."""
    view, decoder = View(), Decoder()
    flows: dict[Key, _Recorded] = {}
    over: list[_Recorded] = []
    for number, frame in enumerate(_frames(path), 1):
        if frame.time is None:
            view.ends[number] = None
            continue
        try:
            datagram = decoder.datagram(frame.link, frame.data, frame.time)
            if datagram is None:
                view.waiting.add(number)
        except Undecodable:
            datagram = None
        view.ends[number] = None if datagram is None else _ends(datagram)
        if datagram is None:
            continue
        key = (datagram.src, datagram.dst, datagram.protocol, datagram.src_port, datagram.dst_port)
        flow = flows.get(key)
        if flow is not None and flow.ended_by(datagram, frame.time):
            over.append(flow)
            flow = None
        if flow is None:
            flow = flows[key] = _Recorded(key)
        flow.enter(datagram)
    for ended in (*over, *flows.values()):
        ended.finish()
        _take(view, ended)
    return view


def _frames(path: Path) -> Iterator[Frame]:
    with path.open("rb") as stream:
        try:
            yield from frames(stream)
        except DamagedCapture:
            return


def _ends(datagram: Datagram) -> Ends:
    ends = str(ip_address(datagram.src)), str(ip_address(datagram.dst))
    return *ends, datagram.protocol, datagram.src_port, datagram.dst_port


def _take(view: View, flow: _Recorded) -> None:
    src, dst, protocol, src_port, dst_port = flow.key
    if flow.facts.protocol == "dns":
        view.answers |= flow.facts.names
    elif flow.facts.protocol in view.hosts:
        view.hosts[flow.facts.protocol] |= flow.facts.names
    if protocol == TCP and flow.stream:
        key = str(ip_address(src)), src_port, str(ip_address(dst)), dst_port
        view.streams[key] = view.streams.get(key, b"") + bytes(flow.stream)


# theirs


def theirs(tshark: str, path: Path) -> View:
    """Return what tshark sees: one reading for fields, one for the streams."""
    view = View()
    streams: dict[int, Stream] = {}
    command = [tshark, "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", f"aggregator={_BETWEEN}"]
    for name in _FIELDS:
        command += ["-e", name]
    for line in _asked(command).decode("utf-8", "replace").splitlines():
        row = {
            name: value.split(_BETWEEN) if value else [] for name, value in zip(_FIELDS, line.split("\t"), strict=False)
        }
        if not row.get("frame.number"):
            continue
        ends = _innermost(row)
        view.ends[int(row["frame.number"][0])] = ends
        if ends is not None:
            _names(view, row, ends)
            for number in row["tcp.stream"][-1:]:
                streams.setdefault(int(number), (ends[0], ends[3], ends[1], ends[4]))
    wanted = sorted(streams)[:_MOST_STREAMS]
    if wanted:
        asks = [part for number in wanted for part in ("-z", f"follow,tcp,raw,{number}")]
        _streams(view, _asked([tshark, "-n", "-q", "-r", str(path), *asks]))
    return view


def _asked(command: list[str]) -> bytes:
    """Return what tshark prints; it ends with a status of its own where a capture is cut off."""
    return subprocess.run(command, capture_output=True, check=False).stdout


def _innermost(row: dict[str, list[str]]) -> Ends | None:
    """Walk the layers inwards; what an ICMP message quotes is not entered."""
    counts: dict[str, int] = defaultdict(int)
    network: tuple[str, str] | None = None
    transport: tuple[int, int, int] | None = None
    for layer in (row["frame.protocols"] or [""])[0].split(":"):
        if layer in ("ip", "ipv6"):
            place = counts[layer]
            counts[layer] += 1
            sources, targets = row[f"{layer}.src"], row[f"{layer}.dst"]
            if place >= min(len(sources), len(targets)):
                return None
            network, transport = (sources[place], targets[place]), None
        elif layer in TRANSPORTS:
            place = counts[layer]
            counts[layer] += 1
            first, second = (row[name] for name in _PORTS[layer])
            if place < min(len(first), len(second)):
                transport = TRANSPORTS[layer], int(first[place], 0), int(second[place], 0)
            if layer in ("icmp", "icmpv6"):
                break
        elif layer == "arp":
            return None
    if network is None:
        return None
    src, dst = (str(ip_address(address)) for address in network)
    return src, dst, *(transport or (-1, 0, 0))


def _names(view: View, row: dict[str, list[str]], ends: Ends) -> None:
    if app_dns.PORT in ends[3:] and ends[2] in (TCP, UDP):
        view.questions |= _dns(row, _QUESTIONS)
        view.answers |= _dns(row, (*_QUESTIONS, *_ANSWERS))
    if ends[2] == TCP:
        view.hosts["tls"] |= _read(row, ("tls.handshake.extensions_server_name",))
        view.hosts["http"] |= _read(row, ("http.host",))


def _read(row: dict[str, list[str]], fields: tuple[str, ...]) -> set[str]:
    found = (from_text(text.encode()) for name in fields for text in row.get(name, ()))
    return {name for name in found if name}


def _dns(row: dict[str, list[str]], fields: tuple[str, ...]) -> set[str]:
    """Return DNS names, of which any byte may be part; tshark shows the root by a word of its own."""
    found = {text.lower().rstrip(".") for name in fields for text in row.get(name, ())}
    return found - {"", "<root>"}


_NODE = re.compile(rb"Node ([01]): (.*):([0-9]+)")


def _streams(view: View, told: bytes) -> None:
    nodes: list[tuple[str, int]] = []
    for line in told.splitlines():
        if node := _NODE.fullmatch(line):
            if node[1] == b"0":
                nodes = []
            nodes.append((str(ip_address(node[2].strip(b"[]").decode())) if node[2] else "", int(node[3])))
        elif len(nodes) == 2 and re.fullmatch(rb"\t?[0-9a-f]+", line):
            source, target = nodes[::-1] if line.startswith(b"\t") else nodes
            key = *source, *target
            view.streams[key] = view.streams.get(key, b"") + _MISSING.sub(b"", bytes.fromhex(line.strip().decode()))


# compared


def differences(ours: View, theirs: View) -> list[Difference]:
    """Return everything on which two views differ, sorted."""
    found = [
        Difference("ends", f"{number:06d}", _shown(ours.ends.get(number)), _shown(theirs.ends.get(number)))
        for number in sorted(ours.ends.keys() | theirs.ends.keys())
        if not _same(ours.ends.get(number), theirs.ends.get(number), waits=number in ours.waiting)
    ]
    found += [Difference("dns", name, "-", "asked") for name in theirs.questions - ours.answers]
    found += [Difference("dns", name, "found", "-") for name in ours.answers - theirs.answers]
    for kind in ("tls", "http"):
        found += [Difference(kind, name, "-", "found") for name in theirs.hosts[kind] - ours.hosts[kind]]
        found += [Difference(kind, name, "found", "-") for name in ours.hosts[kind] - theirs.hosts[kind]]
    for key in ours.streams.keys() | theirs.streams.keys():
        mine, other = ours.streams.get(key, b""), theirs.streams.get(key, b"")
        if mine != other:
            found.append(Difference("stream", "{}:{} {}:{}".format(*key), *_apart(mine, other)))
    return sorted(found)


def _shown(ends: Ends | None) -> str:
    return "-" if ends is None else "{} {} {} {} {}".format(*ends)


def _same(ours: Ends | None, theirs: Ends | None, *, waits: bool) -> bool:
    """Say whether they agree; where tshark tells no transport header only the addresses can be compared.

    A fragment that waits for others is entered nowhere yet; tshark then tells no transport header either.
    """
    if waits and theirs is not None:
        return theirs[2] < 0
    if ours is None or theirs is None:
        return ours is theirs
    return ours[:2] == theirs[:2] and (ours[2:] == theirs[2:] or (theirs[2] < 0 and ours[3:] == (0, 0)))


def _apart(mine: bytes, other: bytes) -> tuple[str, str]:
    """Tell the sizes and, by contents, how they relate; never the contents."""
    if not mine or not other:
        kind = "alone"
    elif mine.startswith(other) or other.startswith(mine):
        kind = "longer"
    else:
        kind = "other"
    return f"{len(mine)} bytes, {kind}", f"{len(other)} bytes"
