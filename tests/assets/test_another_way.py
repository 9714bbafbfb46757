"""Filings that come another way: entered, settled as of their arrival, linked, withdrawn; the operator's own paper."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import attaching, door, proposals, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PayloadError, RefusedError
from sakimori.acts.models import Act, AttachedContent, Attachment, Notice, Obligation, StagedFile
from sakimori.assets import drafting
from sakimori.assets.models import Computer, Notification
from sakimori.pages import uploads
from tests.support import files
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db

CATEGORY = "発電設備の監視制御システム"
ARRIVED = "2026-11-20T10:30:00+09:00"


def entry(**changed):
    """Return an entry of the power operator's paper."""
    return {
        "operator": str(fixed("power")), "what": "notification", "channel": "post", "arrived_at": ARRIVED,
        "reference": "受付 12", "facility_category": CATEGORY, "contents": "paper", **changed,
    }  # fmt: skip


def enter_it(by=None, **changed):
    """Enter it as the minister's intake and return the entry."""
    done = door.perform("assets.entry.record", entry(**changed), by=by or viewer("meti", "intake"))
    return Notification.objects.get(id=done.subject.id)


def rows_of_register():
    """Return the rows that the power operator would notify."""
    draft = drafting.draft(viewer("power", "reporter"), CATEGORY)
    return [row.model_dump() for row in draft.rows]


def owed():
    """Return the statuses of the power operator's obligations to notify."""
    return sorted(Obligation.objects.filter(bearer=fixed("power")).values_list("status", flat=True))


def standing(name="power", by=None):
    """Return the row of an operator in the list of who has filed."""
    found = reading.read(by or viewer("meti", "officer"), "assets.standing")
    return next(row for row in found if row["organisation"] == fixed(name))


def test_a_paper_settles_the_obligation_as_of_its_arrival(parties):
    import_register()
    assert set(owed()) == {"open"}
    entered = enter_it()
    assert (entered.status, entered.channel, entered.transcribed) == ("received", "post", False)
    for one in Obligation.objects.filter(bearer=fixed("power")):
        assert one.status == "settled"
        assert one.settled_at == entered.arrived_at
        assert one.evidence["reference"] == "受付 12"
    row = standing()
    assert (row["state"], row["channels"], row["on_paper"], row["notifications"]) == ("filed", ["post"], 1, 1)
    assert Notice.objects.filter(addressee=fixed("power"), kind="assets.entry.record").count() == 1
    clock = Obligation.objects.get(rule="kyokaho.notice.pass_on")
    assert (clock.bearer, clock.begins, clock.status) == (fixed("meti"), "2026-11-20", "open")


def test_nothing_on_record_counts_as_nothing_and_after_the_day_as_late(parties, settings):
    assert standing()["state"] == "waiting"
    settings.SAKIMORI_DEPLOYMENT = {
        **settings.SAKIMORI_DEPLOYMENT,
        "worlds": {**settings.SAKIMORI_DEPLOYMENT["worlds"], WORLD: {"date": "2027-04-03"}},
    }
    row = standing()
    assert (row["state"], row["days_late"], str(row["due_on"])) == ("late", 3, "2027-03-31")
    enter_it(arrived_at="2027-04-02T09:00:00+09:00")
    assert (standing()["state"], standing()["days_late"]) == ("filed_late", 2)


def test_a_statement_of_nothing_to_notify_is_no_notification(parties):
    enter_it(what="none", facility_category="")
    row = standing()
    assert (row["state"], row["notifications"]) == ("states_none", 0)
    assert not Obligation.objects.filter(rule="kyokaho.notice.pass_on").exists()


def test_a_change_on_paper_settles_the_clock_of_the_change(parties):
    import_register()
    file_notification()
    carry()
    computer = Computer.objects.filter(status="notified").first()
    door.perform(
        "assets.computer.change",
        {"computer": str(computer.id), "changed_on": "2026-11-20", "maker": "新しい製造者"},
        by=viewer("power", "reporter"),
    )
    running = Obligation.objects.get(rule="kyokaho.notice.change")
    entered = enter_it(what="change", reference="変更 1")
    running.refresh_from_db()
    assert (running.status, running.settled_at) == ("settled", entered.arrived_at)


