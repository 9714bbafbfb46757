"""Rows that are no computers are left out by a person, on the site, by API and command line, and the record says so."""

import io
import json
import re

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import history
from sakimori.acts.models import Act
from sakimori.assets import intake, taking
from sakimori.assets.models import Computer, Upload
from sakimori.assets.sources.reading import read_source
from sakimori.cli.main import main
from sakimori.errors import SakimoriError
from sakimori.parties.models import Account
from tests.support.deployment import viewer
from tests.support.filing import HEADING, ROWS, csv

pytestmark = pytest.mark.django_db
TOTAL = "合計,,,,,,,,,,,,,,,,,,2台"
DAYS = ("45931", "45931.375", "令和7年10月1日 9:00", "令和 7 年 10 月 1 日", "2025-09-30T20:00:00-05:00")
BLANK = "－,,,,,,,,,,,,,,,,,,"


def text(answer):
    return answer.content.decode()


def imported():
    return history.load(Act.objects.get(kind="assets.register.import").id)["payload"]


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def test_on_the_site_faulty_rows_are_ticked_left_out_and_named_in_the_record(enter):
    client = enter("power", "reporter", language="ja")
    sent = {"file": SimpleUploadedFile("台帳.csv", csv((*ROWS[:2], BLANK, TOTAL)))}
    page = client.post(reverse("assets:import"), sent, follow=True)
    assert 'name="chosen" value="5"' in text(page)
    address = page.redirect_chain[-1][0]
    nothing = client.post(address, {"action": "leave_out"})
    assert (nothing.status_code, "除く行が選ばれていません" in text(nothing)) == (422, True)
    one = client.post(address, {"action": "leave_out", "chosen": ["5", "999999", "x"]}, follow=True)
    assert "5行目: 合計 / 2台" in text(one)
    assert 'value="4"' in text(one)
    clean = client.post(one.redirect_chain[-1][0], {"action": "leave_out", "chosen": "every"}, follow=True)
    assert "誤りはありません" in text(clean) or "2台を取り込む" in text(clean)
    done = client.post(clean.redirect_chain[-1][0], {"action": "import"}, follow=True)
    assert done.status_code == 200
    assert imported()["left_out"] == [{"line": 4, "says": "－"}, {"line": 5, "says": "合計 / 2台"}]
    assert "合計 / 2台" in text(client.get(reverse("act", args=[Act.objects.get(kind="assets.register.import").id])))
    assert Computer.objects.count() == 2


def test_only_what_is_ticked_on_the_page_is_left_out_whatever_another_page_of_the_file_left_out(enter):
    client = enter("power", "reporter", language="ja")
    undated = ROWS[0].replace("2024-06-01", "導入日不明")
    sent = {"file": SimpleUploadedFile("台帳.csv", csv((undated, ROWS[1], TOTAL)))}
    page = client.post(reverse("assets:import"), sent, follow=True)
    address = page.redirect_chain[-1][0]
    for says in ("P-001 / 監視制御サーバー", ">合計</td>"):  # what is ticked is seen, not its number alone
        assert says in text(page)
    every = client.post(address, {"action": "leave_out", "chosen": "every"}, follow=True)
    assert "2行目: P-001" in text(every)
    assert '<details class="banner" open>' in text(every)
    back = client.post(address, {"action": "leave_out", "chosen": "4"}, follow=True)  # back, and only the total ticked
    assert "導入日不明" in text(back)
    assert "2行目: P-001" not in text(back)
    again = client.post(back.redirect_chain[-1][0], {"action": "leave_out", "chosen": "2"}, follow=True)
    assert [one["line"] for one in Upload.objects.latest("checked_at").outcome["left_out"]] == [2, 4]
    assert "誤りはありません" in text(again)


