"""The files of a tiled log (c2sp.org/tlog-tiles): where each lies, how wide it is, what its bytes mean.

- `tile/<L>/<N>`: 256 hashes of level L (level 0: leaf hashes; above: roots of full tiles of the level below)
- `tile/entries/<N>`: 256 entries, each with its length as a big-endian uint16 before it
- the rightmost of each may be partial: `<N>.p/<W>` with W hashes or entries, 1 to 255
"""

import re
from collections.abc import Sequence

from sakimori.proofs.encoding import HASH_BYTES
from sakimori.proofs.errors import MalformedError
from sakimori.proofs.merkle import root

TILE_WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""
TILE_HEIGHT = 8
"""Levels of the Merkle tree one level of tiles spans."""
MAX_ENTRY_BYTES = 65535
"""The longest entry a bundle can hold."""
ENTRIES = -1
"""The pseudo level of entry bundles, for `tile_path` and `Place`."""

_LENGTH_BYTES = 2
_GROUP = 1000
_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path, relative to the log, of tile `index` of `level` (ENTRIES for bundles) with `width` hashes."""
    groups = [f"{index % _GROUP:03}"]
    while index >= _GROUP:
        index //= _GROUP
        groups.append(f"x{index % _GROUP:03}")
    name = "/".join(reversed(groups))
    return f"tile/{'entries' if level == ENTRIES else level}/{name}" + (f".p/{width}" if width < TILE_WIDTH else "")


def parse_tile_path(path: str) -> tuple[int, int, int] | None:
    """Return (level, index, width) of a tile or bundle path (level ENTRIES for bundles), None when it is neither."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level = ENTRIES if match[1] == "entries" else int(match[1])
    index = int(match[2].replace("/", "").replace("x", ""))
    width = int(match[3]) if match[3] else TILE_WIDTH
    # One spelling only: a needless leading group (x000/...) or a partial as wide as a full tile is no tile.
    return (level, index, width) if tile_path(level, index, width) == path else None


def level_width(level: int, size: int) -> int:
    """Return how many hashes (or entries) a log of `size` leaves has at `level` in all."""
    return size >> (TILE_HEIGHT * max(level, 0))


def tile_width(level: int, index: int, size: int) -> int:
    """Return the width tile `index` of `level` has in a log of `size` leaves: 256 full, 0 not there."""
    return max(0, min(TILE_WIDTH, level_width(level, size) - index * TILE_WIDTH))


def levels(size: int) -> int:
    """Return how many levels of tiles a log of `size` leaves has (0 for the empty log)."""
    count = 0
    while level_width(count, size):
        count += 1
    return count


def tile_hashes(data: bytes, width: int, where: str) -> list[bytes]:
    """Return the `width` hashes of a tile's bytes; MalformedError when it has another length."""
    if len(data) != width * HASH_BYTES:
        raise MalformedError(
            f"{width * HASH_BYTES}バイトであるべきところ{len(data)}バイトです。",
            f"this should be {width * HASH_BYTES} bytes but is {len(data)}.",
            where=where,
        )
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


def tile_root(data: bytes) -> bytes:
    """Return the root over the hashes of a tile (any whole number of them)."""
    return root([data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)])


def pack_entry(entry: bytes) -> bytes:
    """Return an entry as a bundle holds it; MalformedError when it is longer than 65,535 bytes."""
    if len(entry) > MAX_ENTRY_BYTES:
        raise MalformedError(
            f"記録は{MAX_ENTRY_BYTES}バイト以内です。",
            f"an entry is at most {MAX_ENTRY_BYTES} bytes.",
            where="entry",
        )
    return len(entry).to_bytes(_LENGTH_BYTES, "big") + entry


def unpack_entries(data: bytes, width: int, where: str) -> list[bytes]:
    """Return the `width` entries of a bundle's bytes; MalformedError when it does not hold exactly so many."""
    entries: list[bytes] = []
    place = 0
    while place < len(data) and len(entries) < width:
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(data[place:start], "big")
        entries.append(data[start:place])
    if place != len(data) or len(entries) != width:
        raise MalformedError(
            f"ちょうど{width}件の記録が入っているべきです。",
            f"this should hold exactly {width} entries.",
            where=where,
        )
    return entries


def perfect_subtrees(low: int, high: int) -> Sequence[tuple[int, int]]:
    """Return the perfect subtrees (height, index) that make up leaves [low, high) from left to right.

    `low` must be a multiple of the largest of them, as it is for every range in an RFC 9162 proof.
    """
    result: list[tuple[int, int]] = []
    while low < high:
        height = (high - low).bit_length() - 1
        result.append((height, low >> height))
        low += 1 << height
    return result
