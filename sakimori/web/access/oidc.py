"""Logging in over an OpenID Connect provider (one like GビズID): only identities bound beforehand, never a new account.

django-allauth speaks the protocol (authorisation code with PKCE, discovery, id token); what it found out is looked up
here by issuer and subject (OpenID Connect Core 1.0, 2: together they name a person for good). Providers are named in
`deployment.json`; their secrets come from the environment.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from requests import RequestException

from sakimori.parties.models import Account
from sakimori.text import Text
from sakimori.web.access import entry, policy
from sakimori.web.models import Identity

_REFUSED = 403


def offered() -> list[dict[str, str]]:
    """Return the providers to choose from: id, name in the reader's language, and where their log-in begins."""
    return [
        {
            "id": row["id"],
            "name": Text(**row["name"]).pick(get_language() or "ja"),
            "url": reverse("openid_connect_login", args=[row["id"]]),
        }
        for row in settings.SAKIMORI_DEPLOYMENT.get("identity_providers", [])
    ]


def bound(account: Account) -> list[Identity]:
    """Return the identities bound to an account, the oldest first."""
    return list(Identity.objects.filter(account=account).order_by("id"))


def bind(account: Account, issuer: str, subject: str) -> bool:
    """Bind a provider's identity to an account; False where it is bound already, to whomever."""
    try:
        with transaction.atomic():
            Identity.objects.create(account=account, issuer=issuer, subject=subject)
    except IntegrityError:
        return False
    return True


def unbind(account: Account, identity: int) -> None:
    """Let an identity of the account go."""
    Identity.objects.filter(account=account, pk=identity).delete()


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Takes over from django-allauth once a provider has said who somebody is."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Answer the request ourselves, always: nothing of allauth's own accounts is used."""
        raise ImmediateHttpResponse(_arrived(request, sociallogin))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False: nobody gets an account by turning up."""
        return False

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> None:
        """Answer a log-in that the provider refused, or that was broken off."""
        raise ImmediateHttpResponse(_page(request, "failed"))


def safely(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have a provider that cannot be reached, or answers nonsense, end on the page that says so."""

    @wraps(view)
    def asked(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (RequestException, KeyError):
            return _page(request, "failed")

    return asked


def _arrived(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    said = sociallogin.account.extra_data.get("id_token", {})
    issuer, subject = str(said.get("iss", "")), str(said.get("sub", ""))
    row = next((one for one in settings.SAKIMORI_DEPLOYMENT["identity_providers"] if _is(one, issuer)), None)
    if row is None or not subject:
        return _page(request, "failed")
    if sociallogin.state.get("process") == "connect":
        return _bind_here(request, issuer, subject)
    found = Identity.objects.select_related("account").filter(issuer=issuer, subject=subject).first()
    if found is None or not found.account.is_active:
        return _page(request, "unknown")
    after = entry.safe(request, str(sociallogin.state.get("next") or ""))
    return entry.begin(request, found.account, after=after, second=row.get("second_factor") is True)


def _is(row: Mapping[str, Any], issuer: str) -> bool:
    return bool(row["issuer"].rstrip("/") == issuer.rstrip("/"))


def _bind_here(request: HttpRequest, issuer: str, subject: str) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account) or not policy.is_fresh(request):
        return _page(request, "failed")
    if not bind(account, issuer, subject):
        return _page(request, "taken")
    return HttpResponseRedirect(f"{reverse('access:mine')}?done=bound")


def _page(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the page that says kindly why the provider's log-in leads nowhere: failed, unknown or taken."""
    return render(request, "web/access/provider.html", {"reason": reason}, status=_REFUSED)
