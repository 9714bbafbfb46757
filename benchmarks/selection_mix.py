"""Build the benchmark's capture of real packets only, after the recipe of the first measurements; 60 s; pcap.

    .venv/bin/python benchmarks/selection_mix.py OUT.pcap [--size 1600]

Every readable capture of SAKIMORI_DATA/captures, other link types laid into Ethernet, repeated contents and floods left
out. Three copies of every file and eight more of those with 700 bytes a packet or more, as often as the size asks.
Each copy begins at a random moment of the 60 s (files longer than 40 s are compressed to that), all packets sorted by
time. The outermost addresses of each copy are replaced: private ones by JP in 75 %, public ones in 15 %, IPv6 in 40 %.
200 of the patterns are cut from payload of files chosen at random, none with more than 400 hits (13,489 in 1.6 GB; in
the first measurements 6,127). The same inputs give the same bytes.
"""

import argparse
import hashlib
import ipaddress
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import maxminddb
from selection_capture import COUNTRY, DATA, NS, SECONDS, SEED, START, DamagedCapture, Packet, Pools, frames, pools

LONGEST, COPIES, MORE, BULK = 40, 3, 8, 700
CUT, MOST_HITS, DISTINCT = 200, 400, 6
FLOODS = ("dhcp__dhcp_flood",)
HOSTS6 = 2000
ETHERNET = b"\x02" * 6 + b"\x04" * 6
TYPES = {4: b"\x08\x00", 6: b"\x86\xdd"}
TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")


@dataclass(frozen=True)
class Placed:
    """A packet, its time from the file's beginning, where its outermost IP header begins, and the header's version."""

    time: int
    data: bytes
    ip: int
    version: int


@dataclass(frozen=True)
class Source:
    """A capture file of the corpus and how many copies the recipe takes of it."""

    packets: list[Placed]
    copies: int

    @property
    def size(self) -> int:
        return sum(len(packet.data) + 16 for packet in self.packets)


def as_ethernet(link: int, data: bytes) -> bytes | None:
    """Return the packet as an Ethernet frame; None of a link type the recipe leaves out."""
    if link == 1:
        return data
    if link in (0, 12, 14, 101, 228, 229):
        packet = data[4:] if link == 0 else data
        kind = TYPES.get(packet[0] >> 4) if packet else None
        return None if kind is None else ETHERNET + kind + packet
    return ETHERNET + data[14:] if link == 113 else None


def outermost(data: bytes) -> tuple[int, int]:
    """Return where the outermost IP header begins behind tags, labels and PPPoE, and its version; (0, 0) if none."""
    at, kind = 14, data[12:14]
    while kind in TAGS:
        at, kind = at + 4, data[at + 2 : at + 4]
    if kind == b"\x88\x64":
        at, kind = at + 8, {b"\x00\x21": TYPES[4], b"\x00\x57": TYPES[6]}.get(data[at + 6 : at + 8], b"")
    if kind == b"\x88\x47":
        while at + 4 <= len(data) and not data[at + 2] & 1:
            at += 4
        at += 4
        kind = TYPES.get(data[at] >> 4, b"") if at < len(data) else b""
    for version, (name, size) in {4: (TYPES[4], 20), 6: (TYPES[6], 40)}.items():
        if kind == name and at + size <= len(data) and data[at] >> 4 == version:
            return at, version
    return 0, 0


@cache
def corpus() -> list[Source]:
    """Return the corpus after the recipe's steps 1 to 4."""
    found, known = [], set()
    for path in sorted((DATA / "captures").rglob("*")):
        if not path.is_file() or path.stem in FLOODS:
            continue
        packets: list[Packet] = []
        try:
            with path.open("rb") as stream:
                for frame in frames(stream):
                    data = as_ethernet(frame.link, frame.data)
                    if data is not None and frame.time is not None:
                        packets.append((frame.time, data))
        except DamagedCapture:
            pass
        digest = hashlib.sha256(b"".join(data for _, data in packets)).digest()
        if not packets or digest in known:
            continue
        known.add(digest)
        first = min(time for time, _ in packets)
        longest = max(time for time, _ in packets) - first
        scale = min(1.0, LONGEST * NS / longest) if longest else 1.0
        placed = [Placed(round((time - first) * scale), data, *outermost(data)) for time, data in packets]
        mean = sum(len(data) for _, data in packets) / len(packets)
        found.append(Source(placed, COPIES + (MORE if mean >= BULK else 0)))
    return found


