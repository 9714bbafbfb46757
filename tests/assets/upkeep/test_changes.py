"""Which changes must be notified, by when, and what becomes of them; disposals; deriving anew."""

from collections import deque
from datetime import date
from typing import ClassVar

import pytest

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Act, Dispatch, Notice, Obligation
from sakimori.assets import drafting
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, ComputerChange, FacilityDerivation
from sakimori.assets.upkeep import changes, rederiving
from sakimori.parties.models import Facility
from tests.assets.another_way import CATEGORY, send_on_paper
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db
CHANGE = "kyokaho.notice.change"


@pytest.fixture
def notified(parties):
    """P-001, P-002 and P-005 of the power operator, notified."""
    import_register()
    file_notification()
    carry()
    return {one.key: one for one in Computer.objects.filter(world=WORLD)}


def change(computer, **told):
    payload = {"computer": str(computer.id), "changed_on": "2026-11-20", **told}
    return door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))


def retire(computer, day="2026-11-20"):
    payload = {"computer": str(computer.id), "retired_on": day}
    return door.perform("assets.computer.retire", payload, by=viewer("power", "reporter"))


def settle(**told):
    payload = {"stocktake_months": 3, "attachments": [], **told}
    return door.perform("assets.upkeep.settle", payload, by=viewer("power", "approver"))


def to_notify():
    return {row["key"]: row for row in reading.read(viewer("power", "reporter"), "assets.changes_to_notify")}


def running():
    return Obligation.objects.filter(world=WORLD, rule=CHANGE, status="open")


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"product": "FortiOS NG"}, "change"),
        ({"maker": "Fortinet, Inc."}, "change"),
        ({"facts": {"sends_unrouted": True}}, "change"),  # another clause: another class of computer
        ({"product": "FortiOS NG", "component_reported": True}, "substituted"),  # 命令3条3項
        ({"version": "7.6"}, "none"),
        ({"address": "10.0.0.9", "responsible": "乙川", "name": "新しい名前"}, "none"),
    ],
)
def test_the_laws_table_says_which_change_must_be_notified(notified, told, outcome):
    change(notified["P-002"], **told)
    kept = ComputerChange.objects.get()
    assert (kept.outcome, kept.changed_on) == (outcome, date(2026, 11, 20))
    assert kept.decision["reasons"]
    assert running().count() == (outcome == "change")
    assert (kept.status, kept.due_on) == (
        ("waiting", date(2027, 3, 23)) if outcome == "change" else ("recorded", None)
    )  # four months from 2026-11-20: 2027-03-20 is a Saturday, 21 and 22 a Sunday and a substitute holiday
    assert set(to_notify()) == ({"P-002"} if outcome == "change" else set())


def test_a_computer_never_notified_has_nothing_to_change_in_a_notification(parties):
    import_register()
    change(Computer.objects.get(key="P-002"), product="FortiOS NG")
    assert (ComputerChange.objects.get().outcome, running().count()) == ("none", 0)


def test_changes_of_one_computer_are_one_notification_by_the_earliest_day(notified):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-11-20")
    change(computer, product="FortiOS XG", maker="Fortinet Inc", changed_on="2026-11-23")
    assert running().count() == 1
    row = to_notify()["P-002"]
    assert (row["product_old"], row["product"]) == ("FortiOS", "FortiOS XG")
    assert (row["maker_old"], row["maker"]) == ("Fortinet", "Fortinet Inc")
    assert (row["clause_old"], row["clause"]) == ("meirei1-1-3", "meirei1-1-3")
    assert (row["due_on"], len(row["changes"])) == (date(2027, 3, 23), 2)
    change(computer, maker="Fortinet KK", changed_on="2026-10-05")  # told late: it happened before
    row = to_notify()["P-002"]
    assert (row["due_on"], len(row["duties"])) == (date(2027, 2, 5), 1)
    assert [one.due_on for one in running()] == [date(2027, 2, 5)]
    merged = Obligation.objects.get(rule=CHANGE, status="settled")
    assert "merged_by" in merged.evidence


