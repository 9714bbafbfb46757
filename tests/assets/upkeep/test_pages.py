"""The upkeep on the site: changes, a stocktake from start to close, lists as files, settings, what is due."""

import csv
import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from sakimori.acts import door
from sakimori.acts.models import Notice
from sakimori.assets.models import (
    Computer,
    ComputerChange,
    DueReminder,
    FacilityDerivation,
    SourceFile,
    Stocktake,
    StocktakeList,
)
from sakimori.assets.upkeep import rederiving, reminding, returning
from sakimori.web import rooms
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.fixture
def register(parties):
    """The power operator's five computers, notified; 甲野 answers for two of them."""
    import_register()
    file_notification()
    carry()
    for key in ("P-001", "P-002"):
        payload = {"computer": str(Computer.objects.get(key=key).id), "changed_on": "2026-11-20", "responsible": "甲野"}
        door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))
    return {one.key: one for one in Computer.objects.filter(world=WORLD)}


@pytest.fixture
def kono(register):
    """A stocktake under way, and 甲野's list of it."""
    payload = {"title": "秋の棚卸し", "answer_by": "2026-12-08"}
    door.perform("assets.stocktake.start", payload, by=viewer("power", "reporter"))
    return StocktakeList.objects.get(responsible="甲野")


def test_a_change_begins_with_what_is_recorded_and_keeps_only_what_differs(enter, register):
    client = enter("power", "reporter")
    computer = register["P-002"]
    address = reverse("assets:change_computer", args=[computer.id])
    page = text(client.get(address))
    for said in ('value="FortiOS"', 'value="Fortinet"', 'name="f-changed_on" value=""'):
        assert said in page  # nobody's day is guessed: the period runs from it
    assert "f-facts" not in page
    typed = {"f-changed_on": "2026-11-21", "f-product": "FortiOS", "f-maker": "Fortinet", "f-name": computer.name,
             "f-version": "7.6", "f-responsible": "甲野", "f-address": "", "f-serial": "", "key": "one"}  # fmt: skip
    done = client.post(address, typed, follow=True)
    assert "nothing notified changed" in text(done)
    assert ComputerChange.objects.order_by("-recorded_at").first().fields == {"version": ["", "7.6"]}
    done = client.post(address, {**typed, "f-product": "FortiOS NG", "key": "two"}, follow=True)
    for said in ("must be notified", "FortiOS → FortiOS NG", "2027-03-23"):
        assert said in text(done) or said == "2027-03-23"
    unchanged = client.post(address, {**typed, "f-product": "FortiOS NG", "key": "three"})
    assert unchanged.status_code == 422
    assert "Nothing has changed" in text(unchanged)
    undated = client.post(address, {**typed, "f-changed_on": "", "f-version": "8", "key": "five"})
    assert (undated.status_code, 'id="f-changed_on-error"' in undated.content.decode()) == (422, True)
    faulty = client.post(address, {**typed, "f-changed_on": "2027-01-01", "f-version": "8", "key": "four"})
    assert faulty.status_code == 422
    assert 'value="8"' in text(faulty)
    listed = text(client.get(reverse("assets:changes"), {"state": "waiting"}))
    assert "FortiOS → FortiOS NG" in listed
    assert "1 computer has changed" in listed
    assert "Order Art. 3(4)" in listed  # the minor change is explained


