"""`read()`: the door for reading labelled data. Plain rows come out, never a query set, and a read record goes in.

The query must list the viewer's role; it restricts the rows to what the viewer may know of. The door then takes out,
row by row, what the viewer's ceiling does not cover, and names the article that withholds it. A reading that shows
labelled things is itself a leaf of the log, and the organisations that own them can see who opened what.
"""

import json
import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, transaction

from sakimori import proofs
from sakimori.acts import authority, clock, labels, registry
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PayloadError
from sakimori.acts.glance import once
from sakimori.acts.models import Act, Leaf, ReadRecord, ReadSubject
from sakimori.record import Query, Viewer, open_door
from sakimori.record.fences import seen_as
from sakimori.record.laying import lay_down
from sakimori.record.turn import turn
from sakimori.text import Text

_LARGEST = 2**53 - 1  # the largest whole number canonical JSON can carry (RFC 8785, I-JSON): what was asked is recorded
_AT_ONCE = 500  # acts looked up at once, below every database's number of parameters


@dataclass(frozen=True, slots=True)
class Source:
    """What a row read for a handler carries: derived records take the union of such labels."""

    row: dict[str, Any]
    labels: Mapping[str, Any]
    owner: uuid.UUID | None


def read_sources(viewer: Viewer, query: str, **arguments: Any) -> list[Source]:
    """Return the rows of a query with the labels they carry, for a handler that derives something from them.

    Refuses and records as `read` does.
    """
    rows = {row["id"]: row for row in read(viewer, query, **arguments)}
    one = found(query)
    with seen_as(viewer):
        raws = made(one, viewer, one.run(viewer, **arguments))
    return [Source(rows[raw["id"]], raw.get("labels") or {}, raw.get("owner")) for raw in raws if raw["id"] in rows]


def read(viewer: Viewer, query: str, **arguments: Any) -> list[dict[str, Any]]:
    """Return the rows of a registered query as this viewer may see them.

    Fields above the viewer's ceiling are None; `withheld` maps their group to the article. Raises
    `NotAuthorisedError` where the role may not use the query, `NotFoundError` where there is no such query.
    """
    allowed = permitted(viewer, query, arguments)
    with seen_as(viewer):
        with faults_of_the_asker(query):
            rows = list(allowed.run(viewer, **arguments))
        return shown(viewer, allowed, rows, once("ceiling", viewer, labels.ceiling_of_viewer), arguments)


def found(query: str) -> Query:
    """Return a registered query; `NotFoundError` where there is none of that name."""
    one = registry.queries().get(query)
    if one is None:
        raise NotFoundError(query)
    return one


def permitted(viewer: Viewer, query: str, arguments: Mapping[str, Any]) -> Query:
    """Return a query this viewer may use; raises what `read` raises."""
    one = found(query)
    _require(viewer, one)
    if any(isinstance(value, int) and abs(value) > _LARGEST for value in arguments.values()):
        raise _unusable(query, "OverflowError")
    if arguments.get("world", viewer.world) not in (viewer.world, clock.world(viewer.world).base):
        raise NotFoundError(query)
    return one


