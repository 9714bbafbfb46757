"""The yearly counts of 61(2): what the committee reports to the Diet, item by item, in force or not yet.

Counted from the docket of one world, by calendar year (whether the report's year is another is unknown). What this
software does not record yet is None, never 0. Which number each item bears is inferred from the amendment [likely].
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori import law
from sakimori.measures.queries import APPROVED
from sakimori.oversight.models import Matter
from sakimori.text import Text


@dataclass(frozen=True, slots=True)
class _Item:
    article: str
    title: Text
    bases: tuple[str, ...] = ()


_ITEMS = (
    _Item("強化法61(2)(i)", Text("17条1項・19条1項の承認の求めと承認", "Requests, approvals: 17(1), 19(1)"), ("17",)),
    _Item("強化法61(2)(ii)", Text("32条1項（延長を含む）の承認の求めと承認", "Requests, approvals: 32(1)"), ("32",)),
    _Item("強化法61(2)(iii)", Text("33条1項（延長を含む）の承認の求めと承認", "Requests, approvals: 33(1)"), ("33",)),
    _Item("強化法61(2)(iv)", Text("検査の結果の概要", "Outline of the results of inspections")),
    _Item("強化法61(2)(v)", Text("通知・要求・勧告の件数と概要", "Notices, demands, recommendations")),
    _Item("強化法61(2)(vi)", Text("警察の承認の求め・承認・事後通知", "Police: asked, approved, told after")),
    _Item("強化法61(2)(vii)", Text("警察への勧告の件数と概要", "Recommendations to the police")),
    _Item("強化法61(2)(viii)", Text("自衛隊の承認の求め・承認・事後通知", "SDF: asked, approved, told after")),
    _Item("強化法61(2)(ix)", Text("自衛隊への勧告の件数と概要", "Recommendations to the SDF")),
)  # fmt: skip


def rows(committee: uuid.UUID, world: str, year: int, today: date) -> Iterator[dict[str, Any]]:
    """Yield one row an item: article, title, whether it is in force today, requests and approvals of that year."""
    matters = list(
        Matter.objects.filter(world=world, committee=committee, received_at__year=year).values_list("basis", "status")
    )
    for item in _ITEMS:
        mine = [status for basis, status in matters if basis in item.bases]
        yield {
            "id": item.article,
            "article": item.article,
            "title_ja": item.title.ja,
            "title_en": item.title.en,
            "in_force": law.in_force(item.article, today),
            "year": year,
            "requested": len(mine) if item.bases else None,
            "approved": _approved(mine) if item.bases else None,
        }


def _approved(statuses: Iterable[str]) -> int:
    return sum(status in APPROVED for status in statuses)
