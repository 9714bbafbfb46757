"""Charts: marks to scale, every mark named, text escaped, nothing drawn of nothing."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sakimori.pages.charts import Bar, Stretch, bars, stretches

PARTS = [("settled", "filed"), ("late", "late")]
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))


def marks(drawn, prefix):
    root = ET.fromstring(str(drawn))  # noqa: S314 - our own
    return [one for one in root.iter("rect") if one.get("class", "").startswith(f"chart-{prefix}")]


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30))
def test_lengths_are_to_scale(values):
    drawn = bars("n", "d", PARTS, [Bar("row", pair) for pair in values])
    longest = max(sum(pair) for pair in values)
    if not longest:
        assert drawn == ""
        return
    lengths = [float(one.get("width")) for one in marks(drawn, "")]
    counts = [value for pair in values for value in pair if value]
    assert len(lengths) == len(counts)
    for length, count in zip(lengths, counts, strict=True):
        assert abs(length - count * 480 / longest) < 0.1


@given(st.lists(st.tuples(DAYS, st.integers(0, 900)), min_size=1, max_size=20), DAYS)
def test_a_time_line_stays_inside_its_picture(spans, today):
    rows = [Stretch("a", begins, begins + timedelta(days=days), "open", "said") for begins, days in spans]
    drawn = stretches("n", "d", rows, today)
    for one in marks(drawn, "open"):
        assert 190 <= float(one.get("x")) <= 720
        assert float(one.get("x")) + float(one.get("width")) <= 720
        assert one.find("title").text == "said"


def test_what_people_typed_is_escaped():
    hostile = '"><script>alert(1)</script>'
    drawn = bars(hostile, hostile, [("open", hostile)], [Bar(hostile, [1])])
    assert "<script" not in drawn
    assert ET.fromstring(str(drawn)).get("aria-label") == hostile  # noqa: S314 - our own


def test_a_long_label_is_cut_and_stands_whole_in_its_mark():
    name = "施行の際現に導入されている特定重要電子計算機の届出"
    drawn = bars("n", "d", [("open", "open")], [Bar(name, [3])])
    assert f"{name} · open: 3" in drawn
    assert "…" in drawn
