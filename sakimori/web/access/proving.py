"""The second proof at log-in, the log-in with a passkey alone, and the fresh proof before acts that need one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sakimori.parties.models import Account
from sakimori.web import throttle
from sakimori.web.access import entry, factors, policy

_REFUSED, _SLOWLY = 403, 429


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever gave a good password, or take it and let them in."""
    waiting = entry.pending(request)
    if waiting is None:
        return HttpResponseRedirect(reverse("login"))
    shown: dict[str, Any] = {"account": waiting.account}
    status = 200
    if request.method == "POST":
        fault, status = _tried(request, waiting.account)
        if not fault:
            return entry.enter(request, waiting.account, after=waiting.next, second=True)
        shown["error"] = fault
    return render(request, "web/access/second.html", {**shown, **_means(waiting.account)}, status=status)


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey alone: it is something one has, and checks its user itself."""
    after = entry.onward(request)
    if request.method != "POST":
        return render(request, "web/access/passkey.html", {"next": after, "options": factors.request_options(None)})
    tried = throttle.source_without_name(request)
    wait = throttle.seconds_to_wait(tried)
    account = None if wait else factors.check_passkey(request.POST.get("credential", ""), None)
    if account is None:
        if not wait:
            throttle.failed(tried)
        said = slowly(wait) if wait else gettext("This passkey was not accepted.")
        shown = {"next": after, "error": said, "options": factors.request_options(None)}
        return render(request, "web/access/passkey.html", shown, status=_SLOWLY if wait else _REFUSED)
    return entry.enter(request, account, after=after, second=True)


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask somebody who is logged in for a fresh proof, then go back to where it was needed."""
    account = account_of(request)
    after = entry.onward(request)
    status, shown = (
        200,
        {
            "account": account,
            "next": after,
            "minutes": int(policy.fresh_for().total_seconds() // 60),
            "kept": "kept" in request.GET,
        },
    )
    if request.method == "POST":
        fault, status = _tried(request, account)
        if not fault:
            policy.prove(request, second="password" not in request.POST)
            return HttpResponseRedirect(after)
        shown["error"] = fault
    return render(request, "web/access/prove.html", {**shown, **_means(account, password=True)}, status=status)


def account_of(request: HttpRequest) -> Account:
    """Return the account that is logged in (the page is for people only)."""
    found = request.user
    if not isinstance(found, Account):
        raise TypeError(type(found).__name__)
    return found


def _means(account: Account, *, password: bool = False) -> Mapping[str, Any]:
    """Return what the page offers: which kinds of factors there are, and the passkey's challenge.

    A fresh proof is a second factor where the account has one; the password only where it has none.
    """
    kinds = factors.kinds(account)
    real = kinds & {factors.TOTP, factors.PASSKEY}
    return {
        "kinds": kinds,
        "password": password and not real and account.has_usable_password(),
        "options": factors.request_options(account) if factors.PASSKEY in kinds else "",
    }


def _tried(request: HttpRequest, account: Account) -> tuple[str, int]:
    """Return what was wrong with the proof and its status; an empty text where it was good."""
    tried = throttle.source(request, account.login)
    wait = throttle.seconds_to_wait(tried)
    if wait:
        return slowly(wait), _SLOWLY
    if _is_good(request, account):
        throttle.succeeded(tried)
        return "", 200
    throttle.failed(tried)
    if request.POST.get("credential"):
        return gettext("This passkey was not accepted."), _REFUSED
    if "password" in request.POST:
        return gettext("The password is not right."), _REFUSED
    return gettext("The code is not right, or it was used already. Wait for the next one and try again."), _REFUSED


def _is_good(request: HttpRequest, account: Account) -> bool:
    if request.POST.get("credential"):
        return factors.check_passkey(request.POST["credential"], account) is not None
    if "password" in request.POST:
        may = request.user.is_authenticated and not factors.has_second(account)
        return may and account.check_password(request.POST["password"])
    return factors.check_code(account, request.POST.get("code", "")) is not None


def slowly(wait: int) -> str:
    """Return the sentence that asks somebody to wait."""
    return ngettext(
        "Too many failed tries. Please wait %(count)d second.",
        "Too many failed tries. Please wait %(count)d seconds.",
        wait,
    ) % {"count": wait}
