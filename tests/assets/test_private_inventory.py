"""The private inventory stays private: on an installation that is not the operator's own nothing of it is stored."""

import json
import zlib

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import batches, clock, door, proposals, reading
from sakimori.acts.models import Batch, BatchItem
from sakimori.assets import drafting, editions, importing, intake, taking
from sakimori.assets.editions import PRIVATE, PrivateInventoryError, holds_private_inventory, private_in
from sakimori.assets.models import Computer, SourceFile, SourceSheet, StocktakeList, Upload
from sakimori.assets.saying import FIELD
from sakimori.assets.sources import legend as legends
from sakimori.assets.upkeep import returning
from sakimori.assets.vendors import facts
from sakimori.cli.main import main
from sakimori.parties.models import Account
from sakimori.record import Viewer
from tests.assets.sources import documents
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import HEADING, ROWS, import_register

TOLD = {
    "版": "VERSION-9.1", "製造番号": "SERIAL-77", "アドレス": "ADDRESS-10.9.8.7", "担当": "RESPONSIBLE-A",
    "資産タグ": "TAG-5",
    "設置場所": "POSITION-3F", "所有者": "OWNER-B", "サポート終了日": "2027-01-02", "搭載機器": "HOST-CC",
    "CPE": "cpe:2.3:o:CPE-X", "PURL": "pkg:generic/PURL-X",
}  # fmt: skip
"""A value of each private column, by our own heading of it."""
LISTED = "\n".join((f"{HEADING},{','.join(TOLD)}", f"{ROWS[0]},{','.join(TOLD.values())}")) + "\n"
FOREIGN = (
    "資産番号,資産名,設備,メーカ,型番,区分,導入年月日,シリアル番号,設置場所,ipアドレス\n"
    "Z-1,端末,power 第一,架空,装置,機器,2024-06-01,SERIAL-88,POSITION-4F,ADDRESS-10.1.1.1\n"
)
VALUES = (*TOLD.values(), "SERIAL-88", "POSITION-4F", "ADDRESS-10.1.1.1")


@pytest.fixture
def reporter(parties) -> Viewer:
    """The power operator's reporter, on an authority's installation that hosts it."""
    del parties
    assert not holds_private_inventory()
    return viewer("power", "reporter")


def stored() -> str:
    """Return everything the asset room and the floor keep of rows, as text."""
    said = [json.dumps(list(Computer.objects.values()), default=str, ensure_ascii=False)]
    said += [bytes(one).decode() for one in BatchItem.objects.values_list("content", flat=True)]
    said += [zlib.decompress(bytes(one)).decode() for one in SourceSheet.objects.values_list("content", flat=True)]
    said += [zlib.decompress(bytes(one)).decode() for one in Upload.objects.exclude(difference=None).values_list(
        "difference", flat=True)]  # fmt: skip
    said.append(json.dumps(list(SourceFile.objects.values("choices", "sheets")), default=str, ensure_ascii=False))
    return "\n".join(said)


def nothing_private() -> None:
    """Assert that no private value stands anywhere."""
    whole = stored()
    assert [one for one in VALUES if one in whole] == []
    for row in Computer.objects.values(*PRIVATE):
        assert not any(row.values()), row


def test_a_list_comes_in_without_its_private_columns_and_says_so(reporter):
    upload = intake.take(reporter, LISTED.encode(), "台帳.csv")
    assert not upload.faulty
    said = " ".join(text for remark in upload.remarks for text in remark)
    for heading in TOLD:
        assert heading in said
    intake.perform(reporter, upload, client="test")
    assert Computer.objects.get(world=WORLD).key == "P-001"
    nothing_private()
    # The same list again says the same: nothing of what was left out counts as a difference.
    again = intake.take(reporter, LISTED.replace("VERSION-9.1", "VERSION-9.2").encode(), "台帳.csv")
    assert "VERSION-9.2" not in stored()
    with pytest.raises(intake.NothingNewError):
        intake.perform(reporter, again, client="test")


