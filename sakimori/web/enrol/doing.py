"""From what was entered to acts: each function performs the acts of one step and returns what the page tells after."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from sakimori import law
from sakimori.acts import clock
from sakimori.errors import SakimoriError
from sakimori.law.authorities import authorities, authority
from sakimori.law.businesses import business
from sakimori.parties.changes import filing_kinds
from sakimori.parties.founding import UNCONNECTED
from sakimori.parties.models import Account, Membership, Organisation, Peer
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web.access.invitations import invite
from sakimori.web.enrol import forms
from sakimori.web.enrol.card import Card
from sakimori.web.enrol.entering import Doing

OPERATOR_ROLES = ("reporter", "approver", "viewer", "administrator")


def base(viewer: Viewer) -> str:
    """Return the world the viewer's parties live in."""
    return clock.world(viewer.world).base


def roles_for(organisation_type: str) -> list[str]:
    """Return the roles the law's act kinds know for a type of organisation, the administrator's last."""
    named = {
        actor.role
        for kind in law.kinds()
        for actor in (*kind.actors, *kind.second_actors)
        if actor.organisation == organisation_type
    }
    return [*sorted(named - {"any", "administrator", "system"}), "administrator"]


def correct_organisation(doing: Doing, told: forms.OrganisationForm) -> dict[str, Any]:
    """Correct the organisation's names, number and address."""
    payload = {"organisation": str(doing.viewer.acting_organisation), **told.model_dump(mode="json")}
    doing.act("parties.organisation.correct", payload)
    return {}


def designate(doing: Doing, told: forms.DesignationForm) -> dict[str, Any]:
    """Record a designation under the minister chosen, or the usual one of the business."""
    found = business(told.business)
    minister = authority(told.minister or (found.ministers[0] if found else ""))
    if found is None or minister is None:
        raise SakimoriError(
            Text("その事業または大臣は一覧にありません。", "The law knows no such business or minister."),
            code="enrol.business",
            where="business",
        )
    done = doing.act(
        "parties.designation.record",
        {
            "organisation": str(doing.viewer.acting_organisation),
            "business_type": told.business,
            "minister": str(_enrolled(doing.viewer, minister.code)),
            "designated_on": told.designated_on.isoformat(),
            "successor": told.successor,
        },
    )
    if not told.facility:
        return {}
    since = told.in_place_since.isoformat() if told.in_place_since else ""
    if len(found.facilities) > 1:
        return {"carry": {"name": told.facility, "in_place_since": since}}
    facility = forms.FacilityForm(
        category=f"{done.subject.id}|{found.facilities[0].ja}", name=told.facility, in_place_since=told.in_place_since
    )
    return add_facility(doing, facility)


def _enrolled(viewer: Viewer, code: str) -> uuid.UUID:
    """Return the organisation enrolled here for a minister: the well-known one, or one of that ministry code."""
    known = authority(code)
    rows = Organisation.objects.filter(world=base(viewer), type="ministry")
    if known is not None and rows.filter(id=known.id).exists():
        return known.id
    found: uuid.UUID | None = rows.filter(ministry_code=code).values_list("id", flat=True).first()
    if found is None:
        raise SakimoriError(
            Text("この大臣はここに登録されていません。", "This minister is not enrolled here."),
            code="enrol.minister",
            where="minister",
            mend=Text("先に「組織の登録」で登録してください。", "Enrol it first (Enrol an organisation)."),
        )
    return found


def add_facility(doing: Doing, told: forms.FacilityForm) -> dict[str, Any]:
    """Record a facility under one of the organisation's designations."""
    designation, _, category = told.category.partition("|")
    category = told.other or category
    if not category:
        raise SakimoriError(
            Text("設備の区分を選ぶか、入力してください。", "Choose the kind of facility, or enter its wording."),
            code="enrol.category",
            where="other",
        )
    payload: dict[str, Any] = {
        "organisation": str(doing.viewer.acting_organisation),
        "designation": designation,
        "name": told.name,
        "category": category,
    }
    if told.in_place_since:
        payload["in_place_since"] = told.in_place_since.isoformat()
    done = doing.act("parties.facility.record", payload)
    return {"facility": done.subject.id}


