"""Which roles may be given to whom (house rule): those the type of organisation has, and none to oneself alone."""

import uuid
from typing import Any

from sakimori.errors import SakimoriError
from sakimori.law.roles import ADMINISTRATOR, roles_of_type
from sakimori.law.vocabulary import ORGANISATION_WORDS, ROLE_WORDS
from sakimori.parties.models import Membership, Organisation
from sakimori.parties.payloads import GrantMembership
from sakimori.parties.payloads_changes import TakeRole
from sakimori.record import Bound
from sakimori.record.viewer import NOBODY
from sakimori.text import Text


def require_grantable(ctx: Any, payload: GrantMembership) -> None:
    """Refuse (`SakimoriError`) a role the organisation's type does not have, and one given to oneself."""
    require_role_of_type(ctx, payload.organisation, payload.role)
    if ctx.actor.is_system or payload.person != ctx.actor.person:
        return
    if not may_take_alone(ctx.actor.person, payload.organisation, payload.role, ctx.world.base):
        raise _own_role()


def require_role_of_type(ctx: Any, organisation: uuid.UUID | None, role: str) -> None:
    """Refuse (`SakimoriError`) a role that this type of organisation does not have."""
    found = Organisation.objects.filter(id=organisation or NOBODY, world=ctx.world.base).first()
    if found is None or role in roles_of_type(found.type):
        return
    kind, word = ORGANISATION_WORDS[found.type], ROLE_WORDS[role]
    known = [ROLE_WORDS[one] for one in roles_of_type(found.type)]
    raise SakimoriError(
        Text(
            f"{kind.ja}に「{word.ja}」の役割はありません。",
            f"There is no {word.en} in this type of organisation ({kind.en}).",
        ),
        code="parties.role",
        where="role",
        article="house",
        mend=Text(
            f"次の中から選んでください: {'、'.join(one.ja for one in known)}。",
            f"Choose one of: {', '.join(one.en for one in known)}.",
        ),
    )  # fmt: skip


def may_take_alone(person: uuid.UUID | None, organisation: uuid.UUID | None, role: str, world: str) -> bool:
    """Return whether somebody may give himself a role: the lone first administrator, one that nobody ever held.

    So that a house can be set up by one person; what is filed still takes two.
    """
    seats = Membership.objects.filter(organisation_id=organisation or NOBODY, world=world)
    lone = not seats.filter(role=ADMINISTRATOR).exclude(person_id=person).exists()
    return lone and not seats.filter(role=role).exists()


def _own_role() -> SakimoriError:
    return SakimoriError(
        Text(
            "自分に役割を付けるには、もう一人の確認が要ります（当システムの定め）。",
            "A further role for yourself takes a second person (house rule).",
        ),
        code="parties.own_role",
        where="person",
        article="house",
        mend=Text(
            "別の管理者に付けてもらうか、「自分の役割の追加」を提案し、別の人に確認してもらってください。",
            "Let another administrator give it, or propose “Take a further role” and have somebody else confirm it.",
        ),
    )


def can_be_taken(ctx: Any, payload: TakeRole) -> SakimoriError | None:
    """Refuse a role the proposer's organisation does not have, or that the proposer holds already."""
    if ctx.world.name != ctx.world.base:
        return SakimoriError(
            Text(
                "リハーサルの世界は、もとの世界の当事者を使います。", "A rehearsal uses the parties of its base world."
            ),
            code="parties.rehearsal",
            mend=Text("もとの世界で登録してください。", "Record it in the base world."),
        )  # fmt: skip
    try:
        require_role_of_type(ctx, ctx.actor.organisation, payload.role)
    except SakimoriError as refusal:
        return refusal
    held = Membership.objects.filter(
        person_id=ctx.proposed_by or ctx.actor.person,
        organisation_id=ctx.actor.organisation,
        role=payload.role,
        world=ctx.world.base,
        valid_until=None,
    )
    if held.exists():
        return SakimoriError(
            Text("この役割は既に付いています。", "The role is held already."), code="parties.twice", where="role"
        )
    return None


def take(ctx: Any, payload: TakeRole) -> Bound:
    """Give the proposer the role, once somebody else has confirmed it."""
    made = ctx.create(
        Membership,
        **payload.model_dump(),
        person_id=ctx.proposed_by,
        organisation_id=ctx.actor.organisation,
    )
    return Bound("parties.membership", made.id)