@pytest.mark.parametrize("order", ["paper first", "envelope first"])
def test_the_same_filing_by_envelope_and_on_paper_counts_once(parties, order):
    import_register()
    rows = rows_of_register()
    if order == "paper first":
        first = enter_it(contents="typed", rows=rows)
        file_notification()
        carry()
        second = Notification.objects.get(side="minister", channel="envelope")
    else:
        file_notification()
        carry()
        first = Notification.objects.get(side="minister")
        second = enter_it(contents="typed", rows=rows)
    second.refresh_from_db()
    assert (second.status, second.same_as) == ("linked", first.id)
    assert standing()["notifications"] == 1
    assert sorted(standing()["channels"]) == ["envelope", "post"]
    assert Obligation.objects.filter(rule="kyokaho.notice.pass_on").count() == 1


def test_an_untranscribed_copy_is_linked_by_an_act(parties):
    import_register()
    file_notification()
    carry()
    first = Notification.objects.get(side="minister")
    second = enter_it()
    assert second.status == "received"
    assert standing()["notifications"] == 2
    link = {"notification": str(second.id), "same_as": str(first.id)}
    door.perform("assets.entry.link", link, by=viewer("meti", "intake"))
    assert standing()["notifications"] == 1
    with pytest.raises(RefusedError, match="取り消されたか、既に重複"):
        door.perform("assets.entry.link", link, by=viewer("meti", "intake"))


def test_only_what_can_be_the_same_is_linked(parties):
    one, other = enter_it(), enter_it(facility_category="別の区分", reference="2")
    for pair in ((one, other), (one, one)):
        with pytest.raises(RefusedError, match="区分又は種類が違う"):
            door.perform(
                "assets.entry.link",
                {"notification": str(pair[0].id), "same_as": str(pair[1].id)},
                by=viewer("meti", "officer"),
            )
    with pytest.raises(RefusedError, match="この事業者・区分のものではない"):
        enter_it(reference="3", same_as=str(other.id))


def test_a_withdrawn_entry_leaves_the_obligation_open_again(parties):
    import_register()
    due = set(Obligation.objects.filter(bearer=fixed("power")).values_list("due_on", flat=True))
    entered = enter_it()
    payload = {"notification": str(entered.id), "reason": "別の事業者の届出だった"}
    door.perform("assets.entry.withdraw", payload, by=viewer("meti", "officer"))
    assert set(owed()) == {"open"}
    assert set(Obligation.objects.filter(bearer=fixed("power")).values_list("due_on", flat=True)) == due
    assert standing()["state"] == "waiting"
    assert Obligation.objects.get(rule="kyokaho.notice.pass_on").status == "settled"
    with pytest.raises(RefusedError, match="まだ取り消されていない"):
        door.perform("assets.entry.withdraw", payload, by=viewer("meti", "officer"))
    assert enter_it().status == "received"  # the same number may be entered again


def test_a_copy_counts_again_when_the_entry_it_followed_is_withdrawn(parties):
    import_register()
    entered = enter_it(contents="typed", rows=rows_of_register())
    file_notification()
    carry()
    door.perform(
        "assets.entry.withdraw",
        {"notification": str(entered.id), "reason": "x"},
        by=viewer("meti", "officer"),
    )
    envelope = Notification.objects.get(side="minister", channel="envelope")
    assert (envelope.status, envelope.same_as) == ("received", None)
    assert standing()["notifications"] == 1


def test_the_prime_minister_is_told_when_what_was_passed_on_is_withdrawn(parties):
    entered = enter_it()
    officer = viewer("meti", "officer")
    door.perform("assets.notification.pass_on", {"notification": str(entered.id)}, by=officer)
    door.perform("assets.entry.withdraw", {"notification": str(entered.id), "reason": "x"}, by=officer)
    assert Notice.objects.filter(addressee=fixed("cabinet"), kind="assets.entry.withdraw").count() == 1


