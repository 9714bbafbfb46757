"""`perform()`: the only way anything of consequence happens.

In one database transaction: the kind is looked up in the law and must be in force (or the world a rehearsal); the actor
must hold a role the kind names; the payload must be of the kind's form; the idempotency key must be new, or have been
used for exactly this; a kind that needs a second person must come through a proposal; every predicate must hold. Then
the room's handler runs, the act's canonical bytes are stored with the salted commitment that the log will take in,
obligations start and settle, notices are queued, and a signed receipt is made. Anything that goes wrong undoes it all.
"""

import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from pydantic import BaseModel

from sakimori import law, proofs
from sakimori.acts import authority, batches, clock, failpoints, freshness, keys, registry, secrecy, standing
from sakimori.acts.attaching import Carried, bind_carried
from sakimori.acts.context import Context
from sakimori.acts.entering import as_json, occurred, parse, payload_digest, plain, too_long
from sakimori.acts.errors import (
    ConflictError,
    DeclarationError,
    IdempotencyError,
    NotAuthorisedError,
    NotPerformableError,
    ProposalError,
    RefusedError,
    SecondPersonError,
)
from sakimori.acts.models import Act, ActContent, Batch, Idempotency, Leaf, Proposal
from sakimori.record import SYSTEM, Bound, Handler, Viewer, open_door
from sakimori.record.fences import seen_as
from sakimori.record.turn import organisations_turn, turn
from sakimori.text import Text

_log = structlog.stdlib.get_logger("sakimori.acts")
MAX_CHAIN = 20
MAX_KEY = 100
_IN_EACH_OTHERS_WAY = {"40001", "40P01"}
"""SQLSTATE of a serialisation failure and of a deadlock: nothing was done, and trying again helps."""


@dataclass(frozen=True, slots=True)
class Performed:
    """What the door gives back: the act's id, what it is about, and the receipt (記録証明)."""

    act: uuid.UUID
    kind: str
    subject: Bound
    receipt: dict[str, Any]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """An act asked for: what, by whom, and everything that came with it."""

    kind: str
    payload: Mapping[str, Any]
    by: Viewer
    client: str = ""
    key: str = ""
    occurred_at: datetime | None = None
    caused_by: uuid.UUID | None = None
    batch: uuid.UUID | None = None
    proposal: Proposal | None = None
    carried: Carried | None = None


def perform(
    kind: str,
    payload: Mapping[str, Any] | BaseModel,
    *,
    by: Viewer,
    idempotency_key: str = "",
    client: str = "",
    occurred_at: datetime | None = None,
    batch: uuid.UUID | None = None,
) -> Performed:
    """Perform an act and return its receipt.

    Raises a `RefusedError` (nothing changed) with reason and article: kind not in force, actor not authorised, payload
    faulty, precondition not met, label above a ceiling, second person needed, idempotency key used for something else.
    With an `idempotency_key`, repeating the same call returns the first receipt again (`repeated=True`).
    """
    if by.is_system:
        raise NotAuthorisedError(
            Text("システム自身の行為は perform_system を通します。", "The system's own acts go through perform_system.")
        )
    request = Request(kind, plain(payload), by, client, idempotency_key, occurred_at, batch=batch)
    return commit(request)


def perform_system(kind: str, payload: Mapping[str, Any], *, world: str, authorised_by: uuid.UUID) -> Performed:
    """Perform one of the system's own acts (expiry, forwarding, arrival); it names the act that authorised it."""
    return commit(Request(kind, plain(payload), SYSTEM(world), caused_by=authorised_by))


def commit(request: Request) -> Performed:
    """Run one request in one transaction (used by the functions of this package only)."""
    standing.require_writable()
    began = time.monotonic()
    try:
        with turn(), transaction.atomic():
            if not request.by.is_system:
                organisations_turn(request.by.world, request.by.acting_organisation)
            performed = _commit(request)
            failpoints.reach("perform.before_commit")
    except IntegrityError:
        performed = _repeat_after_race(request)
    except (DataError, OverflowError):  # the latter: a day beyond what any calendar counts
        raise too_long(request.kind) from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in _IN_EACH_OTHERS_WAY:
            raise
        raise _conflict() from None
    committed()
    _log.info("act", act=str(performed.act), kind=performed.kind, ms=round((time.monotonic() - began) * 1000))
    return performed


def committed() -> None:
    """Say that an act has committed: where a test may kill the process (not inside a larger transaction)."""
    if not connection.in_atomic_block:
        failpoints.reach("perform.after_commit")


def _commit(request: Request, depth: int = 0) -> Performed:
    """Run one request; handlers and predicates see of fenced rooms what the actor may see."""
    with seen_as(request.by):
        return _carry_out(request, depth)


