"""My log-in: password, second factors, recovery codes, providers, and where I am logged in.

Whatever changes a means of logging in asks for a fresh proof first.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sakimori.parties.models import Account
from sakimori.text import Text
from sakimori.web.access import entry, factors, oidc, policy, sessions
from sakimori.web.access.joining import faults_of
from sakimori.web.access.proving import account_of
from sakimori.web.speaking import language

_SECRET = "access.totp"  # noqa: S105 - a session key
_FAULTY, _REFUSED = 422, 403
View = Callable[..., HttpResponse]


def proved(view: View) -> View:
    """Let a page work only with a fresh proof; without one it is asked for, and the page comes after it."""

    @wraps(view)
    def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if policy.is_fresh(request):
            return view(request, *arguments, **named)
        back = request.get_full_path() if request.method == "GET" else reverse("access:mine")
        return HttpResponseRedirect(f"{reverse('access:prove')}?{urlencode({'next': back})}")

    return asked


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show how I log in and where I am logged in."""
    account = account_of(request)
    needed = "needed" in request.GET and not factors.has_second(account)
    return render(
        request,
        "web/access/mine.html",
        {
            "account": account,
            "needed": needed,
            "next": entry.onward(request) if "next" in request.GET else "",
            "factors": factors.listed(account),
            "kinds": factors.kinds(account),
            "codes": factors.codes_left(account),
            "has_password": account.has_usable_password(),
            "providers": oidc.offered(),
            "identities": oidc.bound(account),
            "sessions": sessions.listed(request, account),
        },
    )


@never_cache
@sensitive_post_parameters()
@proved
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session ends with the old one."""
    account = account_of(request)
    shown: dict[str, Any] = {"account": account}
    if request.method != "POST":
        return render(request, "web/access/password.html", shown)
    typed = request.POST.get("password", "")
    faults = faults_of(typed, request.POST.get("again", ""), account)
    if faults:
        return render(request, "web/access/password.html", {**shown, "faults": faults}, status=_FAULTY)
    account.set_password(typed)
    account.save(update_fields=["password"])
    update_session_auth_hash(request, account)
    sessions.renew(request, account)
    return _done("password")


@never_cache
@sensitive_post_parameters()
@proved
@require_http_methods(["GET", "HEAD", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Set up an application that makes codes: by picture or by typing the secret; proved by a first code."""
    account = account_of(request)
    secret = request.session.get(_SECRET) or factors.new_secret()
    request.session[_SECRET] = secret
    error = ""
    if request.method == "POST":
        if factors.activate_totp(account, secret, request.POST.get("code", "")):
            del request.session[_SECRET]
            return _set_up(request, account)
        error = gettext(
            "The code is not right. Check that the clock of your device is right, and type the newest code."
        )
    shown = {
        "picture": factors.picture(account, secret),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "error": error,
        "replaces": factors.TOTP in factors.kinds(account),
    }
    return render(request, "web/access/totp.html", shown, status=_REFUSED if error else 200)


@never_cache
@sensitive_post_parameters()
@proved
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device or a security key (the one page, beside its use, that needs JavaScript)."""
    account = account_of(request)
    name = request.POST.get("name", "").strip()
    error = ""
    if request.method == "POST" and len(name) > factors.NAME_LENGTH:
        most = factors.NAME_LENGTH
        error = Text(f"名前は{most}文字までです。", f"A name has at most {most} characters.").pick(language())
    elif request.method == "POST":
        if factors.add_passkey(account, request.POST.get("credential", ""), name or sessions.browser_of(request)):
            return _set_up(request, account)
        error = gettext("The passkey could not be made. Please try again.")
    shown = {
        "options": factors.creation_options(account),
        "name": name or sessions.browser_of(request),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "error": error,
    }
    return render(request, "web/access/add_passkey.html", shown, status=_REFUSED if error else 200)


def _set_up(request: HttpRequest, account: Account) -> HttpResponse:
    """Go on after a new factor: to recovery codes where there are none yet, else back."""
    policy.prove(request, second=True)
    if not factors.codes_left(account):
        after = request.POST.get("next", "")
        return _codes(request, account, after)
    return _done("factor")


@never_cache
@proved
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them, once."""
    account = account_of(request)
    if not factors.has_second(account):
        return _done("")
    return _codes(request, account, "")


def _codes(request: HttpRequest, account: Account, after: str) -> HttpResponse:
    shown = {
        "codes": [f"{one[:4]} {one[4:]}" for one in factors.new_codes(account)],
        "account": account,
        "next": entry.safe(request, after) if after else reverse("access:mine"),
    }
    return render(request, "web/access/codes.html", shown)


@never_cache
@proved
@require_POST
def drop(request: HttpRequest, factor: int) -> HttpResponse:
    """End a second factor."""
    account = account_of(request)
    factors.drop(account, factor)
    if not factors.has_second(account):
        request.session.pop(policy.SECOND, None)
    return _done("dropped")


@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """End one of my sessions."""
    sessions.end(account_of(request), session)
    return _done("ended")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    sessions.end_others(request, account_of(request))
    return _done("ended")


@never_cache
@proved
@require_POST
def unbind(request: HttpRequest, identity: int) -> HttpResponse:
    """Let a provider's identity go."""
    oidc.unbind(account_of(request), identity)
    return _done("unbound")


def _done(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('access:mine')}{f'?done={what}' if what else ''}")
