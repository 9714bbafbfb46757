"""An entry of the main navigation, as a room offers it in `views.NAV`."""

from collections.abc import Iterable
from dataclasses import dataclass

from sakimori.record import Viewer

ANYBODY = frozenset({("any", "any")})


@dataclass(frozen=True, slots=True)
class Nav:
    """One entry: its label (an English msgid of the room's catalogue), URL name, and who sees it.

    `roles` are (organisation type, role) pairs; `any` stands for every type, or every role but the administrator's.
    """

    label: str
    url: str
    roles: frozenset[tuple[str, str]] = ANYBODY

    def shown_to(self, viewer: Viewer) -> bool:
        """Return whether this entry is offered to the viewer."""
        return matches(viewer, self.roles)


def matches(viewer: Viewer, pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether the viewer is one of the (organisation type, role) pairs, `any` understood as in the law."""
    return any(
        organisation in ("any", viewer.organisation_type)
        and (role == viewer.role or (role == "any" and viewer.role not in ("administrator", "system")))
        for organisation, role in pairs
    )
