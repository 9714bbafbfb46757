"""The page behind a one-time link: choose a password, then go on to the second factor.

The link's secret leaves the address bar at once: it is exchanged for its digest in the session, so that no log,
history or referrer keeps something that still works. Looking at the page spends nothing.
"""

from urllib.parse import urlencode

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.parties.models import Account
from sakimori.parties.secrets import digest
from sakimori.web.access import entry, invitations
from sakimori.web.enrol.steps import landing

_KEPT = "access.invitation"
LONGEST_PASSWORD = 1000
"""Characters (house rule): whatever is longer is no password, and only keeps the machine busy."""


@never_cache
@require_safe
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address and go on to the page without it."""
    request.session[_KEPT] = digest(secret[:200])
    return HttpResponseRedirect(reverse("access:join"))


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Show "choose your password", or take it and log in; a link that is spent or over says so kindly."""
    found = invitations.open_invitation(str(request.session.get(_KEPT, "")))
    if found is None:
        return render(request, "web/access/link_over.html", status=410)
    shown = {"account": found.account, "purpose": found.purpose, "faults": []}
    if request.method != "POST":
        return render(request, "web/access/join.html", shown)
    password = request.POST.get("password", "")
    faults = faults_of(password, request.POST.get("again", ""), found.account)
    if faults:
        return render(request, "web/access/join.html", {**shown, "faults": faults}, status=422)
    account = invitations.accept(found, password)
    if account is None:
        return render(request, "web/access/link_over.html", status=410)
    onward = urlencode({"needed": 1, "next": landing(account.person)})
    return entry.enter(request, account, after=f"{reverse('access:mine')}?{onward}")


def too_long() -> str:
    """Return what a password of more than `LONGEST_PASSWORD` characters is told."""
    return gettext("A password has at most %(most)d characters.") % {"most": LONGEST_PASSWORD}


def faults_of(password: str, again: str, account: Account) -> list[str]:
    """Return what is wrong with a new password, in the reader's language; empty where nothing is."""
    if password != again:
        return [gettext("The two passwords are not the same.")]
    if len(password) > LONGEST_PASSWORD:
        return [too_long()]
    try:
        password_validation.validate_password(password, account)
    except ValidationError as error:
        return list(error.messages)
    return []
