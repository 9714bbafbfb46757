"""Canonical bytes: one JSON value has exactly one spelling (RFC 8785, JSON Canonicalization Scheme)."""

import hashlib
from typing import Any

import rfc8785

from sakimori.proofs.errors import MalformedError

_EXACT = 2.0**53
_EXPONENT_FROM = 1e21
_SCALARS = (str, int, float, type(None))


def canonical(obj: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value: dict with str names, list, str, int, float, bool, None.

    Raises MalformedError for anything else: another type (tuples, dates, decimals and bytes too), a whole number
    beyond 2**53 - 1 that would be written with all its digits, NaN or infinity, a lone surrogate, nesting too deep.
    """
    try:
        _check(obj)
        return rfc8785.dumps(obj)
    except (ValueError, RecursionError) as error:
        raise MalformedError(
            "この値はJSONの標準形 (RFC 8785) にできません。",
            f"this value has no canonical JSON form, RFC 8785 ({error}).",
        ) from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lowercase hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _check(obj: object) -> None:
    # The library turns tuples into arrays; what is signed must come back equal when it is parsed again.
    if isinstance(obj, dict):
        for name, value in obj.items():
            if not isinstance(name, str):
                raise ValueError(f"a name of type {type(name).__name__}")  # noqa: TRY004 - one error for the caller
            _check(value)
    elif isinstance(obj, list):
        for value in obj:
            _check(value)
    elif isinstance(obj, float) and _EXACT <= abs(obj) < _EXPONENT_FROM:
        # Written without a fraction or exponent it would be read back as an integer too large to be exact.
        raise ValueError(f"the number {obj} is beyond 2^53 - 1")
    elif not isinstance(obj, _SCALARS):
        raise ValueError(f"a value of type {type(obj).__name__}")
