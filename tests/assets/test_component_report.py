"""A report under 推進法54条4項 in place of a change notification (命令3条3項), and a change on paper."""

import pytest
from django.urls import reverse

from sakimori.acts import attaching, clock, door, reading
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Attachment, Obligation
from sakimori.assets.models import Notification, NotifiedItem
from tests.assets.forms.test_other_filings import CATEGORY, OFFICER, counted
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register
from tests.support.warning import carry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
RENAMED = {"product": "FortiOS NG", "maker": "Fortinet", "product_before": "FortiOS"}
BEFORE, AFTER = (("Fortinet", "FortiOS"), ("Fortinet", "FortiOS NG"))


@pytest.fixture
def notified(parties):
    """The operator's notification, passed on."""
    import_register(ROWS[:2])
    file_notification()
    carry()
    found = Notification.objects.get(side="minister")
    door.perform("assets.notification.pass_on", {"notification": str(found.id)}, by=OFFICER)
    assert counted()[BEFORE] == 1
    return found


def enter_it(*rows, **changed):
    payload = {
        "operator": str(fixed("power")), "what": "component_report", "channel": "portal", "reference": "54-4 第1号",
        "arrived_at": clock.now(WORLD).isoformat(), "facility_category": CATEGORY, "contents": "typed",
        "rows": list(rows or [RENAMED]), **changed,
    }  # fmt: skip
    return Notification.objects.get(id=door.perform("assets.entry.record", payload, by=OFFICER).subject.id)


@pytest.mark.parametrize("what", ["component_report", "change"])
def test_the_new_name_takes_the_place_of_the_old_once_it_is_passed_on(notified, what):
    row = RENAMED if what == "component_report" else {**RENAMED, "clause": "meirei1-1-3", "maker_before": "Fortinet"}
    entered = enter_it(row, what=what)
    (item,) = NotifiedItem.objects.filter(notification=entered)
    old = NotifiedItem.objects.get(notification=notified, product="FortiOS")
    assert item.clause == old.clause, "the class is as it was notified; the report does not say it"
    assert counted()[BEFORE] == 1
    waits = Obligation.objects.get(rule="kyokaho.notice.pass_on", subject=entered.id)
    assert waits.status == "open"
    door.perform("assets.change_notification.pass_on", {"notification": str(entered.id)}, by=OFFICER)
    assert (counted().get(BEFORE), counted()[AFTER]) == (None, 1)
    assert sum(counted().values()) == 2
    door.perform("assets.entry.withdraw", {"notification": str(entered.id), "reason": "別の報告"}, by=OFFICER)
    assert (counted()[BEFORE], counted().get(AFTER)) == (1, None)


def test_it_is_no_notification_owes_nothing_and_says_nothing_beside_the_names(notified, enter):
    entered = enter_it()
    (standing,) = reading.read(viewer("meti", "officer"), "assets.standing")
    assert standing["notifications"] == 1
    (item,) = NotifiedItem.objects.filter(notification=entered)
    assert item.before == {"clause": item.clause, "product": "FortiOS", "maker": "Fortinet"}
    page = enter("meti", "officer", language="ja").get(reverse("assets:notification", args=[entered.id]))
    assert "推進法54条4項の報告（命令3条3項）" in page.content.decode()
    form = enter("meti", "intake", language="ja").get(reverse("assets:enter")).content.decode()
    assert "推進法54条4項の報告（命令3条3項）" in form
    assert "変更前の製品名" in form


@pytest.mark.parametrize(
    ("row", "changed", "where"),
    [
        ({**RENAMED, "product_before": "FortiO"}, {}, "rows.0"),
        ({**RENAMED, "product_before": ""}, {}, "rows.0"),
        ({**RENAMED, "maker_before": "Fortinet Inc."}, {}, "rows.0"),
        ({**RENAMED, "product": "FortiOS"}, {}, "rows.0"),
        (RENAMED, {"rows": [RENAMED, RENAMED]}, "rows.1"),
        (RENAMED, {"facility_category": "別の区分"}, "rows.0"),
        (RENAMED, {"contents": "paper", "rows": []}, "rows"),
        (RENAMED, {"what": "notification"}, "rows"),
    ],
)
def test_what_the_law_does_not_let_it_stand_for_is_refused_at_its_row(notified, row, changed, where):
    with pytest.raises(RefusedError) as refused:
        enter_it(row, **changed)
    assert (refused.value.where, refused.value.article) == (where, "命令3(3)")
    assert refused.value.mend.ja
    assert Notification.objects.filter(side="minister").count() == 1


def pass_on(entered, kind="change_notification"):
    door.perform(f"assets.{kind}.pass_on", {"notification": str(entered.id)}, by=OFFICER)


@pytest.mark.parametrize("what", ["component_report", "change"])
def test_rows_of_one_name_and_two_classes_take_the_place_of_two_computers(notified, what):
    named = {"product": "X", "maker": "架空"}
    both = [{**named, "clause": "meirei1-1-3"}, {**named, "clause": "meirei1-1-1"}]
    pass_on(enter_it(*both, what="notification", reference="紙1"), "notification")
    rows = [{**row, "product": "Y", "product_before": "X"} for row in reversed(both)]
    entered = enter_it(*({**row, "clause": ""} if what == "component_report" else row for row in rows), what=what)
    pass_on(entered)
    assert counted() == {("Fortinet", "FortiOS"): 1, ("横河電機", "CENTUM VP"): 1, ("架空", "Y"): 2}
    told = [(item.clause, item.before["clause"]) for item in NotifiedItem.objects.filter(notification=entered)]
    assert sorted(told) == [("meirei1-1-1", "meirei1-1-1"), ("meirei1-1-3", "meirei1-1-3")]


