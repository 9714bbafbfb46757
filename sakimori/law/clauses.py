"""The classes of specified critical computers as people write them: 施行令第1条第3項第1号, 命令１（１）（ｉ）.

What is read is only how the text is written; which classes there are stands in `kyokaho.scope`.
"""

import re
import unicodedata
from functools import cache

from sakimori.law.decisions.assets import clauses
from sakimori.law.lawbook import book
from sakimori.law.tables import table

_LONGEST = 200  # house rule: nobody writes a clause so long
_KANJI = {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}
_ROMAN = {
    sign: number for number, sign in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), start=1)
}
_NUMERALS = re.compile(r"[一二三四五六七八九]?十?[一二三四五六七八九]?(?=[条項号])")
_WORDED = re.compile(r"(?:.*(施行令|命令))?(\d{1,2})条(?:(\d{1,2})項)?(\d{1,2})号の?([イロハ]?)")
_SHORT = re.compile(
    r"(?:.*(施行令|命令))?(\d{1,2})条?\((\d{1,2})\)\(([ivx]{1,4}|\d{1,2})\)\(?([イロハ]?)\)?", re.IGNORECASE
)

_Clause = tuple[str, int, int, int, str]
"""Instrument, article, paragraph, item, subitem."""


def clause_of(text: str) -> str | None:
    """Return the identifier of the clause that a text names (`meirei1-1-5-i`), None where it names none or several.

    The instrument and the paragraph may be left out as long as one clause alone can be meant.
    """
    plain = _plain(text[:_LONGEST])
    if plain in _known():
        return _known()[plain]
    found = _WORDED.fullmatch(_counted(plain)) or _SHORT.fullmatch(plain)
    if found is None:
        return None
    instrument, article, paragraph, item, subitem = found.groups()
    wanted = (instrument, int(article), int(paragraph) if paragraph else None, _item(item), subitem)
    meant = [code for code, clause in _read().items() if _may_be(wanted, clause)]
    return meant[0] if len(meant) == 1 else None


def _may_be(wanted: tuple[str | None, int, int | None, int, str], clause: _Clause) -> bool:
    return all(one in (None, other) for one, other in zip(wanted, clause, strict=True))


def _plain(text: str) -> str:
    return re.sub(r"[\s第]", "", unicodedata.normalize("NFKC", text)).casefold()


def _counted(text: str) -> str:
    """Write numerals before 条, 項 and 号 in digits: 十二号 -> 12号."""
    return _NUMERALS.sub(lambda one: str(_number(one[0])) if one[0] else "", text)


def _number(kanji: str) -> int:
    tens, ten, ones = kanji.rpartition("十")
    return (_KANJI.get(tens, 1) * 10 if ten else 0) + _KANJI.get(ones, 0)


def _item(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN.get(text, 0)


@cache
def _articles() -> dict[str, str]:
    rows = table("kyokaho.scope").rows
    return {str(row.outcome): str(row.values.get("article", row.article)) for row in rows if row.outcome in clauses()}


@cache
def _known() -> dict[str, str]:
    """Return how the program itself writes each clause, in both languages, and its identifier."""
    return {
        _plain(one): code for code, article in _articles().items() for one in (code, article, book().cite(article).en)
    }


@cache
def _read() -> dict[str, _Clause]:
    found = {}
    for code, article in _articles().items():
        match = _SHORT.fullmatch(_plain(article))
        if match is not None:
            instrument, number, paragraph, item, subitem = match.groups()
            found[code] = (instrument, int(number), int(paragraph), _item(item), subitem)
    return found
