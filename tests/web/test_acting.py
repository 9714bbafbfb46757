"""Acting for another organisation: chosen like a role, seen on every page, and no more of the other than it takes."""

import pytest
from django.urls import reverse

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.acts.models import Act
from sakimori.parties.models import Account, Delegation
from sakimori.web.viewing import key_of
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.incidents import reported
from tests.web import scene

KINDS = ["assets.notification.file"]


@pytest.fixture
def delegated(parties):
    """Let rail act for power, for the notification alone; `acting` is its reporter standing in."""
    played = scene.play()
    door.perform(
        "parties.delegation.give",
        {
            "principal": str(fixed("power")),
            "delegate": str(fixed("rail")),
            "kinds": KINDS,
            "valid_from": "2026-11-01",
        },
        by=viewer("power", "approver"),
    )
    return played


def _as_power(enter, role="reporter"):
    client = enter("rail", role)
    session = client.session
    session["role"] = f"{key_of(viewer('rail', role))}/{fixed('power')}"
    session.save()
    return client


pytestmark = pytest.mark.django_db


def test_whom_one_may_act_for_stands_on_the_desk_and_among_the_roles(enter, delegated):
    client = enter("rail", "reporter")
    desk = client.get("/").content.decode()
    assert "You may act for “Fictitious Power”" in desk
    chosen = client.get(reverse("role")).content.decode()
    assert "Fictitious Rail, acting for Fictitious Power" in chosen
    value = f"{WORLD}|{key_of(viewer('rail', 'reporter'))}/{fixed('power')}"
    assert client.post(reverse("role"), {"as": value}).status_code == 302
    assert "Fictitious Rail, acting for Fictitious Power" in client.get("/").content.decode()


def test_without_a_delegation_nobody_can_be_chosen(enter, parties):
    client = _as_power(enter)
    assert "acting for" not in client.get("/").content.decode()
    value = f"{WORLD}|{key_of(viewer('rail', 'reporter'))}/{fixed('power')}"
    assert client.post(reverse("role"), {"as": value}).status_code == 422


def test_an_administrator_stands_in_for_nobody(enter, delegated):
    client = _as_power(enter, "administrator")
    assert "acting for" not in client.get("/").content.decode()


def test_it_is_said_on_every_page_and_form(enter, delegated):
    client = _as_power(enter)
    for address in ("/", "/inbox/", "/obligations/", "/acts/", "/acts/new/", "/search/?q=届出", "/assets/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Fictitious Rail, acting for Fictitious Power" in answer.content.decode(), address
    form = client.get(reverse("new_act", args=KINDS)).content.decode()
    assert f'<option value="{fixed("power")}" selected>' in form
    assert "my own organisation" not in form


def test_only_what_was_delegated_is_offered(enter, delegated):
    context = _as_power(enter).get("/acts/new/").context
    assert [one.kind.name for wish in context["wishes"] for one in wish.entries] == KINDS


def test_no_more_of_the_other_is_shown_than_the_delegation_needs(enter, delegated):
    reported()
    client = _as_power(enter)
    assert client.get("/incidents/").status_code == 403
    desk = client.get("/").content.decode()
    assert "/incidents/" not in desk
    owed = client.get("/obligations/?format=csv").content.decode("utf-8-sig")
    assert "2027" in owed
    assert "incident" not in owed.lower()
    for row in reading.read(_viewer(), "acts.done"):
        assert row["kind"] in KINDS


def _viewer():
    from dataclasses import replace

    return replace(viewer("rail", "reporter"), on_behalf_of=fixed("power"))


def test_the_rooms_not_delegated_are_closed_at_the_door(delegated):
    with pytest.raises(NotAuthorisedError):
        reading.read(_viewer(), "incidents.cases")
    assert reading.read(_viewer(), "assets.register")


def test_what_is_done_is_recorded_as_done_for_the_other(enter, delegated):
    waiting = proposals.Proposal.objects.get(id=delegated.proposal)
    client = _as_power(enter, "approver")
    answer = client.post(reverse("proposal", args=[waiting.id]), {"action": "confirm", "key": "k"})
    assert answer.status_code == 302, answer.content.decode()
    act = Act.objects.get(kind=KINDS[0], proposal=waiting.id)
    assert (act.organisation, act.on_behalf_of) == (fixed("rail"), fixed("power"))


def test_when_the_delegation_ends_so_does_the_standing_in(enter, delegated):
    client = _as_power(enter)
    assert "acting for" in client.get("/").content.decode()
    delegation = Delegation.objects.get(delegate_id=fixed("rail"))
    door.perform(
        "parties.delegation.end",
        {"delegation": str(delegation.id), "last_day": "2026-11-23"},
        by=viewer("power", "approver"),
    )
    assert "acting for" not in client.get("/").content.decode()


def test_a_form_opened_for_the_other_is_not_performed_as_one_self(enter, delegated):
    from sakimori.web.stamps import Stamp

    account = str(Account.objects.first().pk) if Account.objects.exists() else "1"
    own = viewer("rail", "reporter")
    stamp = Stamp(account, WORLD, str(own.organisation), own.role, str(fixed("power")))
    assert stamp.fits(_viewer())
    assert not stamp.fits(own)
