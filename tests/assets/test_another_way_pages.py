"""The pages on which filings that come another way are entered, linked, withdrawn, sent and taken in."""

import pytest
from django.urls import reverse

from sakimori.acts import door
from sakimori.acts.models import Act, Attachment, Proposal, StagedFile
from sakimori.assets.models import Computer, Notification
from tests.assets.another_way import CATEGORY, arrive, enter_it, send_on_paper, text, typed, upload
from tests.support import files
from tests.support.deployment import fixed, viewer
from tests.support.filing import import_register

pytestmark = pytest.mark.django_db


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
    rows = "該当条項,製品名,製造者名\r\n命令第一条第一項第三号,FortiOS,Fortinet\r\nmeirei1-1-3,IOS,Cisco\r\n"
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
    came = client.get(reverse("assets:remind"), follow=True)  # by its address alone, as after logging in anew
    assert "Nothing was sent. Choose below whom to remind." in text(came)
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


def test_a_paper_filing_is_corrected_on_its_own_page(enter):
    import_register()
    filed = send_on_paper()
    arrive(filed)
    client = enter("power", "reporter")
    page = reverse("assets:correct_otherwise", args=[filed.id])
    assert page in text(client.get(reverse("assets:notification", args=[filed.id])))
    said = {"computer": str(Computer.objects.get(key="P-001").id), "reason": "読み違い", "maker": "別の製造者"}
    door.perform("assets.computer.mend", said, by=viewer("power", "reporter"))
    asked = text(client.get(page))
    assert 'name="reason"' in asked
    assert "What leaves" not in asked  # what is printed has the reason in it, so that is said first
    assert client.post(page, {"reason": " "}).status_code == 422
    answer = client.post(page, {"reason": "製造者名の誤り"})
    assert answer.status_code == 200
    assert (answer.context["letter"].payload["reason"], "-") == ("製造者名の誤り", "-")
    assert "製造者名の誤り" in [said for _, said in answer.context["letter"].single]
    shown = text(answer)
    for part in ("What the correction changes", "別の製造者", 'name="f-reason"', 'name="f-sent_at"'):
        assert part in shown
    assert Proposal.objects.filter(kind="assets.correction.file_otherwise").count() == 0
    wrong = {"f-channel": "post", "f-sent_at": "2026-13-45", "f-reason": "製造者名の誤り", "key": "one"}
    refused = client.post(page, wrong)
    assert refused.status_code == 422
    assert "製造者名の誤り" in text(refused)
    done = client.post(page, {**wrong, "f-sent_at": "2026-11-21 09:00"}, follow=True)
    assert Proposal.objects.get(kind="assets.correction.file_otherwise").payload["reason"] == "製造者名の誤り"
    assert "別の製造者" in text(done)
    again = client.get(page)
    assert len(again.context["pending"]) == 1
    assert 'name="f-sent_at"' not in text(again)
