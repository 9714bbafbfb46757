"""Reports on paper, by mail or over a portal: counted from their arrival, linked to the copy that came by envelope."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from sakimori.acts import clock, door, reading, sequencer
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Delivery, Dispatch, Obligation, ReadSubject
from sakimori.acts.verify import verify_deployment
from sakimori.incidents.models import Report
from sakimori.record import open_door
from tests.incidents.test_incident_elsewhere import FULL, arrives
from tests.support import files
from tests.support import incidents as story
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.django_db

ARRIVED = "2026-11-21T09:00:00+09:00"


def entered(by=None, **changed):
    """Enter a first report of the power operator at the bureau and return it."""
    payload = {"operator": str(fixed("power")), "what": "first", "channel": "post", "arrived_at": ARRIVED,
               "reference": "受付 7", "aware_at": story.AWARE, **changed}  # fmt: skip
    done = door.perform("incidents.entry.record", payload, by=by or viewer("bureau", "intake"))
    return Report.objects.get(act=done.act)


def clock_of(report):
    return Obligation.objects.filter(rule=FULL, subject=report.case).order_by("id").first()


def test_a_first_report_on_paper_starts_the_thirty_days_and_a_full_one_settles_them(parties):
    first = entered()
    assert (first.status, first.channel, first.transcribed, first.received_at.isoformat()[:16]) == (
        "current", "post", False, "2026-11-21T00:00",
    )  # fmt: skip
    clock = clock_of(first)
    assert (clock.status, str(clock.due_on), clock.bearer) == ("open", "2026-12-21", fixed("power"))
    full = entered(
        what="full", report=str(first.id), reference="8", summary="1台", arrived_at="2026-11-22T09:00:00+09:00"
    )
    assert full.case == first.case
    clock.refresh_from_db()
    assert (clock.status, clock.settled_at) == ("settled", full.received_at)
    first.refresh_from_db()
    assert first.status == "superseded"


def test_without_the_awareness_no_day_is_counted(parties):
    assert clock_of(entered(aware_at=None)) is None


def test_the_same_report_by_envelope_takes_the_place_of_the_paper(parties):
    paper = entered()
    arrives("first", "bureau")
    paper.refresh_from_db()
    envelope = Report.objects.get(channel="envelope")
    assert (paper.status, paper.same_as, envelope.status) == ("superseded", envelope.id, "current")
    assert Obligation.objects.filter(rule=FULL, status="open").count() == 1
    assert clock_of(envelope).status == "open"


def test_a_paper_that_follows_the_envelope_is_a_second_copy(parties):
    arrives("first", "bureau")
    paper = entered()
    envelope = Report.objects.get(channel="envelope")
    assert (paper.status, paper.same_as, paper.case) == ("superseded", envelope.id, envelope.case)
    assert Obligation.objects.filter(rule=FULL).count() == 1
    envelope.refresh_from_db()
    assert envelope.status == "current"


def test_copies_that_do_not_tell_the_awareness_are_linked_by_an_act(parties):
    arrives("first", "bureau")
    paper, envelope = entered(aware_at=None), Report.objects.get(channel="envelope")
    door.perform(
        "incidents.entry.link",
        {"report": str(paper.id), "same_as": str(envelope.id)},
        by=viewer("bureau", "intake"),
    )
    paper.refresh_from_db()
    assert paper.same_as == envelope.id
    with pytest.raises(RefusedError, match="ここで入力され"):
        door.perform(
            "incidents.entry.link",
            {"report": str(envelope.id), "same_as": str(paper.id)},
            by=viewer("bureau", "intake"),
        )


def test_a_withdrawn_entry_opens_again_what_it_settled(parties):
    first = entered()
    full = entered(what="full", report=str(first.id), reference="8", arrived_at="2026-11-22T09:00:00+09:00")
    door.perform("incidents.entry.withdraw", {"report": str(full.id), "reason": "別件"}, by=viewer("bureau", "officer"))
    assert clock_of(first).status == "open"
    first.refresh_from_db()
    assert first.status == "current"
    door.perform(
        "incidents.entry.withdraw", {"report": str(first.id), "reason": "別件"}, by=viewer("bureau", "officer")
    )
    assert not Obligation.objects.filter(rule=FULL, status="open").exists()
    with pytest.raises(RefusedError):
        door.perform(
            "incidents.entry.withdraw", {"report": str(first.id), "reason": "x"}, by=viewer("bureau", "officer")
        )


def test_a_paper_settles_the_first_report_that_an_operator_hosted_here_owes(parties):
    case = story.aware()
    story.triage(case)
    owed = Obligation.objects.get(rule="kyokaho.incident.first", subject=case)
    paper = entered()
    assert paper.case == case
    owed.refresh_from_db()
    assert (owed.status, owed.settled_at) == ("settled", paper.received_at)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"operator": str(fixed("rail"))}, "operator"),
        ({"arrived_at": "2026-12-01T09:00:00+09:00"}, "arrived_at"),
        ({"arrived_at": "2026-09-01T09:00:00+09:00", "aware_at": None}, "arrived_at"),
        ({"aware_at": "2026-11-22T09:00:00+09:00"}, "aware_at"),
        ({"reference": ""}, "reference"),
        ({"what": "full", "aware_at": None}, "report"),
        ({"attachments": ["1" * 64]}, "attachments"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_at_its_field(parties, changed, where):
    with pytest.raises(RefusedError) as refused:
        entered(**changed)
    assert refused.value.where == where
    assert not Report.objects.exists()


def test_the_same_number_is_not_entered_twice_and_nobody_else_enters(parties):
    entered()
    with pytest.raises(RefusedError, match="既に入力されています"):
        entered()
    for name, role in (("bureau", "decider"), ("power", "reporter"), ("ppc", "liaison")):
        with pytest.raises(NotAuthorisedError):
            entered(by=viewer(name, role))
    with pytest.raises(RefusedError):
        entered(by=viewer("mlit", "intake"))
    with pytest.raises(NotFoundError):
        door.perform(
            "incidents.entry.withdraw",
            {"report": str(Report.objects.get().id), "reason": "x"},
            by=viewer("mlit", "intake"),
        )
    assert entered(by=viewer("cabinet", "intake")).addressee == fixed("cabinet")


# --- an addressee out of reach ---


def filed():
    """File a first report that no envelope delivers; return the case and its dispatches."""
    case = story.aware()
    story.triage(case)
    (done,) = story.file(case, lanes=("kyokaho",))
    sequencer.drain()
    return case, list(Dispatch.objects.filter(act=done.act).order_by("addressee"))


def confirm(dispatch, by=None, **changed):
    """Record the evidence that a filing arrived by other means, this minute."""
    now = clock.now(WORLD).replace(second=0, microsecond=0)
    payload = {"dispatch": str(dispatch.id), "channel": "portal", "arrived_at": now.isoformat(), "reference": "P-1",
               **changed}  # fmt: skip
    return door.perform("acts.dispatch.confirm", payload, by=by or viewer("power", "reporter"))


def test_evidence_from_every_addressee_settles_the_duty_and_stops_the_envelopes(parties):
    case, ways = filed()
    assert len(ways) == 2
    confirm(ways[0])
    owed = Obligation.objects.get(rule="kyokaho.incident.first", subject=case)
    assert owed.status == "open"
    confirm(ways[1], reference="P-2")
    owed.refresh_from_db()
    assert owed.status == "settled"
    assert {one["reference"] for one in owed.evidence.values()} == {"P-1", "P-2"}
    assert not Delivery.objects.filter(channel="envelope", status="waiting").exists()
    with pytest.raises(RefusedError, match="既に到達"):
        confirm(ways[0])
    sequencer.drain()
    assert verify_deployment().problems == []
    with open_door(uuid.uuid4()):
        Dispatch.objects.filter(id=ways[0].id).update(arrived_at=clock.now(WORLD))
    (moved,) = verify_deployment().problems
    assert (moved.where, moved.what.en) == (f"dispatch/{ways[0].id}", "The time of arrival differs from its act.")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"reference": ""}, "reference"),
        ({"arrived_at": "2026-11-30T09:00:00+09:00"}, "arrived_at"),
        ({"arrived_at": "2026-11-01T09:00:00+09:00"}, "arrived_at"),
        ({"attachments": ["1" * 64]}, "attachments"),
    ],
)
def test_an_arrival_without_evidence_or_sense_is_refused(parties, changed, where):
    _, ways = filed()
    with pytest.raises(RefusedError) as refused:
        confirm(ways[0], **changed)
    assert refused.value.where == where
    with pytest.raises(NotFoundError):
        confirm(ways[0], by=viewer("rail", "reporter"))


def standing(name="bureau", role="officer"):
    """What the list of who has reported says, without the ids."""
    named = ("reporter", "state", "days_late", "channels", "first_at", "full_at", "due_on")
    return [tuple(row[one] for one in named) for row in reading.read(viewer(name, role), "incidents.standing")]


def test_the_list_says_of_each_event_what_came_how_and_how_late(parties):
    late = entered(aware_at="2026-10-01T09:30:00+09:00", arrived_at="2026-10-02T09:00:00+09:00")
    whole = entered(reference="8")
    full = entered(
        what="full", report=str(whole.id), summary="1台", channel="email", arrived_at="2026-11-22T09:00:00+09:00"
    )
    uncounted = entered(aware_at=None, reference="9", arrived_at="2026-11-23T09:00:00+09:00")
    power, day = fixed("power"), date.fromisoformat
    assert standing() == [
        (power, "late", 22, ["post"], late.received_at, None, day("2026-11-02")),
        (power, "full", 0, ["post", "email"], whole.received_at, full.received_at, day("2026-12-21")),
        (power, "uncounted", 0, ["post"], uncounted.received_at, None, None),
    ]
    assert standing("meti") == standing()
    assert standing("mlit") == standing("cabinet", "analyst") == []
    with pytest.raises(NotAuthorisedError):
        standing("power", "approver")


def test_a_copy_counts_once_and_a_withdrawn_report_not_at_all(parties):
    entered()
    arrives("first", "bureau")
    ((_, state, late, channels, *_),) = standing()
    assert (state, late, sorted(channels)) == ("waiting", 0, ["envelope", "post"])
    other = entered(reference="9", aware_at=None)
    assert len(standing()) == 2
    wrong = {"report": str(other.id), "reason": "誤り"}
    door.perform("incidents.entry.withdraw", wrong, by=viewer("bureau", "officer"))
    assert len(standing()) == 1


def test_the_list_keeps_back_who_may_not_be_known(parties):
    report = entered()
    with transaction.atomic(), open_door("test"):
        Report.objects.filter(id=report.id).update(labels={**report.labels, "reporter": ["secret"]}, owner=None)
    ((reporter, state, *_),) = standing()
    assert (reporter, state) == (None, "waiting")
    assert ReadSubject.objects.filter(subject=report.id).exists()


# --- the pages ---


def text(answer):
    return answer.content.decode()


def typed(**changed):
    return {
        "f-operator": str(fixed("power")), "f-what": "first", "f-channel": "email", "f-arrived_at": "2026-11-21 09:00",
        "f-reference": "<1@example.jp>", "f-aware_at": "2026-11-20 09:30", "f-summary": "一台が暗号化された",
        "f-computers": "FortiOS,Fortinet,meirei1-1-3", "key": str(uuid.uuid4()), **changed,
    }  # fmt: skip


def test_a_report_is_entered_on_one_page_and_stands_in_the_list(enter):
    client = enter("bureau", "intake")
    assert "特定秘密" in text(client.get(reverse("incidents:enter")))
    sent = {**typed(), "files": SimpleUploadedFile("mail.eml", files.EML)}
    page = text(client.post(reverse("incidents:enter"), sent, follow=True))
    for said in ("Done and recorded.", "e-mail", "mail.eml", "一台が暗号化された", "FortiOS"):
        assert said in page, said
    listed = text(client.get(reverse("incidents:standing")))
    assert "full report to come" in listed
    rows = client.get(reverse("incidents:standing"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "e-mail" in rows
    assert enter("power", "reporter").get(reverse("incidents:standing")).status_code == 404
    assert enter("power", "reporter").get(reverse("incidents:enter")).status_code == 403


def test_a_refused_entry_keeps_what_was_typed(enter):
    answer = enter("bureau", "intake").post(reverse("incidents:enter"), typed(**{"f-aware_at": "2026-11-23 09:00"}))
    assert answer.status_code == 422
    for said in ("一台が暗号化された", "The awareness cannot come after the arrival.", "FortiOS"):
        assert said in text(answer)


def test_an_entry_is_linked_and_withdrawn_on_pages(enter):
    client = enter("bureau", "intake")
    arrives("first", "bureau")
    paper, envelope = entered(aware_at=None), Report.objects.get(channel="envelope")
    page = text(client.get(reverse("incidents:case", args=[paper.case])))
    for step in ("entry_link", "entry_withdraw"):
        assert reverse(f"incidents:{step}", args=[paper.id]) in page
    link = reverse("incidents:entry_link", args=[paper.id])
    assert str(envelope.id) in text(client.get(link))
    assert client.post(link, {"f-same_as": ""}).status_code == 422
    assert client.post(link, {"f-same_as": str(envelope.id)}).status_code == 302
    other = entered(reference="9", aware_at=None)
    withdraw = reverse("incidents:entry_withdraw", args=[other.id])
    assert client.post(withdraw, {"f-reason": "誤り"}).status_code == 302
    assert reading.read_one(viewer("bureau", "intake"), "incidents.report", report=other.id)["status"] == "withdrawn"


def test_the_operator_records_the_evidence_from_the_page_of_the_act(enter):
    _, ways = filed()
    client = enter("power", "reporter")
    assert reverse("arrived", args=[ways[0].id]) in text(client.get(reverse("act", args=[ways[0].act])))
    sent = {
        "f-channel": "counter", "f-arrived_at": clock.now(WORLD).astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M"),
        "f-reference": "", "files": SimpleUploadedFile("stamp.png", files.png()),
    }  # fmt: skip
    assert client.post(reverse("arrived", args=[ways[0].id]), sent).status_code == 302
    ways[0].refresh_from_db()
    assert (ways[0].status, ways[0].channel) == ("arrived", "counter")
    assert client.post(reverse("arrived", args=[ways[0].id]), sent).status_code == 422
    assert enter("rail", "reporter").get(reverse("arrived", args=[ways[0].id])).status_code == 404
