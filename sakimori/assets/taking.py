"""From a file of any format to checked rows: which sheet, which legend, then the same checks for all.

Our own list needs no legend. Else the one remembered for the source and its headings counts, with what the caller says
of the file; machines may go by our suggestion where it leaves nothing open, people are asked (`views_mapping`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from sakimori.assets import editions
from sakimori.assets.importing import Checked, check_read
from sakimori.assets.payloads import MOST_LEFT_OUT
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.applying import apply
from sakimori.assets.sources.headings import field_of
from sakimori.assets.sources.legend import Legend
from sakimori.assets.sources.reading import read_source
from sakimori.assets.sources.shapes import Row, Sheet, Source, TableError, refuse, told_apart
from sakimori.assets.wording import COLUMNS
from sakimori.errors import SakimoriError
from sakimori.text import Text

Remembered = Callable[[Sequence[str]], Legend | None]
"""What was decided before about a set of headings; None where nothing was."""
_NAMED = 20
_TELLING = 3  # known headings from which a sheet looks like a list of computers
_LINES = re.compile(r"([0-9]{1,7})(?:-([0-9]{1,7}))?")
_HEADINGS: Mapping[str, str] = {column.field: column.headings[0] for column in COLUMNS}
_VARIABLE = re.compile(
    r"(?:[\s_.\-]*(?:\(\d+\)|（\d+）|\d{4,8}|\d{1,2}|v\d+|copy|コピー|のコピー|最新|final))+$", re.IGNORECASE
)


class UnmappedError(SakimoriError):
    """Nothing says which column gives a field that every row needs."""

    code = "assets.unmapped"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller says of a file: its sheet (name or number), their heading → our field, what holds throughout.

    `leave_out` are lines that are no computers (a total): left out, and named in the record of the import.
    """

    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    leave_out: Sequence[int] = ()


def read(data: bytes) -> Source:
    """Return a file read; what this installation does not keep of an inventory is left out of it, and named."""
    found = read_source(data)
    private = editions.dropped()
    if private:
        for sheet in found.sheets:
            _leave_out(sheet, legends.giving(sheet, found.format, private))
    return found


def _leave_out(sheet: Sheet, labels: Sequence[str]) -> None:
    if not labels:
        return
    told = told_apart(sheet.heading)
    places = [place for place, label in enumerate(told) if label not in labels]
    sheet.notes.append(editions.left_out(labels))
    sheet.rows = [Row(row.line, [row.cells[place] for place in places if place < len(row.cells)]) for row in sheet.rows]
    # Headings told apart by a number stay so: their names are what was decided about them.
    sheet.heading = [told[place] if sheet.heading[place] else "" for place in places]


