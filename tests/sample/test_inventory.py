"""Inventories: believable, the same every time, and read by the assets room without a single fault."""

import itertools
from datetime import date

import pytest

from sakimori.assets import importing
from sakimori.assets.editions import PRIVATE
from sakimori.law.decisions import assets as scope
from sakimori.law.decisions import designated, notices
from sakimori.matching import ProductIndex, RegisteredProduct, from_kev, kev
from sakimori.sample import kev as sample_kev
from sakimori.sample.errors import SampleError
from sakimori.sample.inventory import FLAGS, HEADINGS, csv_lines, inventory, inventory_csv
from sakimori.sample.organisations import sample_world
from tests.support.data import shared_data

WORLD = sample_world()
OPERATORS = list(WORLD.designations)
ROWS = 60


def decided(asset):
    return scope.scope(
        scope.ComputerFacts(operator_designated=True, connection=asset.connection, **asset.facts), WORLD.today
    )


def index(rows=ROWS):
    return ProductIndex(
        RegisteredProduct(asset.key, operator, asset.maker, asset.product)
        for operator in OPERATORS
        for asset in inventory(WORLD, operator, rows)
    )


def test_the_headings_are_those_the_assets_room_reads():
    known = {column.field: column.headings for column in importing.COLUMNS}
    assert set(HEADINGS) <= set(known)
    for field, heading in HEADINGS.items():
        assert heading in known[field]


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_assets_room_takes_every_row_as_it_was_meant(operator):
    facilities = {facility.name: facility.key for facility in WORLD.designations[operator].facilities}
    checked = importing.check(inventory_csv(WORLD, operator, 300), facilities, WORLD.today)
    assert checked.faults == []
    for row, asset in zip(checked.rows, inventory(WORLD, operator, 300), strict=True):
        assert (row["key"], row["maker"], row["product"], row["unit"]) == (
            asset.key,
            asset.maker,
            asset.product,
            asset.unit,
        )
        assert row["introduced_on"] == asset.introduced.isoformat()
        known = {flag: value for flag, value in asset.facts.items() if value is not None}
        assert row["facts"] == known | {"connection": asset.connection, "serves": asset.serves}


def test_the_files_come_in_every_encoding_and_way_of_writing_dates():
    encodings = {designation.encoding for designation in WORLD.designations.values()}
    assert encodings == {"utf-8", "utf-8-sig", "cp932"}
    assert {designation.dates for designation in WORLD.designations.values()} == {"iso", "slash", "era"}
    assert inventory_csv(WORLD, "power", 1).startswith(b"\xef\xbb\xbf")
    assert "令和" in inventory_csv(WORLD, "water", 50).decode("cp932")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_lines_join_to_one_file_with_at_most_one_mark(encoding):
    data = b"".join(csv_lines(inventory(WORLD, "rail", 5), encoding))
    text = data.decode(encoding)
    assert "\ufeff" not in text
    assert len(text.splitlines()) == 6
    assert b"".join(csv_lines(iter(()), encoding)).decode(encoding).startswith("管理番号")


def test_a_row_does_not_depend_on_how_many_are_asked_for_or_who_else_is_there():
    assert list(inventory(WORLD, "gas", 40)) == list(itertools.islice(inventory(WORLD, "gas", 4000), 40))
    assert list(inventory(sample_world(30), "gas", 40)) == list(inventory(WORLD, "gas", 40))
    days = [[asset.introduced for asset in inventory(WORLD, operator, 40)] for operator in OPERATORS]
    assert all(one != other for one, other in itertools.combinations(days, 2))


def test_counts_are_exact_and_keys_differ():
    for count in (0, 1, 7, 500):
        keys = [asset.key for asset in inventory(WORLD, "bank", count)]
        assert len(keys) == len(set(keys)) == count


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_clause_and_every_answer_of_the_law_occurs_in_the_first_round(operator):
    assets = list(inventory(WORLD, operator, ROWS))
    outcomes = {decided(asset).outcome for asset in assets}
    assert outcomes == {*scope.clauses(), "out", "open"}
    duties = set()
    for asset in assets:
        item = designated.match(asset.product, asset.maker, WORLD.today).item
        in_scope = decided(asset).values.get("in_scope")
        duties.add(notices.duty(notices.DutyFacts(in_scope, item, asset.serves), WORLD.today).outcome)
    assert duties == {"notify", "exempt_designated", "exempt_own", "out_of_scope", "open"}


