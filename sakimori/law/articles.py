"""Reading article references and answering per article whether it is in force.

A reference is an instrument's short name, then article, paragraph and item: 強化法17, 強化法61(2)(vi),
推進法52(2)(ii)ハ, 強化法附則4, 警職法6-2(4) (第6条の2第4項). `house` names our own additions, which no law requires.
"""

import re
from collections.abc import Mapping
from datetime import date

from sakimori.law.errors import UnknownArticleError
from sakimori.law.model import Article, Commencement, Instrument
from sakimori.text import Text

_TAIL = re.compile(
    r"^(?P<number>(?:附則|Annex)?\d+(?:\.\d+)?[A-Za-z]?(?:-\d+)*|附則|)(?P<subs>(?:\([0-9A-Za-z-]+\)|[イロハニホヘト])*)$"
)
_SUB = re.compile(r"\(([0-9A-Za-z-]+)\)|([イロハニホヘト])")
_LETTERS = dict(zip("イロハニホヘト", "abcdefg", strict=True))  # as official English translations count them
_ROMAN = {"i": 1, "v": 5, "x": 10}
Parsed = tuple[Instrument, str, tuple[str, ...]]


def roman(numeral: str) -> int | None:
    """Return the value of a small lower-case Roman numeral (i … xxxix), or None when it is not one."""
    if not numeral or any(letter not in _ROMAN for letter in numeral):
        return None
    values = [_ROMAN[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < nxt else v for v, nxt in zip(values, following, strict=True))


def parse(ref: str, instruments: Mapping[str, Instrument], names: Mapping[str, str]) -> Parsed:
    """Return instrument, article number and the paragraph/item path of `ref`.

    `names` maps every short name and alias to the short name. Raises UnknownArticleError.
    """
    plain = ref.strip()
    for name in sorted(names, key=len, reverse=True):
        if plain.startswith(name):
            match = _TAIL.match(plain[len(name) :].strip())
            if match:
                subs = tuple(a or b for a, b in _SUB.findall(match["subs"]))
                return instruments[names[name]], match["number"], subs
    raise UnknownArticleError(
        Text(f"条文「{ref}」を読めません。", f"The article reference '{ref}' cannot be read."),
        where=ref,
        mend=Text("例: 強化法17、命令4(2)、推進法52(3)。", "For example: 強化法17, 命令4(2), 推進法52(3)."),
    )


def commencement(parsed: Parsed, known: date | None = None) -> Commencement | None:
    """Return the most specific commencement entry for the reference, newest knowledge first; None if none covers it."""
    instrument, number, subs = parsed
    best: Commencement | None = None
    rank = (-1, -1, date.min)
    for entry in instrument.commencements:
        if known is not None and entry.known_since > known:
            continue
        if entry.number not in ("", number) or entry.subs != subs[: len(entry.subs)]:
            continue
        own = (0 if entry.number == "" else 1, len(entry.subs), entry.known_since)
        if own >= rank:
            best, rank = entry, own
    return best


def article(ref: str, parsed: Parsed, known: date | None = None) -> Article:
    """Return the Article for a parsed reference. Raises UnknownArticleError when the instrument has no such article."""
    instrument, number, _subs = parsed
    entry = commencement(parsed, known)
    if entry is None:
        raise UnknownArticleError(
            Text(f"{instrument.title.ja}に条文「{ref}」の記録がありません。", f"We hold no article '{ref}'."),
            where=ref,
        )
    title = _title(parsed)
    return Article(
        ref=ref,
        instrument=instrument.name,
        title=title,
        in_force_from=entry.starts,
        latest=entry.latest,
        source=entry.source,
        confidence=entry.confidence,
        known_since=entry.known_since,
        basis=entry.basis,
        note=entry.note,
        text_unknown=number in instrument.text_unknown,
    )


def _title(parsed: Parsed) -> Text:
    instrument, number, subs = parsed
    for depth in range(len(subs), -1, -1):
        key = number + "".join(f"({sub})" for sub in subs[:depth])
        if key in instrument.titles:
            return instrument.titles[key]
    return spoken(parsed) if number else instrument.title


def in_force(entry: Commencement | None, on: date) -> bool:
    """Tell whether the entry is law on that day.

    An article whose day nobody has fixed is not in force before the outer limit its Act sets; from that limit on it is.
    """
    if entry is None:
        return False
    starts = entry.starts or entry.latest
    return starts is not None and starts <= on and (entry.ends is None or on <= entry.ends)


def spoken(parsed: Parsed) -> Text:
    """Return the reference as people say it: 命令4条2項 / Order Art. 4(2)."""
    instrument, number, subs = parsed
    if instrument.house:
        return instrument.title
    if not number:
        return Text(instrument.name, instrument.short_en)
    if not instrument.law_id:  # foreign or not in e-Gov: leave the numbering as its own country writes it
        tail = number + "".join(f"({sub})" for sub in subs)
        return Text(
            f"{instrument.name} {tail}", f"{instrument.short_en} {_numbered(instrument.article_word, tail)}".strip()
        )
    japanese = _japanese(number, subs, instrument.supplement)
    return Text(instrument.name + japanese, f"{instrument.short_en} {_english(number, subs, instrument.supplement)}")


def _numbered(word: str, number: str) -> str:
    return number if word == "" else f"{word} {number}"


def _japanese(number: str, subs: tuple[str, ...], supplement: str) -> str:
    head, *branches = number.removeprefix("附則").split("-")
    unit = supplement if number.startswith("附則") else "条"
    out = "附則" if number.startswith("附則") else ""
    out += f"{head}{unit}" if head else ""
    out += "".join(f"の{branch}" for branch in branches)
    if branches and subs:
        out += "第"
    for sub in subs:
        value = roman(sub)
        out += f"{sub}項" if sub.isdigit() else f"{value}号" if value else sub
    return out


def _english(number: str, subs: tuple[str, ...], supplement: str) -> str:
    word = "Art." if supplement == "条" else "para."
    head = number.replace("附則", f"Suppl. {word} ").strip() if number.startswith("附則") else f"Art. {number}"
    return head + "".join(f"({_LETTERS.get(sub, sub)})" for sub in subs)
