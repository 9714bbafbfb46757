"""Days as people read them, and labels in the sense of their room."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sakimori.incidents.forms import Response
from sakimori.pages import dates
from sakimori.pages.words import label, room_of, worded


@pytest.mark.parametrize(
    ("value", "japanese", "english"),
    [
        (date(2026, 11, 21), "2026年11月21日（令和8年）", "21 Nov 2026"),
        (date(2019, 5, 1), "2019年5月1日（令和元年）", "1 May 2019"),
        (date(2019, 4, 30), "2019年4月30日（平成31年）", "30 Apr 2019"),
        (datetime(2026, 11, 21, 15, 30, tzinfo=UTC), "2026年11月22日（令和8年）00:30", "22 Nov 2026, 00:30"),
    ],
)
def test_a_day_has_its_era_behind_it(value, japanese, english):
    assert (dates.read(value, "ja"), dates.read(value, "en")) == (japanese, english)


def test_in_a_list_the_era_is_left_out():
    moment = datetime(2026, 11, 21, 5, 3, tzinfo=UTC)
    assert dates.brief(moment, "ja") == "2026年11月21日 14:03"
    assert dates.brief(moment, "en") == "21 Nov 2026, 14:03"
    assert dates.plain(moment) == "2026-11-21 14:03"


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2199, 12, 31)))
def test_what_is_shown_can_be_typed_again(day):
    assert dates.typed_date(dates.brief(day, "ja")) == dates.typed_date(dates.plain(day)) == day.isoformat()


def test_a_room_may_mean_something_of_its_own_by_a_word():
    with translation.override("ja"):
        assert label("measures", "incidents") == "とった措置"
        assert label("measures") == "取得措置"
        assert label("note", "incidents") == "ランサムノート"
        assert label("recovery", "incidents") == label("recovery")
    with translation.override("en"):
        assert worded("Measures", "incidents") == "Measures"
    assert room_of(Response) == "incidents"