def times(megabytes: int) -> int:
    """Return how often the recipe's copies are taken for this size."""
    return max(1, round(megabytes * 1_000_000 / sum(source.size * source.copies for source in corpus())))


def pools6(rng: random.Random) -> Pools:
    """Return IPv6 addresses in JP and elsewhere."""
    inside, outside = [], []
    with maxminddb.open_database(str(COUNTRY)) as reader:
        for network, record in reader:
            if network.version == 6 and isinstance(record, dict):
                (inside if record.get("country_code") == "JP" else outside).append(network)
    return _drawn(inside, rng), _drawn(outside, rng)


def _drawn(networks: list, rng: random.Random) -> list[bytes]:
    chosen = (networks[rng.randrange(len(networks))] for _ in range(HOSTS6))
    return [(int(net.network_address) + rng.randrange(net.num_addresses)).to_bytes(16, "big") for net in chosen]


class Names:
    """The addresses of one copy of one file."""

    def __init__(self, rng: random.Random, four: Pools, six: Pools) -> None:
        self.rng, self.four, self.six = rng, four, six
        self.known: dict[bytes, bytes] = {}

    def other(self, old: bytes) -> bytes:
        """Return what stands for an address; multicast, loopback and link-local ones stay."""
        new = self.known.get(old)
        if new is None:
            address = ipaddress.ip_address(old)
            if address.is_multicast or address.is_loopback or address.is_link_local or old[0] >= 224:
                new = old
            else:
                share = 0.4 if address.version == 6 else 0.75 if address.is_private else 0.15
                inside, outside = self.six if address.version == 6 else self.four
                new = self.rng.choice(inside if self.rng.random() < share else outside)
            self.known[old] = new
        return new

    def moved(self, packet: Placed) -> bytes:
        """Return the packet between other ends."""
        data = packet.data
        if not packet.ip:
            return data
        at, size = (packet.ip + 12, 4) if packet.version == 4 else (packet.ip + 8, 16)
        middle, end = at + size, at + 2 * size
        return data[:at] + self.other(data[at:middle]) + self.other(data[middle:end]) + data[end:]


def packets(megabytes: int) -> Iterator[Packet]:
    """Yield the packets of all copies, not yet in order."""
    rng = random.Random(SEED)  # noqa: S311  a fixed order, no secret
    four, six = pools(rng), pools6(rng)
    often = times(megabytes)
    for number, source in enumerate(corpus()):
        longest = max(packet.time for packet in source.packets)
        for copy in range(source.copies * often):
            local = random.Random(f"{SEED} {number} {copy}")  # noqa: S311
            start = local.randrange(SECONDS * NS - longest)
            names = Names(local, four, six)
            for packet in source.packets:
                yield start + packet.time, names.moved(packet)


def build(path: Path, megabytes: int) -> None:
    """Write the capture."""
    found = sorted(packets(megabytes), key=lambda packet: packet[0])
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for time, data in found:
            out.write(struct.pack("<IIII", START + time // NS, time % NS // 1000, len(data), len(data)) + data)
    size, often = path.stat().st_size, times(megabytes)
    print(
        f"{path}: {len(found):,} packets, {size:,} bytes, {size / len(found):.0f} a packet; {len(corpus())} files, "
        f"{COPIES * often} copies of each, {(COPIES + MORE) * often} of those with {BULK} bytes a packet"
    )


def patterns(count: int, megabytes: int) -> list[bytes]:
    """Return byte strings of 6 to 45 bytes: CUT of them cut from payload, none hit more than MOST_HITS times."""
    rng = random.Random(SEED + 99)  # noqa: S311
    often = times(megabytes)
    whole = [(b"\n".join(packet.data for packet in source.packets), source.copies * often) for source in corpus()]
    payloads = [[packet.data for packet in source.packets if len(packet.data) > 200] for source in corpus()]
    payloads = [one for one in payloads if one]
    found: list[bytes] = []
    while len(found) < min(CUT, count):
        data = rng.choice(rng.choice(payloads))
        size = rng.randrange(6, 46)
        at = rng.randrange(100, len(data) - size)
        cut = data[at : at + size]
        if len(set(cut)) >= DISTINCT and sum(part.count(cut) * copies for part, copies in whole) <= MOST_HITS:
            found.append(cut)
    return found + [rng.randbytes(rng.randrange(6, 46)) for _ in range(count - len(found))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=1600, help="megabytes")
    asked = parser.parse_args()
    build(asked.out, asked.size)
