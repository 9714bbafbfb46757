"""What this room puts on desks: warnings an operator has to answer, and those whose recipients are silent."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from sakimori.acts import clock, parts
from sakimori.pages import rows_or_none
from sakimori.pages.desks import Block, Foremost, Item, rows_first
from sakimori.pages.finding import Find
from sakimori.pages.names import organisations
from sakimori.pages.tables import shown
from sakimori.record import Viewer
from sakimori.warnings.queries import ISSUERS, OPERATORS


def _to_answer(viewer: Viewer) -> Foremost | None:
    """Warnings this operator received and has not answered, the oldest first; what they say is shown once opened."""
    found = rows_first(viewer, "warnings.unanswered")
    if found is None:
        return None
    called = organisations(viewer, {row["sender"] for row in found.rows})
    items = [
        Item(
            gettext("Warning from “%(who)s”") % {"who": called.get(row["sender"], "")},
            reverse("warnings:received", args=[row["id"]]),
            urgency="waiting",
            since=row["received_at"],
            basis=row["basis"],
            tag=gettext("to be answered"),
        )
        for row in found.rows
    ]
    return Foremost(items, found.total)


def _unanswered(viewer: Viewer) -> Iterable[uuid.UUID]:
    """Return the warnings that wait for an answer."""
    return parts.values(viewer, "warnings.unanswered", ["id"])["id"]


def _silent(viewer: Viewer) -> list[Item] | None:
    """Warnings of this office of which a recipient has said nothing yet."""
    rows = rows_or_none(viewer, "warnings.silent")
    if rows is None:
        return None
    return [
        Item(
            gettext("Warning of %(day)s") % {"day": shown(row["released_at"].astimezone(clock.TOKYO).date())},
            reverse("warnings:issued", args=[row["id"]]),
            ngettext(
                "%(silent)d of %(count)d recipient has not answered",
                "%(silent)d of %(count)d recipients have not answered",
                row["count"],
            )
            % {"silent": row["silent"], "count": row["count"]},
            since=row["released_at"],
            basis=row["basis"],
        )
        for row in rows
    ]


def _title(row: Mapping[str, Any]) -> str:
    content = row.get("content") or row
    name = "title_en" if (get_language() or "ja").startswith("en") else "title_ja"
    return str(content.get(name) or "")


FINDS = (
    Find(
        "warnings.received",
        gettext_noop("Warnings received"),
        "warnings.received",
        _title,
        lambda row: reverse("warnings:received", args=[row["id"]]),
        lambda row: shown(row["received_at"]),
        organisations=("sender",),
    ),
    Find(
        "warnings.issued",
        gettext_noop("Warnings issued"),
        "warnings.issued",
        _title,
        lambda row: reverse("warnings:issued", args=[row["id"]]),
        lambda row: shown(row["released_at"]),
    ),
)
_HERE = ("warnings:warnings", gettext_noop("All warnings"))
BLOCKS = (
    Block(
        "warnings.to_answer",
        gettext_noop("Warnings to answer"),
        gettext_noop("No warning waits for your answer. Only those that concern your own equipment come to you."),
        _to_answer,
        OPERATORS,
        _HERE,
        about=_unanswered,
    ),
    Block(
        "warnings.silent",
        gettext_noop("Warnings not answered yet"),
        gettext_noop("Every recipient of every warning has answered."),
        _silent,
        ISSUERS,
        _HERE,
        asks=False,
    ),
)
