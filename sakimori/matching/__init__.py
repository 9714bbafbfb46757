"""Which registered product does this advisory or indicator touch. Pure: no Django, no clock, no network.

Example:
    >>> from datetime import date
    >>> from sakimori.matching import Advisory, ProductIndex, RegisteredProduct
    >>> gate = RegisteredProduct("p1", "架空電力", "フォーティネットジャパン合同会社", "FortiGate-100F")
    >>> told = Advisory("CVE-2024-0001", "CISA KEV", "", "Fortinet", "FortiOS", None, date(2026, 1, 1), True, None)
    >>> [(match.product_id, match.grade.value) for match in ProductIndex([gate]).match(told)]
    [('p1', 'alias')]
"""

from sakimori.matching.advisory import Advisory, from_kev
from sakimori.matching.index import ProductIndex
from sakimori.matching.products import Grade, Match, PairMatch, RegisteredProduct, Ruling

__all__ = ["Advisory", "Grade", "Match", "PairMatch", "ProductIndex", "RegisteredProduct", "Ruling", "from_kev"]