def invite_operator_person(doing: Doing, told: forms.PersonForm) -> dict[str, Any]:
    """Enrol somebody with the roles ticked, and make the one-time link."""
    roles = [role for role in OPERATOR_ROLES if getattr(told, role)]
    return _invite(doing, told.model_dump(mode="json"), roles, doing.viewer.acting_organisation)


def invite_staff(doing: Doing, told: forms.StaffForm) -> dict[str, Any]:
    """Enrol somebody with one role, and make the one-time link."""
    return _invite(doing, told.model_dump(mode="json"), [told.role], doing.viewer.acting_organisation)


def _invite(doing: Doing, told: Mapping[str, Any], roles: list[str], organisation: uuid.UUID | None) -> dict[str, Any]:
    if not roles:
        raise SakimoriError(
            Text("役割を一つ以上選んでください。", "Choose at least one role."), code="enrol.role", where="reporter"
        )
    if Account.objects.filter(login__iexact=told["login"]).exists() and not doing.repeated:
        person = {"name_ja": told["name_ja"], "name_en": told["name_en"], "email": told["email"]}
        done = _earlier(doing, person)
        if done is None:
            raise SakimoriError(
                Text("このログイン名は既に使われています。", "This log-in name is taken."),
                code="enrol.login",
                where="login",
                mend=Text("別のログイン名にしてください。", "Choose another one."),
            )
        return done
    done_person = doing.act(
        "parties.person.enrol", {"name_ja": told["name_ja"], "name_en": told["name_en"], "email": told["email"]}
    )
    person_id = done_person.subject.id
    grant(doing, person_id, roles, organisation, told.get("last_day"))
    account = Account.objects.create_account(told["login"], person_id, None)
    return {"name": told["name_ja"], "login": told["login"], "link": invite(account.pk)}


