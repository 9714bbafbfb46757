"""Official names of makers and products from open data: read from foreign bytes, each name pair once.

Read are: CISA KEV (JSON), NVD CPE names (JSON of the API or of the feed, also as .tar.gz or .json.gz), the CPE 2.3
dictionary (XML), MyJVN's product list (XML, or its pages as .tar.gz) and a CSV with the columns vendor, product and, if
wanted, cpe. Whatever the bytes are, the outcome is a list of names with a count of what was left out, or one
`DictionaryError`.
"""

import csv
import gzip
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sakimori.errors import SakimoriError
from sakimori.matching import names
from sakimori.text import Text

SIZE_LIMIT = 1024 * 1024 * 1024  # bytes of a file, and of what it expands to; house rule
PART_LIMIT = 256 * 1024 * 1024  # bytes of one JSON document; house rule
NAME_LIMIT = 200  # characters of a name; house rule: as many as a notified name may have
ENTRY_LIMIT = 1_000_000  # distinct pairs; house rule: six times the CPE dictionary of 2025
_GZIP, _TAR = b"\x1f\x8b", b"ustar"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CPE_PART = re.compile(r"(?:\\.|[^:\\])*")
_PRODUCT = re.compile(r"cpe:2\.3:[aoh](?::[^:\\]+){2}(?=:)")  # what names no colon or escape: nearly all
_ESCAPED = re.compile(r"\\(.)")
_PARTS = frozenset("aoh")


class DictionaryError(SakimoriError):
    """A file of names cannot be read at all."""

    code = "matching.dictionary"


@dataclass(frozen=True, slots=True)
class Official:
    """One official name: maker and product as shown; `cpe` is `part:vendor:product` of CPE 2.3, empty where unknown."""

    vendor: str
    product: str
    cpe: str = ""

    @property
    def keys(self) -> tuple[str, str]:
        """Return the spelling keys by which the name is found."""
        return names.maker_key(self.vendor), names.key(self.product)


@dataclass(frozen=True, slots=True)
class Names:
    """What was read: `sort` of file, the names, how many entries were left out because they name nothing usable.

    `keys` are the spelling keys of the names, in the same order.
    """

    sort: str
    officials: tuple[Official, ...]
    left_out: int
    keys: tuple[tuple[str, str], ...] = ()


def read(stream: IO[bytes]) -> Names:
    """Return the names in a file.

    Raises:
        DictionaryError: too large, broken, or no file of names we know.
    """
    sorts: list[str] = []
    found: dict[tuple[str, str], Official] = {}
    left_out = 0
    try:
        for sort, official in _pairs(stream):
            if not sorts:
                sorts.append(sort)
            if official is None:
                left_out += 1
                continue
            _keep(found, official)
            if len(found) > ENTRY_LIMIT:
                raise _refusal(f"名称が {ENTRY_LIMIT} 件を超えています", f"there are more than {ENTRY_LIMIT} names")
    except _BROKEN as error:
        raise _refusal("ファイルが壊れています", "the file is broken", f"{type(error).__name__}") from None
    if not found:
        raise _refusal("名称が一つもありません", "there is no name in it")
    return Names(sorts[0], tuple(found.values()), left_out, tuple(found))


_BROKEN = (
    OSError, EOFError, ValueError, RecursionError, tarfile.TarError, csv.Error, DefusedXmlException, SyntaxError,
    zlib.error, LookupError, OverflowError,
)  # fmt: skip


def _refusal(ja: str, en: str, where: str = "") -> DictionaryError:
    return DictionaryError(
        Text(f"名称の辞書を読めません: {ja}。", f"The dictionary of names cannot be read: {en}."),
        where=where,
        mend=Text(
            "KEV（JSON）、NVD の CPE（JSON、XML、.gz、.tar.gz）、MyJVN の製品一覧（XML）、"
            "または vendor,product の CSV を渡してください。",
            "Give KEV (JSON), CPE names of the NVD (JSON, XML, .gz, .tar.gz), MyJVN's product list (XML), or a CSV of "
            "vendor,product.",
        ),
    )


def _keep(found: dict[tuple[str, str], Official], official: Official) -> None:
    """Keep each pair once; a CPE name completes a pair that came without, and titles as people write them stay."""
    keys = official.keys
    before = found.get(keys)
    if before is None:
        found[keys] = official
    elif official.cpe and not before.cpe:
        found[keys] = Official(before.vendor, before.product, official.cpe)


