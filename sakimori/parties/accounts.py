"""Acts on people's means of logging in (house rules): recovery by two administrators, disabling, binding an identity.

Accounts are desk rows; that somebody's were changed, by whom and why, is in the log. Nobody recovers the own account or
one's own second person: with the link that follows, whoever holds it becomes that person here.
"""

import uuid
from typing import Annotated, Any

from django.db.models import Q
from pydantic import Field

from sakimori.errors import SakimoriError
from sakimori.parties import administration
from sakimori.parties.models import Account, Membership, Person
from sakimori.record import Bound, Handler, Line, Payload
from sakimori.text import Text

_HANGING_ON = ("authenticator_set", "identities", "invitations", "kept_forms", "usersession_set")
_ENOUGH_ADMINISTRATORS = 2


class OneAccount(Payload):
    """The person whose log-in it is, and why."""

    person: Annotated[uuid.UUID, Field(json_schema_extra={"reference": "parties.people"})]
    reason: Line


class BindIdentity(OneAccount):
    """A provider's identity (OpenID Connect: issuer and subject) for the person's log-in."""

    issuer: Annotated[str, Field(max_length=300, pattern="^https?://.+$")]
    subject: Annotated[str, Field(min_length=1, max_length=255)]


def _looks_after_account(ctx: Any, payload: OneAccount) -> SakimoriError | None:
    """Refuse one's own account, and people of other houses unless those have nobody left to do it."""
    if ctx.world.name != ctx.world.base:
        return SakimoriError(
            Text("リハーサルの世界ではログインは変更できません。", "A rehearsal changes nobody's log-in."),
            code="parties.rehearsal",
            mend=Text("もとの世界で行ってください。", "Do it in the base world."),
        )
    if payload.person in (ctx.actor.person, ctx.proposed_by):
        return SakimoriError(
            Text(
                "自分のログインを自分で（または自分の提案の確認として）扱うことはできません。",
                "Nobody handles the own log-in, and nobody confirms a proposal about it.",
            ),
            code="parties.own_account",
            article="house",
            mend=Text("別の管理者に依頼してください。", "Ask another administrator."),
        )
    houses = _houses(ctx, payload.person)
    own = ctx.actor.acting_organisation
    if houses == {own} or (
        houses and administration.runs_deployment(ctx) and _nobody_left(ctx, payload.person, houses)
    ):
        return None
    return administration.not_yours()


def _current(ctx: Any, **conditions: Any) -> Any:
    return Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=ctx.today), world=ctx.world.base, **conditions
    )


def _houses(ctx: Any, person: uuid.UUID) -> set[uuid.UUID]:
    return set(_current(ctx, person_id=person).values_list("organisation_id", flat=True))


def _nobody_left(ctx: Any, person: uuid.UUID, houses: set[uuid.UUID]) -> bool:
    """Return whether none of the person's other houses has two administrators beside the person."""
    others = _current(ctx, organisation_id__in=houses - {ctx.actor.acting_organisation}, role="administrator")
    seated: dict[uuid.UUID, set[uuid.UUID]] = {}
    for organisation, administrator in others.exclude(person_id=person).values_list("organisation_id", "person_id"):
        seated.setdefault(organisation, set()).add(administrator)
    return all(len(people) < _ENOUGH_ADMINISTRATORS for people in seated.values())


def _accounts(ctx: Any, person: uuid.UUID) -> list[Account]:
    ctx.get(Person, person)
    found = list(Account.objects.filter(person=person).order_by("id"))
    if not found:
        raise ctx.refuse(
            "parties.no_account",
            Text("この人にはログインがありません。", "This person has no log-in."),
            where="person",
            mend=Text("先に招待してください。", "Invite the person first."),
        )
    return found


def _tell(ctx: Any, person: uuid.UUID, said: Text) -> Bound:
    about = Bound("parties.person", person)
    for organisation in sorted(_houses(ctx, person)):
        ctx.tell("persons_concerned", organisation, said, about=about)
    return about


def _recover(ctx: Any, payload: OneAccount) -> Bound:
    """End the password, every factor, identity, open link and session of the person's log-in."""
    for account in _accounts(ctx, payload.person):
        for name in _HANGING_ON:
            getattr(account, name).all().delete()
        account.set_unusable_password()  # every session dies with the password it was made with
        account.save(update_fields=["password"])
    return _tell(ctx, payload.person, Text("ログインが再設定されました。", "A log-in was recovered."))


def _disable(ctx: Any, payload: OneAccount) -> Bound:
    for account in _accounts(ctx, payload.person):
        account.is_active = False
        account.save(update_fields=["is_active"])
    return _tell(ctx, payload.person, Text("ログインが停止されました。", "A log-in was disabled."))


def _enable(ctx: Any, payload: OneAccount) -> Bound:
    for account in _accounts(ctx, payload.person):
        account.is_active = True
        account.save(update_fields=["is_active"])
    return _tell(ctx, payload.person, Text("ログインの停止が解除されました。", "A log-in was enabled again."))


def _bind(ctx: Any, payload: BindIdentity) -> Bound:
    identities: Any = getattr(_accounts(ctx, payload.person)[0], "identities")  # noqa: B009 - the site's table
    if identities.model.objects.filter(issuer=payload.issuer, subject=payload.subject).exists():
        raise ctx.refuse(
            "parties.identity_taken",
            Text("この識別子は既に結び付けられています。", "This identity is bound already."),
            where="subject",
            mend=Text("先に結び付けを解いてください。", "Let it go first."),
        )
    identities.create(issuer=payload.issuer, subject=payload.subject)
    return _tell(ctx, payload.person, Text("ログインに外部の本人確認が結び付けられました。",
                                           "A provider's identity was bound to a log-in."))  # fmt: skip


HANDLERS = {
    "parties.account.recover": Handler(OneAccount, _recover),
    "parties.account.disable": Handler(OneAccount, _disable),
    "parties.account.enable": Handler(OneAccount, _enable),
    "parties.identity.bind": Handler(BindIdentity, _bind),
}
PREDICATES = {"looks_after_account": _looks_after_account}