def test_a_stocktake_from_start_to_close(enter, register):
    client = enter("power", "reporter")
    assert "Start a stocktake" in text(client.get(reverse("assets:stocktakes")))
    form = text(client.get(reverse("assets:start_stocktake")))
    for said in ("甲野", "Start it with 2 lists", "For 3 computers nobody responsible is named"):
        assert said in form
    typed = {"f-title": "秋の棚卸し", "f-answer_by": "2026-12-08", "key": "start"}
    progress = text(client.post(reverse("assets:start_stocktake"), typed, follow=True))
    assert "0 / 2" in progress
    kono = StocktakeList.objects.get(responsible="甲野")
    address = reverse("assets:stocktake_list", args=[kono.id])
    page = text(client.get(address))
    assert "Nothing has changed" in page
    assert f"?list={kono.id}" in page
    listed = hidden(page, "listed")
    stale = client.post(address, {"computers": "7", "listed": "0" * 64, "key": "stale"})
    assert stale.status_code == 422
    assert "has changed since it was opened" in text(stale)
    done = client.post(address, {"computers": "2", "listed": listed, "key": "answer"}, follow=True)
    assert "The answer is recorded" in text(done)
    stocktake = Stocktake.objects.get()
    whole = reverse("assets:stocktake", args=[stocktake.id])
    assert "1 / 2" in text(client.get(whole))
    reminded = client.post(whole, {"action": "remind", "key": "r"}, follow=True)
    said = text(reminded)
    assert "goes to its reporters by mail" in said
    assert "no account here bears the name" in said
    assert (reminded.context["told"], reminded.context["untold"]) == ([], ["(nobody named)"])
    refused = client.post(whole, {"action": "close", "key": "c"})
    assert refused.status_code == 422
    assert "1 list(s) have no answer" in text(refused)
    closed = client.post(whole, {"action": "close", "note": "異動のため", "key": "c2"}, follow=True)
    for said in ("The stocktake is closed", "異動のため", "What came of it"):
        assert said in text(closed)
    later = text(client.get(reverse("assets:stocktakes")))
    assert "The next one is to begin" in later
    assert client.post(whole, {"action": "nonsense"}).status_code == 404


def hidden(page, name):
    return re.search(f'name="{name}" value="([^"]*)"', page).group(1)


