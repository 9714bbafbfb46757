"""Reading for pages: through the door, with a soft answer where a role may not use a query."""

from typing import Any

from django.http import HttpRequest

from sakimori.acts import reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.record import Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who looks; the frame's middleware has put it there for every page that is not public."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def rows_or_none(viewer: Viewer, query: str, **arguments: Any) -> list[dict[str, Any]] | None:
    """Return the rows of a query, or None where the viewer's role may not use it (the page leaves that part out)."""
    try:
        return reading.read(viewer, query, **arguments)
    except NotAuthorisedError:
        return None
