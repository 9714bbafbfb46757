"""Names of files: kept as text only, never as a path; checked when they come in, made harmless when they go out. Pure.

RFC 6266 and RFC 5987 say how a name travels in `Content-Disposition`.
"""

import re
import unicodedata
from urllib.parse import quote

from sakimori.acts.sniffing import UploadError, refusal
from sakimori.text import Text

LONGEST = 150
"""Characters of a name at most (house rule); a column and most file systems hold that."""
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_FORBIDDEN = frozenset('/\\<>:"|?*')
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_RENAME = Text(
    "ファイル名を変えて（例: 届出書.pdf）、もう一度選んでください。",
    "Rename the file (for example letter.pdf) and choose it again.",
)


def checked(name: str) -> str:
    """Return a file's name as it is kept (NFC). Raises `UploadError` for a name that could mislead or do harm."""
    plain = unicodedata.normalize("NFC", name)
    if not plain.strip(" ."):
        raise _refused("ファイル名がありません。", "The file has no name.")
    if len(plain) > LONGEST:
        raise _refused(
            f"ファイル名が長すぎます（{len(plain)}文字。{LONGEST}文字まで）。",
            f"The file's name is too long ({len(plain)} characters, at most {LONGEST}).",
        )
    if any(unicodedata.category(character) in _HIDDEN for character in plain):
        raise _refused(
            "ファイル名に見えない文字（制御文字、文字の向きを変える文字など）があります。",
            "The file's name has characters that cannot be seen (control or direction marks).",
        )
    if _FORBIDDEN & set(plain) or plain.startswith(".") or plain != plain.rstrip(" ."):
        raise _refused(
            'ファイル名に使えない文字（/ \\ < > : " | ? *）があるか、点や空白で始まり又は終わっています。',
            "The file's name has a character that is not allowed (/ \\ < > : \" | ? *), or a dot or blank at its ends.",
        )
    if _RESERVED.fullmatch(plain.partition(".")[0].rstrip()):
        raise _refused(
            f"「{plain.partition('.')[0]}」は Windows が予約した名前です。",
            f"“{plain.partition('.')[0]}” is a name that Windows reserves.",
        )
    return plain


def _refused(ja: str, en: str) -> UploadError:
    return refusal("name", ja, en, _RENAME)


def extension(name: str) -> str:
    """Return a name's extension, lower case with its dot; empty where it has none."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def disposition(name: str) -> str:
    """Return the `Content-Disposition` of a download: ASCII for old programs, the true name in UTF-8 (RFC 5987)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", plain).strip("._") or "file"
    kind = extension(name)
    if kind.isascii() and kind[1:].isalnum() and extension(plain) != kind:
        plain = f"file{kind}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