def _carry_out(request: Request, depth: int) -> Performed:
    world = clock.world(request.by.world)
    now = clock.now(world.name)
    kind, handler = _admit(request, world, now)
    payload = parse(kind, handler, request.payload)
    digest = _digest(request)
    repeated = earlier(request, digest)
    if repeated is not None:
        return repeated
    if kind.second_person != "none" and request.proposal is None and not request.by.is_system:
        raise _second_person(kind)
    batch = staged(request.kind, request.batch, by=request.by)
    if request.proposal is None and not request.by.is_system:
        secrecy.require(request.payload, batch)
    act = uuid.uuid4()
    context = Context(
        kind=kind,
        actor=request.by,
        act=act,
        world=world,
        now=now,
        occurred_at=occurred(request.occurred_at, now),
        caused_by=request.caused_by,
        proposed_by=request.proposal.person if request.proposal else None,
        batch=batch,
    )
    for name in kind.predicates:
        refusal = registry.predicates()[name](context, payload)
        if refusal is not None:
            raise refusal
    with open_door(str(act)):
        subject = handler.run(context, payload)
        bind_carried(context, request.carried, subject)
        context.require_declared()
        receipt = _store(request, context, subject, digest)
    for next_kind, next_payload in context.after:
        if depth >= MAX_CHAIN:
            raise DeclarationError(f"{kind.name}: acts that follow acts, more than {MAX_CHAIN} deep")
        _commit(Request(next_kind, next_payload, SYSTEM(world.name), caused_by=act), depth + 1)
    return Performed(act, kind.name, subject, receipt)


def _admit(request: Request, world: clock.World, now: datetime) -> tuple[law.ActKind, Handler]:
    kind = law.kind(request.kind)
    if request.by.is_system:
        if not kind.system or request.caused_by is None:
            raise NotAuthorisedError(
                Text(
                    f"「{kind.title.ja}」はシステムが自ら行える行為ではありません。",
                    f"“{kind.title.en}” is not an act the system may perform by itself.",
                ),
                where=kind.name,
            )
    else:
        authority.require(
            kind,
            request.by,
            confirming=request.proposal is not None,
            drafting=kind.name == "acts.proposal.make",
        )
        freshness.require(kind, confirming=request.proposal is not None)
    authority.require_in_force(kind, world, now.date())
    handler = registry.handler(kind)
    if request.batch is not None and not kind.bulk:
        raise NotPerformableError(
            Text("この行為は束（バッチ）では行えません。", "This act is not done over a batch."), where=kind.name
        )
    return kind, handler


def _digest(request: Request) -> str:
    """Return what an idempotency key is bound to: the act, in whose name, and the proposal it confirms."""
    proposal = str(request.proposal.id) if request.proposal else ""
    name = str(request.by.acting_organisation)
    return payload_digest(request.kind, request.payload, request.batch, name=name, proposal=proposal)


def earlier(request: Request, digest: str = "") -> Performed | None:
    """Return what the client did under the request's idempotency key before, or None where it is new.

    Raises `IdempotencyError` where it was something else.
    """
    if not request.key:
        return None
    if len(request.key) > MAX_KEY:
        raise IdempotencyError(
            Text(f"冪等キーは{MAX_KEY}文字以内です。", f"An idempotency key has at most {MAX_KEY} characters."),
            where=request.key[:MAX_KEY],
        )
    digest = digest or _digest(request)
    done = Idempotency.objects.filter(world=request.by.world, client=_client(request), key=request.key).first()
    if done is None:
        return None
    if done.payload_digest != digest:
        raise IdempotencyError.used(request.key)
    act = Act.objects.get(id=done.act)
    return Performed(act.id, act.kind, Bound(act.subject_type, act.subject), act.receipt, repeated=True)


def _client(request: Request) -> str:
    """Return who calls through what, at most 100 characters; a long client name is told apart by its digest."""
    client = f"{request.by.token or request.by.person}/{request.client}"
    return client if len(client) <= MAX_KEY else proofs.digest(client.encode())


def _repeat_after_race(request: Request) -> Performed:
    """Two callers used one idempotency key at once: the loser is given the winner's receipt."""
    repeated = earlier(request)
    if repeated is None:
        raise _conflict()
    return repeated


def _conflict() -> ConflictError:
    return ConflictError(
        Text("同時に行われた別の行為と衝突しました。", "Another act done at the same moment got in the way."),
        mend=Text("画面を読み直して、もう一度行ってください。", "Reload and try again."),
    )


def _second_person(kind: law.ActKind) -> SecondPersonError:
    origin_ja, origin_en = ("法令", "the law") if kind.second_person == "law" else ("当ソフトの内規", "our house rule")
    return SecondPersonError(
        Text(
            f"「{kind.title.ja}」には二人目の確認が必要です（{origin_ja}）。",
            f"“{kind.title.en}” needs a second person ({origin_en}).",
        ),
        where=kind.name,
        mend=Text("提案し、別の人が確認してください。", "Propose it, and let somebody else confirm."),
    )