def test_a_change_on_paper_that_says_only_the_maker_as_it_was_is_of_the_same_product(notified):
    row = {"clause": "meirei1-1-3", "product": "FortiOS", "maker": "フォーティネット", "maker_before": "Fortinet"}
    pass_on(enter_it(row, what="change"))
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("フォーティネット", "FortiOS"): 1}


def test_what_a_report_told_waits_under_its_new_name_and_a_second_copy_counts_once(notified):
    first = enter_it()
    with pytest.raises(RefusedError) as refused:
        enter_it({**RENAMED, "product": "FortiOS XG"}, reference="54-4 第2号")
    assert refused.value.where == "rows.0"
    pass_on(enter_it({**RENAMED, "product_before": "FortiOS NG", "product": "FortiOS XG"}, reference="54-4 第2号"))
    pass_on(first)
    copy = enter_it(reference="写し")
    assert (copy.status, copy.same_as) == ("received", None)
    assert copy.items.get().before == first.items.get().before, "it is read as the first copy was"
    door.perform("assets.entry.link", {"notification": str(copy.id), "same_as": str(first.id)}, by=OFFICER)
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS XG"): 1}


def test_the_scan_of_what_came_on_paper_is_passed_on_with_it_and_goes_with_it(parties, enter):
    scan = b"%PDF-1.7\nletter\n%%EOF\n"
    staged = attaching.stage("届出書.pdf", "application/pdf", scan, by=OFFICER)
    paper = {"what": "notification", "contents": "paper", "covers": "unknown", "rows": []}
    entered = enter_it(**paper, attachments=[staged.digest])
    address = reverse("assets:notification", args=[entered.id])
    assert enter("cabinet", "officer").get(address).status_code == 404
    door.perform("assets.notification.pass_on", {"notification": str(entered.id)}, by=OFFICER)
    page = enter("cabinet", "officer").get(address).content.decode()
    assert "届出書.pdf" in page
    (file,) = reading.read(viewer("cabinet", "officer"), "acts.attachments", subject=entered.id)
    got = enter("cabinet", "officer").get(reverse("attachment", args=[file["id"]]))
    assert (got.status_code, got.content) == (200, scan)
    for other in (("mlit", "officer"), ("rail", "reporter")):
        assert enter(*other).get(reverse("attachment", args=[file["id"]])).status_code == 404
    erase = {"act": str(entered.act), "basis": "保存期間の満了"}
    door.perform_system("acts.content.erase", erase, world=WORLD, authorised_by=entered.act)
    assert not Attachment.objects.exists()


def test_a_wrong_report_is_corrected_by_withdrawing_it_and_entering_it_anew_from_what_it_said(notified, enter):
    wrong = enter_it({**RENAMED, "product": "FortiOS XG"})
    pass_on(wrong)
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS XG"): 1}
    client = enter("meti", "intake")
    address = reverse("assets:notification", args=[wrong.id])
    shown = client.get(address).content.decode()
    assert "Correct it: withdraw this entry, then enter it anew" in shown
    assert "Enter it anew, without the mistake" not in shown
    done = client.post(
        reverse("assets:withdraw", args=[wrong.id]), {"f-reason": "製品名の誤り", "key": "w"}, follow=True
    )
    again = f"{reverse('assets:enter')}?anew={wrong.id}"
    assert again in done.content.decode()
    form = client.get(again)
    typed = {one.spec.path: one.value for one in form.context["form"].shown}
    assert (typed["what"], typed["facility_category"], typed["reference"]) == (
        "component_report", CATEGORY, "54-4 第1号",
    )  # fmt: skip
    assert typed["rows"] == "meirei1-1-3,FortiOS XG,Fortinet,FortiOS,Fortinet\n"
    assert "its evidence has to be attached again" in form.content.decode()
    mended = {f"f-{name}": value for name, value in typed.items() if value}
    mended |= {"f-rows": typed["rows"].replace("FortiOS XG", "FortiOS NG"), "key": "anew"}
    entered = client.post(reverse("assets:enter"), mended, follow=True)
    assert entered.status_code == 200, entered.content.decode()[:3000]
    (now,) = Notification.objects.filter(side="minister", what="component_report", status="received")
    pass_on(now)
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1}
    for other in ("", "x", str(now.id)):  # nothing to begin with
        plain = client.get(f"{reverse('assets:enter')}?anew={other}")
        assert {one.value for one in plain.context["form"].shown if one.spec.path in ("rows", "reference")} == {""}


def test_the_count_on_a_paper_is_asked_for_and_never_preset(parties, enter):
    form = enter("meti", "intake").get(reverse("assets:enter"))
    (count,) = [one for one in form.context["form"].shown if one.spec.path == "count"]
    assert count.value == ""
    paper = {"what": "notification", "contents": "paper", "covers": "unknown", "rows": []}
    entered = enter_it(**paper)
    assert entered.count == 0
    assert enter_it(**paper, count=7, reference="2").count == 7
