"""Logging in, leaving, and choosing the role and the world to act in."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sakimori.acts import clock
from sakimori.pages.words import label
from sakimori.record import Viewer
from sakimori.web import names, throttle
from sakimori.web.viewing import chosen, key_of, possible, world_of


def onward(request: HttpRequest) -> str:
    """Return where `next` leads if that is a page of this site, else the desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Show the log-in page, or log in; whether the name or the password was wrong is not told."""
    name = request.POST.get("login", "").strip()[:100]
    if request.method != "POST":
        return render(request, "web/login.html", {"next": onward(request)})
    wait = throttle.seconds_to_wait(name)
    if wait:
        said = ngettext(
            "Too many failed tries. Please wait %(count)d second.",
            "Too many failed tries. Please wait %(count)d seconds.",
            wait,
        ) % {"count": wait}
        return render(request, "web/login.html", {"next": onward(request), "login": name, "error": said}, status=429)
    account = authenticate(request, username=name, password=request.POST.get("password", ""))
    if account is None:
        throttle.failed(name)
        said = gettext("The log-in name or the password is not right.")
        return render(request, "web/login.html", {"next": onward(request), "login": name, "error": said}, status=403)
    throttle.succeeded(name)
    login(request, account)
    return HttpResponseRedirect(onward(request))


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
                return HttpResponseRedirect(onward(request))
    worlds = [
        {"world": clock.world(world), "choices": [_choice(request, viewer) for viewer in viewers]}
        for world, viewers in offered
        if viewers
    ]
    status = 422 if request.method == "POST" else 200
    return render(request, "web/role.html", {"worlds": worlds, "next": onward(request)}, status=status)


def _choice(request: HttpRequest, viewer: Viewer) -> dict[str, object]:
    now = chosen(request)
    return {
        "value": f"{viewer.world}|{key_of(viewer)}",
        "organisation": names.organisation(viewer, viewer.organisation),
        "role": label(viewer.role),
        "now": now is not None and viewer.world == world_of(request) and key_of(now) == key_of(viewer),
    }
