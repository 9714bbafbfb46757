"""What a filing says of the operator changes: its own clock for each category, listed, filed, settled by arrival."""

import uuid

import pytest
from django.urls import reverse

from sakimori import law
from sakimori.acts import clock, door, proposals, reading
from sakimori.acts.errors import PreconditionError
from sakimori.acts.models import Act, Dispatch, Obligation
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, Notification, OutlineChange
from sakimori.assets.payloads import Outline
from sakimori.assets.upkeep import rederiving
from sakimori.parties.models import Facility
from sakimori.parties.numbers import corporate_number
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CATEGORY, CHANGE = "発電設備の監視制御システム", "kyokaho.notice.change"
NUMBERS = ("5010401067252", "1010001000006")


def reporter():
    return viewer("power", "reporter")


@pytest.fixture
def notified(parties):
    import_register()
    file_notification()
    carry()
    rederiving.derive(WORLD)
    assert not OutlineChange.objects.exists()


def correct(**told):
    payload = {"organisation": str(fixed("power")), "reason": "変更", **told}
    return door.perform("parties.organisation.correct", payload, by=viewer("power", "administrator"))


def number():
    return next(one for one in NUMBERS if _valid(one))


def _valid(text):
    try:
        return bool(corporate_number(text))
    except ValueError:
        return False


def act_day(act):
    """Return the day in Tokyo on which an act was recorded."""
    return Act.objects.get(id=act.act).recorded_at.astimezone(clock.TOKYO).date()


def shift(day):
    """Return the last day of four months that are counted from the day after (命令3条1項, 民法140条・143条)."""
    return law.deadline(CHANGE, day, on=day).due


def owed():
    return sorted(Obligation.objects.filter(rule=CHANGE).values_list("status", flat=True))


def file():
    payload = drafts.changes(reporter(), CATEGORY)
    made = proposals.propose("assets.change_notification.file", payload, by=reporter())
    return proposals.confirm(made.id, by=viewer("power", "approver"))


def test_a_new_number_starts_the_clock_of_a_change_and_its_arrival_settles_it(notified, enter):
    act = correct(corporate_number=number())
    assert rederiving.derive(WORLD) == 1
    assert rederiving.derive(WORLD) == 0
    one, owing = OutlineChange.objects.get(), Obligation.objects.get(rule=CHANGE)
    assert Act.objects.get(id=one.act).caused_by == act.act
    assert (one.category, one.before["corporate_number"], one.status) == (CATEGORY, "", "waiting")
    recorded = act_day(act)
    assert (one.changed_on, str(owing.begins)) == (recorded, recorded.isoformat())
    assert (owing.due_on, owing.bearer) == (one.due_on, fixed("power"))
    assert one.due_on == shift(recorded)
    assert one.decision["outcome"] == "change"
    assert drafts.waiting_changes(reporter()) == {CATEGORY: 0}
    client = enter("power", "reporter", language="ja")
    listed = client.get(reverse("assets:drafts")).content.decode()
    assert "事業者の概要" in listed
    assert reverse("assets:change") in listed
    draft = client.get(reverse("assets:change"), {"category": CATEGORY}).content.decode()
    assert number() in draft
    assert one.due_on.strftime("%Y") in draft
    assert client.get(reverse("assets:duty", args=[owing.subject])).status_code == 200
    file()
    assert OutlineChange.objects.get().status == "filed"
    assert owed() == ["open"]
    assert drafts.waiting_changes(reporter()) == {}
    carry()
    assert OutlineChange.objects.get().status == "notified"
    assert owed() == ["settled"]
    assert rederiving.derive(WORLD) == 0
    told = Notification.objects.get(side="minister", what="change")
    assert told.outline_before["corporate_number"] == ""


