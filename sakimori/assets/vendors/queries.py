"""Readings about vendors: the operator's own requests with its values beside the answers; what a vendor was asked.

The two sides have queries of their own. A vendor's names each field it may see: nothing of the register comes with it.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from sakimori.acts import clock
from sakimori.assets import findings
from sakimori.assets.models import Computer, Finding, VendorItem, VendorRequest
from sakimori.assets.vendors import answering, facts
from sakimori.parties.models import Organisation, Peer
from sakimori.record import Listing, Query, Viewer, every_role

_OPERATORS = every_role("operator", roles=("reporter", "approver", "viewer"))
_VENDORS = every_role("vendor", "contractor", roles=("vendor_contact",))
ASKED_OF = ("vendor", "contractor")
"""The types of organisation that can be asked on their own desk."""
_REQUEST = ("id", "number", "organisation", "asked_at", "due_on", "note", "status", "answered_at")
_ASKED = ("id", "position", "product", "maker", "unit", "asks", "answers", "note", "status")
_PRESENT = (
    "computer", "computer__key", "computer__name", "computer__product", "computer__maker", "computer__unit",
    "computer__version", "computer__support_end", "computer__facts", "computer__facility", "computer__introduced_on",
)  # fmt: skip
_PRIVATE = ("key", "name", "reason", "now_version", "now_support_end", "now_facts", "introduced_on")


def _counted(found: Any) -> Any:
    return found.annotate(
        rows=Count("items"),
        answered=Count("items", filter=~Q(items__status="asked")),
        to_take=Count("items", filter=Q(items__status="answered")),
    )


def _requests(viewer: Viewer, *, request: uuid.UUID | None = None, status: str = "") -> Any:
    """The operator's requests to vendors: to whom, by when, how far they are answered."""
    found = VendorRequest.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    wanted = {"id": request, "status": status}
    found = _counted(found.filter(**{name: value for name, value in wanted.items() if value}))
    return found.order_by("-asked_at", "id").values(
        *_REQUEST, "vendor", "vendor_name", "channel", "reason", "act", "reminded_at", "rows", "answered", "to_take"
    )


def _items(viewer: Viewer, *, request: uuid.UUID) -> Iterable[dict[str, Any]]:
    """The rows of one of the operator's requests: what is recorded now beside what the vendor answered."""
    found = VendorItem.objects.filter(
        world=viewer.world, request=request, request__organisation=viewer.acting_organisation
    )
    for row in found.order_by("position").values(*_ASKED, "taken", "reason", "labels", "owner", *_PRESENT):
        plain = {name: value for name, value in row.items() if not name.startswith("computer__")}
        yield {
            **plain,
            "key": row["computer__key"],
            "name": row["computer__name"],
            "facility": row["computer__facility"],
            "introduced_on": row["computer__introduced_on"],
            **{f"now_{name}": row[f"computer__{name}"] for name in ("product", "maker", "unit")},
            **{f"now_{name}": row[f"computer__{name}"] for name in ("version", "support_end", "facts")},
            "seen": answering.seen(row["answers"], row["asks"], _held(row)),
        }


def _held(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[f"computer__{name}"] for name in facts.FIELDS}
    return {**(row["computer__facts"] or {}), **named}


def _asked(viewer: Viewer) -> Any:
    return VendorRequest.objects.filter(world=viewer.world, vendor=viewer.acting_organisation)


def _requests_to_us(viewer: Viewer, *, asked: uuid.UUID | None = None, status: str = "") -> Any:
    """What operators ask this vendor: who asks, by when, how many rows, how many answered."""
    wanted = {"id": asked, "status": status}
    found = _counted(_asked(viewer).filter(**{name: value for name, value in wanted.items() if value}))
    return found.order_by("-asked_at", "id").values(*_REQUEST, "rows", "answered")


def _asked_rows(viewer: Viewer, *, asked: uuid.UUID) -> Iterable[dict[str, Any]]:
    """The rows of a request to this vendor: product, maker and kind as the operator calls them, and the questions."""
    found = VendorItem.objects.filter(world=viewer.world, request__in=_asked(viewer), request=asked)
    rows: Iterable[dict[str, Any]] = found.exclude(request__status="withdrawn").order_by("position").values(*_ASKED)
    return rows


