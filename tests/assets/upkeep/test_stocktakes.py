"""A stocktake from its start to its close: who has which list, what an answer does, what is refused."""

import uuid
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, Notice, Obligation
from sakimori.assets.models import Computer, ComputerChange, Stocktake, StocktakeList
from sakimori.assets.upkeep.queries_campaigns import QUERIES
from sakimori.parties.models import Membership, Person
from sakimori.record import open_door
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db
PEOPLE = {"P-001": "甲野", "P-002": "甲野", "P-003": "乙川", "P-004": "乙川", "P-005": ""}


@pytest.fixture
def register(parties):
    """The power operator's five computers, notified, each with somebody responsible."""
    import_register()
    file_notification()
    carry()
    for key, name in PEOPLE.items():
        if name:
            said = {"computer": str(Computer.objects.get(key=key).id), "changed_on": "2026-11-20", "responsible": name}
            door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    assert not Obligation.objects.filter(rule="kyokaho.notice.change").exists()
    return {one.key: one for one in Computer.objects.filter(world=WORLD)}


def perform(kind, payload, role="reporter"):
    return door.perform(f"assets.stocktake.{kind}", payload, by=viewer("power", role))


def start(**told):
    payload = {"title": "2026年度第3四半期", "answer_by": "2026-12-08", **told}
    return Stocktake.objects.get(id=perform("start", payload).subject.id)


def the_list(of):
    return StocktakeList.objects.get(responsible=of)


def answer(one, computers, **told):
    """Answer a list as it stands, each change from what the register holds."""
    seen = reading.read_one(viewer("power", "reporter"), "assets.stocktake_progress", stocktake_list=one.id)
    for said in told.get("changes", []):
        if "was" not in said:
            held = Computer.objects.get(id=said["computer"])
            said["was"] = {name: getattr(held, name) for name in said if name not in ("computer", "changed_on")}
    payload = {"stocktake_list": str(one.id), "computers": computers, "listed": seen["listed"], **told}
    return perform("answer", payload)


def test_each_responsible_person_has_a_list_and_nothing_changed_is_one_act(register):
    start()
    lists = reading.read(viewer("power", "viewer"), "assets.stocktake_lists")
    found = {row["responsible"]: row["computers"] for row in lists}
    assert found == {"甲野": 2, "乙川": 2, "": 1}
    answer(the_list("甲野"), 2)
    kept = the_list("甲野")
    assert (kept.status, kept.unchanged, kept.changed, kept.channel) == ("answered", 2, 0, "site")
    assert kept.answered_by == fixed("power.reporter")
    assert ComputerChange.objects.exclude(fields__has_key="responsible").count() == 0
    assert Notice.objects.filter(kind="assets.stocktake.start", addressee=fixed("power")).exists()


def test_an_answer_changes_and_retires_with_days_of_their_own(register):
    start()
    answer(
        the_list("甲野"), 2,
        changes=[{"computer": str(register["P-001"].id), "changed_on": "2026-11-02", "product": "CENTUM VP R7"}],
        retired=[{"computer": str(register["P-002"].id), "retired_on": "2026-11-10"}],
        answered_for="甲野", note="電話で確認",
    )  # fmt: skip
    kept = the_list("甲野")
    assert (kept.changed, kept.retired, kept.unchanged, kept.channel) == (1, 1, 0, "file")
    owed = Obligation.objects.get(rule="kyokaho.notice.change", status="open")
    assert owed.due_on == date(2027, 3, 2)  # four months from the day of the change, not of the stocktake
    register["P-002"].refresh_from_db()
    assert register["P-002"].status == "retired"
    assert Act.objects.filter(kind="assets.stocktake.answer").count() == 1


