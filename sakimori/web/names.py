"""Names for ids, where the frame looks for them, and how a viewer is called."""

from django.utils.translation import gettext

from sakimori.pages.names import organisation, organisations, people
from sakimori.record import Viewer

__all__ = ["capacity", "organisation", "organisations", "people"]


def capacity(viewer: Viewer) -> str:
    """Return for whom a viewer acts: its organisation, or “B, acting for A” where it stands in for another."""
    own = organisation(viewer, viewer.organisation)
    if viewer.on_behalf_of in (None, viewer.organisation):
        return own
    return gettext("%(own)s, acting for %(other)s") % {"own": own, "other": organisation(viewer, viewer.on_behalf_of)}
