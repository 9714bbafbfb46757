"""A correction keeps what was true on the filing's day; a mistake in the register is mended without a day of change."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door, proposals, reading
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Obligation, Proposal
from sakimori.assets import correcting, staleness
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, ComputerChange, Duty, Notification
from sakimori.record import open_door
from tests.assets.forms.test_other_filings import (
    CATEGORY,
    REPORTER,
    carry,
    change,
    counted,
    file,
    mend,
    notified,
    owed,
    pass_on,
)
from tests.support.deployment import fixed, viewer
from tests.support.filing import import_register

pytestmark = pytest.mark.both_databases
__all__ = ["notified"]


def filed():
    return Notification.objects.get(side="operator", what="notification")


def correct(reason="誤記", **more):
    own = Notification.objects.filter(side="operator", what__in=drafts.CORRECTABLE, status="arrived").get()
    done = file("assets.correction.file", drafts.correction(REPORTER, own.id, reason, **more))
    carry()
    return Notification.objects.get(act=done.act, side="operator")


def names(draft):
    return [row.product for row in draft.rows]


def changes(key):
    found = ComputerChange.objects.filter(computer__key=key).order_by("recorded_at")
    return list(found.values_list("event", "status"))


def test_a_change_that_waits_is_not_told_by_a_correction(notified):
    change("P-002", product="FortiOS NG")
    mend("P-005", product="Catalyst 9300X")
    draft = drafts.correction(REPORTER, filed().id, "読み違い")
    assert names(draft) == ["CENTUM VP", "FortiOS", "Catalyst 9300X"]
    assert owed() == {"open"}
    correct()
    assert owed() == {"open"}  # 強化法4条3項: only 様式第二 ends it
    assert changes("P-002") == [("changed", "waiting")]
    assert changes("P-005") == [("mended", "corrected")]
    assert drafts.waiting_changes(REPORTER) == {CATEGORY: 1}
    (row,) = drafts.changes(REPORTER, CATEGORY).rows
    assert (row.before.product, row.after.product) == ("FortiOS", "FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    assert owed() == {"settled"}
    pass_on("correction")
    pass_on("change")
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1, ("Cisco", "Catalyst 9300X"): 1}


def test_what_was_changed_back_after_its_notification_stays_owed(notified):
    change("P-002", product="FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    pass_on("change")
    change("P-002", product="FortiOS")
    mend("P-005", maker="Cisco Systems")
    correct()
    pass_on("correction")
    open_ = Obligation.objects.filter(rule="kyokaho.notice.change", bearer=fixed("power"), status="open")
    assert open_.count() == 1
    assert counted()["Fortinet", "FortiOS NG"] == 1  # the last word about it is the change, not the correction
    (row,) = drafts.changes(REPORTER, CATEGORY).rows
    assert (row.before.product, row.after.product) == ("FortiOS NG", "FortiOS")


def test_a_retired_computer_stays_in_what_was_true_and_in_the_register(notified):
    gone = Computer.objects.get(key="P-002")
    door.perform("assets.computer.retire", {"computer": str(gone.id), "retired_on": "2026-11-24"}, by=REPORTER)
    mend("P-005", product="Catalyst 9500")
    draft = drafts.correction(REPORTER, filed().id, "誤記")
    assert names(draft) == ["CENTUM VP", "FortiOS", "Catalyst 9500"]
    without = draft.model_dump(mode="json")
    without["rows"] = [row for row in without["rows"] if row["product"] != "FortiOS"]
    with pytest.raises(PreconditionError) as refused:
        file("assets.correction.file", without)
    assert refused.value.code == "assets.not_wrong"
    corrected = correct()
    gone.refresh_from_db()
    assert (gone.status, gone.notification) == ("retired", corrected.id)


def test_what_was_retired_before_the_filing_may_be_left_out_by_a_persons_choice(notified):
    own, gone = filed(), Computer.objects.get(key="P-002")
    day = (own.filed_at - timedelta(days=1)).date().isoformat()
    door.perform("assets.computer.retire", {"computer": str(gone.id), "retired_on": day}, by=REPORTER)
    found = drafts.to_correct(REPORTER, own.id)
    assert [(line.why, line.usual) for line in found] == [("", False), ("retired", False), ("", False)]
    assert names(drafts.correction(REPORTER, own.id, "x")) == ["CENTUM VP", "FortiOS", "Catalyst 9300"]
    assert names(drafts.correction(REPORTER, own.id, "x", amend=[2])) == ["CENTUM VP", "Catalyst 9300"]
    correct(amend=[2])


def test_a_mistake_starts_no_clock_and_is_corrected_only_where_a_person_says_so(notified):
    mend("P-005", product="Catalyst 9500")
    mend("P-001", facts={"connection": "none", "part_of_facility": False})
    assert owed() == set()
    own = filed()
    found = drafts.to_correct(REPORTER, own.id)
    assert [(line.why, line.right) for line in found] == [
        ("mended", None),
        ("", ("meirei1-1-3", "FortiOS", "Fortinet")),
        ("mended", ("meirei1-1-2", "Catalyst 9500", "Cisco")),
    ]
    assert names(drafts.correction(REPORTER, own.id, "x", amend=[1])) == ["FortiOS", "Catalyst 9300"]
    corrected = correct(amend=[1])
    assert changes("P-001") == [("mended", "corrected")]
    assert changes("P-005") == [("mended", "wrong")]
    first = Computer.objects.get(key="P-001")
    assert (first.notification, first.status) == (None, "registered")
    assert [line.why for line in drafts.to_correct(REPORTER, corrected.id)] == ["", "mended"]
    correct()
    assert changes("P-005") == [("mended", "corrected")]


def test_what_was_never_notified_is_mended_without_anything_to_file(parties):
    import_register()
    before = list(Duty.objects.order_by("begins").values_list("rule", "begins"))
    mend("P-005", product="Catalyst 9500")
    assert changes("P-005") == [("mended", "recorded")]
    assert list(Duty.objects.order_by("begins").values_list("rule", "begins")) == before
    assert set(Obligation.objects.filter(bearer=fixed("power")).values_list("status", flat=True)) == {"open"}


def test_a_day_of_introduction_is_mended(parties):
    import_register()
    mend("P-005", introduced_on="2026-11-12")
    assert Computer.objects.get(key="P-005").introduced_on.isoformat() == "2026-11-12"
    assert changes("P-005") == [("mended", "recorded")]
    assert owed() == set()
    with pytest.raises(RefusedError, match="未来"):
        mend("P-005", introduced_on="2027-01-01")


def test_a_change_recorded_by_mistake_ends_and_becomes_a_mistake_to_correct(notified):
    change("P-002", product="FortiOS NG")
    kept = ComputerChange.objects.get(computer__key="P-002")
    assert owed() == {"open"}
    mend("P-002", no_change=str(kept.id))
    assert owed() == {"settled"}
    assert changes("P-002") == [("mended", "wrong")]
    assert drafts.waiting_changes(REPORTER) == {}
    assert names(drafts.correction(REPORTER, filed().id, "x"))[1] == "FortiOS NG"


def test_putting_a_value_back_that_never_changed_leaves_nothing_to_tell(notified):
    change("P-002", product="FortiOS NG")
    mend("P-002", product="FortiOS")
    assert owed() == {"settled"}
    assert changes("P-002") == [("mended", "recorded"), ("mended", "recorded")]
    assert names(drafts.correction(REPORTER, filed().id, "x"))[1] == "FortiOS"
    assert [line.why for line in drafts.to_correct(REPORTER, filed().id)] == ["", "", ""]


def test_a_typing_error_in_a_change_that_waits_goes_with_the_change(notified):
    change("P-002", product="FortiOS NH")
    mend("P-002", product="FortiOS NG")
    (row,) = drafts.changes(REPORTER, CATEGORY).rows
    assert (row.before.product, row.after.product) == ("FortiOS", "FortiOS NG")
    assert changes("P-002") == [("changed", "waiting"), ("mended", "recorded")]
    assert owed() == {"open"}


def test_a_mistake_in_what_a_change_notification_told_is_no_matter_of_the_first_filing(notified):
    change("P-002", product="FortiOS NH")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    with pytest.raises(RefusedError) as refused:
        mend("P-002", product="FortiOS NG")
    assert refused.value.code == "assets.change_on_its_way"
    carry()
    mend("P-002", product="FortiOS NG")
    assert ComputerChange.objects.get(event="mended").outcome == "told_wrong"
    assert names(drafts.correction(REPORTER, filed().id, "x"))[1] == "FortiOS"


def test_while_a_correction_is_on_its_way_what_arrived_counts_as_arrived(notified):
    mend("P-005", product="Catalyst 9500")
    own = filed()
    draft = drafts.correction(REPORTER, own.id, "誤記")
    file("assets.correction.file", draft)
    assert set(Computer.objects.filter(notification=own.id).values_list("status", flat=True)) == {"notified"}
    (duty, *_) = [row for row in reading.read(REPORTER, "assets.duties") if row["computers"]]
    assert duty["filed"] == 0
    with pytest.raises(RefusedError) as refused:
        file("assets.correction.file", draft.model_copy(update={"reason": "もう一度"}))
    assert refused.value.code == "assets.correction_under_way"
    change("P-002", product="FortiOS NG")  # what changes meanwhile is a change
    carry()
    assert changes("P-002") == [("changed", "waiting")]
    assert (
        Computer.objects.get(key="P-002").notification
        == Notification.objects.get(side="operator", what="correction").id
    )


def test_nothing_but_the_operator_mends_its_own(notified):
    computer = Computer.objects.get(key="P-005")
    payload = {"computer": str(computer.id), "reason": "x", "product": "y"}
    for organisation, role in (("rail", "reporter"), ("meti", "officer"), ("power", "viewer")):
        with pytest.raises(Exception) as refused:  # noqa: PT011 - of the door or of the room
            door.perform("assets.computer.mend", payload, by=viewer(organisation, role))
        assert getattr(refused.value, "code", "")
    assert Computer.objects.get(key="P-005").product == "Catalyst 9300"


ROW = st.tuples(st.just("c"), st.sampled_from(["A", "B", "C"]), st.just("M"))


@given(st.lists(st.tuples(ROW, st.one_of(st.none(), ROW), st.booleans()), max_size=6))
def test_whatever_is_chosen_row_by_row_is_read_back_from_the_rows_alone(given_):
    found, wanted = [], []
    for place, (was, right, chosen) in enumerate(given_, start=1):
        same = right == was
        found.append(correcting.Line(place, was, right=right, why="" if same else correcting.MENDED))
        told = right if chosen and not same else was
        wanted += [told] if told else []
    told = correcting.told_by(found, wanted)
    assert told.strange == []
    said = [line.was for line in told.kept] + [line.right for line in told.amended]
    assert sorted(said) == sorted(wanted)
    assert all(line.right is None for line in told.out)


def test_the_register_is_mended_and_the_notification_corrected_row_by_row_on_the_site(notified, enter):
    reporter = enter("power", "reporter")
    computer = Computer.objects.get(key="P-005")
    page = reverse("assets:computer", args=[computer.id])
    mending = reverse("assets:mend_computer", args=[computer.id])
    assert mending in reporter.get(page).content.decode()
    shown = reporter.get(mending)
    values = {f"f-{one.spec.path}": one.value for one in shown.context["form"].shown}
    assert (values["f-product"], values["f-introduced_on"]) == ("Catalyst 9300", "2026-11-10")
    assert values["f-facts.nearest_router"] in ("yes", "true", "True")
    refused = reporter.post(mending, {**values, "f-product": "Catalyst 9500", "key": "a"})
    assert refused.status_code == 422  # why was it wrong?
    said = {**values, "f-product": "Catalyst 9500", "f-reason": "台帳の読み違い", "key": "b"}
    done = reporter.post(mending, said, follow=True)
    assert done.status_code == 200
    text = done.content.decode()
    assert ComputerChange.objects.get(computer=computer).fields == {"product": ["Catalyst 9300", "Catalyst 9500"]}
    address = reverse("assets:correct", args=[filed().id])
    assert address in text
    change("P-002", product="FortiOS NG")
    asked = reporter.get(address)
    assert [(one["position"], one["chosen"]) for one in asked.context["choices"]] == [(3, True)]
    assert [one["key"] for one in asked.context["since"]] == ["P-002"]
    assert "FortiOS NG" not in asked.content.decode()
    left = reporter.post(address, {"reason": "誤記", "chosen": "1"})
    assert [row["product"] for row in left.context["letter"].payload["rows"]] == [
        "CENTUM VP",
        "FortiOS",
        "Catalyst 9300",
    ]
    draft = reporter.post(address, {"reason": "誤記", "chosen": "1", "amend": ["3"]})
    assert [row["product"] for row in draft.context["letter"].payload["rows"]][2] == "Catalyst 9500"
    kept = {name: str(value) for name, value in draft.context["kept"].items()}
    reporter.post(address, {**kept, "digest": draft.context["letter"].digest, "key": "c"})
    (made,) = Proposal.objects.filter(kind="assets.correction.file", status="open")
    assert made.payload["rows"][2]["product"] == "Catalyst 9500"
    proposals.confirm(made.id, by=viewer("power", "approver"))
    assert "has not arrived yet" in reporter.get(address).content.decode()
    long = reporter.post(address, {"reason": "長" * 2001})
    assert (long.status_code, len(long.context["reason"])) == (422, 2001)
    carry()
    new = Notification.objects.get(side="operator", what="correction")
    assert reporter.get(address).headers["Location"] == reverse("assets:correct", args=[new.id])
    assert enter("rail", "reporter").get(mending).status_code == 404
    assert enter("power", "viewer").get(mending).status_code == 403


def test_what_is_said_of_the_operator_stays_as_it_was_unless_it_was_wrong_then(notified, enter):
    own = filed()
    with open_door("test"):
        own.outline = {**own.outline, "business_type": "gas"}
        own.save(update_fields=["outline"])
    assert drafts.correction(REPORTER, own.id, "x").outline.business_type == "gas"
    assert drafts.correction(REPORTER, own.id, "x", outline_too=True).outline.business_type == "electricity"
    page = enter("power", "reporter")
    address = reverse("assets:correct", args=[own.id])
    assert 'name="outline"' in page.get(address).content.decode()
    draft = page.post(address, {"reason": "誤記", "outline": "1"})
    assert draft.context["letter"].payload["outline"]["business_type"] == "electricity"
    page.post(address, {**draft.context["kept"], "digest": draft.context["letter"].digest, "key": "o"})
    (made,) = Proposal.objects.filter(kind="assets.correction.file")
    assert staleness.of(REPORTER, made.payload) is None


def test_a_retired_computer_is_mended_and_what_is_to_be_corrected_stands_with_the_drafts(notified, enter):
    gone = Computer.objects.get(key="P-002")
    door.perform("assets.computer.retire", {"computer": str(gone.id), "retired_on": "2026-11-24"}, by=REPORTER)
    mend("P-002", product="FortiOS 7")
    gone.refresh_from_db()
    assert gone.status == "retired"
    assert names(drafts.correction(REPORTER, filed().id, "x")) == ["CENTUM VP", "FortiOS 7", "Catalyst 9300"]
    reporter = enter("power", "reporter")
    address = reverse("assets:correct", args=[filed().id])
    for page in (reverse("assets:drafts"), reverse("assets:computer", args=[gone.id])):
        assert address in reporter.get(page).content.decode()
    correct()
    assert address not in reporter.get(reverse("assets:drafts")).content.decode()
    gone.refresh_from_db()
    assert (gone.status, changes("P-002")[-1]) == ("retired", ("mended", "corrected"))
