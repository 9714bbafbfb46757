"""What waits, what was undone, and a list older than the register, in a real browser on a phone and a desktop."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from sakimori.acts import door
from sakimori.assets.models import Computer, StocktakeList
from tests.assets.another_way import CATEGORY, arrive, send_on_paper
from tests.support.browser import DESKTOP, PHONE
from tests.support.deployment import viewer
from tests.support.filing import import_register
from tests.support.looking import Looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change(key, day, **told):
    said = {"computer": str(Computer.objects.get(key=key).id), "changed_on": day, **told}
    door.perform("assets.computer.change", said, by=viewer("power", "reporter"))


@pytest.mark.parametrize(("width", "language"), [(PHONE, "ja"), (DESKTOP, "en")])
def test_nothing_is_offered_twice_or_comes_back(enter, open_window, live_server, width, language, tmp_path):
    import_register()
    filed = send_on_paper()
    arrive(filed)
    change("P-002", "2026-11-18", product="FortiOS NG")
    change("P-002", "2026-11-19", product="FortiOS")
    looks = Looks(enter, open_window, live_server.url, width, language)
    operator = looks.sit("power", "reporter")
    page = operator.page

    def see(name, address):
        page.goto(live_server.url + address)
        looks.at(operator, name)

    see("82-undone", reverse("assets:changes"))
    change("P-001", "2026-11-19", maker="別の製造者")
    draft = f"{reverse('assets:change')}?category={CATEGORY}"
    see("83-draft", draft)
    page.click("main form button.main")
    see("84-proposed-already", draft)
    change("P-001", "2026-11-20", maker="さらに別の製造者")
    see("85-proposed-otherwise", draft)
    assert page.locator("input[name=digest]").count() == 0
    see("86-drafts", reverse("assets:drafts"))
    see("87-correct-on-paper", reverse("assets:correct_otherwise", args=[filed.id]))
    door.perform("assets.stocktake.start", {"title": "秋", "answer_by": "2026-12-08"}, by=viewer("power", "reporter"))
    one = StocktakeList.objects.get()
    with page.expect_download() as found:
        page.goto(live_server.url + reverse("assets:stocktake_list", args=[one.id]))
        page.click("a[href$='/xlsx/']")
    book = load_workbook(io.BytesIO(found.value.path().read_bytes()))
    sheet = book["一覧"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for head, value in (("製造者名", "Fortinet KK"), ("回答", "変更"), ("変わった日・廃止した日", "2026-11-02")):
        sheet.cell(3, heads[head], value)
    change("P-002", "2026-11-20", maker="Fortinet Inc", version="7.6")
    book.save(tmp_path / "秋.xlsx")
    page.goto(live_server.url + reverse("assets:stocktake_return", args=[one.id]))
    page.set_input_files("#list", tmp_path / "秋.xlsx")
    page.click("main form button.main")
    looks.at(operator, "88-conflict")
    assert page.locator("input[name=use]").count() == 1
    assert not looks.faults
