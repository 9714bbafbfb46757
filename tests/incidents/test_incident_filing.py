"""What is filed and refused, what is asked about it, and what is shared with whom."""

import pytest

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import (
    LabelError,
    NotAuthorisedError,
    NotFoundError,
    PayloadError,
    PreconditionError,
    RefusedError,
)
from sakimori.acts.models import Act, Dispatch, Notice
from sakimori.incidents import drafts, entry
from sakimori.incidents.models import Draft, Filing, Question, Report
from tests.support import incidents as story
from tests.support.deployment import fixed, viewer
from tests.support.incidents import status

FIRST = "kyokaho.incident.first"


# --- filing ---------------------------------------------------------------------------------------------------------


def test_the_same_report_is_not_filed_twice(parties):
    told = story.reported()
    with pytest.raises(RefusedError, match="filed already"):
        story.file(told.case, lanes=("kyokaho",))
    assert Report.objects.filter(lane="kyokaho").count() == 2


def test_the_full_report_comes_after_the_first(parties):
    case = story.aware()
    story.triage(case)
    with pytest.raises(RefusedError, match="first report"):
        story.file(case, "full")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"event": {"summary": ""}}, "event.summary"),
        ({"technical": {"description": ""}}, "technical.description"),
        ({"response": {"measures": ""}}, "response.measures"),
    ],
)
def test_a_full_report_leaves_nothing_empty(parties, changed, where):
    told = story.reported()
    with pytest.raises(PreconditionError) as refused:
        entry.propose(viewer("power", "reporter"), told.case, story.filled(**changed), "full", lanes=("kyokaho",))
    assert refused.value.where == where
    assert refused.value.article == "命令4(3)"


def test_the_form_is_the_one_for_the_attack(parties):
    case = story.aware()
    story.triage(case)
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(), "first")
    wrong = prepared.payload | {"category": {"stage": "first", "form": 1}}
    with pytest.raises(PreconditionError) as refused:
        proposals.propose(prepared.kind, wrong, by=viewer("power", "reporter"))
    assert refused.value.where == "category.form"
    wrong = prepared.payload | {"technical": {**prepared.payload["technical"], "ddos": {"classes": ["T1498.001"]}}}
    with pytest.raises(PreconditionError) as refused:
        proposals.propose(prepared.kind, wrong, by=viewer("power", "reporter"))
    assert refused.value.where == "technical.ddos"


def test_the_awareness_reported_is_the_one_on_record_also_at_confirmation(parties):
    case = story.aware()
    story.triage(case)
    (made,) = entry.propose(viewer("power", "reporter"), case, story.filled(), "first")
    correction = {"case": str(case), "aware_at": "2026-11-20T08:00:00+09:00", "reason": "委託先が先に気付いていた"}
    door.perform("incidents.awareness.correct", correction, by=viewer("power", "approver"))
    with pytest.raises(PreconditionError) as refused:
        entry.confirm(viewer("power", "approver"), [made.id])
    assert refused.value.where == "event.aware_at"
    story.file(case)
    assert Filing.objects.get().content["event"]["aware_at"] == "2026-11-20T08:00:00+09:00"


def test_a_computer_that_the_case_does_not_name_is_refused(parties):
    case = story.aware()
    story.triage(case)
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(), "first")
    wrong = prepared.payload | {"computers": [*prepared.payload["computers"], {**story.FIREWALL}]}
    with pytest.raises(PreconditionError) as refused:
        proposals.propose(prepared.kind, wrong, by=viewer("power", "reporter"))
    assert refused.value.where == "computers.1"


def test_every_faulty_indicator_is_named_in_both_languages(parties):
    case = story.aware()
    story.triage(case)
    (prepared,) = entry.prepare(viewer("power", "reporter"), case, story.filled(), "first")
    wrong = prepared.payload | {"technical": {"indicators": ["203.0.113.7", "300.1.1.1", "10.0.0.0/4", "evil"]}}
    with pytest.raises(PayloadError) as refused:
        proposals.propose(prepared.kind, wrong, by=viewer("power", "reporter"))
    assert [fault["where"] for fault in refused.value.fields] == [f"technical.indicators.{n}" for n in (1, 2, 3)]
    assert all(" / " in fault["what"] for fault in refused.value.fields)


def test_an_addressee_that_does_not_know_the_operator_refuses_and_the_duty_stays(parties):
    case = story.aware()
    story.triage(case)
    story.file(case)
    from sakimori.parties.models import Designation
    from sakimori.record import open_door

    with open_door("test"):
        Designation.objects.filter(organisation=fixed("power")).update(bureau=None)
    story.carry()
    assert Dispatch.objects.get(addressee=fixed("bureau")).status == "refused"
    assert Dispatch.objects.get(addressee=fixed("cabinet")).status == "arrived"
    assert Filing.objects.get().status == "refused"
    assert status(FIRST) == ["open"]


def test_somebody_elses_case_does_not_exist(parties):
    case = story.aware()
    for kind, payload in (
        ("incidents.case.triage", {"case": str(case), "facts": {}}),
        ("incidents.case.update", {"case": str(case), "title": "x"}),
    ):
        with pytest.raises(NotFoundError):
            door.perform(kind, payload, by=viewer("rail", "reporter"))
    with pytest.raises(NotFoundError):
        entry.prepare(viewer("rail", "reporter"), case, story.filled(), "first")