def test_an_answer_about_many_computers_asks_the_database_no_more_than_one_about_few(parties):
    rows = [ROWS[n % 2].replace(f"P-00{n % 2 + 1}", f"K-{n:03}") for n in range(24)]
    import_register(rows)
    file_notification()
    carry()
    asked = []
    for few in (2, 20):
        one = start(title=f"{few}")
        changes = [
            {
                "computer": str(computer.id), "changed_on": "2026-11-02", "product": f"{computer.product} {few}",
                "was": {"product": computer.product},
            }
            for computer in Computer.objects.order_by("key")[:few]
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as found:
            answer(one.lists.get(), 24, changes=changes)
        asked.append(len(found))
        assert ComputerChange.objects.filter(status="waiting").count() == sum((2, 20)[: len(asked)])
        perform("close", {"stocktake": str(one.id), "note": ""})
    assert asked[1] <= asked[0] + 3  # a few statements may be needed once for what was changed before


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"computers": 3, "listed": "0" * 64}, "assets.list_changed"),
        ({"changes": [{"computer": "P-003", "changed_on": "2026-11-02", "version": "9"}]}, "assets.not_on_list"),
        ({"retired": [{"computer": "P-001", "retired_on": "2026-12-25"}]}, "assets.future"),
        (
            {
                "changes": [{"computer": "P-001", "changed_on": "2026-11-02", "version": "9"}],
                "retired": [{"computer": "P-001", "retired_on": "2026-11-02"}],
            },
            "assets.twice",
        ),
    ],
)
def test_what_does_not_fit_the_list_is_refused_whole(register, told, code):
    start()
    for rows in (told.get("changes", []), told.get("retired", [])):
        for row in rows:
            row["computer"] = str(register[row["computer"]].id) if row["computer"] in register else row["computer"]
    before = ComputerChange.objects.count()
    with pytest.raises(RefusedError) as refused:
        answer(the_list("甲野"), told.pop("computers", 2), **told)
    assert refused.value.code == code
    assert ComputerChange.objects.count() == before
    assert the_list("甲野").status == "waiting"


def test_the_same_number_of_other_computers_is_another_list(register):
    start()
    seen = reading.read_one(
        viewer("power", "reporter"), "assets.stocktake_progress", stocktake_list=the_list("甲野").id
    )
    for key, name in (("P-002", "乙川"), ("P-003", "甲野")):
        said = {"computer": str(register[key].id), "changed_on": "2026-11-20", "responsible": name}
        door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    with pytest.raises(RefusedError) as refused:
        answer(the_list("甲野"), 2, listed=seen["listed"])
    assert refused.value.code == "assets.list_changed"
    assert "not the same computers" in refused.value.what.en
    assert the_list("甲野").status == "waiting"


@pytest.mark.parametrize(
    ("was", "code"),
    [
        ({"product": "CENTUM VP", "facts.has_ip_address": False}, "assets.changed_meanwhile"),
        ({"facts.has_ip_address": False}, "assets.was_unsaid"),
        ({"product": "CENTUM VQ"}, "assets.was_unsaid"),
        ({"product": "CENTUM VQ", "facts.has_ip_address": True}, "assets.changed_meanwhile"),
        ({"product": "CENTUM VQ", "facts.has_ip_address": False}, ""),
    ],
)
def test_what_somebody_else_recorded_meanwhile_is_never_written_over(register, was, code):
    start()
    told = {"computer": str(register["P-001"].id), "changed_on": "2026-11-02"}
    door.perform("assets.computer.change", {**told, "product": "CENTUM VQ"}, by=viewer("power", "reporter"))
    said = {**told, "product": "CENTUM VR", "facts": {"has_ip_address": True}, "was": was}
    if code:
        with pytest.raises(RefusedError) as refused:
            answer(the_list("甲野"), 2, changes=[said])
        assert refused.value.code == code
        assert Computer.objects.get(key="P-001").product == "CENTUM VQ"
        assert the_list("甲野").status == "waiting"
    else:
        answer(the_list("甲野"), 2, changes=[said])
        assert Computer.objects.get(key="P-001").product == "CENTUM VR"


def test_whoever_is_a_member_only_later_is_nobody_yet(register):
    with open_door("x"):
        person = Person.objects.create(id=uuid.uuid4(), world=WORLD, name_ja="甲野", email="kono@example.jp")
        held = Membership.objects.create(
            id=uuid.uuid4(), world=WORLD, person=person, organisation_id=fixed("power"), role="reporter",
            valid_from=date(2026, 12, 1),
        )  # fmt: skip
    one = start()
    assert the_list("甲野").person is None
    perform("close", {"stocktake": str(one.id), "note": "やり直し"})
    with open_door("x"):
        held.valid_from = date(2026, 11, 1)
        held.save()
    again = start(title="次")
    assert again.lists.get(responsible="甲野").person == person.id