def test_any_row_can_be_left_out_of_what_a_list_would_change_or_become(operator_edition, enter):
    client = enter("power", "reporter", language="ja")

    def send(*rows):
        sent = {"file": SimpleUploadedFile("台帳.csv", csv(rows))}
        page = client.post(reverse("assets:import"), sent, follow=True)
        return page.redirect_chain[-1][0], text(page)

    address, preview = send(*ROWS[:3])
    assert 'name="chosen" value="3"' in preview  # a clean list: what each row would become
    left = client.post(address, {"action": "leave_out", "chosen": "3"}, follow=True)
    assert "3行目: P-002" in text(left)
    client.post(left.redirect_chain[-1][0], {"action": "import"})
    assert sorted(Computer.objects.values_list("key", flat=True)) == ["P-001", "P-003"]
    changed = ROWS[0].replace("横河電機", "別の製造者").replace("CENTUM VP", "CENTUM NG")
    address, differs = send(changed, *ROWS[1:4])
    assert differs.count('name="chosen" value="2"') == 1  # two fields of the line change, one box
    refused = client.post(address, {"action": "leave_out", "chosen": ["77", "²", "9" * 30]})
    assert (refused.status_code, "除く行が選ばれていません" in text(refused)) == (422, True)
    assert 'name="chosen" value="3"' in text(client.get(address, {"show": "new"}))
    left = client.post(address, {"action": "leave_out", "chosen": ["2", "3"]}, follow=True)
    assert "除いた行は、一覧にないものとして数えます。" in text(left)
    client.post(left.redirect_chain[-1][0], {"action": "import"})
    assert sorted(Computer.objects.values_list("key", flat=True)) == ["P-001", "P-003", "P-004"]
    assert Computer.objects.get(key="P-001").maker == "横河電機"
    made = Act.objects.filter(kind="assets.register.update").latest("recorded_at")
    assert [one["line"] for one in history.load(made.id)["payload"]["left_out"]] == [2, 3]


def test_by_api_and_command_line_lines_are_named_and_a_maker_given(enter, tmp_path):
    api, list_ = enter("power", "reporter"), csv((*ROWS[:2], BLANK, TOTAL))
    url = "/api/v1/assets/check"
    assert api.post(url, list_, content_type="text/csv").json()["faulty"] == 2
    found = api.post(f"{url}?leave_out=4-5", list_, content_type="text/csv").json()
    assert (found["count"], found["faulty"]) == (2, 0)
    refused = api.post(f"{url}?leave_out=4,77", list_, content_type="text/csv")
    assert (refused.status_code, "77" in refused.json()["detail"]) == (422, True)
    Account.objects.create_account("reporter", viewer("power", "reporter").person, None)
    path = tmp_path / "list.csv"
    nobody = ROWS[0].replace("横河電機", "")
    path.write_bytes(csv((nobody, ROWS[1], TOTAL)))
    given = ["assets", "import", str(path), "--as", "reporter", "--maker", "架空製作所", "--leave-out", "4"]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["count"] == 2
    assert imported()["left_out"] == [{"line": 4, "says": "合計 / 2台"}]
    assert Computer.objects.get(key="P-001").maker == "架空製作所"


@pytest.mark.parametrize("lines", ["x", "5-4", "1-100000", "1;2", "-3"])
def test_what_is_no_list_of_lines_is_refused(lines):
    with pytest.raises(SakimoriError) as refused:
        taking.lines_of(lines)
    assert "57,60-62" in refused.value.mend.en


def test_lines_are_listed_one_by_one_or_from_to():
    assert taking.lines_of("57, 60-62、70,") == [57, 60, 61, 62, 70]


def test_a_workbook_opens_on_the_list_not_on_its_cover(enter):
    cover = ("表紙", [["電子計算機一覧"], ["作成部署", "情報システム部"], ["作成日", "2026-11-01"]])
    old = ("改訂履歴", [["版", "日付", "内容"], ["1", "2026-10-01", "初版"]])
    rows = ("機器", [["機器番号", "ホスト名", "メーカー", "型番", "導入"], ["1", "a", "架空", "X-1", 45931]])
    data = book(cover, old, rows)
    client = enter("power", "reporter")
    sent = {"file": SimpleUploadedFile("台帳.xlsx", data)}
    page = text(client.post(reverse("assets:import"), sent, follow=True))
    assert 'aria-current="page">機器 (1)' in page
    assert "?sheet=0" in page
    source = read_source(data)
    assert taking.choose_sheet(source).name == "機器"
    assert "Not read: 表紙, 改訂履歴" in source.remarks[-1].en
    with pytest.raises(SakimoriError, match="choose one"):
        taking.choose_sheet(read_source(book(rows, ("機器2", rows[1]))))


