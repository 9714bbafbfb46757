"""Corrections, endings, mandates, filing windows, consents: each an act, each refused to whoever it is not for."""

import uuid
from datetime import timedelta

import pytest

from sakimori.acts import clock, door, labels, reading
from sakimori.acts.errors import NotFoundError, PayloadError
from sakimori.acts.models import Act, Delivery
from sakimori.errors import SakimoriError
from sakimori.parties import models
from sakimori.parties.changes import filing_kinds
from sakimori.parties.listing import consented
from sakimori.record import SYSTEM
from sakimori.sample.organisations import corporate_number
from tests.support.deployment import TODAY, WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

POWER, RAIL, METI, MLIT = (viewer(name, "administrator") for name in ("power", "rail", "meti", "mlit"))
APPROVER, REPORTER = viewer("power", "approver"), viewer("power", "reporter")


def refusal(kind, payload, by):
    before = Act.objects.count()
    with pytest.raises(SakimoriError) as refused:
        door.perform(kind, payload, by=by)
    assert Act.objects.count() == before
    return refused.value


def test_a_correction_changes_what_it_names_and_nothing_else(parties):
    told = {
        "organisation": str(fixed("power")),
        "corporate_number": corporate_number("999999000001"),
        "address": "東京都架空区一丁目",
        "reason": "登記のとおり",
    }
    door.perform("parties.organisation.correct", told, by=POWER)
    found = models.Organisation.objects.get(id=fixed("power"))
    assert (found.corporate_number, found.address, found.name_ja) == ("8999999000001", "東京都架空区一丁目", "架空電力")
    assert refusal("parties.organisation.correct", told, POWER).code == "parties.unchanged"
    assert refusal("parties.organisation.correct", told, RAIL).code == "parties.not_yours"


def test_only_who_runs_the_deployment_says_where_an_organisation_is_hosted(parties):
    told = {"organisation": str(fixed("power")), "deployment": "elsewhere"}
    assert refusal("parties.organisation.correct", told, POWER).code == "parties.not_yours"
    door.perform("parties.organisation.correct", told, by=METI)
    assert models.Organisation.objects.get(id=fixed("power")).deployment == "elsewhere"


def test_a_designation_is_for_its_own_minister_to_record(parties):
    told = {
        "organisation": str(fixed("power")), "business_type": "gas", "minister": str(fixed("meti")),
        "designated_on": "2026-10-01",
    }  # fmt: skip
    assert refusal("parties.designation.record", told, MLIT).code == "parties.not_yours"
    made = door.perform("parties.designation.record", told, by=METI).subject.id
    gone = {"designation": str(made), "withdrawn_on": TODAY, "reason": "推進法51条"}
    assert refusal("parties.designation.correct", gone, MLIT).code == "parties.not_yours"
    door.perform("parties.designation.correct", gone, by=METI)
    assert str(models.Designation.objects.get(id=made).withdrawn_on) == TODAY


def test_a_facility_and_a_person_are_corrected_by_their_own_administrator(parties):
    facility = {"facility": str(fixed("power.facility")), "name": "第一（改称）", "reason": "改称"}
    assert refusal("parties.facility.correct", facility, RAIL).code == "parties.not_yours"
    door.perform("parties.facility.correct", facility, by=POWER)
    assert models.Facility.objects.get(id=fixed("power.facility")).name == "第一（改称）"
    person = {"person": str(fixed("power.viewer")), "email": "viewer@example.com"}
    assert refusal("parties.person.correct", person, RAIL).code == "parties.not_yours"
    door.perform("parties.person.correct", person, by=POWER)
    assert models.Person.objects.get(id=fixed("power.viewer")).email == "viewer@example.com"


def membership(organisation, role):
    return models.Membership.objects.get(person_id=fixed(f"{organisation}.{role}"), role=role)


@pytest.mark.parametrize("role", ["administrator", "approver"])
def test_the_last_of_a_needed_role_goes_only_when_that_is_meant(parties, role):
    ended = {"membership": str(membership("power", role).id), "last_day": TODAY}
    assert refusal("parties.membership.end", ended, POWER).code == "parties.last_one"
    successor = {
        "person": str(fixed("power.viewer")), "organisation": str(fixed("power")), "role": role, "valid_from": TODAY,
    }  # fmt: skip
    door.perform("parties.membership.grant", successor, by=POWER)
    door.perform("parties.membership.end", ended, by=POWER)


def test_the_only_decider_of_a_ministry_goes_only_when_that_is_meant(parties):
    ended = {"membership": str(membership("meti", "decider").id), "last_day": TODAY}
    assert refusal("parties.membership.end", ended, viewer("meti", "administrator")).code == "parties.last_one"


def test_a_successor_whose_own_time_ends_no_later_is_none(parties):
    successor = {
        "person": str(fixed("power.viewer")), "organisation": str(fixed("power")), "role": "approver",
        "valid_from": TODAY, "valid_until": TODAY,
    }  # fmt: skip
    door.perform("parties.membership.grant", successor, by=POWER)
    ended = {"membership": str(membership("power", "approver").id), "last_day": TODAY}
    assert refusal("parties.membership.end", ended, POWER).code == "parties.last_one"


