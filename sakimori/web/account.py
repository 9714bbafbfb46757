"""Logging in, leaving, and choosing the role and the world to act in."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sakimori.acts import clock
from sakimori.pages.words import label
from sakimori.parties.models import Account
from sakimori.record import Viewer
from sakimori.web import names, throttle
from sakimori.web.access import entry, oidc
from sakimori.web.access.joining import LONGEST_PASSWORD, too_long
from sakimori.web.access.proving import slowly
from sakimori.web.viewing import chosen, key_of, possible, world_of


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Show the log-in page, or take name and password; whether the name or the password was wrong is not told."""
    name = request.POST.get("login", "").strip()[:100]
    if request.method != "POST":
        return _log_in_page(request)
    password = request.POST.get("password", "")
    if len(password) > LONGEST_PASSWORD:
        return _log_in_page(request, name, too_long(), 422)
    tried = throttle.source(request, name)
    wait = throttle.seconds_to_wait(tried)
    if wait:
        return _log_in_page(request, name, slowly(wait), 429)
    account = authenticate(request, username=name, password=password)
    if not isinstance(account, Account):
        throttle.failed(tried)
        return _log_in_page(request, name, gettext("The log-in name or the password is not right."), 403)
    throttle.succeeded(tried)
    return entry.begin(request, account, after=entry.onward(request))


def _log_in_page(request: HttpRequest, name: str = "", error: str = "", status: int = 200) -> HttpResponse:
    shown = {
        "next": entry.onward(request),
        "login": name,
        "error": error,
        "kept": "kept" in request.GET or "kept" in request.POST,
        "providers": oidc.offered(),
    }
    return render(request, "web/login.html", shown, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("login"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest) -> HttpResponse:
    """Show every role and world the person may act in, or take the choice."""
    offered = [(world, possible(request, world)) for world in clock.worlds()]
    if request.method == "POST":
        wanted_world, _, wanted_role = request.POST.get("as", "").partition("|")
        for world, viewers in offered:
            if world == wanted_world and wanted_role in {key_of(viewer) for viewer in viewers}:
                request.session.cycle_key()
                request.session["world"], request.session["role"] = world, wanted_role
                return HttpResponseRedirect(entry.onward(request))
    worlds = [
        {"world": clock.world(world), "choices": [_choice(request, viewer) for viewer in viewers]}
        for world, viewers in offered
        if viewers
    ]
    status = 422 if request.method == "POST" else 200
    return render(request, "web/role.html", {"worlds": worlds, "next": entry.onward(request)}, status=status)


def _choice(request: HttpRequest, viewer: Viewer) -> dict[str, object]:
    now = chosen(request)
    return {
        "value": f"{viewer.world}|{key_of(viewer)}",
        "organisation": names.capacity(viewer),
        "role": label(viewer.role),
        "now": now is not None and viewer.world == world_of(request) and key_of(now) == key_of(viewer),
    }