@pytest.mark.usefixtures("operator_edition")
def test_the_operators_own_installation_keeps_everything(parties):
    del parties
    reporter = viewer("power", "reporter")
    upload = intake.take(reporter, LISTED.encode(), "台帳.csv")
    assert upload.remarks == []
    intake.perform(reporter, upload, client="test")
    row = Computer.objects.values(*PRIVATE).get(world=WORLD)
    assert sorted(map(str, row.values())) == sorted(TOLD.values())
    change = {"computer": str(Computer.objects.get().id), "changed_on": "2026-11-20", "serial": "SERIAL-78"}
    door.perform("assets.computer.change", change, by=reporter)
    assert Computer.objects.get().serial == "SERIAL-78"


@pytest.mark.parametrize("name", PRIVATE)
def test_a_staged_row_with_a_private_value_is_refused_and_not_kept(reporter, name):
    checked = importing.check(LISTED.encode(), drafting.facilities_of(reporter), clock.today(WORLD))
    (row,) = checked.rows
    value = "2027-01-02" if name == "support_end" else "SECRET"
    with pytest.raises(PrivateInventoryError) as refused:
        batches.stage("assets.register.import", [{**row, name: value}], by=reporter)
    assert name in refused.value.where
    assert refused.value.mend.ja
    assert refused.value.mend.en
    assert not Batch.objects.filter(kind="assets.register.import").exists()
    import_register((ROWS[0],))
    computer = str(Computer.objects.get().id)
    changed = {"op": "change", "_line": 2, "computer": computer, "was": {name: ""}, "now": {name: value}}
    with pytest.raises(PrivateInventoryError):
        batches.stage("assets.register.update", [changed], by=reporter)
    nothing_private()


def test_rows_staged_before_the_law_of_the_house_are_refused_at_the_door(reporter, settings):
    checked = importing.check(LISTED.encode(), drafting.facilities_of(reporter), clock.today(WORLD))
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "edition": "operator"}
    rows = [{**checked.rows[0], "serial": "SERIAL-77"}]
    batch = batches.stage("assets.register.import", rows, by=reporter).id
    for edition in ("authority", "committee"):
        settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "edition": edition}
        with pytest.raises(PrivateInventoryError):
            door.perform("assets.register.import", {"source": "x"}, by=reporter, batch=batch)
    assert not Computer.objects.exists()


@pytest.mark.parametrize("name", ["version", "serial", "address", "responsible", "support_end"])
def test_a_change_with_a_private_value_is_refused_drafted_or_done(reporter, name):
    import_register((ROWS[0],))
    computer = str(Computer.objects.get().id)
    value = "2027-01-02" if name == "support_end" else "SECRET"
    payload = {"computer": computer, "changed_on": "2026-11-20", name: value}
    with pytest.raises(PrivateInventoryError) as refused:
        door.perform("assets.computer.change", payload, by=reporter)
    assert refused.value.where == name
    with pytest.raises(PrivateInventoryError):
        proposals.check("assets.computer.change", payload, by=reporter)
    door.perform(
        "assets.computer.change", {**payload, name: None if name == "support_end" else "", "name": "新"}, by=reporter
    )
    assert Computer.objects.get().name == "新"
    nothing_private()


def test_a_stocktake_neither_asks_for_nor_takes_private_values(reporter):
    import_register((ROWS[0],))
    started = door.perform("assets.stocktake.start", {"title": "棚卸し", "answer_by": "2026-12-08"}, by=reporter)
    listed = StocktakeList.objects.get(stocktake=started.subject.id)
    assert listed.responsible == ""
    assert {head.name for head in returning.heads()} & set(PRIVATE) == set()
    computer = str(Computer.objects.get().id)
    changes = [{"computer": computer, "changed_on": "2026-11-20", "address": "10.0.0.1"}]
    with pytest.raises(PrivateInventoryError) as refused:
        door.perform(
            "assets.stocktake.answer",
            {"stocktake_list": str(listed.id), "computers": 1, "listed": "0" * 64, "changes": changes},
            by=reporter,
        )
    assert refused.value.where == "changes.0.address"
    nothing_private()


