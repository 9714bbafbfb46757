"""The pages of changes, prior-review papers, corrections and official templates, as people use them."""

import io
import json
import re
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import door, proposals
from sakimori.acts.models import Act, Obligation, Proposal
from sakimori.assets.forms import drafts
from sakimori.assets.models import Computer, FilledForm, FormTemplate, Notification, PlanPaper
from sakimori.parties.models import Facility
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.looking import Looks
from tests.support.warning import carry

CATEGORY = "発電設備の監視制御システム"
REPORTER = viewer("power", "reporter")
CONTACT = {"department": "情報システム部", "person": "架空 花子", "telephone": "03-0000-0000", "email": "it@example.jp"}


def change(key, **fields):
    computer = Computer.objects.get(key=key)
    payload = {"computer": str(computer.id), "changed_on": "2026-11-24", **fields}
    door.perform("assets.computer.change", payload, by=REPORTER)


def mend(key, **fields):
    computer = Computer.objects.get(key=key)
    door.perform("assets.computer.mend", {"computer": str(computer.id), "reason": "読み違い", **fields}, by=REPORTER)


def record_paper():
    facility = Facility.objects.get(organisation_id=fixed("power"), category=CATEGORY)
    payload = {"facility": str(facility.id), "paper": "plan", "filed_on": "2026-05-01", "reference": "経産-123",
               "items": [{"name": "CENTUM VP", "supplier": "横河電機"}]}  # fmt: skip
    door.perform("assets.plan_paper.record", payload, by=REPORTER)


def text(answer):
    return answer.content.decode()


def template():
    book = openpyxl.Workbook()
    book.active.title = "様式第一"
    book.active["B4"] = "事業者の名称"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CELLS = {"sheet": "様式第一", "single-outline.name": "c4", "single-facility_category": "C5", "column-clause": "B",
         "column-product": "C", "column-maker": "D", "number": "A", "first": "10", "last": "11",
         "overflow": "copies"}  # fmt: skip


@pytest.mark.django_db
def test_a_draft_says_by_when_and_is_had_as_excel_pdf_and_bytes(enter):
    import_register()
    client = enter("power", "reporter")
    address = reverse("assets:drafts")
    page = text(client.get(address, {"category": CATEGORY}))
    for said in ("By when", "127 days left", "Order Art. 2(5)", "Electricity", "The layout is ours"):
        assert said in page, said
    assert ">electricity<" not in page  # the code is for machines
    bytes_ = client.get(address, {"category": CATEGORY, "format": "json"}).content
    assert json.loads(bytes_)["outline"]["business_type"] == "electricity"
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address, {"category": CATEGORY, "format": "xlsx"}).content))
    assert any("FortiOS" in str(cell.value) for row in sheet.active.iter_rows() for cell in row)
    pdf = client.get(address, {"category": CATEGORY, "format": "pdf"})
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert "Key (does not leave)" in page
    assert b"P-001" not in bytes_
    assert not any("P-001" in str(cell.value) for row in sheet.active.iter_rows() for cell in row)


@pytest.mark.django_db
def test_two_tabs_make_one_proposal(enter):
    import_register()
    client = enter("power", "reporter")
    tabs = [client.get(reverse("assets:drafts"), {"category": CATEGORY}) for _ in range(2)]
    keys = {str(tab.context["key"]) for tab in tabs}
    assert len(keys) == 2
    shown = [
        client.post(reverse("assets:drafts"), {
            "category": CATEGORY, "digest": tab.context["letter"].digest, "key": str(tab.context["key"])
        })
        for tab in tabs
    ]  # fmt: skip
    assert shown[0].url == shown[1].url
    assert Proposal.objects.count() == 1


