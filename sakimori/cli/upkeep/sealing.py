"""Private keys in a backup: sealed under a passphrase with scrypt (RFC 7914) and AES-256-GCM (NIST SP 800-38D).

The sealed file is JSON: `{type, n, r, p, salt, nonce, sealed}`, the last three base64; type, n, r and p are
authenticated with the contents. The contents are the key files by name.
"""

import base64
import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sakimori.cli.upkeep.errors import BackupError
from sakimori.text import Text

TYPE = "sakimori.sealed-keys/1"
MIN_PASSPHRASE = 12
_N, _R, _P = 2**17, 8, 1
"""OWASP's first choice for scrypt: 128 MiB of memory a guess."""


def seal(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """Return the key files sealed under a passphrase of at least 12 characters; `BackupError` for a shorter one."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise BackupError(
            Text(
                f"パスフレーズは{MIN_PASSPHRASE}文字以上にしてください。",
                f"The passphrase needs at least {MIN_PASSPHRASE} characters.",
            ),
            code="backup.passphrase",
        )
    header = {"type": TYPE, "n": _N, "r": _R, "p": _P}
    salt, nonce = os.urandom(16), os.urandom(12)
    plain = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()
    sealed = AESGCM(_key(passphrase, salt, header)).encrypt(nonce, plain, _aad(header))
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return json.dumps({**header, **{name: base64.b64encode(value).decode() for name, value in parts.items()}}).encode()


def unseal(document: bytes, passphrase: str) -> dict[str, bytes]:
    """Return the key files; `BackupError` where the passphrase is wrong or the document was changed."""
    try:
        found = json.loads(document)
        header = {name: found[name] for name in ("type", "n", "r", "p")}
        _require_known(header)
        salt, nonce, sealed = (base64.b64decode(found[name], validate=True) for name in ("salt", "nonce", "sealed"))
        plain = AESGCM(_key(passphrase, salt, header)).decrypt(nonce, sealed, _aad(header))
        return {str(name): base64.b64decode(data) for name, data in json.loads(plain).items()}
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise BackupError(
            Text(
                "鍵を開けられません。パスフレーズが違うか、控えが変えられています。",
                "The keys cannot be unsealed: the passphrase is wrong, or the backup was changed.",
            ),
            code="backup.passphrase",
        ) from None


def _require_known(header: Mapping[str, object]) -> None:
    if header != {"type": TYPE, "n": _N, "r": _R, "p": _P}:
        raise ValueError(TYPE)


def _key(passphrase: str, salt: bytes, header: Mapping[str, object]) -> bytes:
    return Scrypt(salt=salt, length=32, n=int(str(header["n"])), r=_R, p=_P).derive(passphrase.encode())


def _aad(header: Mapping[str, object]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
