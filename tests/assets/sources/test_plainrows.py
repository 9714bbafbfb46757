"""Cutting rows out of a worksheet gives what parsing it gives, whatever shape its cells have."""

from hypothesis import given
from hypothesis import strategies as st

from sakimori.assets.sources import plainrows, worksheet
from sakimori.assets.sources.worksheet import Style, read_sheet

STRINGS = ["零", "one & two", "三"]
STYLES = [Style(), Style(is_day=True), Style(zeros=5)]
TEXTS = st.sampled_from(
    ["", "1", "45931", "12.50", "a", "値", "&amp;&lt;x&gt;", "&#12354;&#x3042;", "a\r\nb", "  x ", "0", "1E3", "#N/A"]
)


@st.composite
def cells(draw, letters):
    """One cell as some program may write it: attributes in any order, formulas, rich text, nothing at all."""
    given_attributes = [
        f'r="{letters}1"' if draw(st.integers(0, 9)) else "",
        f's="{draw(st.integers(0, 3))}"' if draw(st.booleans()) else "",
        draw(st.sampled_from(["", 't="s"', 't="str"', 't="n"', 't="e"', 't="inlineStr"', "t='str'", 't="d"'])),
    ]
    told = " ".join(one for one in draw(st.permutations(given_attributes)) if one)
    value, formula = draw(TEXTS), draw(st.sampled_from(["", "<f>A1</f>", '<f t="shared" si="0"/>', "<f>A1&gt;2</f>"]))
    body = draw(
        st.sampled_from(
            [f"{formula}<v>{value}</v>", f"<is><t>{value}</t></is>", f"{formula}<v/>", formula, "",
             f"<is><r><t>{value}</t></r><r><t>x</t></r></is>", f'<is><t xml:space="preserve">{value}</t></is>']
        )
    )  # fmt: skip
    return f"<c {told}>{body}</c>" if body else f"<c {told}/>"


@st.composite
def sheets(draw):
    """A worksheet's XML."""
    rows = []
    for line in range(draw(st.integers(0, 4))):
        number = draw(st.sampled_from(["", f'r="{line * 2 + 1}"', f"r='{line * 2 + 1}'"]))
        hidden = draw(st.sampled_from(["", ' hidden="1"', ' spans="1:3" ht="15"']))
        found = "".join(draw(cells(letters)) for letters in ("A", "C", "AB")[: draw(st.integers(0, 3))])
        rows.append(f"<row {number}{hidden}>{found}</row>" if found else f"<row {number}{hidden}/>")
    columns = draw(st.sampled_from(["", '<cols><col min="1" max="2" hidden="1"/><col min="4" max="4"/></cols>']))
    data = f"<sheetData>{''.join(rows)}</sheetData>"
    return f'<?xml version="1.0"?><worksheet>{columns}{data}<rowBreaks count="1"/></worksheet>'.encode()


@given(sheets())
def test_a_sheet_cut_is_the_sheet_parsed(data):
    assert plainrows.is_plain(data)
    cut = read_sheet(data, STRINGS, STYLES)
    parsed = read_sheet(data.replace(b"<sheetData>", b"<!-- parsed --><sheetData>"), STRINGS, STYLES)
    assert cut == parsed


def test_common_rows_are_never_handed_to_the_parser(monkeypatch):
    parsed = []
    told = worksheet.parse
    monkeypatch.setattr(worksheet, "parse", lambda data, **given: parsed.append(data) or told(data, **given))
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>x</t></is></c><c r="B{0}" s="1"><v>45931</v></c></row>'
    data = f"<worksheet><sheetData>{''.join(row.format(n) for n in range(1, 9))}</sheetData></worksheet>".encode()
    assert [one.cells for one in read_sheet(data, STRINGS, STYLES).rows] == [["x", "2025-10-01"]] * 8
    assert parsed == [data]
