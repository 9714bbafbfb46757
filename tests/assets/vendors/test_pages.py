"""Asking a vendor on the site: the choice, the vendor's own page, files for one without an account, taking over."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from sakimori.acts import reading
from sakimori.assets.models import Computer, SourceFile, VendorItem, VendorRequest
from sakimori.assets.vendors import files
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, import_register

pytestmark = pytest.mark.django_db
OPEN = "P-009,新しい箱,power 第一,架空製作,ハコ,機器,2026-05-01,専用,,○,×,×,×,×,×,×,×,×,×"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def computers(parties):
    """Two computers, one of which has an open question: whom else its product serves."""
    import_register((ROWS[1], OPEN))
    return {one.key: one for one in Computer.objects.all()}


def ask(client, computers, **told):
    typed = {"computer": [str(computers["P-009"].id)], "open": "1", "asks": ["version"], "vendor": str(fixed("vendor")),
             "due_on": "2026-12-08", "note": "保守のため", "key": "k", **told}  # fmt: skip
    return client.post(reverse("assets:ask_vendor"), typed, follow=True)


def test_what_is_open_is_offered_first_and_asked(enter, computers):
    client = enter("power", "reporter")
    page = text(client.get(reverse("assets:ask_vendor")))
    assert "P-009" in page
    assert "P-002" not in page
    assert "P-002" in text(client.get(reverse("assets:ask_vendor"), {"every": "1"}))
    done = ask(client, computers)
    assert "Asked. The vendor finds it on its desk." in text(done)
    assert VendorItem.objects.get().asks == ["version", "serves"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"computer": []}, "No computer or no question was chosen"),
        ({"vendor": ""}, "No vendor was chosen"),
        ({"due_on": "2026-02-31"}, "How to mend it"),
        ({"due_on": "2026-01-31"}, "That day has passed"),
        ({"computer": ["x"]}, ""),
    ],
)
def test_a_faulty_choice_comes_back_as_it_was(enter, computers, told, said):
    answer = ask(enter("power", "reporter"), computers, **told)
    assert answer.status_code in (404, 422)
    assert said in text(answer)
    if told.get("computer") != ["x"]:
        assert "保守のため" in text(answer)
    assert not VendorRequest.objects.exists()


def test_the_vendor_answers_on_its_own_page_and_the_operator_takes_over(enter, computers):
    operator, vendor = enter("power", "reporter"), enter("vendor", "vendor_contact")
    ask(operator, computers)
    request = VendorRequest.objects.get()
    mine = reverse("assets:asked_request", args=[request.id])
    assert request.number in text(vendor.get(reverse("assets:asked")))
    page = text(vendor.get(mine))
    for said in ("架空製作 ハコ", "Which version was supplied?", "保守のため"):
        assert said in page
    for secret in ("P-009", "新しい箱", "power 第一", "2026-05-01"):
        assert secret not in page
    empty = vendor.post(mine, {"key": "a"})
    assert empty.status_code == 422
    wrong = vendor.post(mine, {"a-1-serves": "たぶん", "a-1-version": "1.0", "key": "b"})
    assert wrong.status_code == 422
    assert 'value="1.0"' in text(wrong)
    done = vendor.post(mine, {"a-1-version": "1.0", "note-1": "2025年出荷分", "key": "c"}, follow=True)
    assert "Your answers have reached the operator" in text(done)
    vendor.post(mine, {"a-1-serves": "others", "key": "d"})
    theirs = reverse("assets:vendor_request", args=[request.id])
    page = text(operator.get(theirs))
    for said in ("1.0", "2025年出荷分", "Take over what is ticked"):
        assert said in page
    item = str(VendorItem.objects.get().id)
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    typed = {"action": "take", "item": item, "facts": ["version", "serves"], "changed_on": "2026-11-20", "key": "t",
             "seen": seen}  # fmt: skip
    assert "Taken over into the register" in text(operator.post(theirs, typed, follow=True))
    computer = Computer.objects.get(key="P-009")
    assert (computer.version, computer.notify) == ("1.0", "yes")
    assert operator.post(theirs, {"action": "nonsense"}).status_code == 404


def test_a_vendor_sees_no_page_of_an_operator(enter, computers):
    operator, vendor = enter("power", "reporter"), enter("vendor", "vendor_contact")
    ask(operator, computers)
    request = VendorRequest.objects.get()
    for name in ("vendor_request", "vendor_xlsx", "vendor_csv", "vendor_return"):
        assert vendor.get(reverse(f"assets:{name}", args=[request.id])).status_code in (403, 404)
    for name in ("register", "duties", "changes", "stocktakes", "vendor_requests", "ask_vendor", "notifications"):
        assert vendor.get(reverse(f"assets:{name}")).status_code in (403, 404)
    assert vendor.get(reverse("assets:computer", args=[computers["P-009"].id])).status_code in (403, 404)
    assert enter("rail", "reporter").get(reverse("assets:vendor_request", args=[request.id])).status_code == 404
    assert operator.get(reverse("assets:asked")).status_code == 403


def test_a_vendor_without_an_account_answers_by_file(enter, computers):
    client = enter("power", "reporter")
    page = text(ask(client, computers, vendor="", vendor_name="架空機器販売"))
    assert "Send the file to the vendor" in page
    request = VendorRequest.objects.get()
    made = client.get(reverse("assets:vendor_xlsx", args=[request.id]))
    for secret in ("P-009", "新しい箱", "power 第一"):
        assert secret.encode() not in made.content
    book = load_workbook(io.BytesIO(made.content))
    sheet = book["一覧"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    marks = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    places = {mark.partition("/")[2]: row for mark, row in marks.items()}
    assert set(places) == {"version", "serves"}
    sheet.cell(places["version"], heads["回答"], "2.1")
    sheet.cell(places["serves"], heads["回答"], "不明")
    out = io.BytesIO()
    book.save(out)
    address = reverse("assets:vendor_return", args=[request.id])
    shown = client.post(address, {"list": SimpleUploadedFile("回答.xlsx", out.getvalue())}, follow=True)
    assert "2.1" in text(shown)
    assert "not known" in text(shown)
    assert not VendorItem.objects.exclude(answers={}).exists()
    kept = SourceFile.objects.get(format="vendor_answer")
    done = client.post(address, {"file": str(kept.id), "answered_by": "架空機器販売 丙山"}, follow=True)
    assert "The answers are recorded" in text(done)
    assert VendorItem.objects.get().answers == {"version": "2.1", "serves": "unknown"}
    assert "架空機器販売 丙山" in text(done)


def test_a_file_that_does_not_fit_is_refused_with_its_lines(enter, computers):
    client = enter("power", "reporter")
    ask(client, computers, vendor="", vendor_name="架空機器販売")
    request = VendorRequest.objects.get()
    rows = list(
        csv.reader(io.StringIO(text(client.get(reverse("assets:vendor_csv", args=[request.id]))).lstrip("\ufeff")))
    )
    place = rows[0].index("回答")

    def given(*answers, extra=()):
        out = io.StringIO()
        filled = [[*row[:place], answer, *row[place + 1 :]] for row, answer in zip(rows[1:], answers, strict=True)]
        csv.writer(out).writerows([rows[0], *filled, *extra])
        return out.getvalue().encode()

    address = reverse("assets:vendor_return", args=[request.id])
    for data, said in (
        (given("1.0", "たぶん"), "no answer to this question"),
        (given("", ""), "There is no answer"),
        (given("1.0", "不明", extra=[["9/version", "", "", "", "", "x", ""]]), "no row asked about"),
        (b"", "How to mend it"),
        (b"a,b\n1,2\n", "not that list"),
    ):
        answer = client.post(address, {"list": SimpleUploadedFile("a.csv", data)})
        assert answer.status_code == 422, said
        assert said in text(answer), said
    assert not SourceFile.objects.filter(format="vendor_answer").exists()


def test_a_file_of_another_request_or_with_names_written_over_is_never_taken(enter, computers):
    client = enter("power", "reporter")
    ask(client, computers, vendor="", vendor_name="架空機器販売")
    first = VendorRequest.objects.get()
    ask(client, computers, vendor="", vendor_name="架空機器販売", key="another")
    second = VendorRequest.objects.exclude(id=first.id).get()
    sheet = text(client.get(reverse("assets:vendor_csv", args=[first.id]))).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(sheet)))
    answer, product = rows[0].index("回答"), rows[0].index("製品名")
    rows[1][answer] = "2.1"

    def hand_in(request, lines):
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        file = SimpleUploadedFile("a.csv", out.getvalue().encode())
        return client.post(reverse("assets:vendor_return", args=[request.id]), {"list": file})

    mixed_up = hand_in(second, rows)
    assert mixed_up.status_code == 422
    assert "the file of this request" in text(mixed_up)
    over = [list(row) for row in rows]
    over[1][product] = "正しい製品名"
    renamed = hand_in(first, over)
    assert renamed.status_code == 422
    assert "正しい製品名" in text(renamed)
    assert "is not the name asked about" in text(renamed)
    assert not SourceFile.objects.filter(format="vendor_answer").exists()
    assert hand_in(first, rows).status_code == 302


def test_an_answer_changed_since_the_page_was_shown_is_not_taken_unseen(enter, computers):
    operator, vendor = enter("power", "reporter"), enter("vendor", "vendor_contact")
    ask(operator, computers)
    request = VendorRequest.objects.get()
    mine = reverse("assets:asked_request", args=[request.id])
    theirs = reverse("assets:vendor_request", args=[request.id])
    vendor.post(mine, {"a-1-version": "1.0", "key": "a"})
    seen = re.search(r'name="seen" value="([^"]+)"', text(operator.get(theirs))).group(1)
    vendor.post(mine, {"a-1-version": "9.9", "key": "b"})
    typed = {"action": "take", "item": str(VendorItem.objects.get().id), "facts": ["version"],
             "changed_on": "2026-11-20", "key": "t", "seen": seen}  # fmt: skip
    late = operator.post(theirs, typed)
    assert late.status_code == 409
    assert "has changed since it was looked at" in text(late)
    assert Computer.objects.get(key="P-009").version == ""
    again = re.search(r'name="seen" value="([^"]+)"', text(late)).group(1)
    assert operator.post(theirs, {**typed, "seen": again}).status_code == 302
    assert Computer.objects.get(key="P-009").version == "9.9"


def test_what_is_typed_too_long_is_refused_with_its_limit_and_kept(enter, computers):
    operator, vendor = enter("power", "reporter", language="ja"), enter("vendor", "vendor_contact", language="ja")
    ask(operator, computers)
    request = VendorRequest.objects.get()
    mine = reverse("assets:asked_request", args=[request.id])
    note = "備" * 1001
    late = vendor.post(mine, {"a-1-version": "1.0", "note-1": note, "key": "a"})
    assert late.status_code == 422
    assert "1000文字まで" in text(late)
    assert note in text(late)
    assert not VendorItem.objects.exclude(note="").exists()
    vendor.post(mine, {"a-1-version": "1.0", "key": "b"})
    theirs = reverse("assets:vendor_request", args=[request.id])
    seen = re.search(r'name="seen" value="([^"]+)"', text(operator.get(theirs))).group(1)
    typed = {"action": "decline", "item": str(VendorItem.objects.get().id), "seen": seen, "reason": "理" * 1001,
             "changed_on": "2026-11-02", "key": "c"}  # fmt: skip
    refused = operator.post(theirs, typed)
    assert refused.status_code == 422
    for said in ("1000文字まで", "理" * 1001, 'value="2026-11-02"'):
        assert said in text(refused)
    withdrawn = operator.post(theirs, {"action": "withdraw", "reason": "止" * 2001, "key": "d"})
    assert withdrawn.status_code == 422
    for said in ("2000文字まで", "止" * 2001):
        assert said in text(withdrawn)


def test_the_notes_of_a_file_are_all_kept_and_none_without_an_answer(enter, computers):
    client = enter("power", "reporter")
    ask(client, computers, vendor="", vendor_name="架空機器販売")
    request = VendorRequest.objects.get()
    items = reading.read(viewer("power", "reporter"), "assets.vendor_items", request=request.id)
    first, second = files.cells(items)
    heads = [head.heading.ja for head in files.HEADS]

    def read(*lines):
        out = io.StringIO()
        csv.writer(out).writerows([heads, *lines])
        return files.read(out.getvalue().encode(), items)

    both = read([*first[:5], "1.0", "版の補足"], [*second[:5], "不明", "用途の補足"])
    assert not both.faults
    assert both.rows[0]["note"] == "版の補足\n用途の補足"
    alone = read([*first[:5], "1.0", ""], [*second[:5], "", "用途の補足"])
    assert [one.what.en for one in alone.faults] == ["There is a note without an answer."]
