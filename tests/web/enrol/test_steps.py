"""The guided run: each step records acts, says what follows, keeps what was typed, and survives being left."""

import re
import uuid

import pytest
from django.urls import reverse

from sakimori.acts.models import Act
from sakimori.law.authorities import authority
from sakimori.parties.models import Account, Designation, Facility, Mandate, Membership, Organisation, Person
from tests.support.deployment import TODAY, WORLD
from tests.web.enrol.conftest import OWN

DESIGNATED = {"f-business": "water", "f-designated_on": "2023-11-17", "key": "k1"}
PERSON = {"f-name_ja": "架空 次郎", "f-login": "jiro", "f-approver": "yes", "key": "k2"}


def page(client, step, **query):
    return client.get(reverse("enrol:step", args=[step]), query)


def send(client, step, **typed):
    return client.post(reverse("enrol:step", args=[step]), typed)


def text(answer):
    return answer.content.decode()


def test_set_up_begins_at_the_first_open_step_and_goes_on_from_there(admin):
    begin = reverse("enrol:start")
    assert admin.get(begin).headers["location"].endswith("/designations/")
    send(admin, "designations", **DESIGNATED)
    assert admin.get(begin).headers["location"].endswith("/facilities/")


@pytest.mark.parametrize(
    "step", ["organisation", "designations", "facilities", "peers", "people", "mandates", "summary"]
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_step_can_be_looked_at_before_anything_is_recorded(founded, open_as, step, language):
    answer = page(open_as(founded, language), step)
    assert answer.status_code == 200
    assert ("登録の手引き" if language == "ja" else "Set-up") in text(answer)


def test_a_designation_leads_to_its_minister_and_says_what_follows(admin):
    answer = send(admin, "designations", **DESIGNATED)
    assert answer.headers["location"].startswith("/enrol/step/facilities/")
    made = Designation.objects.get(organisation=OWN)
    land = authority("land")
    assert land is not None
    assert (made.minister_id, made.business_type, str(made.designated_on)) == (land.id, "water", "2023-11-17")
    shown = text(page(admin, "facilities"))
    assert "2027" in shown
    assert "Civil Code Art. 140" in shown, "the derivation stands beside the day"
    assert Act.objects.get(kind="parties.designation.record").person is not None


def test_a_designation_with_its_only_facility_leads_past_the_facilities(admin):
    answer = send(
        admin, "designations", **DESIGNATED, **{"f-facility": "第一浄水場", "f-in_place_since": "平成27年4月1日"}
    )
    assert answer.headers["location"].startswith("/enrol/step/peers/")
    made = Facility.objects.get(organisation=OWN)
    assert (made.name, made.category, str(made.in_place_since)) == (
        "第一浄水場",
        "浄水場の監視制御システム",
        "2015-04-01",
    )


def test_where_there_are_several_kinds_of_facility_what_was_typed_is_carried_over(admin):
    typed = {**DESIGNATED, "f-business": "electricity", "f-facility": "基幹系統", "f-in_place_since": "2012-10-01"}
    answer = send(admin, "designations", **typed)
    assert not Facility.objects.filter(organisation=OWN).exists()
    shown = text(admin.get(answer.headers["location"]))
    assert 'value="基幹系統"' in shown
    assert 'value="2012-10-01"' in shown


def test_the_same_submission_twice_is_one_designation(admin):
    for _ in range(2):
        send(admin, "designations", **DESIGNATED)
    assert Designation.objects.filter(organisation=OWN).count() == 1


def test_several_designations_under_different_ministers(admin):
    send(admin, "designations", **DESIGNATED)
    send(admin, "designations", **{**DESIGNATED, "f-business": "finance", "f-minister": "agriculture", "key": "k9"})
    ministers = set(Designation.objects.filter(organisation=OWN).values_list("minister__ministry_code", flat=True))
    assert ministers == {"land", "agriculture"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"f-designated_on": "someday"}, "f-designated_on-error"),
        ({"f-designated_on": ""}, "f-designated_on-error"),
        ({"f-business": "medical"}, "no such business"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin, typed, said):
    answer = send(admin, "designations", **{**DESIGNATED, "f-facility": "第一浄水場", **typed})
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'value="第一浄水場"' in text(answer)
    assert not Designation.objects.filter(organisation=OWN).exists()


def test_all_acts_of_a_step_are_done_or_none(admin):
    typed = {**DESIGNATED, "f-facility": "あ\u202eい", "key": "kk"}
    answer = send(admin, "designations", **typed)
    assert answer.status_code == 422
    assert not Designation.objects.filter(organisation=OWN).exists()


def test_a_person_gets_a_link_that_works_once_and_is_shown_once(admin, client):
    answer = send(admin, "people", **PERSON)
    assert answer.status_code == 200
    link = re.search(r"/access/invitation/([^/<]+)/", text(answer))
    assert link is not None
    assert link[0] not in text(page(admin, "people"))
    person = Person.objects.get(name_ja="架空 次郎")
    assert [one.role for one in Membership.objects.filter(person=person)] == ["approver"]
    again = send(admin, "people", **PERSON)
    assert "/access/invitation/" not in text(again)
    assert Person.objects.filter(name_ja="架空 次郎").count() == 1
    assert client.get(link[0]).status_code == 302


