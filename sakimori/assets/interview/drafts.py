"""Answers typed and not recorded yet: kept for the facility until somebody records them as one act, or drops them."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from sakimori.acts import batches, clock, door
from sakimori.acts.errors import ConflictError
from sakimori.assets.interview import asking
from sakimori.assets.models import Computer, InterviewDraft
from sakimori.record import Viewer
from sakimori.record.turn import organisations_turn, turn
from sakimori.text import Text

KIND = "assets.scoping.answer"
_AT_ONCE = 500


def _found(viewer: Viewer, facility: uuid.UUID) -> Any:
    return InterviewDraft.objects.filter(world=viewer.world, organisation=viewer.acting_organisation, facility=facility)


def draft(viewer: Viewer, facility: uuid.UUID) -> InterviewDraft | None:
    """Return the draft of a facility, None where nothing waits to be recorded."""
    found: InterviewDraft | None = _found(viewer, facility).first()
    return found if found and found.answers else None


def answers(viewer: Viewer, facility: uuid.UUID) -> dict[str, dict[str, Any]]:
    """Return the answers that wait: computer id → fact → value."""
    kept = draft(viewer, facility)
    return asking.unpacked(kept.answers) if kept else {}


def keep(
    viewer: Viewer, facility: uuid.UUID, said: Iterable[tuple[Iterable[str], Mapping[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Keep what was said of some computers beside what waits already; return everything that waits."""
    with transaction.atomic():
        kept, _ = InterviewDraft.objects.select_for_update().get_or_create(
            world=viewer.world,
            organisation=viewer.acting_organisation,
            facility=facility,
            defaults={"changed_at": clock.now(viewer.world)},
        )
        found = asking.unpacked(kept.answers)
        for computers, facts in said:
            found = asking.merged(found, computers, facts)
        kept.answers, kept.person, kept.changed_at = asking.packed(found), viewer.person, clock.now(viewer.world)
        kept.save()
    return found


def digest(said: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what tells whether the answers that wait are still those that a page showed."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def drop(viewer: Viewer, facility: uuid.UUID, *, seen: str = "") -> None:
    """Drop what waits; `ConflictError` where others have answered since a page showed it (`seen`, its digest)."""
    with transaction.atomic():
        kept = _locked(viewer, facility)
        _require_seen(kept, seen)
        if kept is not None:
            kept.delete()


def record(
    viewer: Viewer, facility: uuid.UUID, rows: list[dict[str, Any]], *, key: str, client: str, seen: str = ""
) -> door.Performed:
    """Record answers (`computer`, `facts`) as one act and take them, and no others, out of the draft.

    What is refused leaves the draft as it is. Raises `ConflictError` where one of the answers has been changed since,
    or where others have been given since a page showed them (`seen`, its digest).
    """
    with turn(), transaction.atomic():
        organisations_turn(viewer.world, viewer.acting_organisation)
        kept = _locked(viewer, facility)
        _require_seen(kept, seen)
        waiting = asking.unpacked(kept.answers) if kept is not None else {}
        if kept is None or any(dict(row["facts"]).items() - waiting.get(row["computer"], {}).items() for row in rows):
            raise _changed()
        batch = batches.stage(KIND, rows, by=viewer)
        done = door.perform(
            KIND, {"facility": str(facility)}, by=viewer, idempotency_key=key, client=client, batch=batch.id
        )
        for row in rows:
            waiting = asking.merged(waiting, [row["computer"]], dict.fromkeys(row["facts"]))
        kept.answers = asking.packed(_still_asked(viewer, facility, waiting))
        if kept.answers:
            kept.save()
        else:
            kept.delete()
    return done


def _locked(viewer: Viewer, facility: uuid.UUID) -> InterviewDraft | None:
    found: InterviewDraft | None = _found(viewer, facility).select_for_update().first()
    return found


def _require_seen(kept: InterviewDraft | None, seen: str) -> None:
    if seen and seen != digest(asking.unpacked(kept.answers) if kept is not None else {}):
        raise _changed()


def _changed() -> ConflictError:
    return ConflictError(
        Text(
            "この画面を表示した後に、ほかの人が回答を加えたか変えました。何も記録も破棄もしていません。",
            "Somebody has added or changed answers since this page was shown; nothing was recorded or dropped.",
        ),
        mend=Text(
            "下の新しい内容を確かめてから、もう一度行ってください。", "Look at what waits now, then do it again."
        ),
    )


def _still_asked(viewer: Viewer, facility: uuid.UUID, waiting: asking.Answers) -> dict[str, dict[str, Any]]:
    """Return of the answers that wait those that no record has overtaken: the computer is in use, the fact unknown."""
    found = Computer.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, facility=facility
    ).exclude(status="retired")
    left: dict[str, dict[str, Any]] = {}
    wanted = list(waiting)
    for place in range(0, len(wanted), _AT_ONCE):
        for identity, known in found.filter(id__in=wanted[place : place + _AT_ONCE]).values_list("id", "facts"):
            said = waiting[str(identity)]
            if open_facts := {fact: value for fact, value in said.items() if known.get(fact) is None}:
                left[str(identity)] = open_facts
    return left
