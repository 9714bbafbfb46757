"""Read a document of text, lists and maps key by key, collecting what is wrong instead of stopping at it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sakimori.selection.errors import Refusal
from sakimori.selection.refusals import refusal
from sakimori.selection.showing import showable
from sakimori.text import Text

_DIGITS = 18
_NUMBER = Text("0 以上の整数を書いてください。", "Write a whole number, zero or more.")
_LIST = Text("[値, 値] の形の一覧にしてください。", "Write a list: [value, value].")


class Report:
    """Collects refusals."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def refuse(self, key: str, where: str, mend: Text | None = None) -> None:
        """Note a reason at a place, and what to write there if that is known."""
        self.refusals.append(refusal(key, where, mend))


class Node:
    """A map at a place of the document; a reader that cannot read notes a refusal and returns None or the default."""

    def __init__(self, value: dict[str, Any], place: str, report: Report) -> None:
        self.value = value
        self._place = place
        self._report = report

    def refuse(self, reason: str, key: str, mend: Text | None = None) -> None:
        """Note a refusal at a key of this map."""
        self._report.refuse(reason, f"{self._place}.{key}" if self._place else key, mend)

    def one_of(self, key: str, allowed: Iterable[str]) -> None:
        """Refuse a value that is none of those allowed, and list these."""
        listed = ", ".join(allowed)
        self.refuse("value", key, Text(f"次のどれかを書いてください: {listed}", f"Write one of: {listed}"))

    def only(self, known: Sequence[str], required: Sequence[str]) -> None:
        """Refuse unknown keys and missing ones."""
        for key in self.value:
            if key not in known:
                self.refuse("unknown_key", str(key))
        for key in required:
            if key not in self.value:
                self.refuse("missing", key)

    def text(self, key: str) -> str | None:
        """Return a text that is not empty."""
        value = self.value.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.refuse("value", key)
            return None
        return value

    def label(self, key: str, longest: int) -> str | None:
        """Return a text that names something: it can be shown on one line, and is not longer than that."""
        value = self.text(key)
        if value is not None and (len(value) > longest or not showable(value) or value != value.strip()):
            self.refuse("label", key)
        return value

    def number(self, key: str, *, default: int | None = None) -> int | None:
        """Return a whole number, zero or more."""
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > _DIGITS:
            self.refuse("value", key, _NUMBER)
            return None
        return int(value)

    def texts(self, key: str, *, default: list[str]) -> list[str]:
        """Return a list of texts, not empty."""
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.refuse("value", key, _LIST)
            return default
        return list(value)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a map, empty when absent."""
        value = self.value.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse("not_mapping", key)
            return {}
        return value

    def items(self, key: str) -> list["Node"]:
        """Return a list of maps, each as a node."""
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse("value", key)
            return []
        found = []
        for number, item in enumerate(value):
            place = f"{key}[{item['id'] if isinstance(item, dict) and isinstance(item.get('id'), str) else number}]"
            if isinstance(item, dict):
                found.append(Node(item, place, self._report))
            else:
                self.refuse("not_mapping", place)
        return found
