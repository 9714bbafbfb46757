"""The pages of the three rooms: what the office and the committee see on them, and that nobody else gets in."""

import pytest
from django.test import Client
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.parties.models import Account
from sakimori.web.viewing import key_of
from tests.support import committee
from tests.support.deployment import REHEARSAL, viewer

PAGES = ["measures:index", "oversight:index", "oversight:notices", "oversight:counts", "custody:index"]
ADDRESS = "198.51.100.7"


@pytest.fixture
def enter():
    """Log a person in, in the rehearsal world."""

    def inside(organisation, role, language="en", world=REHEARSAL):
        who = viewer(organisation, role, world)
        account, _ = Account.objects.get_or_create(login=f"{organisation}.{role}", defaults={"person": who.person})
        client = Client(headers={"accept-language": language})
        client.force_login(account)
        session = client.session
        session["world"], session["role"] = world, key_of(who)
        session.save()
        return client

    return inside


@pytest.fixture
def played(seated, tmp_path):
    """Everything done once: the addresses of the things' pages."""
    measure, selection = committee.recorded(tmp_path / "out")
    notice = reading.read(committee.chair(), "oversight.notices")[0]
    return {
        "measure": reverse("measures:measure", args=[measure["id"]]),
        "authority": reverse("measures:authority", args=[measure["id"]]),
        "matter": reverse("oversight:matter", args=[notice["matter_id"]]),
        "notice": reverse("oversight:notice", args=[notice["id"]]),
        "selection": reverse("custody:selection", args=[selection]),
        "id": selection,
    }


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_office_sees_its_measure_and_selection(enter, played, language):
    client = enter("cabinet", "officer", language)
    listed = text(client, reverse("measures:index"))
    assert "REHEARSAL-2026-001" in listed
    shown = text(client, played["measure"])
    assert committee.REQUEST["attack"] in shown
    assert ("承認書" if language == "ja" else "Download the signed authority") in shown
    assert "2028-03-31" in text(client, reverse("custody:index"))
    kept = text(client, played["selection"])
    assert ADDRESS in kept
    assert ("残した記録" if language == "ja" else "Kept records") in kept


def test_the_authority_is_the_file_that_the_engine_reads(enter, played):
    from sakimori.selection import load_authority

    answer = enter("cabinet", "officer").get(played["authority"])
    assert load_authority(answer.content).authority.id == "REHEARSAL-2026-001"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_decider_sees_counts_but_no_record(enter, played):
    shown = text(enter("cabinet", "decider"), played["selection"])
    assert "REHEARSAL-2026-001" in shown
    assert ADDRESS not in shown


@pytest.mark.parametrize("role", ["chair", "member", "secretariat", "inspector"])
def test_the_committee_sees_docket_decision_notices_and_counts(enter, played, role):
    client = enter("committee", role)
    assert "REHEARSAL-2026-001" in text(client, reverse("oversight:index"))
    matter = text(client, played["matter"])
    assert "3 for, 0 against, 0 abstaining" in matter
    assert committee.REQUEST["no_other_way"] in matter
    assert ADDRESS not in text(client, played["notice"])
    assert "It agrees" in text(client, played["notice"])
    assert "not recorded here" in text(client, reverse("oversight:counts"))
    assert "Counts of 2025" in text(client, reverse("oversight:counts") + "?year=2025")
    for odd in ("x", "99999", "-1", "²"):
        assert "Counts of 2026" in text(client, reverse("oversight:counts") + f"?year={odd}")


def test_the_chair_is_offered_to_decide_and_others_are_not(enter, seated):
    committee.ask()
    address = reverse("oversight:matter", args=[committee.matter()["id"]])
    assert "Record the decision" in text(enter("committee", "chair"), address)
    assert "Record the decision" not in text(enter("committee", "member"), address)


def test_an_erased_selection_says_so(enter, played):
    door.perform("custody.retention.end", {"selection": str(played["id"]), "reason": "x"}, by=committee.officer())
    shown = text(enter("cabinet", "officer"), played["selection"])
    assert "they have been erased" in shown
    assert ADDRESS not in shown
    assert "not arrived yet" in shown


@pytest.mark.parametrize("page", [*PAGES, "measure", "authority", "matter", "notice", "selection"])
@pytest.mark.parametrize(
    ("organisation", "role"),
    [("meti", "officer"), ("power", "approver"), ("police", "liaison"), ("vendor", "vendor_contact")],
)
def test_nobody_else_gets_in(enter, played, page, organisation, role):
    client = enter(organisation, role)
    answer = client.get(reverse(page) if ":" in page else played[page])
    assert answer.status_code in (403, 404)
    assert "REHEARSAL-2026-001" not in answer.content.decode()
    assert reverse("oversight:index") not in client.get("/").content.decode()


@pytest.mark.parametrize("page", ["measure", "authority", "selection"])
def test_the_committee_does_not_get_into_the_office(enter, played, page):
    assert enter("committee", "chair").get(played[page]).status_code in (403, 404)


@pytest.mark.parametrize("page", ["matter", "notice"])
def test_the_office_does_not_get_into_the_committee(enter, played, page):
    assert enter("cabinet", "decider").get(played[page]).status_code in (403, 404)


def test_the_tables_can_be_taken_away_with_their_stamp(enter, played):
    answer = enter("cabinet", "analyst").get(played["selection"] + "?format=csv")
    assert ADDRESS in answer.content.decode("utf-8-sig")
    assert "REHEARSAL" in answer.headers["Content-Disposition"]
