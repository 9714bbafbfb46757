"""Peers by their cards, hand-over, consents, filing windows, operators hosted by an authority."""

import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori import proofs
from sakimori.acts import clock, door, keys, proposals
from sakimori.law.authorities import authority
from sakimori.parties.changes import filing_kinds
from sakimori.parties.founding import UNCONNECTED
from sakimori.parties.models import (
    Account,
    Consent,
    Designation,
    FilingWindow,
    Mandate,
    Membership,
    Organisation,
    Peer,
    Person,
    Subscription,
)
from sakimori.web.enrol import card
from tests.support.deployment import NAME, TODAY, WORLD, fixed, viewer
from tests.web.enrol.conftest import OWN

LAND = authority("land")
assert LAND is not None


def text(answer):
    return answer.content.decode()


def foreign_card(name="mlit", edition="authority", organisations=None, designations=(), **changed):
    """Return the card another deployment would hand out."""
    row = keys.public_row("envelope", clock.now(WORLD))
    other = proofs.PublicKey(name, "envelope", None, bytes(reversed(row.public_key)), clock.now(WORLD))
    ring = json.loads(proofs.format_keyring(proofs.KeyRing([other])))["keys"]
    hosted = [{"id": str(LAND.id), "type": "ministry", "name_ja": "国土交通大臣", "name_en": "MLIT"}]
    return json.dumps(
        {
            "type": card.TYPE, "name": name, "edition": edition, "title": {"ja": "国土交通省", "en": "MLIT"},
            "url": "http://127.0.0.1:9", "keys": ring, "designations": list(designations),
            "organisations": hosted if organisations is None else organisations, **changed,
        },
        ensure_ascii=False,
    )  # fmt: skip


def peers(client, **typed):
    return client.post(reverse("enrol:step", args=["peers"]), typed)


def test_a_card_is_shown_with_its_fingerprint_before_anything_is_done(admin):
    told = foreign_card()
    shown = peers(admin, file=SimpleUploadedFile("card.json", told.encode()))
    assert card.read(told).fingerprint in text(shown)
    assert not Peer.objects.exists()
    answer = peers(admin, action="connect", key="p", **{"f-card": told})
    assert answer.status_code == 302
    peer = Peer.objects.get()
    assert (peer.name, peer.url) == ("mlit", "http://127.0.0.1:9")
    assert Organisation.objects.get(id=LAND.id).deployment == "mlit"
    assert Organisation.objects.get(id=authority("economy").id).deployment == UNCONNECTED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("keys", 0, "public_key"), "A" * 43 + "="),
        (("url",), "https://other.example"),
        (("edition",), "operator"),
        (("title", "ja"), "別の設置"),
        (("organisations", 0, "type"), "ministry_of_elsewhere"),
        (("organisations", 0, "id"), "00000000-0000-4000-8000-000000000001"),
        (("designations",), [{"id": "x"}]),
    ],
)
def test_another_word_on_a_card_gives_another_fingerprint(founded, path, value):
    """Whoever changes a card on its way could else bring in an authority that is none."""
    told = json.loads(foreign_card())
    one = card.read(json.dumps(told)).fingerprint
    assert re.fullmatch("([0-9a-f]{4} ){15}[0-9a-f]{4}", one)
    inside = told
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    assert card.read(json.dumps(told)).fingerprint != one


@pytest.mark.parametrize(
    "told", ["", "{}", "[]", "null", '{"type": "sakimori.card/1"}', "x" * 300_000, "\x00", "[" * 9999]
)
def test_what_is_no_card_is_refused_kindly(admin, told):
    answer = peers(admin, **{"f-card": told})
    assert answer.status_code in (400, 422)
    assert not Peer.objects.exists()


def test_a_card_with_somebody_elses_keys_or_our_own_name_is_refused(admin):
    told = json.loads(foreign_card())
    told["name"] = "other"
    assert peers(admin, action="connect", **{"f-card": json.dumps(told)}).status_code == 422
    own = text(admin.get(reverse("enrol:card")))
    assert json.loads(own)["name"] == NAME
    assert peers(admin, action="connect", **{"f-card": own}).status_code == 422
    assert not Peer.objects.exists()


