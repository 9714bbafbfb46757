"""Build the benchmark's capture: the corpus of real packets, many times over, among generated traffic; 60 s; pcap.

    .venv/bin/python benchmarks/selection_capture.py OUT.pcap [--size 1200]

Real packets: every readable Ethernet capture of SAKIMORI_DATA/captures, `COPIES` times, the outer addresses of each
copy replaced, so that tunnels, fragments, tags and damage are what they are. Generated: web, TLS, mail, DNS and
media connections with heavy-tailed sizes, one acknowledgement for two segments, 1 % of segments out of order, 1 % sent
twice, 2 % of flows tagged, 0.3 % in GRE, 0.2 % of media datagrams fragmented. Addresses lie in JP and elsewhere by the
country file. Everything follows from SEED: the same inputs give the same bytes.
"""

import argparse
import os
import random
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import maxminddb

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from sakimori.selection.capture import DamagedCapture, frames  # noqa: E402

DATA = Path(os.environ.get("SAKIMORI_DATA") or ROOT.parent / "shared" / "data")
COUNTRY = DATA / "ip-country" / "geo-whois-asn-country.mmdb"
SEED, COPIES, SECONDS, START = 20261121, 20, 60, 1_800_000_000
TLS_RECORD = 16_000
INSIDE, OUTSIDE = 16_000, 34_000
NS = 1_000_000_000
Packet = tuple[int, bytes]
Pools = tuple[list[bytes], list[bytes]]
WORDS = b"the quick brown fox jumps over a lazy dog while packets of every kind go by and nobody reads them ".split()


def pools(rng: random.Random) -> Pools:
    """Return addresses in JP and elsewhere, drawn from the country file's IPv4 networks."""
    inside, outside = [], []
    with maxminddb.open_database(str(COUNTRY)) as reader:
        for network, record in reader:
            if network.version == 4 and isinstance(record, dict):
                (inside if record.get("country_code") == "JP" else outside).append(network)

    def draw(networks: list, count: int) -> list[bytes]:
        chosen = (networks[rng.randrange(len(networks))] for _ in range(count))
        return [(int(net.network_address) + rng.randrange(net.num_addresses)).to_bytes(4, "big") for net in chosen]

    return draw(inside, INSIDE), draw(outside, OUTSIDE)


def corpus() -> list[list[Packet]]:
    """Return the packets of each Ethernet capture, times from 0, none longer than 40 s."""
    found = []
    for path in sorted((DATA / "captures" / "zeek").glob("*")):
        packets: list[Packet] = []
        try:
            with path.open("rb") as stream:
                packets += [(f.time, f.data) for f in frames(stream) if f.link == 1 and f.time is not None]
        except DamagedCapture:
            pass
        if packets:
            first = min(time for time, _ in packets)
            longest = max(time for time, _ in packets) - first
            scale = min(1.0, 40 * NS / longest) if longest else 1.0
            found.append([(round((time - first) * scale), data) for time, data in packets])
    return found


def moved(
    packets: list[Packet], start: int, rng: random.Random, inside: list[bytes], outside: list[bytes]
) -> list[Packet]:
    """Return a copy begun at `start` with other outer IPv4 addresses: private ones mostly JP, public ones elsewhere."""
    names: dict[bytes, bytes] = {}

    def other(old: bytes) -> bytes:
        if old[0] in (127, 169) or old[0] >= 224:
            return old
        if old not in names:
            private = old[0] == 10 or old[:2] == b"\xc0\xa8" or (old[0] == 172 and 16 <= old[1] < 32)
            names[old] = rng.choice(inside if rng.random() < (0.75 if private else 0.15) else outside)
        return names[old]

    result = []
    for time, data in packets:
        changed = data
        if data[12:14] == b"\x08\x00" and len(data) >= 34:
            changed = data[:26] + other(data[26:30]) + other(data[30:34]) + data[34:]
        result.append((start + time, changed))
    return result


