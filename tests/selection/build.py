"""Build packets of every kind the decoder knows, independently of it. Checksums are 0: the engine ignores them."""

import struct
from ipaddress import ip_address

TCP, UDP, SCTP, ICMP, GRE = 6, 17, 132, 1, 47
SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4
NS = 1_000_000_000
T0 = 1_700_000_000


def eth(payload, kind=None):
    if kind is None:
        kind = 0x0800 if payload[0] >> 4 == 4 else 0x86DD
    return b"\x02" * 6 + b"\x04" * 6 + struct.pack(">H", kind) + payload


def ip4(src, dst, protocol, payload, *, ident=0, offset=0, more=False, length=None, options=b""):
    header = 20 + len(options)
    total = header + len(payload) if length is None else length
    word = offset // 8 | (0x2000 if more else 0)
    head = struct.pack(">BBHHHBBH", 0x40 | header // 4, 0, total, ident, word, 64, protocol, 0)
    return head + ip_address(src).packed + ip_address(dst).packed + options + payload


def ip6(src, dst, protocol, payload, *, length=None):
    size = len(payload) if length is None else length
    return struct.pack(">IHBB", 6 << 28, size, protocol, 64) + ip_address(src).packed + ip_address(dst).packed + payload


def ip(src, dst, protocol, payload):
    return (ip6 if ":" in src else ip4)(src, dst, protocol, payload)


def frag6(src, dst, protocol, payload, *, ident=0, offset=0, more=False):
    return ip6(src, dst, 44, struct.pack(">BBHI", protocol, 0, offset | more, ident) + payload)


def tcp(sport, dport, seq=0, flags=ACK, payload=b"", *, options=b""):
    return (
        struct.pack(">HHIIBBHHH", sport, dport, seq % 2**32, 0, (20 + len(options)) // 4 << 4, flags, 9, 0, 0)
        + options
        + payload
    )


def udp(sport, dport, payload=b"", length=None):
    return struct.pack(">HHHH", sport, dport, 8 + len(payload) if length is None else length, 0) + payload


def sctp(sport, dport, payload=b""):
    return struct.pack(">HHII", sport, dport, 0, 0) + payload


def vlan(payload, kind=0x8100, tag=7):
    """An Ethernet frame carrying an IP packet behind a tag; `payload` may be a frame to tag again."""
    if payload[:6] == b"\x02" * 6:
        return payload[:12] + struct.pack(">HH", kind, tag) + payload[12:]
    return vlan(eth(payload), kind, tag)


def mpls(packet, labels=1, *, control=False):
    stack = b"".join(struct.pack(">I", 100 + n << 12 | (n == labels - 1) << 8 | 64) for n in range(labels))
    return eth(stack + (b"\0\0\0\0" + eth(packet) if control else packet), 0x8847)


def pppoe(packet):
    kind = 0x0021 if packet[0] >> 4 == 4 else 0x0057
    return eth(struct.pack(">BBHHH", 0x11, 0, 1, len(packet) + 2, kind) + packet, 0x8864)


def gre(packet, *, key=None, seq=None, checksum=False, kind=None):
    flags = (0x8000 if checksum else 0) | (0x2000 if key is not None else 0) | (0x1000 if seq is not None else 0)
    if kind is None:
        kind = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    parts = [struct.pack(">HH", flags, kind)]
    parts += [b"\0\0\0\0"] * checksum
    parts += [struct.pack(">I", value) for value in (key, seq) if value is not None]
    return b"".join(parts) + packet


def pptp(packet, seq=1):
    return struct.pack(">HHHHI", 0x3001, 0x880B, len(packet) + 4, 5, seq) + b"\xff\x03\x00\x21" + packet


def vxlan(frame):
    return struct.pack(">II", 0x08000000, 42 << 8) + frame


def geneve(frame, options=b""):
    return struct.pack(">BBHI", len(options) // 4, 0, 0x6558, 42 << 8) + options + frame


def gtp(packet, *, sequence=False, extension=False):
    flags = 0x30 | (2 if sequence else 0) | (4 if extension else 0)
    extra = struct.pack(">HBB", 1, 0, 0x85 if extension else 0) if sequence or extension else b""
    extra += b"\x01\x00\x00\x00" if extension else b""
    return struct.pack(">BBHI", flags, 255, len(extra) + len(packet), 9) + extra + packet


def teredo(packet, *, authentication=False, origin=False):
    head = b"\x00\x01\x00\x00" + b"n" * 8 + b"\x00" if authentication else b""
    return head + (b"\x00\x00" + b"\x11" * 6 if origin else b"") + packet


def erspan2(frame):
    return gre(struct.pack(">II", 1 << 28, 0) + frame, seq=3, kind=0x88BE)


def erspan3(frame, *, subheader=False):
    return gre(struct.pack(">III", 2 << 28, 0, int(subheader)) + b"\0" * 8 * subheader + frame, seq=3, kind=0x22EB)


def pcap(packets, *, link=1, nano=False, order="<"):
    """`packets`: (seconds as a float or ns as an int, bytes) or with the original length third."""
    out = [struct.pack(f"{order}IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)]
    for time, data, *rest in packets:
        ns = round(time * NS) if isinstance(time, float) else time
        fraction = ns % NS if nano else ns % NS // 1000
        out.append(struct.pack(f"{order}IIII", ns // NS, fraction, len(data), rest[0] if rest else len(data)) + data)
    return b"".join(out)


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + size + body + size


def pcapng(packets, *, links=(1,), resolution=6, offset=0, order="<"):
    """`packets`: (ns, interface number, bytes)."""
    out = [block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)]
    options = struct.pack(f"{order}HHBxxx", 9, 1, resolution)
    options += struct.pack(f"{order}HHq", 14, 8, offset) + struct.pack(f"{order}HH", 0, 0)
    out += [block(1, struct.pack(f"{order}HHI", link, 0, 65535) + options, order) for link in links]
    for ns, interface, data in packets:
        units = (ns - offset * NS) * (2 ** (resolution & 127) if resolution & 128 else 10**resolution) // NS
        head = struct.pack(f"{order}IIIII", interface, units >> 32, units & 0xFFFFFFFF, len(data), len(data))
        out.append(block(6, head + data, order))
    return b"".join(out)


def at(number, step=0.001):
    """A moment: `number` steps after T0, in ns."""
    return T0 * NS + round(number * step * NS)


def side(src, dst, sport, dport, pieces, *, seq=1000, start=0, syn=True, step=0.001):
    """One side of a TCP connection as (ns, IP packet): SYN, then a segment per piece."""
    packets = [(at(start, step), ip(src, dst, TCP, tcp(sport, dport, seq, SYN)))] if syn else []
    place = seq + 1
    for number, piece in enumerate(pieces, 1):
        packets.append((at(start + number, step), ip(src, dst, TCP, tcp(sport, dport, place, ACK | PSH, piece))))
        place += len(piece)
    return packets


def framed(packets, wrap=eth):
    return [(time, wrap(data)) for time, data in packets]


def dns_name(name):
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split(".")) + b"\0"


def dns(question, answers=(), *, kind=1, ident=7):
    """`answers`: (owner, type, data bytes)."""
    out = struct.pack(">HHHHHH", ident, 0x8180 if answers else 0x0100, 1, len(answers), 0, 0)
    out += dns_name(question) + struct.pack(">HH", kind, 1)
    for owner, number, data in answers:
        out += dns_name(owner) + struct.pack(">HHIH", number, 1, 60, len(data)) + data
    return out


def client_hello(
    name=b"www.evil.example", alpn=(b"h2", b"http/1.1"), *, versions=(0x0304, 0x0303), ciphers=(0x1301, 0x1302)
):
    def vector(data, size):
        return len(data).to_bytes(size, "big") + data

    extensions = []
    if name is not None:
        extensions.append((0, vector(b"\0" + vector(name, 2), 2)))
    if alpn:
        extensions.append((16, vector(b"".join(vector(item, 1) for item in alpn), 2)))
    if versions:
        extensions.append((43, vector(b"".join(struct.pack(">H", item) for item in versions), 1)))
    extensions.append((13, vector(struct.pack(">HH", 0x0403, 0x0804), 2)))
    body = b"\x03\x03" + b"R" * 32 + vector(b"", 1) + vector(b"".join(struct.pack(">H", c) for c in ciphers), 2)
    body += vector(b"\0", 1) + vector(b"".join(struct.pack(">H", n) + vector(d, 2) for n, d in extensions), 2)
    return b"\x01" + vector(body, 3)


def tls_records(message, size=16_384):
    pieces = [message[place : place + size] for place in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(piece)) + piece for piece in pieces)