@pytest.mark.django_db
def test_a_change_is_drafted_proposed_confirmed_and_seen_by_the_ministry(enter):
    import_register()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    client = enter("power", "reporter")
    assert reverse("assets:change") in text(client.get(reverse("assets:drafts")))
    page = client.get(reverse("assets:change"), {"category": CATEGORY})
    assert "FortiOS → FortiOS NG" in text(page)
    assert "P-002" not in page.context["letter"].text
    digest = page.context["letter"].digest
    stale = client.post(reverse("assets:change"), {"category": CATEGORY, "digest": "0" * 64})
    assert (stale.status_code, Proposal.objects.filter(status="open").count()) == (409, 0)
    proposed = client.post(reverse("assets:change"), {"category": CATEGORY, "digest": digest, "key": "k"}, follow=True)
    assert "FortiOS → FortiOS NG" in text(proposed)
    proposal = Proposal.objects.get(status="open")
    enter("power", "approver").post(reverse("proposal", args=[proposal.id]), {"action": "confirm", "key": "c"})
    carry()
    arrived = Notification.objects.get(side="minister", what="change")
    officer = enter("meti", "officer")
    address = reverse("assets:notification", args=[arrived.id])
    seen = text(officer.get(address))
    assert "FortiOS → FortiOS NG" in seen
    assert "notification of a change (Art 4(3))" in seen
    officer.post(address)
    arrived.refresh_from_db()
    assert arrived.status == "passed_on"
    assert Act.objects.filter(kind="assets.change_notification.pass_on").count() == 1
    none = client.get(reverse("assets:change"), {"category": CATEGORY})
    assert none.status_code == 409 or "no change to notify" in text(none)


@pytest.mark.django_db
@pytest.mark.usefixtures("operator_edition")
def test_a_change_on_paper_is_settled_by_the_stamp(enter):
    import_register()
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    client = enter("power", "reporter")
    address = reverse("assets:change_otherwise")
    assert address in text(client.get(reverse("assets:change"), {"category": CATEGORY}))
    assert "FortiOS → FortiOS NG" in text(client.get(address, {"category": CATEGORY}))
    sent = {"category": CATEGORY, "f-channel": "post", "f-sent_at": "2026-11-24T00:00", "key": "k"}
    assert client.post(address, sent).status_code == 302
    proposal = Proposal.objects.get(status="open")
    approver = enter("power", "approver")
    approver.post(reverse("proposal", args=[proposal.id]), {"action": "confirm", "key": "c"})
    own = Notification.objects.get(side="operator", what="change")
    owed = Obligation.objects.filter(rule="kyokaho.notice.change")
    assert (own.status, owed.get().status) == ("sent", "open")
    stamp = {"f-arrived_at": "2026-11-24T00:00", "f-reference": "受付 12", "key": "s"}
    client.post(reverse("assets:arrived", args=[own.id]), stamp)
    own.refresh_from_db()
    assert (own.status, owed.get().status) == ("arrived", "settled")
    door.perform("assets.notification.undo_otherwise", {"notification": str(own.id), "reason": "誤り"}, by=REPORTER)
    assert owed.get().status == "open"
    assert "FortiOS → FortiOS NG" in text(client.get(reverse("assets:change"), {"category": CATEGORY}))


@pytest.mark.django_db
def test_a_prior_review_paper_is_filed_with_its_contact_sheet(enter):
    import_register()
    record_paper()
    client = enter("power", "reporter")
    address = reverse("assets:substitute", args=[PlanPaper.objects.get().id])
    assert address in text(client.get(reverse("assets:drafts")))
    assert "経産-123" in text(client.get(address))
    faulty = client.post(address, CONTACT | {"email": "nobody", "telephone": ""})
    assert faulty.status_code == 422
    assert text(faulty).count('aria-invalid="true"') == 2
    assert "情報システム部" in text(faulty)  # what was typed is kept
    shown = client.post(address, CONTACT)
    letter = shown.context["letter"]
    assert set(letter.payload) == {"form", "outline", "facility_category", "paper", "contact", "rows"}
    back = client.post(address, CONTACT | {"again": "1"})
    assert "架空 花子" in text(back)
    client.post(address, CONTACT | {"digest": letter.digest, "key": "k"})
    proposal = Proposal.objects.get()
    enter("power", "approver").post(reverse("proposal", args=[proposal.id]), {"action": "confirm", "key": "c"})
    carry()
    arrived = Notification.objects.get(side="minister")
    seen = text(enter("meti", "intake").get(reverse("assets:notification", args=[arrived.id])))
    for said in ("prior-review paper in place of the form", "経産-123", "架空 花子", "introduction plan"):
        assert said in seen, said
    assert client.get(address).status_code == 404  # nothing of it waits any more


