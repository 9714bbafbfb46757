"""Long lists read part by part: the database finds, sorts and cuts exactly what plain Python would."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.acts import parts, reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.acts.models import ReadRecord, ReadSubject
from sakimori.acts.parts import Part, Word
from sakimori.analysis.models import Advisory, Finding
from sakimori.pages.tables import Column, _filtered, _sorted
from sakimori.record import open_door
from sakimori.record.folding import folded
from tests.support.deployment import WORLD, fixed, viewer

pytestmark = pytest.mark.both_databases

ANALYST = viewer("cabinet", "analyst")
ADVISORIES = "analysis.advisories"
TEXTS = ("identifier", "title", "vendor", "product", "source")
LETTERS = st.text("aBｖＶ制御ｶカﾞ端末%_\\' 1２é", max_size=6)
ROW = st.fixed_dictionaries({"title": LETTERS, "vendor": LETTERS, "product": LETTERS, "days": st.integers(0, 5)})
QUERY = st.text("aBｖ制御ｶカ%_\\' 12é", max_size=4)


def lay(rows):
    """Make advisories of these rows and return them as the query gives them."""
    with transaction.atomic(), open_door("test"):
        Finding.objects.all().delete()
        Advisory.objects.all().delete()
        Advisory.objects.bulk_create(
            Advisory(
                world=WORLD, identifier=f"X-{place:03}", source="t", title=row["title"], vendor=row["vendor"],
                product=row["product"], published=date(2026, 11, 20) + timedelta(days=row["days"]),
                known_exploited=place % 2 == 0, load=uuid.uuid4(),
            )
            for place, row in enumerate(rows)
        )  # fmt: skip
    return reading.read(ANALYST, ADVISORIES)


def words(query):
    return tuple(Word(one) for one in folded(query).split())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=9), query=QUERY, by=st.sampled_from(["title", "vendor", "identifier", "published"]))
def test_search_and_sort_are_what_python_does(parties, rows, query, by):
    every = lay(rows)
    columns = [Column(name, name) for name in TEXTS]
    matching = _filtered(every, columns, query)
    wanted = [row["id"] for row in _sorted(matching, [Column(by, by)], by)]
    page = parts.read_part(ANALYST, ADVISORIES, Part(sort=by, words=words(query)))
    assert [row["id"] for row in page.rows] == wanted
    assert (page.total, page.all) == (len(matching), len(every))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=9), size=st.integers(1, 4), by=st.sampled_from(["-title", "product"]))
def test_pages_together_are_the_whole_list_once(parties, rows, size, by):
    every = lay(rows)
    seen = []
    for start in range(0, len(every), size):
        page = parts.read_part(ANALYST, ADVISORIES, Part(start, size, by))
        assert page.start == start
        seen += [row["id"] for row in page.rows]
    assert sorted(seen) == sorted(row["id"] for row in every)
    assert seen == [row["id"] for row in parts.read_part(ANALYST, ADVISORIES, Part(sort=by)).rows]


def test_empty_cells_come_last_whichever_way(parties):
    lay([{"title": text, "vendor": "", "product": "", "days": 0} for text in ("b", "", "a", "")])
    for by, wanted in (("title", ["a", "b", "", ""]), ("-title", ["b", "a", "", ""])):
        assert [row["title"] for row in parts.read_part(ANALYST, ADVISORIES, Part(sort=by)).rows] == wanted


@pytest.mark.parametrize(("word", "count"), [("2026", 3), ("2026-11", 2), ("2026-12-01", 1), ("2026-13", 0), ("11", 0)])
def test_dates_are_found_by_year_month_and_day(parties, word, count):
    lay([{"title": "", "vendor": "", "product": "", "days": days} for days in (0, 1, 11)])
    assert parts.read_part(ANALYST, ADVISORIES, Part(words=(Word(word),))).total == count


def test_a_start_beyond_the_end_gives_the_last_page(parties):
    lay([{"title": str(n), "vendor": "", "product": "", "days": 0} for n in range(5)])
    page = parts.read_part(ANALYST, ADVISORIES, Part(10**12, 2))
    assert (page.start, len(page.rows)) == (4, 1)


def test_names_are_found_and_ranked_by_value(parties):
    lay([{"title": n, "vendor": n, "product": "", "days": 0} for n in "xyz"])
    page = parts.read_part(ANALYST, ADVISORIES, Part(words=(Word("何か", {"vendor": ("x", "z")}),)))
    assert {row["title"] for row in page.rows} == {"x", "z"}
    ranked = parts.read_part(ANALYST, ADVISORIES, Part(sort="vendor", ranks={"z": 0, "x": 1}))
    assert [row["vendor"] for row in ranked.rows] == ["z", "x", "y"]
    assert sorted(parts.values(ANALYST, ADVISORIES, ["vendor"])["vendor"]) == ["x", "y", "z"]


def test_unknown_sorts_and_fields_are_ignored(parties):
    every = lay([{"title": n, "vendor": "", "product": "", "days": 0} for n in "ab"])
    page = parts.read_part(ANALYST, ADVISORIES, Part(sort="load", words=(Word("c", {"load": ("x",)}),)))
    assert page.total == 0
    assert len(parts.read_part(ANALYST, ADVISORIES, Part(sort="world")).rows) == len(every)
    assert parts.values(ANALYST, ADVISORIES, ["load"]) == {"load": []}


def touch(**labels):
    lay([{"title": "t", "vendor": "v", "product": "p", "days": 0}])
    with transaction.atomic(), open_door("test"):
        for place in range(3):
            Finding(
                world=WORLD, run=uuid.uuid4(), advisory=Advisory.objects.get(), reach="notified", maker="秘密",
                product=f"P{place}", operator=fixed("power"), owner=fixed("power"), grade="exact", labels=labels,
            ).save(force_insert=True)  # fmt: skip


def test_the_reading_record_names_the_rows_of_the_page_alone(parties):
    touch(operators=["reported_information"])
    page = parts.read_part(ANALYST, "analysis.findings", Part(count=2))
    record = ReadRecord.objects.get(query="analysis.findings")
    subjects = set(ReadSubject.objects.filter(reading=record).values_list("subject", flat=True))
    assert subjects == {row["id"] for row in page.rows}
    assert (record.rows, page.total) == (2, 3)


def test_nobody_searches_or_sorts_by_what_is_withheld(parties):
    touch(operators=["party_consent:nobody"])
    shown = parts.read_part(ANALYST, "analysis.findings", Part())
    assert {row["maker"] for row in shown.rows} == {None}
    assert parts.read_part(ANALYST, "analysis.findings", Part(words=(Word("秘密"),))).total == 0
    named = Part(words=(Word("秘密", {"maker": ("秘密",)}),))
    assert parts.read_part(ANALYST, "analysis.findings", named).total == 0
    assert parts.values(ANALYST, "analysis.findings", ["maker", "operator"]) == {"maker": [], "operator": []}
    up, down = (parts.read_part(ANALYST, "analysis.findings", Part(sort=by)).rows for by in ("product", "-product"))
    assert [row["id"] for row in up] == [row["id"] for row in down]


def test_a_role_that_may_not_read_gets_no_part_no_count_and_no_values(parties):
    stranger = viewer("rail", "reporter")
    for ask in (
        lambda: parts.read_part(stranger, ADVISORIES, Part()),
        lambda: parts.count(stranger, ADVISORIES),
        lambda: parts.values(stranger, ADVISORIES, ["vendor"]),
    ):
        with pytest.raises(NotAuthorisedError):
            ask()
