"""Leaving rows of a list out that are no computers: a total, a remark, the root of a bill of materials.

A person names them on the page of the faults; the list is checked again without them, and the record of the import
names them. What a page leaves out is what was left out when it was made and what is ticked on it: never what another
page of the same file left out since.
"""

import uuid
from collections.abc import Sequence

from sakimori.acts import clock
from sakimori.assets import drafting, files, intake, profiles, taking
from sakimori.assets.models import Upload
from sakimori.assets.payloads import MOST_LEFT_OUT
from sakimori.assets.sources import legend as legends
from sakimori.assets.sources.legend import LEFT_OUT
from sakimori.assets.tables import TableError
from sakimori.record import Viewer
from sakimori.text import Text

EVERY = "every"
"""Stands for all rows with faults."""


def again(viewer: Viewer, upload: Upload, chosen: Sequence[str]) -> uuid.UUID:
    """Check the list of an upload again without the lines chosen (`every`: all faulty ones); return the new upload.

    Raises `TableError` where none was chosen, too many were, or the file is no longer kept.
    """
    faulty = {one.line for one in intake.faults_of(upload)}
    lines = faulty if EVERY in chosen else {int(one) for one in chosen if one.isascii() and one.isdecimal()} & faulty
    if not lines or upload.file is None:
        raise TableError(
            Text("除く行が選ばれていません。", "No row was chosen."),
            mend=Text("除く行に印を付けてください。", "Tick the rows to leave out."),
        )
    file = files.find(viewer, upload.file)
    number = int(upload.outcome.get("sheet", 0))
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
    sheet, facilities = files.sheet_of(file, number), drafting.facilities_of(viewer)
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