@pytest.mark.django_db
def test_a_correction_says_why_and_links_both_ways(enter):
    import_register()
    file_notification()
    carry()
    own = Notification.objects.get(side="operator")
    client = enter("power", "reporter")
    address = reverse("assets:correct", args=[own.id])
    assert address in text(client.get(reverse("assets:notification", args=[own.id])))
    assert "nothing to correct yet" in text(client.get(address))
    mend("P-005", product="Catalyst 9500")
    assert client.post(address, {"reason": " "}).status_code == 422
    shown = client.post(address, {"reason": "製品名の誤り"})
    assert "Catalyst 9500" in text(shown)
    client.post(address, {"reason": "製品名の誤り", "digest": shown.context["letter"].digest, "key": "k"})
    proposal = Proposal.objects.get(status="open")
    enter("power", "approver").post(reverse("proposal", args=[proposal.id]), {"action": "confirm", "key": "c"})
    carry()
    new = Notification.objects.get(side="minister", what="correction")
    old = Notification.objects.get(side="minister", what="notification")
    officer = enter("meti", "officer")
    page = text(officer.get(reverse("assets:notification", args=[new.id])))
    assert reverse("assets:notification", args=[old.id]) in page
    assert "製品名の誤り" in page
    page = text(officer.get(reverse("assets:notification", args=[old.id])))
    assert reverse("assets:notification", args=[new.id]) in page
    assert "replaced by a correction" in page
    again = client.get(address)  # what stands in its place is corrected next
    after = Notification.objects.get(side="operator", what="correction")
    assert again.headers["Location"] == reverse("assets:correct", args=[after.id])
    assert enter("rail", "reporter").get(address).status_code == 404


@pytest.mark.django_db
def test_an_official_template_is_taken_mapped_previewed_and_filled(enter):
    import_register()
    client = enter("power", "reporter")
    index = reverse("assets:forms")

    def send(content, name="様式第一.xlsx"):
        data = {"form": "notification", "category": CATEGORY, "file": SimpleUploadedFile(name, content)}
        return client.post(index, data, follow=True)

    assert "no Excel workbook" in text(send(b"%PDF-1.7", "form.xlsx"))
    assert "No file was chosen" in text(client.post(index, {"form": "notification"}))
    assert not FormTemplate.objects.exists()
    same = template()  # a workbook saved twice differs by the second written into it
    send(same)
    send(same)
    taken = FormTemplate.objects.get()
    address = reverse("assets:form", args=[taken.id])
    assert "cells not named yet" in text(client.get(index))
    wrong = client.post(address, {**CELLS, "single-outline.name": "4C", "action": "keep", "category": CATEGORY})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in text(wrong)
    homeless = {**CELLS, "single-facility_category": "", "action": "keep", "category": CATEGORY}
    assert "has no place" in text(client.post(address, homeless, follow=True))
    shown = client.post(address, {**CELLS, "action": "keep", "category": CATEGORY}, follow=True)
    assert "2 files" in text(shown)
    filled = client.post(address, {**CELLS, "action": "fill", "category": CATEGORY})
    assert "zip" in filled["Content-Disposition"]
    record = FilledForm.objects.get()
    assert (record.template, record.copies, record.template_name) == (taken.digest, 2, "様式第一.xlsx")
    assert Act.objects.filter(kind="assets.form.fill").count() == 1
    assert enter("power", "viewer").get(index).status_code == 403
    assert enter("rail", "reporter").get(address).status_code == 404
    assert client.post(address, {**CELLS, "action": "fill", "category": ""}).status_code == 422
    for odd in ({"proposal": "x"}, {"proposal": str(taken.id)}, {"category": "無い" * 500}):
        page = client.get(address, odd)
        assert page.status_code in (200, 404), odd
    for odd in (
        {"first": "9" * 40},
        {"sheet": "x" * 400},
        {"overflow": "?"},
        {"column-product": "$B"},
        {"first": "０"},
    ):
        assert client.post(address, {**CELLS, **odd, "action": "fill", "category": CATEGORY}).status_code == 422, odd
    client.post(address, {"action": "delete"})
    assert not FormTemplate.objects.exists()


@pytest.mark.django_db
def test_a_template_with_a_picture_says_that_it_is_not_kept(enter):
    out = io.BytesIO(template())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")
    client = enter("power", "reporter")
    file = SimpleUploadedFile("様式.xlsx", out.getvalue())
    page = client.post(reverse("assets:forms"), {"form": "notification", "file": file}, follow=True)
    assert "This template holds pictures" in text(page)


