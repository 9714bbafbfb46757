"""Answers typed and not recorded yet: kept for the facility until somebody records them as one act, or drops them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from sakimori.acts import batches, clock, door
from sakimori.assets.interview import asking
from sakimori.assets.models import InterviewDraft
from sakimori.errors import SakimoriError
from sakimori.record import Viewer

KIND = "assets.scoping.answer"


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


def drop(viewer: Viewer, facility: uuid.UUID) -> None:
    """Drop what waits."""
    _found(viewer, facility).delete()


def record(viewer: Viewer, facility: uuid.UUID, rows: list[dict[str, Any]], *, key: str, client: str) -> door.Performed:
    """Record answers (`computer`, `facts`) as one act and drop the draft; what is refused leaves the draft as it is."""
    batch = batches.stage(KIND, rows, by=viewer)
    try:
        done = door.perform(
            KIND, {"facility": str(facility)}, by=viewer, idempotency_key=key, client=client, batch=batch.id
        )
    except SakimoriError:
        batches.discard(batch.id, by=viewer)
        raise
    drop(viewer, facility)
    return done
