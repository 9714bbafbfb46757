"""Recovery by two administrators: what ends, who may, who may not, and the link that is shown once."""

import pytest
from django.test import Client

from sakimori.acts import door, proposals
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, Notice
from sakimori.errors import SakimoriError
from sakimori.parties.models import Account
from sakimori.web.access import factors, oidc
from sakimori.web.models import Invitation
from tests.support.deployment import REHEARSAL, fixed, viewer
from tests.web.access.conftest import Application, log_in
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
CHOSEN = "a new and long one"
RECOVER = "parties.account.recover"


@pytest.fixture
def deputy(parties):
    """A second administrator of `power`, with a log-in."""
    _seat("power", "viewer")
    return Account.objects.create_account("deputy", parties.person("power", "viewer"), PASSWORD)


def _seat(organisation, role):
    door.perform(
        "parties.membership.grant",
        {
            "person": str(fixed(f"{organisation}.{role}")),
            "organisation": str(fixed(organisation)),
            "role": "administrator",
            "valid_from": "2026-05-01",
        },
        by=viewer(organisation, "administrator"),
    )


def _deputy_viewer(world="sample"):
    from dataclasses import replace

    return replace(viewer("power", "viewer", world), role="administrator")


def _payload(person="power.reporter"):
    return {"person": str(fixed(person)), "reason": "電話を失くした"}


def _recover(person="power.reporter"):
    proposal = proposals.propose(RECOVER, _payload(person), by=viewer("power", "administrator"))
    return proposals.confirm(proposal.id, by=_deputy_viewer())


def test_everything_the_account_had_ends(hanako, deputy):
    application = Application(hanako)
    codes = factors.new_codes(hanako)
    oidc.bind(hanako, "https://id.example", "sub-1")
    client = Client()
    log_in(client)
    client.post("/access/second/", {"code": application.code()})
    assert client.get("/acts/").status_code == 200
    _recover()
    assert client.get("/acts/").status_code == 302
    assert log_in(Client()).status_code == 403
    hanako.refresh_from_db()
    assert not hanako.has_usable_password()
    assert (factors.listed(hanako), oidc.bound(hanako)) == ([], [])
    assert factors.check_code(hanako, codes[0]) is None


def test_the_person_is_told_by_notice(hanako, deputy):
    done = _recover()
    notice = Notice.objects.get(act=done.act)
    assert (notice.addressee, notice.title_en) == (fixed("power"), "A log-in was recovered.")


def test_the_link_is_shown_once_to_whoever_confirmed(hanako, deputy, enter):
    done = _recover()
    address = f"/access/recoveries/{done.act}/link/"
    first = enter("power", "administrator")
    assert "who confirmed the recovery" in first.get(address).content.decode()
    assert first.post(address).status_code == 403
    second = Client(headers={"accept-language": "en"})
    log_in(second, "deputy")
    session = second.session
    session["world"], session["role"] = "sample", f"{fixed('power')}/administrator"
    session.save()
    assert "To the one-time link" in second.get(f"/acts/{done.act}/").content.decode()
    assert "http://127.0.0.1:1/" not in second.get(address).content.decode()
    page = second.post(address).content.decode()
    link = page.partition("http://127.0.0.1:1")[2].partition("<")[0]
    assert link.startswith("/access/invitation/")
    again = second.post(address)
    assert again.status_code >= 400
    assert "/access/invitation/" not in again.content.decode()
    owner = Client(headers={"accept-language": "en"})
    assert "was recovered" in owner.get(link, follow=True).content.decode()
    owner.post("/access/invitation/", {"password": CHOSEN, "again": CHOSEN})
    assert log_in(Client(), password=CHOSEN).status_code == 302


def test_the_link_is_for_that_house_and_that_kind_only(hanako, deputy, enter):
    done = _recover()
    other = enter("meti", "administrator")
    assert other.get(f"/access/recoveries/{done.act}/link/").status_code == 404
    grant = Act.objects.filter(kind="parties.membership.grant").first()
    assert enter("power", "administrator").get(f"/access/recoveries/{grant.id}/link/").status_code == 404


def test_one_alone_cannot(hanako, deputy):
    with pytest.raises(RefusedError, match="second person"):
        door.perform(RECOVER, _payload(), by=viewer("power", "administrator"))
    proposal = proposals.propose(RECOVER, _payload(), by=viewer("power", "administrator"))
    with pytest.raises(RefusedError, match="own proposal"):
        proposals.confirm(proposal.id, by=viewer("power", "administrator"))


def test_nobody_recovers_or_confirms_for_himself(deputy, parties):
    with pytest.raises(SakimoriError, match="the own log-in"):
        proposals.propose(RECOVER, _payload("power.administrator"), by=viewer("power", "administrator"))
    proposal = proposals.propose(RECOVER, _payload("power.viewer"), by=viewer("power", "administrator"))
    with pytest.raises(SakimoriError, match="the own log-in"):
        proposals.confirm(proposal.id, by=_deputy_viewer())
    assert deputy.check_password(PASSWORD)


