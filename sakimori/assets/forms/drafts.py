"""From the register to the filings beside the first notification: exactly what would leave, nothing private in it."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sakimori.acts import clock, reading
from sakimori.acts.errors import NotFoundError, PreconditionError
from sakimori.assets import correcting
from sakimori.assets.designated import outline
from sakimori.assets.forms.payloads import (
    ChangedRow,
    Contact,
    FileChange,
    FileCorrection,
    FileSubstitute,
    Paper,
    SubstituteRow,
)
from sakimori.assets.models import Notification, NotifiedItem, PlanItem
from sakimori.assets.payloads import MOST_ROWS, NotifiedRow, Outline
from sakimori.assets.upkeep import outlines
from sakimori.parties.models import Facility
from sakimori.record import Viewer
from sakimori.text import Text

CORRECTABLE = ("notification", "correction")
"""The sorts of filing that a correction can take the place of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A prior-review paper that may stand in: which it is, the facility category, the names it is the same in."""

    paper: uuid.UUID
    kind: str
    reference: str
    filed_on: date
    category: str
    rows: tuple[tuple[str, str], ...]


def waiting_changes(viewer: Viewer) -> dict[str, int]:
    """Return how many computers have a change to notify, by category of facility.

    None (0) where only what a filing says of the operator has changed.
    """
    counted = Counter(row["category"] for row in reading.read(viewer, "assets.changes_to_notify"))
    others = outlines.categories(viewer.world, viewer.acting_organisation)
    return {**dict.fromkeys(others, 0), **counted}


def changes(viewer: Viewer, category: str) -> FileChange:
    """Return the change notification of everything that waits in one category: old and new of what changed.

    The outline as it was stands in it only where more than the operator's name changed (命令3条4項: that alone is
    minor). Raises `PreconditionError` where nothing waits.
    """
    rows = changed_rows(viewer, category)[:MOST_ROWS]
    now = outline(viewer, category)
    before = outlines.changed(viewer.world, viewer.acting_organisation, category)
    if not rows and before is None:
        raise PreconditionError(
            Text(f"「{category}」に届け出る変更はありません。", f"There is no change to notify in “{category}”."),
            where="facility_category",
        )
    return FileChange(outline=now, outline_before=before, facility_category=category, rows=rows)


def changed_rows(viewer: Viewer, category: str) -> list[ChangedRow]:
    """Return old and new of every computer of a category with something to notify, by key; none where nothing waits."""
    found = reading.read(viewer, "assets.changes_to_notify", facility_category=category)
    return [changed(row) for row in sorted(found, key=lambda row: str(row["key"]))]


def changed(row: Mapping[str, Any]) -> ChangedRow:
    """Return a row of the query `assets.changes_to_notify` as a change notification tells it."""
    gone = "retired" in row["events"] or not row["clause"]
    after = None if gone else NotifiedRow(clause=row["clause"], product=row["product"], maker=row["maker"])
    old = row["category_old"]
    return ChangedRow(
        before=NotifiedRow(clause=row["clause_old"], product=row["product_old"], maker=row["maker_old"]),
        after=after,
        category_before=old if old != row["category"] else "",
    )


def substitutes(viewer: Viewer) -> list[Standing]:
    """Return the prior-review papers that may stand in for what waits to be notified, with the names they share."""
    held = PlanItem.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if not held.filter(paper__status="standing").exists():  # spares a look at every computer
        return []
    found = [
        row
        for row in reading.read(viewer, "assets.substitutes")
        if row["outcome"] == "substitute" and row["status"] == "registered"
    ]
    named = PlanItem.objects.select_related("paper").in_bulk([uuid.UUID(row["item"]) for row in found])
    base = clock.world(viewer.world).base
    categories = dict(
        Facility.objects.filter(world=base, organisation_id=viewer.acting_organisation).values_list("id", "category")
    )
    rows: dict[uuid.UUID, list[tuple[str, str]]] = {}
    papers = {}
    for row in found:
        paper = named[uuid.UUID(row["item"])].paper
        papers[paper.id] = paper
        rows.setdefault(paper.id, []).append((row["product"], row["maker"]))
    return [
        Standing(one.id, one.paper, one.reference, one.filed_on, categories.get(one.facility, ""), tuple(rows[one.id]))
        for one in papers.values()
    ]


def substitute(viewer: Viewer, paper: uuid.UUID, contact: Contact) -> FileSubstitute:
    """Return the filing of a prior-review paper in place of 様式第一, with the contact sheet (命令2条4項)."""
    one = next((one for one in substitutes(viewer) if one.paper == paper), None)
    if one is None:
        raise PreconditionError(
            Text(
                "この届出書で代えられる、届出待ちの電子計算機はありません。",
                "No computer that waits to be notified has exactly the names of this paper.",
            ),
            where="paper",
            article="命令2(4)",
        )
    if not one.reference:
        raise PreconditionError(
            Text("届出書の番号が記録されていません。", "The number of the paper is not on record."),
            where="reference",
            mend=Text("届出書の記録に番号を加えてください。", "Record the paper anew with its number."),
        )
    return FileSubstitute(
        outline=outline(viewer, one.category),
        facility_category=one.category,
        paper=paper_of(one),
        contact=contact,
        rows=[SubstituteRow(product=product, maker=maker) for product, maker in one.rows],
    )


def paper_of(one: Standing) -> Paper:
    """Return a prior-review paper as a filing names it."""
    return Paper(paper="plan" if one.kind == "plan" else "emergency", reference=one.reference, filed_on=one.filed_on)


def correction(
    viewer: Viewer,
    notification: uuid.UUID,
    reason: str,
    matter: uuid.UUID | None = None,
    amend: Collection[int] | None = None,
    *,
    outline_too: bool = False,
) -> FileCorrection:
    """Return the correction of an arrived notification: its rows as they were, put right where they were wrong then.

    `amend` names the rows to put right by their places; without it, those whose mistake the register was mended for.
    What is said of the operator stays as it was, or is as it is today (`outline_too`) where that was wrong then. What
    changed since is no mistake (`correcting`). Raises `NotFoundError`, `PreconditionError`.
    """
    wrong = _correctable(viewer, notification)
    rows = [
        NotifiedRow(clause=clause, product=product, maker=maker)
        for clause, product, maker in correcting.rows(correcting.lines(wrong), amend)
    ]
    if not rows:
        raise PreconditionError(
            Text(
                "この届出には、届け出るべき電子計算機が一台も残りません。",
                "Nothing of this notification would be left to be notified.",
            ),
            mend=Text(
                "一台も届け出る必要がなかったことは、訂正の様式では言えません。所管の官署に申し出てください。",
                "No form says that nothing had to be notified: tell the office.",
            ),
        )
    now = outline_too or not wrong.outline
    return FileCorrection(
        outline=outline(viewer, wrong.facility_category) if now else Outline.model_validate(wrong.outline),
        facility_category=wrong.facility_category,
        rows=rows,
        corrects=wrong.act,
        reason=reason,
        matter=matter,
    )


def to_correct(viewer: Viewer, notification: uuid.UUID) -> list[correcting.Line]:
    """Return the rows of an arrived notification with what of them was wrong. Raises `NotFoundError`."""
    return correcting.lines(_correctable(viewer, notification))


def _correctable(viewer: Viewer, notification: uuid.UUID) -> Notification:
    wrong: Notification | None = Notification.objects.filter(
        id=notification, world=viewer.world, side="operator", organisation=viewer.acting_organisation,
        what__in=CORRECTABLE, status="arrived",
    ).first()  # fmt: skip
    if wrong is None:
        raise NotFoundError(str(notification))
    return wrong


def difference(viewer: Viewer, notification: uuid.UUID, rows: list[NotifiedRow]) -> tuple[Counter[Any], Counter[Any]]:
    """Return what a correction takes out of a notification and what it puts in, each row with how often."""
    was = Counter(
        NotifiedItem.objects.filter(world=viewer.world, notification=notification).values_list(
            "clause", "product", "maker"
        )
    )
    now = Counter((row.clause, row.product, row.maker) for row in rows)
    return was - now, now - was
