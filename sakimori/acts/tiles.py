"""The log's files: a C2SP tlog-tiles directory (c2sp.org/tlog-tiles) written so that a crash anywhere can be undone.

Rules that make it so:

- a file is written under another name, synced, then renamed; the directories touched are synced after it
- nothing that the published checkpoint needs is changed or removed; files beyond it are new ones
- the checkpoint is published last; only then partial tiles that a full one replaces are removed
- `recover(size)` removes everything beyond `size`, so the log stands exactly where that checkpoint says

One process writes; any number read, each seeing the checkpoint that was published when it opened the log.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from sakimori import proofs
from sakimori.errors import SakimoriError
from sakimori.proofs.layout import (
    ENTRIES,
    MAX_ENTRY_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    level_width,
    levels,
    pack_entry,
    parse_tile_path,
    perfect_subtrees,
    tile_path,
    tile_root,
    tile_width,
    unpack_entries,
)
from sakimori.proofs.merkle import fold_right, leaf_hash, split
from sakimori.text import Text

_HASH_BYTES = 32
_FULL_TILE = TILE_WIDTH * _HASH_BYTES


class TileLogError(SakimoriError):
    """The log's files are not as they must be (missing, damaged), or a number outside the log was asked for."""

    code = "log.files"


class TileLog:
    """A tiled log at `path`, opened at the size its published checkpoint has (0 where there is none).

    Raises TileLogError when the checkpoint cannot be read.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._size = self._published()
        self._edge: list[bytes] | None = None
        self._bundle = b""
        self._partials: set[tuple[int, int]] = set()

    @property
    def size(self) -> int:
        """Return the number of leaves integrated (which may be beyond the published checkpoint)."""
        return self._size

    # -- writing -----------------------------------------------------------------------------------------------

    def append(self, entries: Sequence[bytes]) -> int:
        """Integrate `entries` (each at most 65,535 bytes) at the end; return the new size. Not yet published.

        Raises TileLogError when the files to go on from are damaged. On any error nothing is integrated.
        """
        if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
            raise TileLogError(
                Text(f"記録の一件は{MAX_ENTRY_BYTES}バイト以内です。", f"An entry is at most {MAX_ENTRY_BYTES} bytes.")
            )
        edge, bundle = self._load_edge()
        files: dict[str, bytes] = {}
        size = self._size
        packed, hashes = [bundle], [edge[0]] if edge else [b""]
        for entry in entries:
            packed.append(pack_entry(entry))
            hashes.append(leaf_hash(entry))
            size += 1
            if size % TILE_WIDTH == 0:
                files[tile_path(ENTRIES, size // TILE_WIDTH - 1)] = b"".join(packed)
                _push(edge, 0, b"".join(hashes), size, files)
                packed, hashes = [], []
        bundle = b"".join(packed)
        _set(edge, 0, b"".join(hashes))
        self._add_partials(files, edge, bundle, size)
        self._write_all(files)
        self._size, self._edge, self._bundle = size, edge, bundle
        return size

    def publish(self, checkpoint: bytes) -> None:
        """Make `checkpoint` (a signed checkpoint file) the log's published head, for good once this returns.

        Raises TileLogError when it does not speak of exactly the leaves integrated.
        """
        head = _head(checkpoint)
        if (head.size, head.root) != (self._size, self.root(self._size)):
            raise TileLogError(
                Text(
                    f"チェックポイント（{head.size}件）が記録の実際（{self._size}件）と一致しません。",
                    f"The checkpoint ({head.size} leaves) is not that of the log ({self._size} leaves).",
                ),
                where="checkpoint",
            )
        self._write_all({"checkpoint": checkpoint})
        self._remove_partials()

    def recover(self, checkpoint_size: int) -> None:
        """Remove every file beyond `checkpoint_size` leaves and go on from there.

        Raises TileLogError when a file at the edge of that size is missing or not what the published checkpoint
        signs, and when a larger checkpoint is published: what was published is never taken back.
        """
        published = self._read_checkpoint()
        if published is not None and published.size > checkpoint_size:
            raise TileLogError(
                Text(
                    f"公表済みの記録（{published.size}件）を{checkpoint_size}件に戻すことはできません。",
                    f"A published log ({published.size} leaves) is never cut back to {checkpoint_size}.",
                ),
                where="checkpoint",
            )
        for path in self._files():
            if path.name.startswith(".") and path.name.endswith(".tmp"):
                path.unlink()
                continue
            place = parse_tile_path(path.relative_to(self._path).as_posix())
            if place is None:
                continue
            level, number, width = place
            if tile_width(level, number, checkpoint_size) < width:
                path.unlink()
            elif width < TILE_WIDTH:
                self._partials.add((level, number))
        self._size, self._edge = checkpoint_size, None
        self._load_edge()
        if published is not None and published.size == checkpoint_size and published.root != self.root(checkpoint_size):
            raise _damaged("checkpoint")
        self._remove_partials()

    # -- reading -----------------------------------------------------------------------------------------------

    def checkpoint(self) -> bytes:
        """Return the published checkpoint as it is signed; empty where nothing was published."""
        path = self._path / "checkpoint"
        return path.read_bytes() if path.exists() else b""

    def root(self, size: int) -> bytes:
        """Return the 32-byte root over the first `size` leaves; TileLogError when the log is shorter."""
        self._check(0 <= size <= self._size, size)
        return self._range_root(0, size, {})

    def leaf(self, index: int) -> bytes:
        """Return the 32-byte leaf hash at `index`; TileLogError when there is none."""
        self._check(0 <= index < self._size, index)
        return self._node(0, index, {})

    def entry(self, index: int) -> bytes:
        """Return the entry at `index` as it was appended; TileLogError when there is none."""
        self._check(0 <= index < self._size, index)
        number = index // TILE_WIDTH
        return self._entries(number)[index % TILE_WIDTH]

    def entries(self, first: int, end: int) -> list[bytes]:
        """Return the entries [first, end); TileLogError when the log does not have them all."""
        self._check(0 <= first <= end <= self._size, end)
        result: list[bytes] = []
        for number in range(first // TILE_WIDTH, -(-end // TILE_WIDTH)):
            start = number * TILE_WIDTH
            result += self._entries(number)[max(0, first - start) : end - start]
        return result

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return the RFC 9162 inclusion proof of leaf `index` in the tree of `size` leaves (32-byte hashes).

        Reads O(log size) tiles. Raises TileLogError when there is no such leaf or tree.
        """
        self._check(0 <= index < size <= self._size, index)
        low, high = 0, size
        tiles: dict[tuple[int, int], bytes] = {}
        proof: list[bytes] = []
        while high - low > 1:
            middle = low + split(high - low)
            if index < middle:
                proof.append(self._range_root(middle, high, tiles))
                high = middle
            else:
                proof.append(self._range_root(low, middle, tiles))
                low = middle
        return proof[::-1]

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """Return the RFC 9162 proof that the tree of `size1` leaves is a prefix of that of `size2` (32-byte hashes).

        Reads O(log size2) tiles. Raises TileLogError unless 0 < size1 <= size2 <= size.
        """
        self._check(0 < size1 <= size2 <= self._size, size1)
        low, high, whole = 0, size2, True
        tiles: dict[tuple[int, int], bytes] = {}
        proof: list[bytes] = []
        while high != size1:
            middle = low + split(high - low)
            if size1 <= middle:
                proof.append(self._range_root(middle, high, tiles))
                high = middle
            else:
                proof.append(self._range_root(low, middle, tiles))
                low, whole = middle, False
        if not whole:
            proof.append(self._range_root(low, high, tiles))
        return proof[::-1]

    # -- the tree over the tiles -------------------------------------------------------------------------------

    def _range_root(self, low: int, high: int, tiles: dict[tuple[int, int], bytes]) -> bytes:
        return fold_right([self._node(height, index, tiles) for height, index in perfect_subtrees(low, high)])

    def _node(self, height: int, index: int, tiles: dict[tuple[int, int], bytes]) -> bytes:
        # The root of a perfect subtree of 2^height leaves: within one tile, over 1 to 128 of its hashes.
        level, rest = divmod(height, TILE_HEIGHT)
        number, place = divmod(index << rest, TILE_WIDTH)
        tile = tiles.get((level, number))
        if tile is None:
            tile = tiles[level, number] = self._read(level, number)
        return tile_root(tile[place * _HASH_BYTES : (place + (1 << rest)) * _HASH_BYTES])

    def _entries(self, number: int) -> list[bytes]:
        width = tile_width(ENTRIES, number, self._size)
        data = self._read(ENTRIES, number)
        # A full bundle may stand where a partial one stood when this log was opened.
        for held in (width, TILE_WIDTH):
            try:
                return unpack_entries(data, held, "entries")[:width]
            except proofs.MalformedError:
                continue
        raise _damaged(tile_path(ENTRIES, number, width))

    def _read(self, level: int, number: int) -> bytes:
        width = tile_width(level, number, self._size)
        for path in dict.fromkeys((tile_path(level, number, width), tile_path(level, number))):
            try:
                data = (self._path / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if level != ENTRIES and len(data) < width * _HASH_BYTES:
                raise _damaged(path)
            return data if level == ENTRIES else data[: width * _HASH_BYTES]
        raise _damaged(tile_path(level, number, width))

    def _load_edge(self) -> tuple[list[bytes], bytes]:
        # The partial tile of each level (empty where the level ends with a full one), and the partial bundle.
        if self._edge is None:
            self._edge = [self._last(level) for level in range(levels(self._size))]
            number, width = divmod(self._size, TILE_WIDTH)
            self._bundle = b"".join(map(pack_entry, self._entries(number))) if width else b""
            for level in (ENTRIES, *range(len(self._edge))):
                self._partials.add((level, level_width(level, self._size) // TILE_WIDTH))
        return list(self._edge), self._bundle

    def _last(self, level: int) -> bytes:
        number, width = divmod(level_width(level, self._size), TILE_WIDTH)
        return self._read(level, number) if width else b""

    def _check(self, holds: bool, number: int) -> None:  # noqa: FBT001 - the condition is the point
        if not holds:
            raise TileLogError(
                Text(
                    f"この記録（{self._size}件）に{number}番はありません。",
                    f"The log ({self._size} leaves) has no {number}.",
                )
            )

    # -- files -------------------------------------------------------------------------------------------------

    def _published(self) -> int:
        head = self._read_checkpoint()
        return 0 if head is None else head.size

    def _read_checkpoint(self) -> proofs.Checkpoint | None:
        try:
            return _head((self._path / "checkpoint").read_bytes())
        except FileNotFoundError:
            return None

    def _add_partials(self, files: dict[str, bytes], edge: list[bytes], bundle: bytes, size: int) -> None:
        # A level's partial tile stays on disk unchanged when this batch did not reach it.
        number, width = divmod(size, TILE_WIDTH)
        if size != self._size and width:
            files[tile_path(ENTRIES, number, width)] = bundle
            self._partials.add((ENTRIES, number))
        for level, tile in enumerate(edge):
            number, width = divmod(level_width(level, size), TILE_WIDTH)
            if width and level_width(level, size) != level_width(level, self._size):
                files[tile_path(level, number, width)] = tile
                self._partials.add((level, number))

    def _write_all(self, files: dict[str, bytes]) -> None:
        touched: set[Path] = set()
        for name, data in files.items():
            path = self._path / name
            self._make_directory(path.parent, touched)
            temporary = path.with_name(f".{path.name}.tmp")
            handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o644)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(handle)
            temporary.replace(path)
            touched.add(path.parent)
        for directory in touched:
            _sync_directory(directory)

    def _make_directory(self, directory: Path, touched: set[Path]) -> None:
        if directory.is_dir():
            return
        self._make_directory(directory.parent, touched)
        directory.mkdir(exist_ok=True)
        touched.add(directory.parent)

    def _remove_partials(self) -> None:
        # What a full tile replaces lies in `<N>.p/` beside it; nobody needs it once the checkpoint is published.
        for level, number in sorted(self._partials):
            if tile_width(level, number, self._size) < TILE_WIDTH:
                continue
            self._partials.discard((level, number))
            directory = (self._path / tile_path(level, number, 1)).parent
            if directory.is_dir():
                for path in directory.iterdir():
                    path.unlink()
                directory.rmdir()

    def _files(self) -> list[Path]:
        return [Path(parent) / name for parent, _, names in os.walk(self._path) for name in names]


def _push(edge: list[bytes], level: int, tile: bytes, size: int, files: dict[str, bytes]) -> None:
    # A full tile is written, and its root becomes one more hash of the level above.
    files[tile_path(level, level_width(level, size) // TILE_WIDTH - 1)] = tile
    _set(edge, level, b"")
    above = (edge[level + 1] if level + 1 < len(edge) else b"") + tile_root(tile)
    if len(above) == _FULL_TILE:
        _push(edge, level + 1, above, size, files)
    else:
        _set(edge, level + 1, above)


def _set(edge: list[bytes], level: int, tile: bytes) -> None:
    if level == len(edge):
        edge.append(tile)
    else:
        edge[level] = tile


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _head(checkpoint: bytes) -> proofs.Checkpoint:
    try:
        return proofs.parse_checkpoint(checkpoint)
    except proofs.ProofError as error:
        raise _damaged("checkpoint") from error


def _damaged(path: str) -> TileLogError:
    return TileLogError(
        Text("記録のファイルがないか、壊れています。", "A file of the log is missing or damaged."),
        where=path,
        mend=Text(
            "`sakimori log verify` で範囲を調べ、控えから戻してください。",
            "Find the extent with `sakimori log verify` and restore it from a copy.",
        ),
    )
