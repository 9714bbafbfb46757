"""`/acts/new/<kind>/`: a working page for every act kind a role may perform, generated from the kind's payload."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sakimori import law
from sakimori.acts import authority, batches, clock, door, proposals, registry
from sakimori.acts.errors import NotAuthorisedError, NotFoundError, PayloadError
from sakimori.errors import SakimoriError
from sakimori.pages import viewer_of
from sakimori.pages.forms import PayloadForm, form_for
from sakimori.pages.stepping import fresh_key
from sakimori.parties.models import Delegation
from sakimori.record import Viewer
from sakimori.text import Text
from sakimori.web import kinds, names
from sakimori.web.failures import explained, status_of
from sakimori.web.wishes import by_wish


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was sent: the payload, the batch staged for it, in whose name, and the key that makes a repeat harmless."""

    payload: dict[str, Any]
    batch: uuid.UUID | None
    viewer: Viewer
    key: str


@require_safe
def new_acts(request: HttpRequest) -> HttpResponse:
    """List what this role may do, by what one wants to do; apart from it what is not in force, or not built, yet.

    `?q=` narrows it to what has the words: titles in both languages, what follows, articles.
    """
    viewer = viewer_of(request)
    word = request.GET.get("q", "").strip()[:100]
    may = kinds.performable(viewer)
    forbidden = [kind for kind in may if kinds.not_in_force(kind, viewer)]
    absent = [
        kind
        for kind in law.kinds()
        if not kind.system
        and kind.name not in registry.handlers()
        and authority.allowed_by_role(kind, viewer.organisation_type, viewer.role)
    ]
    return render(
        request,
        "web/new_acts.html",
        {
            "wishes": by_wish([kind for kind in may if kind not in forbidden], viewer, word),
            "not_yet": by_wish(forbidden, viewer, word),
            "absent": by_wish(absent, viewer, word),
            "q": word,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_act(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form of a kind, or perform it (propose it where it needs a second person).

    Repeating the same submission leads to the same act; whatever is refused comes back with everything typed.
    """
    viewer = viewer_of(request)
    wanted = law.kind(kind)
    if wanted.system:
        raise NotFoundError(kind)
    handler = registry.handler(wanted)
    if not authority.allowed_by_role(wanted, viewer.organisation_type, viewer.role):
        raise NotAuthorisedError(
            Text(f"「{wanted.title.ja}」はこの役割では行えません。", f"Your role may not do “{wanted.title.en}”."),
            where=kind,
            article=", ".join(wanted.basis),
        )
    sent = request.method == "POST"
    form = form_for(handler.payload, viewer, request.POST.dict() if sent else request.GET.dict(), sent=sent)
    if not sent:
        return _page(request, wanted, form, kinds.not_in_force(wanted, viewer))
    payload = form.read()
    if payload is None:
        return _page(request, wanted, form, None)
    batch = _typed_id(request.POST.get("batch", ""))
    try:
        batch = _staged(request, wanted, viewer) or batch
        standing_in = _in_whose_name(request, viewer, wanted)
        key = request.POST.get("key", "")[:100]
        return HttpResponseRedirect(_do(wanted, Wanted(payload, batch, standing_in, key)))
    except SakimoriError as error:
        if isinstance(error, PayloadError):
            form.blame(error.fields)
        return _page(request, wanted, form, error, batch)


def _do(kind: law.ActKind, wanted: Wanted) -> str:
    """Perform or propose, and return the page that shows the outcome."""
    if kind.second_person != "none":
        made = proposals.propose(
            kind.name, wanted.payload, by=wanted.viewer, idempotency_key=wanted.key, client="web", batch=wanted.batch
        )
        return f"{reverse('proposal', args=[made.id])}?done=1"
    done = door.perform(
        kind.name, wanted.payload, by=wanted.viewer, idempotency_key=wanted.key, client="web", batch=wanted.batch
    )
    return f"{reverse('act', args=[done.act])}?done=1"


def _page(
    request: HttpRequest,
    kind: law.ActKind,
    form: PayloadForm,
    error: SakimoriError | None,
    batch: uuid.UUID | None = None,
) -> HttpResponse:
    viewer = viewer_of(request)
    status = 200
    if request.method == "POST":
        status = status_of(error) if error else 422
    return render(
        request,
        "web/new_act.html",
        {
            "kind": kind,
            "form": form,
            "error": explained(error) if error else None,
            "forbidden": kinds.not_in_force(kind, viewer) is not None,
            "key": fresh_key(request, error),
            "batch": batch,
            "principals": _principals(viewer, kind),
            "on_behalf_of": request.POST.get("on_behalf_of", str(viewer.on_behalf_of or "")),
        },
        status=status,
    )


def _principals(viewer: Viewer, kind: law.ActKind) -> list[tuple[str, str]]:
    """Return the organisations that have delegated this kind to the viewer's."""
    today: date = clock.today(viewer.world)
    given = Delegation.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        delegate_id=viewer.organisation,
        world=clock.world(viewer.world).base,
        valid_from__lte=today,
    )
    ids = [one.principal_id for one in given if kind.name in one.kinds]
    if viewer.on_behalf_of is not None:  # the role chosen says for whom; the form repeats it and offers nothing else
        ids = [one for one in ids if one == viewer.on_behalf_of]
    return [(str(one), name) for one, name in names.organisations(viewer, ids).items()]


def _in_whose_name(request: HttpRequest, viewer: Viewer, kind: law.ActKind) -> Viewer:
    asked = request.POST.get("on_behalf_of", "")
    if not asked:
        return viewer
    if asked not in dict(_principals(viewer, kind)):
        raise NotFoundError("on_behalf_of")
    return replace(viewer, on_behalf_of=uuid.UUID(asked))


def _typed_id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


def _staged(request: HttpRequest, kind: law.ActKind, viewer: Viewer) -> uuid.UUID | None:
    """Stage an uploaded list (JSON Lines) for a bulk kind and return its batch."""
    upload = request.FILES.get("rows")
    if upload is None or not kind.bulk:
        return None
    return batches.stage(kind.name, _rows(upload), by=viewer).id


def _rows(upload: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(upload, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise SakimoriError(
                Text(
                    f"{number}行目は JSON の対象（{{…}}）ではありません。",
                    f"Line {number} is not a JSON object ({{…}}).",
                ),
                code="web.rows",
                where=str(number),
                mend=Text("1行に1件、UTF-8 の JSON で作成してください。", "Write one JSON object a line, in UTF-8."),
            )
        yield row
