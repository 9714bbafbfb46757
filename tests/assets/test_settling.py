"""What a paper settles: the computers and changes it names, that were there when it arrived, and nothing else."""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Obligation
from sakimori.assets.models import Computer, ComputerChange, Notification
from tests.assets.another_way import CATEGORY, arrive, enter_it, owed, rows_of_register, send_on_paper, text, typed
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CHANGE = "kyokaho.notice.change"


def states(**which):
    found = Computer.objects.filter(notify="yes", **which)
    return dict(found.order_by("key").values_list("key", "status"))


def duties():
    """Return of each duty to notify the day it began, its status and when it was settled."""
    found = Obligation.objects.filter(bearer=fixed("power"), rule__startswith="kyokaho.notice.")
    return {(one.rule.split(".", 2)[2], one.status) for one in found}


def withdraw(entry):
    payload = {"notification": str(entry.id), "reason": "誤り"}
    door.perform("assets.entry.withdraw", payload, by=viewer("meti", "officer"))


def change(key, maker, on="2026-11-10"):
    said = {"computer": str(Computer.objects.get(key=key).id), "changed_on": on, "maker": maker}
    door.perform("assets.computer.change", said, by=viewer("power", "reporter"))


def told(key, maker, was, **more):
    computer = Computer.objects.get(key=key)
    return {"clause": computer.clause, "product": computer.product, "maker": maker,
            "product_before": computer.product, "maker_before": was, **more}  # fmt: skip


def waiting():
    """Return of each change its computer and state."""
    found = ComputerChange.objects.filter(outcome="change").order_by("computer__key", "changed_on")
    return [(key, str(day), status) for key, day, status in found.values_list(
        "computer__key", "changed_on", "status"
    )]  # fmt: skip


def clocks():
    """Return of each clock of a change the day it began and its state."""
    found = Obligation.objects.filter(bearer=fixed("power"), rule=CHANGE).order_by("begins")
    return list(found.values_list("begins", "status"))


def notified():
    import_register()
    file_notification()
    carry()


# --- the first notification -----------------------------------------------------------------------------------------


def test_a_paper_that_names_one_of_several_settles_no_duty_of_the_others(parties):
    import_register()
    before = duties()
    assert before == {("existing", "open"), ("early_window", "open")}
    (named,) = [row for row in rows_of_register() if row["product"] == "CENTUM VP"]
    entered = enter_it(contents="typed", rows=[named])
    assert states() == {"P-001": "notified", "P-002": "registered", "P-005": "registered"}
    assert Computer.objects.get(key="P-001").notification == entered.id
    assert duties() == before
    rest = [row for row in rows_of_register() if row != named]
    second = enter_it(contents="typed", rows=rest, reference="2")
    assert set(states().values()) == {"notified"}
    assert {status for _, status in duties()} == {"settled"}
    withdraw(entered)  # the second entry settled the duty, of which something is owed again
    assert states() == {"P-001": "registered", "P-002": "notified", "P-005": "notified"}
    assert duties() == {("existing", "open"), ("early_window", "settled")}
    withdraw(second)
    assert duties() == before


def test_rows_that_name_nothing_here_settle_nothing(parties):
    import_register()
    (named,) = [row for row in rows_of_register() if row["product"] == "CENTUM VP"]
    enter_it(contents="typed", rows=[{**named, "maker": "横河電機（株）"}, {**named, "clause": "meirei1-1-3"}])
    assert set(states().values()) == {"registered"}
    assert set(owed()) == {"open"}


@pytest.mark.parametrize("rows", ["typed", "paper"])
def test_a_paper_settles_nothing_that_began_after_it_arrived(parties, rows):
    import_register()
    content = {"contents": "typed", "rows": rows_of_register()} if rows == "typed" else {}
    entered = enter_it(arrived_at="2026-10-05T10:30:00+09:00", **content)
    assert states() == {"P-001": "notified", "P-002": "notified", "P-005": "registered"}
    assert duties() == {("existing", "settled"), ("early_window", "open")}
    (settled,) = Obligation.objects.filter(bearer=fixed("power"), status="settled")
    assert settled.settled_at == entered.arrived_at


def test_of_a_paper_without_rows_a_person_says_what_it_covers(parties):
    import_register()
    with pytest.raises(RefusedError) as refused:
        enter_it(covers=None)
    assert refused.value.where == "covers"
    enter_it(covers="unknown")
    assert set(states().values()) == {"registered"}
    assert set(owed()) == {"open"}
    enter_it(covers="waiting", reference="2")
    assert set(states().values()) == {"notified"}
    assert set(owed()) == {"settled"}


@pytest.mark.parametrize(
    "changed", [{"contents": "typed", "rows": [{"clause": "x", "product": "y", "maker": "z"}]}, {"what": "none"}]
)
def test_what_is_known_anyway_is_not_said_too(parties, changed):
    with pytest.raises(RefusedError) as refused:
        enter_it(**{"facility_category": CATEGORY, **changed, "covers": "waiting"})
    assert refused.value.where == "covers"


def test_it_is_asked_whatever_the_operators_register_holds(parties):
    """The answer of the form tells the office nothing about a register that is not its own."""
    for register in ((), ROWS):
        if register:
            import_register(register)
        with pytest.raises(RefusedError) as refused:
            enter_it(covers=None)
        assert refused.value.where == "covers"