def source_name(file: str) -> str:
    """Return what a file's source is called: its name without ending, day and number, so that the next one is known."""
    plain = "".join(c for c in file.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()
    stem = plain.rpartition(".")[0] or plain
    return (_VARIABLE.sub("", stem).strip() or stem or "inventory")[:200]


def choose_sheet(source: Source, wanted: str = "") -> Sheet:
    """Return the sheet asked for, else the only one in question. Raises `TableError` for none or several."""
    filled = [sheet for sheet in source.sheets if sheet.rows]
    if wanted:
        for number, sheet in enumerate(source.sheets, start=1):
            if wanted in (sheet.name, str(number)):
                return sheet
        names = ", ".join(sheet.name for sheet in source.sheets[:_NAMED])
        raise refuse(
            f"「{wanted[:60]}」というシートはありません。", f"There is no sheet “{wanted[:60]}”.",
            where="sheet", mend=Text(f"次のいずれか: {names}", f"One of: {names}"),
        )  # fmt: skip
    visible = [sheet for sheet in filled if not sheet.hidden] or filled
    if not visible:
        raise refuse(
            "見出しだけで行がありません。",
            "There is a heading but no row.",
            mend=Text("電子計算機を1行に1台ずつ書いてください。", "Write one computer a row."),
        )
    ours = [sheet for sheet in visible if legends.is_our_list(sheet.heading)]
    if len(visible) == 1 or len(ours) == 1:
        return _chosen(source, (ours if len(ours) == 1 else visible)[0], filled)
    likely = [sheet for sheet in visible if known_headings(sheet.heading) >= _TELLING]
    if len(likely) == 1:
        return _chosen(source, likely[0], filled)
    names = ", ".join(sheet.name for sheet in visible[:_NAMED])
    raise refuse(
        f"シートが{len(visible)}枚あります。どれを読むか選んでください。",
        f"There are {len(visible)} sheets; choose one.",
        where="sheet",
        mend=Text(f"次のいずれか: {names}", f"One of: {names}"),
    )


def _chosen(source: Source, chosen: Sheet, filled: Sequence[Sheet]) -> Sheet:
    """Return the sheet that is read, with a remark that names every other one that has rows, the hidden ones too."""
    others = [sheet for sheet in filled if sheet is not chosen]
    if others:
        ja = "、".join(f"{one.name}（非表示）" if one.hidden else one.name for one in others)
        en = ", ".join(f"{one.name} (hidden)" if one.hidden else one.name for one in others)
        source.remarks.append(
            Text(
                f"シート「{chosen.name}」を読みました。読まなかったシート: {ja}",
                f"Sheet “{chosen.name}” was read. Not read: {en}",
            )
        )
    return chosen


def known_headings(heading: Sequence[str]) -> int:
    """Return how many different fields of ours a heading names: what tells a list of computers from a cover sheet."""
    return len({field_of(name) for name in heading} - {None})


def legend_for(
    source: Source, sheet: Sheet, facilities: Mapping[str, str], remembered: Remembered, wish: Wish
) -> Legend:
    """Return the legend a machine's file is read by: the one remembered, else ours, with the caller's word."""
    known = remembered(sheet.heading)
    found = known if known and legends.fits(known, sheet.heading) else None
    found = found or legends.suggest(sheet, source.format, facilities)
    labels = told_apart(sheet.heading)
    for label, name in wish.columns.items():
        offered = editions.kept(legends.FIELDS)
        if label not in labels or name not in (*offered, ""):
            near = get_close_matches(label, labels, 1)
            raise refuse(
                f"列「{label[:60]}」または項目「{name[:60]}」はありません。",
                f"There is no column “{label[:60]}”, or no field “{name[:60]}”.",
                where=label[:60],
                mend=Text(
                    f"項目は {', '.join(offered)}。" + (f"「{near[0]}」ですか。" if near else ""),
                    f"Fields are {', '.join(offered)}." + (f" Is “{near[0]}” meant?" if near else ""),
                ),
            )
        for listed in found.columns.values():
            if label in listed:
                listed.remove(label)
        if name:
            found.columns[name] = [label]
    found.fixed |= {name: value for name, value in wish.fixed.items() if value}
    _leave_lines(sheet, found, wish.leave_out)
    return found


def _leave_lines(sheet: Sheet, legend: Legend, lines: Sequence[int]) -> None:
    known = {row.line for row in sheet.rows} if lines else set()
    strange = [line for line in lines if line not in known]
    if strange:
        named = ", ".join(str(line) for line in strange[:_NAMED])
        raise refuse(
            f"除くという行がファイルにありません: {named}",
            f"Rows to leave out that the file does not have: {named}",
            where="leave_out",
            mend=Text("見出しを1行目と数えた行番号を書いてください。", "Write line numbers of the file itself."),
        )
    legend.lines |= {str(line): legends.LEFT_OUT for line in lines}


def lines_of(text: str) -> list[int]:
    """Return the line numbers that a text lists (`57,60-62`). Raises `TableError` where it lists something else."""
    found: list[int] = []
    for part in text.replace("、", ",").split(","):
        match = _LINES.fullmatch(part.strip())
        if match is None:
            if not part.strip():
                continue
            raise _no_lines(part)
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
        if last < first or last - first >= MOST_LEFT_OUT:
            raise _no_lines(part)
        found += range(first, last + 1)
    if len(found) > MOST_LEFT_OUT:
        raise _no_lines(f"{len(found):,}")
    return found


def _no_lines(part: str) -> TableError:
    return refuse(
        f"除く行「{part[:40]}」を読めません（一度に{MOST_LEFT_OUT:,}行まで）。",
        f"“{part[:40]}” is no list of lines (at most {MOST_LEFT_OUT:,}).",
        where="leave_out",
        mend=Text("57,60-62 の形で書いてください。", "Write it as 57,60-62."),
    )


def checked(
    source: Source,
    sheet: Sheet,
    legend: Legend,
    facilities: Mapping[str, str],
    today: date,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Return a sheet's checked rows with remarks. Raises `UnmappedError` where nothing gives a needed field."""
    _keep_back(legend)
    missing = legend.missing()
    if missing:
        raise unmapped(missing, sheet, legend)
    applied = apply(sheet, legend)
    if not applied.read.rows:
        raise refuse(
            "選択によりすべての行が除かれ、取り込む行がありません。",
            "Every row is left out as chosen; there is nothing to import.",
            mend=Text("取り込む種別か行を選んでください。", "Choose kinds or rows to import."),
        )
    notes = [*source.remarks, *sheet.notes, *applied.notes]
    if legend.suggested:
        read_as = [f"{' / '.join(listed)} → {_HEADINGS[name]}" for name, listed in legend.columns.items() if listed]
        told = "; ".join(read_as[:_NAMED])
        notes.append(Text(f"列の対応は推測です: {told}", f"What the columns are is our suggestion: {told}"))
    found = check_read(applied.read, facilities, today, progress, notes)
    return replace(found, left_out=applied.left_out)


def _keep_back(legend: Legend) -> None:
    """Take out of a legend what this installation does not keep: a value for the whole file, a column once decided."""
    for name in editions.dropped():
        legend.columns.pop(name, None)
        legend.fixed.pop(name, None)


def unmapped(missing: Sequence[str], sheet: Sheet, legend: Legend) -> UnmappedError:
    """Return the refusal of a sheet of which nobody said where these fields are."""
    used = {label for listed in legend.columns.values() for label in listed}
    free = [label for label in told_apart(sheet.heading) if label not in used and field_of(label) is None]
    wanted = [_HEADINGS[name] for name in missing]
    likely = [(near[0], name) for name in wanted if (near := get_close_matches(name, free, 1))]
    return UnmappedError(
        Text(f"必要な列がありません: {'、'.join(wanted)}", f"Columns are missing: {', '.join(wanted)}"),
        where=", ".join(wanted),
        mend=Text(
            "画面の取込みで列の対応を一度決めると次から覚えています。コマンドでは --map 見出し=項目、"
            "--facility、--unit、--introduced で決められます。"
            + "".join(f"「{near}」は「{name}」ですか。" for near, name in likely),
            "Say once on the site which column is which, and it is remembered; on the command line use"
            " --map HEADING=FIELD, --facility, --unit, --introduced."
            + "".join(f" Is “{near}” meant to be “{name}”?" for near, name in likely),
        ),
    )