def _earlier(doing: Doing, person: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the same submission did before (a page sent twice), or None where the name belongs to another."""
    from sakimori.acts.errors import IdempotencyError  # noqa: PLC0415 - kept beside its only use
    from sakimori.acts.models import Idempotency  # noqa: PLC0415

    key = f"{doing.key}:{doing.count + 1}"
    if not doing.key or not Idempotency.objects.filter(world=doing.viewer.world, key=key).exists():
        return None
    try:
        done = doing.act("parties.person.enrol", person)
    except IdempotencyError:
        return None
    account = Account.objects.filter(person=done.subject.id).first()
    return {"name": person["name_ja"], "login": account.login if account else "", "link": "", "repeated": True}


def grant(
    doing: Doing,
    person: uuid.UUID,
    roles: list[str],
    organisation: uuid.UUID | None,
    last_day: str | None = None,
    first_day: str = "",
) -> None:
    """Give a person roles in an organisation."""
    for role in roles:
        payload = {
            "person": str(person),
            "organisation": str(organisation),
            "role": role,
            "valid_from": first_day or clock.today(doing.viewer.world).isoformat(),
        }
        if last_day:
            payload["valid_until"] = last_day
        doing.act("parties.membership.grant", payload)


def link_anew(viewer: Viewer, person: uuid.UUID) -> dict[str, Any]:
    """Return a new one-time link for somebody of the viewer's organisation who has no password yet."""
    member = Membership.objects.filter(
        person_id=person, organisation_id=viewer.acting_organisation, world=base(viewer)
    ).select_related("person")
    account = Account.objects.filter(person=person, is_active=True).first()
    row = member.first()
    if row is None or account is None or account.has_usable_password():
        raise SakimoriError(
            Text(
                "この人には新しいリンクを作れません。パスワードを忘れた場合は再設定の手続です。",
                "No new link for this person. A forgotten password goes by recovery.",
            ),
            code="enrol.link",
        )
    return {"name": row.person.name_ja, "login": account.login, "link": invite(account.pk)}


def mandate(doing: Doing, told: forms.MandateForm) -> dict[str, Any]:
    """Give leave to file to a person of the house, or to another organisation."""
    payload = told.model_dump(mode="json", exclude={"to"}, exclude_none=True)
    what, _, who = told.to.partition(":")
    payload |= {
        "organisation": str(doing.viewer.acting_organisation),
        "kinds": filing_kinds(),
        "person" if what == "person" else "delegate": who,
    }
    done = doing.act("parties.mandate.give", payload)
    return {"mandate": done.subject.id}


def connect(doing: Doing, card: Card) -> dict[str, Any]:
    """Take in a card: the other deployment, whom it hosts, and the designations it brings for ministers hosted here."""
    world = base(doing.viewer)
    known = Peer.objects.filter(world=world, name=card.name).first()
    if known is None:
        doing.act(
            "parties.peer.enrol", {"name": card.name, "edition": card.edition, "url": card.url, "keys": card.keys}
        )
    else:
        if known.keys != card.keys:
            doing.act("parties.peer.rekey", {"peer": str(known.id), "name": card.name, "keys": card.keys})
        if known.url != card.url:
            doing.act("parties.peer.readdress", {"peer": str(known.id), "url": card.url})
    enrolled = [one["id"] for one in card.organisations if _host(doing, one, card)]
    for one in card.designations:
        _take_designation(doing, one, enrolled)
    return {"peer": card.name, "hosted": len(enrolled)}


def _host(doing: Doing, one: Mapping[str, Any], card: Card) -> bool:
    """Enrol an organisation a card brings, or say where an authority is hosted; never move one hosted elsewhere."""
    found = Organisation.objects.filter(id=one["id"], world=base(doing.viewer)).first()
    authorities_ids = {str(each.id) for each in authorities()}
    if found is None:
        if card.edition == "operator" and one["type"] != "operator":
            return False
        doing.act("parties.organisation.enrol", {**one, "deployment": card.name})
        return True
    if found.deployment == card.name:
        return True
    may_move = found.deployment == UNCONNECTED and not (card.edition == "operator" and one["id"] in authorities_ids)
    if may_move:
        told = {"organisation": one["id"], "deployment": card.name, "reason": card.name}
        doing.act("parties.organisation.correct", told)
    return may_move


def _take_designation(doing: Doing, one: Mapping[str, Any], enrolled: list[str]) -> None:
    """Record a designation a card tells of, where its minister is hosted here and it is not recorded yet."""
    from sakimori.parties.models import Designation  # noqa: PLC0415 - kept beside its only use

    here = Organisation.objects.filter(
        id=str(one.get("minister")), world=base(doing.viewer), deployment=settings.SAKIMORI_DEPLOYMENT["name"]
    )
    known = Designation.objects.filter(id=str(one.get("id"))).exists()
    own = doing.viewer.organisation_type != "ministry" or str(doing.viewer.acting_organisation) == one.get("minister")
    if one.get("organisation") in enrolled and own and not known and here.exists():
        doing.act("parties.designation.record", one)


def host_operator(doing: Doing, told: forms.OperatorForm) -> dict[str, Any]:
    """Enrol an operator without an installation of its own, designated by the viewer's minister, and its first person.

    Its first administrator is seated by an act of whoever runs this deployment; everybody else it invites itself.
    """
    own = doing.viewer.acting_organisation
    done = doing.act(
        "parties.organisation.enrol",
        {
            "type": "operator",
            "deployment": settings.SAKIMORI_DEPLOYMENT["name"],
            **told.model_dump(mode="json", include={"name_ja", "name_en", "corporate_number", "address"}),
        },
    )
    operator = done.subject.id
    found = business(told.business)
    minister = own if doing.viewer.organisation_type == "ministry" else None
    if minister is None and found is not None:
        minister = _enrolled(doing.viewer, found.ministers[0])
    doing.act(
        "parties.designation.record",
        {
            "organisation": str(operator),
            "business_type": told.business,
            "minister": str(minister),
            "designated_on": told.designated_on.isoformat(),
        },
    )
    person = {"name_ja": told.admin_name, "name_en": "", "login": told.login, "email": told.email}
    return _invite(doing, person, ["administrator"], operator)
