"""Answers recorded: computers placed anew, due days derived anew, nothing half done; the ministry's answers; papers."""

import uuid

import pytest

from sakimori.acts import batches, door, reading
from sakimori.acts.errors import NotFoundError, PayloadError, RefusedError
from sakimori.acts.models import Obligation
from sakimori.assets.interview import ministry, topics
from sakimori.assets.interview.words import SHORT
from sakimori.assets.models import Computer, ComputerChange, MinistryAnswer
from sakimori.assets.payloads import StagedFacts
from tests.support import computers
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parties")]
FACILITY = fixed("power.facility")
ROW = "{key},{name},power 第一,{maker},{product},{unit},{day},{line},{serves},×,×,×,{firewall},×,×,×,×,×,×"


def row(key, **given):
    """Return a line of a list about a computer of which the firewall question is open."""
    known = {"name": f"名称 {key}", "maker": "架空製作所", "product": "架空FW", "unit": "機器", "day": "2025-04-01",
             "line": "専用", "serves": "その他", "firewall": ""}  # fmt: skip
    return ROW.format(key=key, **(known | given))


def answer(facts, by=None, facility=FACILITY):
    """Record facts by computer key through the door."""
    by = by or viewer("power", "reporter")
    keys = {one.key: str(one.id) for one in Computer.objects.filter(world=WORLD)}
    rows = [{"computer": keys.get(key, key), "facts": said} for key, said in facts.items()]
    batch = batches.stage("assets.scoping.answer", rows, by=by)
    return door.perform("assets.scoping.answer", {"facility": str(facility)}, by=by, batch=batch.id)


def one(key):
    return Computer.objects.get(world=WORLD, key=key)


def owed():
    return list(Obligation.objects.filter(rule__startswith="kyokaho.notice").values_list("rule", "status"))


def test_answers_for_many_close_points_start_one_clock_and_say_who_said_so():
    import_register([row(f"A-{n}") for n in range(4)])
    assert {one(f"A-{n}").notify for n in range(4)} == {"open"}
    assert owed() == []
    done = answer({f"A-{n}": {"nearest_firewall": n != 3} for n in range(4)})
    found = [one(f"A-{n}") for n in range(4)]
    assert [(c.scope, c.clause, c.notify) for c in found[:3]] == [("in", "meirei1-1-3", "yes")] * 3
    assert (found[3].scope, found[3].notify, found[3].duty) == ("out", "no", None)
    assert owed() == [("kyokaho.notice.existing", "open")]
    assert found[0].duty.computers.count() == 3
    assert found[0].answered == {"nearest_firewall": str(done.act)}
    assert found[0].facts["connection"] == "private"  # what the list said stays
    assert done.subject.type == "parties.facility"


def test_an_answer_that_takes_a_computer_out_ends_the_clock_nothing_is_left_of():
    import_register([row("A-1", firewall="○"), row("A-2", firewall="○")])
    assert owed() == [("kyokaho.notice.existing", "open")]
    answer({"A-1": {"nearest_firewall": False}})
    assert owed() == [("kyokaho.notice.existing", "open")]
    answer({"A-2": {"serves": "one_operator"}})
    assert owed() == [("kyokaho.notice.existing", "settled")]
    assert Obligation.objects.get(rule="kyokaho.notice.existing").evidence == {"nothing_left": True}
    assert (one("A-2").scope, one("A-2").notify) == ("in", "exempt")
    answer({"A-1": {"nearest_firewall": True}})
    assert owed().count(("kyokaho.notice.existing", "open")) == 1


def test_an_answer_that_changes_what_was_notified_starts_the_clock_of_changes():
    import_register([row("A-1", firewall="○"), row("A-2")])
    file_notification()
    answer({"A-1": {"sends_unrouted": True}, "A-2": {"nearest_firewall": False}})
    assert one("A-1").clause == "meirei1-1-1"
    assert ("kyokaho.notice.change", "open") in owed()
    change = ComputerChange.objects.get()
    assert (change.computer.key, change.fields) == ("A-1", {"clause": ["meirei1-1-3", "meirei1-1-1"]})
    assert Obligation.objects.get(rule="kyokaho.notice.change").subject == change.duty_id


