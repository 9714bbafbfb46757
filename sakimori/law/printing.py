"""The law book as a PDF: the same chapters as the HTML, on A4 across, with page numbers and the digest of the data.

Set by Typst from `book.typ`. Noto Sans CJK JP is a dependency of this package; another font of FONTS in a folder given
goes before it. Without any font with Japanese letters FontMissingError is raised, for a page of empty boxes would help
nobody. The same data, day and font give the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sakimori.law.chapters import TITLE, Chapter, chapters, lead
from sakimori.law.errors import LawError
from sakimori.law.lawbook import LawBook
from sakimori.law.lines import Part
from sakimori.text import Text

FONTS = (
    *("BIZ UDPGothic", "BIZ UDGothic", "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP"),
    *("IPAexGothic", "IPAPGothic", "IPAGothic", "Hiragino Sans", "Yu Gothic", "Meiryo"),
)
_PACKAGES = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
_NARROWEST, _WIDEST = 4, 26  # a column's share of the width, by the length of its longest texts


class FontMissingError(LawError):
    """No font with Japanese letters was found, so no PDF can be set."""

    code = "law.font_missing"


class PrintingError(LawError):
    """The PDF could not be set."""

    code = "law.printing"


def folders(folder: Path | None = None) -> list[Path]:
    """Return where fonts are looked for besides the machine's own places: `folder`, and the packages that carry one."""
    specs = [find_spec(package) for package in _PACKAGES]
    carried = [Path(place) for spec in specs if spec for place in spec.submodule_search_locations or ()]
    return [*([folder] if folder else []), *carried]


def font(folder: Path | None = None) -> str:
    """Return the Japanese font to set with: the first of FONTS in `folder`, else in all places. FontMissingError."""
    import typst  # noqa: PLC0415  (77 MB that only this needs)

    if folder is not None:
        own = set(typst.Fonts(include_system_fonts=False, font_paths=[folder]).families())
        if own & set(FONTS):
            return chosen(own, folder)
    return chosen(set(typst.Fonts(font_paths=folders(folder)).families()), folder)


def chosen(families: set[str], folder: Path | None = None) -> str:
    """Return the first of FONTS among these families. Raises FontMissingError."""
    for name in FONTS:
        if name in families:
            return name
    raise FontMissingError(
        Text(
            "日本語の書体が見つからないため、PDFを作れません。",
            "No font with Japanese letters was found, so no PDF can be set.",
        ),
        where=str(folder) if folder else None,
        mend=Text(
            "Debianでは fonts-noto-cjk を入れるか、書体のフォルダを --fonts で示すか、--html-only を付けてください。",
            "On Debian install fonts-noto-cjk, or name a folder of fonts with --fonts, or add --html-only.",
        ),
    )


def pdf(book: LawBook, on: date, language: str, folder: Path | None = None) -> bytes:
    """Return the whole book as a PDF in `language` (ja or en), as it stands on that day.

    `folder`: where to look for fonts besides those of the machine. Raises FontMissingError, PrintingError.
    """
    data = {
        "title": TITLE.pick(language),
        "lead": lead(book, on).pick(language),
        "day": on.isoformat(),
        "digest": book.digest,
        "language": language,
        "font": font(folder),
        "chapters": [_chapter(chapter) for chapter in chapters(book, on, language)],
    }
    with as_file(files("sakimori.law").joinpath("book.typ")) as template:
        return typeset(template, "book", data, on, folder)


def typeset(template: Path, name: str, data: Mapping[str, Any], on: date, folder: Path | None = None) -> bytes:
    """Return the PDF that a Typst template makes of `data` (its input `name`, as JSON), dated `on`.

    Raises PrintingError.
    """
    import typst  # noqa: PLC0415

    try:
        return typst.compile(
            template,
            font_paths=folders(folder),
            format="pdf",
            sys_inputs={name: json.dumps(data, ensure_ascii=False)},
            timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise PrintingError(Text(f"PDFを作れません: {error}", f"The PDF could not be set: {error}")) from error


def _chapter(chapter: Chapter) -> dict[str, object]:
    return {
        "anchor": chapter.anchor,
        "heading": chapter.heading,
        "lead": chapter.lead,
        "count": chapter.count,
        "parts": [_part(part) for part in chapter.parts],
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "heading": part.heading,
        "lead": part.lead,
        "columns": part.columns,
        "widths": _widths(part),
        "rows": [line.cells for line in part.lines],
        "marked": [line.marked for line in part.lines],
    }


def _widths(part: Part) -> list[int]:
    """Return the columns' shares of the width: as long as the texts usually are, within bounds."""
    shares = []
    for at, column in enumerate(part.columns):
        lengths = sorted(len(line.cells[at]) for line in part.lines) or [0]
        usual = max(len(column), lengths[len(lengths) * 9 // 10])
        shares.append(min(_WIDEST, max(_NARROWEST, round(usual**0.5 * 2))))
    return shares