def test_an_operators_card_cannot_make_itself_a_minister(admin):
    told = foreign_card("rogue", "operator")
    peers(admin, action="connect", key="r", **{"f-card": told})
    assert Organisation.objects.get(id=LAND.id).deployment == UNCONNECTED


def test_a_card_never_moves_an_organisation_that_is_hosted_elsewhere(admin):
    stolen = [{"id": str(OWN), "type": "operator", "name_ja": "x", "name_en": "x"}]
    peers(admin, action="connect", key="r", **{"f-card": foreign_card(organisations=stolen)})
    assert Organisation.objects.get(id=OWN).deployment == NAME


def test_the_same_card_again_renews_keys_and_address(admin):
    peers(admin, action="connect", key="a", **{"f-card": foreign_card()})
    peers(admin, action="connect", key="b", **{"f-card": foreign_card(url="http://127.0.0.1:10")})
    assert Peer.objects.get().url == "http://127.0.0.1:10"


def test_an_authority_takes_in_an_operators_card_with_its_designation(parties, open_as):
    operator = str(uuid.uuid4())
    hosted = [{"id": operator, "type": "operator", "name_ja": "架空水道", "name_en": "Kaku Water"}]
    designated = {
        "id": str(uuid.uuid4()), "organisation": operator, "business_type": "water", "minister": str(fixed("mlit")),
        "designated_on": "2023-11-17", "successor": False,
    }  # fmt: skip
    foreign = {**designated, "id": str(uuid.uuid4()), "minister": str(fixed("meti"))}
    told = foreign_card("op", "operator", hosted, [designated, foreign])
    admin = open_as(viewer("mlit", "administrator"))
    assert peers(admin, action="connect", key="c", **{"f-card": told}).status_code == 302
    assert Organisation.objects.get(id=operator).deployment == "op"
    assert [one.business_type for one in Designation.objects.filter(organisation_id=operator)] == ["water"]


def test_who_else_takes_part_is_told_to_nobody(parties, open_as):
    runner, hosted = open_as(viewer("meti", "administrator")), open_as(viewer("power", "administrator"))
    told = text(runner.get(reverse("enrol:card")))
    assert "経済産業大臣" in told
    for name in ("架空電力", "架空鉄道", "架空ベンダー"):
        assert name not in told
    assert hosted.get(reverse("enrol:card")).status_code == 404
    assert hosted.get(reverse("enrol:step", args=["peers"])).status_code == 404
    peers(runner, action="connect", key="a", **{"f-card": foreign_card("north", organisations=[])})
    assert "north" in text(runner.get(reverse("enrol:step", args=["peers"])))
    for address in (reverse("enrol:step", args=["summary"]), "/api/v1/queries/parties.peers"):
        assert "north" not in text(hosted.get(address))
    assert hosted.get(reverse("enrol:consents")).status_code == 403


OPERATOR = {
    "f-name_ja": "架空ガス", "f-name_en": "Kaku Gas", "f-business": "gas", "f-designated_on": "2026-10-15",
    "f-admin_name": "架空 三郎", "f-login": "saburo", "key": "h",
}  # fmt: skip


def test_a_ministry_enrols_an_operator_without_an_installation(parties, open_as):
    admin = open_as(viewer("meti", "administrator"))
    answer = admin.post(reverse("enrol:operators"), OPERATOR)
    assert "/access/invitation/" in text(answer)
    made = Organisation.objects.get(name_en="Kaku Gas")
    assert (made.type, made.deployment) == ("operator", NAME)
    assert Designation.objects.get(organisation=made).minister_id == fixed("meti")
    assert [one.role for one in Membership.objects.filter(organisation=made)] == ["administrator"]
    for stranger in (viewer("bureau", "intake"), viewer("power", "administrator")):
        assert open_as(stranger).post(reverse("enrol:operators"), {**OPERATOR, "key": "x"}).status_code == 403