def filled(client, kono, edit):
    answer = client.get(reverse("assets:stocktake_xlsx", args=[kono.id]))
    book = load_workbook(io.BytesIO(answer.content))
    page = book["一覧"]
    heads = {cell.value: cell.column for cell in page[1]}
    rows = {page.cell(row, 1).value: row for row in range(2, page.max_row + 1)}
    edit(lambda key, head, value: page.cell(rows[key], heads[head], value), page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def untouched(put, page):
    """Leave a list as it was given out."""
    del put, page


def many_new(put, page):
    """Name more new computers than an answer's note holds."""
    del put
    for _ in range(40):
        page.append([None, "新しい交換機" * 20])


def give_back(client, kono, data, name="甲野.xlsx"):
    address = reverse("assets:stocktake_return", args=[kono.id])
    return client.post(address, {"list": SimpleUploadedFile(name, data)}, follow=True)


def test_a_list_filled_in_without_an_account_is_read_back(enter, kono, register):
    client = enter("power", "reporter")

    def edit(put, page):
        put("P-001", "製品名", "CENTUM VP R7")
        put("P-001", "回答", "変更")
        put("P-001", "変わった日・廃止した日", "2026/11/2")
        put("P-002", "回答", "廃止")
        put("P-002", "変わった日・廃止した日", "令和8年11月10日")
        page.append([None, "新しい交換機"])

    page = give_back(client, kono, filled(client, kono, edit))
    for said in ("2 differ", "CENTUM VP → CENTUM VP R7", "新しい交換機", "Nothing is recorded yet"):
        assert said in text(page)
    assert not ComputerChange.objects.filter(outcome="change").exists()
    kept = SourceFile.objects.get(format="stocktake")
    address = reverse("assets:stocktake_return", args=[kono.id])
    done = client.post(address, {"file": str(kept.id), "answered_for": "甲野"}, follow=True)
    assert "The answer is recorded" in text(done)
    kono.refresh_from_db()
    assert (kono.changed, kono.retired, kono.channel, kono.answered_for) == (1, 1, "file", "甲野")
    assert "新しい交換機" in kono.note
    assert not SourceFile.objects.filter(format="stocktake").exists()
    assert ComputerChange.objects.get(outcome="change").changed_on.isoformat() == "2026-11-02"


def test_a_list_older_than_the_register_carries_nothing_old_back_and_conflicts_are_decided(enter, kono, register):
    client = enter("power", "reporter")

    def edit(put, page):
        del page
        for key, maker in (("P-001", "横河電機株式会社"), ("P-002", "Fortinet KK")):
            put(key, "製造者名", maker)
            put(key, "回答", "変更")
            put(key, "変わった日・廃止した日", "2026-11-02")

    data = filled(client, kono, edit)  # given out and filled in; meanwhile the register goes on
    for key, told in (("P-001", {"product": "CENTUM VP R7"}), ("P-002", {"maker": "Fortinet Inc", "version": "7.6"})):
        said = {"computer": str(register[key].id), "changed_on": "2026-11-20", **told}
        door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    page = text(give_back(client, kono, data))
    assert "CENTUM VP R7" not in page  # the old product of the file is not the writer's
    for said in ("1 differs", "2 cells are older than the register", "Fortinet KK", "Fortinet Inc"):
        assert said in page, said
    kept = SourceFile.objects.get(format="stocktake")
    (conflict,) = kept.choices["conflicts"]
    assert (conflict["then"], conflict["now"], conflict["value"]) == ("Fortinet", "Fortinet Inc", "Fortinet KK")
    (plain,) = kept.choices["changes"]
    assert {**plain} == {
        "computer": str(register["P-001"].id), "changed_on": "2026-11-02", "maker": "横河電機株式会社",
        "was": {"maker": "横河電機"},
    }  # fmt: skip
    address = reverse("assets:stocktake_return", args=[kono.id])
    use = f"{register['P-002'].id}/maker"
    client.post(address, {"file": str(kept.id), "answered_for": "甲野", "use": use}, follow=True)
    now = {one.key: one for one in Computer.objects.filter(key__in=("P-001", "P-002"))}
    assert (now["P-001"].product, now["P-001"].maker) == ("CENTUM VP R7", "横河電機株式会社")
    assert (now["P-002"].maker, now["P-002"].version) == ("Fortinet KK", "7.6")


def confirm(client, kono, **typed):
    kept = SourceFile.objects.get(format="stocktake")
    address = reverse("assets:stocktake_return", args=[kono.id])
    return client.post(address, {"file": str(kept.id), "answered_for": "代筆 丙山", **typed})


def test_what_a_colleague_records_before_a_file_is_confirmed_is_a_conflict_to_decide(enter, kono, register):
    client = enter("power", "reporter")

    def edit(put, page):
        del page
        put("P-001", "製造者名", "紙の製造者")
        put("P-001", "回答", "変更")
        put("P-001", "変わった日・廃止した日", "2026-11-20")

    give_back(client, kono, filled(client, kono, edit))
    said = {"computer": str(register["P-001"].id), "changed_on": "2026-11-20", "maker": "同僚が直した製造者"}
    door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    refused = confirm(client, kono)
    assert refused.status_code == 422
    for told in ("Somebody has changed Maker", "同僚が直した製造者", "紙の製造者", 'value="代筆 丙山"'):
        assert told in text(refused), told
    assert Computer.objects.get(key="P-001").maker == "同僚が直した製造者"
    again = confirm(client, kono, use=f"{register['P-001'].id}/maker")
    assert again.status_code == 302
    assert Computer.objects.get(key="P-001").maker == "紙の製造者"


def test_a_file_about_other_computers_than_now_is_refused_and_its_faults_named(enter, kono, register):
    client = enter("power", "reporter")
    give_back(client, kono, filled(client, kono, lambda *_: None))
    for key, name in (("P-002", "乙川"), ("P-003", "甲野")):
        said = {"computer": str(register[key].id), "changed_on": "2026-11-20", "responsible": name}
        door.perform("assets.computer.change", said, by=viewer("power", "reporter"))
    refused = confirm(client, kono)
    assert refused.status_code == 422
    for told in ("not the same computers", "P-003” is missing", "P-002” is not on this list"):
        assert told in text(refused), told
    kono.refresh_from_db()
    assert kono.status == "waiting"


def test_what_is_typed_too_long_is_refused_with_its_limit_and_kept(enter, kono, register):
    client = enter("power", "reporter", language="ja")
    whole = reverse("assets:stocktake", args=[kono.stocktake_id])
    note = "長" * 4001
    closed = client.post(whole, {"action": "close", "note": note, "key": "c"})
    assert closed.status_code == 422
    assert "4000" in text(closed)
    assert note in text(closed)
    give_back(client, kono, filled(client, kono, lambda *_: None))
    named = confirm(client, kono, answered_for="名" * 201)
    assert named.status_code == 422
    assert "200" in text(named)
    assert "名" * 201 in text(named)
    many = filled(client, kono, lambda _, page: [page.append([None, "新しい交換機" * 20]) for _ in range(40)])
    faulty = give_back(client, kono, many)
    assert faulty.status_code == 422
    assert "3900文字まで" in text(faulty)


@pytest.mark.parametrize(
    "issued", ["", "t", "tffffffffffffff", "tfffffffffffffffffffff", "6.41E+14", "'; --", "ｔ１２", "t12"]
)
def test_a_list_whose_time_was_written_over_is_compared_with_the_beginning_of_the_stocktake(register, kono, issued):
    known = {**Computer.objects.values(*returning.TOLD, "id", "key", "introduced_on").get(key="P-001")}
    old = {"computer": known["id"], "key": "P-001", "event": "changed", "recorded_at": kono.stocktake.started_at}
    changed = [{**old, "fields": {"maker": ["元の製造者", known["maker"]]}}]
    told = {
        **known,
        "maker": "元の製造者",
        "product": "新しい製品",
        "answer": "変更",
        "day": "2026-11-02",
        "issued": issued,
    }
    heads = [head.heading.ja for head in returning.heads()]
    line = [str(told.get(head.name) or "") for head in returning.heads()]
    out = io.StringIO()
    csv.writer(out).writerows([heads, line])
    said = returning.read(out.getvalue().encode(), [known], date(2026, 11, 24), changed)
    assert not said.faults
    far = issued == "tffffffffffffff"  # thousands of years from now: given out after everything
    (one,) = said.changes
    assert (one.get("maker"), one["product"]) == ("元の製造者" if far else None, "新しい製品")


def test_every_fault_of_a_list_is_named_with_its_line_and_nothing_is_kept(enter, kono):
    client = enter("power", "reporter")
    found = client.get(reverse("assets:stocktake_csv", args=[kono.id]))
    rows = list(csv.reader(io.StringIO(found.content.decode("utf-8-sig"))))
    heads = rows[0]

    def with_rows(*changed):
        out = io.StringIO()
        csv.writer(out).writerows([heads, *changed])
        return out.getvalue().encode()

    def row(number, answer=None, product=None, day=None, key=None):
        told = {"回答": answer, "製品名": product, "変わった日・廃止した日": day, "管理番号": key}
        return [told.get(head) or value for head, value in zip(heads, rows[number], strict=True)]

    for broken, said in (
        (with_rows(row(1), row(2, answer="たぶん")), "たぶん"),
        (with_rows(row(1), row(2, product="別の製品")), "day of the change is missing"),
        (with_rows(row(1), row(2, answer="変更なし", product="別の製品")), "It says unchanged"),
        (with_rows(row(1), row(2, answer="変更")), "nothing differs"),
        (with_rows(row(1), row(2, answer="廃止", day="2031-02-30")), "is no day"),
        (with_rows(row(1), row(2, answer="廃止", day="2031-02-03")), "to come"),
        (with_rows(row(1)), "P-002” is missing"),
        (with_rows(row(1), row(1), row(2)), "stands twice"),
        (with_rows(row(1), row(2), row(2, key="P-999")), "is not on this list"),
        (
            with_rows(row(1), row(2, product="x" * 300, answer="変更", day="2026-11-02")),
            "too long",
        ),
        (b"a,b\n1,2\n", "not that list"),
        (b"", "How to mend it"),
        (b"\x89PNG\r\n", "How to mend it"),
    ):
        answer = give_back(client, kono, broken, "list.csv")
        assert answer.status_code == 422, said
        assert said in text(answer), said
    assert client.post(reverse("assets:stocktake_return", args=[kono.id])).status_code == 422
    assert not SourceFile.objects.filter(format="stocktake").exists()
    for nothing in (None, "変わりない", "変わりなし"):  # the words of the page's own button
        untouched = give_back(client, kono, with_rows(row(1), row(2, answer=nothing)), "list.csv")
        assert "Nothing has changed." in text(untouched)
    for day in ("令和 8 年 11 月 2 日 14:00", "20261102", "2026/11/2", "46328", "46328.0"):
        read_back = give_back(client, kono, with_rows(row(1), row(2, answer="廃止", day=day)), "list.csv")
        assert "2026-11-02" in text(read_back), day
    assert "to print" in text(client.get(reverse("assets:stocktake_list", args=[kono.id]))).lower()
    assert "P-001" in text(client.get(reverse("assets:stocktake_print", args=[kono.id])))


def test_another_operator_finds_none_of_it(enter, kono):
    client = enter("rail", "reporter")
    for name in ("stocktake_list", "stocktake_xlsx", "stocktake_csv", "stocktake_print", "stocktake_return"):
        assert client.get(reverse(f"assets:{name}", args=[kono.id])).status_code == 404
    assert client.get(reverse("assets:stocktake", args=[kono.stocktake_id])).status_code == 404
    viewing = enter("power", "viewer")
    assert viewing.post(reverse("assets:stocktake_list", args=[kono.id]), {"computers": "2"}).status_code == 403
    assert viewing.get(reverse("assets:stocktake_return", args=[kono.id])).status_code == 403


def test_the_approver_settles_disposals_and_the_retire_page_says_how_it_stands(enter, register):
    client = enter("power", "approver")
    retire = reverse("assets:retire_computer", args=[register["P-002"].id])
    assert "recorded, and not filed" in text(client.get(retire))
    assert 'name="f-retired_on" value=""' in text(client.get(retire))  # a day the law may count from is asked for
    typed = {"f-stocktake_months": "6", "f-file_disposals": "yes", "f-answer": "変更に当たる", "key": "s"}
    done = client.post(reverse("assets:upkeep_settings"), {**typed, "f-answered_on": "2026-11-20"}, follow=True)
    assert "Disposals and undone changes that are not filed yet were looked at anew" in text(done)
    assert "is filed as a change" in text(client.get(retire))
    gone = client.post(retire, {"f-retired_on": "2026-11-20", "key": "g"}, follow=True)
    assert "must be notified" in text(gone)
    reporter = enter("power", "reporter")
    assert "An approver settles this" in text(reporter.get(reverse("assets:upkeep_settings")))
    assert reporter.post(reverse("assets:upkeep_settings"), typed).status_code in (200, 403)


def test_a_reminder_and_a_new_derivation_lead_to_what_they_are_about(enter, parties, move):
    import_register()
    payload = {"facility": str(fixed("power.facility")), "order_changed_on": "2026-11-01",
               "in_place_since": "2026-11-01", "reason": "改正"}  # fmt: skip
    door.perform("parties.facility.correct", payload, by=viewer("power", "administrator"))
    rederiving.derive(WORLD)
    client = enter("power", "reporter")
    derived = FacilityDerivation.objects.get()
    page = text(client.get(reverse("assets:derivation", args=[derived.id])))
    assert "power 第一" in page
    notice = Notice.objects.get(kind="assets.register.rederive")
    assert rooms.subject_url(notice.subject_type, notice.subject) == reverse("assets:derivation", args=[derived.id])
    move("2027-04-01")
    assert reminding.remind(WORLD) == 1
    reminder = DueReminder.objects.get()
    page = text(client.get(reverse("assets:due", args=[reminder.id])))
    assert "computers left" in page
    assert "Draft the notification" in page


def test_the_list_of_changes_says_undone_where_a_change_was_undone(enter, register):
    for key, product in (("P-002", "FortiOS NG"), ("P-002", "FortiOS"), ("P-001", "別の製品")):
        payload = {"computer": str(register[key].id), "changed_on": "2026-11-20", "product": product}
        door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))
    client = enter("power", "reporter")
    address = reverse("assets:changes")
    page = text(client.get(address))
    assert page.count(">undone before it was notified (open whether to notify)<") == 2
    assert ">open (questions)<" not in page
    assert 'href="?undone=1"' in page
    for asked in ({"undone": "1"}, {"q": "undone"}):
        found = text(client.get(address, asked))
        assert found.count("undone before it was notified (open") == 2, asked
        assert "別の製品" not in found, asked
    sorted_ = text(client.get(address, {"sort": "answer"}))
    assert sorted_.index(">must be notified<") < sorted_.index("undone before it was notified (open whether")
    rows = client.get("/api/v1/queries/assets.changes", {"undone": "true"}).json()["rows"]
    assert [(row["outcome"], row["answer"]) for row in rows] == [("open", "undone")] * 2
    assert {row["answer"] for row in client.get("/api/v1/queries/assets.changes").json()["rows"]} >= {"change", "none"}
