"""What waits to be confirmed is shown where it would be offered again, and is not offered a second time."""

import pytest
from django.urls import reverse

from sakimori.acts import door, proposals
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Proposal
from sakimori.assets.models import Computer, Notification
from tests.support.deployment import WORLD, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry
from tests.web.conftest import enter, pytest_runtest_teardown

__all__ = ["enter", "pytest_runtest_teardown"]

pytestmark = pytest.mark.django_db
CATEGORY = "発電設備の監視制御システム"
DRAFT, CHANGE = "assets.notification.file", "assets.change_notification.file"


def propose(client, page):
    """Propose what a draft page shows, as its button does."""
    shown = client.get(page, {"category": CATEGORY})
    context = shown.context
    sent = {"category": CATEGORY, "digest": context["letter"].digest, "key": str(context["key"])}
    return client.post(page, sent)


def change(key, **told):
    computer = Computer.objects.get(world=WORLD, key=key)
    payload = {"computer": str(computer.id), "changed_on": "2026-11-20", **told}
    return door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))


@pytest.fixture
def proposed(parties, operator_edition, enter):
    """The reporter's client, after a first notification was proposed."""
    import_register()
    client = enter("power", "reporter")
    assert propose(client, reverse("assets:drafts")).status_code == 302
    return client


def test_a_draft_that_was_proposed_says_who_when_and_who_may_confirm_and_offers_nothing_more(proposed, enter):
    made = Proposal.objects.get(kind=DRAFT)
    for page in (reverse("assets:drafts"), reverse("assets:otherwise")):
        text = proposed.get(page, {"category": CATEGORY}).content.decode()
        assert "Waits to be confirmed" in text, page
        assert "Nothing has left yet" not in text
        assert 'name="digest"' not in text
        assert 'name="f-sent_at"' not in text
        assert reverse("assets:filing", args=[made.id]) in text
        assert "The records have changed" not in text  # nothing has changed since
    shown = proposed.get(reverse("assets:drafts"), {"category": CATEGORY})
    (one,) = shown.context["pending"]
    assert (one.own, one.may_confirm, one.same) == (True, False, True)
    assert one.confirmers
    assert one.by not in {"", *one.confirmers}
    listed = proposed.get(reverse("assets:drafts")).content.decode()
    assert "proposed, waits to be confirmed" in listed
    assert "See the draft" not in listed
    approver = enter("power", "approver").get(reverse("assets:drafts"), {"category": CATEGORY})
    assert approver.context["pending"][0].may_confirm


def test_a_draft_of_other_contents_is_not_proposed_beside_the_first(proposed):
    change("P-001", maker="別の製造者")
    text = proposed.get(reverse("assets:drafts"), {"category": CATEGORY}).content.decode()
    assert "The records have changed" in text
    letter = proposed.get(reverse("assets:drafts"), {"category": CATEGORY}).context["letter"]
    sent = {"category": CATEGORY, "digest": letter.digest, "key": "another"}
    refused = proposed.post(reverse("assets:drafts"), sent)
    assert refused.status_code == 409
    assert Proposal.objects.filter(kind=DRAFT).count() == 1
    proposals.refuse(Proposal.objects.get(kind=DRAFT).id, "内容が古い", by=viewer("power", "approver"))
    assert propose(proposed, reverse("assets:drafts")).status_code == 302


def test_changes_and_corrections_show_what_waits_too(parties, operator_edition, enter):
    import_register()
    file_notification()
    carry()
    client = enter("power", "reporter")
    change("P-001", maker="別の製造者")
    assert propose(client, reverse("assets:change")).status_code == 302
    for page in (reverse("assets:change"), reverse("assets:change_otherwise")):
        shown = client.get(page, {"category": CATEGORY})
        assert len(shown.context["pending"]) == 1, page
        assert 'name="digest"' not in shown.content.decode()
        assert 'name="f-sent_at"' not in shown.content.decode()
    page = reverse("assets:correct", args=[Notification.objects.get(side="operator").id])
    assert client.get(page).context["pending"] == []
    asked = client.post(page, {"reason": "誤り"})
    sent = {"reason": "誤り", "matter": "", "digest": asked.context["letter"].digest, "key": "k"}
    assert client.post(page, sent).status_code == 302
    again = client.get(page)
    assert len(again.context["pending"]) == 1
    assert 'name="reason"' not in again.content.decode()


def test_a_proposal_says_that_the_register_has_changed_and_offers_no_confirmation_that_would_be_refused(
    proposed, enter
):
    made = Proposal.objects.get(kind=DRAFT)
    address = reverse("assets:filing", args=[made.id])
    approver = enter("power", "approver")
    fresh = approver.get(address)
    assert fresh.context["stale"] is None
    assert "Confirm and send" in fresh.content.decode()
    change("P-001", maker="別の製造者")
    shown = approver.get(address)
    text = shown.content.decode()
    assert shown.context["stale"].blocked
    assert "it can no longer be filed as it stands" in text
    assert "Confirm and send" not in text
    assert 'value="refuse"' in text  # the way on stands on the same page
    (gone,), (come,) = (
        [said for said, _ in rows] for rows in (shown.context["stale"].gone, shown.context["stale"].come)
    )
    assert "別の製造者" in come
    assert "別の製造者" not in gone
    own = proposed.get(address).content.decode()
    assert "Withdraw it below" in own
    assert "See the draft of today" in own
    with pytest.raises(PreconditionError):
        proposals.confirm(made.id, by=viewer("power", "approver"))  # the page said what the door says
    assert proposed.post(address, {"reason": ""}).status_code == 422  # a reason is asked for, nothing is lost
    refused = proposed.post(address, {"reason": "登録簿が変わった"}, follow=True)
    assert refused.redirect_chain == [(address, 302)]
    assert refused.context["stale"] is None  # a proposal withdrawn is compared with nothing
    said = refused.content.decode()
    assert "It was withdrawn: nothing has left." in said
    assert "See the draft of today" in said
    assert proposed.post(address, {"reason": "もう一度"}).status_code in (409, 422)
    assert propose(proposed, reverse("assets:drafts")).status_code == 302
    anew = Proposal.objects.get(kind=DRAFT, status="open")
    assert proposals.confirm(anew.id, by=viewer("power", "approver")).act


