"""A list against the register: found by stable keys, told field by field, decided by a person, applied whole or not."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door
from sakimori.acts.errors import ConflictError, RefusedError
from sakimori.acts.models import Act, BatchItem, Obligation
from sakimori.assets import drafting, intake, merging, taking
from sakimori.assets.models import Computer, ComputerChange, Duty, NotifiedItem, SourceProfile, Upload
from sakimori.assets.refusing import DayError
from sakimori.assets.sources import differences
from sakimori.assets.sources.differences import Known, compare, decided, unpacked
from sakimori.errors import SakimoriError
from tests.assets.sources import documents
from tests.support.deployment import viewer
from tests.support.filing import HEADING, ROWS, csv, file_notification
from tests.support.warning import carry
from tests.support.workbooks import workbook

TOLD = {"source": "s", "changed_on": "2026-11-20"}
LINES = [dict(zip(HEADING.split(","), row.split(","), strict=True)) for row in ROWS]


def listed(lines, **more):
    """Return our own list of these rows, with further columns."""
    heading = [*HEADING.split(","), *more]
    rows = [
        ",".join([*line.values(), *(values[number] for values in more.values())]) for number, line in enumerate(lines)
    ]
    return "\n".join((",".join(heading), *rows, "")).encode()


def taken(data, source="台帳.csv", **wishes):
    return intake.take(viewer("power", "reporter"), data, source, **wishes)


def done(upload, **wishes):
    return intake.perform(viewer("power", "reporter"), Upload.objects.get(id=upload.id), client="t", **wishes)


def row(key, **values):
    return {
        "_line": 2, "key": key, "name": "n", "facility": "f", "maker": "m", "product": "p", "unit": "os",
        "introduced_on": "2024-01-01", "facts": {}, **values,
    }  # fmt: skip


def known(key, source="a", origins=None, **values):
    said = {**row(key), **values}
    return Known(f"id-{key}", key, source, origins or {}, {name: said.get(name, "") for name in differences.FIELDS})


@pytest.mark.parametrize(
    ("told", "by"),
    [
        ({"serial": "S1"}, "serial"),
        ({"asset_tag": "T1"}, "asset_tag"),
        ({"name": "host", "facility": "f"}, "name"),
        ({"purl": "pkg:x", "host": "h"}, "purl"),
        ({"cpe": "cpe:x", "host": "h"}, "cpe"),
    ],
)
def test_a_computer_is_found_by_each_stable_key_where_the_own_key_is_another(told, by):
    register = [known("A", **told), known("B", name="other")]
    found = compare([row("X", **{"name": "new", **told})], register, "b")
    assert found.new == []
    assert [(one.key, one.by) for one in found.changes] == [("A", by)] or found.unchanged == 1


def test_the_own_key_comes_first_and_a_computer_is_found_once():
    register = [known("A", serial="S1"), known("B", serial="S2")]
    found = compare([row("A", serial="S2", version="9"), row("B", serial="S2", version="9")], register, "a")
    assert [(one.key, one.by) for one in found.changes] == [("A", "key"), ("B", "key")]


@given(st.permutations(range(5)))
def test_the_order_of_a_list_decides_nothing(order):
    register = [
        known("K", serial="S1", name="n1"), known("L", serial="S2", name="n2"), known("M", name="n3", product="p3"),
        known("N", name="n3", product="p4"), known("O", serial="S9", name="n9"),
    ]  # fmt: skip
    rows = [
        row("NEW", serial="S1", name="x"),  # the serial number of K, whose own key another row has
        row("K", serial="S3", name="n1"),
        row("X", serial="S2", name="n9"),  # its serial number tells more than the name of O
        row("Y", name="n3", product="p5"),  # once p3 has been told by its product, the one that is left
        row("Z", name="n3", product="p3"),
    ]
    found = compare([rows[place] for place in order], register, "a")
    assert sorted(one["key"] for one in found.new) == ["NEW"]
    told = {(one.key, one.by, tuple(one.fields)) for one in found.changes}
    assert told == {("K", "key", ("serial",)), ("L", "serial", ("name",)), ("N", "name", ("product",))}
    assert found.unchanged == 1
    assert [one["key"] for one in found.missing] == ["O"]


def test_rows_alike_go_by_their_keys_and_not_by_their_order():
    rows = [row("B", serial="S", version="1"), row("A", serial="S", version="2")]
    for asked in (rows, rows[::-1]):
        found = compare(asked, [known("K", serial="S")], "a")
        assert [one.fields["version"][1] for one in found.changes] == ["2"]
        assert [one["key"] for one in found.new] == ["B"]


def test_of_several_parts_of_one_machine_the_same_product_is_meant_else_none():
    register = [known("A", serial="S", product="p1"), known("B", serial="S", product="p2")]
    assert compare([row("X", serial="S", product="p2", version="1", name="z")], register, "a").changes[0].key == "B"
    assert len(compare([row("X", serial="S", product="p3", name="z")], register, "a").new) == 1


def test_an_empty_cell_changes_nothing_and_another_source_makes_a_conflict():
    register = [known("A", version="1", serial="S", origins={"serial": "scan"})]
    found = compare([row("A", version="2", serial="T", maker="")], register, "a")
    assert found.changes[0].fields == {"version": ["1", "2", "a"], "serial": ["S", "T", "scan"]}
    assert found.conflicts("a") == {"serial": 1}
    assert decided(found, "a", {})[1] == ["serial"]
    assert decided(found, "a", {"serial": "keep"})[0][0]["now"] == {"version": "2"}
    assert decided(found, "a", {"serial": "keep", "2:serial": "take"})[0][0]["now"] == {"version": "2", "serial": "T"}
    assert unpacked(differences.packed(found)) == found


def test_only_what_this_source_brought_in_can_be_missing_from_it():
    register = [known("A"), known("B"), known("C", source="other")]
    assert [one["key"] for one in compare([row("A")], register, "a").missing] == ["B"]


@pytest.mark.both_databases
@pytest.mark.django_db
@pytest.mark.usefixtures("operator_edition")
def test_an_import_again_changes_what_differs_in_one_act_and_starts_the_duty_of_a_change(parties):
    done(taken(listed(LINES, 製造番号=[f"S{n}" for n in range(5)])))
    assert set(Computer.objects.values_list("source", flat=True)) == {"台帳"}
    file_notification()
    carry()
    told = Computer.objects.get(key="P-002")
    assert told.status == "notified"
    lines = [dict(line) for line in LINES]
    lines[1]["製品名"] = "FortiOS 8"
    lines[3]["名称"] = "新ポータル"
    new = {**LINES[0], "管理番号": "P-006"}
    upload = taken(listed([*lines[:4], new], 製造番号=["S0", "S1b", "", "", "S9"]), "台帳_20261201.csv")
    found = unpacked(bytes(Upload.objects.get(id=upload.id).difference))
    assert [(one.key, sorted(one.fields)) for one in found.changes] == [
        ("P-002", ["product", "serial"]), ("P-004", ["name"]),
    ]  # fmt: skip
    assert (len(found.new), found.unchanged, [one["key"] for one in found.missing]) == (1, 2, ["P-005"])
    before = Act.objects.count()
    receipt = done(upload, changed_on=date(2026, 11, 20))
    assert receipt.kind == "assets.register.update"
    assert Act.objects.count() - before == 1
    told.refresh_from_db()
    assert (told.product, told.serial, told.status) == ("FortiOS 8", "S1b", "notified")
    owed = Obligation.objects.get(rule="kyokaho.notice.change", status="open")
    assert Duty.objects.get(id=owed.subject).begins == date(2026, 11, 20)
    assert Computer.objects.get(key="P-006").source == "台帳"
    assert Computer.objects.get(key="P-005").status != "retired"
    assert not NotifiedItem.objects.filter(product="FortiOS 8").exists()
    assert done(upload, changed_on=date(2026, 11, 20)).repeated


@pytest.mark.django_db
def test_what_changes_needs_a_day_and_what_is_only_new_does_not(parties):
    done(taken(csv(ROWS[:1])))
    new = taken(csv(ROWS[:2]))
    assert len(unpacked(bytes(new.difference)).new) == 1
    done(new)
    changed = taken(csv([ROWS[1].replace("FortiOS", "FortiOS 9"), ROWS[2]]))
    with pytest.raises(DayError) as refused:
        done(changed)
    assert refused.value.where == "changed_on"
    assert Upload.objects.get(id=changed.id).batch is None  # nothing was staged either
    assert Computer.objects.count() == 2
    done(changed, changed_on=date(2026, 11, 20))
    assert ComputerChange.objects.get().changed_on == date(2026, 11, 20)
    assert Computer.objects.count() == 3


@pytest.mark.django_db
def test_another_source_wants_a_decision_and_the_decision_is_kept(parties):
    reporter = viewer("power", "reporter")
    done(taken(csv()))
    upload = taken(csv([ROWS[1].replace("FortiOS", "FortiOS 9")]), "走査.csv")
    with pytest.raises(intake.UndecidedError) as refused:
        done(upload)
    assert "product" in refused.value.explain("en")
    assert Computer.objects.get(key="P-002").product == "FortiOS"
    done(upload, decisions=intake.all_conflicts(upload, "take"), changed_on=date(2026, 11, 20))
    changed = Computer.objects.get(key="P-002")
    assert (changed.product, changed.origins) == ("FortiOS 9", {"product": "走査"})
    intake.profiles.prefer(reporter, "台帳", {"product": "keep"})
    again = taken(csv())
    with pytest.raises(intake.NothingNewError):
        done(again)


@pytest.mark.django_db
def test_nothing_is_applied_where_the_register_changed_meanwhile_or_a_row_is_not_ours(parties):
    done(taken(csv()))
    upload = taken(csv([ROWS[1].replace("Fortinet", "フォーティネット")]))
    computer = Computer.objects.get(key="P-002")
    change = {"computer": str(computer.id), "changed_on": "2026-11-20", "maker": "別社"}
    door.perform("assets.computer.change", change, by=viewer("power", "reporter"))
    with pytest.raises(ConflictError):
        done(upload, changed_on=date(2026, 11, 20))
    assert Computer.objects.get(key="P-002").maker == "別社"
    other = intake.batches.stage(
        intake.UPDATE,
        [{"op": "change", "_line": 2, "computer": str(computer.id), "was": {"maker": "別社"}, "now": {"maker": "x"}}],
        by=viewer("rail", "reporter"),
    )
    with pytest.raises(RefusedError):
        door.perform(
            intake.UPDATE, {"source": "s", "changed_on": "2026-11-20"}, by=viewer("rail", "reporter"), batch=other.id
        )
    for bad in ({"maker": ""}, {"unit": "x"}, {"colour": "red"}, {"introduced_on": "2027-01-01"}, {}):
        batch = intake.batches.stage(
            intake.UPDATE,
            [{"op": "change", "_line": 2, "computer": str(computer.id), "was": {}, "now": bad}],
            by=viewer("power", "reporter"),
        )
        with pytest.raises(SakimoriError):
            door.perform(
                intake.UPDATE,
                {"source": "s", "changed_on": "2026-11-20"},
                by=viewer("power", "reporter"),
                batch=batch.id,
            )
    assert Computer.objects.get(key="P-002").maker == "別社"


@pytest.mark.django_db
def test_the_key_of_a_retired_computer_is_a_fault(parties):
    done(taken(csv()))
    gone = Computer.objects.get(key="P-004")
    door.perform(
        "assets.computer.retire", {"computer": str(gone.id), "retired_on": "2026-11-20"}, by=viewer("power", "reporter")
    )
    upload = taken(csv())
    (fault,) = intake.faults_of(upload)
    assert (fault.line, fault.column) == (5, "管理番号")
    assert "retired" in fault.what.en


@pytest.mark.django_db
@pytest.mark.usefixtures("operator_edition")
def test_private_columns_come_in_and_never_stand_in_what_is_drafted(parties):
    more = {
        "設置場所": "中央", "所有者": "設備部", "サポート終了日": "2027-03-31", "搭載機器": "HOST-1", "資産タグ": "T-1",
        "CPE": "cpe:/o:x", "PURL": "pkg:x",
    }  # fmt: skip
    done(taken(listed(LINES[:2], **{name: [value] * 2 for name, value in more.items()})))
    computer = Computer.objects.get(key="P-002")
    assert (computer.position, computer.asset_owner, computer.host, computer.cpe) == (
        "中央",
        "設備部",
        "HOST-1",
        "cpe:/o:x",
    )
    assert computer.support_end == date(2027, 3, 31)
    assert "private_inventory" in json.dumps(computer.labels)
    drafted = drafting.draft(viewer("power", "reporter"), "発電設備の監視制御システム").model_dump_json()
    assert not [value for value in more.values() if value in drafted]


def send(client, data, name):
    return client.post(reverse("assets:import"), {"file": SimpleUploadedFile(name, data)}, follow=True)


@pytest.mark.django_db
def test_a_foreign_list_is_mapped_remembered_and_its_faults_lead_back_to_the_mapping(enter):
    client = enter("power", "reporter")
    page = send(client, workbook(), "設備台帳_20261101.xlsx")
    address = page.redirect_chain[-1][0]
    assert "What the columns are" in page.content.decode()
    form = {"sheet": "0", "source": "設備台帳", "fixed-facility": "power 第一"}
    fields = ("key", "name", "maker", "product", "unit", "introduced_on", "position", "serial", "support_end", "")
    form |= {f"column-{place}": name for place, name in enumerate(fields)}
    asked = client.post(address, form)
    assert "The file uses words that are not ours" in asked.content.decode()
    assert not Upload.objects.exists()
    form |= {"word-unit-業務ソフト": "application", "word-unit-ネットワーク機器": "-"}
    for too_long in ({"source": "台" * 201}, {"fixed-maker": "社" * 301}):
        late = client.post(address, form | too_long)
        assert late.status_code == 422
        assert next(iter(too_long.values())) in late.content.decode()
        assert "at most" in late.content.decode()
    assert not Upload.objects.exists()
    kept = client.post(address, form, follow=True).content.decode()
    assert "Rows left out as chosen: ネットワーク機器, 1" in kept
    assert "Import 2 computers" in kept
    assert SourceProfile.objects.get().source == "設備台帳"
    again = send(client, workbook(), "設備台帳_20261120.xlsx").content.decode()
    assert "Import 2 computers" in again
    bad = send(
        client, workbook([("A-9", "x", "m", "p", "OS", "昨日", "", "", "いつか", "")]), "設備台帳.xlsx"
    ).content.decode()
    assert "Change what the columns are" in bad
    assert "購入日" in bad
    assert "保守期限" in bad
    assert not Computer.objects.exists()


@pytest.mark.django_db
def test_parts_of_a_bill_are_chosen_row_by_row_and_nobody_else_finds_the_file(enter):
    client = enter("power", "reporter")
    address = send(client, documents.CYCLONEDX, "bom.json").redirect_chain[-1][0]
    rows = f"{address}rows/"
    assert "libx" in client.get(rows).content.decode()
    client.post(
        rows, {"sheet": "0", "page": "1", "done": "1", "line-4": "middleware", "line-7": "-", "line-2": "nonsense"}
    )
    form = {"sheet": "0", "source": "bom", "fixed-facility": "power 第一", "fixed-introduced_on": "2024-01-01",
            "fixed-maker": "不明", "column-0": "unit", "column-1": "product", "column-4": "host"}  # fmt: skip
    words = {"device": "appliance", "operating-system": "os", "application": "application", "service": "cloud"}
    form |= {f"word-unit-{word}": unit for word, unit in words.items()} | {
        "word-unit-library": "-", "word-unit-device part": "-", "column-3": "maker",
    }  # fmt: skip
    form["column-5"] = "host"
    form["column-4"] = "maker"
    form.pop("column-3")
    page = client.post(address, form, follow=True)
    assert "Import 5 computers" in page.content.decode()
    staged = [
        json.loads(bytes(one))
        for one in BatchItem.objects.filter(batch__kind=intake.KIND).values_list("content", flat=True)
    ]
    assert {(one["product"], one["unit"]) for one in staged} >= {("libx", "middleware"), ("Debian", "os")}
    assert "内側" not in {one["product"] for one in staged}
    assert enter("rail", "reporter").get(address).status_code == 404


@pytest.mark.django_db
def test_machines_take_any_format_with_what_they_say_of_the_file(enter):
    client = enter("power", "reporter")
    asked = "?source=bom.json&facility=power 第一&introduced_on=2024-01-01"
    answer = client.post(f"/api/v1/assets/check{asked}", documents.CYCLONEDX, content_type="application/octet-stream")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["count"], answer.json()["faulty"]) == (5, 2)
    assert any("library" in note["en"] for note in answer.json()["notes"])
    refused = client.post("/api/v1/assets/import?source=bom.json", documents.CYCLONEDX, content_type="text/csv")
    assert (refused.status_code, refused.json()["code"]) == (422, "assets.unmapped")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "options", "units"),
    [
        (documents.CYCLONEDX, ["--map", "reference="], ["appliance", "", "application", "cloud", ""]),
        (documents.SPDX_TAGS, [], ["os"]),
        (workbook(), ["--unit", "機器", "--map", "区分="], ["appliance"] * 3),
    ],
)
def test_the_command_line_says_one_object_a_row_for_every_format(tmp_path, monkeypatch, data, options, units):
    from sakimori.cli.main import main

    file = tmp_path / "list"
    file.write_bytes(data)
    monkeypatch.setenv("SAKIMORI_HOME", str(tmp_path / "none"))
    facility = "見本火力発電所 出力制御装置"
    call = ["assets", "check", str(file), "--operator", "power", "--json", "--facility", facility,
            "--introduced", "2024-01-01", *options]  # fmt: skip
    found = CliRunner().invoke(main, call)
    rows = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    assert len(rows) == len(units), found.output
    assert [one["unit"] for one in rows if not one["errors"]] == [unit for unit in units if unit]
    keys = {"row", "in_scope", "clause", "notify", "unit", "due", "basis", "reasons", "errors"}
    assert all(keys <= one.keys() for one in rows)


def test_the_name_of_a_source_is_the_same_next_quarter():
    names = ("台帳_20261101.xlsx", "台帳 2026-11-01 (2).xlsx", "C:\\x\\台帳_v2_最新.csv", "台帳.csv")
    assert {taking.source_name(one) for one in names} == {"台帳"}
    assert taking.source_name("2026.csv") == "2026"


def test_what_a_register_gives_is_what_is_compared():
    assert set(merging._Fields.model_fields) == {*differences.FIELDS, "facts"}
