"""Operations that change something: one per act kind, and settling proposals. Generated from the registry."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Header, Router, Status

from sakimori import law
from sakimori.acts import authority, batches, door, proposals, registry
from sakimori.acts.errors import NotAuthorisedError, NotPerformableError
from sakimori.acts.models import Proposal
from sakimori.pages import viewer_of
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web.api.bodies import body_of, described
from sakimori.web.api.shapes import Done, Proposed, Reason, Rows, Staged

_CLIENT = "api"
_KEY: Any = Header(  # type: ignore[type-arg]
    None, alias="Idempotency-Key", description="冪等キー / a repeated call is done once"
)
Outcome = Status[dict[str, Any]]


def router() -> Router:
    """Return the router with one operation for every kind that has a handler and is not the system's own."""
    made = Router(tags=["acts"])
    for kind in law.kinds():
        handler = registry.handlers().get(kind.name)
        if handler is None or kind.system:
            continue
        made.add_api_operation(
            f"/{kind.name}",
            ["POST"],
            _operation(kind.name, bulk=kind.bulk),
            operation_id=f"perform_{kind.name.replace('.', '_')}",
            summary=f"{kind.title.ja} / {kind.title.en}",
            description=_description(kind),
            response={200: Done, 202: Proposed},
            openapi_extra=described(handler.payload),
        )
    return made


def _description(kind: law.ActKind) -> str:
    who = ", ".join(f"{actor.organisation}/{actor.role}" for actor in kind.actors)
    second = {"none": "", "house": " · second person (house rule)", "law": " · second person (law)"}[kind.second_person]
    return f"{', '.join(kind.basis)} · {who}{second}"


def _operation(kind: str, *, bulk: bool) -> Callable[..., Outcome]:
    """Return the view function of one kind; bulk kinds may name a staged batch."""

    def perform(request: HttpRequest, idempotency_key: str | None = _KEY) -> Outcome:
        return _perform(request, kind, idempotency_key, None)

    def perform_bulk(
        request: HttpRequest, batch: uuid.UUID | None = None, idempotency_key: str | None = _KEY
    ) -> Outcome:
        return _perform(request, kind, idempotency_key, batch)

    return perform_bulk if bulk else perform


def _perform(request: HttpRequest, name: str, key: str | None, batch: uuid.UUID | None) -> Outcome:
    viewer, payload, kind = viewer_of(request), body_of(request), law.kind(name)
    if _must_propose(kind, viewer):
        made = proposals.propose(name, payload, by=viewer, idempotency_key=key or "", client=_CLIENT, batch=batch)
        return Status(202, proposed(made))
    done = door.perform(name, payload, by=viewer, idempotency_key=key or "", client=_CLIENT, batch=batch)
    return Status(200, performed(done))


def _must_propose(kind: law.ActKind, viewer: Viewer) -> bool:
    """A second person's kinds are proposed; so is whatever a token has no standing authority for."""
    if kind.second_person != "none":
        return True
    if viewer.token is None:
        return False
    try:
        authority.require(kind, viewer)
    except NotAuthorisedError:
        return True
    return False


def performed(done: door.Performed) -> dict[str, Any]:
    """Return an act performed as the API shows it."""
    return {
        "act": done.act,
        "kind": done.kind,
        "subject": {"type": done.subject.type, "id": done.subject.id},
        "receipt": done.receipt,
        "repeated": done.repeated,
    }


def proposed(made: Proposal) -> dict[str, Any]:
    """Return a proposal as the API shows it."""
    return {
        "proposal": made.id,
        "kind": made.kind,
        "digest": made.digest,
        "status": made.status,
        "draft": made.person is None,
        "expires_at": made.expires_at,
    }


def proposal_router() -> Router:
    """Return the router that settles proposals."""
    made = Router(tags=["proposals"])

    @made.post("/{uuid:proposal}/confirm", response={200: Done}, operation_id="confirm_proposal")
    def confirm(request: HttpRequest, proposal: uuid.UUID, idempotency_key: str | None = _KEY) -> Outcome:
        """Confirm as the second person; of two who do so at once, one is told 409."""
        done = proposals.confirm(proposal, by=viewer_of(request), idempotency_key=idempotency_key or "", client=_CLIENT)
        return Status(200, performed(done))

    @made.post("/{uuid:proposal}/adopt", response={200: Done}, operation_id="adopt_proposal")
    def adopt(request: HttpRequest, proposal: uuid.UUID) -> Outcome:
        """Take on a token's draft as one's own proposal."""
        return Status(200, performed(proposals.adopt(proposal, by=viewer_of(request))))

    @made.post("/{uuid:proposal}/refuse", response={200: Done}, operation_id="refuse_proposal")
    def refuse(request: HttpRequest, proposal: uuid.UUID, body: Reason) -> Outcome:
        """Refuse or withdraw, with a reason."""
        return Status(200, performed(proposals.refuse(proposal, body.reason, by=viewer_of(request))))

    return made


def batch_router() -> Router:
    """Return the router that stages the rows of a bulk act."""
    made = Router(tags=["batches"])

    @made.post("/{kind}", response={200: Staged}, operation_id="stage_batch")
    def stage(request: HttpRequest, kind: str, body: Rows) -> Outcome:
        """Stage rows for one bulk act; nothing counts until the act is performed over the batch."""
        viewer, wanted = viewer_of(request), law.kind(kind)
        if not authority.allowed_by_role(wanted, viewer.organisation_type, viewer.role):
            raise NotAuthorisedError(
                Text("この役割では行えません。", "Your role may not do this."),
                where=kind,
                article=", ".join(wanted.basis),
            )
        if not wanted.bulk:
            raise NotPerformableError(
                Text("この行為は束（バッチ）では行えません。", "This act is not done over a batch."), where=kind
            )
        staged = batches.stage(kind, body.rows, by=viewer)
        return Status(200, {"batch": staged.id, "kind": kind, "count": staged.count, "root": staged.root})

    return made