def test_what_is_changed_back_before_it_was_notified_ends_its_clock(notified):
    correct(corporate_number=number())
    rederiving.derive(WORLD)
    correct(corporate_number="")
    assert rederiving.derive(WORLD) == 1
    assert owed() == ["settled"]
    assert OutlineChange.objects.get().status == "undone"
    assert drafts.waiting_changes(reporter()) == {}


def test_the_name_alone_is_minor_and_starts_nothing(notified):
    correct(name_ja="架空電力ホールディングス")
    assert rederiving.derive(WORLD) == 0
    assert drafts.waiting_changes(reporter()) == {}
    with pytest.raises(PreconditionError):
        drafts.changes(reporter(), CATEGORY)


def test_nothing_was_notified_so_nothing_changed(parties):
    import_register()
    correct(corporate_number=number())
    rederiving.derive(WORLD)
    assert not OutlineChange.objects.exists()
    assert drafts.waiting_changes(reporter()) == {}


def test_a_computers_change_of_the_same_day_shares_the_clock_and_each_must_arrive(notified):
    correct(corporate_number=number())
    rederiving.derive(WORLD)
    day = OutlineChange.objects.get().changed_on
    told = {"computer": str(Computer.objects.get(key="P-001").id), "changed_on": day.isoformat(), "maker": "新製造者"}
    door.perform("assets.computer.change", told, by=reporter())
    assert Obligation.objects.filter(rule=CHANGE).count() == 1
    back = {**told, "maker": "横河電機"}
    door.perform("assets.computer.change", back, by=reporter())
    assert owed() == ["open"]  # the outline still waits on it
    file()
    carry()
    assert owed() == ["settled"]


def test_a_refused_filing_lets_the_outline_wait_again(notified):
    correct(corporate_number=number())
    rederiving.derive(WORLD)
    done = file()
    dispatch = Dispatch.objects.get(act=done.act)
    door.perform_system(
        "acts.dispatch.arrive",
        {"dispatch": str(dispatch.id), "acknowledgement": {"outcome": "refused", "reason": "x"}},
        world=WORLD,
        authorised_by=done.act,
    )
    assert OutlineChange.objects.get().status == "waiting"
    assert owed() == ["open"]
    assert drafts.waiting_changes(reporter()) == {CATEGORY: 0}
    (due,) = [row for row in reading.read(reporter(), "assets.duties") if row["rule"] == CHANGE]
    assert due["due_on"] is not None


def test_a_correction_that_says_it_ends_the_clock_and_one_that_does_not_leaves_it(notified):
    correct(corporate_number=number())
    rederiving.derive(WORLD)
    wrong = Notification.objects.get(side="operator")
    for outline, statuses in ((wrong.outline, ["open"]), (None, ["settled"])):
        standing = Notification.objects.get(side="operator", status="arrived")
        draft = drafts.correction(reporter(), standing.id, "番号の誤記")
        said = Outline.model_validate(outline) if outline else drafts.outline(reporter(), CATEGORY)
        made = proposals.propose("assets.correction.file", draft.model_copy(update={"outline": said}), by=reporter())
        proposals.confirm(made.id, by=viewer("power", "approver"))
        carry()
        rederiving.derive(WORLD)
        assert owed() == statuses
        assert bool(drafts.waiting_changes(reporter())) is (statuses == ["open"])
    assert rederiving.derive(WORLD) == 0


def test_each_category_has_a_clock_of_its_own_on_its_first_facility(notified):
    held = Facility.objects.get(id=fixed("power.facility"))
    with open_door("x"):
        for number_, category in ((1, CATEGORY), (2, "送電設備の監視制御システム")):
            Facility.objects.create(
                id=uuid.UUID(int=number_), world=WORLD, organisation_id=fixed("power"), name=f"第{number_}",
                designation=held.designation, category=category,
            )  # fmt: skip
    correct(corporate_number=number())
    assert rederiving.derive(WORLD) == 1  # nothing was notified in the other category
    assert OutlineChange.objects.get().duty.facility == uuid.UUID(int=1)
    assert rederiving.derive(WORLD) == 0