def test_a_change_undone_in_time_leaves_nothing_to_notify_and_stays_in_the_history(notified):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-10-20")
    assert running().count() == 1
    change(computer, product="FortiOS", changed_on="2026-11-19")  # thirty days later, within the four months
    assert to_notify() == {}
    assert running().count() == 0
    (ended,) = Obligation.objects.filter(rule=CHANGE)
    assert list(ended.evidence) == ["changed_back"]
    kept = ComputerChange.objects.order_by("changed_on")
    assert [one.fields["product"] for one in kept] == [["FortiOS", "FortiOS NG"], ["FortiOS NG", "FortiOS"]]
    assert {(one.status, one.outcome, one.duty) for one in kept} == {("recorded", "open", None)}
    for one in kept:
        assert [asked["fact"] for asked in one.decision["open_questions"]] == ["ministry_returned_is_change"]
    with pytest.raises(PreconditionError):
        drafts.changes(viewer("power", "reporter"), CATEGORY)
    change(computer, product="FortiOS XG", changed_on="2026-11-20")  # what comes next is told from what was notified
    row = to_notify()["P-002"]
    assert (row["product_old"], row["product"], row["due_on"]) == ("FortiOS", "FortiOS XG", date(2027, 3, 23))


def test_what_is_left_of_several_changes_keeps_its_own_day(notified):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-10-20")
    change(computer, maker="Fortinet Inc", changed_on="2026-11-10")
    assert to_notify()["P-002"]["due_on"] == date(2027, 2, 22)  # of the product: one notification, the earliest day
    change(computer, product="FortiOS", changed_on="2026-11-19")
    row = to_notify()["P-002"]
    assert (row["maker_old"], row["maker"], row["product_old"]) == ("Fortinet", "Fortinet Inc", "FortiOS")
    assert row["due_on"] == date(2027, 3, 10)
    assert [one.due_on for one in running()] == [date(2027, 3, 10)]


def test_a_change_undone_after_its_day_leaves_nothing_to_notify_and_the_missed_day_stays_said(notified, move):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-11-20")
    change(computer, maker="Fortinet Inc", changed_on="2026-11-23")
    move("2027-03-25")  # the product was due on the 23rd and the maker is
    change(computer, product="FortiOS", changed_on="2027-03-24")
    row = to_notify()["P-002"]  # the maker alone is left
    assert (row["product_old"], row["product"], row["maker_old"], row["maker"]) == (
        "FortiOS", "FortiOS", "Fortinet", "Fortinet Inc",
    )  # fmt: skip
    change(computer, maker="Fortinet", changed_on="2027-03-25")
    assert (to_notify(), running().count()) == ({}, 0)
    with pytest.raises(PreconditionError):
        drafts.changes(viewer("power", "reporter"), CATEGORY)
    ended = Obligation.objects.filter(rule=CHANGE).order_by("due_on").first()
    assert (ended.due_on, ended.status, list(ended.evidence)) == (date(2027, 3, 23), "settled", ["changed_back"])
    first = ComputerChange.objects.order_by("changed_on").first()
    assert (first.decision["table"], first.status, first.outcome) == (changes.UNDONE, "recorded", "open")
    assert first.decision["possible"] == ["change", "late_return"]  # a question, and in words that the day was missed
    assert "the missed day stays on record" in first.decision["reasons"][0]["text"]["en"]
    settle(file_returned=True, answer="期限の後に戻ったものも届け出る", answered_on="2027-03-25")
    assert (to_notify()["P-002"]["undone"], to_notify()["P-002"]["due_on"]) == (True, date(2027, 3, 23))


def test_undoing_what_was_notified_already_is_a_change_of_its_own(notified, move):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-11-20")
    told = proposals.propose(
        "assets.change_notification.file", drafts.changes(viewer("power", "reporter"), CATEGORY),
        by=viewer("power", "reporter"),
    )  # fmt: skip
    proposals.confirm(told.id, by=viewer("power", "approver"))
    carry()
    assert (to_notify(), running().count()) == ({}, 0)
    move("2027-03-25")  # even after the day of the first
    change(computer, product="FortiOS", changed_on="2027-03-24")
    row = to_notify()["P-002"]
    assert (row["product_old"], row["product"], row["undone"]) == ("FortiOS NG", "FortiOS", False)
    assert row["due_on"] == date(2027, 7, 26)  # four months from 2027-03-24: 2027-07-24 is a Saturday
    assert ComputerChange.objects.get(changed_on=date(2027, 3, 24)).outcome == "change"


