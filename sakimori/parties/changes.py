"""Corrections, endings, mandates and filing windows: each an act of its own, so that the log tells who changed what."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from sakimori import law
from sakimori.errors import SakimoriError
from sakimori.law.businesses import business
from sakimori.law.decisions.notices import minister_names
from sakimori.law.roles import ADMINISTRATOR
from sakimori.parties import administration, models, sense
from sakimori.parties import payloads_changes as c
from sakimori.parties.leaving import last_day
from sakimori.record import Bound, Handler, RecordModel
from sakimori.text import Text


def filing_kinds() -> list[str]:
    """Return the act kinds by which an operator files what it owes: what a mandate to file covers."""
    return [
        kind.name
        for kind in law.kinds()
        if kind.fulfils and any(actor.organisation == "operator" for actor in kind.actors)
    ]


def _changed(payload: Any, *leave_out: str) -> dict[str, Any]:
    told: dict[str, Any] = payload.model_dump(exclude={*leave_out, "reason"}, exclude_none=True)
    return told


def _change(ctx: Any, record: RecordModel, told: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in told.items() if getattr(record, name) != value}
    if not fields:
        raise ctx.refuse("parties.unchanged", Text("変わった項目がありません。", "Nothing has changed."))
    ctx.change(record, **fields)


def _correct_organisation(ctx: Any, payload: c.CorrectOrganisation) -> Bound:
    found = ctx.get(models.Organisation, payload.organisation)
    administration.require(ctx, "correction" if payload.deployment is None else "peer", payload)
    _change(ctx, found, _changed(payload, "organisation"))
    return Bound("parties.organisation", found.id)


def _correct_designation(ctx: Any, payload: c.CorrectDesignation) -> Bound:
    found = ctx.get(models.Designation, payload.designation)
    administration.require(ctx, "designation", found)
    sense.require_designated_on(ctx, payload.designated_on)
    sense.require_order(payload.designated_on or found.designated_on, payload.withdrawn_on, "withdrawn_on")
    told = _changed(payload, "designation", "bureau")
    if payload.bureau is not None:
        told["bureau_id"] = ctx.get(models.Organisation, payload.bureau, type="regional_bureau").id
    _change(ctx, found, told)
    return Bound("parties.designation", found.id)


def _correct_facility(ctx: Any, payload: c.CorrectFacility) -> Bound:
    found = ctx.get(models.Facility, payload.facility)
    administration.require(ctx, "facility", found)
    sense.require_in_place(ctx, payload.in_place_since)
    _change(ctx, found, _changed(payload, "facility"))
    return Bound("parties.facility", found.id)


def _correct_person(ctx: Any, payload: c.CorrectPerson) -> Bound:
    found = ctx.get(models.Person, payload.person)
    administration.require_own_person(ctx, found.id)
    _change(ctx, found, _changed(payload, "person"))
    return Bound("parties.person", found.id)


def _give_mandate(ctx: Any, payload: c.GiveMandate) -> Bound:
    _require_base(ctx)
    own = ctx.actor.acting_organisation
    if payload.organisation != own:
        raise administration.not_yours()
    for person in (payload.person, payload.deputy_for):
        if person is not None and not _is_member(ctx, person, own):
            raise ctx.refuse(
                "parties.not_a_member",
                Text("この人はこの組織の役割に就いていません。", "This person holds no role in the organisation."),
                where="person",
                mend=Text("先に役割を付けてください。", "Give the person a role first."),
            )
    delegation = None
    if payload.delegate is not None:
        delegation = _delegation(ctx, payload)
    ctx.create(
        models.Mandate,
        **payload.model_dump(exclude={"organisation", "person", "delegate", "deputy_for"}),
        organisation_id=own,
        person_id=payload.person,
        delegate_id=payload.delegate,
        deputy_for_id=payload.deputy_for,
        delegation=delegation,
    )
    return Bound("parties.mandate", payload.id)


def _delegation(ctx: Any, payload: c.GiveMandate) -> models.Delegation:
    """Return the delegation a mandate to another organisation rests on; the party itself gives it, no administrator."""
    if ctx.actor.role == ADMINISTRATOR:
        raise ctx.refuse(
            "parties.mandate",
            Text(
                "他の組織への委任は、承認者が行います（当システムの定め）。",
                "Leave for another organisation is given by an approver, not an administrator (house rule).",
            ),
            where="delegate",
            mend=Text("承認者に依頼してください。", "Ask an approver."),
        )
    delegate = ctx.get(models.Organisation, payload.delegate)
    made: models.Delegation = ctx.create(
        models.Delegation,
        principal_id=payload.organisation,
        delegate=delegate,
        kinds=payload.kinds,
        valid_from=payload.valid_from,
        valid_until=payload.valid_until,
    )
    return made


def _is_member(ctx: Any, person: uuid.UUID, organisation: uuid.UUID) -> bool:
    current = Q(valid_until=None) | Q(valid_until__gte=ctx.today)
    return bool(
        models.Membership.objects.filter(
            current, person_id=person, organisation_id=organisation, world=ctx.world.base
        ).exists()
    )


def _require_base(ctx: Any) -> None:
    if ctx.world.name != ctx.world.base:
        raise ctx.refuse(
            "parties.rehearsal",
            Text(
                "リハーサルの世界は、もとの世界の当事者を使います。", "A rehearsal uses the parties of its base world."
            ),
            mend=Text("もとの世界で登録してください。", "Record it in the base world."),
        )


def _end_mandate(ctx: Any, payload: c.EndMandate) -> Bound:
    found = ctx.get(models.Mandate, payload.mandate, organisation_id=ctx.actor.acting_organisation)
    ctx.change(found, valid_until=last_day(found, payload.last_day))
    if found.delegation is not None:
        ctx.change(found.delegation, valid_until=payload.last_day)
    return Bound("parties.mandate", found.id)


def _end_delegation(ctx: Any, payload: c.EndDelegation) -> Bound:
    found = ctx.get(models.Delegation, payload.delegation, principal_id=ctx.actor.acting_organisation)
    ctx.change(found, valid_until=last_day(found, payload.last_day))
    return Bound("parties.delegation", found.id)


def _end_standing_authority(ctx: Any, payload: c.EndStandingAuthority) -> Bound:
    found = ctx.get(models.StandingAuthority, payload.standing_authority)
    administration.require(ctx, "standing_authority", found)
    ctx.change(found, valid_until=last_day(found, payload.last_day))
    return Bound("parties.standing_authority", found.id)


def _end_subscription(ctx: Any, payload: c.EndSubscription) -> Bound:
    found = ctx.get(models.Subscription, payload.subscription)
    administration.require(ctx, "subscription", found)
    ctx.change(found, ended_on=payload.last_day)
    return Bound("parties.subscription", found.id)


def _readdress(ctx: Any, payload: c.ReaddressPeer) -> Bound:
    administration.require(ctx, "peer", payload)
    peer = ctx.get(models.Peer, payload.peer)
    ctx.change(peer, url=payload.url)
    return Bound("parties.peer", peer.id)


def record_window(ctx: Any, payload: c.RecordWindow) -> Bound:
    """Record a filing window; refused for a business or minister the law does not know, or for a time it covers."""
    _require_base(ctx)
    administration.require(ctx, "window", payload)
    _require_known_words(payload)
    before = models.FilingWindow.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=payload.valid_from), world=ctx.world.base, key=payload.key
    )
    for one in before:
        if one.valid_from >= payload.valid_from:
            raise ctx.refuse(
                "parties.window",
                Text("この窓口には、同じ日かその後からの登録があります。", "A later entry of this window exists."),
                where="valid_from",
                mend=Text("先にその登録を終わらせてください。", "End that entry first."),
            )
        ctx.change(one, valid_until=date.fromordinal(payload.valid_from.toordinal() - 1))
    ctx.create(models.FilingWindow, **payload.model_dump())
    return Bound("parties.window", payload.id)


def _require_known_words(payload: c.RecordWindow) -> None:
    found = business(payload.business_type)
    if found is None:
        raise SakimoriError(
            Text("その事業は推進法50条にありません。", "The law knows no such business."),
            code="parties.window",
            where="business_type",
        )
    if payload.ministry_code not in minister_names():
        raise SakimoriError(
            Text("その大臣は共同命令にありません。", "The joint order knows no such minister."),
            code="parties.window",
            where="ministry_code",
        )


def _end_window(ctx: Any, payload: c.EndWindow) -> Bound:
    administration.require(ctx, "window", payload)
    found = ctx.get(models.FilingWindow, payload.window)
    ctx.change(found, valid_until=last_day(found, payload.last_day))
    return Bound("parties.window", found.id)


HANDLERS = {
    "parties.organisation.correct": Handler(c.CorrectOrganisation, _correct_organisation),
    "parties.designation.correct": Handler(c.CorrectDesignation, _correct_designation),
    "parties.facility.correct": Handler(c.CorrectFacility, _correct_facility),
    "parties.person.correct": Handler(c.CorrectPerson, _correct_person),
    "parties.mandate.give": Handler(c.GiveMandate, _give_mandate),
    "parties.mandate.end": Handler(c.EndMandate, _end_mandate),
    "parties.delegation.end": Handler(c.EndDelegation, _end_delegation),
    "parties.standing_authority.end": Handler(c.EndStandingAuthority, _end_standing_authority),
    "parties.subscription.end": Handler(c.EndSubscription, _end_subscription),
    "parties.peer.readdress": Handler(c.ReaddressPeer, _readdress),
    "parties.window.record": Handler(c.RecordWindow, record_window),
    "parties.window.end": Handler(c.EndWindow, _end_window),
}