def test_other_roles_cannot(hanako):
    for role in ("reporter", "approver"):
        with pytest.raises(RefusedError):
            proposals.propose(RECOVER, _payload(), by=viewer("power", role))


def test_another_house_cannot(hanako, deputy):
    with pytest.raises(SakimoriError, match="another organisation"):
        proposals.propose(RECOVER, _payload("rail.reporter"), by=viewer("power", "administrator"))


def test_those_who_run_the_deployment_can_only_where_nobody_is_left(hanako, deputy):
    with pytest.raises(SakimoriError, match="another organisation"):
        proposals.propose(RECOVER, _payload(), by=viewer("meti", "administrator"))
    Account.objects.create_account("railway", fixed("rail.reporter"), PASSWORD)
    assert proposals.propose(RECOVER, _payload("rail.reporter"), by=viewer("meti", "administrator")).status == "open"


def test_somebody_with_a_role_in_another_house_too_is_nobodys_alone(hanako, deputy, second_role):
    with pytest.raises(SakimoriError, match="another organisation"):
        proposals.propose(RECOVER, _payload(), by=viewer("power", "administrator"))


def test_a_rehearsal_changes_nothing(hanako, deputy):
    with pytest.raises(SakimoriError, match="rehearsal"):
        proposals.propose(RECOVER, _payload(), by=viewer("power", "administrator", REHEARSAL))


def test_a_person_without_a_log_in(deputy):
    proposal = proposals.propose(RECOVER, _payload(), by=viewer("power", "administrator"))
    with pytest.raises(SakimoriError, match="no log-in"):
        proposals.confirm(proposal.id, by=_deputy_viewer())


def test_disabling_ends_the_session_at_once_and_enabling_takes_two(hanako, deputy):
    client = Client()
    log_in(client)
    door.perform("parties.account.disable", _payload(), by=viewer("power", "administrator"))
    assert client.get("/acts/").status_code == 302
    assert log_in(Client()).status_code == 403
    with pytest.raises(RefusedError, match="second person"):
        door.perform("parties.account.enable", _payload(), by=viewer("power", "administrator"))
    proposal = proposals.propose("parties.account.enable", _payload(), by=viewer("power", "administrator"))
    proposals.confirm(proposal.id, by=_deputy_viewer())
    assert log_in(Client()).status_code == 302


def test_two_administrators_bind_an_identity_once(hanako, taro, deputy):
    payload = {**_payload(), "issuer": "https://id.example", "subject": "sub-1"}
    proposal = proposals.propose("parties.identity.bind", payload, by=viewer("power", "administrator"))
    proposals.confirm(proposal.id, by=_deputy_viewer())
    assert oidc.bound(hanako)[0].subject == "sub-1"
    other = proposals.propose(
        "parties.identity.bind",
        {**payload, "person": str(fixed("power.approver"))},
        by=viewer("power", "administrator"),
    )
    with pytest.raises(SakimoriError, match="bound already"):
        proposals.confirm(other.id, by=_deputy_viewer())


def test_nobody_makes_a_first_link_out_of_a_recovery(hanako, deputy):
    from sakimori.web.access.invitations import invite

    assert invite(hanako.id)
    _recover()
    with pytest.raises(SakimoriError, match="who confirmed it"):
        invite(hanako.id)


def test_the_link_lasts_a_day(hanako, deputy, time):
    done = _recover()
    from sakimori.web.access.invitations import invite, open_invitation

    invite(hanako.id, purpose="recovery", act=done.act)
    digest = Invitation.objects.get().digest
    assert open_invitation(digest) is not None
    time.passes(hours=25)
    assert open_invitation(digest) is None


# --- the page of the people's log-ins --------------------------------------------------------------------------------


def test_an_administrator_sees_the_own_people_and_what_can_be_done(hanako, deputy, enter):
    Application(hanako)
    Account.objects.create_account("railway", fixed("rail.reporter"), PASSWORD)
    page = enter("power", "administrator").get("/access/people/").content.decode()
    assert page.index("hanako") < page.index("second factor set up")
    assert f'href="/acts/new/parties.account.recover/?person={hanako.person}"' in page
    assert "railway" not in page
    own = fixed("power.administrator")
    assert f"parties.account.recover/?person={own}" not in page


def test_the_form_offers_the_own_people_by_name(hanako, deputy, enter):
    form = enter("power", "administrator").get(f"/acts/new/parties.account.recover/?person={hanako.person}")
    chosen = form.content.decode().partition(f'value="{hanako.person}" selected')
    assert chosen[1]
    assert str(fixed("rail.reporter")) not in form.content.decode()


def test_a_disabled_log_in_can_be_enabled_from_there(hanako, deputy, enter):
    door.perform("parties.account.disable", _payload(), by=viewer("power", "administrator"))
    page = enter("power", "administrator").get("/access/people/").content.decode()
    assert f"/acts/new/parties.account.enable/?person={hanako.person}" in page


@pytest.mark.parametrize("role", ["reporter", "approver"])
def test_nobody_else_sees_it(enter, role):
    assert enter("power", role).get("/access/people/").status_code == 403
