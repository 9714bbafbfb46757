"""The warnings room on the site: released from an analysis, received, answered; recipients are the issuer's to see."""

import pytest
from django.urls import reverse

from sakimori.acts import proposals
from sakimori.acts.models import Proposal
from sakimori.analysis.models import Assessment
from sakimori.warnings.models import IssuedWarning, Received, Recipient
from tests.support import warning
from tests.support.deployment import viewer

pytestmark = pytest.mark.django_db

CONTENT = {
    "f-content.advisories": "CVE-1900-0001", "f-content.title_ja": "境界装置の脆弱性",
    "f-content.title_en": "A weakness of boundary devices", "f-content.what_ja": "悪用が確認されています。",
    "f-content.what_en": "It is being exploited.", "f-content.measures_ja": "更新してください。",
    "f-content.measures_en": "Update.", "f-content.indicators": "ipv4\t203.0.113.7",
    "f-taken_out": "報告者と届出の内容", "f-tlp": "tlp:amber",
}  # fmt: skip


def text(answer):
    return answer.content.decode()


@pytest.fixture
def found(parties):
    warning.notify()
    found = warning.match()
    warning.provide(found)
    return found


@pytest.fixture
def sent(found):
    warning.release(found)
    warning.carry()
    return IssuedWarning.objects.get()


def test_the_release_is_prefilled_with_what_is_public_and_nothing_else(enter, found):
    basis = Assessment.objects.get()
    page = text(enter("meti", "officer").get(reverse("warnings:release"), {"assessment": str(basis.id)}))
    form = page.partition('<form method="post" class="stack"')[2]
    assert "CVE-1900-0001" in form
    assert "Fortinet FortiOS" in form
    assert "悪用あり" not in form  # the analysis is shown beside the form, never filled in
    assert "悪用あり" in page


def test_a_release_is_proposed_confirmed_and_reaches_exactly_those_concerned(enter, found):
    ids = [str(row["id"]) for row in found if row["reach"] == "notified"]
    client, address = enter("meti", "officer"), reverse("warnings:release")
    nothing = client.post(address, CONTENT)
    assert nothing.status_code == 422
    assert "報告者と届出の内容" in text(nothing)
    made = client.post(address, {**CONTENT, "finding": ids, "key": "k"})
    assert made.status_code == 302, text(made)
    proposals.confirm(Proposal.objects.get(kind="warnings.release.make").id, by=viewer("meti", "decider"))
    warning.carry()
    issued = IssuedWarning.objects.get()
    page = text(client.get(reverse("warnings:issued", args=[issued.id])))
    for said in ("1 of 1 arrived, 0 answered", "Fictitious Power", "報告者と届出の内容", "203.0.113.7"):
        assert said in page
    assert "Fictitious Rail" not in page
    assert "No warning has come in" in text(enter("rail", "reporter").get(reverse("warnings:warnings")))


def test_an_operator_reads_why_and_answers_and_the_issuer_sees_the_answer(enter, sent):
    client = enter("power", "reporter")
    assert "A weakness of boundary devices" in text(client.get(reverse("warnings:warnings")))
    own = Received.objects.get()
    address = reverse("warnings:received", args=[own.id])
    page = text(client.get(address))
    for said in ("Why you", "FortiOS", "It is being exploited.", "Update.", "203.0.113.7", "not answered yet"):
        assert said in page
    assert client.post(address, {"f-answer": "", "key": "a"}).status_code == 422
    assert client.post(address, {"f-answer": "maybe", "key": "a"}).status_code == 422
    typed = {"f-answer": "affected_mitigating", "f-note": "更新作業中", "key": "b"}
    answers = [client.post(address, typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "affected, being mitigated" in text(client.get(address))
    warning.carry()
    assert Recipient.objects.get().answer == "affected_mitigating"
    page = text(enter("meti", "decider").get(reverse("warnings:issued", args=[sent.id])))
    for said in ("1 of 1 arrived, 1 answered", "更新作業中"):
        assert said in page


def test_a_reader_is_shown_but_does_not_answer(enter, sent):
    client, own = enter("power", "viewer"), Received.objects.get()
    address = reverse("warnings:received", args=[own.id])
    page = text(client.get(address))
    assert "FortiOS" in page
    assert "A reporter or approver of your organisation answers" in page
    assert client.post(address, {"f-answer": "checking"}).status_code == 403
    assert Received.objects.get().answer == ""


def test_nobody_else_sees_a_warning_or_that_there_is_one(enter, sent):
    own = Received.objects.get()
    rail = enter("rail", "approver")
    assert rail.get(reverse("warnings:received", args=[own.id])).status_code == 404
    assert rail.post(reverse("warnings:received", args=[own.id]), {"f-answer": "checking"}).status_code == 404
    assert "weakness" not in text(rail.get(reverse("warnings:warnings")))
    for organisation, role in (("mlit", "officer"), ("cabinet", "officer")):
        client = enter(organisation, role)
        assert client.get(reverse("warnings:issued", args=[sent.id])).status_code == 404
        assert "weakness" not in text(client.get(reverse("warnings:warnings")))
    assert enter("power", "reporter").get(reverse("warnings:issued", args=[sent.id])).status_code == 403
    assert enter("vendor", "vendor_contact").get(reverse("warnings:warnings")).status_code == 403
    assert enter("power", "approver").get(reverse("warnings:release")).status_code == 403
    assert enter("meti", "officer").get(reverse("warnings:publish")).status_code == 403


def test_a_notice_to_all_is_published_from_the_exempt_findings(enter, found):
    client = enter("cabinet", "officer")
    page = text(client.get(reverse("warnings:publish")))
    assert "everybody" in page
    assert "Fictitious Power" not in page.partition("<main")[2]
    ids = [str(row["id"]) for row in found if row["reach"] == "designated"]
    made = client.post(reverse("warnings:publish"), {**CONTENT, "f-tlp": "tlp:clear", "finding": ids})
    assert made.status_code == 302, text(made)
    proposals.confirm(Proposal.objects.get(kind="warnings.notice.publish").id, by=viewer("cabinet", "decider"))
    warning.carry()
    for name in ("power", "rail"):
        assert "boundary devices" in text(enter(name, "viewer").get(reverse("warnings:warnings")))


def test_a_release_from_an_analysis_of_another_minister_is_not_there(enter, found):
    basis = Assessment.objects.get()
    assert enter("mlit", "officer").get(reverse("warnings:release"), {"assessment": str(basis.id)}).status_code == 404
    assert enter("meti", "officer").get(reverse("warnings:release"), {"assessment": "x"}).status_code == 404
