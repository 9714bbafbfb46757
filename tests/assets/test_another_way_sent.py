"""The operator's own paper: sent, arrived with evidence, taken back; its files."""

import pytest

from sakimori.acts import attaching, door, proposals, reading
from sakimori.acts.errors import PayloadError, RefusedError
from sakimori.acts.models import AttachedContent, Attachment, Notice, Obligation, StagedFile
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, ComputerChange, Notification
from sakimori.pages import uploads
from tests.assets.another_way import arrive, enter_it, owed, rows_of_register, send_on_paper, standing
from tests.support import files
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db


def test_sending_settles_nothing_and_evidence_of_arrival_does(parties):
    import_register()
    sent = send_on_paper()
    assert sent.status == "sent"
    assert set(owed()) == {"open"}
    for wrong, where in (
        ({"reference": ""}, "reference"),
        ({"arrived_at": "2026-11-18T10:00:00+09:00"}, "arrived_at"),
        ({"arrived_at": "2026-11-30T10:00:00+09:00"}, "arrived_at"),
    ):
        with pytest.raises(RefusedError) as refused:
            arrive(sent, **wrong)
        assert refused.value.where == where
    arrive(sent)
    sent.refresh_from_db()
    assert (sent.status, sent.evidence["reference"]) == ("arrived", "受付印 3")
    assert set(owed()) == {"settled"}
    assert set(Computer.objects.filter(notification=sent.id).values_list("status", flat=True)) == {"notified"}
    with pytest.raises(RefusedError, match="到達待ちではありません"):
        arrive(sent)


@pytest.mark.parametrize("arrived", [False, True])
def test_a_wrong_record_is_taken_back_and_the_computers_wait_again(parties, arrived):
    import_register()
    sent = send_on_paper()
    if arrived:
        arrive(sent)
    undo = {"notification": str(sent.id), "reason": "投函していなかった"}
    door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))
    assert set(owed()) == {"open"}
    assert not Computer.objects.filter(status__in=("filed", "notified")).exists()
    with pytest.raises(RefusedError, match="既に取り消され"):
        door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))


def correct_on_paper(wrong, **changed):
    """Record that a correction of a filing was sent by post, by two persons; return its record."""
    draft = drafts.correction(viewer("power", "reporter"), wrong.id, "製造者名の誤り").model_dump(mode="json")
    draft |= {"channel": "post", "sent_at": "2026-11-20T17:00:00+09:00", **changed}
    made = proposals.propose("assets.correction.file_otherwise", draft, by=viewer("power", "reporter"))
    done = proposals.confirm(made.id, by=viewer("power", "approver"))
    return Notification.objects.get(id=done.subject.id)


def test_a_paper_filing_is_corrected_by_a_paper_of_its_own(parties):
    import_register()
    wrong = send_on_paper()
    arrive(wrong)
    computer = Computer.objects.get(key="P-001")
    said = {"computer": str(computer.id), "reason": "登記の商号の読み違い", "maker": "横河電機株式会社"}
    door.perform("assets.computer.mend", said, by=viewer("power", "reporter"))
    correction = correct_on_paper(wrong)
    wrong.refresh_from_db()
    computer.refresh_from_db()
    assert (correction.status, correction.channel, wrong.status) == ("sent", "post", "arrived")
    assert (computer.notification, computer.status) == (wrong.id, "notified")  # what has arrived stays arrived
    assert ComputerChange.objects.get(event="mended").status == "correcting"
    undo = {"notification": str(correction.id), "reason": "投函していなかった"}
    door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))
    computer.refresh_from_db()
    assert (computer.notification, computer.status) == (wrong.id, "notified")
    assert ComputerChange.objects.get(event="mended").status == "wrong"
    again = correct_on_paper(wrong)
    arrive(again, reference="受付印 9", arrived_at="2026-11-21T10:00:00+09:00")
    wrong.refresh_from_db()
    again.refresh_from_db()
    computer.refresh_from_db()
    assert (wrong.status, wrong.replaced_by, again.status) == ("replaced", again.id, "arrived")
    assert (computer.notification, computer.status) == (again.id, "notified")
    assert ComputerChange.objects.get(event="mended").status == "corrected"
    assert not Obligation.objects.filter(rule="kyokaho.notice.change").exists()
    undo = {"notification": str(again.id), "reason": "x"}
    with pytest.raises(RefusedError) as refused:
        door.perform("assets.notification.undo_otherwise", undo, by=viewer("power", "reporter"))
    assert refused.value.code == "assets.correction_stands"


