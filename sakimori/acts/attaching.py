"""Files that belong to acts: staged when they are uploaded, bound when the act is performed, erased with its content.

The payload names files by the SHA-256 of their bytes, so the act, and through it the log, binds every byte while the
bytes themselves stay erasable. Where the act goes to another organisation, its files go with it (`parcels.py`).
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Protocol

from pydantic import Field

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.context import Context
from sakimori.acts.errors import NotFoundError, PreconditionError, RefusedError
from sakimori.acts.models import AttachedContent, Attachment, ReadRecord, StagedFile
from sakimori.record import Bound, Query, Viewer
from sakimori.text import Text

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Attachments = Annotated[
    list[Digest],
    Field(
        default_factory=list,
        max_length=100,
        title="Attached files",
        description="Digests (SHA-256) of files uploaded before; the form of the page fills them in.",
    ),
]
"""The payload field of a kind that takes files."""
EVIDENCE = "The number on the stamp, of the portal or of the mail. A number or a file is needed as evidence."
"""What the field beside it says (a msgid)."""
ANYBODY = frozenset({("any", "any")})


def limit(name: str) -> int:
    """Return a house parameter of attachments: `largest` (MiB), `most` (files an act), `staged` (days)."""
    return int(str(law.parameter(f"house.attachment.{name}").value))


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that came with an envelope, compared with its digest: what it is, and how to read its bytes."""

    digest: str
    name: str
    media_type: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Carried:
    """The files that came with an envelope, who holds them here from now on, and whose information they are."""

    files: Sequence[Arriving]
    holder: uuid.UUID
    owner: uuid.UUID


class _Attaching(Protocol):
    attachments: list[str]


def stage(name: str, media_type: str, content: bytes, *, by: Viewer) -> StagedFile:
    """Keep a checked file until an act takes it; the same bytes again are the same file (its newest name counts)."""
    now = clock.now(by.world)
    kept = limit("staged")
    own = StagedFile.objects.filter(world=by.world, organisation=by.acting_organisation)
    own.filter(staged_at__lt=now - timedelta(days=kept)).delete()
    found, _ = own.update_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={"name": name, "media_type": media_type, "size": len(content), "content": content,
                  "person": by.person, "staged_at": now},
        create_defaults={"world": by.world, "organisation": by.acting_organisation, "name": name, "size": len(content),
                         "media_type": media_type, "content": content, "person": by.person, "staged_at": now},
    )  # fmt: skip
    return found


def staged(by: Viewer, digests: Iterable[str]) -> list[StagedFile]:
    """Return the organisation's own staged files of these digests, in their order; others are left out."""
    wanted = list(dict.fromkeys(digests))
    rows = StagedFile.objects.filter(world=by.world, organisation=by.acting_organisation, digest__in=wanted)
    found = {row.digest: row for row in rows.defer("content")}
    return [found[digest] for digest in wanted if digest in found]


def are_staged(ctx: Context, payload: _Attaching) -> RefusedError | None:
    """Refuse an act that names a file nobody here uploaded, one twice, or more files than the house rule allows."""
    named = payload.attachments
    most = limit("most")
    if len(named) > most:
        return PreconditionError(
            Text(
                f"添付は{most}件までです（{len(named)}件）。", f"At most {most} files can be attached ({len(named)})."
            ),
            code="attachments.many",
            where="attachments",
            mend=Text("まとめるか、減らしてください。", "Combine them or leave some out."),
        )
    if len(set(named)) == len(named) == len(staged(ctx.actor, named)):
        return None
    return PreconditionError(
        Text("添付ファイルがここにありません。", "An attached file is not here."),
        code="attachments.absent",
        where="attachments",
        mend=Text("ファイルをもう一度選んでください。", "Choose the file again."),
    )


def bind(ctx: Context, digests: Sequence[str], about: Bound, *, owner: uuid.UUID | None = None) -> list[Attachment]:
    """Make staged files part of the act under way; `owner` is whose information they are (default: the actor's)."""
    holder = ctx.actor.acting_organisation
    bound = []
    for file in StagedFile.objects.filter(world=ctx.world.name, organisation=holder, digest__in=list(digests)):
        bound.append(_attach(ctx, file, partial(bytes, file.content), about, holder, owner))
        file.delete()
    ctx.attached.extend(bound)
    return bound


