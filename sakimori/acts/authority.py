"""May this actor do this? Deny by default: membership, role, delegation, token, each checked anew at every act."""

import uuid
from datetime import date

from django.db.models import Q

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.errors import NotAuthorisedError, NotInForceError
from sakimori.parties.models import Delegation, Membership, Organisation, StandingAuthority
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
    enrolled = Organisation.objects.filter(world=base, type=actor.organisation_type)
    organisation = enrolled.filter(id=str(actor.organisation)).first()
    if organisation is None:
        raise _refusal(kind, "組織が登録されていません。", "Your organisation is not enrolled.")
    if actor.token is not None and drafting:
        pass
    elif actor.token is not None:
        _require_standing_authority(kind, organisation.id, base, today)
    elif not is_member(actor.person, organisation.id, actor.role, base, today):
        raise _refusal(kind, "その役割に就いていません。", "You do not hold that role.")
    if actor.on_behalf_of is not None and actor.on_behalf_of != actor.organisation:
        _require_delegation(kind, actor, base, today)


def is_member(person: uuid.UUID | None, organisation: uuid.UUID | None, role: str, base: str, today: date) -> bool:
    """Return whether the person holds the role in the organisation today."""
    if person is None:
        return False
    current = Q(valid_until=None) | Q(valid_until__gte=today)
    return bool(
        Membership.objects.filter(
            current,
            person_id=person,
            organisation_id=organisation or NOBODY,
            role=role,
            world=base,
            valid_from__lte=today,
        ).exists()
    )


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


def _require_delegation(kind: law.ActKind, actor: Viewer, base: str, today: date) -> None:
    current = Q(valid_until=None) | Q(valid_until__gte=today)
    given = Delegation.objects.filter(
        current,
        principal_id=actor.acting_organisation,
        delegate_id=actor.organisation or NOBODY,
        world=base,
        valid_from__lte=today,
    )
    if not any(kind.name in delegation.kinds for delegation in given):
        raise _refusal(kind, "委任がありません。", "There is no delegation for this.")


def _refusal(kind: law.ActKind, ja: str, en: str) -> NotAuthorisedError:
    return NotAuthorisedError(
        Text(f"「{kind.title.ja}」: {ja}", f"“{kind.title.en}”: {en}"), where=kind.name, article=", ".join(kind.basis)
    )
