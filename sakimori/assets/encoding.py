"""From the bytes of a file to text: UTF-8, UTF-8 with BOM, or CP932 (what Excel writes on Japanese Windows)."""

from sakimori.errors import SakimoriError
from sakimori.text import Text

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest file taken in."""

_TYPES = {
    b"\x89PNG": "PNG",
    b"PK\x03\x04": "Excel/ZIP",
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "Excel 97",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_SURELY_UTF8 = 3  # so many multi-byte characters before the first broken one: no CP932 text looks like that
_AS_UTF8 = Text("「CSV UTF-8（コンマ区切り）」で保存し直してください。", "Save it again as “CSV UTF-8”.")


class TableError(SakimoriError):
    """The file as a whole cannot be read as a table."""

    code = "table.unreadable"


def decode(data: bytes) -> str:
    """Return the text of a CSV file in UTF-8 (with or without BOM) or CP932; `TableError` for anything else."""
    if not data.removeprefix(_BOM).strip():
        raise TableError(
            Text("ファイルが空です。", "The file is empty."),
            mend=Text("見出しと行のある CSV を選んでください。", "Choose a CSV file with a heading and rows."),
        )
    if len(data) > LARGEST:
        raise TableError(
            Text(
                f"ファイルが大きすぎます（{len(data) // 2**20} MiB、上限 {LARGEST // 2**20} MiB）。",
                f"The file is too large ({len(data) // 2**20} MiB; at most {LARGEST // 2**20} MiB).",
            ),
            mend=Text("ファイルを分けてください。", "Split the file."),
        )
    for magic, name in _TYPES.items():
        if data.startswith(magic):
            raise TableError(
                Text(f"CSV ではなく {name} のファイルです。", f"This is a {name} file, not CSV."), mend=_AS_UTF8
            )
    if data.startswith(_UTF16):
        raise TableError(Text("文字コードが UTF-16 です。", "The file is in UTF-16."), mend=_AS_UTF8)
    text = _text(data)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise TableError(
            Text(
                f"{line}行目に NUL 文字があります。文字の表ではないようです。",
                f"Line {line} holds a NUL character: this is no text.",
            ),
            where=f"line {line}",
            mend=_AS_UTF8,
        )
    return text


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(_BOM) or _multibyte(data[: error.start]) >= _SURELY_UTF8:
            line = data.count(b"\n", 0, error.start) + 1
            raise TableError(
                Text(f"{line}行目の文字が壊れています（UTF-8）。", f"A character in line {line} is broken (UTF-8)."),
                where=f"line {line}",
                mend=Text("元の表から保存し直してください。", "Save it again from the original."),
            ) from None
    try:
        return data.decode("cp932")
    except UnicodeDecodeError:
        raise TableError(
            Text(
                "文字コードが UTF-8 でも CP932（Shift_JIS）でもありません。",
                "The file is neither UTF-8 nor CP932 (Shift_JIS).",
            ),
            mend=_AS_UTF8,
        ) from None


def _multibyte(prefix: bytes) -> int:
    return sum(1 for character in prefix.decode("utf-8-sig", "ignore") if not character.isascii())
