"""Who may record what about whom, and what a bad entry is told."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import models as fields

from sakimori import proofs
from sakimori.acts import batches, clock, door, keys, reading
from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.acts.models import Act
from sakimori.errors import SakimoriError
from sakimori.parties import models
from sakimori.parties.handlers import THINGS
from sakimori.parties.queries import viewers_of
from sakimori.record import SYSTEM, open_door
from sakimori.web import founding
from tests.support.deployment import NAME, REHEARSAL, TODAY, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

POWER, RAIL, METI = (viewer(name, "administrator") for name in ("power", "rail", "meti"))
BEGINS = {"valid_from": "2026-04-01"}


def peer_keys(name):
    now = clock.now(WORLD)
    row = keys.public_row("envelope", now)
    other = proofs.PublicKey(name, "envelope", None, bytes(reversed(row.public_key)), now - timedelta(days=1))
    return json.loads(proofs.format_keyring(proofs.KeyRing([other])))["keys"]


def entries():
    """Return, for every kind, a right payload about the organisation `power` (or about nobody here)."""
    power, vendor = str(fixed("power")), str(fixed("vendor"))
    person = str(fixed("power.viewer"))
    return {
        "parties.organisation.enrol": {
            "type": "vendor", "name_ja": "新", "name_en": "New", "deployment": NAME,
            "corporate_number": "7000012050002",
        },
        "parties.designation.record": {
            "organisation": power, "business_type": "gas", "minister": str(fixed("meti")),
            "designated_on": "2026-10-01",
        },
        "parties.facility.record": {
            "organisation": power, "designation": str(fixed("power.designation")),
            "name": f"第二{uuid.uuid4().hex[:6]}", "category": "x",
        },
        "parties.person.enrol": {"name_ja": "新人", "email": "new@example.com"},
        "parties.membership.grant": {"person": person, "organisation": power, "role": "reporter", **BEGINS},
        "parties.standing_authority.grant": {"organisation": power, "kind": "acts.proposal.make", **BEGINS},
        "parties.clearance.record": {
            "organisation": power, "restriction": "need_to_know:matter", "basis": "案件", **BEGINS,
        },
        "parties.peer.enrol": {"name": "north", "edition": "operator", "keys": peer_keys("north")},
        "parties.subscription.set": {"organisation": power, "channel": "smtp", "address": "a@example.com"},
        "parties.delegation.give": {
            "principal": power, "delegate": vendor, "kinds": ["assets.computer.change"], **BEGINS,
        },
        "parties.consent.give": {"organisation": power, "matter": "x", "given_on": TODAY},
    }  # fmt: skip


OWN = {"parties.facility.record", "parties.membership.grant", "parties.standing_authority.grant",
       "parties.subscription.set"}  # fmt: skip
RUNNERS = {"parties.organisation.enrol", "parties.designation.record", "parties.clearance.record", "parties.peer.enrol"}
PARTYS = {"parties.delegation.give", "parties.consent.give"}


def allowed(kind, by):
    before = Act.objects.count()
    try:
        door.perform(kind, {"id": str(uuid.uuid4()), **entries()[kind]}, by=by)
    except SakimoriError as error:
        if error.code not in ("act.not_authorised", "parties.not_yours", "parties.consent", "parties.delegation"):
            raise
        assert Act.objects.count() == before
        return False
    return True


@pytest.mark.parametrize("kind", sorted(OWN | RUNNERS | PARTYS | {"parties.person.enrol"}))
def test_who_may_record_it(parties, kind):
    may = {
        "its own administrator": allowed(kind, POWER),
        "another's administrator": allowed(kind, RAIL),
        "who runs the deployment": allowed(kind, METI),
        "its own approver": allowed(kind, viewer("power", "approver")),
        "its own reporter": allowed(kind, viewer("power", "reporter")),
    }
    assert {who for who, can in may.items() if can} == (
        {"its own administrator", "another's administrator", "who runs the deployment"}
        if kind == "parties.person.enrol"
        else {"its own approver"}
        if kind in PARTYS
        else {"who runs the deployment"}
        if kind in RUNNERS
        else {"its own administrator"}
        if kind == "parties.membership.grant"
        else {"its own administrator", "who runs the deployment"}
    )


def test_nobody_seats_himself_in_another_house(parties):
    """Who runs the deployment may seat the first administrator of an organisation, and nobody after that."""
    office = {"person": str(fixed("meti.administrator")), **BEGINS}
    for house, role in (
        ("cabinet", "decider"),
        ("cabinet", "administrator"),
        ("committee", "chair"),
        ("power", "approver"),
    ):
        with pytest.raises(SakimoriError) as refused:
            door.perform(
                "parties.membership.grant", {**office, "organisation": str(fixed(house)), "role": role}, by=METI
            )
        assert refused.value.code == "parties.not_yours"
    made = door.perform("parties.organisation.enrol", entries()["parties.organisation.enrol"], by=METI).subject.id
    first = {**office, "person": str(fixed("power.viewer")), "organisation": str(made), "role": "administrator"}
    door.perform("parties.membership.grant", first, by=METI)
    with pytest.raises(SakimoriError):
        door.perform("parties.membership.grant", {**first, "person": office["person"]}, by=METI)


def test_nobody_ends_a_role_in_another_house(parties):
    held = models.Membership.objects.get(person_id=fixed("power.approver"))
    ended = {"membership": str(held.id), "last_day": TODAY, "leaves_none": True}
    for stranger in (RAIL, METI):
        with pytest.raises(SakimoriError) as refused:
            door.perform("parties.membership.end", ended, by=stranger)
        assert refused.value.code == "parties.not_yours"
    door.perform("parties.membership.end", ended, by=POWER)
    assert str(models.Membership.objects.get(id=held.id).valid_until) == TODAY


def load(rows, by=METI, kind="parties.register.load"):
    batch = batches.stage(kind, rows, by=by)
    if by.is_system:
        request = door.Request(kind, {"title": "x"}, by, caused_by=founding.founding_act(), batch=batch.id)
        return door.commit(request)
    return door.perform(kind, {"title": "x"}, by=by, batch=batch.id)


def row(kind, **changed):
    thing = kind.split(".")[1]
    return {"thing": thing, **entries()[kind], **changed}


def test_a_register_is_no_way_round(parties):
    for bad, by in (
        (row("parties.membership.grant", role="approver"), METI),
        (row("parties.membership.grant", organisation=str(fixed("cabinet"))), METI),
        (row("parties.consent.give"), METI),
        (row("parties.consent.give"), POWER),
        (row("parties.delegation.give"), POWER),
        (row("parties.clearance.record"), POWER),
        (row("parties.organisation.enrol"), RAIL),
    ):
        before = models.Person.objects.count()
        with pytest.raises(SakimoriError) as refused:
            load([row("parties.person.enrol"), bad], by)
        assert (refused.value.code, refused.value.where) == ("parties.register", "2")
        assert models.Person.objects.count() == before, "nothing of it was taken in"


def test_a_register_takes_everything_in_or_nothing(parties):
    person = str(uuid.uuid4())
    good = [
        row("parties.person.enrol", id=person),
        row("parties.membership.grant", person=person),
        row("parties.facility.record"),
    ]
    load(good, POWER)
    assert models.Membership.objects.filter(person_id=person, role="reporter").exists()
    for bad, said in (
        ({"thing": "king"}, "king"),
        ({"name_ja": "x"}, "no thing"),
        (row("parties.person.enrol", email="no address"), "email"),
        (row("parties.person.enrol", surprise=1), "surprise"),
        (row("parties.person.enrol", id=person), "recorded already"),
        (row("parties.membership.grant", person=str(uuid.uuid4())), "not enrolled"),
    ):
        with pytest.raises(SakimoriError, match=said) as refused:
            load([row("parties.person.enrol"), bad], POWER)
        assert refused.value.where == "2"


@pytest.mark.parametrize("kind", sorted(OWN | RUNNERS | PARTYS))
def test_what_it_refers_to_must_be_enrolled_in_this_world(parties, kind):
    payload = entries()[kind]
    references = {"organisation", "designation", "minister", "person", "delegate"} & set(payload)
    for name in references:
        with pytest.raises(SakimoriError) as refused:
            load([row(kind, **{name: str(uuid.uuid4())})], SYSTEM(WORLD), "parties.register.found")
        assert "not enrolled" in refused.value.what.en
    assert references or kind in ("parties.organisation.enrol", "parties.peer.enrol")


def test_the_parties_of_a_rehearsal_are_those_of_its_base_world(parties):
    rehearsing = viewer("power", "administrator", REHEARSAL)
    with pytest.raises(SakimoriError) as refused:
        door.perform("parties.person.enrol", {"name_ja": "幻"}, by=rehearsing)
    assert refused.value.code == "parties.rehearsal"
    held = models.Membership.objects.get(person_id=fixed("power.approver"))
    with pytest.raises(NotFoundError):
        door.perform("parties.membership.end", {"membership": str(held.id), "last_day": TODAY}, by=rehearsing)
    world = clock.world(REHEARSAL)
    seen = viewers_of(fixed("power.approver"), REHEARSAL, world.base, clock.today(REHEARSAL))
    assert [(one.role, one.world) for one in seen] == [("approver", REHEARSAL)]


BAD = {
    "parties.organisation.enrol": [
        {"type": "king"}, {"corporate_number": "7000012050003"}, {"corporate_number": "12"}, {"location": "x" * 61},
        {"deployment": ""}, {"name_ja": " "}, {"ministry_code": "x" * 31}, {"name_ja": "\x00"},
    ],
    "parties.person.enrol": [{"email": "x"}, {"email": "a@b c"}, {"email": "a@b\nBcc: c@d"}, {"name_en": "x" * 101}],
    "parties.membership.grant": [{"role": "king"}, {"valid_from": "2026-13-01"}],
    "parties.standing_authority.grant": [{"kind": "no.such.kind"}, {"kind": "assets.notification.file"}],
    "parties.clearance.record": [
        {"restriction": "invented"}, {"restriction": "need_to_know"}, {"restriction": "secret:x"}, {"basis": "x" * 121},
    ],
    "parties.delegation.give": [{"kinds": []}, {"kinds": ["no.such.kind"]}],
    "parties.peer.enrol": [{"url": "javascript:alert(1)"}, {"name": "x" * 61}, {"edition": "king"}],
    "parties.subscription.set": [{"address": "x"}, {"channel": "webhook"}, {"channel": "fax"}],
    "parties.consent.give": [{"matter": "x" * 61}, {"given_on": "yesterday"}],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "bad"), [(kind, bad) for kind, several in BAD.items() for bad in several], ids=repr)
def test_a_bad_entry_is_told_where_and_why(parties, kind, bad):
    by = viewer("power", "approver") if kind in PARTYS else POWER if kind in OWN else METI
    with pytest.raises(PayloadError) as refused:
        door.perform(kind, {**entries()[kind], **bad}, by=by)
    assert refused.value.what.ja
    if "\x00" not in str(bad):
        assert all(fault["what"] for fault in refused.value.fields)


def test_no_text_a_form_takes_is_longer_than_its_column():
    for payload, model in THINGS.values():
        for name, field in payload.model_json_schema()["properties"].items():
            column = next((one for one in model._meta.get_fields() if one.name == name), None)
            limit = getattr(column, "max_length", None)
            if field.get("type") != "string" or limit is None or isinstance(column, fields.UUIDField):
                continue
            longest = field.get("maxLength") or max((len(value) for value in field.get("enum", [])), default=None)
            if name == "corporate_number":
                continue  # 13 digits and a check digit, tested above
            assert longest is not None, f"{payload.__name__}.{name} has no limit"
            assert longest <= limit, f"{payload.__name__}.{name}"


def test_a_consent_is_withdrawn_by_the_party_only(parties):
    consent = door.perform("parties.consent.give", entries()["parties.consent.give"], by=viewer("power", "approver"))
    withdrawn = {"consent": str(consent.subject.id), "withdrawn_on": TODAY}
    with pytest.raises(NotFoundError):
        door.perform("parties.consent.withdraw", withdrawn, by=viewer("rail", "approver"))
    door.perform("parties.consent.withdraw", withdrawn, by=viewer("power", "approver"))
    assert str(models.Consent.objects.get().withdrawn_on) == TODAY


def test_a_peer_gets_new_keys_from_who_runs_the_deployment(parties):
    made = door.perform("parties.peer.enrol", entries()["parties.peer.enrol"], by=METI).subject.id
    fresh = {"peer": str(made), "name": "north", "keys": peer_keys("north")}
    with pytest.raises(SakimoriError) as refused:
        door.perform("parties.peer.rekey", fresh, by=POWER)
    assert refused.value.code == "parties.not_yours"
    door.perform("parties.peer.rekey", fresh, by=METI)


def test_who_sees_which_parties(parties):
    def seen(by):
        return {one["id"] for one in reading.read(by, "parties.organisations", world=WORLD)}

    everybody = {fixed(name) for name in ("power", "rail", "vendor", "sector", "carrier")}
    assert everybody <= seen(viewer("meti", "officer"))
    assert seen(viewer("power", "viewer")) & everybody == {fixed("power")}
    assert {
        one["organisation_id"] for one in reading.read(viewer("meti", "officer"), "parties.designations", world=WORLD)
    } == {fixed("power")}
    assert reading.read(viewer("rail", "viewer"), "parties.facilities", world=WORLD)[0]["name"] == "rail 第一"
    with pytest.raises(NotFoundError):
        reading.read(viewer("power", "viewer"), "parties.organisations", world="real")


def test_nobody_takes_in_another_houses_people_or_writes_about_them(parties):
    rail, person = viewer("rail", "administrator"), str(fixed("power.approver"))
    granted = {"person": person, "organisation": str(fixed("rail")), "role": "viewer", "valid_from": "2026-05-01"}
    with pytest.raises(SakimoriError, match="another organisation"):
        door.perform("parties.membership.grant", granted, by=rail)
    with open_door("a membership of long ago, ended"):
        models.Membership.objects.create(
            world=WORLD,
            person_id=fixed("power.approver"),
            organisation_id=fixed("rail"),
            role="viewer",
            valid_from="2020-01-01",
            valid_until="2020-12-31",
        )
    with pytest.raises(SakimoriError, match="another organisation"):
        door.perform("parties.person.correct", {"person": person, "email": "e@example.com"}, by=rail)
