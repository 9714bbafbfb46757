"""Inside or outside? Addresses to direction (selection-semantics §4; 強化法22(1): 外内, 外外; 32, 33).

Order of judgement: the order's overrides (longest prefix), the special-purpose ranges, the country files, which must
all agree.
Whatever is not sure is undetermined, and a flow with an undetermined side is never kept.
"""

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import maxminddb
import yaml

from sakimori.selection.errors import CountryError
from sakimori.text import Text

UNDETERMINED = "undetermined"
_WIDTH6 = 128
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Networks:
    """A map from networks to values, longest prefix first."""

    def __init__(self, entries: Iterable[tuple[Network, str]]) -> None:
        self._tables: dict[tuple[int, int], dict[int, str]] = {}
        for network, value in entries:
            key = (network.max_prefixlen, network.prefixlen)
            self._tables.setdefault(key, {})[_head(int(network.network_address), *key)] = value
        self._lengths = sorted(self._tables, reverse=True)

    def networks(self) -> list[Network]:
        """Return every network of the map."""
        found: list[Network] = []
        for (width, length), heads in self._tables.items():
            for head in heads:
                place = head << (width - length), length
                found.append(ipaddress.IPv6Network(place) if width == _WIDTH6 else ipaddress.IPv4Network(place))
        return found

    def get(self, address: bytes) -> str | None:
        """Return the value of the longest network that holds the address (4 or 16 bytes), or None."""
        width, number = len(address) * 8, int.from_bytes(address, "big")
        for key in self._lengths:
            if key[0] == width:
                found = self._tables[key].get(_head(number, *key))
                if found is not None:
                    return found
        return None


def _head(number: int, width: int, length: int) -> int:
    return number >> (width - length)


@cache
def special_ranges() -> tuple[Networks, str, str]:
    """Return the special-purpose ranges, the day their list was compiled, and the list's SHA-256."""
    raw = files("sakimori.selection").joinpath("special_ranges.yaml").read_bytes()
    data = yaml.safe_load(raw)
    entries = [(ipaddress.ip_network(entry["range"]), str(entry["name"])) for entry in data["ranges"]]
    return Networks(entries), str(data["compiled"]), hashlib.sha256(raw).hexdigest()


class Countries:
    """Country files (MMDB, field `country_code`). With none, no address has a country."""

    def __init__(self, paths: Sequence[Path] = ()) -> None:
        self.paths = tuple(paths)
        self._readers: list[Any] = []
        self._raw: list[bytes] = []
        self.digests: list[str] = []
        for path in paths:
            try:
                self._readers.append(maxminddb.open_database(str(path), maxminddb.MODE_MEMORY))
                self._raw.append(path.read_bytes())
                self.digests.append(hashlib.sha256(self._raw[-1]).hexdigest())
            except (OSError, ValueError, maxminddb.InvalidDatabaseError):
                raise CountryError(
                    Text("国別データ(MMDB)を読めません。", "the country data (MMDB) cannot be read."),
                    where=path.name,
                    mend=Text("MMDB 形式のファイルを指定してください。", "Give a file in MMDB format."),
                ) from None

    @property
    def files(self) -> list[tuple[Any, bytes]]:
        """Return each file's reader and bytes, for engines that walk the tree themselves."""
        return list(zip(self._readers, self._raw, strict=True))

    def get(self, address: bytes) -> str | None:
        """Return the country all files agree on; None if there is no file, one is silent, or they differ."""
        if not self._readers:
            return None
        codes = {self._code(reader, address) for reader in self._readers}
        return codes.pop() if len(codes) == 1 else None

    @staticmethod
    def _code(reader: Any, address: bytes) -> str | None:
        try:
            record = reader.get(ipaddress.ip_address(address))
        except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv4 file asked for IPv6, or a damaged record
            return None
        code = record.get("country_code") if isinstance(record, dict) else None
        return code if isinstance(code, str) and code else None


class Directions:
    """Judges addresses and pairs of addresses under one order; remembers what it judged."""

    def __init__(
        self, overrides: Sequence[tuple[Network, str]], domestic: frozenset[str], countries: Countries
    ) -> None:
        self._overrides = Networks(overrides)
        self._special = special_ranges()[0]
        self._domestic = domestic
        self._countries = countries
        self._known: dict[bytes, str | None] = {}

    def country(self, address: bytes) -> str | None:
        """Return the country code of an address (4 or 16 bytes), None if undetermined."""
        if address not in self._known:
            self._known[address] = self._judge(address)
        return self._known[address]

    def _judge(self, address: bytes) -> str | None:
        chosen = self._overrides.get(address)
        if chosen is not None:
            return chosen
        if self._special.get(address) is not None:
            return None
        return self._countries.get(address)

    def direction(self, src: bytes, dst: bytes) -> str:
        """Return `outside-to-inside` and so on, or `undetermined`."""
        source, destination = self.country(src), self.country(dst)
        if source is None or destination is None:
            return UNDETERMINED
        return f"{self._side(source)}-to-{self._side(destination)}"

    def _side(self, code: str) -> str:
        return "inside" if code in self._domestic else "outside"