def mandate(**changed):
    return {
        "organisation": str(fixed("power")), "representative_title": "代表取締役", "representative": "架空 太郎",
        "person": str(fixed("power.reporter")), "kinds": filing_kinds(), "approved_by": "架空 部長",
        "approved_on": TODAY, "document": "稟議 2026-001", "valid_from": TODAY, **changed,
    }  # fmt: skip


def test_what_a_mandate_to_file_covers_is_what_fulfils_an_obligation():
    assert "assets.notification.file" in filing_kinds()
    assert all(kind.startswith(("assets.", "incidents.")) for kind in filing_kinds())


def test_a_mandate_keeps_the_internal_trail_and_ends(parties):
    made = door.perform("parties.mandate.give", mandate(), by=POWER).subject.id
    row = reading.read_one(REPORTER, "parties.mandates", world=WORLD, on=clock.today(WORLD))
    assert (row["representative"], row["document"], row["person_id"]) == (
        "架空 太郎", "稟議 2026-001", fixed("power.reporter"),
    )  # fmt: skip
    assert not reading.read(RAIL, "parties.mandates", world=WORLD)
    ended = {"mandate": str(made), "last_day": TODAY}
    with pytest.raises(SakimoriError):
        door.perform("parties.mandate.end", ended, by=RAIL)
    door.perform("parties.mandate.end", ended, by=POWER)
    later = {"mandate": str(made), "last_day": "2026-12-31"}
    assert refusal("parties.mandate.end", later, POWER).code == "parties.longer"


BAD = [
    {"person": None},
    {"delegate": str(fixed("vendor"))},
    {"deputy_for": str(fixed("power.approver"))},  # a deputy without a last day
    {"deputy_for": str(fixed("power.reporter")), "valid_until": "2026-12-31"},  # nobody is his own deputy
    {"valid_until": "2026-01-01"},
    {"kinds": []},
    {"representative": "架空\u202e太郎"},
]


@pytest.mark.parametrize("wrong", BAD)
def test_a_mandate_that_makes_no_sense_is_refused(parties, wrong):
    with pytest.raises(PayloadError):
        door.perform("parties.mandate.give", mandate(**wrong), by=POWER)


def test_a_mandate_is_for_people_of_the_house_and_deputies_for_a_time(parties):
    stranger = mandate(person=str(fixed("rail.reporter")))
    assert refusal("parties.mandate.give", stranger, POWER).code == "parties.not_a_member"
    assert refusal("parties.mandate.give", mandate(organisation=str(fixed("rail"))), POWER).code == "parties.not_yours"
    deputy = mandate(
        person=str(fixed("power.viewer")), deputy_for=str(fixed("power.reporter")), valid_until="2026-12-31"
    )
    door.perform("parties.mandate.give", deputy, by=APPROVER)


def test_leave_for_another_organisation_is_an_approvers_and_ends_with_its_delegation(parties):
    vendor = mandate(person=None, delegate=str(fixed("vendor")))
    assert refusal("parties.mandate.give", vendor, POWER).code == "parties.mandate"
    made = door.perform("parties.mandate.give", vendor, by=APPROVER).subject.id
    given = models.Delegation.objects.get(principal_id=fixed("power"), delegate_id=fixed("vendor"))
    assert given.kinds == filing_kinds()
    door.perform("parties.mandate.end", {"mandate": str(made), "last_day": TODAY}, by=POWER)
    given.refresh_from_db()
    assert str(given.valid_until) == TODAY


def test_endings(parties):
    begun = {"valid_from": TODAY}
    given = door.perform(
        "parties.delegation.give",
        {"principal": str(fixed("power")), "delegate": str(fixed("vendor")), "kinds": filing_kinds(), **begun},
        by=APPROVER,
    ).subject.id
    stranger = viewer("vendor", "vendor_contact")
    with pytest.raises(NotFoundError):
        door.perform("parties.delegation.end", {"delegation": str(given), "last_day": TODAY}, by=stranger)
    door.perform("parties.delegation.end", {"delegation": str(given), "last_day": TODAY}, by=APPROVER)
    standing = door.perform(
        "parties.standing_authority.grant",
        {"organisation": str(fixed("power")), "kind": "acts.proposal.make", **begun},
        by=POWER,
    ).subject.id
    ended = {"standing_authority": str(standing), "last_day": TODAY}
    assert refusal("parties.standing_authority.end", ended, RAIL).code == "parties.not_yours"
    door.perform("parties.standing_authority.end", ended, by=POWER)
    assert reading.read(POWER, "parties.standing_authorities", world=WORLD)[0]["valid_until"] is not None


def test_nothing_more_is_sent_to_an_address_that_was_ended(parties):
    from sakimori.acts import outbox
    from sakimori.acts.models import Notice

    kept = {"organisation": str(fixed("power")), "channel": "smtp", "address": "a@example.com"}
    made = door.perform("parties.subscription.set", kept, by=POWER).subject.id
    outbox.queue(Notice(id=uuid.uuid4(), addressee=fixed("power")))
    assert Delivery.objects.filter(channel="smtp").count() == 1
    door.perform("parties.subscription.end", {"subscription": str(made), "last_day": TODAY}, by=POWER)
    outbox.queue(Notice(id=uuid.uuid4(), addressee=fixed("power")))
    assert Delivery.objects.filter(channel="smtp").count() == 1


