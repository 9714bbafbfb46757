"""Keeping documents: how long, what then, and views on disclosure. Metadata only; nothing here disposes or discloses.

公文書等の管理に関する法律5条: the head of each organ sets class, retention and the measure at its end in its own table.
That table is entered here by an act; where there is none the answer is `unknown`. The period begins on 1 April after
the year of the document (施行令8条4項). 行政機関の保有する情報の公開に関する法律5条: limbs are claimed by people only.
"""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import Count, F
from django.db.models.functions import TruncDate
from pydantic import Field

from sakimori import law
from sakimori.acts import clock, envelopes, incoming, reading
from sakimori.acts.context import Context
from sakimori.acts.errors import NotAuthorisedError, NotFoundError
from sakimori.acts.models import Act, DisclosureMark, Dispatch, RecordClass
from sakimori.law.counting import next_fiscal_year
from sakimori.record import Bound, Handler, Payload, Query, Viewer
from sakimori.text import Text

FILERS = frozenset({"operator"})
_ANYBODY = frozenset({("any", "any")})
_KEEPERS = frozenset({("any", "administrator"), ("committee", "secretariat")})
_FILINGS = ("assets.notifications", "incidents.reports")  # readings of rooms, by name, where they are installed
LIMBS = ("1", "1-2", "2", "3", "4", "5", "6")


