"""MyJVN's product list is fetched page by page until it is whole, and refused where it is not."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest

from sakimori.matching import dictionary, jvnpages

URL = "https://example.org/myjvn?method=getProductList&feed=hnd&startItem=7"


class Service:
    """A service that gives its list in pages, as the real one does."""

    def __init__(self, count, at_most=3, status=""):
        self.count, self.at_most, self.status, self.asked = count, at_most, status, []

    def __call__(self, url):
        asked = parse_qs(urlsplit(url).query)
        self.asked.append((asked["method"], asked["startItem"], asked["maxCountItem"]))
        start = int(asked["startItem"][0])
        given = range(start, min(start + self.at_most, self.count + 1))
        products = "".join(f'<Product pname="製品 {n}" cpe="cpe:/a:maker:p{n}" pid="{n}"/>' for n in given)
        told = self.status or f'totalRes="{self.count}" totalResRet="{len(given)}" firstRes="{start}" retCd="0"'
        return (
            '<?xml version="1.0" encoding="UTF-8"?><Result xmlns="http://jvndb.jvn.jp/myjvn/Results"'
            ' xmlns:status="http://jvndb.jvn.jp/myjvn/Status"><VendorInfo><Vendor vname="架空" vid="1">'
            f"{products}</Vendor></VendorInfo><status:Status {told}/></Result>"
        ).encode()


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (3, 1), (4, 2), (10, 4)])
def test_every_page_is_asked_for_and_all_are_one_list(count, pages):
    service, paused = Service(count), []
    data = jvnpages.every_page(service, URL, pause=lambda: paused.append(1))
    assert [start for _, (start,), _ in service.asked] == [str(1 + 3 * n) for n in range(pages)]
    assert {(method, most) for (method,), _, (most,) in service.asked} == {("getProductList", "10000")}
    assert len(paused) == pages - 1
    assert data == jvnpages.every_page(Service(count), URL)
    if count:
        read = dictionary.read(io.BytesIO(data))
        assert (read.sort, len(read.officials), read.officials[-1].product) == ("JVN", count, f"製品 {count}")


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (Service(1, status='totalRes="9" totalResRet="0"'), "changed its length"),
        (Service(1, status='retCd="1" errCd="E1" errMsg="no"'), "E1 no"),
        (Service(1, status='totalRes="x"'), "broken"),
        (lambda _: b"<html><body>busy", "broken"),
        (lambda _: b"<Result/>", "does not say"),
        (lambda _: b'<!DOCTYPE a [<!ENTITY b "c">]><Result/>', "broken"),
        (Service(1000, at_most=1), "too many pages"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(service, said):
    with pytest.raises(dictionary.DictionaryError) as refused:
        jvnpages.every_page(service, URL)
    assert said in refused.value.what.en
    assert refused.value.mend.ja


def test_a_list_that_grows_on_the_way_is_fetched_anew():
    service = Service(4)

    def growing(url):
        page = service(url)
        service.count += 1
        return page

    with pytest.raises(dictionary.DictionaryError, match="changed its length"):
        jvnpages.every_page(growing, URL)
