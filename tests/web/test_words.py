"""Every word that a payload, a role or a state can bring onto a page has its Japanese; dates are read as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.errors import SakimoriError
from sakimori.law.eras import era
from sakimori.pages import dates
from sakimori.pages.words import sentence
from tools import messages


def test_nothing_is_left_untranslated():
    left = messages.missing()
    assert not left, "run `.venv/bin/python -m tools.messages`, then translate: " + "; ".join(
        f"{package}: {', '.join(message.text for message in found)}" for package, found in left.items()
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("designated_on", "Designated on"), ("name_ja", "Name (Japanese)"), ("url", "URL"), ("x", "X")],
)
def test_names_become_words(name, words):
    assert sentence(name) == words


@given(st.dates(min_value=__import__("datetime").date(1990, 1, 1), max_value=__import__("datetime").date(2100, 12, 31)))
def test_every_day_is_read_in_every_notation(day):
    forms = (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日", era(day),
        era(day).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    )  # fmt: skip
    assert {dates.typed_date(form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("typed", "day"),
    [("46346", "2026-11-20"), ("４６３４６", "2026-11-20"), ("46346.604", "2026-11-20"), ("10000", "1927-05-18")],
)
def test_a_day_number_of_a_spreadsheet_is_a_day(typed, day):
    assert dates.typed_date(typed) == day


@pytest.mark.parametrize("typed", ["4634", "463460", "-46346", "46346.", "0"])
def test_other_numbers_are_no_days(typed):
    with pytest.raises(SakimoriError):
        dates.typed_date(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-11-20 14:30", "2026-11-20T14:30:00+09:00"),
        ("2026-11-20T14:30:00+00:00", "2026-11-20T14:30:00+00:00"),
        ("令和8年11月20日 9:05", "2026-11-20T09:05:00+09:00"),
        ("2026/11/20 0:00", "2026-11-20T00:00:00+09:00"),
        ("２０２６年１１月２０日　１４：３０", "2026-11-20T14:30:00+09:00"),
    ],
)
def test_moments_are_read_in_tokyo(typed, read):
    assert dates.typed_datetime(typed) == read


@pytest.mark.parametrize("typed", ["昨日", "2026-02-30", "25:00", "2026-11-20 25:00", "", "2026/11/20"])
def test_what_is_no_moment_is_refused_with_an_example(typed):
    with pytest.raises(SakimoriError) as refused:
        dates.typed_datetime(typed)
    assert refused.value.mend is not None
