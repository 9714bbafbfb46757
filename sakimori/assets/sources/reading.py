"""Whatever file a person brings: its format is found from its contents, its name counts for nothing."""

import re

from sakimori.assets import encoding
from sakimori.assets.sources import commas, cyclonedx, nmap, spdx, trees, workbook
from sakimori.assets.sources.shapes import Source, TableError, refuse
from sakimori.text import Text

LARGEST = 256 * 1024 * 1024
"""Bytes of the largest bill of materials or scan taken in; tables have `encoding.LARGEST` (house rule)."""
FORMATS = {
    "csv": Text("CSV", "CSV"),
    "xlsx": Text("Excel ブック", "Excel workbook"),
    "cyclonedx": Text("CycloneDX 部品表", "CycloneDX bill of materials"),
    "spdx": Text("SPDX 部品表", "SPDX bill of materials"),
    "nmap": Text("nmap の走査結果", "nmap scan"),
}
"""The formats we read, as people call them."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_HEAD = 4096
_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TAKEN = Text(
    "CSV、Excel（.xlsx）、CycloneDX、SPDX、nmap の XML のいずれかを選んでください。",
    "Choose a CSV, an Excel workbook (.xlsx), CycloneDX, SPDX, or the XML of nmap.",
)


def read_source(data: bytes) -> Source:
    """Return a file as sheets of rows. Raises `TableError`, with reason and mend, for whatever is not taken."""
    if len(data) > LARGEST:
        raise too_large(len(data))
    if data.startswith(_ZIP):
        return workbook.read_workbook(data)
    if data.startswith(_UTF16):
        data = _from_utf16(data)
    head = data[:_HEAD].removeprefix(_MARK).lstrip()
    if head.startswith(b"{"):
        return _json(data.removeprefix(_MARK))
    if head.startswith(b"<"):
        return _xml(data, head)
    words = _tags(data, head)
    if words is not None:
        return spdx.read_tags(words) if _TAG_VALUE.search(head) else spdx.read_yaml(words)
    return commas.read_csv(data)


def too_large(size: int) -> TableError:
    """Return the refusal of a file of so many bytes."""
    return refuse(
        f"ファイルが大きすぎます（{size // 2**20} MiB、上限 {LARGEST // 2**20} MiB）。",
        f"The file is too large ({size // 2**20} MiB; at most {LARGEST // 2**20} MiB).",
        mend=Text("ファイルを分けてください。", "Split the file."),
    )


_TAG_VALUE = re.compile(rb"^SPDXVersion:", re.MULTILINE)
_YAML = re.compile(rb"""^["']?(?:spdxVersion|SPDXID)["']?\s*:""", re.MULTILINE)


def _tags(data: bytes, head: bytes) -> str | None:
    """Return the text of an SPDX document in tag-value or YAML form; None for anything else."""
    if not (_TAG_VALUE.search(head) or _YAML.search(head) or (head.startswith(b"---") and _YAML.search(data))):
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("文字コードが UTF-8 ではありません。", "The file is not in UTF-8.") from None


def _from_utf16(data: bytes) -> bytes:
    """Return what UTF-16 text means in UTF-8, where it is a document; tables in UTF-16 are refused by name."""
    try:
        words = data.decode("utf-16")
    except UnicodeDecodeError:
        raise refuse("文字が壊れています（UTF-16）。", "A character is broken (UTF-16).") from None
    plain = words.lstrip()
    if plain.startswith("<"):
        words = re.sub(r"""(<\?xml[^>]*?)\sencoding=["'][^"']*["']""", r"\1", plain, count=1)
    elif (
        not plain.startswith("{")
        and not _YAML.search(words[:_HEAD].encode("utf-8", "replace"))
        and not (_TAG_VALUE.search(words[:_HEAD].encode("utf-8", "replace")))
    ):
        encoding.decode(data)  # says that a table must not be UTF-16
    return words.encode("utf-8", "replace")


def _json(data: bytes) -> Source:
    outline = trees.outline(data)
    if "bomFormat" in outline or ("specVersion" in outline and ("components" in outline or "metadata" in outline)):
        return cyclonedx.read_json(data)
    if "spdxVersion" in outline:
        return spdx.read_json(data)
    if "@graph" in outline:
        return spdx.read_3(data)
    raise refuse(
        "JSON ですが、CycloneDX でも SPDX でもありません。",
        "This is JSON, but neither CycloneDX nor SPDX.",
        mend=_TAKEN,
    )


def _xml(data: bytes, head: bytes) -> Source:
    if re.search(rb"<(?:\w+:)?nmaprun\b", head):
        return nmap.read_nmap(data)
    if re.search(rb"<(?:\w+:)?bom\b", head):
        return cyclonedx.read_xml(data)
    if re.search(rb"<(?:\w+:)?RDF\b", head):
        return spdx.read_rdf(data)
    if re.search(rb"<html\b|<!doctype html", head, re.IGNORECASE):
        raise refuse(
            "ウェブページ（HTML）です。拡張子が .xls でも中身は HTML の場合があります。",
            "This is a web page (HTML); a file called .xls may be one inside.",
            mend=_TAKEN,
        )
    raise refuse(
        "XML ですが、CycloneDX でも SPDX でも nmap でもありません。",
        "This is XML, but neither CycloneDX, SPDX nor nmap.",
        mend=_TAKEN,
    )
