"""What an arrival says of others is held against our own record: numbers, articles, cases, filings, days."""

import json
import uuid
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from sakimori.acts import clock, door, sequencer, transport
from sakimori.acts.models import Act, DisclosureMark, Notice, Obligation, Received
from sakimori.assets.models import Matter, Notification
from sakimori.incidents.models import Opening, Question
from sakimori.record import open_door
from sakimori.warnings.models import Received as Warned
from tests.acts.foreign import Foreign
from tests.support import incidents
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register

pytestmark = pytest.mark.both_databases

POWER, RAIL = fixed("power"), fixed("rail")
ASKED = {"operator": str(POWER), "filing": None, "facility_category": "", "text": "確認してください。", "rows": []}
CONTENT = dict.fromkeys(("title_ja", "title_en", "what_ja", "what_en", "measures_ja", "measures_en"), "更新せよ")


@pytest.fixture
def north(parties):
    """A peer that hosts a minister of the power operator, another operator, and an office of the Prime Minister."""
    north = Foreign()
    north.supervise(POWER)
    north.cabinet = north.host("cabinet_office")
    return north


def warning(basis="強化法40(1)", number=None):
    return {"number": str(number or uuid.uuid4()), "recipient": str(POWER), "content": CONTENT, "basis": basis,
            "reason_ja": "x", "reason_en": "x", "tlp": "tlp:amber"}  # fmt: skip


def number_of_a_question(north):
    """Let the minister of `north` ask the power operator; return the number of the matter."""
    number = str(uuid.uuid4())
    assert north.hear("assets.question.ask", ASKED, north.ministry, POWER, id=number) == "accepted"
    return number


def test_a_warning_is_its_senders_and_rests_on_the_senders_article(north):
    assert north.hear("warnings.delivery.send", warning("強化法41"), north.ministry, POWER) == "warnings.basis"
    assert north.hear("warnings.delivery.send", warning(), north.cabinet, POWER) == "warnings.basis"
    assert north.hear("warnings.delivery.send", warning("強化法1"), north.cabinet, POWER) == "warnings.basis"
    assert not Warned.objects.exists()
    number = uuid.uuid4()
    assert north.hear("warnings.delivery.send", warning(number=number), north.ministry, POWER) == "accepted"
    assert Warned.objects.get().sender == north.ministry
    again = warning("強化法41", number)
    assert north.hear("warnings.delivery.send", again, north.cabinet, POWER) == "warnings.number"
    assert Warned.objects.get().sender == north.ministry, "the answer goes to whom the warning came from"


def test_a_reminder_is_its_addressees(north):
    assert north.hear("assets.reminder.send", {"operator": str(RAIL)}, north.ministry, POWER) == "assets.addressee"
    assert north.hear("assets.reminder.send", {}, north.ministry, POWER) == "assets.payload"
    assert not Notice.objects.filter(addressee=POWER).exists()


@pytest.mark.parametrize(
    ("changed", "where"),
    [({"facility_category": "発電設備の監視制御システム"}, "facility_category"), ({"due_on": "2026-11-24"}, "due_on"),
     ({"due_on": "0001-01-01"}, "due_on")],
)  # fmt: skip
def test_a_question_about_what_is_not_the_ministers_or_due_before_it_was_asked(north, changed, where):
    assert north.hear("assets.question.ask", {**ASKED, **changed}, north.ministry, POWER) == "assets.matter", where
    assert not Matter.objects.exists()


def test_a_question_about_a_filing_that_went_to_another_minister(north):
    import_register()
    file_notification()
    sent = str(Notification.objects.get(side="operator").act)
    assert north.hear("assets.question.ask", {**ASKED, "filing": sent}, north.ministry, POWER) == "assets.matter"
    on_paper = {**ASKED, "filing": str(uuid.uuid4())}
    assert north.hear("assets.question.ask", on_paper, north.ministry, POWER) == "accepted"


def test_an_opinion_reaches_the_minister_of_the_operator_it_is_about(north):
    opinion = {"minister": str(fixed("meti")), "filing": None, "what": "order", "text": "x", "reasons": "x"}
    told = {**opinion, "operator": str(RAIL)}
    assert north.hear("assets.opinion.state", told, north.cabinet, fixed("meti")) == "assets.matter"
    told = {**opinion, "operator": str(POWER)}
    assert north.hear("assets.opinion.state", told, north.cabinet, fixed("meti")) == "accepted"


def test_an_act_has_one_number_and_arrives_once_at_each_addressee(north):
    number = number_of_a_question(north)
    notices = Notice.objects.count()
    again = {**ASKED, "text": "別の照会"}
    assert north.hear("assets.question.ask", again, north.ministry, POWER, id=number) == "envelope.number"
    ours = str(Act.objects.exclude(id=number).first().id)
    assert north.hear("assets.question.ask", ASKED, north.ministry, POWER, id=ours) == "envelope.number"
    assert (Matter.objects.count(), Notice.objects.count()) == (1, notices)


def test_one_act_to_two_addressees_arrives_at_both_and_at_none_twice(north, room):
    first, second, third = (str(uuid.uuid4()) for _ in range(3))
    document = north.document(first, fixed("meti"))
    document["sent_to"] |= {second: str(fixed("cabinet")), third: str(fixed("meti"))}
    salt = {"salt": b"s" * 32}
    for identity, outcome in ((first, "accepted"), (second, "accepted"), (third, "refused")):
        answer = json.loads(transport.receive(north.envelope(identity=identity, document=document, **salt)))
        assert answer["outcome"] == outcome
    assert answer["reason"]["code"] == "envelope.number"
    assert set(Received.objects.values_list("act", flat=True)) == {uuid.UUID(document["id"])}