def made(query: Query, viewer: Viewer, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that a query makes of what the database gave."""
    if query.listing is None or query.listing.make is None:
        return list(rows)
    return query.listing.make(viewer, list(rows))


def shown(
    viewer: Viewer,
    query: Query,
    rows: Iterable[dict[str, Any]],
    ceiling: labels.Ceiling,
    arguments: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return the rows without what is above the ceiling, and record that the viewer has seen them."""
    seen, labelled = [], []
    for row in made(query, viewer, rows):
        if row.get("labels"):
            labelled.append(row.get("about") or row["id"])
        seen.append(labels.withhold(row, query.groups, ceiling))
    if query.recorded:
        _record(viewer, query, dict(arguments), len(seen), labelled)
    return seen


def read_one(viewer: Viewer, query: str, **arguments: Any) -> dict[str, Any]:
    """Return the only row of a query; `NotFoundError` where it yields none."""
    rows = read(viewer, query, **arguments)
    if len(rows) != 1:
        raise NotFoundError(query)
    return rows[0]


@contextmanager
def faults_of_the_asker(query: str) -> Iterator[None]:
    """Say that an argument no database can take (a number too large) is a fault of the asker's."""
    try:
        yield
    except (OverflowError, ValueError, DataError, IntegrityError) as error:
        raise _unusable(query, type(error).__name__) from None


def _unusable(query: str, what: str) -> PayloadError:
    return PayloadError(
        Text("指定された値は大きすぎるか、使えません。", "A value given is too large or cannot be used."),
        [{"where": query, "what": what, "type": "value"}],
        where=query,
        mend=Text("値を確かめてください。", "Check the values."),
    )


def _require(viewer: Viewer, query: Query) -> None:
    allowed = {(viewer.organisation_type, viewer.role), ("any", viewer.role), (viewer.organisation_type, "any")}
    if viewer.role not in ("administrator", "system"):
        allowed.add(("any", "any"))
    elif viewer.role == "administrator":
        allowed.discard((viewer.organisation_type, "any"))
    if not once("look", viewer, authority.may_look) or not allowed & query.roles or not _needed(viewer, query):
        raise NotAuthorisedError(
            Text("この一覧を見る役割ではありません。", "Your role may not read this."), where=query.name
        )
    if viewer.token is not None:
        require_clearance(viewer, query)


def require_clearance(viewer: Viewer, query: Query) -> None:
    """Refuse a machine a sensitive query unless its organisation was expressly cleared (`LabelError`)."""
    cleared = labels.cleared(viewer.acting_organisation, viewer.world)
    for restriction in query.sensitive:
        if restriction not in cleared:
            raise labels.refusal(restriction, query.name, Text("機械（トークン）", "a machine (token)"))


def _needed(viewer: Viewer, query: Query) -> bool:
    """Whoever stands in for another reads the floor and the rooms of the kinds it was given, no other room."""
    given = authority.given(viewer)
    room = query.name.partition(".")[0]
    return given is None or room in ("acts", "parties") or room in {kind.partition(".")[0] for kind in given}


def _record(viewer: Viewer, query: Query, arguments: dict[str, Any], count: int, labelled: list[uuid.UUID]) -> None:
    now = clock.now(viewer.world)
    asked = json.loads(json.dumps(arguments, default=str, sort_keys=True))
    digest = proofs.digest(proofs.canonical(asked))
    reading = ReadRecord(
        world=viewer.world,
        query=query.name,
        person=viewer.person,
        organisation=viewer.acting_organisation,
        role=viewer.role,
        token=viewer.token,
        arguments_digest=digest,
        rows=count,
        read_at=now,
    )
    subjects = list(dict.fromkeys(labelled))
    document = _document(reading, viewer, subjects) | ({"asked": asked} if query.sensitive else {})
    content, salt = proofs.canonical(document), secrets.token_bytes(32)
    if subjects or query.sensitive:
        reading.content, reading.salt = content, salt
    with turn(), transaction.atomic(), open_door(f"read:{reading.id}"):
        reading.save(force_insert=True)
        lay_down(ReadSubject, _subjects(reading, subjects))
        if subjects or query.sensitive:
            Leaf(of=reading.id, what="read", commitment=proofs.commit(content, salt)).save(force_insert=True)


def _subjects(reading: ReadRecord, subjects: list[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Yield a row for each thing seen, with the other organisations that filed it where it is an act."""
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        filed = Act.objects.filter(id__in=some, world=reading.world).values_list("id", "organisation", "on_behalf_of")
        filers = {act: (filer, principal) for act, filer, principal in filed}
        for one in some:
            row = {"world": reading.world, "reading": reading, "subject": one}
            filer, principal = (who if who != reading.organisation else None for who in filers.get(one, (None, None)))
            told = {"filer": filer, "principal": principal, "read_at": reading.read_at}
            yield row | told if filer or principal else row


def _document(reading: ReadRecord, viewer: Viewer, subjects: list[uuid.UUID]) -> dict[str, Any]:
    """Return what the log is told of a reading; the things seen by a digest of their ids in order."""
    return {
        "type": "sakimori.read/1",
        "id": str(reading.id),
        "world": reading.world,
        "query": reading.query,
        "arguments": reading.arguments_digest,
        "rows": reading.rows,
        "subjects": subjects_digest(subjects),
        "reader": viewer.as_dict(),
        "read_at": reading.read_at.isoformat(),
    }


def subjects_digest(subjects: Iterable[uuid.UUID]) -> str:
    """Return the digest of the things a reading showed, whatever their order."""
    return proofs.digest(proofs.canonical(sorted(str(subject) for subject in subjects)))