@pytest.mark.django_db
def test_odd_requests_are_answered_with_a_reason(enter):
    import_register()
    client = enter("power", "reporter")
    for name in ("assets:change", "assets:drafts", "assets:change_otherwise"):
        for category in ("", "無い区分", "x" * 3000, "\u202e逆"):
            answer = client.get(reverse(name), {"category": category, "format": "pdf"})
            assert answer.status_code in (200, 302, 409, 422), (name, category)
    assert client.get(reverse("assets:drafts"), {"category": CATEGORY, "format": "exe"}).status_code == 200
    assert client.post(reverse("assets:drafts"), {"category": CATEGORY}).status_code in (200, 409)
    assert Proposal.objects.count() == 0


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(DESKTOP, "ja"), (PHONE, "en")])
def test_changes_papers_corrections_and_templates_in_the_browser(enter, open_window, live_server, width, language):
    import_register()
    record_paper()
    looks = Looks(enter, open_window, live_server.url, width, language)
    reporter = looks.sit("power", "reporter")
    page = reporter.page
    page.goto(live_server.url + reverse("assets:drafts"))
    looks.at(reporter, "70-waiting")
    page.click("section[aria-labelledby=papers] a.button")
    for name, value in CONTACT.items():
        page.fill(f"#{name}", value)
    looks.at(reporter, "71-paper")
    page.click("main form button.main")
    looks.at(reporter, "72-paper-draft")
    file_notification()
    carry()
    change("P-002", product="FortiOS NG")
    page.goto(live_server.url + reverse("assets:change") + f"?category={CATEGORY}")
    looks.at(reporter, "73-change")
    page.click("main form button.main")
    looks.at(reporter, "74-change-proposed")
    own = Notification.objects.get(side="operator")
    page.goto(live_server.url + reverse("assets:correct", args=[own.id]))
    page.fill("#reason", "製品名の誤り")
    looks.at(reporter, "75-correct")
    page.click("main form button.main")
    looks.at(reporter, "76-correct-draft")
    page.goto(live_server.url + reverse("assets:forms") + f"?proposal={Proposal.objects.get(status='open').id}")
    looks.at(reporter, "77-templates")
    page.set_input_files("#file", files=[{"name": "様式.xlsx", "mimeType": "", "buffer": template()}])
    page.select_option("#form", "change")
    page.click("main form button.main")
    for name, value in {"single-outline.name": "C4", "single-facility_category": "C5", "first": "10", "last": "20",
                        "column-before.product": "B", "column-after.product": "C"}.items():  # fmt: skip
        page.fill(f'[id="{name}"]', value)
    page.click("button[value=keep]")
    looks.at(reporter, "78-template")
    with page.expect_download() as started:
        page.click("button[value=fill]")
    filled = openpyxl.load_workbook(io.BytesIO(started.value.path().read_bytes())).active
    assert (filled["B10"].value, filled["C10"].value) == ("FortiOS", "FortiOS NG")
    assert looks.faults == []


@pytest.mark.django_db
def test_the_desk_offers_to_pass_on_the_very_kind_of_filing_that_is_owed(enter):
    """A first notification is no change, and who may only enter paper is not offered to pass anything on."""
    import_register()
    file_notification()
    carry()
    url = reverse("desk")
    first, changed = (
        "Pass a notification on to the Prime Minister",
        "Pass a change notification on to the Prime Minister",
    )
    assert buttons(enter("meti", "officer").get(url)) == {first}
    assert buttons(enter("meti", "intake").get(url)) == set()
    change("P-002", product="FortiOS NG")
    told = proposals.propose("assets.change_notification.file", drafts.changes(REPORTER, CATEGORY), by=REPORTER)
    proposals.confirm(told.id, by=viewer("power", "approver"))
    carry()
    assert buttons(enter("meti", "officer").get(url)) == {first, changed}


def buttons(desk):
    """Return what the desk's duties offer to do, beside the way to the thing."""
    found = re.findall(
        r'<a class="button[^"]*" href="/assets/notifications/[0-9a-f][^"]*"[^>]*>([^<]+)</a>', text(desk)
    )
    return {*found} - {"Go to it"}