def test_what_ends_a_matter_fits_its_sort_and_comes_from_who_gave_it(north):
    number = number_of_a_question(north)
    ended = {"number": number, "reason": "済んだ。"}
    assert north.hear("assets.order.withdraw", ended, north.ministry, POWER) == "assets.matter_over"
    assert north.hear("assets.matter.close", ended, north.host("ministry"), RAIL) == "not_found"
    guidance = str(uuid.uuid4())
    assert north.hear("assets.guidance.give", ASKED, north.ministry, POWER, id=guidance) == "accepted"
    ended_too = {**ended, "number": guidance}
    assert north.hear("assets.matter.close", ended_too, north.ministry, POWER) == "assets.matter_over"
    assert north.hear("assets.matter.close", ended, north.ministry, POWER) == "accepted"
    assert Matter.objects.get(number=number).status == "closed"


def test_only_who_was_sent_a_report_asks_about_it_or_opens_it(north):
    case = incidents.aware()
    incidents.triage(case)
    about = {"type": "incidents.case", "id": str(case)}
    asked = {"report": str(uuid.uuid4()), "text": "いつですか。"}
    opened = {"report": asked["report"]}
    both = (("incidents.question.ask", asked), ("incidents.report.open", opened))
    for kind, payload in both:
        assert north.hear(kind, payload, north.cabinet, POWER, subject=about) == "not_found"
    incidents.file(case)
    stranger = north.host("regional_bureau")
    for kind, payload in both:
        assert north.hear(kind, payload, stranger, POWER, subject=about) == "not_found"
        assert north.hear(kind, payload, north.cabinet, POWER, subject=about) == "accepted"
    assert [one.asker for one in Question.objects.all()] == [north.cabinet]
    assert [one.organisation for one in Opening.objects.all()] == [north.cabinet]


def test_an_awareness_lies_before_the_report_that_tells_of_it(north):
    with open_door("test"):
        north.supervise(north.operator, fixed("meti"))
    ahead = (clock.now(WORLD) + timedelta(days=30)).isoformat()
    filled = incidents.filled()
    report = {
        "layout": "sakimori/1", "case": str(uuid.uuid4()), "category": {"stage": "first", "form": 2},
        "outline": filled.outline.model_dump(), "event": {"summary": "x", "aware_at": ahead}, "technical": {},
    }  # fmt: skip
    said = ("incidents.first_report.file", report, north.operator, fixed("meti"))
    assert north.hear(*said) == "incidents.future"
    assert not Obligation.objects.filter(bearer=north.operator).exists()


def test_a_view_on_disclosure_is_of_ones_own_filing_to_that_office(north):
    import_register()
    file_notification()
    sequencer.drain()
    transport.run_once()
    filed = str(Notification.objects.get(side="operator").act)
    view = {"about": filed, "fields": "全部", "limbs": ["2"], "reason": "x"}
    assert north.hear("acts.disclosure.mark", view, north.operator, fixed("meti")) == "not_found"
    assert north.hear("acts.disclosure.mark", view, north.ministry, POWER) in ("not_found", "envelope.competence")
    assert not DisclosureMark.objects.exists()
    door.perform("acts.disclosure.mark", view, by=viewer("power", "reporter"))
    sequencer.drain()
    transport.run_once()
    marks = DisclosureMark.objects.values_list("side", "organisation", "holder")
    assert sorted(map(str, marks)) == sorted(str(("filer", POWER, holder)) for holder in (POWER, fixed("meti")))


@pytest.mark.parametrize("name", ["occurred_at", "recorded_at"])
def test_the_time_of_an_act_is_the_one_its_receipt_was_signed_for(north, name):
    ahead = (clock.now(WORLD) + timedelta(days=1)).isoformat()
    identity = str(uuid.uuid4())
    document = north.document(identity, POWER, kind="assets.question.ask", payload=ASKED)
    signed = {"recorded_at": document["recorded_at"]}
    document[name] = ahead
    answer = json.loads(transport.receive(north.envelope(identity=identity, document=document, receipt=signed)))
    assert answer["reason"]["code"] == "envelope.act"


def test_envelopes_from_before_say_which_act_they_brought(north):
    """What came in before acts were told apart by number is told apart too, once the migration has run."""
    number = number_of_a_question(north)
    assert [str(one.act) for one in Received.objects.all()] == [number]
    with open_door("test"):
        Received.objects.update(act=None)
    migration = import_module("sakimori.acts.migrations.0009_fill_act_of_what_came_in")
    for _ in range(2):
        migration.fill_acts(apps, SimpleNamespace(connection=connection))
        assert [str(one.act) for one in Received.objects.all()] == [number]


def test_a_day_at_the_end_of_the_calendar_is_refused_with_words(north):
    with open_door("test"):
        north.supervise(north.operator, fixed("meti"))
    leak = {
        "case": str(uuid.uuid4()), "stage": "first", "outline": {"name": "x", "contact": {"name": "x"}},
        "known_at": "0001-01-01T00:00:00+14:00", "wrongful_purpose": False, "items": {},
    }  # fmt: skip
    assert north.hear("incidents.appi_report.file", leak, north.operator, fixed("meti")) == "act.payload"
