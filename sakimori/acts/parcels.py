"""Files of acts on their way between deployments: named in the signed envelope, carried behind it, bound on arrival.

What is sent is what the act's payload names by digest, no more and no less. On arrival nothing is taken on trust: the
envelope is verified first, then how many and how large its files say they are, then every byte against its digest, then
what each file really is. Until all of them are good, they lie in files without a name, which are gone with the process.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO, Any

from django.conf import settings

from sakimori import proofs
from sakimori.acts import attaching, filenames, sniffing
from sakimori.acts.models import AttachedContent, Attachment, Dispatch
from sakimori.acts.outbox import DeliveryFailedError
from sakimori.errors import SakimoriError
from sakimori.text import Text

_MIB = 1 << 20
_DISCARD = 1 << 20
_MEND = Text(
    "差出人に、ファイルを選び直して送り直してもらってください。",
    "Let the sender choose the files again and send it anew.",
)


def manifest(dispatch: Dispatch) -> list[dict[str, Any]]:
    """Return what the envelope of a dispatch says of its act's files; empty where it has none."""
    if dispatch.sender is None:
        return []
    found = Attachment.objects.filter(world=dispatch.world, act=dispatch.act, organisation=dispatch.sender)
    return [
        proofs.Carried(row.digest, row.name, row.media_type, row.size).as_dict()
        for row in found.order_by("attached_at", "name", "digest")
    ]


def chunks(body: bytes, envelope: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what travels: the envelope alone, or the parcel of it and its files, read one at a time.

    Raises `DeliveryFailedError` where a file has been erased since.
    """
    files = envelope.get("files", [])
    if not files:
        yield body
        return
    yield from proofs.parcel_chunks(body, (_stored(envelope["world"], one["digest"]) for one in files))


def length(body: bytes, envelope: Mapping[str, Any]) -> int:
    """Return how many bytes `chunks` yields."""
    files = envelope.get("files", [])
    return proofs.parcel_length(body, files) if files else len(body)


def _stored(world: str, digest: str) -> Iterator[bytes]:
    kept = AttachedContent.objects.filter(world=world, digest=digest).first()
    if kept is None:
        raise DeliveryFailedError("a file of it has been erased")
    yield bytes(kept.content)


class Chunks:
    """Bytes that come in pieces, read as from a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes (all of them if negative); none at the end."""
        if size < 0:
            found, self._rest = self._rest + b"".join(self._pieces), b""
            return found
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def require_fit(files: Iterable[proofs.Carried], document: Mapping[str, Any]) -> None:
    """Check what an envelope says of its files before any is read: they are those the act names, and not too much.

    Raises SakimoriError (`envelope.files`), naming the file. An act that names files and comes without any, from a
    deployment that does not send them yet, is taken in as before: its page says that they did not come.
    """
    announced = list(files)
    if not announced:
        return
    named = document["payload"].get("attachments")
    if not isinstance(named, list) or sorted(map(str, named)) != sorted(one.digest for one in announced):
        raise _refusal("", "封筒のファイルが、行為の名指すファイルではありません。",
                       "The envelope's files are not those its act names.")  # fmt: skip
    most, largest = attaching.limit("most"), attaching.limit("largest")
    if len(announced) > most:
        raise _refusal("", f"添付は{most}件までです（{len(announced)}件）。",
                       f"At most {most} files can be attached ({len(announced)}).")  # fmt: skip
    for one in announced:
        if one.size > largest * _MIB:
            raise _refusal(one.name, f"ファイルが大きすぎます（{largest} MiB まで）。",
                           f"The file is too large (at most {largest} MiB).")  # fmt: skip
        _require_name(one)


def _require_name(one: proofs.Carried) -> None:
    try:
        plain = filenames.checked(one.name)
    except sniffing.UploadError as error:
        raise _refusal(one.name[: filenames.LONGEST], error.what.ja, error.what.en) from None
    kind = sniffing.KINDS.get(filenames.extension(plain))
    if plain != one.name or kind is None or kind[0] != one.media_type:
        raise _refusal(
            one.name, "この名前・種類のファイルは受け取れません。", "Files of this name and kind are not taken."
        )


@contextmanager
def spooled(stream: proofs.Readable, files: Iterable[proofs.Carried]) -> Iterator[list[attaching.Arriving]]:
    """Read the files of a parcel, each compared with its digest and looked into; they are gone after the block.

    Raises `proofs.ProofError` where bytes are missing, changed or too many (nobody is answered, it is sent again), and
    SakimoriError (`envelope.files`) where a file is not what its name says (the sender is told).
    """
    with ExitStack() as open_files:
        found = []
        for one in files:
            kept = open_files.enter_context(tempfile.TemporaryFile(dir=settings.SAKIMORI_HOME))
            for chunk in proofs.file_chunks(stream, one):
                kept.write(chunk)
            found.append(attaching.Arriving(one.digest, one.name, one.media_type, one.size, partial(_from_start, kept)))
        proofs.require_end(stream)
        for arriving in found:
            _require_kind(arriving)
        yield found


def _from_start(kept: IO[bytes]) -> bytes:
    kept.seek(0)
    return kept.read()


def _require_kind(arriving: attaching.Arriving) -> None:
    try:
        sniffing.media_type(arriving.read(), filenames.extension(arriving.name))
    except sniffing.UploadError as error:
        raise _refusal(arriving.name, error.what.ja, error.what.en) from None


def discard(stream: proofs.Readable) -> None:
    """Read what is left of a verified sender's parcel, so that it hears our answer; never more than may be sent."""
    left = attaching.limit("most") * attaching.limit("largest") * _MIB
    while left > 0:
        chunk = stream.read(_DISCARD)
        if not chunk:
            return
        left -= len(chunk)


def _refusal(name: str, ja: str, en: str) -> SakimoriError:
    said = Text(f"「{name}」: {ja}", f"“{name}”: {en}") if name else Text(ja, en)
    return SakimoriError(said, code="envelope.files", where=name or "files", mend=_MEND)