def test_a_paper_that_is_the_operators_own_record_settles_what_that_says(parties):
    import_register((ROWS[0],))
    first = send_on_paper()
    import_register((ROWS[1],))
    second = send_on_paper(sent_at="2026-11-19T18:00:00+09:00")
    enter_it(count=9)
    assert {first.status, second.status} == {"sent"}, "which of the two it is, nobody can tell"
    rows = list(second.items.values("clause", "product", "maker"))
    enter_it(contents="typed", rows=rows, reference="2")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("sent", "arrived")
    assert states() == {"P-001": "filed", "P-002": "notified"}
    assert set(owed()) == {"open"}


def test_a_paper_taken_back_leaves_its_duty_open_though_another_settled_the_rest(parties):
    import_register((ROWS[0],))
    first = send_on_paper()
    import_register((ROWS[1],))
    second = send_on_paper()
    arrive(first)
    assert owed() == ["open"]
    arrive(second)
    assert owed() == ["settled"]
    undo = {"notification": str(first.id), "reason": "誤り"}
    door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))
    assert states() == {"P-001": "registered", "P-002": "notified"}
    assert owed() == ["open"]


def test_what_was_sent_after_it_arrived_is_not_that_paper(parties):
    import_register()
    sent = send_on_paper(sent_at="2026-11-21T09:00:00+09:00")
    enter_it()
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert set(owed()) == {"open"}


def test_the_form_asks_what_a_paper_covers_and_rows_answer_it(enter):
    import_register()
    client = enter("meti", "intake")
    assert "everything that waited to be notified when it arrived" in text(client.get(reverse("assets:enter")))
    refused = client.post(reverse("assets:enter"), typed(**{"f-covers": ""}))
    assert refused.status_code == 422
    assert "Say what the paper covers" in text(refused)
    lines = "\n".join(f"{row['clause']},{row['product']},{row['maker']}" for row in rows_of_register()[:1])
    done = client.post(reverse("assets:enter"), typed(**{"f-covers": "waiting", "f-rows": lines, "f-count": ""}))
    assert done.status_code == 302
    assert sorted(states().values()) == ["notified", "registered", "registered"]


# --- changes --------------------------------------------------------------------------------------------------------


def test_a_change_on_paper_marks_only_the_changes_its_rows_tell(parties):
    notified()
    for key in ("P-001", "P-002"):
        change(key, f"新{key}")
    assert clocks() == [("2026-11-10", "open")]
    entered = enter_it(what="change", contents="typed", rows=[told("P-001", "新P-001", "横河電機")], reference="変更 1")
    assert waiting() == [("P-001", "2026-11-10", "notified"), ("P-002", "2026-11-10", "waiting")]
    assert clocks() == [("2026-11-10", "open")]
    enter_it(what="change", contents="typed", rows=[told("P-002", "新P-002", "Fortinet")], reference="変更 2")
    assert {status for *_, status in waiting()} == {"notified"}
    assert clocks() == [("2026-11-10", "settled")]
    withdraw(entered)
    assert waiting() == [("P-001", "2026-11-10", "waiting"), ("P-002", "2026-11-10", "notified")]
    assert clocks() == [("2026-11-10", "open")]


@pytest.mark.parametrize(
    "row",
    [
        {"maker_before": "別の製造者", "product_before": "CENTUM VP"},
        {"maker": "さらに別"},
        {"clause": "meirei1-2"},
    ],
)
def test_a_row_that_tells_something_else_marks_nothing(parties, row):
    notified()
    change("P-001", "新P-001")
    enter_it(what="change", contents="typed", rows=[{**told("P-001", "新P-001", "横河電機"), **row}])
    assert waiting() == [("P-001", "2026-11-10", "waiting")]
    assert clocks() == [("2026-11-10", "open")]


def test_a_row_without_the_names_before_is_found_by_those_after(parties):
    notified()
    change("P-001", "新P-001")
    row = {"clause": Computer.objects.get(key="P-001").clause, "product": "CENTUM VP", "maker": "新P-001"}
    enter_it(what="change", contents="typed", rows=[row])
    assert waiting() == [("P-001", "2026-11-10", "notified")]


@pytest.mark.parametrize("rows", ["typed", "paper"])
def test_what_changed_after_the_paper_arrived_waits_on_by_its_own_day(parties, rows):
    notified()
    change("P-001", "一つ目", on="2026-11-10")
    change("P-001", "二つ目", on="2026-11-22")
    assert clocks() == [("2026-11-10", "open")]
    content = {"contents": "typed", "rows": [told("P-001", "一つ目", "横河電機")]} if rows == "typed" else {}
    entered = enter_it(what="change", **content)
    assert waiting() == [("P-001", "2026-11-10", "notified"), ("P-001", "2026-11-22", "waiting")]
    assert clocks() == [("2026-11-10", "settled"), ("2026-11-22", "open")]
    withdraw(entered)
    assert {status for *_, status in waiting()} == {"waiting"}
    assert ("2026-11-10", "open") in clocks()


def test_a_change_on_paper_without_rows_settles_only_what_a_person_says(parties):
    notified()
    change("P-001", "新P-001")
    enter_it(what="change", covers="unknown")
    assert clocks() == [("2026-11-10", "open")]
    enter_it(what="change", reference="2")
    assert clocks() == [("2026-11-10", "settled")]
    assert Notification.objects.filter(what="change", side="minister").count() == 2
