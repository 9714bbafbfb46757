"""Changes, substitutes and corrections: from the register to the Prime Minister; only arrival settles."""

import pytest

from sakimori.acts import door, proposals, reading, sequencer, transport
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.acts.models import Dispatch, Obligation
from sakimori.assets import letters
from sakimori.assets.forms import drafts
from sakimori.assets.forms.payloads import Contact, FileSubstitute
from sakimori.assets.models import Computer, ComputerChange, Notification, OperatorProduct
from sakimori.assets.payloads import Outline
from sakimori.assets.upkeep import outlines
from sakimori.parties.models import Facility
from sakimori.record import open_door
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, file_notification, import_register

pytestmark = pytest.mark.both_databases

CATEGORY = "発電設備の監視制御システム"
REPORTER, APPROVER = viewer("power", "reporter"), viewer("power", "approver")
OFFICER, ANALYST = viewer("meti", "officer"), viewer("cabinet", "analyst")
CONTACT = Contact(department="情報システム部", person="架空 花子", telephone="03-0000-0000", email="it@example.jp")


def carry():
    sequencer.drain()
    transport.run_once()


def file(kind, payload):
    proposal = proposals.propose(kind, payload, by=REPORTER)
    return proposals.confirm(proposal.id, by=APPROVER)


def pass_on(what):
    found = Notification.objects.filter(side="minister", what=what, status="received").order_by("-filed_at").first()
    kind = "change_notification" if what == "change" else "notification"
    door.perform(f"assets.{kind}.pass_on", {"notification": str(found.id)}, by=OFFICER)
    return found


def change(key, **fields):
    computer = Computer.objects.get(key=key)
    payload = {"computer": str(computer.id), "changed_on": "2026-11-24", **fields}
    return door.perform("assets.computer.change", payload, by=REPORTER)


def mend(key, **fields):
    """Put right what the register had wrong of a computer from the start."""
    computer = Computer.objects.get(key=key)
    payload = {"computer": str(computer.id), "reason": "読み違い", **fields}
    return door.perform("assets.computer.mend", payload, by=REPORTER)


def counted():
    rows = reading.read(ANALYST, "assets.products")
    return {(row["maker"], row["product"]): row["computers"] for row in rows}


def owed(rule="kyokaho.notice.change"):
    return set(Obligation.objects.filter(rule=rule, bearer=fixed("power")).values_list("status", flat=True))


@pytest.fixture
def notified(parties):
    import_register()
    file_notification()
    carry()
    return pass_on("notification")


@pytest.mark.usefixtures("operator_edition")
def test_a_change_leaves_as_old_and_new_and_counts_under_its_new_name(notified):
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS"): 1, ("Cisco", "Catalyst 9300"): 1}
    change("P-002", product="FortiOS NG", version="9")
    draft = drafts.changes(REPORTER, CATEGORY)
    assert draft.model_dump(mode="json") == {
        "form": "sakimori/change/1",
        "outline": {"name": "架空電力", "corporate_number": draft.outline.corporate_number,
                    "business_type": draft.outline.business_type},
        "outline_before": None,
        "facility_category": CATEGORY,
        "rows": [{
            "before": {"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"},
            "after": {"clause": "meirei1-1-3", "product": "FortiOS NG", "maker": "Fortinet"},
            "category_before": "",
        }],
    }  # fmt: skip
    assert drafts.waiting_changes(REPORTER) == {CATEGORY: 1}
    lie = draft.model_dump(mode="json")
    lie["rows"][0]["before"]["product"] = "FortiOS 0"
    with pytest.raises(PreconditionError, match="no such change"):
        file("assets.change_notification.file", lie)
    file("assets.change_notification.file", draft)
    assert owed() == {"open"}
    with pytest.raises(PreconditionError):
        drafts.changes(REPORTER, CATEGORY)
    carry()
    assert owed() == {"settled"}
    assert set(ComputerChange.objects.filter(outcome="change").values_list("status", flat=True)) == {"notified"}
    assert counted()["Fortinet", "FortiOS"] == 1  # what was not passed on yet does not count

    passed = pass_on("change")
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1, ("Cisco", "Catalyst 9300"): 1}
    (item,) = reading.read(OFFICER, "assets.notification_items", notification=passed.id)
    assert item["before"]["product"] == "FortiOS"
    replaced = reading.read(OFFICER, "assets.notification_items", notification=notified.id)
    assert [row["replaced_by"] for row in replaced] == [None, passed.id, None]
    assert Notification.objects.get(side="operator", what="change").status == "arrived"

    change("P-002", product="FortiOS X")  # a change of what was changed before
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    pass_on("change")
    assert ("Fortinet", "FortiOS NG") not in counted()
    assert counted()["Fortinet", "FortiOS X"] == 1
    assert OperatorProduct.objects.count() == 3


