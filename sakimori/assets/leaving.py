"""Leaving rows of a list out that are no computers: a total, a remark, the root of a bill of materials.

A person ticks them where the list is shown: its faults, what it would change, what each row would become. The list is
checked again without them, and the record of the import names them. What a page leaves out is what was left out when it
was made and what is ticked on it: never what another page of the same file left out since.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from sakimori.acts import clock
from sakimori.assets import drafting, files, intake, profiles, taking
from sakimori.assets.models import Upload
from sakimori.assets.payloads import MOST_LEFT_OUT
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.legend import LEFT_OUT
from sakimori.assets.tables import TableError
from sakimori.pages import Column
from sakimori.record import Viewer
from sakimori.text import Text

EVERY = "every"
"""Stands for all rows with faults."""
_DIGITS = 9  # no line of a file has more


def again(viewer: Viewer, upload: Upload, chosen: Sequence[str]) -> uuid.UUID:
    """Check the list of an upload again without the lines chosen (`every`: all faulty ones); return the new upload.

    Raises `TableError` where none of the list was chosen, too many were, or the file is no longer kept.
    """
    if not chosen or upload.file is None:
        raise _none_chosen()
    file = files.find(viewer, upload.file)
    number = int(upload.outcome.get("sheet", 0))
    sheet, facilities = files.sheet_of(file, number), drafting.facilities_of(viewer)
    ticked = {int(one) for one in chosen if one.isascii() and one.isdecimal() and len(one) <= _DIGITS}
    faulty = {one.line for one in intake.faults_of(upload)}
    lines = faulty if EVERY in chosen else ticked & {row.line for row in sheet.rows}
    if not lines:
        raise _none_chosen()
    before = {int(one["line"]) for one in upload.outcome.get("left_out", [])}
    if len(lines | before) > MOST_LEFT_OUT:
        raise TableError(
            Text(
                f"1行ずつ除けるのは{MOST_LEFT_OUT:,}行までです。",
                f"At most {MOST_LEFT_OUT:,} rows can be left out one by one.",
            ),
            mend=Text("元のファイルから除いてください。", "Take them out of the file itself."),
        )
    since = [line for line, unit in file.choices.get(str(number), {}).items() if unit == LEFT_OUT]
    files.choose(
        file, number, {**dict.fromkeys(since, ""), **dict.fromkeys(map(str, sorted(lines | before)), LEFT_OUT)}
    )
    called = str(upload.outcome.get("source") or taking.source_name(file.name))
    known = None if legends.is_our_list(sheet.heading) else profiles.remembered(viewer, called)(sheet.heading)
    legend = known or legends.suggest(sheet, file.format, facilities)
    checked = taking.checked(
        files.source_of(file, sheet),
        sheet,
        files.with_choices(file, number, legend),
        facilities,
        clock.today(viewer.world),
    )
    return intake.keep(viewer, checked, file.name, file.digest, called=called, file=file.id, sheet=number).id


def column(lines: Sequence[int] = ()) -> Column:
    """Return the boxes to tick of a list of rows (`line`); a line that stands in it several times has one.

    `lines` are those of the rows, in order, where one can stand there several times.
    """
    first = {line: place for place, line in reversed(list(enumerate(lines)))}

    def tick(row: Mapping[str, Any]) -> str:
        return str(row["line"]) if not lines or row.get("place") == first[row["line"]] else ""

    def said(row: Mapping[str, Any]) -> str:
        return gettext("line %(n)s") % {"n": row["line"]} if tick(row) else ""

    return Column("leave_out", gettext("Leave out"), show=said, tick=tick, sortable=False)


def _none_chosen() -> TableError:
    return TableError(
        Text("除く行が選ばれていません。", "No row was chosen."),
        mend=Text("除く行に印を付けてください。", "Tick the rows to leave out."),
    )
