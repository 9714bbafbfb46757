"""The glossary: every term in Japanese, with its reading, English, a definition in our own words, and its article.

The interface takes its tooltips and its glossary page from here. Terms of this system itself cite the article `house`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from sakimori.law.errors import LawDataError, LawError, nearest
from sakimori.text import Text

DATA = Path(__file__).parent / "data"
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIELDS = frozenset({"ja", "reading", "en", "article", "source", "confidence", "definition"})
_CONFIDENCES = ("certain", "likely", "unknown")
_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_READING = re.compile(r"^[\u3041-\u309f\u30a0-\u30ff]+$")


class UnknownTermError(LawError):
    """No term of that key."""

    code = "law.unknown_term"


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `key` is its English identifier, `reading` its pronunciation in kana, `name` both languages."""

    key: str
    ja: str
    reading: str
    en: str
    definition: Text
    article: str
    source: str
    confidence: str
    known_since: date

    @property
    def name(self) -> Text:
        """The term itself in both languages."""
        return Text(self.ja, self.en)


def term(key: str) -> Term:
    """Return the term of that key; UnknownTermError names those that resemble it."""
    found = _terms().get(key)
    if found is None:
        raise UnknownTermError(
            Text(f"用語「{key}」はありません。", f"There is no term '{key}'."),
            where=key,
            mend=nearest(key, list(_terms())),
        )
    return found


def terms() -> tuple[Term, ...]:
    """Return every term, in the order of their readings."""
    return _sorted()


def in_japanese(ja: str) -> Term | None:
    """Return the term written so in Japanese, or None. Where two terms are written alike, the first by reading."""
    return next((one for one in _sorted() if one.ja == ja), None)


@lru_cache(maxsize=1)
def _sorted() -> tuple[Term, ...]:
    return tuple(sorted(_terms().values(), key=lambda one: (_hiragana(one.reading), one.key)))


def _hiragana(reading: str) -> str:
    shift = ord("ァ") - ord("ぁ")
    return "".join(chr(ord(letter) - shift) if "ァ" <= letter <= "ヶ" else letter for letter in reading)


@lru_cache(maxsize=1)
def _terms() -> Mapping[str, Term]:
    return read_terms({path.name: path.read_bytes() for path in sorted(DATA.glob("terms*.yaml"))})


def read_terms(content: Mapping[str, bytes]) -> Mapping[str, Term]:
    """Return the terms in these files (name to bytes); LawDataError names file and key of the first fault."""
    found: dict[str, Term] = {}
    for name, raw in content.items():
        try:
            data = yaml.load(raw, Loader=_LOADER)  # noqa: S506  (both are safe loaders)
        except yaml.YAMLError as error:
            raise LawDataError(name, f"YAMLとして読めません: {error}", f"is not readable as YAML: {error}") from error
        known_since = data.get("known_since") if isinstance(data, dict) else None
        if not isinstance(known_since, date) or not isinstance(data.get("terms"), dict):
            raise LawDataError(name, "known_since と terms が要ります。", "needs known_since and terms.")
        for key, entry in data["terms"].items():
            if key in found:
                raise LawDataError(f"{name}: {key}", "同じ用語が既にあります。", "repeats a term.")
            found[key] = _term(f"{name}: {key}", str(key), entry, known_since)
    return MappingProxyType(found)


def _term(where: str, key: str, entry: object, known_since: date) -> Term:
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise LawDataError(
            where, f"項目は {', '.join(sorted(_FIELDS))} です。", f"needs exactly {', '.join(sorted(_FIELDS))}."
        )
    definition = entry["definition"]
    if not isinstance(definition, dict) or set(definition) != {"ja", "en"}:
        raise LawDataError(where, "definition は ja と en です。", "needs a definition in ja and en.")
    texts = [str(entry[name]) for name in ("ja", "reading", "en", "article", "source")] + [*definition.values()]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise LawDataError(where, "空の項目があります。", "has an empty field.")
    if not _KEY.match(key) or not _READING.match(str(entry["reading"])) or entry["confidence"] not in _CONFIDENCES:
        raise LawDataError(where, "キー、読み、確度のどれかが不正です。", "has a malformed key, reading or confidence.")
    return Term(
        key=key,
        ja=str(entry["ja"]),
        reading=str(entry["reading"]),
        en=str(entry["en"]),
        definition=Text(str(definition["ja"]), str(definition["en"])),
        article=str(entry["article"]),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
        known_since=known_since,
    )
