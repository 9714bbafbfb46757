"""A notification as it would leave: the five items of 命令2条5項, the exact bytes, and their digest.

The bytes are the canonical JSON (RFC 8785) of the payload: the draft, the proposal, the act and what the minister
receives carry the same ones, so one digest can be compared at every step.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from pydantic import BaseModel

from sakimori import proofs
from sakimori.assets import saying
from sakimori.pages import Column, Table, table_from

_SHOWN = 20_000  # so many bytes are shown on the page; all of them can be downloaded


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves: `payload` as data, `content` as bytes, `digest` their SHA-256 in hex."""

    payload: Mapping[str, Any]
    content: bytes
    digest: str

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
    def text(self) -> str:
        """Return the bytes as text where they are few enough to be shown, else nothing."""
        return self.content.decode() if len(self.content) <= _SHOWN else ""


def letter(payload: BaseModel | Mapping[str, Any]) -> Letter:
    """Return a notification's payload as it would leave."""
    data = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)
    content = proofs.canonical(data)
    return Letter(data, content, hashlib.sha256(content).hexdigest())


def outline(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return an outline line by line, in words."""
    names = {
        "name": gettext("Operator"),
        "corporate_number": gettext("Corporate number"),
        "business_type": gettext("Business type"),
    }
    return [(names.get(name, name), value) for name, value in told.items()]


def columns() -> list[Column]:
    """Return the columns of the computers in a notification: class, product name, maker name."""
    return [
        Column("position", gettext("No."), number=True),
        Column("clause", saying.say(saying.FIELD, "clause"), show=lambda row: saying.clause(row["clause"])),
        Column("product", saying.say(saying.FIELD, "product")),
        Column("maker", saying.say(saying.FIELD, "maker")),
    ]


def table(request: HttpRequest, shown: Letter) -> Table | HttpResponse:
    """Return the computers of a letter as a table, all of them, page by page."""
    rows = [{"position": place, **row} for place, row in enumerate(shown.payload.get("rows", []), start=1)]
    return table_from(request, rows, columns(), caption=gettext("Computers notified"), filename=gettext("notification"))


def download(shown: Letter, name: str) -> HttpResponse:
    """Return the exact bytes as a file."""
    response = HttpResponse(shown.content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
