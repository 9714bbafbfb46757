"""What a proposal is to whoever looks: to be confirmed by them, their own, or somebody else's."""

from collections.abc import Mapping
from typing import Any

from sakimori import law
from sakimori.acts import authority
from sakimori.record import Viewer


def waiting_line(viewer: Viewer, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a proposal as a list shows it; `for_me` tells whether this viewer is asked to confirm it."""
    return {
        "id": row["id"],
        "title": law.kind(row["kind"]).title,
        "proposed_at": row["proposed_at"],
        "expires_at": row["expires_at"],
        "status": row["status"],
        "draft": row["person"] is None,
        "own": row["person"] == viewer.person and viewer.person is not None,
        "for_me": row["status"] == "open" and row["person"] != viewer.person and may_confirm(viewer, row["kind"]),
    }


def may_confirm(viewer: Viewer, kind: str) -> bool:
    """Return whether this viewer's role is one that confirms acts of the kind."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role, confirming=True)


def may_propose(viewer: Viewer, kind: str) -> bool:
    """Return whether this viewer's role is one that performs or proposes acts of the kind."""
    return authority.allowed_by_role(law.kind(kind), viewer.organisation_type, viewer.role)
