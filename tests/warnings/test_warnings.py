"""Who is told, who is not, and that nobody learns of another."""

import pytest

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import LabelError, NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Notice
from sakimori.analysis.models import Assessment, Finding
from sakimori.warnings.models import IssuedWarning, Recipient
from tests.support.deployment import fixed, viewer
from tests.support.warning import CONTENT, carry, match, notify, provide, release


def test_the_catalogue_touches_the_notified_product_and_the_exempt_item_only(parties):
    notify()
    found = {(row["advisory__identifier"], row["reach"], row["operator"]) for row in match()}
    assert found == {
        ("CVE-1900-0001", "notified", fixed("power")),
        ("CVE-1900-0002", "designated", None),  # Windows is exempt: nobody notified it
    }


def test_a_finding_carries_the_label_of_the_reports_it_rests_on(parties):
    notify()
    findings = match()
    provide(findings)
    assert Finding.objects.filter(reach="notified").first().labels == {"operators": ["reported_information"]}
    assert Assessment.objects.get().labels == {"all": ["reported_information"]}


def test_an_analysis_goes_to_the_minister_of_those_operators_only(parties):
    notify()
    findings = match()
    ids = [str(row["id"]) for row in findings if row["reach"] == "notified"]
    with pytest.raises(RefusedError, match="another minister"):
        door.perform(
            "analysis.assessment.provide",
            {"minister": str(fixed("mlit")), "title": "x", "text": "x", "findings": ids},
            by=viewer("cabinet", "officer"),
        )
    provide(findings)
    assert len(reading.read(viewer("meti", "officer"), "analysis.findings")) == 1
    assert reading.read(viewer("mlit", "officer"), "analysis.findings") == []


def test_the_operator_concerned_is_warned_with_its_reason_and_nobody_else_sees_anything(parties):
    notify()
    findings = match()
    provide(findings)
    release(findings)
    carry()

    (warning,) = reading.read(viewer("power", "reporter"), "warnings.received")
    assert warning["content"]["title_ja"] == CONTENT["title_ja"]
    assert "FortiOS" in warning["reason_ja"]
    assert reading.read(viewer("rail", "reporter"), "warnings.received") == []
    assert Notice.objects.filter(addressee=fixed("rail")).count() == 0
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer("rail", "reporter"), "warnings.recipients", warning=IssuedWarning.objects.get().id)


def test_the_warning_lost_its_labels_by_release_and_says_what_was_taken_out(parties):
    notify()
    findings = match()
    provide(findings)
    release(findings)
    warning = IssuedWarning.objects.get()
    assert warning.labels == {"all": ["tlp:amber"]}
    assert warning.taken_out


def test_nothing_beside_the_allow_list_can_be_released(parties):
    notify()
    findings = match()
    provide(findings)
    with pytest.raises(RefusedError):
        release(findings, content={**CONTENT, "reporter": "架空電力"})
    assert not IssuedWarning.objects.exists()


def test_a_minister_cannot_release_what_was_not_provided(parties):
    notify()
    findings = match()
    with pytest.raises(NotFoundError):
        release(findings)


def test_an_unreleased_label_cannot_be_given_to_an_operator(parties):
    """Red to named recipients only: an operator without that clearance is refused with the standard's name."""
    notify()
    findings = match()
    provide(findings)
    with pytest.raises(LabelError) as refused:
        release(findings, tlp="tlp:red")
    assert refused.value.article == "TLP"
    assert not IssuedWarning.objects.exists()


def test_an_exempt_item_is_told_to_every_operator(parties):
    notify()
    findings = [row for row in match() if row["reach"] == "designated"]
    payload = {"content": CONTENT, "taken_out": "なし", "findings": [str(row["id"]) for row in findings]}
    proposal = proposals.propose("warnings.notice.publish", payload, by=viewer("cabinet", "officer"))
    proposals.confirm(proposal.id, by=viewer("cabinet", "decider"))
    carry()
    for operator in ("power", "rail"):
        assert len(reading.read(viewer(operator, "reporter"), "warnings.received")) == 1


def test_a_notice_to_all_cannot_rest_on_one_operators_products(parties):
    notify()
    findings = [str(row["id"]) for row in match() if row["reach"] == "notified"]
    payload = {"content": CONTENT, "taken_out": "なし", "findings": findings}
    proposal = proposals.propose("warnings.notice.publish", payload, by=viewer("cabinet", "officer"))
    with pytest.raises(RefusedError, match="single operators"):
        proposals.confirm(proposal.id, by=viewer("cabinet", "decider"))


def test_the_answer_comes_back_to_the_issuer(parties):
    notify()
    findings = match()
    provide(findings)
    release(findings)
    carry()
    (warning,) = reading.read(viewer("power", "reporter"), "warnings.received")
    door.perform(
        "warnings.answer.give",
        {"number": str(warning["number"]), "answer": "affected_mitigated", "note": "更新済み"},
        by=viewer("power", "reporter"),
    )
    carry()
    recipient = Recipient.objects.get()
    assert (recipient.answer, recipient.answer_note) == ("affected_mitigated", "更新済み")
    (seen,) = reading.read(viewer("meti", "officer"), "warnings.recipients", warning=recipient.warning_id)
    assert seen["answer"] == "affected_mitigated"
    with pytest.raises(NotFoundError):
        door.perform(
            "warnings.answer.give",
            {"number": str(warning["number"]), "answer": "checking"},
            by=viewer("rail", "reporter"),
        )
