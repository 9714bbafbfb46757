"""What to look at in a notification: each hint found where it belongs and nowhere else, and fast over 20,000 rows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import door, reading
from sakimori.acts.errors import NotAuthorisedError
from sakimori.assets.models import Hint, Notification, NotifiedClause
from sakimori.assets.supervision import finding, hints, saying
from tests.assets.supervision.test_matters import CATEGORY, ODD, arrived
from tests.support.deployment import fixed, viewer

ON = date(2026, 11, 24)
ITSELF, ROUTER = "rei1-3-1", "meirei1-1-2"


def codes(rows, **before):
    """Return the codes of the hints in some rows."""
    return [one.code for one in hints.look(rows, hints.Before(**before), ON)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((ITSELF, "CENTUM VP", "横河電機"), []),
        ((ITSELF, "CENTUM VP", "－"), ["no_maker"]),
        ((ITSELF, "CENTUM VP", "Ｎ／Ａ"), ["no_maker"]),
        ((ITSELF, "不明", "横河電機"), ["no_product"]),
        ((ITSELF, "Cisco", "Catalyst 9300"), ["swapped"]),
        ((ITSELF, "Cisco", "Cisco"), []),
        ((ITSELF, "回線監視サービス", "架空通信"), ["service_name"]),
        ((ITSELF, "サービスゲートウェイ 5", "架空通信"), []),
        ((ITSELF, "Windows Server 2022", "Microsoft"), ["exempt_item"]),
        (("第1号", "CENTUM VP", "横河電機"), ["unknown_clause", "no_item_one"]),
        ((ROUTER, "Catalyst 9300", "Cisco"), ["no_item_one"]),
        (("", "CENTUM VP", "横河電機"), ["no_clause"]),
        (("", "", ""), []),
    ],
)
def test_a_row_is_hinted_at_for_what_it_says(row, expected):
    assert sorted(codes([row])) == sorted(expected)


def test_a_prior_review_paper_in_place_of_the_form_names_no_class_and_is_not_hinted_at_for_it():
    assert codes([("", "CENTUM VP", "横河電機")], classed=False) == []


def test_two_spellings_of_one_name_are_shown_as_such_and_other_names_are_not():
    rows = [
        (ITSELF, "FortiGate-100F", "Fortinet"), (ITSELF, "ＦｏｒｔｉＧａｔｅ 100F", "フォーティネット"),
        (ITSELF, "FortiGate 100F", "Fortinet, Inc."), (ITSELF, "FortiGate-200F", "Fortinet"),
    ]  # fmt: skip
    (found,) = [one for one in hints.look(rows, hints.Before(), ON) if one.code == "spelling"]
    assert (found.rows, found.place) == (2, 1)
    assert "200F" not in str(found.said)
    assert codes(rows[3:], names=[("Fortinet", "FortiGate 200F")]) == ["spelling_before"]
    assert codes(rows[3:], names=[("Fortinet", "FortiGate 200F"), ("Fortinet", "FortiGate-200F")]) == []


def test_what_came_before_and_what_is_on_record_tells_of_the_whole():
    row = (ITSELF, "CENTUM VP", "横河電機")
    same = frozenset({("横河電機", "CENTUM VP")})
    assert codes([row], last=(3, same)) == ["fell"]
    assert codes([row], last=(1, same)) == []
    assert codes([row], last=(3, frozenset({("a", "b")}))) == []
    assert codes([row], category="x", categories=frozenset({"y"})) == ["no_facility"]
    assert codes([row], category="x") == []  # its operator keeps its own register: nobody here can know
    assert codes([], silent=[("第一", "y")]) == ["silent_facility"]
    assert codes([row], told=2) == ["count_differs"]
    assert codes([row], told=1) == []
    assert codes([row], others=4, clauses_of_others={ROUTER: 3}) == ["silent_clause"]
    assert codes([row], others=4, clauses_of_others={ROUTER: 2}) == []
    assert codes([row], others=4, clauses_of_others={ROUTER: 3}, clauses=frozenset({ROUTER})) == []


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40), st.text(max_size=40)), max_size=30))
def test_no_row_whatever_it_says_stops_the_looking(rows):
    for one in hints.look(rows, hints.Before(), ON):
        row = {"code": one.code, "said": dict(one.said)}
        assert saying.hint(row)
        assert 0 <= one.place <= len(rows)


def test_many_of_one_sort_are_cut_and_counted():
    rows = [(ITSELF, f"装置 {n}", "不明") for n in range(20_000)]
    found = hints.look(rows, hints.Before(names=[("架空", f"装置{n}") for n in range(20_000)]), ON)
    assert len(found) == hints.MOST + 1
    assert found[-1].said == {"n": 20_000 - hints.MOST, "more": True}


@pytest.mark.django_db
def test_hints_are_stored_at_arrival_and_seen_by_the_minister_alone(parties):
    filed = arrived(ODD)
    assert filed.hints == Hint.objects.filter(notification=filed).count() == 4
    assert NotifiedClause.objects.get(notification=filed).computers == 5
    rows = reading.read(viewer("meti", "intake"), "assets.hints", notification=filed.id)
    assert {row["code"] for row in rows} == {"no_maker", "swapped", "service_name", "spelling"}
    assert reading.read(viewer("mlit", "intake"), "assets.hints", notification=filed.id) == []
    for name, role in (("power", "reporter"), ("cabinet", "analyst"), ("meti", "administrator")):
        with pytest.raises(NotAuthorisedError):
            reading.read(viewer(name, role), "assets.hints", notification=filed.id)
    with_hints = reading.read(viewer("meti", "officer"), "assets.checking", findings="yes")
    assert [row["id"] for row in with_hints] == [filed.id]


@pytest.mark.django_db
def test_a_paper_is_looked_at_too_and_its_count_is_compared(parties):
    entry = {"operator": str(fixed("power")), "channel": "post", "arrived_at": "2026-11-20T10:00:00+09:00",
             "reference": "1", "facility_category": CATEGORY, "contents": "typed", "count": 3,
             "rows": [{"clause": ITSELF, "product": "不明", "maker": "架空"}]}  # fmt: skip
    done = door.perform("assets.entry.record", entry, by=viewer("meti", "intake"))
    found = Hint.objects.filter(notification=done.subject.id)
    assert sorted(found.values_list("code", flat=True)) == ["count_differs", "no_product"]


@pytest.mark.django_db
def test_looking_never_changes_what_arrived(parties):
    filed = arrived(ODD)
    before = list(filed.items.values_list("clause", "product", "maker"))
    assert Notification.objects.get(id=filed.id).status == "received"
    assert finding.hints.look([tuple(row) for row in before], hints.Before(), ON)
    assert list(filed.items.values_list("clause", "product", "maker")) == before
