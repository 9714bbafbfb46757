"""Second factors: codes from an application (TOTP), passkeys (WebAuthn), recovery codes.

The only module that touches django-allauth's second factors. RFC 6238 for TOTP: a code is good for its period and the
two beside it, and once only; what was used is remembered in the database, so that several processes agree.
"""

import base64
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from sakimori.acts import clock
from sakimori.parties.models import Account

TOTP, PASSKEY, CODES = "totp", "webauthn", "recovery_codes"
_REAL = (TOTP, PASSKEY)
NAME_LENGTH = 60
"""Characters of a passkey's name at most."""
_MAX_CREDENTIAL = 100_000


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as its owner sees it: id, `totp` or `webauthn`, its name (passkeys), when made and last used."""

    id: int
    kind: str
    name: str
    made_at: datetime
    used_at: datetime | None


def _of(account: Account, *kinds: str) -> QuerySet[Any]:
    found: QuerySet[Any] = Authenticator.objects.filter(user=account, type__in=kinds)
    return found


def has_second(account: Account) -> bool:
    """Return whether the account has a second factor; recovery codes alone are none."""
    return _of(account, *_REAL).exists()


def listed(account: Account) -> list[Factor]:
    """Return the account's factors, the oldest first; recovery codes are told by `codes_left`."""
    return [
        Factor(one.pk, one.type, str(one.data.get("name", "")), one.created_at, one.last_used_at)
        for one in _of(account, *_REAL).order_by("created_at")
    ]


def codes_left(account: Account) -> int:
    """Return how many recovery codes are unused."""
    found = _of(account, CODES).first()
    return len(RecoveryCodes(found).get_unused_codes()) if found else 0


def kinds(account: Account) -> set[str]:
    """Return which kinds of factors the account has (recovery codes only while some are left)."""
    found = set(_of(account, *_REAL).values_list("type", flat=True))
    return found | ({CODES} if codes_left(account) else set())


# --- codes from an application ---------------------------------------------------------------------------------------


def new_secret() -> str:
    """Return a fresh TOTP secret in base 32, as RFC 4226 4 R6 asks: 160 bits."""
    return str(totp.generate_totp_secret())


def picture(account: Account, secret: str) -> str:
    """Return the QR code that hands a secret to an application, as an SVG `data:` address (made here, nobody asked)."""
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(account, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def activate_totp(account: Account, secret: str, typed: str) -> bool:
    """Make a secret the account's, in place of the former one, if the code typed is made with it."""
    counter = _counter(secret, plain(typed))
    if counter is None:
        return False
    with transaction.atomic():
        _of(account, TOTP).delete()
        made = totp.TOTP.activate(account, secret).instance
        made.data["counter"] = counter
        made.save(update_fields=["data"])
    return True


def plain(typed: str) -> str:
    """Return a code as digits: full-width ones made plain, blanks and hyphens dropped."""
    return "".join(one for one in unicodedata.normalize("NFKC", typed)[:60] if one.isalnum())


def _counter(secret: str, code: str) -> int | None:
    present = int(clock.wall().timestamp()) // app_settings.TOTP_PERIOD
    for counter in range(present - app_settings.TOTP_TOLERANCE, present + app_settings.TOTP_TOLERANCE + 1):
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))):
            return counter
    return None


def check_code(account: Account, typed: str) -> str | None:
    """Return which factor a typed code is of, `totp` or `recovery_codes`, and spend it; None where it is of neither."""
    code = plain(typed)
    if not code:
        return None
    with transaction.atomic():
        for one in _of(account, TOTP, CODES).select_for_update():
            if _is_good(one, code):
                one.record_usage()
                return str(one.type)
    return None


def _is_good(one: Authenticator, code: str) -> bool:
    if one.type == CODES:
        found: bool = RecoveryCodes(one).validate_code(code)
        return found
    counter = _counter(get_adapter().decrypt(one.data["secret"]), code)
    if counter is None or counter <= one.data.get("counter", 0):
        return False
    one.data["counter"] = counter
    one.save(update_fields=["data"])
    return True


def new_codes(account: Account) -> list[str]:
    """Return a new set of recovery codes, to be shown now and never again; the former set ends."""
    with transaction.atomic():
        _of(account, CODES).delete()
        found: list[str] = RecoveryCodes.activate(account).generate_codes()
    return found


# --- passkeys --------------------------------------------------------------------------------------------------------


def creation_options(account: Account) -> str:
    """Return what the browser is asked for to make a passkey, as JSON; the challenge is kept in the session."""
    return json.dumps(webauthn.begin_registration(account, True))


def add_passkey(account: Account, typed: str, name: str) -> bool:
    """Take a passkey the browser made; False where it does not answer our challenge."""
    try:
        credential = _credential(typed)
        webauthn.complete_registration(webauthn.parse_registration_response(credential))
        webauthn.WebAuthn.add(account, name.strip()[:NAME_LENGTH], credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        return False
    return True


def request_options(account: Account | None) -> str:
    """Return what the browser is asked for to use a passkey, as JSON; of anybody's where no account is named."""
    return json.dumps(webauthn.begin_authentication(account))


def check_passkey(typed: str, account: Account | None) -> Account | None:
    """Return the account whose passkey answered our challenge (only `account`'s where one is named), or None."""
    try:
        answer = _credential(typed)
        owner = account or webauthn.extract_user_from_response(answer)
        if not owner.is_active:
            return None
        used = webauthn.complete_authentication(owner, webauthn.parse_authentication_response(answer))
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    used.record_usage()
    found: Account = owner
    return found


def _credential(typed: str) -> dict[str, Any]:
    if len(typed) > _MAX_CREDENTIAL:
        raise ValueError("too long")
    found = json.loads(typed)
    if not isinstance(found, Mapping):
        raise TypeError("no object")
    return dict(found)


# --- ending ----------------------------------------------------------------------------------------------------------


def drop(account: Account, factor: int) -> bool:
    """End one factor; with the last one the recovery codes end too. False where the account has no such factor."""
    with transaction.atomic():
        gone, _ = _of(account, *_REAL).filter(pk=factor).delete()
        if gone and not has_second(account):
            _of(account, CODES).delete()
    return bool(gone)
