"""Taking in a list, step by step: check it, keep what was found, preview what the law makes of it, import it whole.

Nothing counts before the import, which is one bulk act over the staged rows. Uploads are desk rows of one organisation.
"""

import hashlib
import itertools
import json
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from sakimori import law
from sakimori.acts import authority, batches, clock, door
from sakimori.acts.errors import IdempotencyError, NotFoundError
from sakimori.acts.models import BatchItem
from sakimori.assets import drafting, editions, files, findings, importing, merging, profiles, staging, taking
from sakimori.assets import payloads as p
from sakimori.assets.importing import Checked
from sakimori.assets.models import Upload
from sakimori.assets.refusing import FaultyListError, NothingNewError, UndecidedError
from sakimori.assets.scoping import Assessment, FacilityFacts, assess
from sakimori.assets.sources import differences
from sakimori.assets.tables import RowFault
from sakimori.parties.models import Facility
from sakimori.record import Viewer
from sakimori.text import Text

__all__ = ["KIND", "UPDATE", "FaultyListError", "NothingNewError", "UndecidedError", "keep", "perform", "ready", "take"]
KIND = "assets.register.import"
UPDATE = "assets.register.update"
_KEPT = 10  # so many of a person's uploads are kept that were never imported
_SOURCE = 200
_SAYS = 200  # characters of a faulty row that its page says


def require(viewer: Viewer) -> None:
    """Refuse (`NotAuthorisedError`) whoever may not import; a machine's token may prepare one."""
    authority.require(law.kind(KIND), viewer, drafting=True)


def check(
    viewer: Viewer,
    data: bytes,
    progress: Callable[[int], None] = lambda _: None,
    *,
    source: str = "",
    wish: taking.Wish = taking.Wish(),  # noqa: B008 - frozen
) -> Checked:
    """Return the checked rows of a file of any format against this operator's facilities; nothing is stored."""
    require(viewer)
    read = taking.read(data)
    sheet = taking.choose_sheet(read, wish.sheet)
    facilities = drafting.facilities_of(viewer)
    legend = taking.legend_for(read, sheet, facilities, profiles.remembered(viewer, taking.source_name(source)), wish)
    return taking.checked(read, sheet, legend, facilities, clock.today(viewer.world), progress)


def take(
    viewer: Viewer,
    data: bytes,
    source: str,
    *,
    client: str = "",
    key: str = "",
    progress: Callable[[int], None] = lambda _: None,
    wish: taking.Wish = taking.Wish(),  # noqa: B008 - frozen
) -> Upload:
    """Check a file and keep what was found: its faults, or its rows staged with a preview, or how it differs.

    The same `key` with the same bytes, read alike, gives the first upload again; else `IdempotencyError`. Raises
    `TableError` where the file is no table at all, `UnmappedError` where nobody said which column is which.
    """
    require(viewer)
    digest, asked = hashlib.sha256(data).hexdigest(), _asked(source, wish)
    earlier = _earlier(viewer, client, key, digest, asked)
    if earlier is not None:
        return earlier
    checked = check(viewer, data, progress, source=source, wish=wish)
    return keep(viewer, checked, source, digest, client=client, key=key, asked=asked)


def keep(
    viewer: Viewer,
    checked: Checked,
    source: str,
    digest: str,
    *,
    client: str = "",
    key: str = "",
    called: str = "",
    file: uuid.UUID | None = None,
    sheet: int = 0,
    asked: str = "",
) -> Upload:
    """Keep what a check came to. `called` is the name of the list's source, `file` and `sheet` what was read.

    `asked` tells how the file was to be read, for a caller that repeats itself.
    """
    called = called or taking.source_name(source)
    found = differences.Difference() if checked.faults else _difference(viewer, checked, called)
    faults = [*checked.faults, *_retired(viewer, found, checked)]
    differs = bool(not faults and (found.changes or found.unchanged or found.missing))
    counted = {} if faults else outcome(viewer, found.new if differs else checked.rows)
    left_out = [{"line": line, "says": _visible(says)} for line, says in checked.left_out[: p.MOST_LEFT_OUT]]
    counted |= {"source": called, "sheet": sheet, "left_out": left_out, "asked": asked}
    if faults:
        counted["faulty"] = _standing(checked, {one.line for one in faults})
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                world=viewer.world,
                organisation=viewer.acting_organisation,
                person=viewer.person,
                source=_named(source),
                digest=digest,
                client=client,
                key=key,
                checked_at=clock.now(viewer.world),
                count=len(checked.lines),
                faulty=len({one.line for one in faults}),
                faults=_packed(faults) if faults else None,
                ignored=list(checked.ignored),
                outcome=counted,
                file=file,
                remarks=[[note.ja, note.en] for note in checked.notes],
                difference=differences.packed(found) if differs else None,
                batch=None if faults or differs else batches.stage(KIND, checked.rows, by=viewer).id,
            )
    except IntegrityError:  # the same key came twice at once
        again = _earlier(viewer, client, key, digest, asked)
        if again is None:
            raise
        return again
    _forget_old(viewer)
    return upload


