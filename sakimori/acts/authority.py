"""May this actor do this? Deny by default: membership, role, delegation, token, each checked anew at every act."""

import uuid
from datetime import date

from django.db.models import Q

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.errors import NotAuthorisedError, NotInForceError
from sakimori.parties.models import Delegation, Membership, Organisation, StandingAuthority, Token
from sakimori.record import Viewer
from sakimori.record.viewer import NOBODY
from sakimori.text import Text


def require_in_force(kind: law.ActKind, world: clock.World, today: date) -> None:
    """Refuse (`NotInForceError`) a kind whose article is not in force, except in a rehearsal world."""
    if world.rehearsal or law.in_force(kind.in_force_by, today):
        return
    raise NotInForceError(
        Text(
            f"「{kind.title.ja}」の根拠 {kind.in_force_by} は {today} 現在、施行されていません。",
            f"{kind.in_force_by}, which carries “{kind.title.en}”, is not in force on {today}.",
        ),
        where=kind.name,
        article=kind.in_force_by,
        mend=Text("リハーサルの世界でのみ行えます。", "It can be performed in a rehearsal world only."),
    )


def allowed_by_role(kind: law.ActKind, organisation_type: str, role: str, *, confirming: bool = False) -> bool:
    """Return whether the law lists this organisation type and role among the kind's actors.

    `any` stands for every organisation type or every role but the administrator's, who has no access to contents.
    """
    actors = kind.second_actors if confirming and kind.second_actors else kind.actors
    return any(
        actor.organisation in ("any", organisation_type)
        and (actor.role == role or (actor.role == "any" and role not in ("administrator", "system")))
        for actor in actors
    )


def require(kind: law.ActKind, actor: Viewer, *, confirming: bool = False, drafting: bool = False) -> None:
    """Refuse (`NotAuthorisedError`) unless the actor holds a role that may do this, today, for that organisation.

    A token passes for `drafting` (making a proposal) and for kinds under a standing authority, nothing else.
    """
    if not allowed_by_role(kind, actor.organisation_type, actor.role, confirming=confirming):
        raise _refusal(kind, "この役割には認められていません。", "Your role may not do this.")
    if actor.is_system:
        return
    base, today = clock.world(actor.world).base, clock.today(actor.world)
    if not is_enrolled(actor):
        raise _refusal(kind, "組織が登録されていません。", "Your organisation is not enrolled.")
    if actor.token is not None and not is_token(actor):
        raise _refusal(kind, "トークンが有効ではありません。", "The token is not valid.")
    if actor.token is not None and not drafting:
        _require_standing_authority(kind, actor.organisation or NOBODY, base, today)
    elif actor.token is None and not is_member(actor.person, actor.organisation, actor.role, base, today):
        raise _refusal(kind, "その役割に就いていません。", "You do not hold that role.")
    if actor.on_behalf_of is not None and actor.on_behalf_of != actor.organisation:
        require_delegation(kind, actor)


def is_enrolled(viewer: Viewer) -> bool:
    """Return whether the viewer's organisation is enrolled here, and of the type the viewer claims."""
    return Organisation.objects.filter(
        id=viewer.organisation or NOBODY, world=clock.world(viewer.world).base, type=viewer.organisation_type
    ).exists()


def is_token(viewer: Viewer) -> bool:
    """Return whether the viewer's token is good: for this organisation, role and world, not revoked, not run out."""
    good = Token.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=clock.wall().date()),
        id=viewer.token or NOBODY,
        organisation=viewer.organisation or NOBODY,
        role=viewer.role,
        world=viewer.world,
        revoked=False,
    )
    return viewer.person is None and good.exists()


def may_look(viewer: Viewer) -> bool:
    """Return whether the viewer is who it claims to be: role held today, organisation, token and delegation good."""
    if viewer.is_system:
        return True
    base, today = clock.world(viewer.world).base, clock.today(viewer.world)
    if not is_enrolled(viewer):
        return False
    known = is_member(viewer.person, viewer.organisation, viewer.role, base, today)
    if not (is_token(viewer) if viewer.token is not None else known):
        return False
    if viewer.on_behalf_of in (None, viewer.organisation):
        return True
    return bool(delegated(viewer.on_behalf_of, viewer.organisation, base, today))


def is_member(person: uuid.UUID | None, organisation: uuid.UUID | None, role: str, base: str, today: date) -> bool:
    """Return whether the person holds the role in the organisation today."""
    return role in roles_of(person, organisation, base, today)


def roles_of(person: uuid.UUID | None, organisation: uuid.UUID | None, base: str, today: date) -> set[str]:
    """Return the roles the person holds in the organisation today."""
    if person is None or organisation is None:
        return set()
    held = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        person_id=person,
        organisation_id=organisation,
        world=base,
        valid_from__lte=today,
    )
    return set(held.values_list("role", flat=True))


def delegated(principal: uuid.UUID | None, delegate: uuid.UUID | None, base: str, today: date) -> set[str]:
    """Return the act kinds that one organisation lets another perform in its name today."""
    given = Delegation.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        principal_id=principal or NOBODY,
        delegate_id=delegate or NOBODY,
        world=base,
        valid_from__lte=today,
    )
    return {kind for kinds in given.values_list("kinds", flat=True) for kind in kinds}


def principals(delegate: uuid.UUID | None, base: str, today: date) -> list[uuid.UUID]:
    """Return the organisations that let this one perform something in their name today."""
    given = Delegation.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        delegate_id=delegate or NOBODY,
        world=base,
        valid_from__lte=today,
    )
    return list(dict.fromkeys(given.order_by("valid_from", "id").values_list("principal_id", flat=True)))


def given(viewer: Viewer) -> frozenset[str] | None:
    """Return the act kinds a viewer may perform for whom it stands in; None where it acts for its own organisation.

    Whoever stands in sees no more of the other organisation than these kinds need (house rule).
    """
    if viewer.on_behalf_of in (None, viewer.organisation):
        return None
    base, today = clock.world(viewer.world).base, clock.today(viewer.world)
    return frozenset(delegated(viewer.on_behalf_of, viewer.organisation, base, today))


def _require_standing_authority(kind: law.ActKind, organisation: uuid.UUID, base: str, today: date) -> None:
    current = Q(valid_until=None) | Q(valid_until__gte=today)
    granted = StandingAuthority.objects.filter(
        current, organisation_id=organisation, kind=kind.name, world=base, valid_from__lte=today
    ).exists()
    if not (kind.token and granted):
        raise _refusal(
            kind,
            "トークンは人ではありません。下書き（提案）まで、または常任の授権がある行為だけを行えます。",
            "A token is not a person: it may draft (propose), or act under a standing authority for this kind.",
        )


def require_delegation(kind: law.ActKind, actor: Viewer) -> None:
    """Refuse (`NotAuthorisedError`) unless the organisation acted for has delegated the kind, today.

    The floor's own acts (proposing, opening a notice) need some delegation; what they are about is checked there.
    """
    base, today = clock.world(actor.world).base, clock.today(actor.world)
    given = delegated(actor.on_behalf_of, actor.organisation, base, today)
    if kind.name not in given and not (given and kind.room == "acts"):
        raise _refusal(kind, "委任がありません。", "There is no delegation for this.")


def _refusal(kind: law.ActKind, ja: str, en: str) -> NotAuthorisedError:
    return NotAuthorisedError(
        Text(f"「{kind.title.ja}」: {ja}", f"“{kind.title.en}”: {en}"), where=kind.name, article=", ".join(kind.basis)
    )