def text(rng: random.Random, size: int) -> bytes:
    piece = b" ".join(rng.choice(WORDS) for _ in range(200))
    return (piece * (size // len(piece) + 1))[:size]


class Side:
    """Builds the packets of one direction of a connection."""

    def __init__(self, src: bytes, dst: bytes, sport: int, dport: int, wrap: int) -> None:
        self.ends, self.ports, self.wrap, self.ident = src + dst, struct.pack(">HH", sport, dport), wrap, 0

    def ip(self, protocol: int, payload: bytes, word: int = 0, ident: int | None = None) -> bytes:
        self.ident = (self.ident + 1) & 0xFFFF
        ident = self.ident if ident is None else ident
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, word, 60, protocol, 0)
        packet = head + self.ends + payload
        if self.wrap == 1:
            return b"\x02" * 6 + b"\x04" * 6 + b"\x81\x00\x00\x07\x08\x00" + packet
        if self.wrap == 2:
            outer = struct.pack(">BBHHHBBH", 0x45, 0, 24 + len(packet), 0, 0, 60, 47, 0)
            packet = outer + self.ends + b"\0\0\x08\0" + packet
        return b"\x02" * 6 + b"\x04" * 6 + b"\x08\x00" + packet

    def tcp(self, seq: int, flags: int, ack: int, payload: bytes = b"") -> bytes:
        numbers = struct.pack(">IIBBHHH", seq & 0xFFFF_FFFF, ack & 0xFFFF_FFFF, 0x80, flags, 9999, 0, 0)
        return self.ip(6, self.ports + numbers + b"\1\1\x08\x0a" + b"t" * 8 + payload)

    def udp(self, payload: bytes) -> bytes:
        return self.ip(17, self.ports + struct.pack(">HH", 8 + len(payload), 0) + payload)


def hello(rng: random.Random) -> bytes:
    host = f"h{rng.randrange(100_000)}.site{rng.randrange(5000)}.example".encode()
    name = struct.pack(">HBH", len(host) + 3, 0, len(host)) + host
    extensions = struct.pack(">HH", 0, len(name)) + name + struct.pack(">HH", 43, 3) + b"\x02\x03\x04"
    body = b"\x03\x03" + rng.randbytes(32) + b"\0" + b"\0\x04\x13\x01\x13\x02" + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def opening(kind: int, rng: random.Random) -> tuple[bytes, bytes, int]:
    """Return what client and server send first, and the server's port."""
    if kind == 0:
        host = f"www{rng.randrange(100)}.site{rng.randrange(5000)}.example".encode()
        path = text(rng, 60).replace(b" ", b"/")
        request = b"GET /" + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: Bench/1\r\n\r\n"
        return request, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000000\r\n\r\n", 80
    if kind == 1:
        chosen = b"\x03\x03" + rng.randbytes(32) + b"\0\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04"
        message = b"\x02" + len(chosen).to_bytes(3, "big") + chosen
        return hello(rng), b"\x16\x03\x03" + struct.pack(">H", len(message)) + message, 443
    mail = b"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
    mail += b"From: a@b.example\r\nSubject: x\r\n\r\n"
    return mail, b"220 mx.example ESMTP\r\n250 ok\r\n354 go\r\n", 25


def records(data: bytes) -> bytes:
    """Return the data as TLS application records."""
    parts = (data[place : place + TLS_RECORD] for place in range(0, len(data), TLS_RECORD))
    return b"".join(b"\x17\x03\x03" + struct.pack(">H", len(part)) + part for part in parts)


def connection(
    rng: random.Random, noise: bytes, client: bytes, server: bytes, secrets: list[bytes]
) -> Iterator[Packet]:
    """Yield both sides of a TCP connection: the larger share of the bytes goes one way."""
    kind = rng.choices((0, 1, 2), (25, 70, 5))[0]
    wrap = 1 if rng.random() < 0.02 else 2 if rng.random() < 0.003 else 0
    first, answer, port = opening(kind, rng)
    sport = rng.randrange(20_000, 65_000)
    up = Side(client, server, sport, port, wrap)
    down = Side(server, client, port, sport, wrap)
    size = min(int(rng.paretovariate(1.05) * 3_000), 12_000_000)
    at = rng.randrange(len(noise) - size)
    bulk = noise[at : at + size] if kind == 1 else text(rng, size)
    if secrets and rng.random() < 0.02:
        cut = rng.randrange(len(bulk))
        bulk = bulk[:cut] + rng.choice(secrets) + bulk[cut:]
    bulk = records(bulk) if kind == 1 else bulk
    upload = kind == 2 or rng.random() < 0.15
    time = rng.randrange(SECONDS * NS)
    step = rng.randrange(20_000, 2_000_000)
    here, there = rng.randrange(1 << 32), rng.randrange(1 << 32)
    yield time, up.tcp(here, 2, 0)
    yield time + 1000, down.tcp(there, 18, here + 1)
    yield time + 2000, up.tcp(here + 1, 16, there + 1)
    if upload:
        sends, acks, data = up, down, first + bulk
        seq, back = here + 1, there + 1 + len(answer)
        yield time + 3000, down.tcp(there + 1, 24, here + 1, answer)
    else:
        sends, acks, data = down, up, answer + bulk
        seq, back = there + 1, here + 1 + len(first)
        yield time + 3000, up.tcp(here + 1, 24, there + 1, first)
    taken = late = 0  # what the other side has without a gap, and where its gap begins
    for number, place in enumerate(range(0, len(data), 1448)):
        time += step
        chance = rng.random()
        packet = sends.tcp(seq + place, 16, back, data[place : place + 1448])
        yield (time + 3 * step if chance < 0.01 else time), packet
        if chance > 0.99:
            yield time + step // 2, packet
        late = number + 4 if chance < 0.01 else late
        if number >= late:
            taken = min(place + 1448, len(data))
        if number % 2:
            yield time + 500, acks.tcp(back, 16, seq + taken)
    yield time + 4 * step, acks.tcp(back, 16, seq + len(data))


def datagrams(rng: random.Random, noise: bytes, client: bytes, server: bytes) -> Iterator[Packet]:
    """Yield DNS queries and answers, or a media stream."""
    time = rng.randrange(SECONDS * NS)
    if rng.random() < 0.7:
        name = b"\x03www\x05s%04d\x07example\0" % rng.randrange(9999)
        query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1"
        port = rng.randrange(20_000, 65_000)
        yield time, Side(client, server, port, 53, 0).udp(query)
        answer = (
            struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + name + b"\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
        )
        yield time + 30_000_000, Side(server, client, 53, port, 0).udp(answer)
        return
    side = Side(server, client, rng.choice((443, 3478, 5004)), rng.randrange(20_000, 65_000), 0)
    for _ in range(int(rng.paretovariate(1.2) * 10)):
        at = rng.randrange(len(noise) - 1200)
        time += rng.randrange(1_000_000, 20_000_000)
        if rng.random() < 0.002:
            whole = side.ports + struct.pack(">HH", 2008, 0) + noise[at : at + 2000]
            ident = rng.randrange(65_536)
            yield time, side.ip(17, whole[:1400], 0x2000, ident)
            yield time + 1000, side.ip(17, whole[1400:], 1400 // 8, ident)
        else:
            yield time, side.udp(noise[at : at + 1200])


def build(path: Path, megabytes: int, secrets: list[bytes], copies: int = COPIES) -> tuple[int, int]:
    """Write the capture; returns packets and bytes."""
    rng = random.Random(SEED)  # noqa: S311  a fixed order, no secret
    inside, outside = pools(rng)
    noise = rng.randbytes(16 << 20)
    packets: list[Packet] = []
    for copy in range(copies):
        local = random.Random(SEED + copy)  # noqa: S311
        for one in corpus_cache():
            packets += moved(one, local.randrange(20 * NS), local, inside, outside)
    size = sum(len(data) + 16 for _, data in packets)
    real = size
    while size < megabytes * 1_000_000:
        client, server = rng.choice(inside), rng.choice(outside)
        if rng.random() < 0.25:
            client, server = server, client
        made = (
            datagrams(rng, noise, client, server)
            if rng.random() < 0.5
            else connection(rng, noise, client, server, secrets)
        )
        for packet in made:
            packets.append(packet)
            size += len(packet[1]) + 16
    packets.sort(key=lambda packet: packet[0])
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for time, data in packets:
            out.write(struct.pack("<IIII", START + time // NS, time % NS // 1000, len(data), len(data)) + data)
    print(f"{path}: {len(packets):,} packets, {size:,} bytes, {real / size:.0%} of them from the corpus")
    return len(packets), size


_CORPUS: list[list[Packet]] = []


def corpus_cache() -> list[list[Packet]]:
    if not _CORPUS:
        _CORPUS.extend(corpus())
    return _CORPUS


def secret_patterns(count: int) -> list[bytes]:
    """Return the byte strings planted in generated payload and named by the order."""
    rng = random.Random(SEED + 99)  # noqa: S311
    return [rng.randbytes(rng.randrange(6, 46)) for _ in range(count)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=1200, help="megabytes")
    parser.add_argument("--copies", type=int, default=COPIES, help="of the corpus")
    asked = parser.parse_args()
    build(asked.out, asked.size, secret_patterns(250), asked.copies)
