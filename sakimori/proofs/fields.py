"""A strict reader of one JSON object: every field is taken by name and type, a missing or unknown one is refused."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sakimori.proofs.encoding import b64decode, hex_decode, parse_time
from sakimori.proofs.errors import MalformedError

MAX_TEXT = 4096
"""Characters a single text field may have at most (house rule)."""

_NOTHING: frozenset[str] = frozenset()


class Fields:
    """The fields of one JSON object at place `where`; each method returns one field or raises MalformedError.

    The object has every field of `required`, may have those of `optional`, and has no other.
    """

    def __init__(
        self, value: object, where: str, required: AbstractSet[str], optional: AbstractSet[str] = _NOTHING
    ) -> None:
        if not isinstance(value, Mapping):
            raise MalformedError("JSONのオブジェクトではありません。", "this is not a JSON object.", where=where)
        names = set(value)
        for name in sorted(required - names):
            raise MalformedError("必要な項目がありません。", "this field is missing.", where=f"{where}.{name}")
        for name in sorted(names - required - optional, key=repr):
            raise MalformedError("知らない項目があります。", "this field is not known.", where=f"{where}.{name!s:.80}")
        self._value: Mapping[str, Any] = value
        self._where = where

    def where(self, name: str) -> str:
        """Return the place of field `name`, for messages."""
        return f"{self._where}.{name}"

    def has(self, name: str) -> bool:
        """Return whether the object has field `name`."""
        return name in self._value

    def raw(self, name: str) -> Any:
        """Return the field as it is; MalformedError when it is absent."""
        if name not in self._value:
            raise MalformedError("必要な項目がありません。", "this field is missing.", where=self.where(name))
        return self._value[name]

    def null(self, name: str) -> bool:
        """Return whether the field is JSON null."""
        return self.raw(name) is None

    def text(self, name: str) -> str:
        """Return a text field: not empty, at most MAX_TEXT characters, valid Unicode, no control characters."""
        value = self.raw(name)
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not _is_plain(value):
            raise MalformedError(
                f"1字以上{MAX_TEXT}字以内の文字列 (制御文字なし) であるべきです。",
                f"this must be a text of 1 to {MAX_TEXT} characters without control characters.",
                where=self.where(name),
            )
        return value

    def constant(self, name: str, wanted: str) -> str:
        """Return the text field when it is exactly `wanted`."""
        value = self.raw(name)
        if not isinstance(value, str) or value != wanted:
            raise MalformedError(f"「{wanted}」であるべきです。", f"this must be {wanted}.", where=self.where(name))
        return value

    def integer(self, name: str) -> int:
        """Return a whole number from 0 to 2^53 - 1 (what JSON carries exactly)."""
        value = self.raw(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
            raise MalformedError(
                "0以上の整数であるべきです。", "this must be a whole number from 0.", where=self.where(name)
            )
        return value

    def hex(self, name: str, length: int) -> bytes:
        """Return the bytes of a lowercase hexadecimal field of `length` bytes."""
        return hex_decode(self.raw(name), self.where(name), length)

    def b64(self, name: str) -> bytes:
        """Return the bytes of a base64 field."""
        return b64decode(self.raw(name), self.where(name))

    def time(self, name: str) -> datetime:
        """Return the moment of an RFC 3339 field."""
        return parse_time(self.raw(name), self.where(name))

    def items(self, name: str, limit: int) -> list[Any]:
        """Return a list field of at most `limit` items."""
        value = self.raw(name)
        if not isinstance(value, list) or len(value) > limit:
            raise MalformedError(
                f"{limit}個以内のリストであるべきです。",
                f"this must be a list of at most {limit} items.",
                where=self.where(name),
            )
        return value


def read_bilingual(value: object, where: str) -> tuple[str, str]:
    """Return the (Japanese, English) sentence of an object {ja, en}; MalformedError otherwise."""
    fields = Fields(value, where, {"ja", "en"})
    return fields.text("ja"), fields.text("en")


def _is_plain(value: str) -> bool:
    return not any(char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in value)