def test_a_computer_that_is_none_any_more_is_told_as_gone(notified):
    change("P-002", facts={"nearest_firewall": False}, product="FortiOS NG")
    draft = drafts.changes(REPORTER, CATEGORY)
    (row,) = draft.rows
    assert (row.before.product, row.after) == ("FortiOS", None)
    file("assets.change_notification.file", draft)
    carry()
    pass_on("change")
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Cisco", "Catalyst 9300"): 1}
    assert owed() == {"settled"}


@pytest.mark.usefixtures("operator_edition")
def test_a_refused_change_waits_again_and_private_changes_never_wait(notified):
    change("P-002", version="8", address="10.0.0.9", responsible="別の担当")
    assert drafts.waiting_changes(REPORTER) == {}
    change("P-002", maker="Fortinet, Inc.")
    done = file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    dispatch = Dispatch.objects.get(act=done.act)
    door.perform_system(
        "acts.dispatch.arrive",
        {"dispatch": str(dispatch.id), "acknowledgement": {"outcome": "refused", "reason": "x"}},
        world=REPORTER.world,
        authorised_by=done.act,
    )
    assert owed() == {"open"}
    assert drafts.waiting_changes(REPORTER) == {CATEGORY: 1}
    assert Notification.objects.get(side="operator", what="change").status == "refused"


def test_the_operators_name_alone_is_a_minor_change(notified):
    told = outlines.told(REPORTER.world, fixed("power"), CATEGORY)
    assert told == drafts.outline(REPORTER, CATEGORY)
    renamed = Notification.objects.get(side="operator")
    with open_door("test"):
        renamed.outline = {**renamed.outline, "name": "旧社名"}
        renamed.save(update_fields=["outline"])
    with pytest.raises(PreconditionError):
        drafts.changes(REPORTER, CATEGORY)
    with open_door("test"):
        renamed.outline = {**renamed.outline, "business_type": "gas"}
        renamed.save(update_fields=["outline"])
    draft = drafts.changes(REPORTER, CATEGORY)
    assert draft.rows == []
    assert draft.outline_before == Outline.model_validate(renamed.outline)


def record_paper(*names):
    facility = Facility.objects.get(organisation_id=fixed("power"), category=CATEGORY)
    payload = {"facility": str(facility.id), "paper": "plan", "filed_on": "2026-05-01", "reference": "経産-123",
               "items": [{"name": name, "supplier": supplier} for name, supplier in names]}  # fmt: skip
    return door.perform("assets.plan_paper.record", payload, by=REPORTER)


def test_a_prior_review_paper_stands_in_where_names_are_the_same_letter_by_letter(parties):
    import_register()
    record_paper(("CENTUM VP", "横河電機"), ("Forti-OS", "Fortinet"), ("Catalyst 9300", "Cisco"))
    (standing,) = drafts.substitutes(REPORTER)
    assert standing.rows == (("CENTUM VP", "横河電機"),)  # one letter more is another name; a router is no part
    draft = drafts.substitute(REPORTER, standing.paper, CONTACT)
    assert draft.model_dump(mode="json")["paper"] == {
        "paper": "plan", "reference": "経産-123", "filed_on": "2026-05-01"
    }  # fmt: skip
    wrong = draft.model_dump(mode="json") | {"rows": [{"product": "FortiOS", "maker": "Fortinet"}]}
    with pytest.raises(PreconditionError) as refused:
        proposals.propose("assets.substitute.file", FileSubstitute.model_validate(wrong), by=REPORTER)
    assert (refused.value.code, refused.value.article) == ("assets.names_differ", "命令2(4)")
    no_part = draft.model_dump(mode="json") | {"rows": [{"product": "Catalyst 9300", "maker": "Cisco"}]}
    with pytest.raises(PreconditionError, match="register"):
        file("assets.substitute.file", FileSubstitute.model_validate(no_part))

    file("assets.substitute.file", draft)
    assert Computer.objects.get(key="P-001").status == "filed"
    carry()
    assert Computer.objects.get(key="P-001").status == "notified"
    file_notification()  # the rest by the form
    carry()
    assert owed("kyokaho.notice.existing") == {"settled"}
    arrived = pass_on("substitute")
    assert (arrived.paper["reference"], arrived.contact["person"]) == ("経産-123", "架空 花子")
    assert counted() == {("横河電機", "CENTUM VP"): 1}


