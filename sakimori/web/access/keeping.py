"""Around every page: asks for a fresh proof where the door wants one, and gives kept forms back.

A form whose session is over leads to the log-in, one that needs a fresh proof to that page; afterwards its own page
comes back filled in, with a note that nothing has been done yet.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakimori.acts import freshness
from sakimori.pages.words import label
from sakimori.parties.models import Account
from sakimori.web.access import kept, policy
from sakimori.web.models import KeptForm
from sakimori.web.problems import problem
from sakimori.web.stamps import FIELD as STAMP
from sakimori.web.stamps import Stamp, read
from sakimori.web.viewing import API, View, key_of, possible

_HIDDEN = frozenset({"key", "digest", "batch", "next", "capacity", STAMP})
_LONGEST_SHOWN = 2000
_FORBIDDEN, _NO_PAGE = 403, frozenset({404, 405})
_SENT = range(300, 400)


class KeptMiddleware:
    """Gives kept forms back, and keeps those that need a fresh proof first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; the door can ask inside whether the person's proof is fresh."""
        with freshness.known(lambda: _is_fresh(request)):
            response = self.get_response(request)
        form: KeptForm | None = getattr(request, "kept_form", None)
        if form is None:
            return response
        if request.method == "POST" and response.status_code in _SENT and not getattr(request, "kept_again", False):
            kept.forget(form)
        elif request.method in ("GET", "HEAD") and response.status_code in _NO_PAGE:
            return render(request, "web/access/kept.html")
        return response

    def process_view(
        self, request: HttpRequest, _view: View, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """End a session that has lasted its time; fill the page in, where the request names a kept form."""
        if request.user.is_authenticated:
            if policy.is_over(request):
                logout(request)
            else:
                policy.note_use(request)
        form = kept.find(request) if kept.FIELD in request.GET else None
        if form is None:
            return None
        request.kept_form = form  # type: ignore[attr-defined]
        request.kept_lines = _lines(form)  # type: ignore[attr-defined]
        request.kept_address = kept.address(form)  # type: ignore[attr-defined]
        if request.method in ("GET", "HEAD"):
            request.typed_before = form.fields  # type: ignore[attr-defined]
            _resume(request, form)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for a fresh proof where an act needs one; on the API say so."""
        if not isinstance(exception, freshness.FreshProofNeededError):
            return None
        if request.path.startswith(API):
            return problem(request, exception.refusal, _FORBIDDEN)
        form = kept.keep(request, request.user, kept.PROOF) if isinstance(request.user, Account) else None
        request.kept_again = True  # type: ignore[attr-defined]
        after = kept.address(form) if form is not None else request.path
        return HttpResponseRedirect(f"{reverse('access:prove')}?{urlencode({'next': after, 'kept': '1'})}")


def _is_fresh(request: HttpRequest) -> bool:
    """Return whether the person's proof is fresh; a token is no person and has no session to be left open."""
    viewer = getattr(request, "viewer", None)
    return viewer is None or viewer.token is not None or policy.is_fresh(request)


def over(request: HttpRequest, stamp: Stamp) -> HttpResponse | None:
    """Keep a form that came after its session was over, and lead to the log-in; None where it cannot be kept."""
    account = Account.objects.filter(pk=stamp.account, is_active=True).first() if stamp.account.isdigit() else None
    form = kept.keep(request, account, kept.OVER) if account is not None else None
    if form is None:
        return None
    query = urlencode({"next": kept.address(form), "kept": "1"})
    return HttpResponseRedirect(f"{reverse('login')}?{query}")


def _resume(request: HttpRequest, form: KeptForm) -> None:
    """Go back into the role the form was opened in, where none is chosen in this session and it is still held."""
    stamp = read(str((form.fields.get(STAMP) or [""])[-1]))
    if stamp is None or request.session.get("role"):
        return
    held = next((one for one in possible(request, stamp.world) if stamp.fits(one)), None)
    if held is not None:
        request.session["world"], request.session["role"] = held.world, key_of(held)


def _lines(form: KeptForm) -> list[tuple[str, str]]:
    """Return what was typed, as it is listed for people."""
    return [
        (label(name.removeprefix("f-").rpartition(".")[2]), "\n".join(filter(None, values))[:_LONGEST_SHOWN])
        for name, values in form.fields.items()
        if name not in _HIDDEN and any(values)
    ]