def leave(client, person, **typed):
    return client.post(reverse("enrol:leaving_person", args=[person]), {"f-last_day": TODAY, "key": "l", **typed})


def test_what_hangs_on_somebody_is_listed_and_handed_over(parties, open_as):
    admin, reporter = open_as(viewer("power", "administrator")), viewer("power", "reporter")
    by, power = viewer("power", "administrator"), str(fixed("power"))
    door.perform("parties.person.correct", {"person": str(reporter.person), "email": "r@example.com"}, by=by)
    address = {"organisation": power, "channel": "smtp", "address": "r@example.com"}
    door.perform("parties.subscription.set", address, by=by)
    mandate = {
        "organisation": power,
        "representative": "架空 太郎",
        "person": str(reporter.person),
        "kinds": filing_kinds(),
        "valid_from": TODAY,
    }
    door.perform("parties.mandate.give", mandate, by=by)
    shown = text(admin.get(reverse("enrol:leaving_person", args=[reporter.person])))
    assert "r@example.com" in shown
    assert "架空 太郎" in shown
    successor = fixed("power.viewer")
    assert leave(admin, reporter.person, **{"f-successor": str(successor)}).status_code == 302
    ended = Membership.objects.get(person_id=reporter.person)
    assert str(ended.valid_until) == TODAY
    assert Membership.objects.filter(person_id=successor, role="reporter", valid_until=None).exists()
    assert str(Mandate.objects.get().valid_until) == TODAY
    assert str(Subscription.objects.get().ended_on) == TODAY


def test_the_last_approver_does_not_leave_unless_that_is_meant(parties, open_as):
    admin, approver = open_as(viewer("power", "administrator")), fixed("power.approver")
    shown = text(admin.get(reverse("enrol:leaving_person", args=[approver])))
    assert "only one" in shown
    refused = leave(admin, approver)
    assert refused.status_code == 422
    assert Membership.objects.get(person_id=approver).valid_until is None
    assert leave(admin, approver, **{"f-leaves_none": "yes", "key": "m"}).status_code == 302


def test_a_successor_makes_the_last_approver_free_to_go_and_yesterday_locks_out(parties, open_as):
    approver = fixed("power.approver")
    Account.objects.create_account("approver", approver, "correct horse battery staple")
    typed = {"f-successor": str(fixed("power.viewer")), "f-last_day": "2026-11-20"}
    assert leave(open_as(viewer("power", "administrator")), approver, **typed).status_code == 302
    assert not Account.objects.get(person=approver).is_active


def test_nobody_hands_over_people_of_another_house(parties, open_as):
    stranger = open_as(viewer("rail", "administrator"))
    assert leave(stranger, fixed("power.approver"), **{"f-leaves_none": "yes"}).status_code == 404


def test_a_proposal_of_somebody_who_leaves_is_named(parties, open_as):
    from sakimori.assets import drafting
    from tests.support.filing import import_register

    import_register()
    payload = drafting.draft(viewer("power", "reporter"), "発電設備の監視制御システム")
    proposals.propose("assets.notification.file", payload, by=viewer("power", "reporter"))
    shown = text(open_as(viewer("power", "administrator")).get(
        reverse("enrol:leaving_person", args=[fixed("power.reporter")])))  # fmt: skip
    assert "Open proposals" in shown


def consent(to="vendor"):
    given = {
        "organisation": str(fixed("power")), "matter": "party_consent", "about": str(uuid.uuid4()), "scope": "提供",
        "recipient": str(fixed(to)), "basis": "強化法38(3)", "given_on": TODAY,
    }  # fmt: skip
    return door.perform("parties.consent.give", given, by=viewer("power", "approver")).subject.id