class _Limited(io.RawIOBase):
    """A stream that refuses to give more than the limit: no bomb is expanded further than that."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner, self._left = inner, SIZE_LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise _refusal("展開後の大きさが上限を超えています", "it expands to more than is allowed")
        buffer[: len(data)] = data
        return len(data)


def _pairs(stream: IO[bytes]) -> Iterator[tuple[str, Official | None]]:
    plain = io.BufferedReader(_Limited(stream), 1 << 16)
    if plain.peek(2)[:2] == _GZIP:
        plain = io.BufferedReader(_Limited(gzip.GzipFile(fileobj=plain)), 1 << 16)  # type: ignore[arg-type]
    head = plain.peek(512)[:512]
    if head[257:262] == _TAR:
        yield from _of_tar(plain)
        return
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        yield from _of_xml(plain)
    elif start[:1] in (b"{", b"["):
        yield from _of_json(plain)
    else:
        yield from _of_csv(plain)


def _of_tar(plain: IO[bytes]) -> Iterator[tuple[str, Official | None]]:
    seen: set[str] = set()
    with tarfile.open(fileobj=plain, mode="r|") as archive:
        for member in archive:
            part = archive.extractfile(member) if member.isfile() else None
            if part is not None and member.name.endswith(".json"):
                yield from _of_json(part, seen)
            elif part is not None and member.name.endswith(".xml"):  # pages of MyJVN (`jvnpages`)
                yield from _of_xml(part)


def _of_json(part: IO[bytes], seen: set[str] | None = None) -> Iterator[tuple[str, Official | None]]:
    """Yield the names of one document; of products that `seen` has (all their versions are entries too) none."""
    seen = set() if seen is None else seen
    data = part.read(PART_LIMIT + 1)
    if len(data) > PART_LIMIT:
        raise _refusal("JSON が大きすぎます", "the JSON document is too large")
    document = json.loads(data.decode("utf-8-sig"))
    if not isinstance(document, dict):
        raise _refusal("JSON の形が違います", "the JSON is of another form")
    for row in _rows(document, "vulnerabilities"):
        yield "KEV", _official(row.get("vendorProject"), row.get("product"), "")
    for row in _rows(document, "products"):
        cpe = row.get("cpe")
        if not isinstance(cpe, dict) or cpe.get("deprecated"):
            continue
        name = cpe.get("cpeName")
        product = _PRODUCT.match(name) if isinstance(name, str) else None
        if product is None or product.group() not in seen:
            if product is not None:
                seen.add(product.group())
            yield "CPE", _of_cpe(name)


def _rows(document: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    listed = document.get(name)
    return (row for row in listed if isinstance(row, dict)) if isinstance(listed, list) else iter(())


def _of_xml(plain: IO[bytes]) -> Iterator[tuple[str, Official | None]]:
    vendor = ""
    for event, element in iterparse(plain, events=("start", "end"), forbid_dtd=True):
        tag = str(element.tag).rpartition("}")[2]
        if event == "start" and tag == "Vendor":
            vendor = element.get("vname", "")
        elif event == "start" and tag == "Product" and vendor:
            yield "JVN", _official(vendor, element.get("pname"), _part_of_uri(element.get("cpe", "")))
        elif event == "start" and tag == "cpe23-item":
            yield "CPE", _of_cpe(element.get("name"))
        elif event == "end":
            element.clear()


def _of_csv(plain: IO[bytes]) -> Iterator[tuple[str, Official | None]]:
    text = io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")
    rows = csv.DictReader(text)
    if not {"vendor", "product"} <= set(rows.fieldnames or ()):
        raise _refusal("知らない形のファイルです", "it is no file of names we know")
    for row in rows:
        yield "CSV", _official(row.get("vendor"), row.get("product"), str(row.get("cpe") or ""))


def _of_cpe(name: object) -> Official | None:
    """Return the maker and product of a CPE 2.3 name (formatted string); None where it is none."""
    if not isinstance(name, str) or not name.startswith("cpe:2.3:") or len(name) > 4 * NAME_LIMIT:
        return None
    parts = _CPE_PART.findall(name.removeprefix("cpe:2.3:"))
    part, vendor, product = (one for one in [*filter(None, parts), "", "", ""][:3])
    if part not in _PARTS:
        return None
    said = [_ESCAPED.sub(r"\1", one).replace("_", " ") for one in (vendor, product)]
    return _official(said[0], said[1], f"{part}:{vendor}:{product}")


def _part_of_uri(uri: str) -> str:
    """Return part, vendor and product of a CPE 2.2 URI; empty where it names no product."""
    parts = uri.removeprefix("cpe:/").split(":")
    named = uri.startswith("cpe:/") and len(parts) >= 3 and parts[0] in _PARTS  # noqa: PLR2004 - part:vendor:product
    return ":".join(parts[:3]) if named else ""


def _official(vendor: object, product: object, cpe: str) -> Official | None:
    """Return a usable name, or None: both texts told, of a bearable length, with letters or digits in them."""
    if not isinstance(vendor, str) or not isinstance(product, str):
        return None
    said = [" ".join(_CONTROL.sub(" ", one).split()) for one in (vendor, product)]
    if any(not 0 < len(one) <= NAME_LIMIT for one in said) or len(cpe) > 2 * NAME_LIMIT or _CONTROL.search(cpe):
        return None
    found = Official(said[0], said[1], cpe)
    return found if all(found.keys) else None


def write(officials: Iterable[Official]) -> bytes:
    """Return names as the CSV that `read` takes, for carrying them to a machine without network."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["vendor", "product", "cpe"])
    writer.writerows([one.vendor, one.product, one.cpe] for one in officials)
    return out.getvalue().encode()
