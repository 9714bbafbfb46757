"""What a file really is, by its bytes: one of the few kinds we take, or a spoken refusal. Pure.

A name or a browser's word counts for nothing. Each kind is walked by its own format's rules from the first byte to the
last, so that nothing can hide before, behind or between (a picture that is an archive too): PDF (ISO 32000 header and
end), PNG (ISO/IEC 15948 chunks and their CRC), JPEG (markers at both ends), Office Open XML (the ZIP directory, never
unpacked), text (UTF-8 or Shift_JIS without control characters), mail (RFC 5322 header fields).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email.parser import BytesHeaderParser
from email.policy import compat32

import puremagic

from sakimori.errors import SakimoriError
from sakimori.text import Text

_MOST_EXPANDED = 512 * 1024 * 1024  # bytes that a workbook may grow to when it is opened (house rule)
_MOST_PARTS = 10_000
_HEAD = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE = re.compile(r"\s*<(?:!doctype|html|script|svg|head|body|iframe|\?php|\?xml)", re.IGNORECASE)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES: Mapping[bytes, str] = {
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
}
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
Fault = tuple[str, str, str]  # code, Japanese, English


class UploadError(SakimoriError):
    """A file that is not taken, and why."""

    code = "upload.refused"


_TAKEN = Text(
    "PDF、PNG、JPEG、テキスト、CSV、XLSX、DOCX、EML のいずれかにして、もう一度選んでください。",
    "Make it a PDF, PNG, JPEG, text, CSV, XLSX, DOCX or EML file and choose it again.",
)


def refusal(code: str, ja: str, en: str, mend: Text | None = None) -> UploadError:
    """Return the refusal of a file; its code reads `upload.<code>`."""
    return UploadError(Text(ja, en), code=f"upload.{code}", mend=mend or _TAKEN)


def media_type(content: bytes, extension: str) -> str:
    """Return the media type of a file whose bytes agree with its extension (lower case, with the dot).

    Raises `UploadError` for anything else: another kind, a kind not taken, encrypted, damaged, or two kinds at once.
    """
    found = KINDS.get(extension)
    if found is None:
        raise refusal(
            "extension",
            f"この種類のファイル（{extension or '拡張子なし'}）は受け取れません。",
            f"Files of this kind ({extension or 'no extension'}) are not taken.",
        )
    if not content:
        raise refusal("empty", "ファイルが空です。", "The file is empty.")
    name, check = found
    if extension not in (".xlsx", ".docx"):
        _require_no_archive(content)
    check(content)
    return name


def _require_no_archive(content: bytes) -> None:
    """Refuse programs, archives, protected Office files, and whatever an unpacking program would open as an archive."""
    if content.startswith(_OLD_OFFICE):
        raise _old_office(content)
    if content.startswith(_PROGRAMS):
        raise refusal("program", "実行できるプログラムは受け取れません。", "Programs are not taken.")
    archive = next((name for start, name in _ARCHIVES.items() if content.startswith(start)), "")
    if archive:
        raise _archive(archive, content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise refusal(
            "two_kinds",
            "書庫（ZIP）としても開けるファイルです。二つの種類を兼ねるファイルは受け取れません。",
            "This file can also be opened as a ZIP archive; a file that is two kinds at once is not taken.",
            Text("元の文書から保存し直してください。", "Save it anew from the original document."),
        )


def _archive(name: str, content: bytes) -> UploadError:
    if name == "ZIP" and _is_encrypted(content):
        return refusal(
            "encrypted",
            "暗号化された書庫は、中を確かめられないため受け取れません。",
            "An encrypted archive is not taken: nobody could check what is in it.",
            Text(
                "パスワードを外し、ファイルを1件ずつ選んでください。",
                "Remove the password and choose the files one by one.",
            ),
        )
    return refusal(
        "archive",
        f"書庫（{name}）は受け取れません。",
        f"Archives ({name}) are not taken.",
        Text("中のファイルを1件ずつ選んでください。", "Choose the files in it one by one."),
    )


def _is_encrypted(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(part.flag_bits & 1 for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, OverflowError):
        return len(content) > _LOCAL_FLAG and bool(content[_LOCAL_FLAG] & 1)


_LOCAL_FLAG = 6  # where a ZIP local header keeps its flags


def _old_office(content: bytes) -> UploadError:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return refusal(
            "encrypted",
            "パスワードで保護された Office 文書は、中を確かめられないため受け取れません。",
            "An Office document protected by a password is not taken: nobody could check what is in it.",
            Text("パスワードを外して保存し直してください。", "Remove the password and save it again."),
        )
    return refusal("old_office", "古い形式の Office 文書は受け取れません。", "Old Office formats are not taken.")


def _other(wanted: str, content: bytes) -> UploadError:
    seen = _guess(content)
    return refusal(
        "not_what_it_says",
        f"拡張子は{wanted}ですが、中身が違います{f'（{seen} と思われます）' if seen else ''}。",
        f"The name says {wanted}, the content does not{f' (it looks like {seen})' if seen else ''}.",
    )


def _guess(content: bytes) -> str:
    """Return what the bytes look like, to help whoever chose the wrong file; empty where nobody knows."""
    try:
        found = puremagic.magic_string(content[:_HEAD])
    except (puremagic.PureError, ValueError, IndexError, struct.error):
        return ""
    return str(found[0].name)[:60] if found else ""


def _damaged(wanted: str) -> UploadError:
    return refusal(
        "damaged",
        f"{wanted}として途中で切れているか、終わりの後に余分なデータがあります。",
        f"As a {wanted} file it is cut off, damaged, or goes on after its end.",
        Text("元の文書から保存し直してください。", "Save it anew from the original document."),
    )


def _pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise _other("PDF", content)
    if not content.rstrip(b"\r\n\t \x00").endswith(b"%%EOF"):
        raise _damaged("PDF")
    if re.search(rb"/Encrypt\b", content):
        raise refusal(
            "encrypted",
            "パスワードで保護された PDF は、中を確かめられないため受け取れません。",
            "A PDF protected by a password is not taken: nobody could check what is in it.",
            Text("保護を外して保存し直してください。", "Remove the protection and save it again."),
        )


def _png(content: bytes) -> None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise _other("PNG", content)
    place, kind = 8, b""
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 12 + length
        if end > len(content):
            raise _damaged("PNG")
        kind = content[place + 4 : place + 8]
        (crc,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[place + 4 : end - 4]) != crc:
            raise _damaged("PNG")
        place = end
        if kind == b"IEND":
            break
    if kind != b"IEND" or place != len(content):
        raise _damaged("PNG")


def _jpeg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff"):
        raise _other("JPEG", content)
    if not content.rstrip(b"\x00\r\n").endswith(b"\xff\xd9"):
        raise _damaged("JPEG")


def _office(main: str, wanted: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        if content.startswith(_OLD_OFFICE):
            raise _old_office(content)
        if not content.startswith(b"PK\x03\x04"):
            raise _other(wanted, content)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts, comment = archive.infolist(), archive.comment
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, OverflowError):
            raise _damaged(wanted) from None
        if any(part.flag_bits & 1 for part in parts):
            raise _archive("ZIP", content)
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names or main not in names:
            raise _archive("ZIP", content)
        if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
            raise refusal(
                "macro",
                "マクロを含む Office 文書は受け取れません。",
                "Office documents with macros are not taken.",
                Text("マクロなしの形式で保存し直してください。", "Save it in a format without macros."),
            )
        expanded = sum(part.file_size for part in parts)
        first = min(part.header_offset for part in parts)
        ends = content[-22:-18] == b"PK\x05\x06" and not comment
        if first != 0 or not ends or expanded > _MOST_EXPANDED or len(parts) > _MOST_PARTS:
            raise _damaged(wanted)

    return check


def _text(content: bytes) -> None:
    said = decoded(content)
    if said is None or _CONTROL.search(said):
        raise refusal(
            "not_text",
            "テキストとして読めません（UTF-8 か Shift_JIS のテキストではありません）。",
            "It cannot be read as text (neither UTF-8 nor Shift_JIS).",
            Text("UTF-8 のテキストとして保存し直してください。", "Save it as UTF-8 text."),
        )
    if _ACTIVE.match(said):
        raise _other("TXT/CSV", content)


def decoded(content: bytes) -> str | None:
    """Return a text file's text (UTF-8 with or without mark, else Shift_JIS), or None where it is neither."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _mail(content: bytes) -> None:
    if b"\x00" in content:
        raise _other("EML", content)
    headers = BytesHeaderParser(policy=compat32).parsebytes(content[:_HEAD])
    if not (headers.get("From") and (headers.get("Date") or headers.get("Received") or headers.get("Subject"))):
        raise _other("EML", content)


KINDS: Mapping[str, tuple[str, Callable[[bytes], None]]] = {
    ".pdf": ("application/pdf", _pdf),
    ".png": ("image/png", _png),
    ".jpg": ("image/jpeg", _jpeg),
    ".jpeg": ("image/jpeg", _jpeg),
    ".txt": ("text/plain", _text),
    ".csv": ("text/csv", _text),
    ".tsv": ("text/tab-separated-values", _text),
    ".xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _office("xl/workbook.xml", "XLSX"),
    ),
    ".docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _office("word/document.xml", "DOCX"),
    ),
    ".eml": ("message/rfc822", _mail),
}
"""What is taken: extension → media type, and how its bytes are checked."""