def test_the_ministrys_answer_lets_an_undone_change_wait_again_by_its_own_day(notified):
    computer = notified["P-002"]
    change(computer, product="FortiOS NG", changed_on="2026-10-20")
    change(computer, product="FortiOS", changed_on="2026-11-19")
    settle(file_returned=True, answer="途中の変更も届け出る", answered_on="2026-11-20")
    row = to_notify()["P-002"]
    assert (row["undone"], row["due_on"], len(row["changes"])) == (True, date(2027, 2, 22), 2)
    assert running().count() == 1
    settle(file_returned=False)
    assert (to_notify(), running().count()) == ({}, 0)


def test_what_was_undone_while_its_notification_was_refused_does_not_wait_again(notified):
    change(notified["P-002"], product="FortiOS NG")
    told = proposals.propose(
        "assets.change_notification.file", drafts.changes(viewer("power", "reporter"), CATEGORY),
        by=viewer("power", "reporter"),
    )  # fmt: skip
    act = proposals.confirm(told.id, by=viewer("power", "approver")).act
    change(notified["P-002"], product="FortiOS")  # it is on its way: this is told next
    assert to_notify()["P-002"]["product_old"] == "FortiOS NG"
    refuse(act)
    assert to_notify() == {}
    assert running().count() == 0


def test_computers_of_a_facility_changed_on_one_day_share_a_clock(notified):
    for key in ("P-001", "P-002"):
        change(notified[key], maker="新しい製造者")
    assert running().count() == 1
    duties = {row["rule"]: row for row in reading.read(viewer("power", "viewer"), "assets.duties")}
    assert (duties[CHANGE]["computers"], duties[CHANGE]["of_changes"]) == (2, True)


def test_a_change_told_late_brings_forward_its_own_computer_alone(notified):
    """The computer that did not change earlier keeps its own day, and both clocks run."""
    change(notified["P-001"], maker="甲", changed_on="2026-11-20")
    change(notified["P-002"], maker="甲", changed_on="2026-11-20")
    change(notified["P-001"], maker="乙", changed_on="2026-11-02")
    assert sorted(str(one.due_on) for one in running()) == ["2027-03-02", "2027-03-23"]
    assert {key: str(row["due_on"]) for key, row in to_notify().items()} == {
        "P-001": "2027-03-02",
        "P-002": "2027-03-23",
    }


def test_what_is_filed_no_longer_waits_and_arrival_settles(notified):
    """As the handlers of a change notification do it, within an act of theirs."""
    from sakimori.record import open_door

    change(notified["P-001"], maker="甲")
    change(notified["P-002"], maker="乙")
    ids = [notified["P-001"].id, notified["P-002"].id]
    notification = fixed("change-notification")

    class Ctx:
        world = type("W", (), {"name": WORLD})
        actor = viewer("power", "reporter")
        settled: ClassVar = deque()

        def settle(self, rule, about, **_):
            self.settled.append((rule, about))

    ctx = Ctx()
    with open_door("test"):
        assert changes.mark_filed(ctx, ids, notification) == 2
        assert to_notify() == {}
        changes.mark_waiting(ctx, notification)
        assert set(to_notify()) == {"P-001", "P-002"}
        changes.mark_filed(ctx, ids[:1], notification)
        changes.mark_arrived(ctx, notification, {})
        assert not ctx.settled  # one of the two still waits
        changes.mark_filed(ctx, ids, notification)
        changes.mark_arrived(ctx, notification, {})
    assert [rule for rule, _ in ctx.settled] == [CHANGE]


@pytest.mark.parametrize("way", ["refused", "taken back"])
def test_a_change_of_what_was_never_notified_after_all_goes_with_the_next_first_notification(parties, way):
    import_register()
    filed = file_notification() if way == "refused" else send_on_paper()
    computers = {one.key: one for one in Computer.objects.filter(world=WORLD)}
    change(computers["P-001"], maker="甲")
    change(computers["P-002"], product="FortiOS NG")
    told = proposals.propose(
        "assets.change_notification.file", drafts.changes(viewer("power", "reporter"), CATEGORY),
        by=viewer("power", "reporter"),
    )  # fmt: skip
    change_act = proposals.confirm(told.id, by=viewer("power", "approver")).act
    change(computers["P-002"], maker="Fortinet NG")
    assert set(to_notify()) == {"P-002"}
    assert running().count() == 1
    if way == "refused":
        refuse(filed.act)
    else:
        undo = {"notification": str(filed.id), "reason": "投函していなかった"}
        door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))
    assert to_notify() == {}
    assert running().count() == 1  # a change notification is on its way still
    refuse(change_act)
    assert to_notify() == {}
    assert running().count() == 0
    assert set(ComputerChange.objects.values_list("outcome", "status", "duty", "due_on")) == {
        ("none", "recorded", None, None)
    }
    (ended,) = Obligation.objects.filter(rule=CHANGE)
    assert (ended.status, list(ended.evidence)) == ("settled", ["never_notified"])
    draft = drafting.draft(viewer("power", "reporter"), CATEGORY)
    assert tuple(row.maker for row in draft.rows[:2]) == ("甲", "Fortinet NG")


