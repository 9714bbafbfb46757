"""MyJVN's product list, page by page: it gives at most 10,000 entries a request (getProductList, feed hnd).

Parameters `startItem` (from 1) and `maxCountItem`; the answer's `Status` says how many there are (`totalRes`) and how
many it gave (`totalResRet`). All pages together are one archive that `dictionary.read` takes, so that they can be
carried to a machine without network like any other list.
"""

import gzip
import io
import tarfile
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sakimori.matching.dictionary import SIZE_LIMIT, DictionaryError
from sakimori.text import Text

A_PAGE = 10_000
"""Entries of one answer at most: the service's own limit."""
MOST_PAGES = 100
"""Requests at most (house rule): a list ten times as long as that of 2025."""


def every_page(get: Callable[[str], bytes], url: str, pause: Callable[[], None] = lambda: None) -> bytes:
    """Return all pages of the list at `url` as one .tar.gz; `pause` is called between two requests.

    Raises `DictionaryError` where a page is broken, the list changes its length on the way, or it is too long.
    """
    pages = [get(_address(url, 1))]
    total, given = extent(pages[0])
    size = len(pages[0])
    while given < total:
        if len(pages) >= MOST_PAGES or size > SIZE_LIMIT:
            raise _refusal("頁が多すぎます", "there are too many pages", url)
        pause()
        pages.append(get(_address(url, given + 1)))
        size += len(pages[-1])
        now, more = extent(pages[-1])
        if now != total or more == 0:
            raise _refusal(
                "取得の途中で一覧の件数が変わりました", "the list changed its length while it was fetched", url
            )
        given += more
    return _archive(pages)


def extent(page: bytes) -> tuple[int, int]:
    """Return how many entries there are and how many this page gave. Raises `DictionaryError` where it is broken."""
    try:
        for _, element in iterparse(io.BytesIO(page), events=("end",), forbid_dtd=True):
            if str(element.tag).rpartition("}")[2] == "Status":
                if element.get("retCd", "0") != "0":
                    said = f"{element.get('errCd', '')} {element.get('errMsg', '')}".strip()[:200]
                    raise _refusal(f"サービスが拒みました（{said}）", f"the service refused ({said})", "")
                return int(element.get("totalRes") or 0), int(element.get("totalResRet") or 0)
    except (SyntaxError, ValueError, LookupError, DefusedXmlException) as error:
        raise _refusal("頁が壊れています", "a page is broken", type(error).__name__) from None
    raise _refusal("頁に件数がありません", "a page does not say how many entries there are", "Status")


def _address(url: str, start: int) -> str:
    parts = urlsplit(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("startItem", "maxCountItem")]
    query = urlencode([*asked, ("startItem", str(start)), ("maxCountItem", str(A_PAGE))])
    return urlunsplit(parts._replace(query=query))


def _archive(pages: list[bytes]) -> bytes:
    """Return pages as an archive that is the same, byte for byte, whenever it is made of the same pages."""
    kept = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=kept, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for number, page in enumerate(pages):
            entry = tarfile.TarInfo(f"page-{number:04}.xml")
            entry.size = len(page)
            archive.addfile(entry, io.BytesIO(page))
    return kept.getvalue()


def _refusal(ja: str, en: str, where: str) -> DictionaryError:
    return DictionaryError(
        Text(f"MyJVN の製品一覧: {ja}。", f"MyJVN's product list: {en}."),
        where=where[:200],
        mend=Text("時間をおいて、もう一度取得してください。", "Wait a while and fetch it again."),
    )
