"""Two records of one filing: suggested, said by a person, taken back; until then each is a filing of its own."""

import pytest
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, RefusedError
from sakimori.acts.models import Obligation, ReadSubject
from sakimori.assets.models import Computer, Hint, Notification
from tests.assets.another_way import CATEGORY, enter_it, owed, rows_of_register, standing, text
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

INTAKE, OFFICER = ("meti", "intake"), ("meti", "officer")
PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law


def link(second, first):
    payload = {"notification": str(second.id), "same_as": str(first.id)}
    door.perform("assets.entry.link", payload, by=viewer(*INTAKE))
    second.refresh_from_db()


def unlink(copy, by=INTAKE, reason="別の届出だった"):
    door.perform("assets.entry.unlink", {"notification": str(copy.id), "reason": reason}, by=viewer(*by))
    copy.refresh_from_db()


def withdraw(entry):
    door.perform("assets.entry.withdraw", {"notification": str(entry.id), "reason": "誤り"}, by=viewer(*OFFICER))
    entry.refresh_from_db()


def clocks(**which):
    found = Obligation.objects.filter(rule=PASS_ON, **which)
    return sorted(found.values_list("begins", "status"))


def by_envelope_and_paper(order):
    """Have the same filing come by envelope and on paper; return both records at the office."""
    import_register()
    rows = rows_of_register()
    file_notification()
    if order == "envelope first":
        carry()
    paper = enter_it(contents="typed", rows=rows)
    carry()
    return Notification.objects.get(side="minister", channel="envelope"), paper


@pytest.mark.parametrize("order", ["paper first", "envelope first"])
def test_the_same_rows_on_paper_and_by_envelope_are_two_filings_until_a_person_says_otherwise(parties, order):
    envelope, paper = by_envelope_and_paper(order)
    assert {envelope.status, paper.status} == {"received"}
    assert standing()["notifications"] == 2
    assert len(clocks(status="open")) == 2
    link(paper, envelope)
    assert (paper.status, paper.same_as) == ("linked", envelope.id)
    assert standing()["notifications"] == 1
    assert sorted(standing()["channels"]) == ["envelope", "post"]
    assert sorted(status for _, status in clocks()) == ["open", "settled"]


def test_a_second_filing_of_equal_computers_has_its_own_day_for_passing_it_on(parties):
    import_register()
    rows = rows_of_register()[:1]
    first = enter_it(contents="typed", rows=rows, reference="1", arrived_at="2026-11-01T10:30:00+09:00")
    door.perform("assets.notification.pass_on", {"notification": str(first.id)}, by=viewer(*OFFICER))
    second = enter_it(contents="typed", rows=rows, reference="2", arrived_at="2026-11-20T10:30:00+09:00")
    assert (second.status, second.same_as) == ("received", None)
    assert clocks() == [("2026-11-01", "settled"), ("2026-11-20", "open")]
    withdraw(second)
    again = enter_it(contents="typed", rows=rows, reference="2", arrived_at="2026-11-20T10:30:00+09:00")
    assert again.status == "received"


def test_an_envelope_that_was_linked_by_mistake_counts_again(parties):
    envelope, paper = by_envelope_and_paper("envelope first")
    due = Obligation.objects.get(rule=PASS_ON, subject=envelope.id).due_on
    link(envelope, paper)
    assert clocks(subject=envelope.id) == [("2026-11-24", "settled")]
    unlink(envelope)
    assert (envelope.status, envelope.same_as) == ("received", None)
    clock = Obligation.objects.get(rule=PASS_ON, subject=envelope.id)
    assert (clock.status, clock.due_on) == ("open", due)
    assert standing()["notifications"] == 2
    with pytest.raises(RefusedError, match="重複として記録された届出ではありません"):
        unlink(envelope)


def test_what_was_entered_as_a_copy_gets_its_clock_from_its_arrival_when_it_is_none(parties):
    first = enter_it(arrived_at="2026-11-01T10:30:00+09:00", reference="1")
    copy = enter_it(same_as=str(first.id), reference="2", covers=None)
    assert (copy.status, copy.same_as, clocks(subject=copy.id)) == ("linked", first.id, [])
    unlink(copy)
    assert clocks(subject=copy.id) == [("2026-11-20", "open")]