def test_what_came_by_envelope_is_not_withdrawn(parties):
    import_register()
    file_notification()
    carry()
    came = Notification.objects.get(side="minister")
    with pytest.raises(RefusedError, match="ここで入力され"):
        door.perform(
            "assets.entry.withdraw", {"notification": str(came.id), "reason": "x"}, by=viewer("meti", "officer")
        )


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"arrived_at": "2026-11-25T10:00:00+09:00"}, "arrived_at"),
        ({"arrived_at": "2026-09-30T10:00:00+09:00"}, "arrived_at"),
        ({"reference": ""}, "reference"),
        ({"facility_category": ""}, "facility_category"),
        ({"contents": "typed"}, "rows"),
        ({"rows": [{"clause": "x", "product": "y", "maker": "z"}]}, "contents"),
        ({"what": "none", "count": 3}, "rows"),
        ({"operator": str(fixed("rail"))}, "operator"),
        ({"attachments": ["0" * 64]}, "attachments"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_at_its_field(parties, changed, where):
    with pytest.raises(RefusedError) as refused:
        enter_it(**changed)
    assert refused.value.where == where
    assert refused.value.mend.ja
    assert not Notification.objects.exists()


def test_the_same_number_is_not_entered_twice(parties):
    enter_it()
    with pytest.raises(RefusedError, match="既に入力されています"):
        enter_it(arrived_at="2026-11-21T10:30:00+09:00")
    assert enter_it(channel="email").status == "received"


def test_nobody_else_enters_anything(parties):
    for name, role in (("meti", "decider"), ("power", "reporter"), ("cabinet", "officer"), ("bureau", "intake")):
        with pytest.raises(NotAuthorisedError):
            enter_it(by=viewer(name, role))
    with pytest.raises(RefusedError):
        enter_it(by=viewer("mlit", "intake"))
    entered = enter_it()
    for kind, more in (("assets.entry.withdraw", {"reason": "x"}), ("assets.entry.link", {"same_as": str(entered.id)})):
        with pytest.raises(NotFoundError):
            door.perform(kind, {"notification": str(entered.id), **more}, by=viewer("mlit", "intake"))


# --- the operator's own paper ---


def send_on_paper(**changed):
    """Record that what waits was sent by post, by two persons; return the notification."""
    payload = drafting.draft(viewer("power", "reporter"), CATEGORY).model_dump(mode="json")
    payload |= {"channel": "post", "sent_at": "2026-11-19T17:00:00+09:00", **changed}
    made = proposals.propose("assets.notification.file_otherwise", payload, by=viewer("power", "reporter"))
    done = proposals.confirm(made.id, by=viewer("power", "approver"))
    return Notification.objects.get(id=done.subject.id)


def arrive(notification, **changed):
    payload = {"notification": str(notification.id), "arrived_at": ARRIVED, "reference": "受付印 3", **changed}
    return door.perform("assets.notification.confirm_arrival", payload, by=viewer("power", "reporter"))


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


# --- the pages ---


def text(answer):
    return answer.content.decode()


def typed(**changed):
    return {
        "f-operator": str(fixed("power")), "f-what": "notification", "f-channel": "counter",
        "f-arrived_at": "2026-11-20 10:30", "f-reference": "受付 5", "f-facility_category": CATEGORY, "f-count": "3",
        "f-note": "控えあり", "key": str(uuid.uuid4()), **changed,
    }  # fmt: skip


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_a_paper_is_entered_on_one_page_with_its_scan(enter):
    client = enter("meti", "intake")
    page = text(client.get(reverse("assets:enter"), {"operator": str(fixed("power"))}))
    assert f'value="{fixed("power")}" selected' in page
    assert CATEGORY in page
    assert "特定秘密" in page
    answer = client.post(reverse("assets:enter"), {**typed(), "files": upload("scan.pdf", files.PDF)}, follow=True)
    assert answer.status_code == 200
    for said in (
        "Done and recorded.",
        "handed in on paper",
        "受付 5",
        "scan.pdf",
        "not been transcribed",
        "not opened",
    ):
        assert said in text(answer), said
    again = client.post(reverse("assets:enter"), typed())
    assert again.status_code == 409
    assert "entered before" in text(again)


def test_a_refused_form_keeps_what_was_typed_and_the_files_that_were_taken(enter):
    client = enter("meti", "intake")
    sent = {
        **typed(**{"f-arrived_at": "gestern"}),
        "files": [upload("scan.png", files.png()), upload("x.pdf", b"MZ..")],
    }
    answer = client.post(reverse("assets:enter"), sent)
    assert answer.status_code == 422
    page = text(answer)
    for said in ("gestern", "控えあり", "受付 5", "scan.png", "Programs are not taken", "x.pdf"):
        assert said in page, said
    digest = StagedFile.objects.get().digest
    assert f'value="{digest}" checked' in page
    done = client.post(reverse("assets:enter"), {**typed(), "attached": digest}, follow=True)
    assert "scan.png" in text(done)


def test_rows_come_from_a_file_and_clauses_by_their_article(enter):
    client = enter("meti", "intake")
    rows = "該当条項,製品名,製造者名\r\n命令1(1)(iii),FortiOS,Fortinet\r\nmeirei1-1-3,IOS,Cisco\r\n"
    client.post(reverse("assets:enter"), {**typed(), "rows_file": upload("rows.csv", rows.encode("cp932"))})
    entered = Notification.objects.get()
    assert (entered.transcribed, entered.count) == (True, 2)
    assert set(entered.items.values_list("clause", "product")) == {("meirei1-1-3", "FortiOS"), ("meirei1-1-3", "IOS")}


def test_a_rows_file_that_cannot_be_read_is_told(enter):
    answer = enter("meti", "intake").post(
        reverse("assets:enter"), {**typed(**{"f-channel": ""}), "rows_file": upload("rows.csv", b"\x89PNG\r\n\x1a\n")}
    )
    assert answer.status_code == 422
    assert "PNG" in text(answer)


@pytest.mark.parametrize(
    ("content", "rows", "said"),
    [(b"\x89PNG\r\n\x1a\n", "", "PNG"), (b"\r\n \r\n", "", "empty"), (b"a,b,c\n", "x,y,z", "leave one")],
)
def test_nothing_is_entered_without_the_rows_that_were_chosen(enter, content, rows, said):
    sent = {**typed(**{"f-rows": rows}), "rows_file": upload("rows.csv", content)}
    answer = enter("meti", "intake").post(reverse("assets:enter"), sent)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Notification.objects.exists()


def test_a_form_sent_again_changed_gets_a_key_of_its_own(enter):
    client, key = enter("meti", "intake"), "k" * 20
    client.post(reverse("assets:enter"), {**typed(), "key": key})
    changed = {**typed(**{"f-note": "another"}), "key": key}
    answer = client.post(reverse("assets:enter"), changed)
    assert answer.status_code in (409, 422)
    assert f'value="{key}"' not in text(answer)
    assert Notification.objects.count() == 1


def test_an_attachment_is_downloaded_never_shown_and_its_opening_is_recorded(enter):
    client = enter("meti", "intake")
    client.post(reverse("assets:enter"), {**typed(), "files": upload("届出書.pdf", files.PDF)})
    attachment = Attachment.objects.get()
    answer = client.get(reverse("attachment", args=[attachment.id]))
    assert answer.content == files.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="file.pdf"; filename*=UTF-8')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    page = text(client.get(reverse("assets:notification", args=[attachment.subject])))
    assert "opened once" in page
    for name, role in (("mlit", "intake"), ("power", "reporter"), ("cabinet", "officer"), ("meti", "administrator")):
        refused = enter(name, role).get(reverse("attachment", args=[attachment.id]))
        assert refused.status_code in (403, 404), (name, role)


@pytest.mark.parametrize("name", ["../../x.pdf", "a\u202efdp.pdf", "C:\\evil\\x.pdf", "nul.pdf", "a" * 400 + ".pdf"])
def test_no_hostile_name_gets_through_a_form(enter, name):
    client = enter("meti", "intake")
    client.post(reverse("assets:enter"), {**typed(), "files": upload(name, files.PDF)})
    for kept in (
        *StagedFile.objects.values_list("name", flat=True),
        *Attachment.objects.values_list("name", flat=True),
    ):
        assert kept.isprintable()
        assert not set("/\\") & set(kept)
        assert len(kept) <= 150
        assert not kept.lower().startswith("nul")


def test_a_file_that_is_too_large_is_refused(enter, settings, monkeypatch):
    answer = enter("meti", "intake").post(
        reverse("assets:enter"), {**typed(), "files": upload("a.txt", b"a" * (21 * 1024 * 1024))}
    )
    assert answer.status_code == 422
    assert "too large (21.0 MiB, at most 20 MiB)" in text(answer)


def test_the_list_of_who_has_filed_is_a_page_and_a_csv_and_reminds(enter):
    client = enter("meti", "officer")
    page = text(client.get(reverse("assets:standing")))
    assert "Remind Fictitious Power" in page
    assert "Fictitious Rail" not in page
    answer = client.post(reverse("assets:remind"), {"operator": str(fixed("power")), "key": "k"}, follow=True)
    assert "on its way" in text(answer)
    rows = client.get(reverse("assets:standing"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "Fictitious Power" in rows
    assert enter("power", "reporter").get(reverse("assets:standing")).status_code == 403


def test_an_entry_is_withdrawn_and_linked_on_pages(enter):
    first, second = enter_it(), enter_it(reference="2")
    client = enter("meti", "intake")
    page = text(client.get(reverse("assets:notification", args=[second.id])))
    assert reverse("assets:link", args=[second.id]) in page
    assert reverse("assets:withdraw", args=[second.id]) in page
    refused = client.post(reverse("assets:withdraw", args=[second.id]), {"f-reason": ""})
    assert refused.status_code == 422
    linked = client.post(reverse("assets:link", args=[second.id]), {"f-same_as": str(first.id)}, follow=True)
    assert "this copy is not counted" in text(linked)
    done = client.post(reverse("assets:withdraw", args=[first.id]), {"f-reason": "誤り"}, follow=True)
    assert "withdrawn" in text(done)
    assert enter("meti", "decider").get(reverse("assets:withdraw", args=[first.id])).status_code == 403


def test_the_operator_sends_on_paper_and_records_the_stamp_on_pages(enter):
    import_register()
    reporter, approver = enter("power", "reporter"), enter("power", "approver")
    assert reverse("assets:otherwise") in text(reporter.get(reverse("assets:drafts"), {"category": CATEGORY}))
    answer = reporter.post(
        reverse("assets:otherwise"),
        {"category": CATEGORY, "f-channel": "portal", "f-sent_at": "2026-11-23 09:00", "key": "a"},
    )
    assert answer.status_code == 302
    proposal = answer["Location"].split("/")[-2]
    shown = text(approver.get(reverse("assets:filing", args=[proposal])))
    assert "public-private portal" in shown
    approver.post(reverse("proposal", args=[proposal]), {"action": "confirm", "key": "b"})
    sent = Notification.objects.get()
    page = text(reporter.get(reverse("assets:notification", args=[sent.id])))
    assert reverse("assets:arrived", args=[sent.id]) in page
    done = reporter.post(
        reverse("assets:arrived", args=[sent.id]),
        {"f-arrived_at": "2026-11-23 09:05", "f-reference": "P-77", "files": upload("a.eml", files.EML)},
        follow=True,
    )
    for said in ("P-77", "a.eml", "arrived"):
        assert said in text(done), said
    assert Act.objects.filter(kind="assets.notification.confirm_arrival").count() == 1
    undone = reporter.post(reverse("assets:undo", args=[sent.id]), {"f-reason": "誤り"}, follow=True)
    assert "withdrawn" in text(undone)