def _standing(checked: Checked, faulty: set[int]) -> dict[str, str]:
    """Return line → what stands in it, of the faulty rows a person may leave out one by one."""
    found = {
        str(line): _visible(" / ".join(row[name] for name in ("key", "name", "maker", "product") if row.get(name)))
        for line, row in zip(checked.lines, checked.candidates, strict=True)
        if line in faulty
    }
    return {line: says[:_SAYS] for line, says in itertools.islice(found.items(), p.MOST_LEFT_OUT)}


def _difference(viewer: Viewer, checked: Checked, called: str) -> differences.Difference:
    return differences.compare(checked.rows, merging.registered(viewer), called)


def _retired(viewer: Viewer, found: differences.Difference, checked: Checked) -> list[RowFault]:
    """Return a fault for each row whose key is that of a computer no longer used."""
    gone = merging.retired_keys(viewer) if found.new else set()
    return [
        RowFault(
            int(row["_line"]),
            checked.headings.get("key", "key"),
            Text("廃止した電子計算機の管理番号です。", "This is the key of a computer that was retired."),
            Text("新しい管理番号を付けるか、この行を除いてください。", "Give it a new key, or take this row out."),
        )
        for row in found.new
        if row["key"] in gone
    ]


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _named(source: str) -> str:
    """Return a file's name as people may read it: no path, nothing invisible, never empty."""
    plain = "".join(c for c in source.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return plain.strip()[:_SOURCE] or "inventory.csv"


def _asked(source: str, wish: taking.Wish) -> str:
    """Return a digest of how a file is to be read: the same bytes read otherwise are another list."""
    told = [source, wish.sheet, dict(wish.columns), dict(wish.fixed), sorted(wish.leave_out)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _earlier(viewer: Viewer, client: str, key: str, digest: str, asked: str) -> Upload | None:
    if not key:
        return None
    found = Upload.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, client=client, key=key
    ).first()
    if found is not None and (found.digest, found.outcome.get("asked", asked)) != (digest, asked):
        raise IdempotencyError.used(key)
    return found


def _forget_old(viewer: Viewer) -> None:
    mine = Upload.objects.filter(
        world=viewer.world, organisation=viewer.acting_organisation, person=viewer.person, key="", act=None
    )
    for old in mine.order_by("-checked_at", "id")[_KEPT:]:
        discard(viewer, old)


def find(viewer: Viewer, upload: uuid.UUID) -> Upload:
    """Return an upload of the viewer's organisation; `NotFoundError` for any other."""
    require(viewer)
    found = Upload.objects.filter(id=upload, world=viewer.world, organisation=viewer.acting_organisation).first()
    if found is None:
        raise NotFoundError(str(upload))
    return found


def discard(viewer: Viewer, upload: Upload) -> None:
    """Drop an upload that was never imported, with its staged rows."""
    if upload.act is None:
        if upload.batch is not None:
            batches.discard(upload.batch, by=viewer)
        upload.delete()


def perform(
    viewer: Viewer,
    upload: Upload,
    *,
    client: str,
    key: str = "",
    decisions: Mapping[str, str] | None = None,
    changed_on: date | None = None,
) -> door.Performed:
    """Import a clean upload as one act and return its receipt; done once however often it is asked for.

    `decisions` settle conflicts (see `differences.decided`), `changed_on` is the day the changes happened. Raises
    `FaultyListError` where the list has faults, `UndecidedError` where a conflict is open, `DayError` where computers
    change and nobody says when, `RefusedError` where the register has changed meanwhile.
    """
    kind, payload, batch = ready(viewer, upload, decisions, changed_on)
    done = door.perform(
        kind, payload, by=viewer, idempotency_key=key or f"upload-{upload.id}", client=client, batch=batch
    )
    Upload.objects.filter(id=upload.id).update(act=done.act)
    if upload.file is not None and not editions.holds_private_inventory():
        files.forget(viewer, upload.file)
    return done


def ready(
    viewer: Viewer, upload: Upload, decisions: Mapping[str, str] | None = None, changed_on: date | None = None
) -> tuple[str, dict[str, Any], uuid.UUID]:
    """Return kind, payload and batch of the act that takes an upload in; a difference is staged here."""
    if upload.faulty:
        raise FaultyListError(faults_of(upload), upload.count)
    called = upload.outcome.get("source") or upload.source
    left_out = upload.outcome.get("left_out") or []
    named = {"source": called, **({"left_out": left_out} if left_out else {})}
    if upload.difference is None:
        if upload.batch is None:
            raise FaultyListError(faults_of(upload), upload.count)
        return KIND, named, upload.batch
    on = changed_on or upload.checked_at.astimezone(clock.TOKYO).date()  # the same day however late it is repeated
    if upload.act is None:
        staging.stage(viewer, upload, UPDATE, called, decisions, dated=changed_on is not None)
    if upload.batch is None:
        raise NotFoundError(str(upload.id))
    return UPDATE, {**named, "changed_on": on.isoformat()}, upload.batch


def all_conflicts(upload: Upload, decision: str) -> dict[str, str]:
    """Return one decision (`take` or `keep`) for every field that another source gives otherwise."""
    if upload.difference is None:
        return {}
    called = upload.outcome.get("source") or upload.source
    return dict.fromkeys(differences.unpacked(bytes(upload.difference)).conflicts(called), decision)


def _packed(faults: list[RowFault]) -> bytes:
    return zlib.compress(json.dumps([[f.line, f.column, *f.what, *f.mend] for f in faults]).encode())


def faults_of(upload: Upload) -> list[RowFault]:
    """Return every fault of an upload, by line and column."""
    if upload.faults is None:
        return []
    packed = json.loads(zlib.decompress(bytes(upload.faults)))
    return [
        RowFault(line, column, Text(what_ja, what_en), Text(mend_ja, mend_en))
        for line, column, what_ja, what_en, mend_ja, mend_en in packed
    ]


def facility_facts(viewer: Viewer) -> dict[str, FacilityFacts]:
    """Return what the law asks about each of the viewer's facilities, by the facility's id."""
    base = clock.world(viewer.world).base
    found = Facility.objects.select_related("designation").filter(
        world=base, organisation_id=viewer.acting_organisation
    )
    return {str(facility.id): drafting.facility_facts(facility, viewer.world) for facility in found}


def assessed(
    viewer: Viewer, rows: Iterator[Mapping[str, Any]] | list[dict[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], Assessment]]:
    """Yield each checked row with what the law makes of it today; nothing is stored."""
    facilities, today = facility_facts(viewer), clock.today(viewer.world)
    for row in rows:
        yield row, assessment(row, facilities[row["facility"]], today)


def assessment(row: Mapping[str, Any], facility: FacilityFacts, today: date) -> Assessment:
    """Return what the law makes of one checked row."""
    introduced = importing.day(row["introduced_on"])
    return assess(row["facts"], row["product"], row["maker"], introduced, facility, today)


def due_of(answer: Assessment, today: date) -> str:
    """Return the due day of an assessment (ISO), empty where no clock runs or the law gives no number."""
    if answer.rule is None or answer.begins is None:
        return ""
    due = law.deadline(answer.rule, answer.begins, on=today).due
    return due.isoformat()[:10] if due else ""


def outcome(viewer: Viewer, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the law would make of a checked list, in counts: by scope, clause, exemption, due day, question."""
    today = clock.today(viewer.world)
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("scope", "notify", "clause", "exempt", "due", "question")
    }
    texts: dict[str, Any] = {}
    days: dict[tuple[str, Any], str] = {}
    for _, answer in assessed(viewer, rows):
        counts["scope"][answer.scope] += 1
        counts["notify"][answer.notify] += 1
        if answer.clause:
            counts["clause"][answer.clause] += 1
        if answer.notify == "exempt":
            duty = answer.content["notify"]
            counts["exempt"][duty["outcome"]] += 1
            texts[duty["outcome"]] = duty["label"]
        if answer.rule is not None:
            clock_key = (answer.rule, answer.begins)
            if clock_key not in days:
                days[clock_key] = f"{answer.rule}|{due_of(answer, today)}"
            counts["due"][days[clock_key]] += 1
        for decision in answer.content.values():
            for question in findings.asked(decision):
                counts["question"][question["fact"]] += 1
                texts[question["fact"]] = question["text"]
    return {"counts": {name: dict(found.most_common()) for name, found in counts.items()}, "texts": texts}


def preview(viewer: Viewer, upload: Upload, start: int, count: int) -> list[dict[str, Any]]:
    """Return some of an upload's staged rows, each with `line` and what the law would make of it."""
    today = clock.today(viewer.world)
    items = BatchItem.objects.filter(batch__id=str(upload.batch)).order_by("position")[start : start + count]
    rows = [json.loads(bytes(content)) for content in items.values_list("content", flat=True)]
    return [
        {
            **row,
            "line": row["_line"],
            "scope": answer.scope,
            "clause": answer.clause,
            "notify": answer.notify,
            "due_on": due_of(answer, today),
        }
        for row, answer in assessed(viewer, rows)
    ]