def refuse(act):
    """The addressee refused what was filed by this act."""
    dispatch = Dispatch.objects.get(act=act)
    door.perform_system(
        "acts.dispatch.arrive",
        {"dispatch": str(dispatch.id), "acknowledgement": {"outcome": "refused", "reason": "x"}},
        world=WORLD,
        authorised_by=act,
    )


def test_a_change_in_the_future_or_before_introduction_is_refused(notified):
    for day in ("2026-12-01", "2020-01-01"):
        with pytest.raises(RefusedError):
            change(notified["P-002"], product="x", changed_on=day)
        with pytest.raises(RefusedError):
            retire(notified["P-002"], day)
    assert not ComputerChange.objects.exists()


def test_a_disposal_is_recorded_and_filed_only_where_the_operator_settled_it(notified):
    retire(notified["P-002"])
    kept = ComputerChange.objects.get()
    assert (kept.event, kept.outcome, kept.status) == ("retired", "open", "recorded")
    assert [one["fact"] for one in kept.decision["open_questions"]] == ["ministry_retirement_is_change"]
    assert to_notify() == {}
    settle(file_disposals=True, answer="変更に当たるとの回答", answered_on="2026-11-20")
    row = to_notify()["P-002"]
    assert (row["events"], row["due_on"]) == (["retired"], date(2027, 3, 23))
    assert running().count() == 1
    settle(file_disposals=False)
    assert to_notify() == {}
    assert running().count() == 0


def test_a_disposal_of_what_was_never_notified_is_no_change_and_ends_an_empty_duty(parties):
    import_register(ROWS[4:])
    settle(file_disposals=True)
    retire(Computer.objects.get(key="P-005"))
    assert ComputerChange.objects.get().outcome == "none"
    assert not Obligation.objects.filter(status="open", subject_type="assets.duty").exists()


def correct(**told):
    payload = {"facility": str(fixed("power.facility")), "reason": "訂正", **told}
    return door.perform("parties.facility.correct", payload, by=viewer("power", "administrator"))


def test_a_new_facility_order_derives_the_duties_anew_on_the_records_authority(parties):
    import_register()
    assert rederiving.derive(WORLD) == 0
    before = {row["rule"] for row in reading.read(viewer("power", "reporter"), "assets.duties")}
    assert "kyokaho.notice.existing" in before
    act = correct(order_changed_on="2026-11-01", in_place_since="2026-11-01")
    assert rederiving.derive(WORLD) == 1
    assert rederiving.derive(WORLD) == 0
    derived = Act.objects.get(kind="assets.register.rederive")
    assert derived.caused_by == act.act
    open_rules = set(
        Obligation.objects.filter(status="open", subject_type="assets.duty").values_list("rule", flat=True)
    )
    assert open_rules == {"kyokaho.notice.facility_order"}
    assert {one.rule for one in Obligation.objects.filter(status="settled")} == before
    assert FacilityDerivation.objects.get().changed > 0
    told = Notice.objects.get(kind="assets.register.rederive")
    assert told.addressee == fixed("power")


def test_a_new_designation_derives_anew_too(parties):
    import_register()
    rederiving.derive(WORLD)
    facility = Facility.objects.get(id=fixed("power.facility"))
    payload = {"designation": str(facility.designation_id), "designated_on": "2026-11-02", "reason": "新しい指定"}
    door.perform("parties.designation.correct", payload, by=viewer("meti", "administrator"))
    assert rederiving.derive(WORLD) == 1
    rules = set(Obligation.objects.filter(status="open", subject_type="assets.duty").values_list("rule", flat=True))
    assert "kyokaho.notice.designated" in rules
