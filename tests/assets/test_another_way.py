"""Filings that come another way, at the office: entered, settled as of their arrival, linked, withdrawn."""

import pytest

from sakimori.acts import door, proposals
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Notice, Obligation
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, ComputerChange, Notification
from tests.assets.another_way import CATEGORY, enter_it, owed, standing
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db


def test_a_paper_settles_the_obligation_as_of_its_arrival(parties):
    import_register()
    assert set(owed()) == {"open"}
    entered = enter_it()
    assert (entered.status, entered.channel, entered.transcribed) == ("received", "post", False)
    for one in Obligation.objects.filter(bearer=fixed("power")):
        assert one.status == "settled"
        assert one.settled_at == entered.arrived_at
        assert one.evidence["reference"] == "受付 12"
    row = standing()
    assert (row["state"], row["channels"], row["on_paper"], row["notifications"]) == ("filed", ["post"], 1, 1)
    assert Notice.objects.filter(addressee=fixed("power"), kind="assets.entry.record").count() == 1
    clock = Obligation.objects.get(rule="kyokaho.notice.pass_on")
    assert (clock.bearer, clock.begins, clock.status) == (fixed("meti"), "2026-11-20", "open")


def test_nothing_on_record_counts_as_nothing_and_after_the_day_as_late(parties, settings):
    assert standing()["state"] == "waiting"
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2027-04-03"}},
    }
    row = standing()
    assert (row["state"], row["days_late"], str(row["due_on"])) == ("late", 3, "2027-03-31")
    enter_it(arrived_at="2027-04-02T09:00:00+09:00")
    assert (standing()["state"], standing()["days_late"]) == ("filed_late", 2)


def test_a_statement_of_nothing_to_notify_is_no_notification(parties):
    enter_it(what="none", facility_category="")
    row = standing()
    assert (row["state"], row["notifications"]) == ("states_none", 0)
    assert not Obligation.objects.filter(rule="kyokaho.notice.pass_on").exists()


def test_a_change_on_paper_settles_the_clock_of_the_change(parties):
    import_register()
    file_notification()
    carry()
    computer = Computer.objects.filter(status="notified").first()
    door.perform(
        "assets.computer.change",
        {"computer": str(computer.id), "changed_on": "2026-11-20", "maker": "新しい製造者"},
        by=viewer("power", "reporter"),
    )
    running = Obligation.objects.get(rule="kyokaho.notice.change")
    entered = enter_it(what="change", reference="変更 1")
    running.refresh_from_db()
    assert (running.status, running.settled_at) == ("settled", entered.arrived_at)


def test_a_change_of_a_facility_newly_listed_is_settled_on_paper_too(parties):
    """Its own clock (命令3条2項), and the operator's own record of having sent it."""
    import_register()
    file_notification()
    carry()
    listed = {"facility": str(fixed("power.facility")), "reason": "告示", "order_changed_on": "2026-11-01"}
    door.perform("parties.facility.correct", listed, by=viewer("power", "administrator"))
    computer = Computer.objects.get(key="P-001")
    said = {"computer": str(computer.id), "changed_on": "2026-11-20", "maker": "新しい製造者"}
    door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    running = Obligation.objects.get(rule="kyokaho.notice.change.facility_order")
    payload = drafts.changes(viewer("power", "reporter"), CATEGORY).model_dump(mode="json")
    payload |= {"channel": "post", "sent_at": "2026-11-20T09:00:00+09:00"}
    made = proposals.propose("assets.change_notification.file_otherwise", payload, by=viewer("power", "reporter"))
    sent = Notification.objects.get(id=proposals.confirm(made.id, by=viewer("power", "approver")).subject.id)
    entered = enter_it(what="change", reference="変更 2")
    running.refresh_from_db()
    sent.refresh_from_db()
    assert (running.status, running.settled_at) == ("settled", entered.arrived_at)
    assert (sent.status, ComputerChange.objects.get(outcome="change").status) == ("arrived", "notified")
    withdrawal = {"notification": str(entered.id), "reason": "別の事業者のもの"}
    door.perform("assets.entry.withdraw", withdrawal, by=viewer("meti", "officer"))
    running.refresh_from_db()
    sent.refresh_from_db()
    assert (running.status, sent.status) == ("open", "sent")
    assert ComputerChange.objects.get(outcome="change").status == "filed"