def test_a_refusal_asks_for_a_new_draft_only_where_one_can_be_made(proposed):
    whole = Proposal.objects.get(kind=DRAFT)
    some = {**whole.payload, "rows": whole.payload["rows"][:1]}
    part = proposals.propose(DRAFT, some, by=viewer("power", "reporter"))
    proposals.confirm(whole.id, by=viewer("power", "approver"))
    carry()
    with pytest.raises(PreconditionError) as refused:  # its row has been filed with the others
        proposals.confirm(part.id, by=viewer("power", "approver"))
    assert "Nothing of it is left to file" in refused.value.explain("en")
    computer = Computer.objects.get(world=WORLD, key="P-001")
    was = computer.maker
    change("P-001", maker="別の製造者")
    propose(proposed, reverse("assets:change"))
    made = Proposal.objects.get(kind=CHANGE)
    change("P-001", maker="さらに別の製造者")
    with pytest.raises(PreconditionError) as refused:
        proposals.confirm(made.id, by=viewer("power", "approver"))
    assert "届出案を作り直してください" in refused.value.explain("ja")
    change("P-001", maker=was)
    with pytest.raises(PreconditionError) as refused:
        proposals.confirm(made.id, by=viewer("power", "approver"))
    said = refused.value.explain("ja")
    assert "作り直して" not in said
    assert "届け出るものは残っていません。提案してあれば、取り下げてください。" in said


def test_what_only_came_since_is_said_and_does_not_keep_a_proposal_from_being_confirmed(proposed, enter):
    made = Proposal.objects.get(kind=DRAFT)
    import_register([ROWS[0].replace("P-001", "P-901").replace("横河電機", "あとから来た製造者")])
    shown = enter("power", "approver").get(reverse("assets:filing", args=[made.id]))
    stale = shown.context["stale"]
    assert (stale.blocked, stale.gone, len(stale.come)) == (False, [], 1)
    assert "Confirm and send" in shown.content.decode()
    assert proposals.confirm(made.id, by=viewer("power", "approver")).act


def test_a_proposed_change_undone_meanwhile_says_that_nothing_of_it_is_left(parties, operator_edition, enter):
    import_register()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    client = enter("power", "reporter")
    assert propose(client, reverse("assets:change")).status_code == 302
    change("P-002", product="FortiOS")
    text = client.get(reverse("assets:filing", args=[Proposal.objects.get(kind=CHANGE).id])).content.decode()
    assert "Nothing of it is left to file" in text
    assert "FortiOS → " in text
    assert "FortiOS NG" in text


def test_the_list_of_changes_says_which_stand_in_a_filing_that_waits_to_be_confirmed(parties, operator_edition, enter):
    import_register()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    client = enter("power", "reporter")
    assert "its filing waits to be confirmed" not in client.get(reverse("assets:changes")).content.decode()
    assert propose(client, reverse("assets:change")).status_code == 302
    change("P-001", maker="あとからの製造者")
    text = client.get(reverse("assets:changes")).content.decode()
    assert text.count(">to be notified; its filing waits to be confirmed<") == 1
    assert ">to be notified<" in text
    assert reverse("assets:filing", args=[Proposal.objects.get(kind=CHANGE).id]) in text
    found = client.get(reverse("assets:changes"), {"q": "FortiOS", "sort": "status"}).content.decode()
    assert ">to be notified; its filing waits to be confirmed<" in found
    proposals.refuse(Proposal.objects.get(kind=CHANGE).id, "誤り", by=viewer("power", "approver"))
    assert "its filing waits to be confirmed" not in client.get(reverse("assets:changes")).content.decode()


def test_the_frames_page_of_a_stale_filing_says_so_too_and_offers_no_confirmation(proposed, enter):
    made = Proposal.objects.get(kind=DRAFT)
    address = reverse("proposal", args=[made.id])
    approver = enter("power", "approver")
    fresh = approver.get(address)
    assert fresh.context["note"] is None
    assert 'value="confirm"' in fresh.content.decode()
    change("P-001", maker="別の製造者")
    shown = approver.get(address).content.decode()
    assert "it can no longer be filed as it stands" in shown
    assert "別の製造者" in shown
    assert "Refuse it below" in shown
    assert 'value="confirm"' not in shown
    assert 'value="refuse"' in shown
    own = proposed.get(address).content.decode()
    assert "Withdraw it below" in own
    assert "See the draft of today" in own
    assert "somebody else must confirm it" not in own
    reader = enter("power", "viewer").get(address)
    assert reader.status_code == 200
    assert reader.context["note"] is None  # neither proposes nor confirms: nothing of the register is told
    proposals.refuse(made.id, "登録簿が変わった", by=viewer("power", "approver"))
    assert approver.get(address).context["note"] is None  # settled: nothing is left to decide


def test_the_frames_page_lets_confirm_what_only_lacks_what_came_since(proposed, enter):
    made = Proposal.objects.get(kind=DRAFT)
    import_register([ROWS[0].replace("P-001", "P-901").replace("横河電機", "あとから来た製造者")])
    shown = enter("power", "approver").get(reverse("proposal", args=[made.id])).content.decode()
    assert "あとから来た製造者" in shown
    assert 'value="confirm"' in shown
