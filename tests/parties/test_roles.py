"""Roles: only those of the type of house, a further one of one's own by two people, endings, who runs it."""

import uuid

import pytest
from django.conf import settings

from sakimori.acts import door, proposals
from sakimori.errors import SakimoriError
from sakimori.law.roles import roles_of_type
from sakimori.parties import models
from sakimori.parties.administration import runs_here
from tests.support.deployment import NAME, ORGANISATIONS, ROLES, TODAY, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

POWER, METI, MLIT = (viewer(name, "administrator") for name in ("power", "meti", "mlit"))
APPROVER = viewer("power", "approver")


def granted(role, person="power.viewer", organisation="power", **changed):
    return {"person": str(fixed(person)), "organisation": str(fixed(organisation)), "role": role,
            "valid_from": TODAY, **changed}  # fmt: skip


def refusal(kind, payload, by=POWER):
    with pytest.raises(SakimoriError) as refused:
        door.perform(kind, payload, by=by)
    return refused.value


def test_every_role_of_the_test_parties_is_one_of_their_type():
    for kind, _, _ in ORGANISATIONS.values():
        assert set(ROLES[kind]) <= set(roles_of_type(kind))
        assert roles_of_type(kind)[-1] == "administrator"
    assert "decider" not in roles_of_type("operator")
    assert roles_of_type("jpcert") == ("liaison", "administrator")


def test_a_role_the_type_of_house_does_not_have_is_refused_and_the_right_ones_are_named(parties):
    refused = refusal("parties.membership.grant", granted("decider"))
    assert (refused.code, refused.where) == ("parties.role", "role")
    assert "報告担当" in refused.mend.ja
    with pytest.raises(SakimoriError):
        proposals.propose("parties.membership.take", {"role": "chair", "valid_from": TODAY}, by=POWER)


def test_an_administrator_gives_himself_no_further_role_but_two_people_do(parties):
    for role in ("approver", "reporter"):
        refused = refusal("parties.membership.grant", granted(role, "power.administrator"))
        assert refused.code == "parties.own_role"
        assert refused.mend.ja
    made = proposals.propose("parties.membership.take", {"role": "reporter", "valid_from": TODAY}, by=POWER)
    with pytest.raises(SakimoriError):
        proposals.confirm(made.id, by=POWER)
    assert not models.Membership.objects.filter(person_id=POWER.person, role="reporter").exists()
    proposals.confirm(made.id, by=APPROVER)
    given = models.Membership.objects.get(person_id=POWER.person, role="reporter")
    assert (given.organisation_id, str(given.valid_from)) == (fixed("power"), TODAY)
    with pytest.raises(SakimoriError) as twice:
        proposals.propose("parties.membership.take", {"role": "reporter", "valid_from": TODAY}, by=POWER)
    assert twice.value.code == "parties.twice"


def test_another_administrator_is_a_second_person(parties):
    door.perform("parties.membership.grant", granted("administrator"), by=POWER)
    other = viewer("power", "viewer")
    other = type(other)(other.person, other.organisation, "operator", "administrator", WORLD)
    door.perform("parties.membership.grant", granted("reporter", "power.administrator"), by=other)


def test_the_lone_first_administrator_takes_what_nobody_ever_held(parties):
    """Set-up by one person goes on; once somebody held the role, or another administrator came, it takes two."""
    new = {"type": "vendor", "name_ja": "新", "name_en": "New", "deployment": NAME}
    house = str(door.perform("parties.organisation.enrol", new, by=METI).subject.id)
    person = str(door.perform("parties.person.enrol", {"name_ja": "一人目"}, by=METI).subject.id)
    first = {"person": person, "organisation": house, "role": "administrator", "valid_from": TODAY}
    door.perform("parties.membership.grant", first, by=METI)
    one = type(METI)(uuid.UUID(person), uuid.UUID(house), "vendor", "administrator", WORLD)
    contact = {**first, "role": "vendor_contact"}
    made = door.perform("parties.membership.grant", contact, by=one).subject.id
    door.perform("parties.membership.end", {"membership": str(made), "last_day": TODAY, "leaves_none": True}, by=one)
    assert refusal("parties.membership.grant", contact, one).code == "parties.own_role"


