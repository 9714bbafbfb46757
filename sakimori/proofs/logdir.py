"""Verifies a whole tiled log from its files alone: every entry, every tile hash, the root, the signatures.

The signed checkpoint is the only thing trusted, and trust flows down from it:

1. the partial tiles on the right edge must fold to the signed root; one that does not is found by trying in its place
   what the level below makes of it
2. every hash in a trusted tile must be the root of the full tile below it; where it is not, that tile is at fault, and
   what the level below it makes takes its place, so that one changed byte is one finding
3. every bundle's entries must hash to the trusted level 0 hashes
4. a partial file left from a smaller tree must be the beginning of the one that replaced it

Example: one bit flipped in `tile/entries/000` gives one problem with `where` = "tile/entries/000".
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sakimori.proofs.blocks import verify_with_ring
from sakimori.proofs.checkpoint import Checkpoint, VerifiedCheckpoint, parse_checkpoint
from sakimori.proofs.errors import MalformedError, MismatchError, ProofError, SignatureError
from sakimori.proofs.keyring import KeyRing
from sakimori.proofs.layout import (
    ENTRIES,
    TILE_WIDTH,
    level_width,
    levels,
    parse_tile_path,
    perfect_subtrees,
    tile_hashes,
    tile_path,
    tile_width,
    unpack_entries,
)
from sakimori.proofs.merkle import fold_right, leaf_hash, root
from sakimori.proofs.note import MAX_NOTE_BYTES

_Hashes = list[bytes] | None


@dataclass(frozen=True, slots=True)
class LogReport:
    """What was found in a log's directory; it is sound when `problems` is empty.

    `checkpoint` is None when the checkpoint itself is not good (then nothing else was looked at). Each problem names
    its file in `where`. `files` counts the files verified; `beyond` lists tiles the checkpoint does not cover yet (a
    log still being written) and files that are no part of a log; they are not verified.
    """

    checkpoint: VerifiedCheckpoint | None
    problems: tuple[ProofError, ...]
    files: int
    beyond: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


def inspect_log(
    directory: Path | str,
    ring: KeyRing,
    *,
    origin: str | None = None,
    owner: str | None = None,
    quorum: int = 0,
    allow_unknown: bool = False,
) -> LogReport:
    """Return what verifying the log in `directory` finds; ProofError is never raised, but reported.

    With `origin` or `owner` given the log must be that one. `quorum` witnesses must have cosigned. A signature line by
    a key outside the ring cannot be checked, which is a problem unless `allow_unknown`. OSError when the directory
    cannot be read.
    """
    path = Path(directory)
    if not path.is_dir():
        raise NotADirectoryError(str(path))
    try:
        head = _head(path, ring, origin, owner, quorum)
    except ProofError as error:
        error.where = "checkpoint"
        return LogReport(None, (error,), 0, ())
    inspection = _Inspection(path, head.checkpoint)
    if head.unknown and not allow_unknown:
        inspection.problems.append(_unknown_signature(head))
    inspection.run()
    return LogReport(head, tuple(inspection.problems), len(inspection.seen) + 1, tuple(inspection.beyond))


def _head(path: Path, ring: KeyRing, origin: str | None, owner: str | None, quorum: int) -> VerifiedCheckpoint:
    try:
        with (path / "checkpoint").open("rb") as file:
            data = file.read(MAX_NOTE_BYTES + 1)
    except FileNotFoundError as error:
        raise _missing("checkpoint") from error
    origin = parse_checkpoint(data).origin if origin is None else origin
    return verify_with_ring(data, origin=origin, ring=ring, owner=owner, quorum=quorum)


class _Inspection:
    def __init__(self, path: Path, head: Checkpoint) -> None:
        self.path, self.head = path, head
        self.problems: list[ProofError] = []
        self.seen: set[str] = set()
        self.beyond: list[str] = []
        self._bad: set[str] = set()

    def run(self) -> None:
        for level, tile in enumerate(self._edge()):
            number, width = divmod(level_width(level, self.head.size), TILE_WIDTH)
            if width:
                self._descend(level, number, tile)
        for name in self._names():
            self._left_over(name)

    # -- 1: the right edge --------------------------------------------------------------------------------------

    def _edge(self) -> list[_Hashes]:
        size = self.head.size
        places = [(level, *divmod(level_width(level, size), TILE_WIDTH)) for level in range(levels(size))]
        held = [self._tile(level, number) if width else [] for level, number, width in places]
        if _fold(held) == self.head.root:
            return held
        made = [self._made(level, number) if width else [] for level, number, width in places]
        for chosen in _choices(held, made):
            if _fold(chosen) == self.head.root:
                for (level, number, width), tile, good in zip(places, held, chosen, strict=True):
                    if tile != good:
                        self._report(self._mismatch(tile_path(level, number, width)))
                return list(chosen)
        if None not in held:
            self._report(
                MismatchError(
                    "署名されたルートハッシュが、ファイルから計算したものと一致しません。",
                    "the signed root hash is not the one the files come to.",
                    where="checkpoint",
                )
            )
        return held

    # -- 2 and 3: down from a trusted tile ------------------------------------------------------------------------

    def _descend(self, level: int, number: int, tile: _Hashes) -> None:
        if level == 0:
            self._check_bundle(number, tile)
        if level == 0 or tile is None:
            # A tile that is missing and cannot be made from below is reported already, and so is what it lacks there.
            return
        for place in range(tile_width(level, number, self.head.size)):
            child = number * TILE_WIDTH + place
            below = self._tile(level - 1, child)
            if below is None or root(below) != tile[place]:
                made = self._made(level - 1, child)
                self._report(self._mismatch(tile_path(level - 1, child)))
                if made is not None and (below is None or root(made) == tile[place]):
                    below = made
            self._descend(level - 1, child, below)

    def _check_bundle(self, number: int, trusted: _Hashes) -> None:
        path = tile_path(ENTRIES, number, tile_width(ENTRIES, number, self.head.size))
        hashes = self._bundle(number)
        if hashes is None or trusted is None or hashes == trusted:
            return
        wrong = next(place for place, pair in enumerate(zip(hashes, trusted, strict=True)) if pair[0] != pair[1])
        index = number * TILE_WIDTH + wrong
        self._report(
            MismatchError(
                f"{index}番の記録が、署名されたハッシュと一致しません。",
                f"entry {index} does not match its signed hash.",
                where=path,
            )
        )

    # -- 4: what else lies there ----------------------------------------------------------------------------------

    def _left_over(self, name: str) -> None:
        place = parse_tile_path(name)
        if place is None or tile_width(place[0], place[1], self.head.size) < place[2]:
            self.beyond.append(name)
            return
        if not (self.path / name).exists():
            # A log being written: the full tile has taken its place by now.
            return
        level, number, width = place
        current = tile_path(level, number, tile_width(level, number, self.head.size))
        try:
            if level == ENTRIES:
                mine = [leaf_hash(entry) for entry in unpack_entries(self._read(name), width, name)]
                whole = self._bundle(number)
            else:
                mine, whole = tile_hashes(self._read(name), width, name), self._tile(level, number)
        except MalformedError as error:
            self._report(error)
            return
        self.seen.add(name)
        if whole is not None and current not in self._bad and mine != whole[:width]:
            self._report(self._mismatch(name))

    def _names(self) -> Iterator[str]:
        for parent, _, names in sorted(os.walk(self.path)):
            for name in sorted(names):
                path = (Path(parent) / name).relative_to(self.path).as_posix()
                # Names with a dot before them are the writer's (its lock, a file half written).
                if path not in self.seen and path not in self._bad and path != "checkpoint" and name[0] != ".":
                    yield path

    # -- files ----------------------------------------------------------------------------------------------------

    def _made(self, level: int, number: int) -> _Hashes:
        # What a tile should hold by what lies below it, None when something there is missing.
        if level == 0:
            return self._bundle(number)
        first = number * TILE_WIDTH
        hashes: list[bytes] = []
        for child in range(first, first + tile_width(level, number, self.head.size)):
            below = self._tile(level - 1, child)
            if below is None:
                return None
            hashes.append(root(below))
        return hashes

    def _tile(self, level: int, number: int) -> _Hashes:
        return self._hashes(level, number)

    def _bundle(self, number: int) -> _Hashes:
        return self._hashes(ENTRIES, number)

    def _hashes(self, level: int, number: int) -> _Hashes:
        # The partial file may already have given way to the full one, of which it was the beginning.
        held = width = tile_width(level, number, self.head.size)
        name, full = tile_path(level, number, width), tile_path(level, number)
        try:
            try:
                data = self._read(name)
            except MalformedError:
                if not (self.path / full).exists():
                    raise
                name, held, data = full, TILE_WIDTH, self._read(full)
            if level == ENTRIES:
                hashes = [leaf_hash(entry) for entry in unpack_entries(data, held, name)]
            else:
                hashes = tile_hashes(data, held, name)
        except MalformedError as error:
            self._report(error)
            return None
        self.seen.add(name)
        return hashes[:width]

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise _missing(name) from error

    def _report(self, problem: ProofError) -> None:
        # One finding a file is enough: the same file is looked at from above and from below.
        if problem.where not in self._bad:
            self._bad.add(problem.where or "")
            self.problems.append(problem)

    def _mismatch(self, name: str) -> MismatchError:
        return MismatchError(
            "このファイルのハッシュが、署名された木と一致しません。",
            "the hashes in this file do not match the signed tree.",
            where=name,
        )


def _choices(held: list[_Hashes], made: list[_Hashes]) -> Iterator[tuple[_Hashes, ...]]:
    # Fewest replacements first; levels are few (one per factor 256), so all combinations are.
    options = [[tile] if tile == other else [tile, other] for tile, other in zip(held, made, strict=True)]
    combinations = itertools.product(*options)
    return iter(sorted(combinations, key=lambda chosen: sum(a != b for a, b in zip(chosen, held, strict=True))))


def _fold(edge: list[_Hashes] | tuple[_Hashes, ...]) -> bytes | None:
    nodes: list[bytes] = []
    for tile in reversed(edge):
        if tile is None:
            return None
        for height, index in perfect_subtrees(0, len(tile)):
            nodes.append(root(tile[index << height : (index + 1) << height]))
    return fold_right(nodes)


def _missing(name: str) -> MalformedError:
    return MalformedError("ファイルがありません。", "the file is missing.", where=name)


def _unknown_signature(head: VerifiedCheckpoint) -> SignatureError:
    names = ", ".join(signature.name for signature in head.unknown)
    return SignatureError(
        f"鍵束にない鍵の署名があり、確かめられません ({names})。",
        f"there is a signature by a key outside the key ring, which cannot be checked ({names}).",
        where="checkpoint",
    )
