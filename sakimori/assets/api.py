"""`/api/v1/assets/`: a list checked, a list imported as one act, a notification drafted. The rest comes generated.

Bodies are the bytes of a file: CSV (UTF-8, with BOM, or CP932), Excel (.xlsx), CycloneDX, SPDX, nmap XML; which is
found from the contents. What each column is was decided once on the site, or is our suggestion. Errors are typed as
everywhere on the API; a list with faults is refused whole, every fault named by line, column, reason and mend in both
languages.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema, Status
from ninja.errors import HttpError

from sakimori import law
from sakimori.acts import authority, clock, proposals
from sakimori.acts.errors import NotAuthorisedError
from sakimori.assets import answers, drafting, intake, letters, refusing, taking
from sakimori.assets.forms import drafts
from sakimori.assets.tables import LARGEST
from sakimori.pages import viewer_of
from sakimori.pages.shapes import Done, Fault, Proposed, Sentence
from sakimori.record import Viewer

_STATUSES = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500}
_FAULTS = {frozenset(_STATUSES): Fault}
_CSV = {
    "requestBody": {
        "required": True,
        "description": "CSV (UTF-8, UTF-8 with BOM, CP932), Excel (.xlsx), CycloneDX, SPDX, nmap XML",
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}}
            for name in ("text/csv", "application/octet-stream")
        },
    }
}
_KEY: Any = Header(None, alias="Idempotency-Key", description="冪等キー / a repeated call is done once")  # type: ignore[type-arg]
_SOURCE: Any = Query("inventory.csv", description="一覧の名前 / what you call this list", max_length=200)  # type: ignore[type-arg]

_SHEET: Any = Query("", description="シートの名前か番号 / sheet, by name or number", max_length=100)  # type: ignore[type-arg]
_FACILITY: Any = Query("", description="設備の書かれていない行の設備 / facility of rows that name none", max_length=200)  # type: ignore[type-arg]
_UNIT: Any = Query("", description="種別の書かれていない行の種別 / kind of rows that name none", max_length=40)  # type: ignore[type-arg]
_MAKER: Any = Query("", description="製造者名のない行の製造者名 / maker of rows that name none", max_length=200)  # type: ignore[type-arg]
_LEAVE_OUT: Any = Query("", description="除く行（57,60-62） / rows left out, by line", max_length=4000)  # type: ignore[type-arg]
_INTRODUCED: Any = Query("", description="導入日のない行の導入日 / day of rows that have none", max_length=40)  # type: ignore[type-arg]

router = Router(tags=["assets"])


class RowFault(Schema):
    """One fault of one row: the line of the file (1 is the heading), the column's heading, reason and mend.

    `heading` is the column's heading too, in English with what it means.
    """

    line: int
    column: str
    heading: Sentence
    what: Sentence
    mend: Sentence


class Reason(Schema):
    """One reason of the law's answer, with its article."""

    ja: str
    en: str
    article: str


class CheckedRow(Schema):
    """What the law makes of one row today; of a faulty row only `errors` is said.

    `in_scope` is null where it is open; `notify` is yes, exempt, no or open; `due` the last day to notify.
    """

    row: int
    line: int
    key: str
    in_scope: bool | None
    clause: str
    notify: str
    unit: str
    due: date | None
    basis: list[str]
    reasons: list[Reason]
    errors: list[RowFault]


class CheckedList(Schema):
    """A list checked; nothing is stored. `ignored` are the columns not read, `notes` what was read specially."""

    count: int
    faulty: int
    ignored: list[str]
    notes: list[Sentence]
    rows: list[CheckedRow]
    faults: list[RowFault]


class FaultyList(Fault):
    """A list that was refused: every fault of its rows, where it could be read as a list at all."""

    faults: list[RowFault] | None = None


class Waiting(Schema):
    """How many computers of one facility category wait to be notified."""

    facility_category: str
    computers: int


class Drafted(Schema):
    """A notification as it would leave: the payload to propose, and the SHA-256 of its canonical bytes (RFC 8785)."""

    kind: str
    facility_category: str
    computers: int
    payload: dict[str, Any]
    sha256: str


class Drafts(Schema):
    """What waits to be notified, and the draft of the category asked for."""

    waiting: list[Waiting]
    draft: Drafted | None


@router.post("/check", response={200: CheckedList, **_FAULTS}, operation_id="check_assets", openapi_extra=_CSV)
def check(
    request: HttpRequest,
    source: str = _SOURCE,
    sheet: str = _SHEET,
    facility: str = _FACILITY,
    unit: str = _UNIT,
    introduced_on: str = _INTRODUCED,
    maker: str = _MAKER,
    leave_out: str = _LEAVE_OUT,
) -> HttpResponse:
    """Check a list: what the law makes of each row, and every fault. Nothing is stored."""
    viewer = viewer_of(request)
    wish = _wish(sheet, leave_out, facility=facility, maker=maker, unit=unit, introduced_on=introduced_on)
    checked = intake.check(viewer, _body(request), source=source, wish=wish)
    today, facilities = clock.today(viewer.world), intake.facility_facts(viewer)
    rows = answers.answers(checked, facilities, today)
    head = {
        "count": len(checked.lines),
        "faulty": len({fault.line for fault in checked.faults}),
        "ignored": list(checked.ignored),
        "notes": [{"ja": note.ja, "en": note.en} for note in checked.notes],
        "faults": [refusing.told(fault) for fault in checked.faults],
    }
    return HttpResponse(b"".join(_written(head, rows)), content_type="application/json")