def test_only_the_founder_runs_a_deployment_and_a_hosted_ministry_keeps_its_designations(parties, monkeypatch):
    monkeypatch.setitem(settings.SAKIMORI_DEPLOYMENT, "run_by", str(fixed("meti")))
    assert [name for name in ORGANISATIONS if runs_here(fixed(name), WORLD)] == ["meti"]
    peer = {"type": "vendor", "name_ja": "新", "name_en": "New", "deployment": NAME}
    assert refusal("parties.organisation.enrol", peer, MLIT).code == "parties.not_yours"
    door.perform("parties.organisation.enrol", peer, by=METI)
    for minister, by in (("mlit", MLIT), ("meti", METI)):
        told = {"organisation": str(fixed("power")), "business_type": "gas", "minister": str(fixed(minister)),
                "designated_on": "2026-10-01"}  # fmt: skip
        door.perform("parties.designation.record", told, by=by)
    told["business_type"], told["minister"] = "water", str(fixed("mlit"))
    assert refusal("parties.designation.record", told, METI).code == "parties.not_yours"


def test_a_home_of_before_is_run_by_whoever_had_the_first_administrator(parties, monkeypatch):
    monkeypatch.setitem(settings.SAKIMORI_DEPLOYMENT, "run_by", "")
    assert runs_here(fixed("meti"), WORLD)
    assert not runs_here(fixed("power"), WORLD)
    new = {"type": "ministry", "name_ja": "後の大臣", "name_en": "Later", "deployment": NAME}
    later = door.perform("parties.organisation.enrol", new, by=METI).subject.id
    seat = {**granted("administrator"), "organisation": str(later)}
    door.perform("parties.membership.grant", seat, by=METI)
    assert not runs_here(later, WORLD)


def held(role, organisation="power"):
    return models.Membership.objects.get(person_id=fixed(f"{organisation}.{role}"), role=role)


def test_a_role_does_not_end_before_it_began(parties):
    ended = {"membership": str(held("reporter").id), "last_day": "2026-03-01", "leaves_none": True}
    refused = refusal("parties.membership.end", ended)
    assert (refused.code, refused.where) == ("parties.day", "last_day")
    assert "2026-04-01" in refused.mend.en
    coming = door.perform("parties.membership.grant", granted("reporter", valid_from="2027-04-01"), by=POWER).subject.id
    door.perform("parties.membership.end", {"membership": str(coming), "last_day": "2027-03-31"}, by=POWER)


def test_one_person_is_not_left_to_prepare_and_to_confirm_unless_that_is_meant(parties):
    door.perform("parties.membership.grant", granted("reporter", "power.approver"), by=POWER)
    ended = {"membership": str(held("reporter").id), "last_day": TODAY}
    refused = refusal("parties.membership.end", ended)
    assert (refused.code, refused.where) == ("parties.one_person", "leaves_none")
    door.perform("parties.membership.grant", granted("reporter"), by=POWER)
    door.perform("parties.membership.end", ended, by=POWER)


@pytest.mark.parametrize(
    ("kind", "wrong", "code", "where"),
    [
        ("designation", {"designated_on": "2027-01-01"}, "parties.day", "designated_on"),
        ("designation", {"designated_on": "1926-10-01"}, "parties.day", "designated_on"),
        ("designation", {"business_type": "electricity"}, "parties.twice", "business_type"),
        ("facility", {"in_place_since": "2062-01-01"}, "parties.day", "in_place_since"),
        ("facility", {"name": "power 第一", "category": "発電設備の監視制御システム"}, "parties.twice", "name"),
        ("membership", {"valid_until": "2020-01-01"}, "parties.day", "valid_until"),
    ],
)
def test_what_cannot_be_so_or_is_there_already_is_refused_by_its_field(parties, kind, wrong, code, where):
    power = str(fixed("power"))
    right = {
        "designation": {"organisation": power, "business_type": "gas", "minister": str(fixed("meti")),
                        "designated_on": TODAY},
        "facility": {"organisation": power, "designation": str(fixed("power.designation")), "name": "x",
                     "category": "x", "in_place_since": TODAY},
        "membership": granted("reporter", valid_until=TODAY),
    }[kind]  # fmt: skip
    act, by = {"designation": ("record", METI), "facility": ("record", POWER), "membership": ("grant", POWER)}[kind]
    refused = refusal(f"parties.{kind}.{act}", {**right, **wrong}, by)
    assert (refused.code, refused.where) == (code, where)
    assert refused.mend.ja
    assert refused.mend.en
    door.perform(f"parties.{kind}.{act}", right, by=by)
