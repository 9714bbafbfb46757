"""Parcels: an envelope and, behind it, the files it names, as one stream; over HTTP and as a file alike.

`sakimori.parcel/1` LF, the length of the envelope in decimal LF, the envelope's bytes, then the bytes of each file in
the order of the envelope's `files`, with nothing between and nothing after. Lengths and digests of the files stand in
the signed envelope alone, so whoever reads a parcel can verify the envelope before taking in a single byte of a file.
An envelope without files travels as it is: a stream that does not begin so is read as a bare envelope.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sakimori.proofs.errors import MalformedError, MismatchError, TooLargeError
from sakimori.proofs.fields import Fields

PARCEL = b"sakimori.parcel/1\n"
"""How a parcel begins."""
MOST_FILES = 100
"""More files are refused unread (house rule)."""
CHUNK = 1 << 16
_DIGEST_BYTES = 32
_LENGTH_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Carried:
    """A file an envelope carries: SHA-256 (hex) and length of its bytes, its name and media type as the sender says."""

    digest: str
    name: str
    media_type: str
    size: int

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in the envelope's `files`."""
        return {"digest": self.digest, "name": self.name, "media_type": self.media_type, "size": self.size}


class Readable(Protocol):
    """Whatever bytes can be read from, in order: an open file, the body of a request."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


def read_files(fields: Fields) -> tuple[Carried, ...]:
    """Return the `files` of an envelope: at least one, each digest once. Raises MalformedError."""
    named = fields.items("files", MOST_FILES)
    found = tuple(_read_one(one, f"{fields.where('files')}.{place}") for place, one in enumerate(named))
    if not found or len({one.digest for one in found}) != len(found):
        raise MalformedError(
            "封筒のファイルの一覧が空か、同じファイルが二度あります。",
            "the envelope's list of files is empty or names one of them twice.",
            where=fields.where("files"),
        )
    return found


def _read_one(value: object, where: str) -> Carried:
    fields = Fields(value, where, {"digest", "name", "media_type", "size"})
    digest = fields.hex("digest", _DIGEST_BYTES).hex()
    return Carried(digest, fields.text("name"), fields.text("media_type"), fields.integer("size"))


def open_parcel(stream: Readable, limit: int) -> bytes:
    """Return the envelope's bytes, of at most `limit`; the stream then stands at the first file, or at its end.

    Raises MalformedError where the stream is neither a parcel nor short enough to be an envelope.
    """
    head = _read(stream, len(PARCEL))
    if head != PARCEL:
        body = head + _read(stream, limit + 1 - len(head))
        _require_short(len(body), limit)
        return body
    length = _read_length(stream)
    _require_short(length, limit)
    body = _read(stream, length)
    if len(body) != length:
        raise _cut_off("parcel.envelope")
    return body


def file_chunks(stream: Readable, one: Carried) -> Iterator[bytes]:
    """Yield the bytes of the file that comes next. MismatchError, at the end, where they are not those it names."""
    hashed, left = hashlib.sha256(), one.size
    while left:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise _cut_off(one.name)
        left -= len(chunk)
        hashed.update(chunk)
        yield chunk
    if hashed.hexdigest() != one.digest:
        raise MismatchError(
            "届いたファイルは、封筒が名指すものではありません (途中で変わりました)。",
            "the file that came is not the one the envelope names (it was changed on its way).",
            where=one.name,
        )


def require_end(stream: Readable) -> None:
    """Check that nothing comes after the last file; MalformedError otherwise."""
    if stream.read(1):
        raise MalformedError(
            "最後のファイルの後に余分なデータがあります。", "there is something after the last file.", where="parcel"
        )


def parcel_chunks(envelope: bytes, files: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Yield the parcel of an envelope and the bytes of its files, in the order the envelope names them."""
    yield PARCEL + f"{len(envelope)}\n".encode() + envelope
    for one in files:
        yield from one


def parcel_length(envelope: bytes, files: Iterable[Mapping[str, Any]]) -> int:
    """Return how many bytes the parcel has; `files` are the envelope's own entries."""
    return len(PARCEL) + len(f"{len(envelope)}\n") + len(envelope) + sum(int(one["size"]) for one in files)


def verify_parcel_files(stream: Readable, files: Iterable[Carried]) -> None:
    """Read every file to its end, and that nothing follows. Raises ProofError where one of them is not what it is."""
    for one in files:
        for _ in file_chunks(stream, one):
            pass
    require_end(stream)


def _read(stream: Readable, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        chunk = stream.read(min(size - len(found), 1 << 20))
        if not chunk:
            break
        found += chunk
    return bytes(found)


def _read_length(stream: Readable) -> int:
    digits = bytearray()
    while len(digits) <= _LENGTH_DIGITS:
        one = stream.read(1)
        if one == b"\n":
            break
        digits += one or b"?"
    text = bytes(digits)
    if not text.isdigit() or text.startswith(b"0") or len(text) > _LENGTH_DIGITS:
        raise MalformedError(
            "封筒の長さが読めません。", "the length of the envelope cannot be read.", where="parcel.length"
        )
    return int(text)


def _require_short(length: int, limit: int) -> None:
    if length > limit:
        raise TooLargeError(
            f"封筒が大きすぎます (上限{limit}バイト)。",
            f"the envelope is too large (the limit is {limit} bytes).",
            where="parcel.envelope",
        )


def _cut_off(where: str) -> MalformedError:
    return MalformedError("途中で切れています。", "it is cut off before its end.", where=where)
