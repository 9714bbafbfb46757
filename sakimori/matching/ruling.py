"""From decisions on names to rulings: whatever an advisory says of the official name holds for the spelling decided."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sakimori.matching.advisory import Advisory
from sakimori.matching.book import NameBook
from sakimori.matching.index import ProductIndex
from sakimori.matching.products import RegisteredProduct, Ruling


class Named(NamedTuple):
    """A spelling (maker, product), the official names a person decided for it, and the act that decided."""

    maker: str
    product: str
    vendor: str
    official: str
    by: str


def rulings(decided: Sequence[Named], advisories: Iterable[Advisory], *, book: NameBook | None = None) -> list[Ruling]:
    """Return one ruling for each advisory's name that certainly (exact or alias) is a decided official name.

    What is only similar to the official name stays a suggestion: a decision about a name is none about a resemblance.
    """
    if not decided:
        return []
    index = ProductIndex(
        (RegisteredProduct(str(number), "", one.vendor, one.official) for number, one in enumerate(decided)), book=book
    )
    found: dict[tuple[str, str, str], Ruling] = {}
    for advisory in advisories:
        for match in index.match(advisory):
            if match.grade.warns:
                one = decided[int(match.product_id)]
                place = (advisory.vendor, advisory.product, match.product_id)
                found[place] = Ruling(advisory.vendor, advisory.product, one.maker, one.product, same=True, by=one.by)
    return list(found.values())