def test_a_vendor_is_not_asked_what_is_not_kept(reporter):
    import_register((ROWS[0],))
    assert set(facts.fields()) == {"product", "maker", "unit"}
    rows = [{"computer": str(Computer.objects.get().id), "asks": ["product", "version"]}]
    asked = {"vendor": str(fixed("vendor")), "vendor_name": "", "due_on": "2026-12-08", "note": "", "rows": rows}
    with pytest.raises(PrivateInventoryError) as refused:
        door.perform("assets.vendor.ask", asked, by=reporter)
    assert "version" in refused.value.where
    rows[0]["asks"] = ["product"]
    request = str(door.perform("assets.vendor.ask", asked, by=reporter).subject.id)
    for fact in ("version", "support_end"):
        answer = {"request": request, "rows": [{"position": 1, "answers": [{"fact": fact, "answer": "2027-01-02"}]}]}
        with pytest.raises(PrivateInventoryError):
            door.perform("assets.vendor.answer", answer, by=viewer("vendor", "vendor_contact"))
    nothing_private()


def test_an_answer_asked_for_on_another_edition_is_not_taken_over(reporter, settings):
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "edition": "operator"}
    import_register((ROWS[0],))
    rows = [{"computer": str(Computer.objects.get().id), "asks": ["version"]}]
    asked = {"vendor": str(fixed("vendor")), "vendor_name": "", "due_on": "2026-12-08", "note": "", "rows": rows}
    request = str(door.perform("assets.vendor.ask", asked, by=reporter).subject.id)
    answers = [{"position": 1, "answers": [{"fact": "version", "answer": "VERSION-9.1"}]}]
    vendor = viewer("vendor", "vendor_contact")
    door.perform("assets.vendor.answer", {"request": request, "rows": answers}, by=vendor)
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "edition": "authority"}
    (item,) = reading.read(reporter, "assets.vendor_items", request=request)
    taken = {"item": str(item["id"]), "seen": item["seen"], "facts": ["version"], "changed_on": "2026-11-20"}
    with pytest.raises(PrivateInventoryError):
        door.perform("assets.vendor.take", taken, by=reporter)
    nothing_private()


def test_a_file_with_foreign_headings_is_kept_without_them(reporter, enter):
    client = enter("power", "reporter")
    page = client.post(reverse("assets:import"), {"file": SimpleUploadedFile("cmdb.csv", FOREIGN.encode())})
    assert page.status_code == 302
    nothing_private()
    shown = client.get(page.url).content.decode()
    assert "シリアル番号" in shown
    assert "SERIAL-88" not in shown
    for name in PRIVATE:
        assert f'value="{name}"' not in shown
    sheet = taking.read(FOREIGN.encode()).sheets[0]
    posted = {f"column-{place}": "" for place in range(len(sheet.heading))}
    names = ("key", "name", "facility", "maker", "product", "unit", "introduced_on")
    posted |= {f"column-{place}": name for place, name in enumerate(names)}
    posted |= {"sheet": "0", "source": "cmdb", "fixed-position": "POSITION-4F", "fixed-host": "HOST-CC"}
    read = client.post(page.url, posted)
    assert read.status_code == 302, read.content.decode()
    assert SourceFile.objects.exists()
    assert client.post(read.url, {"action": "import"}).status_code == 302
    assert Computer.objects.get().key == "Z-1"
    nothing_private()
    assert not SourceFile.objects.exists()  # what nobody mapped is not kept either


@pytest.mark.parametrize("data", [documents.CYCLONEDX, documents.SPDX, documents.NMAP])
def test_bills_and_scans_are_read_without_what_is_not_kept(reporter, data):
    source = taking.read(data)
    for sheet in source.sheets:
        assert legends.giving(sheet, source.format, frozenset(PRIVATE)) == []
        legend = legends.suggest(sheet, source.format, drafting.facilities_of(reporter))
        there = {name for name, listed in legend.columns.items() if set(listed) & set(sheet.heading)}
        assert there & set(PRIVATE) == set()
        assert sheet.notes