def test_a_correction_replaces_the_wrong_one_on_both_sides(notified):
    own = Notification.objects.get(side="operator")
    mend("P-005", product="Catalyst 9500")
    mend("P-001", facts={"connection": "none", "part_of_facility": False})  # never was one of them
    draft = drafts.correction(REPORTER, own.id, "製品名の誤り")
    assert [row.product for row in draft.rows] == ["FortiOS", "Catalyst 9500"]
    out, new = drafts.difference(REPORTER, own.id, draft.rows)
    assert out == {("rei1-3-1", "CENTUM VP", "横河電機"): 1, ("meirei1-1-2", "Catalyst 9300", "Cisco"): 1}
    assert new == {("meirei1-1-2", "Catalyst 9500", "Cisco"): 1}
    file("assets.correction.file", draft)
    assert Notification.objects.get(id=own.id).status == "arrived"
    carry()
    own.refresh_from_db()
    corrected = Notification.objects.get(side="operator", what="correction")
    assert (own.status, own.replaced_by, corrected.corrects) == ("replaced", corrected.id, own.id)
    assert (Computer.objects.get(key="P-001").notification, Computer.objects.get(key="P-001").status) == (
        None, "registered",
    )  # fmt: skip
    assert Computer.objects.get(key="P-002").notification == corrected.id
    assert owed() == set()
    assert counted()["Cisco", "Catalyst 9300"] == 1  # until it is passed on, the first one counts
    pass_on("correction")
    assert counted() == {("Fortinet", "FortiOS"): 1, ("Cisco", "Catalyst 9500"): 1}
    notified.refresh_from_db()
    assert (notified.status, notified.note) == ("replaced", "")
    with pytest.raises(RefusedError):
        file("assets.correction.file", draft)  # the wrong one is gone: corrected is what counts now


def test_a_correction_after_a_change_counts_nothing_twice(notified):
    change("P-002", product="FortiOS NG")
    file("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY))
    carry()
    pass_on("change")
    own = Notification.objects.get(side="operator", what="notification")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "確認"))
    carry()
    pass_on("correction")
    assert counted() == {("横河電機", "CENTUM VP"): 1, ("Fortinet", "FortiOS NG"): 1, ("Cisco", "Catalyst 9300"): 1}


def test_a_wrong_one_that_was_not_passed_on_yet_is_replaced_at_once(parties):
    import_register(ROWS[:2])
    file_notification()
    carry()
    own = Notification.objects.get(side="operator")
    mend("P-002", product="FortiOS NG")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "誤記"))
    carry()
    first = Notification.objects.get(side="minister", what="notification")
    assert first.status == "replaced"
    pass_on_open = Obligation.objects.filter(rule="kyokaho.notice.pass_on", status="open")
    assert [one.subject for one in pass_on_open] == [first.replaced_by]
    with pytest.raises(RefusedError):
        door.perform("assets.notification.pass_on", {"notification": str(first.id)}, by=OFFICER)
    assert owed() == set()
    assert letters.letter(drafts.correction(REPORTER, Notification.objects.get(
        side="operator", what="correction").id, "x")).count == 2  # fmt: skip


def test_a_request_for_correction_is_met_by_the_correction_that_cites_it(notified):
    asked = {"operator": str(fixed("power")), "filing": str(notified.act), "facility_category": CATEGORY,
             "text": "2行目の製品名を確かめてください。", "rows": []}  # fmt: skip
    door.perform("assets.correction.ask", asked, by=OFFICER)
    carry()
    (matter,) = reading.read(REPORTER, "assets.matters")
    own = Notification.objects.get(side="operator")
    mend("P-002", product="FortiOS 7")
    file("assets.correction.file", drafts.correction(REPORTER, own.id, "補正の求めによる", matter["id"]))
    assert {row["status"] for row in reading.read(OFFICER, "assets.matters")} == {"open"}
    carry()
    for viewer_ in (REPORTER, OFFICER):
        (row,) = reading.read(viewer_, "assets.matters")
        assert row["status"] == "met"
    corrected = Notification.objects.get(side="minister", what="correction")
    assert corrected.reference == str(matter["id"])
