"""How long documents are kept, and views on disclosure: copied from the office's table, sent on, never automatic."""

from datetime import date

import pytest
from django.urls import reverse

from sakimori.acts import door, keeping, reading
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PayloadError, RefusedError
from sakimori.acts.models import Act, DisclosureMark
from tests.support.deployment import fixed, viewer
from tests.support.filing import file_notification, import_register
from tests.support.warning import carry
from tests.web.conftest import enter

pytestmark = pytest.mark.django_db
__all__ = ["enter"]
TABLE = {"kinds": "assets", "title": "届出関係", "years": 5, "measure": "dispose", "source": "保存期間表 別紙",
         "valid_from": "2026-04-01"}  # fmt: skip


def classify(by=None, **changed):
    return door.perform("acts.records.classify", {**TABLE, **changed}, by=by or viewer("meti", "administrator"))


@pytest.mark.parametrize(
    ("made", "years", "until"),
    [
        (date(2026, 3, 31), 1, date(2027, 3, 31)),
        (date(2026, 4, 1), 1, date(2028, 3, 31)),
        (date(2026, 11, 24), 5, date(2032, 3, 31)),
        (date(2027, 1, 1), 30, date(2057, 3, 31)),
    ],
)
def test_the_period_begins_on_the_first_of_april_after_the_year(made, years, until):
    assert keeping.expires(made, years) == until


def test_without_a_table_the_retention_is_unknown_and_with_one_it_is_counted(parties):
    door.perform("assets.reminder.send", {"operator": str(fixed("power"))}, by=viewer("meti", "officer"))
    keeper = viewer("meti", "administrator")
    row = next(one for one in reading.read(keeper, "acts.records") if one["kind"] == "assets.reminder.send")
    assert (row["state"], row["until"], row["documents"], row["year"]) == ("unknown", None, 1, 2026)
    classify()
    classify(kinds="assets.reminder.send", title="催促", years=1)
    row = next(one for one in reading.read(keeper, "acts.records") if one["kind"] == "assets.reminder.send")
    assert (row["class"], str(row["until"]), row["state"]) == ("催促", "2028-03-31", "kept")
    classify(kinds="assets.reminder.send", title="催促", years=None, valid_from="2026-05-01")
    row = next(one for one in reading.read(keeper, "acts.records") if one["kind"] == "assets.reminder.send")
    assert row["state"] == "permanent"


def test_what_is_over_is_due_for_the_office_and_nothing_is_disposed_of(parties, settings):
    door.perform("assets.reminder.send", {"operator": str(fixed("power"))}, by=viewer("meti", "officer"))
    classify(years=1)
    worlds = {**settings.SAKIMORI_DEPLOYMENT["worlds"], "sample": {"date": "2028-04-01"}}
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "worlds": worlds}
    before = Act.objects.count()
    rows = reading.read(viewer("meti", "administrator"), "acts.records")
    assert {row["state"] for row in rows if row["kind"].startswith("assets.")} == {"due"}
    assert Act.objects.count() == before


def test_a_table_of_another_office_counts_for_nobody_else_and_only_administrators_enter_it(parties):
    classify(by=viewer("cabinet", "administrator"))
    assert keeping.class_of(viewer("meti", "officer"), "assets.entry.record", date(2026, 11, 24)) is None
    with pytest.raises(NotAuthorisedError):
        classify(by=viewer("meti", "officer"))
    with pytest.raises(NotAuthorisedError):
        reading.read(viewer("meti", "officer"), "acts.records")
    with pytest.raises(RefusedError, match="その部屋又は行為の種類はありません"):
        classify(kinds="nothing")
    with pytest.raises(PayloadError):
        classify(years=0)


def marked(by, about, **changed):
    payload = {
        "about": str(about),
        "fields": "製品名",
        "limbs": ["2", "4"],
        "reason": "攻撃の足がかりになる",
        **changed,
    }
    return door.perform("acts.disclosure.mark", payload, by=by)


def test_a_filers_view_reaches_the_office_and_the_office_has_its_own(parties):
    import_register()
    filed = file_notification()
    carry()
    marked(viewer("power", "reporter"), filed.act)
    carry()
    officer = viewer("meti", "officer")
    (seen,) = reading.read(officer, "acts.disclosures", about=filed.act)
    assert (seen["side"], seen["limbs"], seen["fields"]) == ("filer", ["2", "4"], "製品名")
    marked(officer, filed.act, limbs=["6"])
    assert {row["side"] for row in reading.read(officer, "acts.disclosures")} == {"filer", "office"}
    assert {row["side"] for row in reading.read(viewer("power", "viewer"), "acts.disclosures")} == {"filer"}
    assert reading.read(viewer("mlit", "officer"), "acts.disclosures") == []
    assert DisclosureMark.objects.count() == 3


def test_nobody_marks_what_he_has_not_filed_or_received(parties):
    import_register()
    filed = file_notification()
    carry()
    for by in (viewer("rail", "reporter"), viewer("mlit", "officer")):
        with pytest.raises(NotFoundError):
            marked(by, filed.act)
    with pytest.raises(PayloadError):
        marked(viewer("power", "reporter"), filed.act, limbs=["7"])
    with pytest.raises(PayloadError):
        marked(viewer("power", "reporter"), filed.act, limbs=[])


def test_the_pages_show_them_without_contents_and_as_csv(enter):
    done = door.perform("assets.reminder.send", {"operator": str(fixed("power"))}, by=viewer("meti", "officer"))
    keeper = enter("meti", "administrator")
    page = keeper.get(reverse("records")).content.decode()
    assert "retention unknown" in page
    assert reverse("new_act", args=["acts.records.classify"]) in page
    classify()
    assert "31 Mar 2032" in keeper.get(reverse("records")).content.decode()
    assert "2032-03-31" in keeper.get(reverse("records"), {"format": "csv"}).content.decode("utf-8-sig")
    officer = enter("meti", "officer")
    assert officer.get(reverse("records")).status_code == 403
    assert "31 Mar 2032" in officer.get(reverse("act", args=[done.act])).content.decode()
    marked(viewer("meti", "officer"), done.act)
    page = officer.get(reverse("disclosure")).content.decode()
    assert "攻撃の足がかりになる" in page
    assert "攻撃の足がかり" in officer.get(reverse("disclosure"), {"format": "csv"}).content.decode("utf-8-sig")
