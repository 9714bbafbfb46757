"""Opening an Excel file somebody handed in as a template: foreign bytes, which never run and never surprise.

Refused: macros (.xlsm and whatever hides them), old .xls, encrypted files, what unpacks to too much, links to other
files, embedded objects.
"""

import io
import zipfile
from typing import Any

from openpyxl import load_workbook

from sakimori.errors import SakimoriError
from sakimori.text import Text

LARGEST = 5 * 1024 * 1024
"""Bytes of a template at most (house rule)."""
_UNPACKED = 60 * 1024 * 1024  # bytes it may unpack to (house rule: a zip bomb is far beyond)
_ENTRIES = 1000
_TYPES = 1_000_000  # bytes of the list of its parts at most
_MACROS = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "dialogsheets/")
_FOREIGN = {
    "externallinks/": Text("ほかのファイルへのリンク", "links to other files"),
    "embeddings/": Text("埋め込まれたファイル", "embedded files"),
    "activex/": Text("ActiveX", "ActiveX controls"),
    "connections.xml": Text("外部のデータへの接続", "connections to outside data"),
}
_LOST = {
    "xl/media/": Text("画像", "pictures"),
    "xl/charts/": Text("グラフ", "charts"),
    "xl/drawings/drawing": Text("図形", "shapes"),
}
_AS_XLSX = Text(
    "Excel で「Excel ブック（.xlsx）」として保存し直してください。",
    "Save it again in Excel as “Excel Workbook (.xlsx)”.",
)


class TemplateError(SakimoriError):
    """A template cannot be taken or filled."""

    code = "assets.template"


def refused(ja: str, en: str, mend: Text = _AS_XLSX, where: str = "file") -> TemplateError:
    """Return the refusal of a template."""
    return TemplateError(Text(ja, en), where=where, mend=mend)


def opened(content: bytes) -> Any:
    """Return the workbook of an .xlsx file, formulas as they stand. Raises `TemplateError` with reason and remedy."""
    if not content:
        raise refused("ファイルが空です。", "The file is empty.")
    if len(content) > LARGEST:
        raise refused(
            f"ファイルが大きすぎます（{len(content) / 2**20:.1f} MiB、上限 {LARGEST // 2**20} MiB）。",
            f"The file is too large ({len(content) / 2**20:.1f} MiB; at most {LARGEST // 2**20} MiB).",
        )
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            "古い Excel の形式（.xls）か、パスワードの付いたファイルです。",
            "This is an old Excel file (.xls), or one with a password.",
        )
    _inspect(content)
    try:
        book = load_workbook(io.BytesIO(content), keep_vba=False, keep_links=False)
    except Exception as error:  # noqa: BLE001 - a reader of foreign bytes raises whatever it likes
        raise refused(
            f"Excel のブックとして読めません（{type(error).__name__}）。",
            f"It cannot be read as an Excel workbook ({type(error).__name__}).",
        ) from None
    if not book.worksheets:
        raise refused("シートがありません。", "There is no worksheet in it.")
    return book


def not_kept(content: bytes) -> list[Text]:
    """Return what of a template is lost when it is filled: pictures, shapes and charts, as far as it has any."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [one.lower() for one in archive.namelist()]
    return [said for mark, said in _LOST.items() if any(name.startswith(mark) for name in names)]


def sheets(book: Any) -> list[str]:
    """Return the names of the sheets that have cells (a chart may have a sheet of its own)."""
    return [str(sheet.title) for sheet in book.worksheets]


def _inspect(content: bytes) -> None:
    """Look at the parts of the archive before anything of it is unpacked or read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            types = archive.read("[Content_Types].xml") if _small_types(entries) else b""
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError, zipfile.LargeZipFile):
        raise refused(
            "Excel のブック（.xlsx）ではないか、壊れています。", "It is no Excel workbook (.xlsx), or it is broken."
        ) from None
    if len(entries) > _ENTRIES or sum(one.file_size for one in entries) > _UNPACKED:
        raise refused(
            "展開すると大きすぎます。",
            "It unpacks to too much.",
            Text("様式だけを残して保存してください。", "Keep only the form."),
        )
    names = [one.filename.lower().replace("\\", "/") for one in entries]
    if b"macroEnabled" in types or any(mark in name for name in names for mark in _MACROS):
        raise refused(
            "マクロを含むファイル（.xlsm など）は受け付けません。", "A file with macros (.xlsm) is not taken."
        )
    for mark, said in _FOREIGN.items():
        if any(mark in name for name in names):
            raise refused(
                f"{said.ja}を含んでいます。受け付けません。",
                f"It contains {said.en}; it is not taken.",
                Text("それを取り除いて保存し直してください。", "Remove that and save it again."),
            )
    if not types:
        raise refused("Excel のブック（.xlsx）ではありません。", "It is no Excel workbook (.xlsx).")


def _small_types(entries: list[zipfile.ZipInfo]) -> bool:
    found = next((one for one in entries if one.filename == "[Content_Types].xml"), None)
    return found is not None and found.file_size < _TYPES
