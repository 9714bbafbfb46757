"""Performing or proposing what a form says, for the rooms' own pages; what is refused comes back as it was typed.

A room shows the generated form (`PayloadForm`) in its own words; this does with it what `/acts/new/<kind>/` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from sakimori import law
from sakimori.acts import authority, door, proposals, registry
from sakimori.acts.errors import NotAuthorisedError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.pages.forms import PayloadForm, form_for
from sakimori.pages.reads import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.record import Viewer
from sakimori.text import Text

_FAULTY = 422


@dataclass(slots=True)
class Submission:
    """A form on a page: to be shown (`form`, `error`, `status`), or done (`to`: the page that shows the outcome)."""

    form: PayloadForm
    error: Mapping[str, str] | None = None
    status: int = 200
    to: str = ""
    refusal: SakimoriError | None = None


def require(kind: str, viewer: Viewer) -> law.ActKind:
    """Return the kind, or refuse (`NotAuthorisedError`) a role the law does not list for it."""
    wanted = law.kind(kind)
    if not authority.allowed_by_role(wanted, viewer.organisation_type, viewer.role):
        raise NotAuthorisedError(
            Text(f"「{wanted.title.ja}」はこの役割では行えません。", f"Your role may not do “{wanted.title.en}”."),
            where=kind,
            article=", ".join(wanted.basis),
        )
    return wanted


def submission(request: HttpRequest, kind: str, prefilled: Mapping[str, str], typed: Mapping[str, str]) -> Submission:
    """Return the form of a kind: prefilled on a first visit (by path), done or refused where it was sent (`typed`)."""
    viewer = viewer_of(request)
    wanted = require(kind, viewer)
    sent = request.method == "POST"
    model = registry.handler(wanted).payload
    made = Submission(form_for(model, viewer, typed if sent else prefilled, sent=sent))
    if not sent:
        return made
    payload = made.form.read()
    if payload is None:
        made.status = _FAULTY
        return made
    key = typed.get("key", "")[:100]
    try:
        if wanted.second_person != "none":
            proposal = proposals.propose(kind, payload, by=viewer, idempotency_key=key, client="web")
            made.to = f"{reverse('proposal', args=[proposal.id])}?done=1"
        else:
            done = door.perform(kind, payload, by=viewer, idempotency_key=key, client="web")
            made.to = f"{reverse('act', args=[done.act])}?done=1"
    except SakimoriError as error:
        if isinstance(error, PayloadError):
            made.form.blame(error.fields)
        made.error, made.status, made.refusal = explained(error), status_of(error), error
    return made
