"""A page for one act about one thing: the generated form without what the page knows already, and with files.

What is refused comes back with everything typed and every file that was taken.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakimori import law
from sakimori.acts import clock, door, proposals, registry
from sakimori.acts.errors import IdempotencyError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.pages import uploads
from sakimori.pages.forms import PayloadForm, form_for
from sakimori.pages.pending import pending
from sakimori.pages.reads import viewer_of
from sakimori.pages.refusals import explained, status_of
from sakimori.pages.submitting import require
from sakimori.record import Viewer

_FAULTY = 422
FILES = "attachments"


@dataclass(frozen=True, slots=True)
class Step:
    """What such a page knows: the kind, the part of the payload it gives itself, where it leads.

    `first` prefills fields (by path) on a first visit. `hidden` are fields left out of the form beside those given;
    `options` the choices of a field by its path; `complete` changes the payload before it is handed in; `done` gives
    the address after it was done. With `faults` (of what the page read itself) nothing is done.
    """

    kind: str
    given: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    first: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    complete: Callable[[dict[str, Any]], dict[str, Any]] = lambda payload: payload
    done: Callable[[door.Performed], str] | None = None
    faults: tuple[str, ...] = ()


def stepped(
    request: HttpRequest, step: Step, template: str, context: Mapping[str, Any], *, sent: bool | None = None
) -> HttpResponse:
    """Show the page, or do what was sent and go on; the template finds kind, form, files, error and key.

    `pending` is what waits to be confirmed of the same kind about the same thing: a page shows it and does not offer
    the act once more (`web/components/pending.html`). `sent` is whether the form was sent; without it, whatever is
    posted counts as sent (a page that asks for something first says False to that).
    """
    viewer = viewer_of(request)
    kind = require(step.kind, viewer)
    sent = request.method == "POST" if sent is None else sent
    left_out = {*step.given, *step.hidden, FILES}
    typed, known = _typed(request, step, sent=sent), {*left_out, *step.options}
    form = form_for(registry.handler(kind).payload, viewer, typed, sent=sent, known=known)
    with_files = any(one.spec.path == FILES for one in form.shown)
    asked = [one for one in form.shown if one.spec.path not in left_out]
    form.shown = [one for one in asked if one.spec.path.partition(".")[0] not in step.given]
    for one in form.shown:
        if one.spec.path in step.options:
            one.options = step.options[one.spec.path]
    files = uploads.taken(request)
    error: SakimoriError | None = None
    status = 200
    if sent:
        status = _FAULTY
        payload = form.read()
        if payload is not None and not files.faults and not step.faults:
            payload = step.complete(payload | dict(step.given) | ({FILES: files.digests} if with_files else {}))
            try:
                return HttpResponseRedirect(_do(request, viewer, kind, payload, step))
            except SakimoriError as refused:
                error, status = refused, status_of(refused)
                _blame(form, refused)
    waiting = pending(viewer, [kind.name], step.given) if kind.second_person != "none" and step.given else []
    shown = {
        "kind": kind,
        "pending": waiting,
        "form": form,
        "files": files if with_files else None,
        "faults": files.faults,
        "error": explained(error) if error else None,
        "key": fresh_key(request, error),
        "now": clock.now(viewer.world),
    }
    return render(request, template, {**shown, **context}, status=status)


def fresh_key(request: HttpRequest, error: SakimoriError | None, name: str = "key") -> object:
    """Return the key a form comes back with: its own, but a new one where its own was used for something else.

    `name` tells a second form of the page from its first: each has a key of its own.
    """
    sent = request.POST.get(name) if request.method == "POST" and not isinstance(error, IdempotencyError) else ""
    return sent or uuid.uuid4()


def _typed(request: HttpRequest, step: Step, *, sent: bool) -> dict[str, str]:
    found = request.POST if sent else request.GET
    typed = {name: value for name, value in found.items() if isinstance(value, str)}
    return typed if sent else {**step.first, **typed}


def _blame(form: PayloadForm, refused: SakimoriError) -> None:
    if isinstance(refused, PayloadError):
        form.blame(refused.fields)
        return
    for one in form.shown:
        if one.spec.path == refused.where and not one.error:
            one.error = explained(refused)["what"]


def _do(request: HttpRequest, viewer: Viewer, kind: law.ActKind, payload: dict[str, Any], step: Step) -> str:
    key = request.POST.get("key", "")[:100]
    if kind.second_person != "none":
        made = proposals.propose(kind.name, payload, by=viewer, idempotency_key=key, client="web")
        return f"{reverse('proposal', args=[made.id])}?done=1"
    done = door.perform(kind.name, payload, by=viewer, idempotency_key=key, client="web")
    return step.done(done) if step.done else f"{reverse('act', args=[done.act])}?done=1"
