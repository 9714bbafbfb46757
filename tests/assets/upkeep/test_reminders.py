"""The ladder of reminders: which rung falls when, once each, to whom, and when they stop."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door
from sakimori.acts.models import Act, Delivery, Notice, Obligation
from sakimori.assets.models import Computer, DueReminder
from sakimori.assets.upkeep import ladder, reminding
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

DUE = date(2027, 3, 31)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_the_rungs_are_those_of_the_house():
    assert ladder.before() == (60, 30, 14, 7, 1)
    assert ladder.every() == 7


@pytest.mark.parametrize(
    ("today", "rung", "next_day"),
    [
        ("2027-01-29", None, "2027-01-30"),  # 61 days left
        ("2027-01-30", 60, "2027-03-01"),
        ("2027-02-28", 60, "2027-03-01"),
        ("2027-03-01", 30, "2027-03-17"),
        ("2027-03-17", 14, "2027-03-24"),
        ("2027-03-24", 7, "2027-03-30"),
        ("2027-03-30", 1, "2027-04-07"),
        ("2027-03-31", 1, "2027-04-07"),
        ("2027-04-06", 1, "2027-04-07"),
        ("2027-04-07", -7, "2027-04-14"),
        ("2027-04-20", -14, "2027-04-21"),
    ],
)
def test_each_day_has_its_rung(today, rung, next_day):
    day = date.fromisoformat(today)
    assert ladder.current(DUE, day) == rung
    assert ladder.upcoming(DUE, day) == date.fromisoformat(next_day)


@given(due=DAYS, today=DAYS)
def test_every_day_lies_between_two_rungs(due, today):
    rung, following = ladder.current(due, today), ladder.upcoming(due, today)
    assert following > today
    if rung is not None:
        assert ladder.day_of(due, rung) <= today
    for between in range(1, min((following - today).days, 90)):
        assert ladder.current(due, today + timedelta(days=between)) == rung
    assert ladder.current(due, following) != rung


@given(due=DAYS, since=DAYS, span=st.integers(0, 200))
def test_day_by_day_each_rung_comes_once_and_none_that_was_past(due, since, span):
    given_out = []
    for day in (since + timedelta(days=count) for count in range(span)):
        rung = ladder.falls_due(due, day, since)
        if rung is not None and rung not in given_out:
            given_out.append(rung)
            assert ladder.day_of(due, rung) == day  # never late, where somebody looks every day
    assert given_out == sorted(given_out, reverse=True)
    last = since + timedelta(days=span - 1)
    reached = [rung for rung in (*ladder.before(), *range(-7, -1400, -7)) if since <= ladder.day_of(due, rung) <= last]
    assert given_out == reached


@pytest.mark.django_db
class TestOnTheDesk:
    """Reminders as an operator gets them."""

    def test_one_a_rung_for_everything_due_that_day_however_often_it_starts(self, parties, move):
        import_register()
        assert reminding.remind(WORLD) == 0  # 127 days left
        for day, rungs in (
            ("2027-01-30", [60]), ("2027-01-31", [60]), ("2027-03-05", [60, 30]), ("2027-03-31", [60, 30, 1]),
            ("2027-04-08", [60, 30, 1, -7]), ("2027-04-14", [60, 30, 1, -7, -14]),
        ):  # fmt: skip
            move(day)
            reminding.remind(WORLD)
            reminding.remind(WORLD)  # as after a restart
            assert sorted(DueReminder.objects.values_list("rung", flat=True), reverse=True) == rungs
        told = Notice.objects.filter(kind="assets.upkeep.remind", addressee=fixed("power"))
        assert told.count() == 5
        assert "2027年3月31日" in told.order_by("created_at").first().title_ja
        for act in Act.objects.filter(kind="assets.upkeep.remind"):
            assert Obligation.objects.filter(started_by=act.caused_by).exists()

    def test_rungs_past_when_the_duty_began_are_skipped(self, parties, move):
        move("2027-03-20")
        import_register(ROWS[:1])
        assert reminding.remind(WORLD) == 0
        move("2027-03-24")
        reminding.remind(WORLD)
        assert list(DueReminder.objects.values_list("rung", flat=True)) == [7]

    def test_they_stop_when_filed_and_come_again_where_no_arrival_is_known_when_it_is_late(self, parties, move):
        import_register()
        file_notification()
        move("2027-03-01")
        assert reminding.remind(WORLD) == 0
        assert reminding.next_reminder(WORLD, fixed("power"), DUE) is None
        move("2027-04-08")
        assert reminding.remind(WORLD) == 1
        move("2026-11-24")
        carry()
        move("2027-04-20")
        assert reminding.remind(WORLD) == 0

    def test_nothing_is_said_of_a_duty_whose_computers_are_gone(self, parties, move):
        import_register()
        for one in Computer.objects.filter(notify="yes"):
            payload = {"computer": str(one.id), "retired_on": "2026-11-20"}
            door.perform("assets.computer.retire", payload, by=viewer("power", "reporter"))
        move("2027-03-01")
        assert reminding.remind(WORLD) == 0

    def test_reporters_and_approvers_get_a_mail_that_says_nothing(self, parties, move, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        for role in ("reporter", "approver", "viewer"):
            payload = {"person": str(fixed(f"power.{role}")), "email": f"{role}@power.example"}
            door.perform("parties.person.correct", payload, by=viewer("power", "administrator"))
        import_register()
        move("2027-01-30")
        reminding.remind(WORLD)
        notice = Notice.objects.get(kind="assets.upkeep.remind")
        queued = Delivery.objects.filter(notice=notice.id, channel="smtp").values_list("recipient", flat=True)
        assert sorted(queued) == ["approver@power.example", "reporter@power.example"]

    def test_the_worker_looks_at_most_once_a_minute(self, parties, move):
        import_register()
        move("2027-01-30")
        assert reminding.run_due(WORLD) == 1
        assert reminding.run_due(WORLD) == 0
        move("2027-03-01")
        assert reminding.run_due(WORLD) == 1

    def test_the_duty_tells_the_next_day(self, parties, enter, move):
        import_register()
        assert reminding.next_reminder(WORLD, fixed("power"), DUE) == date(2027, 1, 30)
        duty = Computer.objects.get(key="P-001").duty_id
        page = enter("power", "viewer").get(reverse("assets:duty", args=[duty])).content.decode()
        assert "Next reminder" in page
        assert "30 Jan 2027" in page or "2027-01-30" in page