def test_the_lists_ahead_are_private_to_the_register(register):
    rows = reading.read(viewer("power", "viewer"), "assets.stocktake_ahead")
    assert {row["responsible"]: row["computers"] for row in rows} == {"甲野": 2, "乙川": 2, "": 1}
    for row in QUERIES["assets.stocktake_ahead"].run(
        viewer("power", "viewer")
    ):  # withheld wherever it is not one's own
        assert (row["labels"], row["owner"]) == ({"private": ["private_inventory"]}, fixed("power"))


def test_changes_made_one_by_one_count_in_the_answer(register):
    start()
    said = {"computer": str(register["P-003"].id), "changed_on": "2026-11-23", "version": "2025"}
    door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    gone = {"computer": str(register["P-004"].id), "retired_on": "2026-11-23"}
    door.perform("assets.computer.retire", gone, by=viewer("power", "reporter"))
    answer(the_list("乙川"), 1)
    kept = the_list("乙川")
    assert (kept.changed, kept.retired, kept.unchanged) == (1, 1, 0)
    with pytest.raises(RefusedError) as refused:
        answer(kept, 1)
    assert refused.value.code == "assets.answered"


def test_one_at_a_time_and_for_a_day_to_come(register):
    for day, code in (
        ("2026-11-01", "assets.past"),
        ("9999-12-31", "assets.too_far"),
        ("2027-11-25", "assets.too_far"),
    ):
        with pytest.raises(RefusedError) as refused:
            start(answer_by=day)
        assert (refused.value.code, refused.value.where) == (code, "answer_by")
    start()
    with pytest.raises(RefusedError) as refused:
        start()
    assert refused.value.code == "assets.stocktake_runs"


def test_the_silent_are_reminded_and_a_close_says_who_did_not_answer(register):
    one = start()
    answer(the_list("甲野"), 2)
    perform("remind", {"stocktake": str(one.id)})
    told = Notice.objects.get(kind="assets.stocktake.remind")
    assert "2件" in told.title_ja
    with pytest.raises(RefusedError) as refused:
        perform("close", {"stocktake": str(one.id)})
    assert refused.value.where == "note"
    perform("close", {"stocktake": str(one.id), "note": "乙川は休職中"})
    one.refresh_from_db()
    assert (one.status, one.summary["lists"], one.summary["answered"], one.summary["silent_computers"]) == (
        "closed", 3, 1, 3,
    )  # fmt: skip
    with pytest.raises(RefusedError):
        answer(the_list("乙川"), 2)
    start(title="次")


def test_nothing_of_it_is_anybody_elses(register):
    one = start()
    payload = {"stocktake": str(one.id), "note": "x"}
    with pytest.raises(RefusedError):
        door.perform("assets.stocktake.close", payload, by=viewer("rail", "reporter"))
    assert reading.read(viewer("rail", "reporter"), "assets.stocktakes") == []
    assert reading.read(viewer("rail", "reporter"), "assets.stocktake_lists") == []
    assert reading.read(viewer("rail", "reporter"), "assets.stocktake_rows", stocktake_list=the_list("甲野").id) == []


def walks(asked, columns):
    """Return the statements that walk through the operator's computers for a sum."""
    return [one["sql"] for one in asked if 'FROM "assets_computer"' in one["sql"] and columns in one["sql"]]


def test_the_sums_of_a_long_register_are_read_in_one_walk_each(enter, parties):
    import_register()
    retired = Computer.objects.get(key="P-004")
    door.perform(
        "assets.computer.retire", {"computer": str(retired.id), "retired_on": "2026-11-20"},
        by=viewer("power", "reporter"),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        (sums,) = reading.read(viewer("power", "reporter"), "assets.summary")
    assert len(walks(asked, "COUNT(")) == 1
    own = Computer.objects.filter(world=WORLD)
    assert (sums["all"], sums["status"]["retired"]) == (5, 1)
    for name, rows in (("scope", own), ("status", own), ("notify", own.exclude(status="retired"))):
        assert sums[name] == dict(Counter(rows.values_list(name, flat=True))), name
    start()
    page = reverse("assets:stocktake_list", args=[StocktakeList.objects.get().id])
    client = enter("power", "reporter")
    with CaptureQueriesContext(connection) as asked:
        assert 'name="computers" value="4"' in client.get(page).content.decode()
    assert len(walks(asked, "COUNT(*)")) == 1  # the pages of the table
