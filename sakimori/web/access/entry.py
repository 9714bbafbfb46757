"""Entering: from the first proof (password, provider, passkey) over the second factor to the session.

Between the first proof and the second nobody is logged in: the session notes only whose second proof is awaited, for a
few minutes.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from sakimori.acts import clock
from sakimori.parties.models import Account
from sakimori.web.access import devices, factors, policy
from sakimori.web.access.spans import span

_PENDING = "access.pending"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Pending:
    """Whose second proof is awaited, and where to go after it."""

    account: Account
    next: str


def onward(request: HttpRequest) -> str:
    """Return where `next` leads if that is a page of this site, else the desk."""
    return safe(request, request.POST.get("next") or request.GET.get("next") or "")


def safe(request: HttpRequest, wanted: str) -> str:
    """Return an address if it is a page of this site, else the desk."""
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if good else str(settings.LOGIN_REDIRECT_URL)


def begin(request: HttpRequest, account: Account, *, after: str, second: bool = False) -> HttpResponse:
    """Go on from a good first proof: to the second factor where the account has one, else in.

    `second` says that the first proof was as good as two: a passkey that checked its user, or a provider that asks for
    two factors itself.
    """
    if second or not factors.has_second(account):
        return enter(request, account, after=after, second=second)
    request.session[_PENDING] = {
        "account": account.pk,
        "password": account.get_session_auth_hash(),
        "at": clock.wall().isoformat(),
        "next": after,
    }
    return HttpResponseRedirect(reverse("access:second"))


def pending(request: HttpRequest) -> Pending | None:
    """Return whose second proof is awaited; None where nobody's, not any more, or the password changed meanwhile."""
    said = request.session.get(_PENDING)
    if not said or clock.wall() - datetime.fromisoformat(said["at"]) > span("second_step"):
        return None
    account = Account.objects.filter(pk=said["account"], is_active=True).first()
    if account is None or account.get_session_auth_hash() != said["password"]:
        return None
    return Pending(account, said["next"])


def enter(request: HttpRequest, account: Account, *, after: str, second: bool = False) -> HttpResponse:
    """Start the account's session and lead on to `after`, over the second factor where one must be set up first."""
    request.session.pop(_PENDING, None)
    login(request, account, backend=_BACKEND)
    if second:
        policy.prove(request, second=True)
    response = HttpResponseRedirect(after)
    devices.remember(request, response, account.login)
    return response


def to_set_up(after: str) -> HttpResponse:
    """Return the way to the page where a second factor is set up, and back."""
    return HttpResponseRedirect(f"{reverse('access:mine')}?{urlencode({'needed': 1, 'next': after})}")


def _note(sender: object, request: HttpRequest, user: Account, **_: object) -> None:
    """Note in a new session when its person proved who it is, and list it among the person's sessions."""
    policy.prove(request, second=False)
    request.session[policy.ENTERED] = request.session[policy.SEEN] = clock.wall().isoformat()
    if request.META.get("REMOTE_ADDR"):
        UserSession.objects.create_from_request(request)


def connect() -> None:
    """Have every log-in noted, whichever way it came (called once, when the site starts)."""
    user_logged_in.connect(_note, dispatch_uid="sakimori.access")
