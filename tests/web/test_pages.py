"""What the pages show and do: desk, proposals, notices, acts, receipts, and errors that lose nothing."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from sakimori.acts import proposals
from sakimori.acts.models import Act, Notice, Proposal
from tests.support.deployment import fixed, viewer
from tests.web import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(parties):
    return scene.play()


def test_the_desk_says_what_by_when_and_why(enter, played):
    page = enter("power", "reporter").get("/").content.decode()
    assert "2027-03-31" in page
    assert "127 days left" in page
    assert "Act Suppl. Art. 4" in page
    assert "強化法附則4" in enter("power", "reporter", language="ja").get("/").content.decode()
    assert "<details>" in page


def test_an_office_sees_its_own_duty_and_the_next_step(enter, played):
    page = enter("meti", "officer").get("/").content.decode()
    assert reverse("assets:notifications") in page
    assert "no number in the law" in page


def test_opening_a_notice_is_an_act_and_done_once(enter, played):
    client, address = enter("meti", "intake"), reverse("notice", args=[played.notice])
    assert client.get(address).status_code == 200
    assert Notice.objects.get(id=played.notice).opened_at is None  # looking at the title opens nothing
    for _ in range(2):
        assert client.post(address).status_code == 302
    assert Notice.objects.get(id=played.notice).opened_by == fixed("meti.intake")
    assert Act.objects.filter(kind="acts.notice.open").count() == 1


def test_another_organisations_notice_is_not_there(enter, played):
    client = enter("mlit", "intake")
    assert client.get(reverse("notice", args=[played.notice])).status_code == 404
    assert client.post(reverse("notice", args=[played.notice])).status_code == 404
    assert Notice.objects.get(id=played.notice).opened_at is None


def test_a_proposal_shows_exactly_what_would_be_done(enter, played):
    page = enter("power", "approver").get(reverse("proposal", args=[played.proposal])).content.decode()
    proposal = Proposal.objects.get(id=played.proposal)
    assert proposal.digest in page
    for said in ("FortiOS", "Fortinet", "命令1(1)(iii)", "架空電力", "1 Dec 2026"):
        assert said in page


def test_the_second_person_confirms(enter, played):
    client = enter("power", "approver")
    answer = client.post(reverse("proposal", args=[played.proposal]), {"action": "confirm", "key": "k"})
    assert answer.headers["Location"].startswith("/acts/")
    assert "Done and recorded." in client.get(answer.headers["Location"]).content.decode()
    assert Proposal.objects.get(id=played.proposal).status == "confirmed"


def test_whoever_comes_second_is_told(enter, played):
    client = enter("power", "approver")
    page = client.get(reverse("proposal", args=[played.proposal]))
    assert "Confirm" in page.content.decode()
    proposals.confirm(played.proposal, by=viewer("power", "approver"))
    late = client.post(reverse("proposal", args=[played.proposal]), {"action": "confirm", "key": "other"})
    assert late.status_code == 409
    assert "This proposal was confirmed at" in late.content.decode()


def test_the_proposer_may_withdraw_but_not_confirm(enter, played):
    client, address = enter("power", "reporter"), reverse("proposal", args=[played.proposal])
    assert 'value="confirm"' not in client.get(address).content.decode()
    assert client.post(address, {"action": "confirm"}).status_code in (403, 409)
    assert client.post(address, {"action": "refuse", "reason": "誤りがある"}).status_code == 302
    assert Proposal.objects.get(id=played.proposal).status == "refused"
    assert "誤りがある" in client.get(address).content.decode()


def test_refusing_without_a_reason_is_refused(enter, played):
    client = enter("power", "approver")
    answer = client.post(reverse("proposal", args=[played.proposal]), {"action": "refuse", "reason": " "})
    assert answer.status_code == 422
    assert Proposal.objects.get(id=played.proposal).status == "open"


def test_another_organisations_proposal_is_not_there(enter, played):
    answer = enter("rail", "approver").get(reverse("proposal", args=[played.proposal]))
    assert answer.status_code == 404
    assert "Fortinet" not in answer.content.decode()


def test_an_act_shows_how_far_the_filing_got_and_who_opened_it(enter, played):
    from sakimori.acts import reading

    reading.read(viewer("meti", "intake"), "assets.notifications")
    page = enter("power", "reporter").get(reverse("act", args=[played.filed])).content.decode()
    for said in ("Prepared", "Approved", "Sent", "Arrived", "Signed acknowledgement", "Who opened it", "CENTUM VP"):
        assert said in page
    japanese = enter("power", "reporter", language="ja").get(reverse("act", args=[played.filed])).content.decode()
    assert "受理" not in japanese.replace("役所の受理とは別のもの", "")  # the glossary says what it is not


def test_the_contents_are_shown_to_the_roles_that_handle_the_kind(enter, played):
    page = enter("power", "viewer").get(reverse("act", args=[played.filed])).content.decode()
    assert "CENTUM VP" not in page
    assert "Your role does not handle this kind of act" in page


def test_the_receipt_is_a_file_that_verifies(enter, played):
    from sakimori import proofs
    from sakimori.acts import keys

    answer = enter("power", "viewer").get(reverse("receipt", args=[played.filed]))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "SAMPLE" in answer.headers["Content-Disposition"]
    proofs.verify_receipt(json.loads(answer.content), keys.ring("sample"))
    assert enter("rail", "viewer").get(reverse("receipt", args=[played.filed])).status_code == 404


def test_an_administrator_sees_no_contents(enter, played):
    client = enter("power", "administrator")
    assert client.get(reverse("act", args=[played.filed])).status_code == 404
    assert client.get("/inbox/").status_code == 403
    desk = client.get("/").content.decode()
    assert "特定重要電子計算機の届出" not in desk
    assert "Enrol a person" in desk


@pytest.mark.parametrize(("language", "said"), [("ja", "見つかりません"), ("en", "Not found")])
def test_what_is_not_there_is_said_in_the_readers_language(enter, language, said):
    answer = enter("power", "viewer", language=language).get("/nowhere/")
    assert answer.status_code == 404
    assert said in answer.content.decode()


def test_the_404_page_keeps_the_frame_of_whoever_has_logged_in(enter):
    page = enter("power", "viewer").get("/nowhere/").content.decode()
    assert "Fictitious Power" in page
    assert 'href="/obligations/"' in page


def test_style_and_mark_are_served_to_anybody():
    for name in ("values.css", "frame.css", "parts.css", "print.css", "comfort.js", "mark.svg"):
        answer = Client().get(f"/static/web/{name}")
        assert (answer.status_code, len(answer.getvalue()) > 100) == (200, True)
        answer.close()


def test_a_refused_page_says_why_and_under_which_article(enter):
    answer = enter("power", "viewer").get(reverse("new_act", args=["assets.notification.file"]))
    assert answer.status_code == 403
    assert "Your role may not do" in answer.content.decode()
    assert "Act Art. 4(1)" in answer.content.decode()


def test_a_stale_form_loses_nothing(enter):
    made = enter("power", "approver")
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.cookies = made.cookies
    answer = client.post(
        reverse("new_act", args=["parties.consent.give"]), {"f-scope": "とても長い説明", "password": "geheim"}
    )
    assert answer.status_code == 403
    assert "とても長い説明" in answer.content.decode()
    assert "geheim" not in answer.content.decode()


def test_a_fault_of_ours_shows_a_page_without_details(enter, settings):
    client = enter("power", "viewer")
    client.raise_request_exception = False
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "title": None}
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Traceback" not in answer.content.decode()
    assert "Something is broken here" in answer.content.decode()


def test_an_error_page_shows_what_was_typed_but_no_secret(enter):
    answer = enter("power", "approver").post(
        reverse("new_act", args=["acts.dispatch.arrive"]), {"f-note": "書きかけの文章", "password": "geheim"}
    )
    assert answer.status_code == 404
    assert "書きかけの文章" in answer.content.decode()
    assert "geheim" not in answer.content.decode()