def _askable(viewer: Viewer, *, questions: str = "", computers: str = "") -> Any:
    """The operator's computers in use, each with what the law still asks about it; `computers`: ids, by commas.

    `questions`: `open` for those alone of which something is open that a vendor can be asked, whatever is decided.
    """
    found = Computer.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    if questions == "open":
        told = Finding.objects.filter(world=viewer.world, id__in=found.values("finding").distinct())
        found = found.filter(finding__in=[key for key, content in told.values_list("id", "content") if _open(content)])
    if computers:
        found = found.filter(id__in=_ids(computers))
    return (
        found.exclude(status="retired")
        .order_by("key")
        .values("id", "key", "name", "maker", "product", "unit", "finding__content", "labels", "owner")
    )


def _ids(named: str) -> list[uuid.UUID]:
    """Return the ids written with commas; what is no id names nothing."""
    found = []
    for one in named.split(","):
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found


def _with_questions(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    del viewer
    return [{**row, "open": _open(row.pop("finding__content"))} for row in rows]


def _open(content: object) -> list[str]:
    """Return the facts that are open and that a vendor can be asked for."""
    named = [one.fact for one in findings.questions(content)]
    return [name for name in dict.fromkeys(named) if name in facts.questions()]


def _known_vendors(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The vendors an operator can choose on its own installation: all with an account there or on one it reaches.

    On an installation that others share, an operator is not told who else takes part; it writes the vendor's name.
    """
    found = Organisation.objects.filter(
        world=clock.world(viewer.world).base, type__in=ASKED_OF, deployment__in=reached(viewer.world)
    )
    if settings.SAKIMORI_DEPLOYMENT["edition"] != "operator":
        asked = VendorRequest.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
        found = found.filter(id__in=asked.exclude(vendor=None).values_list("vendor", flat=True))
    rows: Iterable[dict[str, Any]] = found.values("id", "name_ja", "name_en")
    return rows


def reached(world: str) -> set[str]:
    """Return the deployments whose organisations can be asked from here: this one, and the peers of a world."""
    peers = Peer.objects.filter(world=clock.world(world).base).values_list("name", flat=True)
    return {settings.SAKIMORI_DEPLOYMENT["name"], *peers}


def _with_operators(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say who asks: whoever is asked may know that."""
    named = _named(viewer, rows, "organisation", "operator")
    return [{name: value for name, value in row.items() if name != "organisation"} for row in named]


def _with_vendors(viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _named(viewer, rows, "vendor", "vendor")


def _named(viewer: Viewer, rows: list[dict[str, Any]], field: str, called: str) -> list[dict[str, Any]]:
    base = clock.world(viewer.world).base
    found = Organisation.objects.filter(world=base, id__in={row[field] for row in rows if row[field]})
    names = {one: (ja, en) for one, ja, en in found.values_list("id", "name_ja", "name_en")}
    return [
        {**row, f"{called}_ja": names.get(row[field], ("", ""))[0], f"{called}_en": names.get(row[field], ("", ""))[1]}
        for row in rows
    ]


_LISTED = Listing(
    make=_with_operators,
    order=("-asked_at", "id"),
    sorts=("asked_at", "due_on", "number", "status", "rows", "answered"),
    texts=("number",),
)
QUERIES = {
    "assets.known_vendors": Query("assets.known_vendors", _known_vendors, _OPERATORS, recorded=False),
    "assets.askable": Query(
        "assets.askable",
        _askable,
        _OPERATORS,
        {"private": ("key", "name")},
        listing=Listing(
            order=("key",), sorts=("key", "product"), texts=("key", "name", "maker", "product"), make=_with_questions
        ),
    ),
    "assets.vendor_requests": Query(
        "assets.vendor_requests",
        _requests,
        _OPERATORS,
        recorded=False,
        listing=Listing(
            make=_with_vendors,
            order=("-asked_at", "id"),
            sorts=("asked_at", "due_on", "number", "vendor_name", "status", "rows", "answered"),
            texts=("number", "vendor_name"),
        ),
    ),
    "assets.vendor_items": Query("assets.vendor_items", _items, _OPERATORS, {"private": _PRIVATE}),
    "assets.requests_to_us": Query("assets.requests_to_us", _requests_to_us, _VENDORS, recorded=False, listing=_LISTED),
    "assets.asked_rows": Query("assets.asked_rows", _asked_rows, _VENDORS),
}
