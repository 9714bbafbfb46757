"""A strict reader over one YAML mapping: every key is asked for, every leftover is an error that names file and key."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Self, TypeVar

from sakimori.law.errors import LawDataError
from sakimori.text import Text

T = TypeVar("T")
CONFIDENCE = ("certain", "likely", "unknown")


class Reader:
    """Reads the entry `data` found at `where` (file: key). Use as a context manager: leaving it rejects unread keys."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise LawDataError(where, "項目の組(キー: 値)であるべきです。", "should be a mapping of keys to values.")
        self.data: Mapping[str, object] = data
        self.where = where
        self._read: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.finish()

    def finish(self) -> None:
        """Raise LawDataError when a key of the entry was never asked for: it is misspelt or does not belong here."""
        for key in self.data:
            if key not in self._read:
                close = get_close_matches(str(key), sorted(self._read), n=1)
                hint = f" ({close[0]}?)" if close else ""
                raise self.error(f"知らないキー「{key}」があります。{hint}", f"has the unknown key '{key}'.{hint}")

    def error(self, ja: str, en: str) -> LawDataError:
        """Return (not raise) an error at this entry."""
        return LawDataError(self.where, ja, en)

    def raw(self, key: str) -> object:
        """Return the value of an optional key as it stands, or None."""
        self._read.add(key)
        return self.data.get(key)

    def has(self, key: str) -> bool:
        """Tell whether the key is present."""
        return key in self.data

    def _need(self, key: str) -> object:
        value = self.raw(key)
        if value is None:
            raise self.error(f"「{key}」がありません。", f"lacks '{key}'.")
        return value

    def _typed(self, key: str, wanted: type[T], ja: str, en: str) -> T:
        value = self._need(key)
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            raise self.error(f"「{key}」は{ja}であるべきです: {value!r}", f"'{key}' should be {en}: {value!r}")
        return value

    def text(self, key: str) -> Text:
        """Return a required sentence given as {ja: …, en: …}."""
        return bilingual(self._need(key), f"{self.where}.{key}")

    def maybe_text(self, key: str) -> Text | None:
        """Return an optional sentence."""
        return self.text(key) if self.raw(key) is not None else None

    def word(self, key: str, among: Iterable[str] | None = None, default: str | None = None) -> str:
        """Return a required string (or the default), restricted to `among` when given."""
        if default is not None and self.raw(key) is None:
            return default
        value = self._typed(key, str, "文字列", "a string")
        if among is not None and value not in among:
            choices = ", ".join(sorted(among))
            raise self.error(
                f"「{key}」は次のいずれかです: {choices}", f"'{key}' must be one of: {choices}; not {value!r}"
            )
        return value

    def maybe_word(self, key: str, among: Iterable[str] | None = None) -> str | None:
        """Return an optional string."""
        return self.word(key, among) if self.raw(key) is not None else None

    def day(self, key: str) -> date:
        """Return a required date (YYYY-MM-DD)."""
        return self._typed(key, date, "日付(YYYY-MM-DD)", "a date (YYYY-MM-DD)")

    def maybe_day(self, key: str) -> date | None:
        """Return an optional date."""
        return self.day(key) if self.raw(key) is not None else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean, `default` when absent."""
        return default if self.raw(key) is None else self._typed(key, bool, "true か false", "true or false")

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        if default is not None and self.raw(key) is None:
            return default
        return self._typed(key, int, "整数", "a whole number")

    def words(self, key: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return an optional list of strings (a single string counts as a list of one)."""
        value = self.raw(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.error(f"「{key}」は文字列の並びであるべきです。", f"'{key}' should be a list of strings.")
        if among is not None:
            for item in items:
                if item not in among:
                    raise self.error(
                        f"「{key}」の「{item}」は知らない語です。", f"'{key}' holds the unknown word {item!r}."
                    )
        return tuple(items)

    def entries(self, key: str) -> list[tuple[object, str]]:
        """Return an optional list with the place of each entry, for reading one by one."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(f"「{key}」は並びであるべきです。", f"'{key}' should be a list.")
        return [(item, f"{self.where}.{key}[{index}]") for index, item in enumerate(value)]

    def mapping(self, key: str) -> dict[str, object]:
        """Return an optional mapping with string keys."""
        value = self.raw(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(f"「{key}」は項目の組であるべきです。", f"'{key}' should be a mapping.")
        return {str(name): item for name, item in value.items()}

    def confidence(self, default: str | None = None) -> str:
        """Return the mark certain | likely | unknown."""
        return self.word("confidence", CONFIDENCE, default)

    def one(self, key: str, read: Callable[["Reader"], T]) -> T | None:
        """Read an optional nested mapping with `read`."""
        value = self.raw(key)
        if value is None:
            return None
        with Reader(value, f"{self.where}.{key}") as inner:
            return read(inner)


def bilingual(value: object, where: str) -> Text:
    """Return a Text from {ja: …, en: …}; both languages are required."""
    if isinstance(value, Mapping) and set(value) == {"ja", "en"} and all(isinstance(v, str) for v in value.values()):
        return Text(str(value["ja"]), str(value["en"]))
    raise LawDataError(where, "{ja: …, en: …} の形で両方の言語が要ります。", "needs both languages as {ja: …, en: …}.")
