"""Drafts of the report form: whatever was typed is kept on the server, faults and all, and never leaves."""

import uuid
from collections.abc import Mapping
from typing import Any

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.incidents.models import Case, Draft
from sakimori.record import Viewer
from sakimori.record.fences import seen_as


def save(viewer: Viewer, case: uuid.UUID, content: Mapping[str, Any]) -> None:
    """Keep what was typed for a case of the viewer's organisation; `NotFoundError` for any other."""
    with seen_as(viewer):
        _require_own(viewer, case)
        Draft.objects.update_or_create(
            world=viewer.world,
            case=case,
            defaults={
                "organisation": viewer.acting_organisation,
                "content": dict(content),
                "saved_by": viewer.person,
                "saved_at": clock.now(viewer.world),
            },
        )


def load(viewer: Viewer, case: uuid.UUID) -> dict[str, Any]:
    """Return what was typed last for a case of the viewer's organisation; empty where nothing was."""
    with seen_as(viewer):
        _require_own(viewer, case)
        found = Draft.objects.filter(world=viewer.world, case=case).first()
    return dict(found.content) if found else {}


def _require_own(viewer: Viewer, case: uuid.UUID) -> None:
    if viewer.role not in ("reporter", "approver") or viewer.organisation_type != "operator":
        raise NotFoundError(str(case))
    own = Case.objects.filter(id=case, world=viewer.world, organisation=viewer.acting_organisation)
    if viewer.acting_organisation is None or not own.exists():
        raise NotFoundError(str(case))