def _written(head: dict[str, Any], rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield the answer row by row: 50,000 rows are never held as objects."""
    yield answers.dumps(head)[:-1].encode() + b', "rows": ['
    for number, row in enumerate(rows):
        yield (b"," if number else b"") + answers.dumps(row).encode()
    yield b"]}"


@router.post(
    "/import",
    response={200: Done, 202: Proposed, 422: FaultyList, frozenset(_STATUSES - {422}): Fault},
    operation_id="import_assets",
    openapi_extra=_CSV,
)
def import_list(
    request: HttpRequest,
    source: str = _SOURCE,
    sheet: str = _SHEET,
    facility: str = _FACILITY,
    unit: str = _UNIT,
    introduced_on: str = _INTRODUCED,
    maker: str = _MAKER,
    leave_out: str = _LEAVE_OUT,
    conflicts: Literal["ask", "take", "keep"] = "ask",
    changed_on: date | None = None,
    idempotency_key: str | None = _KEY,
) -> Status[Any]:
    """Import a list as one act, whole or not at all; with an idempotency key a repeat gives the first receipt.

    Computers of the register that the list names otherwise are changed by the same act. Where another list said
    otherwise, `conflicts` takes this one's value, keeps the register's, or asks (422). Where computers
    change, `changed_on` says on which day (422 without it: the period of 命令3条1項 runs from it). A token without
    standing authority drafts: 202, and a person adopts the proposal.
    """
    viewer = viewer_of(request)
    key = (idempotency_key or "")[:100]
    client = f"api/{viewer.token or viewer.person}"
    wish = _wish(sheet, leave_out, facility=facility, maker=maker, unit=unit, introduced_on=introduced_on)
    upload = intake.take(viewer, _body(request), source, client=client, key=key, wish=wish)
    if upload.faulty:
        raise intake.FaultyListError(intake.faults_of(upload), upload.count)
    decisions = {} if conflicts == "ask" else intake.all_conflicts(upload, conflicts)
    if viewer.token is not None and not _may_perform(viewer):
        kind, payload, batch = intake.ready(viewer, upload, decisions, changed_on)
        made = proposals.propose(kind, payload, by=viewer, idempotency_key=key, client="api", batch=batch)
        drafted = {"proposal": made.id, "kind": made.kind, "digest": made.digest, "status": made.status}
        return Status(202, {**drafted, "draft": made.person is None, "expires_at": made.expires_at})
    done = intake.perform(viewer, upload, client="api", key=key, decisions=decisions, changed_on=changed_on)
    subject = {"type": done.subject.type, "id": done.subject.id}
    told = {"act": done.act, "kind": done.kind, "subject": subject, "receipt": done.receipt, "repeated": done.repeated}
    return Status(200, told)


@router.get("/draft", response={200: Drafts, **_FAULTS}, operation_id="draft_assets")
def draft(
    request: HttpRequest, category: str = "", form: Literal["notification", "change"] = "notification"
) -> dict[str, Any]:
    """Return what waits to be filed by facility category, and the draft of `category` where one is named.

    `form` is the notification of new computers (強化法4条1項) or that of changes (強化法4条3項).
    """
    viewer = viewer_of(request)
    changed = form == "change"
    kind = "assets.change_notification.file" if changed else "assets.notification.file"
    authority.require(law.kind(kind), viewer, drafting=True)
    waiting = drafts.waiting_changes(viewer) if changed else drafting.waiting_categories(viewer)
    make = drafts.changes if changed else drafting.draft
    shown = letters.letter(make(viewer, category), clock.today(viewer.world)) if category else None
    return {
        "waiting": [{"facility_category": name, "computers": count} for name, count in waiting.items()],
        "draft": shown
        and {
            "kind": kind,
            "facility_category": category,
            "computers": shown.count,
            "payload": shown.payload,
            "sha256": shown.digest,
        },
    }


def _wish(sheet: str, leave_out: str, **fixed: str) -> taking.Wish:
    return taking.Wish(sheet, {}, fixed, taking.lines_of(leave_out))


def _body(request: HttpRequest) -> bytes:
    """Return the bytes sent. Raises `HttpError` 413 above the limit."""
    try:
        announced = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        announced = 0
    if announced > LARGEST:
        raise HttpError(413, "too large")
    return request.body


def _may_perform(viewer: Viewer) -> bool:
    try:
        authority.require(law.kind(intake.KIND), viewer)
    except NotAuthorisedError:
        return False
    return True
