"""A filing as it would leave: the fields of the form version in force, the exact bytes, and their digest.

The bytes are the canonical JSON (RFC 8785) of the payload, built from the fields of the form alone: the draft, the
proposal, the act and what the minister receives carry the same ones, so one digest can be compared at every step.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from pydantic import BaseModel

from sakimori.acts import clock
from sakimori.assets import keyed, saying
from sakimori.assets.forms import exporting, versions
from sakimori.assets.forms.versions import Field, FormVersion
from sakimori.pages import Column, Table, categories, table_from, viewer_of
from sakimori.pages.words import choice

_SHOWN = 20_000  # so many bytes are shown on the page; all of them can be downloaded
_BY_VERSION = {"sakimori/change/1": "change", "sakimori/substitute/1": "substitute"}
_CODED = frozenset({"clause"})


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves: its form, `payload` as data, `content` as bytes, `digest` their SHA-256 in hex."""

    form: FormVersion
    payload: Mapping[str, Any]
    content: bytes
    digest: str

    @property
    def single(self) -> list[tuple[str, str]]:
        """Return what the form says once, line by line, in words; optional parts only where they are there."""
        language = saying.language()
        return [
            (one.title.pick(language), text)
            for one in self.form.single
            if (text := _said(one, self.payload)) or one.path.startswith("outline.")
        ]

    @property
    def outline(self) -> list[tuple[str, str]]:
        """Return the operator's outline (事業者の概要) line by line."""
        return outline(self.payload.get("outline", {}))

    @property
    def category(self) -> str:
        """Return the facility category (特定重要設備の区分)."""
        return str(self.payload.get("facility_category", ""))

    @property
    def count(self) -> int:
        """Return how many computers it names."""
        return len(self.payload.get("rows", []))

    @property
    def basis(self) -> tuple[str, ...]:
        """Return the article whose items the form has."""
        return (self.form.article,)

    @property
    def in_pdf(self) -> bool:
        """Return whether a PDF can hold it."""
        return self.count <= exporting.MOST_IN_PDF

    @property
    def text(self) -> str:
        """Return the bytes as text where they are few enough to be shown, else nothing."""
        return self.content.decode() if len(self.content) <= _SHOWN else ""


def form_of(payload: Mapping[str, Any]) -> str:
    """Return the name of the form that a payload is of."""
    if "corrects" in payload:
        return "correction"
    return _BY_VERSION.get(str(payload.get("form", "")), "notification")


def letter(payload: BaseModel | Mapping[str, Any], on: date | None = None) -> Letter:
    """Return a filing's payload as it would leave on a day (default: by the latest version of its form).

    Raises `FormError` where it holds anything that is no field of the form.
    """
    data = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)
    form = versions.version(form_of(data), on or date.max)
    content = versions.exactly(form, data)
    return Letter(form, data, content, hashlib.sha256(content).hexdigest())


def outline(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return an outline line by line, in words."""
    names = {
        "name": gettext("Operator"),
        "corporate_number": gettext("Corporate number"),
        "business_type": gettext("Business type"),
    }
    return [(names.get(name, name), choice(value, name) if value else "") for name, value in told.items()]


def _said(one: Field, data: Mapping[str, Any]) -> str:
    value = one.of(data)
    if one.path == "facility_category":
        return categories.category_whole(value)
    return "" if value in (None, "") else choice(value, one.coded) if one.coded else str(value)


def columns(form: str = "notification", category: str = "") -> list[Column]:
    """Return the columns of the computers in a filing: class, product name, maker name; of a change: old → new.

    `category` is the facility category of a change in which some computer had another one before.
    """
    names = [name for name in ("clause", "product", "maker") if form != "substitute" or name != "clause"]
    if form == "change":
        moved = [_moved(category)] if category else []
        return [_number(), *moved, *(_changed(name) for name in names)]
    return [
        _number(),
        *(
            Column(name, saying.say(saying.FIELD, name), show=lambda row: saying.clause(row["clause"]))
            if name in _CODED
            else Column(name, saying.say(saying.FIELD, name))
            for name in names
        ),
    ]


def _number() -> Column:
    return Column("position", gettext("No."), number=True)


def _moved(category: str) -> Column:
    """Return the column of facility categories: old → new, `category` alone where it is the same."""

    def show(row: Mapping[str, Any]) -> str:
        old = category_before(row)
        return f"{categories.category(old)} → {categories.category(category)}" if old else categories.category(category)

    return Column("category", gettext("Facility category"), show=show, sortable=False)


def category_before(row: Mapping[str, Any]) -> str:
    """Return the facility category a row of a change names as the old one; empty where it is the same as now.

    A filing has it in the row, the record of one with what the row was before.
    """
    before = row.get("before")
    return str(row.get("category_before") or (before.get("category") if isinstance(before, Mapping) else "") or "")


def _changed(name: str) -> Column:
    """Return a column that shows what changed as old → new, and what did not as it is."""

    def plain(value: object) -> str:
        return saying.clause(value) if name in _CODED else str(value or "")

    def show(row: Mapping[str, Any]) -> str:
        before, after = row.get("before") or {}, row.get("after", row) or {}
        old, new = plain(before.get(name)), plain(after.get(name))
        gone = gettext("no longer one")
        return old if old == new else f"{old} → {new or gone}"

    return Column(name, saying.say(saying.FIELD, name), show=show)


def table(request: HttpRequest, shown: Letter) -> Table | HttpResponse:
    """Return the computers of a letter as a table, page by page; to the operator with their keys, in no file."""
    rows = [{"position": place, **row} for place, row in enumerate(shown.payload.get("rows", []), start=1)]
    columns_of = columns(shown.form.form, shown.category if any(map(category_before, rows)) else "")
    found = table_from(
        request, rows, columns_of, caption=gettext("Computers notified"), filename=gettext("notification")
    )
    if isinstance(found, Table):
        keyed.show(viewer_of(request), shown.form.form, shown.category, rows, found)
    return found


def asked_for(request: HttpRequest, shown: Letter, name: str) -> HttpResponse | None:
    """Return the letter as the file the request asks for (`?format=json|xlsx|pdf`), None where it asks for none.

    Raises `TooLongError` where there are too many rows for the format.
    """
    wanted = request.GET.get("format", "")
    if wanted not in exporting.TYPES:
        return None
    viewer = viewer_of(request)
    content = exporting.export(
        shown.form, shown.payload, wanted, clock.today(viewer.world),
        language="ja", stamp=clock.world(viewer.world).stamp or "",
    )  # fmt: skip
    response = HttpResponse(content, content_type=exporting.TYPES[wanted])
    response["Content-Disposition"] = f'attachment; filename="{name}-{shown.digest[:8]}.{wanted}"'
    return response