class Classify(Payload):
    """An entry of the retention table: for which acts (a room, or one kind), from when, and where it was set."""

    kinds: Annotated[str, Field(pattern="^[a-z_]+([.][a-z_]+){0,2}$", max_length=100)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    measure: Literal["transfer", "dispose", "unknown"] = "unknown"
    source: Annotated[str, Field(min_length=1, max_length=300)]
    valid_from: date


class MarkDisclosure(Payload):
    """Which parts of a filing one thinks must not be disclosed, under which limbs of Art. 5, and why."""

    about: uuid.UUID
    fields: Annotated[str, Field(min_length=1, max_length=2000)]
    limbs: Annotated[list[Literal["1", "1-2", "2", "3", "4", "5", "6"]], Field(min_length=1, max_length=7)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class ReceiveMark(Payload):
    """A mark that came in by envelope."""

    envelope: uuid.UUID
    sender: uuid.UUID | None
    addressee: uuid.UUID
    document: dict[str, Any]


def _classify(ctx: Context, payload: Classify) -> Bound:
    rooms = {kind.room for kind in law.kinds()}
    if payload.kinds not in rooms | {kind.name for kind in law.kinds()}:
        raise ctx.refuse(
            "records.kinds",
            Text("その部屋又は行為の種類はありません。", "There is no such room or kind of act."),
            where="kinds",
            mend=Text(
                "例: incidents 又は assets.notification.receive",
                "For example incidents, or assets.notification.receive",
            ),
        )
    made = ctx.create(
        RecordClass,
        organisation=ctx.actor.acting_organisation,
        act=ctx.act,
        recorded_at=ctx.now,
        **payload.model_dump(),
    )
    return Bound("acts.record_class", made.id)


def _mark(ctx: Context, payload: MarkDisclosure) -> Bound:
    """Keep a view on disclosure; a filer's goes to everybody the filing went to."""
    own = ctx.actor.acting_organisation
    filer = ctx.actor.organisation_type in FILERS
    if not _handled(ctx, payload.about, filer=filer):
        raise NotFoundError(str(payload.about))
    side = "filer" if filer else "office"
    made = _keep(ctx, payload, side=side, organisation=own, holder=own)
    if filer:
        told = Dispatch.objects.filter(world=ctx.world.name, act=payload.about).values_list("addressee", flat=True)
        for addressee in dict.fromkeys(told):
            ctx.send(addressee, carrying=[made])
    return Bound("acts.disclosure", made.id)


def _handled(ctx: Context, about: uuid.UUID, *, filer: bool) -> bool:
    """Return whether the act is the actor's own (filed or entered), or a filing that its office may read."""
    own = ctx.actor.acting_organisation
    if Act.objects.filter(world=ctx.world.name, id=about, organisation=own).exists():
        return True
    return not filer and any(row["act"] == about for name in _FILINGS for row in _readable(ctx.actor, name))


def _readable(viewer: Viewer, query: str) -> list[dict[str, Any]]:
    try:
        return reading.read(viewer, query)
    except (NotAuthorisedError, NotFoundError):
        return []


def _keep(
    ctx: Context, payload: MarkDisclosure, *, side: str, organisation: uuid.UUID, holder: uuid.UUID
) -> DisclosureMark:
    return ctx.create(
        DisclosureMark,
        owner=organisation,
        labels={"mark": ["reported_information"]},
        about=payload.about,
        act=ctx.act,
        side=side,
        organisation=organisation,
        holder=holder,
        fields=payload.fields,
        limbs=sorted(set(payload.limbs)),
        reason=payload.reason,
        marked_at=ctx.now,
    )


def _receive(ctx: Context, payload: ReceiveMark) -> Bound:
    if payload.sender is None:
        raise ctx.refuse("records.sender", Text("差出人が分かりません。", "The sender is not known."))
    told = incoming.read(ctx, MarkDisclosure, payload.document)
    filer = ctx.organisation(payload.sender).type in FILERS
    if not (filer and envelopes.brought(told.about, payload.sender, payload.addressee, ctx.world.name)):
        raise NotFoundError(str(told.about))  # a view on what somebody else filed, or filed elsewhere
    made = _keep(ctx, told, side="filer", organisation=payload.sender, holder=payload.addressee)
    return Bound("acts.disclosure", made.id)


def marks(viewer: Viewer, *, about: uuid.UUID | None = None) -> Iterable[dict[str, Any]]:
    """The views on disclosure that the viewer's organisation holds: its own, and what filers sent it."""
    found = DisclosureMark.objects.filter(world=viewer.world, holder=viewer.acting_organisation)
    if about is not None:
        found = found.filter(about=about)
    rows: Iterable[dict[str, Any]] = found.order_by("-marked_at", "id").values(
        "id",
        "about",
        "side",
        "organisation",
        "fields",
        "limbs",
        "reason",
        "marked_at",
        "labels",
        "owner",
        filing=F("about"),
    )
    return rows


def class_of(viewer: Viewer, kind: str, on: date) -> RecordClass | None:
    """Return the entry of the organisation's table for an act of a kind: the kind's own before its room's."""
    names = (kind, kind.partition(".")[0])
    found = RecordClass.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, kinds__in=names, valid_from__lte=on
    ).order_by("valid_from", "recorded_at")
    by_name = {one.kinds: one for one in found}
    return next((by_name[name] for name in names if name in by_name), None)


def _first_month() -> int:
    """Return the month in which fiscal years begin (財政法11条)."""
    return int(str(law.parameter("calendar.fiscal_year.first_month").value))


def expires(made_on: date, years: int) -> date:
    """Return the day after which a document need not be kept: counted from 1 April after the year it was made.

    >>> expires(date(2026, 11, 24), 5)
    datetime.date(2032, 3, 31)
    """
    begins = next_fiscal_year(made_on, _first_month())
    return date.fromordinal(begins.replace(year=begins.year + years).toordinal() - 1)


def register(viewer: Viewer) -> Iterable[dict[str, Any]]:
    """The organisation's documents by kind and fiscal year: how many, which class, kept until when, what then.

    Metadata without contents. state: unknown (no table yet), permanent, kept, due (retention over, the measure is to be
    decided and done by the office). Erased ones are counted apart: their content is gone, the record of it stays.
    """
    today = clock.today(viewer.world)
    own = Act.objects.filter(world=viewer.world, organisation=viewer.acting_organisation)
    by_day = own.annotate(day=TruncDate("recorded_at", tzinfo=clock.TOKYO)).order_by("kind", "day")
    years: dict[tuple[str, int], list[Any]] = {}
    for kind, day, acts, gone in by_day.values_list("kind", "day").annotate(Count("id"), Count("erased_by")):
        year = years.setdefault((kind, next_fiscal_year(day, _first_month()).year - 1), [day, 0, 0])
        year[1:] = [year[1] + acts - gone, year[2] + gone]
    for (kind, in_year), (day, documents, erased) in sorted(years.items()):
        entry = class_of(viewer, kind, today)
        until = expires(day, entry.years) if entry and entry.years else None
        state = "unknown" if entry is None else "permanent" if until is None else "due" if until < today else "kept"
        yield {
            "id": uuid.uuid5(viewer.acting_organisation, f"{kind}/{in_year}"),
            "kind": kind,
            "year": in_year,
            "documents": documents,
            "erased": erased,
            "class": entry.title if entry else "",
            "years": entry.years if entry else None,
            "until": until,
            "measure": entry.measure if entry else "unknown",
            "source": entry.source if entry else "",
            "state": state,
        }


HANDLERS = {
    "acts.records.classify": Handler(Classify, _classify),
    "acts.disclosure.mark": Handler(MarkDisclosure, _mark),
    "acts.disclosure.receive": Handler(ReceiveMark, _receive),
}
RECEIVERS = {"acts.disclosure.mark": "acts.disclosure.receive"}
QUERIES = {
    "acts.records": Query("acts.records", register, _KEEPERS, recorded=False),
    "acts.disclosures": Query("acts.disclosures", marks, _ANYBODY, {"mark": ("fields", "reason")}),
}
