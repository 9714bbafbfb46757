"""Taking a product name apart: all the terms under which it can be found, and by which rule each was gained.

A *term* is (maker, what): `what` is "=<key>" for a spelling or "#<id>" for a product of the table. A registered name
and an advisory touch each other when they share a term. The rules differ on the two sides, on purpose:

- registered side: a version at the end is dropped ("Tomcat 9.0" is a Tomcat), hardware is read as what runs on it;
- advisory side: a list is taken apart ("FortiOS and FortiProxy"), an abbreviation in brackets is a name, parts and
  wider names lead to the product; a version is never dropped, for "Struts 2" says less than "Struts".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sakimori.matching import names
from sakimori.matching.book import MakerReading, NameBook

# Folded text: its hiragana has become katakana.
_LIST = re.compile(r"\s*(?:,|、|;|\s/\s|\band\b|\bor\b|オヨビ|及ビ|並ビニ|マタハ|又ハ)\s*")
_KANA_TAIL = re.compile(r"(?<=[a-z0-9])(?=[ァ-ヺー]+$)")  # "iq-rシリーズ"
_FORMERLY = re.compile(r"^(?:formerly|旧)\s*")
_VERSION = re.compile(
    r"(?:v|ver\.?|version|rev\.?|r|sp|バージョン|第)?\s?\d[\w.\-]*(?:版)?|lts|x64|x86|x86_64|64\s?bit|32\s?bit|64ビット|32ビット"
    r"|ver\.?|version|バージョン|版|release|リリース|edition|standard|enterprise|professional|datacenter|express|for"
)


class Rule(StrEnum):
    """How a term was gained from a name; only SAME leaves the spelling as it was."""

    SAME = "same"
    VERSION = "version"
    BRACKET = "bracket"
    QUALIFIER = "qualifier"
    LISTED = "listed"
    TABLE = "table"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Reading:
    """A maker and product name read: who, and every term with the plainest rule that gave it."""

    maker: MakerReading
    terms: dict[tuple[str, str], Rule]


def read_registered(book: NameBook, maker: str, product: str) -> Reading:
    """Return the terms of a product as an operator wrote it; none when maker or product is a wildcard or empty."""
    who = book.read_maker(maker)
    terms: dict[tuple[str, str], Rule] = {}
    if not who.ids or book.is_wildcard(product):
        return Reading(who, terms)
    forms = list(_registered_forms(book, who, product))
    for maker_id in sorted(who.ids | book.held_by(who.ids)):
        plain = [names.words(text) for text, rule in forms if rule is Rule.SAME]
        barred = frozenset(one for words in plain for one in book.excluded(maker_id, words))
        for text, rule in forms:
            words = names.words(text)
            key = "".join(words)
            named = book.named(maker_id, key)
            if barred.isdisjoint(named):
                _keep(terms, (maker_id, f"={key}"), rule)
            _keep_products(terms, maker_id, set(named) - barred, Rule.TABLE)
            if rule in {Rule.SAME, Rule.BRACKET}:
                _keep_products(terms, maker_id, set(book.in_series(maker_id, words)) - barred, Rule.SERIES)
        for holder in sorted(book.holders_of({maker_id})):
            for text, _ in forms:
                _keep_products(terms, holder, book.named(holder, names.key(text)), Rule.TABLE)
        for inner in names.bracketed(product)[1]:
            _keep_products(terms, maker_id, book.named(maker_id, names.key(inner)), Rule.BRACKET)
    return Reading(who, terms)


def read_advisory(book: NameBook, vendor: str, product: str) -> Reading:
    """Return the terms of what an advisory names; none when it names nothing in particular."""
    who = book.read_maker(vendor)
    terms: dict[tuple[str, str], Rule] = {}
    if not who.ids or book.is_wildcard(product):
        return Reading(who, terms)
    for maker_id in sorted(who.ids | book.held_by(who.ids)):
        whole_known = False
        for text, rule in _advisory_forms(book, who, product):
            key = names.key(text)
            meant = {*book.named(maker_id, key), *book.covered(maker_id, key)}
            if rule is Rule.LISTED and (whole_known or not (meant or book.distinctive(text))):
                continue
            _keep(terms, (maker_id, f"={key}"), rule)
            _keep_products(terms, maker_id, meant, Rule.TABLE)
            whole_known = whole_known or (bool(meant) and rule is Rule.SAME)
            for holder in sorted(book.holders_of({maker_id})):
                _keep_products(terms, holder, book.named(holder, key), Rule.TABLE)
    return Reading(who, terms)


def without_maker(book: NameBook, who: MakerReading, product: str) -> str:
    """Return a product name, folded, without its maker's name in front; a name that is only the maker's is kept."""
    folded = names.fold(product)
    spellings = book.maker_spellings(who.ids) | {who.key}
    words = names.words(product)
    for count in range(len(words) - 1, 0, -1):
        if "".join(words[:count]) in spellings and names.bracketed(rest := _after(folded, words[:count]))[0]:
            return rest
    return folded


def _registered_forms(book: NameBook, who: MakerReading, product: str) -> Iterator[tuple[str, Rule]]:
    whole, bare = names.fold(product), without_maker(book, who, product)
    for text in dict.fromkeys((whole, bare)):
        yield text, Rule.SAME
        outer = names.bracketed(text)[0]
        if outer and outer != text:
            yield outer, Rule.BRACKET
        yield from _shortened(book, outer or text, versions=True)


def _advisory_forms(book: NameBook, who: MakerReading, product: str) -> Iterator[tuple[str, Rule]]:
    yield names.fold(product), Rule.SAME
    bare = without_maker(book, who, product)
    if bare != names.fold(product):
        yield bare, Rule.SAME
    outer, inner = names.bracketed(bare)
    if outer and outer != bare:
        yield outer, Rule.BRACKET
    yield from ((_FORMERLY.sub("", text), Rule.BRACKET) for text in inner)
    yield from _shortened(book, outer or bare, versions=False)
    listed = [part for part in _LIST.split(outer) if part]
    if len(listed) > 1:
        for part in listed:
            one = without_maker(book, who, part)
            yield one, Rule.LISTED
            yield from ((text, Rule.LISTED) for text, _ in _shortened(book, one, versions=False))


def _shortened(book: NameBook, text: str, *, versions: bool) -> Iterator[tuple[str, Rule]]:
    """Yield the name again and again without its last word while that only tells the version or the sort of thing."""
    parts = _KANA_TAIL.sub(" ", text).split()
    while len(parts) > 1:
        last = parts[-1].strip(",")
        if last in book.qualifiers and book.distinctive(" ".join(parts[:-1])):
            rule = Rule.QUALIFIER
        elif versions and _VERSION.fullmatch(last):
            rule = Rule.VERSION
        else:
            return
        parts.pop()
        yield " ".join(parts), rule


def _after(folded: str, head: tuple[str, ...]) -> str:
    """Return the text that follows the given first words."""
    position = 0
    for word in head:
        position = folded.index(word, position) + len(word)
    return folded[position:].lstrip(" -_:・/,")


def _keep_products(terms: dict[tuple[str, str], Rule], maker: str, products: Iterable[str], rule: Rule) -> None:
    for product in products:
        _keep(terms, (maker, f"#{product}"), rule)


def _keep(terms: dict[tuple[str, str], Rule], term: tuple[str, str], rule: Rule) -> None:
    """Keep a term under the first, that is the plainest, rule that gave it."""
    if term[1] not in {"=", "#"}:
        terms.setdefault(term, rule)
