"""Who has filed and who is late: the day is the law's for that designation, and only a notification is one."""

import json
import uuid
from datetime import UTC, date, datetime

import pytest

from sakimori import law
from sakimori.acts import door, reading
from sakimori.acts.models import Act, ActContent, Obligation
from sakimori.assets.models import Notification
from sakimori.law.decisions import notices
from sakimori.parties.models import Designation
from sakimori.record import SYSTEM, open_door
from tests.assets.another_way import enter_it, standing
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

FORTIOS = {"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"}


def at(settings, day):
    """Set the date of the sample world."""
    worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": day}}
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}


def designate(day, *, successor=False):
    """Have the power operator designated on another day."""
    with open_door("test"):
        Designation.objects.filter(organisation=fixed("power")).update(designated_on=day, successor=successor)


@pytest.mark.parametrize(
    ("designated", "due", "basis"),
    [
        ("2025-04-01", "2027-03-31", "強化法附則4"),
        ("2026-09-30", "2027-03-31", "強化法附則4"),
        ("2026-10-01", "2027-04-01", "命令2(2)"),
        ("2026-11-20", "2027-05-20", "命令2(2)"),
        ("2027-01-15", "2027-07-15", "命令2(2)"),
    ],
)
def test_the_day_is_that_of_the_designation(parties, settings, designated, due, basis):
    at(settings, "2027-06-01")
    designate(designated)
    row = standing()
    assert (str(row["due_on"]), row["basis"]) == (due, basis)
    late = (date(2027, 6, 1) - date.fromisoformat(due)).days
    assert (row["state"], row["days_late"]) == (("late", late) if late > 0 else ("waiting", 0))


def test_the_ministry_and_the_operator_count_to_the_same_day(parties, settings):
    at(settings, "2026-11-24")
    designate("2026-11-20")
    import_register()
    days = {str(one.due_on) for one in Obligation.objects.filter(bearer=fixed("power"))}
    assert days == {str(standing()["due_on"])} == {"2027-05-20"}


def test_no_day_is_said_where_no_text_says_one(parties):
    """A successor designated later: from when its four months run for what was there is unknown in law."""
    designate("2026-11-20", successor=True)
    row = standing()
    assert (row["due_on"], row["state"], row["basis"]) == (None, "waiting", "")


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2027, 6, 1)])
@pytest.mark.parametrize("designated", [date(2025, 4, 1), date(2026, 9, 30), date(2026, 10, 1), date(2027, 1, 15)])
def test_what_was_there_is_counted_as_a_computer_of_the_day_before(designated, day):
    found, _ = notices.due_of_present(designated, day, successor=False)
    start = law.parameter("kyokaho.commencement").value
    before = date.fromordinal(max(start, designated).toordinal() - 1)
    facts = notices.DueFacts("introduced", before, None, designated, True, False, None, False)
    assert found == notices.due_rule(facts, day)[0]


@pytest.mark.parametrize("what", ["change", "component_report"])
def test_a_change_that_comes_first_is_no_notification(parties, settings, what):
    at(settings, "2027-06-01")
    of = {"world": WORLD, "side": "minister", "organisation": fixed("power"), "minister": fixed("meti"), "count": 1,
          "facility_category": "x", "status": "received", "channel": "post"}  # fmt: skip
    for sort, moment in ((what, datetime(2027, 3, 1, tzinfo=UTC)), ("notification", datetime(2027, 5, 1, tzinfo=UTC))):
        with open_door("test"):
            Notification.objects.create(**of, what=sort, act=uuid.uuid4(), filed_at=moment, arrived_at=moment)
        row = standing()
        if sort == what:
            assert (row["state"], row["first_at"]) == ("late", None)
    assert (row["state"], row["days_late"], row["first_at"]) == ("filed_late", 31, moment)


def test_what_is_taken_in_again_counts_from_its_first_arrival(parties, settings):
    import_register()
    file_notification()
    act = Act.objects.get(kind="assets.notification.file")
    document = json.loads(bytes(ActContent.objects.get(id=act.id).content))
    at(settings, "2027-04-03")
    first = datetime.fromisoformat("2027-03-30T23:30:00+09:00")
    payload = {"envelope": str(uuid.uuid4()), "sender": str(fixed("power")), "addressee": str(fixed("meti"))}
    again = door.Request(
        "assets.notification.receive", {**payload, "document": document}, SYSTEM(WORLD), caused_by=act.id,
        occurred_at=first,
    )  # fmt: skip
    door.commit(again)
    arrived = Notification.objects.get(side="minister")
    assert arrived.arrived_at == first
    assert (standing()["state"], standing()["days_late"]) == ("filed", 0)
    assert Obligation.objects.get(rule="kyokaho.notice.pass_on").begins == "2027-03-30"


def test_the_cabinet_counts_the_correction_and_not_the_filing_that_it_replaced(parties):
    import_register()
    file_notification()
    carry()
    wrong = Notification.objects.get(side="minister")
    officer = viewer("meti", "officer")
    door.perform("assets.notification.pass_on", {"notification": str(wrong.id)}, by=officer)
    mended = enter_it(
        what="correction", corrects=str(wrong.id), contents="typed", rows=[FORTIOS], reference="訂正 1"
    )  # fmt: skip

    def counted(by):
        (row,) = (one for one in reading.read(by, "assets.sector") if one["notifications"])
        return row["operators"], row["filed"], row["notifications"], row["computers"]

    cabinet = viewer("cabinet", "analyst")
    assert counted(cabinet) == (1, 1, 1, wrong.count)  # what was passed on stands until the correction is
    door.perform("assets.notification.pass_on", {"notification": str(mended.id)}, by=officer)
    assert counted(cabinet) == (1, 1, 1, 1)
    assert counted(officer)[2:] == (1, 1)
    assert [one["until"] for one in reading.read(cabinet, "assets.sector_trend")][-1] == 1


def test_a_correction_of_what_was_never_passed_on_is_counted_by_the_cabinet(parties):
    import_register()
    file_notification()
    carry()
    wrong = Notification.objects.get(side="minister")
    mended = enter_it(what="correction", corrects=str(wrong.id), contents="typed", rows=[FORTIOS], reference="訂正 1")
    door.perform("assets.notification.pass_on", {"notification": str(mended.id)}, by=viewer("meti", "officer"))
    cabinet = viewer("cabinet", "analyst")
    (row,) = reading.read(cabinet, "assets.sector")
    assert (row["operators"], row["notifications"], row["computers"]) == (1, 1, 1)
    assert [one["until"] for one in reading.read(cabinet, "assets.sector_trend")][-1] == 1