def bind_carried(ctx: Context, carried: Carried | None, about: Bound) -> None:
    """Make the files that came with an envelope part of the act that takes it in: the addressee holds them now."""
    if carried is None:
        return
    for file in carried.files:
        _attach(ctx, file, file.read, about, carried.holder, carried.owner)


def _attach(
    ctx: Context,
    file: StagedFile | Arriving,
    read: Callable[[], bytes],
    about: Bound,
    holder: uuid.UUID,
    owner: uuid.UUID | None,
) -> Attachment:
    """Store the bytes unless they are here already, and name them as the act's."""
    if not AttachedContent.objects.filter(world=ctx.world.name, digest=file.digest).exists():
        ctx.create(AttachedContent, digest=file.digest, content=read())
    return ctx.create(
        Attachment,
        owner=owner,
        act=ctx.act,
        organisation=holder,
        subject_type=about.type,
        subject=about.id,
        digest=file.digest,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        attached_at=ctx.now,
    )


def held(ctx: Context, about: uuid.UUID, holder: uuid.UUID) -> list[Attachment]:
    """Return the files of a thing that an organisation holds."""
    return list(Attachment.objects.filter(world=ctx.world.name, subject=about, organisation=holder))


def share(ctx: Context, files: Iterable[Attachment], holder: uuid.UUID) -> None:
    """Let another organisation of this deployment hold files too; they go when the act that brought them is erased.

    Whether it may is checked where it is told of them (`ctx.tell(..., derived_from=files)`).
    """
    for file in files:
        of = {"act": file.act, "subject": file.subject, "digest": file.digest, "organisation": holder}
        if Attachment.objects.filter(world=ctx.world.name, **of).exists():
            continue
        ctx.create(
            Attachment,
            derived_from=[file],
            owner=file.owner,
            subject_type=file.subject_type,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            attached_at=ctx.now,
            **of,
        )


def erase(world: str, acts: Iterable[uuid.UUID]) -> None:
    """Erase the attachments of acts (the door is open); bytes that another act names too stay with that one."""
    gone = Attachment.objects.filter(world=world, act__in=list(acts))
    digests = set(gone.values_list("digest", flat=True))
    gone.delete()
    still = set(Attachment.objects.filter(world=world, digest__in=digests).values_list("digest", flat=True))
    AttachedContent.objects.filter(world=world, digest__in=digests - still).delete()


def content(world: str, digest: str) -> bytes:
    """Return the bytes of an attachment that has just been read through the door; `NotFoundError` once erased."""
    found = AttachedContent.objects.filter(world=world, digest=digest).first()
    if found is None:
        raise NotFoundError(digest)
    return bytes(found.content)


def listed(
    viewer: Viewer, *, act: uuid.UUID | None = None, subject: uuid.UUID | None = None
) -> Iterable[dict[str, Any]]:
    """The organisation's own attachments of an act or a thing, and when each was opened last, by how many."""
    found = Attachment.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if act is not None:
        found = found.filter(act=act)
    if subject is not None:
        found = found.filter(subject=subject)
    for row in found.values(*_FIELDS):
        read = ReadRecord.objects.filter(
            world=viewer.world, query="acts.attachment", subjects__subject=row["id"]
        ).order_by("-read_at")
        last = read.first()
        yield {**row, "opened": read.count(), "opened_at": last.read_at if last else None,
               "opened_by": last.person if last else None}  # fmt: skip


def one(viewer: Viewer, *, attachment: uuid.UUID) -> Iterable[dict[str, Any]]:
    """One attachment the organisation holds, about to be opened: this reading is recorded."""
    found = Attachment.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, id=attachment)
    yield from found.values(*_FIELDS)


QUERIES = {
    "acts.attachments": Query("acts.attachments", listed, ANYBODY, recorded=False),
    "acts.attachment": Query("acts.attachment", one, ANYBODY),
}
PREDICATES = {"attachments_staged": are_staged}
_FIELDS = (
    "id", "act", "subject_type", "subject", "digest", "name", "media_type", "size", "attached_at", "labels", "owner",
)  # fmt: skip
