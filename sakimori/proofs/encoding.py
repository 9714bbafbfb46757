"""Strict readers for what comes from outside: JSON, base64, hex and times. Exactly one spelling of each is accepted.

Strictness is what makes a changed byte visible: lenient base64 (RFC 4648, section 3.5) would let the unused
trailing bits of a signature be flipped unseen, and a JSON object with a repeated name has two meanings.
"""

import base64
import binascii
import json
import re
from datetime import datetime
from typing import Any

from sakimori.proofs.errors import MalformedError

HASH_BYTES = 32
"""Length of a SHA-256 hash in bytes."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_HEX = re.compile(r"([0-9a-f]{2})*", re.ASCII)


def b64encode(data: bytes) -> str:
    """Return the standard base64 text (RFC 4648, section 4) of `data`."""
    return base64.b64encode(data).decode("ascii")


def b64decode(text: object, where: str) -> bytes:
    """Return the bytes of canonical standard base64 `text`; MalformedError for any other spelling."""
    if isinstance(text, str):
        try:
            data = base64.b64decode(text.encode("ascii"), validate=True)
        except (binascii.Error, ValueError):
            data = None
        if data is not None and b64encode(data) == text:
            return data
    raise MalformedError("標準のBase64ではありません。", "this is not standard base64.", where=where)


def hex_decode(text: object, where: str, length: int | None = None) -> bytes:
    """Return the bytes of lowercase hex `text` (of `length` bytes when given); MalformedError otherwise."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise MalformedError("小文字の十六進数ではありません。", "this is not lowercase hexadecimal.", where=where)
    data = bytes.fromhex(text)
    if length is not None and len(data) != length:
        raise MalformedError(
            f"{length}バイトであるべきところ{len(data)}バイトです。",
            f"this should be {length} bytes but is {len(data)}.",
            where=where,
        )
    return data


def parse_time(text: object, where: str) -> datetime:
    """Return the moment an RFC 3339 `text` with an offset names; MalformedError otherwise."""
    if isinstance(text, str) and _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise MalformedError(
        "時差付きの日時 (例 2026-11-20T09:00:00+09:00) ではありません。",
        "this is not a time with its offset (such as 2026-11-20T09:00:00+09:00).",
        where=where,
    )


def parse_json(data: bytes | str, where: str, limit: int) -> Any:
    """Return the JSON value in `data` (UTF-8, at most `limit` bytes).

    Raises MalformedError for anything else: a byte-order mark, a repeated name in one object, NaN, too deep nesting.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
    if len(raw) > limit:
        raise MalformedError(
            f"大きすぎます ({len(raw)}バイト。上限{limit}バイト)。",
            f"this is too large ({len(raw)} bytes; the limit is {limit}).",
            where=where,
        )
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError("正しいJSONではありません。", f"this is not sound JSON ({error}).", where=where) from error


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name is repeated within one object")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
