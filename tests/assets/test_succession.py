"""Whatever was passed on, and in whatever order: every computer counts once, under its last name that was passed on."""

import itertools
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import clock, door
from sakimori.assets import succession
from sakimori.assets.forms import drafts
from sakimori.assets.models import Notification, NotifiedClause
from tests.assets.forms.test_other_filings import CATEGORY, OFFICER, REPORTER, carry, change, counted, file
from tests.support.deployment import WORLD
from tests.support.filing import ROWS, file_notification, import_register

START = datetime(2026, 11, 20, tzinfo=UTC)
NAMES = ("FortiOS", "IOS", "CENTUM VP")


class History:
    """What one operator's computers are called, and the filings that told it."""

    def __init__(self):
        self.filings, self.rows, self.computers = [], {}, {}
        self.whole = {}  # computer → the filing that told all of it last
        self.told = {}  # computer → what it is called there
        self.changed = set()  # computers that a change notification has told of since

    def file(self, rows, corrects=None):
        one = (uuid.uuid4(), corrects)
        self.filings.append(one)
        self.rows[one[0]] = [succession.Row(uuid.uuid4(), "c", *row) for row in rows]
        return one[0]

    def notify(self, names):
        new = {len(self.computers) + place: (f"{name} {len(self.filings)}", "M") for place, name in enumerate(names)}
        self.computers |= new
        filing = self.file([(name, maker, None) for name, maker in new.values()])
        self.whole |= dict.fromkeys(new, filing)
        self.told |= new

    def change(self, computer, name):
        product, maker = self.computers[computer]
        self.computers[computer] = (name, "M")
        self.changed.add(computer)
        self.file([(name, "M", {"clause": "c", "product": product, "maker": maker})])

    def correct(self, computer, name):
        """Correct the filing that told of a computer: its rows as they were, one of them under its right name."""
        wrong = self.whole[computer]
        theirs = [one for one, filing in self.whole.items() if filing == wrong]
        alike = [one for one in theirs if self.told[one] == self.told[computer]]
        if name and len({one in self.changed for one in alike}) == 1:  # else nobody can tell which of them is meant
            if computer not in self.changed:
                self.computers[computer] = (name, "M")
            self.told[computer] = (name, "M")
        correction = self.file([(*self.told[one], None) for one in theirs], wrong)
        self.whole |= dict.fromkeys(theirs, correction)

    def counted(self, passed):
        """Return how many computers count under each name where these filings were passed on."""
        given_ = [
            succession.Filing(one, "k", START + timedelta(hours=turn), one in passed, corrects)
            for turn, (one, corrects) in enumerate(self.filings)
        ]
        gone, whole = succession.replacements(given_, self.rows), succession.replaced(given_)
        rows = (row for one in passed - whole for row in self.rows[one] if row.id not in gone)
        return Counter((row.product, row.maker) for row in rows if row.product)


@st.composite
def histories(draw, *, corrections=True):
    history = History()
    history.notify(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)))
    steps = ["notify", "change", "change", *(["correct", "correct"] if corrections else [])]
    for turn, step in enumerate(draw(st.lists(st.sampled_from(steps), max_size=7))):
        one = draw(st.sampled_from(sorted(history.computers)))
        name = f"{draw(st.sampled_from(NAMES))} as of {turn}"
        if step == "notify":
            history.notify(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)))
        elif step == "change":
            history.change(one, name)
        else:
            history.correct(one, draw(st.sampled_from(["", name])))
    return history


@given(histories(), st.data())
def test_all_that_is_told_counts_once_whether_the_wrong_ones_were_passed_on_or_not(history, data):
    wrong = {corrects for _, corrects in history.filings if corrects}
    never = data.draw(st.sets(st.sampled_from(sorted(wrong)))) if wrong else set()
    passed = {one for one, _ in history.filings} - never
    assert history.counted(passed) == Counter(history.computers.values())


