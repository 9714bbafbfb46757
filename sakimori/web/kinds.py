"""Which acts a viewer may perform here: what the law lists for the role, as far as some room has a handler."""

from collections.abc import Mapping

from sakimori import law
from sakimori.acts import authority, clock, registry
from sakimori.acts.errors import NotInForceError
from sakimori.record import Viewer

_BESIDE_A_THING = frozenset({"acts.proposal.make", "acts.proposal.adopt", "acts.proposal.refuse", "acts.notice.open"})
"""Kinds whose place is a button on the page of their thing, not an entry in a list."""


def performable(viewer: Viewer) -> list[law.ActKind]:
    """Return the kinds this viewer's role may perform (or propose), in the law book's order.

    Standing in for another organisation, only what that one has delegated.
    """
    given = authority.given(viewer)
    return [
        kind
        for kind in law.kinds()
        if kind.name in registry.handlers()
        and not kind.system
        and kind.name not in _BESIDE_A_THING
        and (given is None or kind.name in given)
        and authority.allowed_by_role(kind, viewer.organisation_type, viewer.role)
    ]


def settling(kinds: list[law.ActKind]) -> Mapping[str, list[law.ActKind]]:
    """Return, for each rule, which of the kinds fulfil an obligation under it: by arriving, or at once.

    The kind made for the rule comes first: a correction, which may stand in for every filing, comes after each of them.
    """
    found: dict[str, list[law.ActKind]] = {}
    for kind in sorted(kinds, key=lambda one: (not one.fulfils, len(one.fulfils))):
        for rule in (*kind.fulfils, *kind.settles):
            found.setdefault(rule, []).append(kind)
    return found


def not_in_force(kind: law.ActKind, viewer: Viewer) -> NotInForceError | None:
    """Return the refusal where the kind's article is not in force in this world, else None."""
    try:
        authority.require_in_force(kind, clock.world(viewer.world), clock.today(viewer.world))
    except NotInForceError as error:
        return error
    return None
