"""Files read and waiting for a person to say what their columns are: kept as sheets, never as the file itself."""

import json
import uuid
import zlib
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from sakimori.acts import clock
from sakimori.acts.errors import NotFoundError
from sakimori.assets.models import SourceFile, SourceSheet
from sakimori.assets.sources.legend import Legend
from sakimori.assets.sources.shapes import Row, Sheet, Source
from sakimori.record import Viewer
from sakimori.text import Text

_KEPT = 5  # so many of a person's files are kept
_NAME = 200


def keep(viewer: Viewer, source: Source, name: str, digest: str) -> SourceFile:
    """Keep a file's sheets for the viewer; the oldest of the person's files goes."""
    with transaction.atomic():
        file = SourceFile.objects.create(
            world=viewer.world,
            organisation=viewer.acting_organisation,
            person=viewer.person,
            name="".join(c for c in name if c.isprintable())[:_NAME],
            digest=digest,
            format=source.format,
            sheets=[_described(sheet) for sheet in source.sheets],
            remarks=[[one.ja, one.en] for one in source.remarks],
            taken_at=clock.now(viewer.world),
        )
        SourceSheet.objects.bulk_create(
            SourceSheet(file=file, number=number, content=_packed(sheet)) for number, sheet in enumerate(source.sheets)
        )
    old = _mine(viewer).filter(person=viewer.person).order_by("-taken_at", "id")[_KEPT:]
    SourceFile.objects.filter(id__in=[one.id for one in old]).delete()
    return file


def find(viewer: Viewer, file: uuid.UUID) -> SourceFile:
    """Return a file of the viewer's organisation; `NotFoundError` for any other."""
    found: SourceFile | None = _mine(viewer).filter(id=file).first()
    if found is None:
        raise NotFoundError(str(file))
    return found


def forget(viewer: Viewer, file: uuid.UUID) -> None:
    """Drop a file of the viewer's organisation: columns nobody mapped may say what is not to be kept."""
    _mine(viewer).filter(id=file).delete()


def sheet_of(file: SourceFile, number: int) -> Sheet:
    """Return one sheet of a file with its rows; `NotFoundError` where it has none of that number."""
    stored = SourceSheet.objects.filter(file=file, number=number).first()
    if stored is None:
        raise NotFoundError(str(number))
    described = file.sheets[number]
    return Sheet(
        described["name"],
        described["heading"],
        list(_unpacked(bytes(stored.content))),
        hidden=described["hidden"],
        hidden_lines=frozenset(described["hidden_lines"]),
        notes=[Text(*note) for note in described["notes"]],
        complete=described["complete"],
        since_1904=described.get("since_1904", False),
    )


def source_of(file: SourceFile, sheet: Sheet) -> Source:
    """Return a kept file as a source of one sheet."""
    return Source(file.format, [sheet], [Text(*one) for one in file.remarks])


def choose(file: SourceFile, number: int, chosen: dict[str, str]) -> None:
    """Keep what was decided row by row about a sheet: line → unit, `-` for a row left out, empty for no decision."""
    lines = dict(file.choices.get(str(number), {}))
    for line, unit in chosen.items():
        if unit:
            lines[line] = unit
        else:
            lines.pop(line, None)
    file.choices = {**file.choices, str(number): lines}
    file.save(update_fields=["choices"])


def with_choices(file: SourceFile, number: int, legend: Legend) -> Legend:
    """Return a legend with what was decided row by row."""
    legend.lines = dict(file.choices.get(str(number), {}))
    return legend


def _described(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "heading": list(sheet.heading),
        "rows": len(sheet.rows),
        "hidden": sheet.hidden,
        "hidden_lines": sorted(sheet.hidden_lines),
        "notes": [[note.ja, note.en] for note in sheet.notes],
        "complete": sheet.complete,
        "since_1904": sheet.since_1904,
    }


def _packed(sheet: Sheet) -> bytes:
    packer = zlib.compressobj(1)
    lines = (json.dumps([row.line, *row.cells], ensure_ascii=False).encode() + b"\n" for row in sheet.rows)
    return b"".join(packer.compress(line) for line in lines) + packer.flush()


def _unpacked(content: bytes) -> Iterator[Row]:
    for line in zlib.decompress(content).splitlines():
        number, *cells = json.loads(line)
        yield Row(number, cells)


def _mine(viewer: Viewer) -> Any:
    return SourceFile.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