def test_what_a_copy_had_settled_is_open_while_it_is_one_and_settled_again_after(parties):
    """Two equal computers, two papers that name one each: linked, only one of them has been notified."""
    import_register((ROWS[1], ROWS[1].replace("P-002", "P-012")))
    row = rows_of_register()[:1]
    first, second = enter_it(contents="typed", rows=row, reference="1"), enter_it(contents="typed", rows=row)
    assert set(Computer.objects.values_list("status", flat=True)) == {"notified"}
    assert owed() == ["settled"]
    link(second, first)
    assert sorted(Computer.objects.values_list("status", flat=True)) == ["notified", "registered"]
    assert owed() == ["open"]
    unlink(second)
    assert set(Computer.objects.values_list("status", flat=True)) == {"notified"}
    (duty,) = Obligation.objects.filter(bearer=fixed("power"))
    assert (duty.status, duty.settled_at, duty.evidence["entered_by"]) == (
        "settled", second.arrived_at, str(second.act),
    )  # fmt: skip
    withdraw(second)
    assert owed() == ["open"]


def test_a_copy_counts_again_when_the_entry_it_followed_is_withdrawn(parties):
    envelope, paper = by_envelope_and_paper("paper first")
    link(envelope, paper)
    third = enter_it(reference="3", covers="unknown")
    link(third, paper)
    withdraw(paper)
    envelope.refresh_from_db()
    third.refresh_from_db()
    assert (third.status, third.same_as) == ("received", None), "it arrived before the other copy"
    assert (envelope.status, envelope.same_as) == ("linked", third.id)
    assert standing()["notifications"] == 1
    assert clocks(subject=third.id) == [("2026-11-20", "open"), ("2026-11-20", "settled")]


def test_copies_of_a_copy_follow_the_first(parties):
    one, two, three = (enter_it(reference=str(number)) for number in range(3))
    link(three, two)
    link(two, one)
    three.refresh_from_db()
    assert (three.same_as, two.same_as) == (one.id, one.id)


def test_only_the_office_it_came_to_takes_a_link_back(parties):
    one, two = enter_it(reference="1"), enter_it(reference="2")
    link(two, one)
    with pytest.raises(NotFoundError):
        unlink(two, by=("mlit", "intake"))
    for name, role in (("meti", "decider"), ("power", "reporter"), ("cabinet", "officer")):
        with pytest.raises(NotAuthorisedError):
            unlink(two, by=(name, role))


def test_the_office_is_told_of_what_looks_the_same_and_opens_nothing_by_that(parties, enter):
    envelope, paper = by_envelope_and_paper("envelope first")
    other = enter_it(reference="9", covers="unknown")
    assert [one.notification_id for one in Hint.objects.filter(code="looks_same")] == [paper.id]
    rows = list(reading.read(viewer(*INTAKE), "assets.same_filings", notification=paper.id))
    assert {row["id"]: row["alike"] for row in rows} == {envelope.id: True, other.id: False}
    assert {key for row in rows for key in row} <= {"id", "arrived_at", "channel", "count", "alike", "withheld"}
    opened = {one.id: ReadSubject.objects.filter(subject=one.act).count() for one in (envelope, other, paper)}
    client = enter(*INTAKE)
    page = text(client.get(reverse("assets:notification", args=[paper.id])))
    assert "names exactly the same computers as the filing that arrived on 2026-11-24" in page
    offered = text(client.get(reverse("assets:link", args=[paper.id])))
    assert offered.index(str(envelope.id)) < offered.index(str(other.id))
    assert "names the same computers" in offered
    for one in (envelope, other):
        assert ReadSubject.objects.filter(subject=one.act).count() == opened[one.id], "nobody opened that"
    assert ReadSubject.objects.filter(subject=paper.act).count() > opened[paper.id]


def test_others_are_told_of_no_copies(parties):
    import_register()
    file_notification()
    carry()
    came = Notification.objects.get(side="minister")
    enter_it()
    assert list(reading.read(viewer("mlit", "intake"), "assets.same_filings", notification=came.id)) == []
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer("power", "reporter"), "assets.same_filings", notification=came.id)


def test_a_link_is_taken_back_on_its_page(enter):
    first, second = enter_it(reference="1"), enter_it(reference="2")
    link(second, first)
    client = enter(*INTAKE)
    address = reverse("assets:unlink", args=[second.id])
    assert address in text(client.get(reverse("assets:notification", args=[second.id])))
    assert client.post(address, {"f-reason": ""}).status_code == 422
    done = text(client.post(address, {"f-reason": "別の届出"}, follow=True))
    assert "Done and recorded" in done
    assert address not in done
    second.refresh_from_db()
    assert (second.status, second.facility_category) == ("received", CATEGORY)


def test_no_step_about_a_filing_and_no_new_entry_opens_the_others(parties, enter):
    one, other = enter_it(reference="1"), enter_it(reference="2")
    client = enter(*INTAKE)
    for address in (
        reverse("assets:withdraw", args=[one.id]),
        reverse("assets:enter"),
        f"{reverse('assets:enter')}?corrects={one.id}&what=correction",
    ):
        assert client.get(address).status_code == 200
    assert not ReadSubject.objects.filter(subject=other.act).exists()
