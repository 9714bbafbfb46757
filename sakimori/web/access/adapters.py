"""What django-allauth asks a deployment: how secrets of second factors are kept, and how it names itself."""

import base64
import hashlib
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.translation import get_language

from sakimori.text import Text

_NAME = "factor.secret"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors of this deployment: their secrets are encrypted in the database, the key lies beside the others.

    The key is `SAKIMORI_FACTOR_KEY` from the environment, else a random one in the home's `keys/` (mode 0600). Whoever
    has the database alone can make no code with it.
    """

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _cipher(str(settings.SAKIMORI_HOME)).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret in clear."""
        return _cipher(str(settings.SAKIMORI_HOME)).decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return the name that a code application shows."""
        return _title()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party (WebAuthn 3, 5.4.2): the host asked for, under the deployment's name."""
        found: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**found, "name": _title()}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Return the user (WebAuthn 3, 5.4.3): an id that says nothing, and the log-in name."""
        found: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**found, "display_name": user.login, "name": user.login}


def _title() -> str:
    return Text(**settings.SAKIMORI_DEPLOYMENT["title"]).pick(get_language() or "ja")


@cache
def _cipher(home: str) -> Fernet:
    given = os.environ.get("SAKIMORI_FACTOR_KEY", "") or _kept(Path(home) / "keys" / _NAME)
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(given.encode()).digest()))


def _kept(path: Path) -> str:
    """Return the key kept in a file; made at first use, by whichever process comes first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    value = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(value)
    return value