def window(**changed):
    return {
        "key": "electricity-1", "business_type": "electricity", "ministry_code": "economy", "office": "架空課",
        "telephone": "03-0000-0000", "source": "架空の告示", "valid_from": TODAY, **changed,
    }  # fmt: skip


def test_a_recorded_window_stands_in_place_of_the_published_one_and_is_followed_by_the_next(parties):
    def shown(on):
        rows = reading.read(REPORTER, "parties.windows", world=WORLD, on=on, business="electricity")
        return [row["office"] for row in rows if row["key"] == "electricity-1"]

    today = clock.today(WORLD)
    assert shown(today)[0].startswith("資源エネルギー庁")
    door.perform("parties.window.record", window(), by=METI)
    assert shown(today) == ["架空課"]
    assert refusal("parties.window.record", window(), METI).code == "parties.window"
    later = today + timedelta(days=30)
    next_one = door.perform("parties.window.record", window(office="次の課", valid_from=str(later)), by=METI)
    assert (shown(today), shown(later)) == (["架空課"], ["次の課"])
    door.perform("parties.window.end", {"window": str(next_one.subject.id), "last_day": str(later)}, by=METI)
    assert shown(later + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "wrong", [{"business_type": "medical"}, {"ministry_code": "x"}, {"telephone": "call me"}, {"source": ""}]
)
def test_a_window_nobody_could_use_is_refused(parties, wrong):
    with pytest.raises(SakimoriError):
        door.perform("parties.window.record", window(**wrong), by=METI)


def test_windows_are_recorded_by_who_runs_the_deployment(parties):
    assert refusal("parties.window.record", window(), POWER).code == "parties.not_yours"


def test_a_consent_takes_effect_at_once_and_its_withdrawal_too(parties):
    about = uuid.uuid4()
    given = {
        "organisation": str(fixed("power")), "matter": "party_consent", "about": str(about), "scope": "提供",
        "recipient": str(fixed("vendor")), "basis": "強化法38(3)", "given_on": TODAY,
    }  # fmt: skip
    vendor, today = models.Organisation.objects.get(id=fixed("vendor")), clock.today(WORLD)
    restrictions = {"all": [f"party_consent:{about}"]}

    def may():
        ceiling = labels.ceiling_of(vendor, WORLD)
        by_consent = consented("party_consent", about, by=fixed("power"), to=vendor.id, world=WORLD, on=today)
        assert (ceiling.lacks(restrictions["all"], None) is None) == by_consent
        return by_consent

    assert not may()
    made = door.perform("parties.consent.give", given, by=APPROVER).subject.id
    assert may()
    assert not consented("party_consent", uuid.uuid4(), by=fixed("power"), to=vendor.id, world=WORLD, on=today)
    both = [
        reading.read_one(who, "parties.consents", world=WORLD) for who in (APPROVER, viewer("vendor", "vendor_contact"))
    ]
    assert [row["given"] for row in both] == [True, False]
    assert not reading.read(viewer("rail", "approver"), "parties.consents", world=WORLD)
    withdrawn = {"consent": str(made), "withdrawn_on": TODAY, "reason": "協定の終了"}
    door.perform("parties.consent.withdraw", withdrawn, by=APPROVER)
    assert not may()
    assert refusal("parties.consent.withdraw", withdrawn, APPROVER).code == "parties.consent"


def test_a_deployment_that_moved_is_found_at_its_new_address(parties):
    from tests.parties.test_parties import peer_keys

    peer = {"name": "north", "edition": "operator", "keys": peer_keys("north")}
    made = door.perform("parties.peer.enrol", peer, by=METI).subject.id
    moved = {"peer": str(made), "url": "http://127.0.0.1:9"}
    assert refusal("parties.peer.readdress", moved, POWER).code == "parties.not_yours"
    door.perform("parties.peer.readdress", moved, by=METI)
    assert models.Peer.objects.get(id=made).url == "http://127.0.0.1:9"


def test_a_register_without_rows_is_refused(parties):
    assert refusal("parties.register.load", {"title": "x"}, METI).code == "parties.register"


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\u202e", "\u2066", "\u200b", "\ufeff", "a\nb", "a\u2028b", "\x85"])
def test_no_name_holds_a_character_nobody_sees(parties, hidden):
    for by in (POWER, METI):
        with pytest.raises(PayloadError) as refused:
            door.perform("parties.person.enrol", {"name_ja": f"山{hidden}田"}, by=by)
        assert refused.value.code
    assert not models.Person.objects.filter(name_ja__startswith="山").exists()


def test_the_system_may_still_found(parties):
    with pytest.raises(SakimoriError):
        door.perform_system(
            "parties.mandate.give", mandate(), world=WORLD, authorised_by=SYSTEM(WORLD).person or uuid.uuid4()
        )