def test_an_untranscribed_copy_is_linked_by_an_act(parties):
    import_register()
    file_notification()
    carry()
    first = Notification.objects.get(side="minister")
    second = enter_it()
    assert second.status == "received"
    assert standing()["notifications"] == 2
    link = {"notification": str(second.id), "same_as": str(first.id)}
    door.perform("assets.entry.link", link, by=viewer("meti", "intake"))
    assert standing()["notifications"] == 1
    with pytest.raises(RefusedError, match="取り消されたか、既に重複"):
        door.perform("assets.entry.link", link, by=viewer("meti", "intake"))


def test_only_what_can_be_the_same_is_linked(parties):
    one, other = enter_it(), enter_it(facility_category="別の区分", reference="2")
    for pair in ((one, other), (one, one)):
        with pytest.raises(RefusedError, match="区分又は種類が違う"):
            door.perform(
                "assets.entry.link",
                {"notification": str(pair[0].id), "same_as": str(pair[1].id)},
                by=viewer("meti", "officer"),
            )
    with pytest.raises(RefusedError, match="この事業者・区分のものではない"):
        enter_it(reference="3", same_as=str(other.id))


def test_a_withdrawn_entry_leaves_the_obligation_open_again(parties):
    import_register()
    due = set(Obligation.objects.filter(bearer=fixed("power")).values_list("due_on", flat=True))
    entered = enter_it()
    payload = {"notification": str(entered.id), "reason": "別の事業者の届出だった"}
    door.perform("assets.entry.withdraw", payload, by=viewer("meti", "officer"))
    assert set(owed()) == {"open"}
    assert set(Obligation.objects.filter(bearer=fixed("power")).values_list("due_on", flat=True)) == due
    assert standing()["state"] == "waiting"
    assert Obligation.objects.get(rule="kyokaho.notice.pass_on").status == "settled"
    with pytest.raises(RefusedError, match="まだ取り消されていない"):
        door.perform("assets.entry.withdraw", payload, by=viewer("meti", "officer"))
    assert enter_it().status == "received"  # the same number may be entered again


def test_the_prime_minister_is_told_when_what_was_passed_on_is_withdrawn(parties):
    entered = enter_it()
    officer = viewer("meti", "officer")
    door.perform("assets.notification.pass_on", {"notification": str(entered.id)}, by=officer)
    door.perform("assets.entry.withdraw", {"notification": str(entered.id), "reason": "x"}, by=officer)
    assert Notice.objects.filter(addressee=fixed("cabinet"), kind="assets.entry.withdraw").count() == 1


def test_what_came_by_envelope_is_not_withdrawn(parties):
    import_register()
    file_notification()
    carry()
    came = Notification.objects.get(side="minister")
    with pytest.raises(RefusedError, match="ここで入力され"):
        door.perform(
            "assets.entry.withdraw", {"notification": str(came.id), "reason": "x"}, by=viewer("meti", "officer")
        )


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"arrived_at": "2026-11-25T10:00:00+09:00"}, "arrived_at"),
        ({"arrived_at": "2026-09-30T10:00:00+09:00"}, "arrived_at"),
        ({"reference": ""}, "reference"),
        ({"facility_category": ""}, "facility_category"),
        ({"contents": "typed"}, "rows"),
        ({"rows": [{"clause": "x", "product": "y", "maker": "z"}]}, "contents"),
        ({"what": "none", "count": 3}, "rows"),
        ({"operator": str(fixed("rail"))}, "operator"),
        ({"attachments": ["0" * 64]}, "attachments"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_at_its_field(parties, changed, where):
    with pytest.raises(RefusedError) as refused:
        enter_it(**changed)
    assert refused.value.where == where
    assert refused.value.mend.ja
    assert not Notification.objects.exists()


def test_the_same_number_is_not_entered_twice(parties):
    enter_it()
    with pytest.raises(RefusedError, match="既に入力されています"):
        enter_it(arrived_at="2026-11-21T10:30:00+09:00")
    assert enter_it(channel="email").status == "received"


def test_nobody_else_enters_anything(parties):
    for name, role in (("meti", "decider"), ("power", "reporter"), ("cabinet", "officer"), ("bureau", "intake")):
        with pytest.raises(NotAuthorisedError):
            enter_it(by=viewer(name, role))
    with pytest.raises(RefusedError):
        enter_it(by=viewer("mlit", "intake"))
    entered = enter_it()
    for kind, more in (("assets.entry.withdraw", {"reason": "x"}), ("assets.entry.link", {"same_as": str(entered.id)})):
        with pytest.raises(NotFoundError):
            door.perform(kind, {"notification": str(entered.id), **more}, by=viewer("mlit", "intake"))