def test_what_went_by_envelope_arrives_by_its_acknowledgement_alone(parties):
    import_register()
    file_notification()
    filed = Notification.objects.get(side="operator")
    with pytest.raises(RefusedError, match="相手の受領の知らせ"):
        arrive(filed)


def test_the_offices_entry_makes_the_operators_own_record_arrive_and_takes_it_back(parties):
    import_register()
    rows = rows_of_register()
    sent = send_on_paper()
    entered = enter_it(contents="typed", rows=rows)
    sent.refresh_from_db()
    assert sent.status == "arrived"
    assert set(owed()) == {"settled"}
    door.perform(
        "assets.entry.withdraw", {"notification": str(entered.id), "reason": "x"}, by=viewer("meti", "officer")
    )
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert set(owed()) == {"open"}
    assert set(Computer.objects.filter(notification=sent.id).values_list("status", flat=True)) == {"filed"}


def test_a_reminder_reaches_the_operators_inbox_and_shows_in_the_list(parties):
    door.perform("assets.reminder.send", {"operator": str(fixed("power"))}, by=viewer("meti", "officer"))
    carry()
    assert Notice.objects.filter(addressee=fixed("power"), kind="assets.reminder.receive").count() == 1
    assert standing()["reminded_at"] is not None
    with pytest.raises(RefusedError, match="所管"):
        door.perform("assets.reminder.send", {"operator": str(fixed("rail"))}, by=viewer("meti", "officer"))


# --- attached files ---


def test_a_file_belongs_to_the_act_that_names_it_and_dies_with_its_content(parties):
    intake = viewer("meti", "intake")
    file = uploads.take(intake, "届出書.pdf", files.PDF)
    entered = enter_it(reference="", attachments=[file.digest])
    assert not StagedFile.objects.exists()
    (row,) = reading.read(intake, "acts.attachments", subject=entered.id)
    assert (row["name"], row["digest"], row["opened"]) == ("届出書.pdf", file.digest, 0)
    again = uploads.take(intake, "scan.pdf", files.PDF)
    other = enter_it(reference="", attachments=[again.digest], facility_category="別")
    assert AttachedContent.objects.count() == 1
    for left, act in ((1, entered.act), (0, other.act)):
        door.perform_system("acts.content.erase", {"act": str(act), "basis": "x"}, world=WORLD, authorised_by=act)
        assert AttachedContent.objects.count() == left
    assert not Attachment.objects.exists()


def test_nobody_attaches_what_somebody_else_uploaded_and_not_too_many(parties):
    foreign = uploads.take(viewer("mlit", "intake"), "a.pdf", files.PDF)
    with pytest.raises(RefusedError, match="添付ファイルがここにありません"):
        enter_it(attachments=[foreign.digest])
    mine = uploads.take(viewer("meti", "intake"), "a.pdf", files.PDF)
    with pytest.raises(RefusedError, match="添付ファイルがここにありません"):
        enter_it(attachments=[mine.digest, mine.digest])
    many = [uploads.take(viewer("meti", "intake"), "a.txt", str(n).encode()).digest for n in range(11)]
    with pytest.raises(RefusedError, match="添付は10件まで"):
        enter_it(attachments=many)
    with pytest.raises(PayloadError):
        enter_it(attachments=["../x"])


def test_a_file_nobody_used_is_forgotten(parties, settings):
    intake = viewer("meti", "intake")
    uploads.take(intake, "a.pdf", files.PDF)
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2026-12-31"}},
    }
    uploads.take(intake, "b.txt", b"b")
    assert [file.name for file in StagedFile.objects.all()] == ["b.txt"]
    assert attaching.staged(viewer("mlit", "intake"), [StagedFile.objects.get().digest]) == []