def test_both_sides_see_a_consent_and_the_giver_withdraws_it(parties, open_as):
    made = consent()
    address = reverse("enrol:consent", args=[made])
    giver, taker = open_as(viewer("power", "approver")), open_as(viewer("vendor", "vendor_contact"))
    for client in (giver, taker):
        assert "強化法38(3)" in text(client.get(reverse("enrol:consents")))
    shown = text(giver.get(address))
    assert "It cannot undo" in shown
    assert "It cannot undo" not in text(taker.get(address))
    assert taker.post(address, {"key": "t"}).status_code in (403, 404)
    assert giver.post(address, {"f-reason": "終了", "key": "w"}).status_code == 302
    assert Consent.objects.get(id=made).withdrawn_reason == "終了"
    assert "withdrawn on" in text(giver.get(address))
    assert open_as(viewer("rail", "approver")).get(address).status_code == 404


_COMMON = "business_type: gas, ministry_code: economy, source: 告示, valid_from: 2026-11-24"
WINDOWS = f"""
windows:
  - {{key: gas, office: 架空課, telephone: 03-0000-0000, {_COMMON}}}
  - {{key: new, office: 新しい課, {_COMMON}}}
"""


def test_windows_say_what_is_unknown_and_are_taken_in_from_a_list(parties, open_as):
    admin = open_as(viewer("meti", "administrator"))
    shown = text(admin.get(reverse("enrol:windows")))
    assert "ask the ministry" in shown
    assert "資源エネルギー庁 電力・ガス事業部 ガス市場整備室" in shown

    def take(yaml):
        return admin.post(
            reverse("enrol:load_windows"), {"file": SimpleUploadedFile("w.yaml", yaml.encode()), "key": "y"}
        )

    wrong = take(
        WINDOWS.replace(
            "新しい課, business_type: gas, ministry_code: economy", "新, business_type: gas, ministry_code: x"
        )
    )
    assert wrong.status_code == 422
    assert "Entry 2" in text(wrong)
    assert not FilingWindow.objects.exists(), "all or none"
    assert take(WINDOWS).status_code == 302
    shown = text(admin.get(reverse("enrol:windows")))
    assert "03-0000-0000" in shown
    assert "ガス市場整備室" not in shown
    assert take("windows: 3").status_code == 422
    assert take("&a [*a]").status_code == 422
    assert open_as(viewer("power", "reporter")).get(reverse("enrol:windows")).status_code == 200
    assert open_as(viewer("power", "reporter")).get(reverse("enrol:load_windows")).status_code == 403


def test_somebody_elses_person_is_not_invited_anew(parties, open_as):
    Account.objects.create_account("rr", fixed("rail.reporter"), None)
    admin = open_as(viewer("power", "administrator"))
    answer = admin.post(
        reverse("enrol:step", args=["people"]), {"action": "link", "person": str(fixed("rail.reporter"))}
    )
    assert "/access/invitation/" not in text(answer)
    assert Person.objects.filter(id=fixed("rail.reporter")).exists()


def test_a_hosted_ministry_that_does_not_run_this_is_told_who_enrols_operators(parties, open_as, settings):
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "run_by": str(fixed("meti"))}
    admin = open_as(viewer("mlit", "administrator"))
    refused = admin.get(reverse("enrol:operators"))
    assert refused.status_code == 403
    assert "runs this deployment" in text(refused)
    assert reverse("enrol:operators") not in text(admin.get(reverse("enrol:step", args=["summary"])))
    assert open_as(viewer("meti", "administrator")).get(reverse("enrol:operators")).status_code == 200


def test_a_last_day_before_the_role_began_is_refused_at_its_field(parties, open_as):
    admin, reporter = open_as(viewer("power", "administrator")), fixed("power.reporter")
    refused = leave(admin, reporter, **{"f-last_day": "2026-03-01", "f-leaves_none": "yes"})
    assert refused.status_code == 422
    assert "It began on 2026-04-01" in text(refused)


def test_a_log_in_is_disabled_by_an_act(parties, open_as):
    from sakimori.acts.models import Act

    person = fixed("power.viewer")
    Account.objects.create_account("gone", person, "correct horse battery staple")
    assert leave(open_as(viewer("power", "administrator")), person, **{"f-last_day": "2026-11-23"}).status_code == 302
    assert not Account.objects.get(person=person).is_active
    assert Act.objects.filter(kind="parties.account.disable", subject=person).exists()