def test_a_new_link_can_be_made_while_there_is_no_password(admin):
    send(admin, "people", **PERSON)
    person = Person.objects.get(name_ja="架空 次郎")
    answer = send(admin, "people", action="link", person=str(person.id))
    assert "/access/invitation/" in text(answer)
    account = Account.objects.get(person=person.id)
    account.set_password("correct horse battery staple")
    account.save()
    refused = send(admin, "people", action="link", person=str(person.id))
    assert refused.status_code == 422
    assert "/access/invitation/" not in text(refused)
    assert send(admin, "people", action="link", person=str(uuid.uuid4())).status_code == 422
    assert send(admin, "people", action="link", person="x").status_code == 404


@pytest.mark.parametrize("typed", [{"f-login": "HANAKO"}, {"f-login": "花"}, {"f-approver": ""}, {"f-email": "x"}])
def test_a_person_that_cannot_be_enrolled_leaves_nothing_behind(admin, typed):
    before = Act.objects.count()
    answer = send(admin, "people", **{**PERSON, **typed})
    assert answer.status_code == 422
    assert "架空 次郎" in text(answer)
    assert Act.objects.count() == before
    assert not Person.objects.filter(name_ja="架空 次郎").exists()


def test_leave_to_file_keeps_who_approved_it_and_where(admin, founded):
    typed = {
        "f-representative_title": "企業長", "f-representative": "架空 太郎", "f-to": f"person:{founded.person}",
        "f-approved_by": "架空 部長", "f-approved_on": TODAY, "f-document": "稟議 2026-7", "f-valid_from": TODAY,
        "key": "m",
    }  # fmt: skip
    assert send(admin, "mandates", **typed).status_code == 302
    made = Mandate.objects.get(organisation=OWN)
    assert (made.representative, made.document, str(made.approved_on)) == ("架空 太郎", "稟議 2026-7", TODAY)
    assert "稟議 2026-7" in text(page(admin, "mandates"))
    deputy = {**typed, "f-deputy_for": str(founded.person), "key": "m2"}
    assert send(admin, "mandates", **deputy).status_code == 422


def test_the_organisation_is_corrected_by_an_act(admin):
    typed = {
        "f-name_ja": "架空水道企業団",
        "f-name_en": "Kaku Water Authority",
        "f-corporate_number": "８９９９-９９９-００-０００１",
        "f-address": "埼玉県架空市",
        "key": "o",
    }
    assert send(admin, "organisation", **typed).status_code == 302
    found = Organisation.objects.get(id=OWN)
    assert (found.name_en, found.corporate_number) == ("Kaku Water Authority", "8999999000001")
    wrong = send(admin, "organisation", **{**typed, "f-corporate_number": "8999999000002", "key": "o2"})
    assert wrong.status_code == 422
    assert "check digit" in text(wrong)


def test_the_summary_names_what_is_missing_and_then_leads_to_the_import(admin):
    shown = text(page(admin, "summary"))
    for said in ("No designation", "No facility", "Two different people", "one administrator only"):
        assert said in shown
    send(admin, "designations", **DESIGNATED, **{"f-facility": "第一浄水場"})
    send(admin, "people", **PERSON)
    shown = text(page(admin, "summary"))
    assert "No designation" not in shown
    assert "Minister of Land" in shown, "the minister is not connected: another way to file is named"
    answer = send(admin, "summary", key="s")
    assert answer.headers["location"] == reverse("assets:import")
    assert Membership.objects.filter(organisation=OWN, role="reporter", world=WORLD).count() == 1
    assert admin.get(reverse("assets:import")).status_code == 200


def test_nobody_but_an_administrator_is_guided(founded, admin, open_as):
    send(admin, "people", **PERSON)
    person = Person.objects.get(name_ja="架空 次郎")
    from dataclasses import replace

    approver = open_as(replace(founded, person=person.id, role="approver"))
    for name, args in (("start", []), ("step", ["people"]), ("card", []), ("leaving", []), ("operators", [])):
        assert approver.get(reverse(f"enrol:{name}", args=args)).status_code == 403
    assert admin.get(reverse("enrol:operators")).status_code == 403
    assert page(admin, "nonsense").status_code == 404


def test_where_there_are_two_administrators_a_further_role_is_proposed(founded, admin):
    send(admin, "designations", **DESIGNATED, **{"f-facility": "第一浄水場"})
    send(admin, "people", **{**PERSON, "f-administrator": "yes"})
    shown = text(page(admin, "summary"))
    assert "confirmed by somebody else" in shown
    path = reverse("new_act", args=["parties.membership.take"])
    assert path in shown
    form = text(admin.get(path, {"role": "reporter", "valid_from": "2026-11-24"}))
    assert 'value="reporter" selected' in form
    assert send(admin, "summary", key="s").status_code == 422