@pytest.mark.usefixtures("operator_edition")
def test_an_operators_own_installation_has_somebody_to_warn_of_the_end_of_support():
    facilities = {facility.name: facility.key for facility in WORLD.designations["power"].facilities}
    rows = importing.check(inventory_csv(WORLD, "power", ROWS), facilities, WORLD.today).rows
    ends = [row.get("support_end", "") for row in rows]
    assert any(end and end < WORLD.today.isoformat() for end in ends)
    assert any(end > WORLD.today.isoformat() for end in ends)
    assert "" in ends  # not everybody knows
    assert all(row["position"] and row["asset_owner"] for row in rows)
    assert any(row.get("host") for row in rows)


def test_an_authoritys_installation_takes_none_of_that():
    facilities = {facility.name: facility.key for facility in WORLD.designations["power"].facilities}
    checked = importing.check(inventory_csv(WORLD, "power", ROWS), facilities, WORLD.today)
    assert not checked.faults
    assert [row for row in checked.rows if any(row.get(name) for name in PRIVATE)] == []


def test_no_row_is_introduced_after_the_world_s_date_and_some_are_new():
    days = [asset.introduced for operator in OPERATORS for asset in inventory(WORLD, operator, 200)]
    assert max(days) <= WORLD.today
    assert any(day > date(2026, 10, 1) for day in days)
    assert min(days).year < 2016


def test_a_fact_the_operator_does_not_know_is_left_blank():
    unknown = [asset for asset in inventory(WORLD, "power", ROWS) if None in asset.facts.values()]
    assert unknown
    assert set(unknown[0].facts) == set(FLAGS)


def test_own_software_is_made_by_the_operator_itself():
    own = [asset for asset in inventory(WORLD, "power", 2000) if asset.serves != "others"]
    assert {asset.maker for asset in own} == {"架空電力株式会社"}
    assert {asset.serves for asset in own} == {"one_operator", "same_group"}


def test_an_operator_that_does_not_exist_is_refused():
    with pytest.raises(SampleError, match="no such operator"):
        list(inventory(WORLD, "nobody", 1))


def test_every_operator_at_full_size_has_something_of_every_part():
    world = sample_world(257)
    for operator in world.designations:
        assert len(list(inventory(world, operator, 45))) == 45


def test_the_sample_catalogue_reads_clean_and_no_id_can_be_real():
    before, after = (kev.read_catalogue(sample_kev.catalogue(state)) for state in sample_kev.STATES)
    assert before.problems == after.problems == ()
    difference = kev.compare(before, after)
    assert difference.added
    assert [one.fields for one in difference.changed] == [("ransomware",)]
    assert difference.removed == ()
    for entry in after.entries:
        assert entry.cve.startswith("CVE-1900-")
        assert "架空" in entry.name
        assert "FICTITIOUS" in entry.description
    with pytest.raises(SampleError):
        sample_kev.catalogue("later")


def test_the_sample_catalogue_touches_some_operators_and_not_others():
    after = {entry.product: from_kev(entry) for entry in kev.read_catalogue(sample_kev.catalogue("after")).entries}
    registered = index()
    assert set(registered.operators(after["FortiOS and FortiProxy"])) == {"power", "gas"}
    assert set(registered.operators(after["PAN-OS"])) == {"rail"}
    assert set(registered.operators(after["Windows"])) == set(OPERATORS)
    assert registered.operators(after["Multiple Products"]) == {}


def test_the_real_catalogue_touches_exactly_those_who_have_the_product():
    entries = kev.read_catalogue(shared_data("kev", "kev-2025-05.json").read_bytes()).entries
    registered = index()
    by_id = {entry.cve: from_kev(entry) for entry in entries}
    assert set(registered.operators(by_id["CVE-2025-24472"])) == {"power", "gas"}
    assert set(registered.operators(by_id["CVE-2025-22457"])) == {"gas"}
    assert set(registered.operators(by_id["CVE-2025-0108"])) == {"rail"}
    others = [one for one in by_id.values() if "water" in registered.operators(one)]
    assert {one.vendor for one in others} == {"Microsoft"}
