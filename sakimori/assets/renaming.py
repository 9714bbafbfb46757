"""What a change that came another way changes: the row of the same names that stands, so that no computer counts twice.

A report under 推進法54条4項 that stands in for a change notification (命令3条3項) says names of components and
suppliers only. The class of the computer stays as it was notified: it is taken from the row that is changed.
"""

import uuid
from typing import Any

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.assets import payloads as p
from sakimori.assets.items import Row
from sakimori.assets.models import NotifiedItem
from sakimori.text import Text

REPORT = "component_report"
CHANGES = ("change", REPORT)
"""The filings whose rows take the place of rows notified before; they are passed on under 強化法4条4項."""


def told(ctx: Context, payload: p.RecordEntry) -> tuple[list[Row], list[dict[str, str] | None] | None]:
    """Return the rows of an entry and, for a change, what each of them was notified as (None where it does not say)."""
    rows: list[Row] = []
    before: list[dict[str, str] | None] = []
    for row in payload.rows:
        was = _was(ctx, payload, row) if payload.what in CHANGES else None
        clause = was["clause"] if was and payload.what == REPORT else row.clause
        rows.append((clause, row.product, row.maker))
        before.append(was)
    return rows, before if any(before) else None


def _was(ctx: Context, payload: p.RecordEntry, row: p.PaperRow) -> dict[str, str] | None:
    if not (row.product_before or row.maker_before):
        return None
    found = _standing(ctx, payload.operator, payload.facility_category, row).first()
    clause = found if found is not None else row.clause
    return {"clause": clause, "product": row.product_before, "maker": row.maker_before or row.maker}


def _standing(ctx: Context, operator: uuid.UUID, category: str, row: p.PaperRow) -> Any:
    """Return the clauses of the rows of these names that stand at this minister, the newest filing first."""
    found = NotifiedItem.objects.filter(
        world=ctx.world.name,
        organisation=operator,
        product=row.product_before,
        maker=row.maker_before or row.maker,
        replaced_by=None,
        notification__side="minister",
        notification__minister=ctx.actor.acting_organisation,
        notification__facility_category=category,
        notification__status__in=("received", "passed_on"),
    )
    return found.order_by("-notification__arrived_at", "position").values_list("clause", flat=True)


def refusal(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    """Refuse names as they were where nothing changed, and a report about what was never notified here."""
    if payload.what == REPORT:
        return _unfit_report(ctx, payload)
    if payload.what in CHANGES or not any(row.product_before or row.maker_before for row in payload.rows):
        return None
    return _refusal(
        "rows",
        "変更前の名称は、変更の届出又は推進法54条4項の報告の場合だけ入れます。",
        "Names as they were are entered for a change, or a report under Art. 54(4), only.",
    )


def _unfit_report(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    if payload.contents == "paper":
        return _refusal("rows", "報告にある変更前と変更後の名称を入れてください。", "Enter the names in the report.")
    for place, row in enumerate(payload.rows):
        if not (row.product and row.product_before) or (row.maker_before or row.maker) != row.maker:
            return _refusal(
                f"rows.{place}",
                "代えられるのは製品名の変更だけです。変更前と変更後の製品名、同じ製造者名を入れてください。",
                "It stands in for a change of the product name only: enter it before and after, and the same maker.",
            )
        if not _standing(ctx, payload.operator, payload.facility_category, row).exists():
            return _refusal(
                f"rows.{place}",
                f"「{row.maker} {row.product_before}」は、この区分で届け出られていません。",
                f"No computer of this category has been notified as “{row.maker} {row.product_before}”.",
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
