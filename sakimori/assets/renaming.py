"""What a change that came another way changes: the row of the same names that stands, so that no computer counts twice.

A report under 推進法54条4項 that stands in for a change notification (命令3条3項) says names of components and
suppliers only. The class of the computer stays as it was notified: it is taken from the row that is changed.
"""

import uuid
from collections import Counter, defaultdict, deque
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.assets import payloads as p
from sakimori.assets.items import Row
from sakimori.assets.models import Notification, NotifiedItem
from sakimori.text import Text

REPORT = "component_report"
CHANGES = ("change", REPORT)
"""The filings whose rows take the place of rows notified before; they are passed on under 強化法4条4項."""
_Named = tuple[str, str]  # product, maker


def told(ctx: Context, payload: p.RecordEntry) -> tuple[list[Row], list[dict[str, str] | None] | None]:
    """Return the rows of an entry and, for a change, what each of them was notified as (None where it does not say)."""
    before = _before(ctx, payload)
    rows = [
        (was["clause"] if was and payload.what == REPORT else row.clause, row.product, row.maker)
        for row, was in zip(payload.rows, before, strict=True)
    ]
    return rows, before if any(before) else None


def _before(ctx: Context, payload: p.RecordEntry) -> list[dict[str, str] | None]:
    """Return what each row was notified as: no two rows take the place of the same one."""
    if payload.what not in CHANGES:
        return [None for _ in payload.rows]
    clauses = _copied(ctx, payload) or _assigned(ctx, payload)
    return [
        {"clause": row.clause if clause is None else clause, "product": _old(row)[0], "maker": _old(row)[1]}
        if _says_before(row)
        else None
        for row, clause in zip(payload.rows, clauses, strict=True)
    ]


def _says_before(row: p.PaperRow) -> bool:
    return bool(row.product_before or row.maker_before)


def _old(row: p.PaperRow) -> _Named:
    """Return product and maker as they were: what is not said of them did not change."""
    return row.product_before or row.product, row.maker_before or row.maker


def _assigned(ctx: Context, payload: p.RecordEntry) -> list[str | None]:
    """Return for each row the class of the row it changes, None where none is left: first those of its own class."""
    left = {
        named: _standing(ctx, payload.operator, payload.facility_category, named)
        for named in {_old(row) for row in payload.rows if _says_before(row)}
    }
    found: list[str | None] = [None for _ in payload.rows]
    for own in (True, False):
        for place, row in enumerate(payload.rows):
            waiting = left[_old(row)] if _says_before(row) and found[place] is None else []
            if row.clause in waiting if own else waiting:
                found[place] = waiting.pop(waiting.index(row.clause) if own else 0)
    return found


def _standing(ctx: Context, operator: uuid.UUID, category: str, named: _Named) -> list[str]:
    """Return the classes of the rows of a name that stand at this minister, the newest filing first.

    A row that a change tells anew stands no more, though it counts until that change is passed on.
    """
    product, maker = named
    of: dict[str, Any] = {
        "world": ctx.world.name,
        "organisation": operator,
        "notification__side": "minister",
        "notification__minister": ctx.actor.acting_organisation,
        "notification__facility_category": category,
    }
    standing = NotifiedItem.objects.filter(
        **of, product=product, maker=maker, replaced_by=None, notification__status__in=("received", "passed_on")
    ).order_by("-notification__arrived_at", "position")
    found = list(standing.values_list("clause", flat=True))
    waiting = NotifiedItem.objects.filter(
        **of, before__product=product, before__maker=maker, notification__status="received"
    )
    for before in waiting.values_list("before", flat=True):
        gone = next((one for one in (before["clause"], "") if one in found), None)
        if gone is not None:
            found.remove(gone)
    return found


def _copied(ctx: Context, payload: p.RecordEntry) -> list[str | None] | None:
    """Return the classes in the filing that this is a second copy of; None where there is none.

    What a first copy changed stands no more, so the second one is read as the first was.
    """
    said = [(*_old(row), row.product, row.maker) for row in payload.rows]
    firsts = Notification.objects.filter(
        world=ctx.world.name, side="minister", minister=ctx.actor.acting_organisation, organisation=payload.operator,
        facility_category=payload.facility_category, what=payload.what, count=len(said),
    ).exclude(status__in=("withdrawn", "linked"))  # fmt: skip
    for first in firsts.order_by("arrived_at"):
        held: defaultdict[tuple[str, ...], deque[str]] = defaultdict(deque)
        rows = NotifiedItem.objects.filter(world=ctx.world.name, notification=first).exclude(before=None)
        for before, product, maker in rows.order_by("position").values_list("before", "product", "maker"):
            held[before["product"], before["maker"], product, maker].append(before["clause"])
        if Counter(said) == {names: len(clauses) for names, clauses in held.items()}:
            return [held[names].popleft() for names in said]
    return None


def refusal(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    """Refuse names as they were where nothing changed, and a report about what was never notified here."""
    if payload.what == REPORT:
        return _unfit_report(ctx, payload)
    if payload.what in CHANGES or not any(row.product_before or row.maker_before for row in payload.rows):
        return None
    return _refusal(
        "rows",
        "変更前の名称は、変更の届出又は推進法54条4項の報告の場合だけ入れます。",
        "Names as they were are entered for a change, or a report under ESPA Art. 54(4), only.",
    )


def _unfit_report(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    if payload.contents == "paper":
        return _refusal("rows", "報告にある変更前と変更後の名称を入れてください。", "Enter the names in the report.")
    before = _copied(ctx, payload) or _assigned(ctx, payload)
    for place, (row, clause) in enumerate(zip(payload.rows, before, strict=True)):
        if not (row.product and row.product_before) or _old(row)[1] != row.maker or row.product == row.product_before:
            return _refusal(
                f"rows.{place}",
                "代えられるのは製品名の変更だけです。変更前と変更後の製品名、同じ製造者名を入れてください。",
                "It stands in for a change of the product name only: enter it before and after, and the same maker.",
            )
        if clause is None:
            return _refusal(
                f"rows.{place}",
                f"「{row.maker} {row.product_before}」と届け出られ、変更を待つものは、この区分に（もう）ありません。",
                f"No computer of this category stands (any more) notified as “{row.maker} {row.product_before}”.",
            )
    return None


def _refusal(where: str, ja: str, en: str) -> PreconditionError:
    return PreconditionError(
        Text(ja, en),
        code="assets.entry",
        where=where,
        mend=Text(
            "届出の明細にある名称のとおりに入れてください。", "Write the names as they stand in the notification."
        ),
        article="命令3(3)",
    )