def test_pages_and_files_do_not_offer_them(reporter, enter):
    import_register((ROWS[0],))
    client = enter("power", "reporter")
    computer = Computer.objects.get()
    heading = client.get(f"{reverse('assets:register')}?format=csv").content.decode("utf-8-sig").splitlines()[0]
    empty = client.get(reverse("assets:columns")).content.decode("utf-8-sig").splitlines()[0]
    for one in TOLD:
        assert one not in empty.split(","), one
    for name in PRIVATE:
        assert FIELD[name].en not in heading.split(","), name
    assert "Key" in heading.split(",")
    assert "管理番号" in empty
    form = client.get(reverse("assets:change_computer", args=[computer.id])).content.decode()
    assert 'name="f-product"' in form
    for name in PRIVATE:
        assert f'name="f-{name}"' not in form
    assert reverse("assets:support") not in client.get(reverse("assets:register")).content.decode()
    assert client.get(reverse("assets:support")).status_code == 200
    assert FIELD["serial"].en in client.get(reverse("assets:import")).content.decode()


def test_what_is_private_is_found_wherever_it_stands():
    assert list(private_in({"rows": [{"position": 3, "note": "x"}]})) == []
    assert list(private_in({"rows": [{"now": {"position": "3F"}}]})) == ["rows.0.now.position"]
    assert list(private_in({"asks": ["unit", "support_end"]})) == ["asks: support_end"]
    assert list(private_in({"serial": ["x"], "version": "", "cpe": None})) == ["serial"]
    deep = {"a": "b"}
    for _ in range(5000):
        deep = {"a": deep}
    assert list(private_in(deep)) == []
    assert set(PRIVATE) <= {field.name for field in Computer._meta.get_fields()}
    assert editions.kept(("name", "host")) == ("name",)


def test_the_api_leaves_them_out_names_them_and_refuses_staged_rows(reporter, enter):
    client = enter("power", "reporter")
    checked = client.post("/api/v1/assets/check", LISTED.encode(), content_type="text/csv").json()
    said = " ".join(note["ja"] for note in checked["notes"])
    assert all(heading in said for heading in TOLD)
    assert client.post("/api/v1/assets/import", LISTED.encode(), content_type="text/csv").status_code == 200
    computer = str(Computer.objects.get().id)
    now = {"serial": "SERIAL-77", "cpe": "cpe:2.3:o:CPE-X"}
    row = {"op": "change", "_line": 2, "computer": computer, "was": {}, "now": now}
    stage = "/api/v1/batches/assets.register.update"
    refused = client.post(stage, {"rows": [row]}, content_type="application/json")
    assert refused.json()["code"] == "assets.private_inventory"
    assert "line 2: now.serial" in refused.json()["where"]
    payload = {"computer": computer, "changed_on": "2026-11-20", "address": "ADDRESS-10.9.8.7"}
    changed = client.post("/api/v1/acts/assets.computer.change", payload, content_type="application/json")
    assert (changed.json()["code"], changed.json()["where"]) == ("assets.private_inventory", "address")
    nothing_private()


def test_the_command_line_leaves_them_out_and_names_them(reporter, parties, tmp_path):
    Account.objects.create_account("reporter", parties.person("power", "reporter"), None)
    (tmp_path / "list.csv").write_text(LISTED, encoding="utf-8")
    (tmp_path / "cmdb.csv").write_text(FOREIGN, encoding="utf-8")
    one = CliRunner().invoke(main, ["assets", "import", str(tmp_path / "list.csv"), "--as", "reporter"])
    assert one.exit_code == 0, one.stderr
    assert "製造番号" in one.stderr
    mapped = ["--map", "シリアル番号=serial"]
    refused = CliRunner().invoke(main, ["assets", "import", str(tmp_path / "cmdb.csv"), "--as", "reporter", *mapped])
    assert refused.exit_code != 0
    named = ["--map", "型番=address"]
    refused = CliRunner().invoke(main, ["assets", "import", str(tmp_path / "cmdb.csv"), "--as", "reporter", *named])
    assert refused.exit_code != 0
    other = CliRunner().invoke(main, ["assets", "import", str(tmp_path / "cmdb.csv"), "--as", "reporter"])
    assert other.exit_code == 0, other.stderr
    assert Computer.objects.count() == 2
    nothing_private()
