"""How a list differs, staged for its act as decided: what a proposal rests on is staged once and never replaced."""

import uuid
from collections.abc import Mapping

from django.db import transaction

from sakimori.acts import batches
from sakimori.acts.errors import ConflictError
from sakimori.acts.models import Batch, Proposal
from sakimori.assets import profiles
from sakimori.assets.models import Upload
from sakimori.assets.refusing import NothingNewError, UndecidedError, no_day
from sakimori.assets.sources import differences
from sakimori.record import Viewer
from sakimori.text import Text


def stage(
    viewer: Viewer, upload: Upload, kind: str, called: str, decisions: Mapping[str, str] | None, *, dated: bool
) -> None:
    """Stage how a list differs as the batch of its upload; the same list decided in the same way keeps its batch.

    Raises `UndecidedError`, `NothingNewError`, `DayError` as `intake.perform` says, `ConflictError` where the list has
    been proposed or imported with other decisions.
    """
    with transaction.atomic():
        held = Upload.objects.select_for_update().get(id=upload.id)
        upload.batch, upload.decisions = held.batch, held.decisions
        wished = dict(decisions or upload.decisions)
        if upload.batch is not None and wished == upload.decisions and _rested_on(upload.batch):
            return
        rows = _decided(viewer, upload, called, decisions, dated=dated)
        if upload.batch is not None and batches.holds(upload.batch, rows, by=viewer):
            return
        if upload.batch is not None:
            if _binds(upload.batch):
                raise _otherwise(upload)
            batches.discard(upload.batch, by=viewer)
        upload.batch, upload.decisions = batches.stage(kind, rows, by=viewer).id, wished
        upload.save(update_fields=["batch", "decisions"])


def _rested_on(batch: uuid.UUID) -> bool:
    return _binds(batch) or Proposal.objects.filter(batch=batch).exists()


def _binds(batch: uuid.UUID) -> bool:
    """Return whether an act has taken a batch in, or an open proposal is about to."""
    used = Batch.objects.filter(id=batch).exclude(used_by=None).exists()
    return used or Proposal.objects.filter(batch=batch, status="open").exists()


def _otherwise(upload: Upload) -> ConflictError:
    return ConflictError(
        Text(
            "この一覧は、別の決め方で既に提案または取り込みされています。何も変えていません。",
            "This list has been proposed or imported with other decisions; nothing was changed.",
        ),
        where=upload.key or str(upload.id),
        mend=Text(
            "その提案を取り下げるか退けるか、一覧を新しいキーで送り直してください。",
            "Have that proposal withdrawn or refused, or send the list again with a new key.",
        ),
    )


def _decided(
    viewer: Viewer, upload: Upload, called: str, decisions: Mapping[str, str] | None, *, dated: bool
) -> list[dict[str, object]]:
    found = differences.unpacked(bytes(upload.difference or b""))
    wanted = {**profiles.precedence(viewer, called), **upload.decisions, **(decisions or {})}
    rows, undecided = differences.decided(found, called, wanted)
    if undecided:
        raise UndecidedError(
            Text(
                f"ほかの一覧と食い違う項目があり、どちらを採るか決まっていません: {'、'.join(undecided)}",
                f"Another source says otherwise, and nobody has decided: {', '.join(undecided)}",
            ),
            where=", ".join(undecided),
            mend=Text(
                "項目ごとに「登録簿のまま」か「この一覧を採る」を選んでください。",
                "For each field choose the register's value or the list's.",
            ),
        )
    if not rows:
        raise NothingNewError(
            Text("登録簿と違うところがありません。", "The register says the same already; there is nothing to apply.")
        )
    if not dated and any(row["op"] == "change" for row in rows):
        raise no_day()
    return rows