def staged(kind: str, batch: uuid.UUID | None, *, by: Viewer) -> Batch | None:
    """Return the batch an act of `kind` is to take in (locked on PostgreSQL), or None where none is named.

    Refuses a batch of another organisation, world or kind, one that was used already, and one whose rows are no longer
    those its Merkle root was made over.
    """
    if batch is None:
        return None
    found = (
        Batch.objects.select_for_update()
        .filter(id=batch, world=by.world, kind=kind, organisation=by.acting_organisation)
        .first()
    )
    if found is None:
        raise RefusedError(Text("その束（バッチ）はありません。", "There is no such batch."), where=str(batch))
    if found.used_by is not None:
        raise RefusedError(
            Text("その束（バッチ）は既に使われました。", "That batch has been used already."),
            code="act.batch_used",
            where=str(batch),
        )
    if batches.root_of(found.id) != (found.root, found.count):
        raise RefusedError(
            Text("束（バッチ）の中身が変わっています。", "The rows of the batch have changed."),
            code="act.batch_changed",
            where=str(batch),
            mend=Text("取り込み直してください。", "Stage it again."),
        )
    return found


def _store(request: Request, context: Context, subject: Bound, digest: str) -> dict[str, Any]:
    content = proofs.canonical(_act_document(request, context, subject))
    salt = secrets.token_bytes(32)
    commitment = proofs.commit(content, salt)
    deployment = settings.SAKIMORI_DEPLOYMENT["name"]
    leaf = Leaf(of=context.act, what="act", commitment=commitment)
    leaf.save(force_insert=True)
    receipt = keys.sign_receipt(
        deployment=deployment,
        world=context.world.name,
        act=context.act,
        kind=context.kind.name,
        kind_version=context.kind.version,
        recorded_at=context.now,
        commitment=commitment,
    )
    context.create(
        Act,
        id=context.act,
        number=leaf.id,
        kind=context.kind.name,
        kind_version=context.kind.version,
        deployment=deployment,
        person=request.by.person,
        organisation=request.by.organisation,
        organisation_type=request.by.organisation_type,
        role=request.by.role,
        on_behalf_of=request.by.on_behalf_of,
        proposed_by=context.proposed_by,
        proposal=request.proposal.id if request.proposal else None,
        caused_by=request.caused_by,
        subject_type=subject.type,
        subject=subject.id,
        occurred_at=context.occurred_at,
        recorded_at=context.now,
        basis=list(context.kind.basis),
        law_digest=law.book().digest,
        commitment=commitment.hex(),
        receipt=receipt,
    )
    context.create(ActContent, id=context.act, content=content, salt=salt)
    if request.key:
        context.create(Idempotency, client=_client(request), key=request.key, payload_digest=digest, act=context.act)
    if request.proposal is not None:
        _settle_proposal(request.proposal, context)
    if context.batch is not None:
        Batch.objects.filter(id=context.batch.id).update(used_by=context.act)
    return receipt


def _settle_proposal(proposal: Proposal, context: Context) -> None:
    settled = Proposal.objects.filter(id=proposal.id, status="open").update(
        status="confirmed",
        settled_by=context.act,
        settled_person=context.actor.person,
        settled_at=context.now,
        act=context.act,
    )
    if settled != 1:
        raise ProposalError(
            Text("この提案は既に処理されています。", "This proposal has been settled already."), where=str(proposal.id)
        )


def _act_document(request: Request, context: Context, subject: Bound) -> dict[str, Any]:
    """Return what an act says, as it will be stored for good and shown to whoever verifies it."""
    return {
        "type": "sakimori.act/1",
        "id": str(context.act),
        "world": context.world.name,
        "stamp": context.world.stamp,
        "deployment": settings.SAKIMORI_DEPLOYMENT["name"],
        "kind": context.kind.name,
        "kind_version": context.kind.version,
        "basis": list(context.kind.basis),
        "law_digest": law.book().digest,
        "actor": request.by.as_dict(),
        "proposal": str(request.proposal.id) if request.proposal else None,
        "proposed_by": str(context.proposed_by) if context.proposed_by else None,
        "caused_by": str(request.caused_by) if request.caused_by else None,
        "occurred_at": context.occurred_at.isoformat(),
        "recorded_at": context.now.isoformat(),
        "subject": {"type": subject.type, "id": str(subject.id)},
        "payload": as_json(request.payload),
        "sent_to": context.sent,
        "batch": (
            {"id": str(context.batch.id), "count": context.batch.count, "root": context.batch.root}
            if context.batch
            else None
        ),
        **({"mention": mention} if (mention := secrecy.stated(request.payload)) else {}),
    }