def test_who_may_not_act_is_refused(parties):
    for organisation, role in (("power", "viewer"), ("power", "administrator"), ("meti", "officer")):
        with pytest.raises(NotAuthorisedError):
            story.aware(by=viewer(organisation, role))
    with pytest.raises(NotAuthorisedError):
        door.perform(
            "incidents.report.receive",
            {"envelope": str(fixed("e")), "sender": None, "addressee": str(fixed("meti")), "document": {}},
            by=viewer("meti", "officer"),
        )


# --- questions, consent, drafts -------------------------------------------------------------------------------------


def test_a_question_travels_and_its_answer_comes_back_to_the_asker_only(parties):
    told = story.reported()
    report = Report.objects.get(addressee=fixed("bureau"))
    door.perform(
        "incidents.question.ask",
        {"report": str(report.id), "text": "何時に遮断しましたか"},
        by=viewer("bureau", "officer"),
    )
    story.carry()
    (asked,) = reading.read(viewer("power", "reporter"), "incidents.questions")
    assert (asked["text"], asked["case"]) == ("何時に遮断しましたか", told.case)
    assert Notice.objects.filter(addressee=fixed("power"), kind="incidents.question.receive").exists()
    answer = {"number": str(asked["number"]), "answer": "10時です"}
    with pytest.raises(NotFoundError):
        door.perform("incidents.question.answer", answer, by=viewer("rail", "reporter"))
    door.perform("incidents.question.answer", answer, by=viewer("power", "reporter"))
    story.carry()
    (row,) = reading.read(viewer("bureau", "officer"), "incidents.questions")
    assert (row["answer"], row["status"]) == ("10時です", "answered")
    assert reading.read(viewer("cabinet", "analyst"), "incidents.questions") == []
    with pytest.raises(PreconditionError):
        door.perform("incidents.question.answer", answer, by=viewer("power", "reporter"))
    assert Question.objects.count() == 2


def test_the_reporter_hears_which_office_opened_its_report_and_never_who(parties):
    told = story.reported()
    report = Report.objects.get(addressee=fixed("ppc"))
    opened = {"report": str(report.id)}
    with pytest.raises(NotFoundError):
        door.perform("incidents.report.open", opened, by=viewer("police", "liaison"))
    door.perform("incidents.report.open", opened, by=viewer("ppc", "liaison"))
    story.carry()
    (row,) = reading.read(viewer("power", "viewer"), "incidents.readers", case=told.case)
    assert row["organisation"] == fixed("ppc")
    assert str(fixed("ppc.liaison")) not in str(row)
    assert Notice.objects.filter(addressee=fixed("power"), kind="incidents.opening.receive").exists()
    assert reading.read(viewer("rail", "viewer"), "incidents.readers", case=told.case) == []
    with pytest.raises(RefusedError):
        door.perform("incidents.report.open", opened, by=viewer("ppc", "liaison"))


def test_only_the_addressee_asks_about_a_report(parties):
    story.reported()
    report = Report.objects.get(addressee=fixed("cabinet"))
    with pytest.raises(NotFoundError):
        door.perform("incidents.question.ask", {"report": str(report.id), "text": "?"}, by=viewer("bureau", "officer"))


@pytest.mark.parametrize("consent", [True, False])
def test_the_national_cyber_office_is_told_only_with_consent(parties, consent):
    case = story.aware()
    story.triage(case)
    story.file(case, remarks={"text": "", "nco_consent": consent})
    story.carry()
    report = Report.objects.get(addressee=fixed("bureau"))
    share = {"report": str(report.id)}
    if consent:
        door.perform("incidents.report.share_with_nco", share, by=viewer("bureau", "officer"))
        assert Notice.objects.filter(addressee=fixed("cabinet"), kind="incidents.report.share_with_nco").exists()
        return
    with pytest.raises(PreconditionError) as refused:
        door.perform("incidents.report.share_with_nco", share, by=viewer("bureau", "officer"))
    assert refused.value.code == "incidents.nco_consent"
    assert not Act.objects.filter(kind="incidents.report.share_with_nco").exists()


def test_a_draft_keeps_what_was_typed_faults_and_all(parties):
    case = story.aware()
    drafts.save(viewer("power", "reporter"), case, {"f-event.summary": "書きかけ", "f-x": "300.1.1.1"})
    assert drafts.load(viewer("power", "approver"), case)["f-x"] == "300.1.1.1"
    drafts.save(viewer("power", "approver"), case, {"f-event.summary": "続き"})
    assert drafts.load(viewer("power", "reporter"), case) == {"f-event.summary": "続き"}
    assert Draft.objects.count() == 1
    for other in (viewer("rail", "reporter"), viewer("power", "viewer"), viewer("meti", "officer")):
        with pytest.raises(NotFoundError):
            drafts.load(other, case)


def test_giving_a_report_to_the_police_lane_is_held_back_by_its_label(parties):
    """The full form never goes to the police: its label is above their ceiling, whatever the code asks for."""
    case = story.aware()
    story.triage(case, consult_police=True)
    from sakimori.incidents.models import Triage
    from sakimori.record import open_door

    made = Triage.objects.get()
    wrong = [{**one, "lane": "kyokaho"} for one in made.addressees]
    with open_door("test"):
        Triage.objects.filter(id=made.id).update(addressees=wrong)
    with pytest.raises(LabelError):
        story.file(case, lanes=("kyokaho",))
    assert not Filing.objects.exists()