def test_what_is_not_there_or_not_ours_or_nothing_new_is_refused_whole():
    import_register([row("A-1"), row("A-2")])
    with pytest.raises(RefusedError, match="register"):
        answer({"A-1": {"nearest_firewall": True}, str(uuid.uuid4()): {"nearest_firewall": True}})
    with pytest.raises(NotFoundError):
        answer({"A-1": {"nearest_firewall": True}}, facility=fixed("rail.facility"))
    with pytest.raises(RefusedError, match="Nothing has changed"):
        answer({"A-1": {"connection": "private"}})
    with pytest.raises(PayloadError):
        answer({"A-1": {"nearest_firewall": "perhaps"}})
    assert (one("A-1").notify, one("A-1").answered, one("A-2").answered) == ("open", {}, {})


def record(**given):
    payload = {"facility": str(FACILITY), "question": "問い", "answer": "答え", "answered_on": "2026-11-20",
               "answered_by": "架空省", "attachments": []}  # fmt: skip
    return door.perform("assets.ministry_answer.record", payload | given, by=viewer("power", "reporter"))


def test_an_answer_of_the_ministry_closes_the_point_wherever_it_is_open_and_withdrawn_opens_it_again():
    import_register([row("A-1", maker="Microsoft", product="Windows IoT", unit="OS", firewall="○"), row("A-2")])
    points = {point["fact"]: point for point in reading.read(viewer("power", "viewer"), "assets.open_points")}
    assert set(points) == {"designated_item", "nearest_firewall"}
    assert points["designated_item"]["computers"] == 1
    assert one("A-1").notify == "open"
    done = record(fact="designated_item", value="windows")
    assert (one("A-1").scope, one("A-1").notify) == ("in", "exempt")
    assert one("A-2").notify == "open"
    assert "designated_item" not in one("A-2").facts  # its name is none that resembles a designated item
    withdrawn = {"answer": str(done.subject.id), "reason": "誤記"}
    door.perform("assets.ministry_answer.withdraw", withdrawn, by=viewer("power", "reporter"))
    assert one("A-1").notify == "open"
    assert MinistryAnswer.objects.get().status == "withdrawn"
    with pytest.raises(RefusedError, match="withdrawn already"):
        door.perform("assets.ministry_answer.withdraw", withdrawn, by=viewer("power", "reporter"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fact": "no_such_fact"}, "no such fact"),
        ({"fact": "designated_item", "value": "linux"}, "no value"),
        ({"fact": "ministry_successor_start", "value": "2026-02-30"}, "no value"),
        ({"value": "yes"}, "no value"),
        ({"answered_on": "2099-01-01"}, "future"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused(given, said):
    with pytest.raises(RefusedError, match=said):
        record(**given)
    assert not MinistryAnswer.objects.exists()


def test_an_answer_without_a_value_is_kept_and_closes_nothing():
    import_register([row("A-1", maker="Microsoft", product="Windows IoT", unit="OS", firewall="○")])
    record(fact="designated_item")
    assert one("A-1").notify == "open"
    kept = reading.read(viewer("power", "viewer"), "assets.ministry_answers", facility=FACILITY)
    assert [(row["fact"], row["value"], row["answered_by"]) for row in kept] == [("designated_item", None, "架空省")]


def paper(*items, **given):
    payload = {"facility": str(FACILITY), "paper": "plan", "filed_on": "2026-03-01",
               "items": [{"name": name, "supplier": supplier} for name, supplier in items]}  # fmt: skip
    return door.perform("assets.plan_paper.record", payload | given, by=viewer("power", "reporter"))


def test_a_paper_stands_in_only_where_its_names_are_the_same_letter_by_letter():
    part = {"name": "設備", "unit": "アプリケーション"}
    rows = [row("S-1", product="CENTUM VP", **part), row("S-2", product="ＣＥＮＴＵＭ VP", **part), row("S-3", **part)]
    import_register([line.replace(",その他,×,", ",その他,○,") for line in rows])
    first = paper(("CENTUM VP", "架空製作所"))
    found = {row["key"]: row for row in reading.read(viewer("power", "viewer"), "assets.substitutes")}
    assert {key: found[key]["outcome"] for key in found} == {"S-1": "substitute", "S-2": "names_differ"}
    assert found["S-2"]["kinds"] == ["width"]
    assert found["S-2"]["name"][0] == ["CENTUM", "ＣＥＮＴＵＭ", "width"]
    paper(("ＣＥＮＴＵＭ VP", "架空製作所"), replaces=str(first.subject.id), paper="emergency")
    found = {row["key"]: row for row in reading.read(viewer("power", "viewer"), "assets.substitutes")}
    assert {key: found[key]["outcome"] for key in found} == {"S-1": "names_differ", "S-2": "substitute"}
    assert found["S-2"]["paper"] == "emergency"
    with pytest.raises(NotFoundError):
        paper(("A", "B"), replaces=str(first.subject.id))  # it was replaced already


def test_a_paper_withdrawn_stands_in_for_nothing():
    import_register([row("S-1", product="CENTUM VP").replace(",その他,×,", ",その他,○,")])
    done = paper(("CENTUM VP", "架空製作所"))
    withdrawn = {"paper": str(done.subject.id), "reason": "誤記"}
    door.perform("assets.plan_paper.withdraw", withdrawn, by=viewer("power", "reporter"))
    assert reading.read(viewer("power", "viewer"), "assets.substitutes") == []
    with pytest.raises(RefusedError, match="withdrawn already"):
        door.perform("assets.plan_paper.withdraw", withdrawn, by=viewer("power", "reporter"))


def test_the_day_a_successor_counts_from_is_open_until_the_ministry_says_it():
    """命令2条2項ただし書: no published text says from which day the four months run for what was there before."""
    computers.enrol(fixed("power"), fixed("meti"))
    name, facility = computers.facility_name("successor"), computers.facility_id("successor", fixed("meti"))
    import_register([row("S-1", firewall="○").replace("power 第一", name)])
    assert (one("S-1").notify, one("S-1").duty) == ("yes", None)
    points = reading.read(viewer("power", "viewer"), "assets.open_points", facility=facility)
    assert [(point["fact"], point["whom"]) for point in points] == [("ministry_successor_start", "ministry")]
    done = record(facility=str(facility), fact="ministry_successor_start", value="令和8年11月10日")
    assert one("S-1").duty.begins.isoformat() == "2026-11-10"
    assert [str(day) for day in Obligation.objects.values_list("due_on", flat=True)] == ["2027-03-10"]
    withdrawn = {"answer": str(done.subject.id), "reason": "誤記"}
    door.perform("assets.ministry_answer.withdraw", withdrawn, by=viewer("power", "reporter"))
    assert one("S-1").duty is None
    assert owed() == [("kyokaho.notice.new", "settled")]


def test_every_fact_has_its_topic_its_words_and_its_question():
    for fact in StagedFacts.model_fields:
        assert topics.topic_of(fact) is not None, fact
        assert fact in SHORT, fact
        assert topics.spec(fact).question.en
    assert set(ministry.closable()) == {*StagedFacts.model_fields, ministry.SUCCESSOR_START}


def test_nobody_else_reads_or_answers():
    import_register([row("A-1")])
    for query in ("assets.open_points", "assets.open_facts", "assets.substitutes", "assets.ministry_answers"):
        assert reading.read(viewer("rail", "reporter"), query) == []
        with pytest.raises(RefusedError):
            reading.read(viewer("meti", "officer"), query)
    with pytest.raises(RefusedError):
        answer({"A-1": {"nearest_firewall": True}}, by=viewer("power", "viewer"))
