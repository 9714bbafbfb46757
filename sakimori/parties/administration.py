"""What an administrator may record about whom (house rule).

On one deployment several organisations may be enrolled, each with its administrator. An administrator looks after its
own organisation. Other organisations, other deployments, designations and clearances are recorded by administrators of
the organisation that runs the deployment (its founder); a ministry hosted there records the designations it made. In
somebody else's organisation even the runner may only seat a first administrator, so that nobody gives himself an office
in another house; and a further role of one's own takes a second person.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from sakimori.errors import SakimoriError
from sakimori.law.roles import ADMINISTRATOR
from sakimori.parties.models import Membership, Organisation
from sakimori.record.viewer import NOBODY
from sakimori.text import Text

_RUN_BY = {
    "operator": ("operator",),
    "authority": ("ministry", "cabinet_office"),
    "committee": ("committee",),
}
_OWN = {"facility", "standing_authority", "subscription", "correction"}
_ANYBODYS = {"person"}
_THE_PARTYS = {"consent": "organisation", "delegation": "principal"}


def require(ctx: Any, thing: str, payload: Any) -> None:
    """Refuse (`SakimoriError`) unless the actor may record this thing; the system's founding register may."""
    if ctx.actor.is_system or thing in _ANYBODYS:
        return
    person = getattr(payload, "person_id", None) or getattr(payload, "person", None)
    if _may(ctx, thing, payload) and not (thing == "membership" and person and _of_another_house(ctx, person)):
        return
    raise not_yours()


def require_own_person(ctx: Any, person: uuid.UUID) -> None:
    """Refuse (`SakimoriError`) unless the person belongs to the actor's organisation, or the actor runs all this."""
    houses = _current_houses(ctx, person)
    if not (ctx.actor.is_system or houses == {ctx.actor.acting_organisation} or runs_deployment(ctx)):
        raise not_yours()


def _current_houses(ctx: Any, person: uuid.UUID) -> set[uuid.UUID]:
    current = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=ctx.today), person_id=person, world=ctx.world.base
    )
    return set(current.values_list("organisation_id", flat=True))


def _of_another_house(ctx: Any, person: uuid.UUID) -> bool:
    """Return whether a person belongs to other houses only: nobody takes in another house's people one-sidedly."""
    houses = _current_houses(ctx, person)
    return bool(houses) and ctx.actor.acting_organisation not in houses and not runs_deployment(ctx)


def not_yours() -> SakimoriError:
    """Return the refusal to record what concerns another organisation."""
    return SakimoriError(
        Text(
            "他の組織のことは登録できません（当システムの定め）。",
            "This concerns another organisation: it is not yours to record (house rule).",
        ),
        code="parties.not_yours",
        article="house",
        mend=Text("その組織、またはこの設置を運用する組織の管理者に依頼してください。",
                  "Ask the administrator of that organisation, or of those who run this deployment."),
    )  # fmt: skip


def _may(ctx: Any, thing: str, payload: Any) -> bool:
    own = ctx.actor.acting_organisation
    if thing in _THE_PARTYS:
        return bool(getattr(payload, _THE_PARTYS[thing]) == own and ctx.actor.role != ADMINISTRATOR)
    concerned = getattr(payload, "organisation_id", None) or getattr(payload, "organisation", None)
    if thing in _OWN or thing == "membership":
        if concerned == own:
            return True
        return runs_deployment(ctx) and (thing != "membership" or _first_administrator(ctx, payload, concerned))
    if thing == "designation" and ctx.actor.organisation_type == "ministry":
        return bool(_minister(payload) == own)
    return runs_deployment(ctx)


def _minister(payload: Any) -> Any:
    return getattr(payload, "minister_id", None) or getattr(payload, "minister", None)


def runs_deployment(ctx: Any) -> bool:
    """Return whether the actor's organisation runs this deployment."""
    return runs_here(ctx.actor.organisation, ctx.world.base)


def runs_here(organisation: uuid.UUID | None, world: str) -> bool:
    """Return whether an organisation runs this deployment (for readings, which have no act in the making).

    That is who founded it (`run_by` in deployment.json); in a home of before that was written down, whoever of the
    edition's type had the first administrator; else the only organisation hosted here.
    """
    described = settings.SAKIMORI_DEPLOYMENT
    here = Organisation.objects.filter(world=world, deployment=described["name"])
    mine = here.filter(id=organisation or NOBODY).first()
    if mine is None:
        return False
    if described.get("run_by"):
        return str(mine.id) == str(described["run_by"])
    return _had_the_first_administrator(mine, here) or here.count() == 1


def _had_the_first_administrator(mine: Organisation, here: QuerySet[Organisation]) -> bool:
    fitting = here.filter(type__in=_RUN_BY[settings.SAKIMORI_DEPLOYMENT["edition"]])
    seated = Membership.objects.filter(organisation__in=fitting, role=ADMINISTRATOR, world=mine.world)
    first = seated.order_by("valid_from").values_list("valid_from", flat=True).first()
    return first is not None and seated.filter(organisation=mine, valid_from=first).exists()


def _first_administrator(ctx: Any, payload: Any, organisation: Any) -> bool:
    seated = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=ctx.today),
        organisation_id=organisation,
        role=ADMINISTRATOR,
        world=ctx.world.base,
    )
    return payload.role == ADMINISTRATOR and not seated.exists()