def test_every_sheet_with_rows_that_is_not_read_is_named_the_hidden_ones_too():
    ours = ("機器", [HEADING.split(","), ROWS[0].split(",")])
    made = openpyxl.load_workbook(io.BytesIO(book(ours, ("旧機器", ours[1]), ("備考", [["語", "意味"], ["a", "b"]]))))
    made["旧機器"].sheet_state = "hidden"
    kept = io.BytesIO()
    made.save(kept)
    source = read_source(kept.getvalue())
    assert taking.choose_sheet(source).name == "機器"
    assert "Not read: 旧機器 (hidden), 備考" in source.remarks[-1].en
    one = read_source(book(ours))
    taking.choose_sheet(one)
    assert "Not read" not in " ".join(remark.en for remark in one.remarks)


def test_day_numbers_era_moments_and_empty_days_are_read_or_said(parties):
    reporter = viewer("power", "reporter")
    rows = [ROWS[0].replace("2024-06-01", day) for day in DAYS]
    checked = intake.check(reporter, csv([row.replace("P-001", f"K{n}") for n, row in enumerate(rows)]))
    assert [row["introduced_on"] for row in checked.rows] == ["2025-10-01"] * len(DAYS)
    assert "day numbers: 2" in " ".join(note.en for note in checked.notes)
    wrong = intake.check(reporter, csv([rows[0].replace("45931", "99999")]))
    assert "future" in wrong.faults[0].what.en


def test_the_day_of_a_change_is_asked_for_not_guessed(enter):
    client = enter("power", "reporter", language="ja")
    intake.perform(viewer("power", "reporter"), intake.take(viewer("power", "reporter"), csv(), "a.csv"), client="t")
    changed = [row.replace("CENTUM VP", "CENTUM VP2") for row in ROWS]
    page = client.post(reverse("assets:import"), {"file": SimpleUploadedFile("a.csv", csv(changed))}, follow=True)
    address = page.redirect_chain[-1][0]
    assert re.search(r'name="changed_on" value=""[^>]* required', page.content.decode())
    for empty in ({}, {"changed_on": ""}):
        assert client.post(address, {"action": "import", **empty}).status_code == 422
    refused = client.post(address, {"action": "import", "changed_on": " "})
    assert (refused.status_code, "変更のあった日が空欄です" in text(refused)) == (422, True)
    assert client.post(address, {"action": "import", "changed_on": "令和8年11月1日"}).status_code == 302
    assert Computer.objects.get(key="P-001").product == "CENTUM VP2"
    assert Upload.objects.filter(act=None).count() == 0
    assert HEADING


def test_the_page_that_waits_is_told_how_far_its_own_file_is(enter):
    client, token = enter("power", "reporter", language="ja"), "f" * 32
    address = f"{reverse('assets:progress')}?file={token}"
    assert client.get(address).json() == {"rows": None, "said": ""}
    page = text(client.get(reverse("assets:import")))
    assert "data-progress=" in page
    assert 'role="status"' in page
    sent = {"file": SimpleUploadedFile("台帳.csv", csv()), "progress": token}
    client.post(reverse("assets:import"), sent)
    assert client.get(address).json() == {"rows": 5, "said": "5行まで確かめました"}
    assert enter("rail", "reporter").get(address).json()["rows"] is None  # of another organisation nothing is told
    assert enter("power", "viewer").get(address).status_code == 403


def test_a_clean_list_of_ours_is_kept_only_on_the_operators_own_installation(enter):
    sent = {"file": SimpleUploadedFile("台帳.csv", csv(ROWS[:3]))}
    page = text(enter("power", "reporter").post(reverse("assets:import"), sent, follow=True))
    assert Upload.objects.get().file is None
    assert 'name="chosen"' not in page
