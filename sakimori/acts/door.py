"""`perform()`: the only way anything of consequence happens.

In one database transaction: the kind is looked up in the law and must be in force (or the world a rehearsal); the actor
must hold a role the kind names; the payload must be of the kind's form; the idempotency key must be new, or have been
used for exactly this; a kind that needs a second person must come through a proposal; every predicate must hold. Then
the room's handler runs, the act's canonical bytes are stored with the salted commitment that the log will take in,
obligations start and settle, notices are queued, and a signed receipt is made. Anything that goes wrong undoes it all.
"""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from pydantic import BaseModel, ValidationError

from sakimori import law, proofs
from sakimori.acts import authority, clock, failpoints, keys, registry
from sakimori.acts.context import Context
from sakimori.acts.errors import (
    DeclarationError,
    IdempotencyError,
    NotAuthorisedError,
    NotPerformableError,
    PayloadError,
    ProposalError,
    RefusedError,
    SecondPersonError,
)
from sakimori.acts.models import Act, ActContent, Batch, Idempotency, Leaf, Proposal
from sakimori.record import SYSTEM, Bound, Handler, Viewer, open_door
from sakimori.record.turn import turn
from sakimori.text import Text

MAX_CHAIN = 20


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


def plain(payload: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Return a payload as plain JSON data."""
    return payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)


def payload_digest(kind: str, payload: Mapping[str, Any], batch: uuid.UUID | None) -> str:
    """Return the digest that binds a kind, its payload and its batch: for idempotency and for proposals."""
    return proofs.digest(
        proofs.canonical({"kind": kind, "payload": _json(payload), "batch": str(batch) if batch else None})
    )


def commit(request: Request) -> Performed:
    """Run one request in one transaction (used by the functions of this package only)."""
    try:
        with turn(), transaction.atomic():
            performed = _commit(request)
            failpoints.reach("perform.before_commit")
    except IntegrityError:
        performed = _repeat_after_race(request)
    failpoints.reach("perform.after_commit")
    return performed


def _commit(request: Request, depth: int = 0) -> Performed:
    world = clock.world(request.by.world)
    now = clock.now(world.name)
    kind, handler = _admit(request, world, now)
    payload = parse(kind, handler, request.payload)
    digest = payload_digest(request.kind, request.payload, request.batch)
    repeated = _earlier(request, digest)
    if repeated is not None:
        return repeated
    if kind.second_person != "none" and request.proposal is None and not request.by.is_system:
        raise _second_person(kind)
    act = uuid.uuid4()
    context = Context(
        kind=kind,
        actor=request.by,
        act=act,
        world=world,
        now=now,
        occurred_at=request.occurred_at or now,
        caused_by=request.caused_by,
        proposed_by=request.proposal.person if request.proposal else None,
        batch=_batch(request, world),
    )
    for name in kind.predicates:
        refusal = registry.predicates()[name](context, payload)
        if refusal is not None:
            raise refusal
    with open_door(str(act)):
        subject = handler.run(context, payload)
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
    authority.require_in_force(kind, world, now.date())
    handler = registry.handler(kind)
    if request.batch is not None and not kind.bulk:
        raise NotPerformableError(
            Text("この行為は束（バッチ）では行えません。", "This act is not done over a batch."), where=kind.name
        )
    return kind, handler


def parse(kind: law.ActKind, handler: Handler, payload: Mapping[str, Any]) -> Any:
    """Return the payload as the handler's model; `PayloadError` names every faulty field."""
    try:
        return handler.payload.model_validate_json(json.dumps(_json(payload)))
    except ValidationError as error:
        faults = [
            {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"], "type": fault["type"]}
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise PayloadError(
            Text(
                f"「{kind.title.ja}」の入力に{len(faults)}件の誤りがあります。",
                f"“{kind.title.en}”: {len(faults)} fault(s) in what was entered.",
            ),
            faults,
            where=faults[0]["where"] if faults else None,
            mend=Text("示された項目を直して、もう一度送ってください。", "Mend the named fields and send again."),
        ) from None


def _json(payload: Mapping[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(payload, default=str))
    return loaded


def _earlier(request: Request, digest: str) -> Performed | None:
    if not request.key:
        return None
    done = Idempotency.objects.filter(world=request.by.world, client=_client(request), key=request.key).first()
    if done is None:
        return None
    if done.payload_digest != digest:
        raise IdempotencyError(
            Text(
                "同じ冪等キーが別の内容で既に使われています。",
                "This idempotency key has already been used for something else.",
            ),
            where=request.key,
            mend=Text("新しい操作には新しいキーを使ってください。", "Use a new key for a new act."),
        )
    act = Act.objects.get(id=done.act)
    return Performed(act.id, act.kind, Bound(act.subject_type, act.subject), act.receipt, repeated=True)


def _client(request: Request) -> str:
    who = request.by.token or request.by.person
    return f"{who}/{request.client}"[:100]


def _repeat_after_race(request: Request) -> Performed:
    """Two callers used one idempotency key at once: the loser is given the winner's receipt."""
    digest = payload_digest(request.kind, request.payload, request.batch)
    repeated = _earlier(request, digest)
    if repeated is None:
        raise RefusedError(
            Text("同時に行われた別の行為と衝突しました。", "Another act done at the same moment got in the way."),
            code="act.conflict",
            mend=Text("画面を読み直して、もう一度行ってください。", "Reload and try again."),
        )
    return repeated


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


def _batch(request: Request, world: clock.World) -> Batch | None:
    if request.batch is None:
        return None
    batch = Batch.objects.select_for_update().filter(id=request.batch, world=world.name).first()
    if batch is None or batch.kind != request.kind:
        raise RefusedError(Text("その束（バッチ）はありません。", "There is no such batch."), where=str(request.batch))
    if batch.used_by is not None:
        raise RefusedError(
            Text("その束（バッチ）は既に使われました。", "That batch has been used already."),
            code="act.batch_used",
            where=str(request.batch),
        )
    return batch


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
        "payload": _json(request.payload),
        "sent_to": context.sent,
        "batch": (
            {"id": str(context.batch.id), "count": context.batch.count, "root": context.batch.root}
            if context.batch
            else None
        ),
    }
