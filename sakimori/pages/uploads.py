"""Files on a form: each is checked, kept until the act takes it, and stays on the form when something is refused.

A form that takes files shows `{% include "web/components/attach.html" with files=files %}` and posts as
`multipart/form-data`; its view calls `taken(request)` and puts `files.digests` into the payload.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from sakimori.acts import attaching, filenames, sniffing
from sakimori.acts.models import StagedFile
from sakimori.acts.sniffing import UploadError, refusal
from sakimori.pages.reads import viewer_of
from sakimori.pages.refusals import explained
from sakimori.record import Viewer
from sakimori.text import Text

_MIB = 1024 * 1024
FIELD, KEPT = "files", "attached"
"""Names of the file field, and of the tick boxes of files that were uploaded before."""


@dataclass(slots=True)
class Files:
    """The files of a form: those kept so far (staged) and what is wrong with the others, each by name."""

    staged: list[StagedFile] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def digests(self) -> list[str]:
        """Return the digests for the payload."""
        return [one.digest for one in self.staged]

    @property
    def largest(self) -> int:
        """Return how large a file may be, in MiB."""
        return _largest()

    @property
    def most(self) -> int:
        """Return how many files one act takes."""
        return attaching.limit("most")

    @property
    def accept(self) -> str:
        """Return what the browser's file dialog offers."""
        return ",".join(sniffing.KINDS)


def taken(request: HttpRequest) -> Files:
    """Return the files of a posted form: those still ticked, and the new ones as far as they can be taken."""
    viewer = viewer_of(request)
    found = Files()
    if request.method != "POST":
        return found
    digests = request.POST.getlist(KEPT)
    for upload in request.FILES.getlist(FIELD):
        try:
            digests.append(_take(viewer, upload).digest)
        except UploadError as error:
            said = explained(error)
            found.faults.append(f"{(upload.name or '')[:60]}: {said['what']} {said['mend']}")
    found.staged = attaching.staged(viewer, digests)
    return found


def _largest() -> int:
    return attaching.limit("largest")


def _take(viewer: Viewer, upload: Any) -> StagedFile:
    if (upload.size or 0) > _largest() * _MIB:
        raise too_large(upload.size or 0)
    return take(viewer, upload.name or "", upload.read())


def take(viewer: Viewer, name: str, content: bytes) -> StagedFile:
    """Check a file and keep it until an act takes it. Raises `UploadError` with reason and remedy."""
    plain = filenames.checked(name)
    if len(content) > _largest() * _MIB:
        raise too_large(len(content))
    return attaching.stage(plain, sniffing.media_type(content, filenames.extension(plain)), content, by=viewer)


def too_large(size: int) -> UploadError:
    """Return the refusal of a file of so many bytes."""
    largest, is_size = _largest(), f"{size / _MIB:.1f}"
    return refusal(
        "large",
        f"ファイルが大きすぎます（{is_size} MiB。{largest} MiB まで）。",
        f"The file is too large ({is_size} MiB, at most {largest} MiB).",
        Text("分けるか、圧縮率を上げて保存し直してください。", "Split it, or save it with stronger compression."),
    )
