"""The acts of this room: enrolling, designating, giving roles; one thing at a time, or a whole register at once."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from sakimori.errors import SakimoriError
from sakimori.parties import accounts, administration, changes, leaving, models, roles, sense
from sakimori.parties import payloads as p
from sakimori.parties.payloads_changes import TakeRole
from sakimori.record import Bound, Handler, Line, Payload, RecordModel
from sakimori.text import Text

_REFERENCES: Mapping[str, type[RecordModel]] = {
    "parent": models.Organisation,
    "organisation": models.Organisation,
    "designation": models.Designation,
    "minister": models.Organisation,
    "bureau": models.Organisation,
    "person": models.Person,
    "principal": models.Organisation,
    "delegate": models.Organisation,
    "recipient": models.Organisation,
}

THINGS: Mapping[str, tuple[type[p.Thing], type[RecordModel]]] = {
    "organisation": (p.EnrolOrganisation, models.Organisation),
    "designation": (p.RecordDesignation, models.Designation),
    "facility": (p.RecordFacility, models.Facility),
    "person": (p.EnrolPerson, models.Person),
    "membership": (p.GrantMembership, models.Membership),
    "delegation": (p.GiveDelegation, models.Delegation),
    "standing_authority": (p.GrantStandingAuthority, models.StandingAuthority),
    "clearance": (p.RecordClearance, models.Clearance),
    "consent": (p.GiveConsent, models.Consent),
    "peer": (p.EnrolPeer, models.Peer),
    "subscription": (p.SetSubscription, models.Subscription),
}


class LoadRegister(Payload):
    """A staged register: rows `{"thing": …, …fields}`, each after the rows it refers to."""

    title: Line


def _fields(model: type[RecordModel], payload: p.Thing) -> dict[str, Any]:
    names = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - Django's model API
    found = payload.model_dump()
    return {f"{name}_id" if name in _REFERENCES and name in names else name: value for name, value in found.items()}


def _record(ctx: Any, thing: str, payload: p.Thing, known: set[uuid.UUID] | None = None) -> Bound:
    """Record one thing, once what it refers to is found; `known` spares a register the looking up again."""
    model = THINGS[thing][1]
    if ctx.world.name != ctx.world.base and thing != "consent":
        raise ctx.refuse(
            "parties.rehearsal",
            Text(
                "リハーサルの世界は、もとの世界の当事者を使います。", "A rehearsal uses the parties of its base world."
            ),
            mend=Text("もとの世界で登録してください。", "Record it in the base world."),
        )
    administration.require(ctx, thing, payload)
    known = set() if known is None else known
    for name, kind in _REFERENCES.items():
        wanted = getattr(payload, name, None)
        if wanted is not None and wanted not in known:
            _require_known(ctx, name, kind, wanted)
            known.add(wanted)
    if model.objects.filter(id=payload.id).exists():
        raise ctx.refuse(
            "parties.twice",
            Text("この番号のものは既に登録されています。", "Something of this id is recorded already."),
            where="id",
        )
    sense.require(ctx, thing, payload)
    if isinstance(payload, p.GrantMembership):
        roles.require_grantable(ctx, payload)
    fields = _fields(model, payload)
    if thing == "standing_authority":
        fields["granted_by"] = ctx.act
    ctx.create(model, **fields)
    return Bound(f"parties.{thing}", payload.id)


def _require_known(ctx: Any, name: str, kind: type[RecordModel], wanted: uuid.UUID) -> None:
    if not kind.objects.filter(id=wanted, world=ctx.world.base).exists():
        raise ctx.refuse(
            "parties.unknown",
            Text(
                f"{name} の指すもの（{wanted}）が登録されていません。",
                f"What {name} refers to ({wanted}) is not enrolled.",
            ),
            where=name,
            mend=Text("先に登録してください。", "Enrol it first."),
        )


def _recorder(thing: str) -> Callable[[Any, p.Thing], Bound]:
    return lambda ctx, payload: _record(ctx, thing, payload)


def _load(ctx: Any, payload: LoadRegister) -> Bound:
    known: set[uuid.UUID] = set()
    line = 0
    for line, row in enumerate(ctx.items(), start=1):
        thing = str(row.pop("thing", ""))
        if thing not in THINGS:
            raise _fault(
                line, Text(f"「{thing}」は登録できる種類ではありません。", f"“{thing}” is no thing of the register.")
            )
        try:
            parsed = THINGS[thing][0].model_validate(row, strict=False)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _fault(
                line, Text(f"{thing} の {where}: {first['msg']}", f"{where} of {thing}: {first['msg']}")
            ) from None
        try:
            _record(ctx, thing, parsed, known)
        except SakimoriError as error:
            raise _fault(line, Text(f"{thing}: {error.what.ja}", f"{thing}: {error.what.en}")) from None
    if not line:
        raise ctx.refuse(
            "parties.register",
            Text("登録する行がありません。", "There is no row to record."),
            where="rows",
            mend=Text("一行に一件の表（JSON Lines）を付けてください。", "Give one thing a line (JSON Lines)."),
        )
    return Bound("parties.register", ctx.act)


def _fault(line: int, what: Text) -> SakimoriError:
    return SakimoriError(what, code="parties.register", where=f"{line}")


def _end_membership(ctx: Any, payload: p.EndMembership) -> Bound:
    membership = ctx.get(models.Membership, payload.membership)
    administration.require(ctx, "membership", membership)
    meant = payload.leaves_none or membership.world != ctx.world.name  # changing it in a rehearsal is refused below
    leaving.last_day(membership, payload.last_day)
    leaving.require_somebody_left(ctx, membership, payload.last_day, meant=meant)
    ctx.change(membership, valid_until=payload.last_day)
    return Bound("parties.membership", membership.id)


def _withdraw_consent(ctx: Any, payload: p.WithdrawConsent) -> Bound:
    consent = ctx.get(models.Consent, payload.consent, organisation_id=ctx.actor.acting_organisation)
    if consent.withdrawn_on is not None:
        raise ctx.refuse("parties.consent", Text("この同意は既に撤回されています。", "It has been withdrawn already."))
    ctx.change(consent, withdrawn_on=payload.withdrawn_on, withdrawn_reason=payload.reason)
    return Bound("parties.consent", consent.id)


def _rekey(ctx: Any, payload: p.RekeyPeer) -> Bound:
    administration.require(ctx, "peer", payload)
    peer = ctx.get(models.Peer, payload.peer, name=payload.name)
    ctx.change(peer, keys=payload.keys)
    return Bound("parties.peer", peer.id)


def _own_consent(ctx: Any, payload: p.GiveConsent) -> SakimoriError | None:
    if payload.organisation == ctx.actor.acting_organisation:
        return None
    return SakimoriError(
        Text("同意できるのは本人（当該組織）だけです。", "Only the party itself can consent."), code="parties.consent"
    )


def _own_delegation(ctx: Any, payload: p.GiveDelegation) -> SakimoriError | None:
    if payload.principal == ctx.actor.acting_organisation:
        return None
    return SakimoriError(
        Text("委任できるのは本人（当該組織）だけです。", "Only the principal itself can delegate."),
        code="parties.delegation",
    )


HANDLERS = {
    "parties.organisation.enrol": Handler(p.EnrolOrganisation, _recorder("organisation")),
    "parties.designation.record": Handler(p.RecordDesignation, _recorder("designation")),
    "parties.facility.record": Handler(p.RecordFacility, _recorder("facility")),
    "parties.person.enrol": Handler(p.EnrolPerson, _recorder("person")),
    "parties.membership.grant": Handler(p.GrantMembership, _recorder("membership")),
    "parties.membership.take": Handler(TakeRole, roles.take),
    "parties.membership.end": Handler(p.EndMembership, _end_membership),
    "parties.delegation.give": Handler(p.GiveDelegation, _recorder("delegation")),
    "parties.standing_authority.grant": Handler(p.GrantStandingAuthority, _recorder("standing_authority")),
    "parties.clearance.record": Handler(p.RecordClearance, _recorder("clearance")),
    "parties.consent.give": Handler(p.GiveConsent, _recorder("consent")),
    "parties.consent.withdraw": Handler(p.WithdrawConsent, _withdraw_consent),
    "parties.peer.enrol": Handler(p.EnrolPeer, _recorder("peer")),
    "parties.peer.rekey": Handler(p.RekeyPeer, _rekey),
    "parties.subscription.set": Handler(p.SetSubscription, _recorder("subscription")),
    "parties.register.load": Handler(LoadRegister, _load),
    "parties.register.found": Handler(LoadRegister, _load),
    **changes.HANDLERS,
    **accounts.HANDLERS,
}
PREDICATES = {
    "own_consent": _own_consent,
    "own_delegation": _own_delegation,
    "role_to_take": roles.can_be_taken,
    **accounts.PREDICATES,
}