@given(histories(), st.data())
def test_no_computer_counts_twice_while_some_are_not_passed_on(history, data):
    every = [one for one, _ in history.filings]
    passed = data.draw(st.sets(st.sampled_from(every)))
    assert sum(history.counted(passed).values()) <= len(history.computers)


def test_a_computer_counts_once_while_the_correction_that_renamed_it_waits():
    """The wrong name was passed on, and so was a change of the right one: only the correction between them was not."""
    history = History()
    history.notify(["IOS", "IOS", "CENTUM VP"])
    history.correct(0, "IOS XE")
    history.correct(0, "IOS XR")
    history.change(0, "IOS XR 7")
    notified, first, second, changed = (one for one, _ in history.filings)
    for passed in itertools.chain.from_iterable(
        itertools.combinations((notified, first, second, changed), many) for many in range(5)
    ):
        assert sum(history.counted(set(passed)).values()) <= 3, len(passed)
    counted_now = history.counted({notified, changed})
    assert sorted(counted_now.values()) == [1, 1, 1]
    assert ("IOS XR 7", "M") in counted_now
    assert history.counted({notified, first, second, changed}) == Counter(history.computers.values())


FILINGS = ("notification", "change", "correction")
ORDERS = [
    ("change", "correction"),
    ("correction", "change"),
    *(one for one in itertools.permutations(FILINGS) if one.index("notification") < one.index("correction")),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_the_sum_is_the_same_in_whatever_order_filings_are_passed_on(parties, order):
    import_register(ROWS[:2])
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    corrected = False
    for what in order:
        if what == "correction" or (what == "change" and order.index("correction") < order.index("change")):
            corrected = corrected or _correct()
        found = Notification.objects.get(side="minister", what=what)
        kind = "change_notification" if what == "change" else "notification"
        door.perform(f"assets.{kind}.pass_on", {"notification": str(found.id)}, by=OFFICER)
        assert counted().get(("Fortinet", "FortiOS NG"), 0) <= 1
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1}
    held = NotifiedClause.objects.filter(notification__side="minister", notification__status="passed_on")
    assert sum(held.values_list("computers", flat=True)) == 2
    assert Notification.objects.get(side="minister", what="notification").status == "replaced"


def _correct():
    own = Notification.objects.get(side="operator", what="notification")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "確認"))
    carry()
    return True


@pytest.mark.parametrize("original", [True, False], ids=["passed on", "never passed on"])
def test_what_an_entry_replaced_counts_again_when_the_entry_is_withdrawn(parties, original):
    import_register(ROWS[:2])
    file_notification()
    carry()
    wrong = Notification.objects.get(side="minister")
    change("P-002", product="FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    if original:
        door.perform("assets.notification.pass_on", {"notification": str(wrong.id)}, by=OFFICER)
    entry = {
        "operator": str(wrong.organisation), "what": "correction", "channel": "post", "reference": "訂正-1",
        "arrived_at": clock.now(WORLD).isoformat(), "facility_category": CATEGORY, "contents": "typed",
        "corrects": str(wrong.id), "rows": [{"clause": "meirei1-1-3", "maker": "Fortinet", "product": "FortiOS NG"}],
    }  # fmt: skip
    paper = door.perform("assets.entry.record", entry, by=OFFICER).subject.id
    changed = Notification.objects.get(side="minister", what="change").id
    door.perform("assets.notification.pass_on", {"notification": str(paper)}, by=OFFICER)
    door.perform("assets.change_notification.pass_on", {"notification": str(changed)}, by=OFFICER)
    assert counted() == {("Fortinet", "FortiOS NG"): 1}
    door.perform("assets.entry.withdraw", {"notification": str(paper), "reason": "別の届出"}, by=OFFICER)
    wrong.refresh_from_db()
    assert wrong.status == ("passed_on" if original else "received")
    if not original:
        assert counted() == {("Fortinet", "FortiOS NG"): 1}
        door.perform("assets.notification.pass_on", {"notification": str(wrong.id)}, by=OFFICER)
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1}
