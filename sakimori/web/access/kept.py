"""What somebody typed into a form that could not be taken at once is kept on the desk and given back, filled in.

It is the account's whose stamp the form bore (`stamps`), so only its owner gets it back. Never files (their names are
told, so that they can be chosen again), never passwords.
"""

import json
import uuid
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest

from sakimori.acts import clock
from sakimori.parties.models import Account
from sakimori.web.access.spans import span
from sakimori.web.models import KeptForm

FIELD = "kept"
"""Name of the query argument that names a kept form."""

OVER, PROOF = "over", "proof"
_MOST = 1_000_000
_LONGEST_PATH = 2000


def keep(request: HttpRequest, account: Account, reason: str) -> KeptForm | None:
    """Keep the fields of a POST for an account; None where it is too much to be kept.

    `reason`: `over` (the session was) or `proof` (a fresh proof is asked for).
    """
    fields = {name: request.POST.getlist(name) for name in request.POST if not _is_secret(name)}
    path = _without(request.get_full_path())
    if len(path) > _LONGEST_PATH or len(json.dumps(fields)) > _MOST:
        return None
    now = clock.wall()
    KeptForm.objects.filter(kept_at__lt=now - span("kept")).delete()
    KeptForm.objects.filter(account=account, path=path).delete()
    return KeptForm.objects.create(
        account=account, path=path, fields=fields, files=_names(request), reason=reason, kept_at=now
    )


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name.casefold()


def _names(request: HttpRequest) -> list[str]:
    return [str(one.name)[:200] for name in request.FILES for one in request.FILES.getlist(name)]


def address(form: KeptForm) -> str:
    """Return where a kept form is given back."""
    return f"{form.path}{'&' if '?' in form.path else '?'}{FIELD}={form.id}"


def find(request: HttpRequest) -> KeptForm | None:
    """Return the form this request asks to have back: the account's own, of this very page, not too old; else None."""
    try:
        wanted = uuid.UUID(request.GET.get(FIELD, ""))
    except ValueError:
        return None
    if not isinstance(request.user, Account):
        return None
    found = KeptForm.objects.filter(id=wanted, account=request.user, kept_at__gt=clock.wall() - span("kept")).first()
    return found if found is not None and found.path == _without(request.get_full_path()) else None


def forget(form: KeptForm) -> None:
    """Drop what was kept: it has been sent."""
    form.delete()


def _without(path: str) -> str:
    """Return a path with its query, without the argument that names a kept form."""
    parts = urlsplit(path)
    rest: Iterable[tuple[str, str]] = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != FIELD
    ]
    query = urlencode(list(rest))
    return f"{parts.path}?{query}" if query else parts.path
