"""What makers and products are called: the name tables, loaded and checked.

The tables are data (`data/makers.yaml`, `data/products.yaml`, `data/generic_words.yaml`); this module looks names up.
A maker that no table knows is still a maker: its own key stands for it, so that equal spellings find each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from sakimori.matching import names
from sakimori.matching.errors import MatchingDataError
from sakimori.text import Text

_K = TypeVar("_K")
_T = TypeVar("_T", "Maker", "Product")
_COUNTRY_HEAD = "日本"
_COUNTRY_TAILS = ("ジャパン", "japan", "日本法人")
_JOINTS = ("/", "、", ",", ";", " and ", "&")


@dataclass(frozen=True, slots=True)
class Maker:
    """One maker: `name` as shown, `keys` all its spellings, `holds` the makers whose products it sells."""

    id: str
    name: Text
    keys: frozenset[str]
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the table; `series` and `excepts` are word patterns where "#" is any number."""

    id: str
    maker: str
    name: str
    keys: frozenset[str]
    covers: frozenset[str]
    series: tuple[tuple[str, ...], ...]
    excepts: tuple[tuple[str, ...], ...]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakerReading:
    """Who a written maker name may mean: `key` its spelling, `ids` makers of the table, "=key" for an unknown one."""

    key: str
    ids: frozenset[str]

    @property
    def known(self) -> bool:
        """True when the table knows the maker."""
        return any(not maker.startswith("=") for maker in self.ids)


class NameBook:
    """The name tables with their look-ups. Build once (`name_book()`); immutable afterwards."""

    def __init__(
        self, makers: Iterable[Maker], products: Iterable[Product], words: Mapping[str, frozenset[str]]
    ) -> None:
        self.makers: Mapping[str, Maker] = MappingProxyType(_by_id(makers))
        self.products: Mapping[str, Product] = MappingProxyType(_by_id(products))
        self.generic = words["words"]
        self.wildcards = words["wildcards"]
        self.qualifiers = words["qualifiers"]
        self._wild_beginnings = words["wildcard_beginnings"]
        self._maker_by_key = _collect((key, maker.id) for maker in self.makers.values() for key in maker.keys)
        self._by_name = _collect(((p.maker, key), p.id) for p in self.products.values() for key in p.keys)
        self._by_cover = _collect(((p.maker, key), p.id) for p in self.products.values() for key in p.covers)
        self._of_maker = _collect((p.maker, p.id) for p in self.products.values())
        self._check()

    def read_maker(self, text: str) -> MakerReading:
        """Return who is meant by a maker's name as written; no ids when nothing is named (empty, "*", 不明).

        Tried in turn: the whole name; outside and inside brackets; without 日本…/…ジャパン; the makers of a joint name.
        """
        key = names.maker_key(text)
        if not key or self.is_wildcard(text):
            return MakerReading(key, frozenset())
        outer, inner = names.bracketed(text)
        attempts: list[list[str]] = [
            [key],
            [names.maker_key(part) for part in (outer, *inner)],
            list(_without_country(key)),
        ]
        attempts.append([names.maker_key(part) for part in _parts(names.fold(text))])
        for keys in attempts:
            found = frozenset(maker for one in keys for maker in self._maker_by_key.get(one, ()))
            if found:
                return MakerReading(key, found)
        plain = {key, names.maker_key(outer)} - {""}
        return MakerReading(key, frozenset(f"={one}" for one in plain))

    def held_by(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the makers whose products the given makers sell under their own name."""
        return frozenset(held for one in ids if one in self.makers for held in self.makers[one].holds)

    def holders_of(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the makers that sell the products of the given makers under their own name."""
        listed = frozenset(ids)
        return frozenset(maker.id for maker in self.makers.values() if not listed.isdisjoint(maker.holds))

    def maker_spellings(self, ids: Iterable[str]) -> frozenset[str]:
        """Return every spelling (key) of the given makers and of those they hold."""
        listed = frozenset(ids)
        spelt = {key for one in listed | self.held_by(listed) if one in self.makers for key in self.makers[one].keys}
        return frozenset(spelt | {one[1:] for one in listed if one.startswith("=")})

    def named(self, maker: str, key: str) -> tuple[str, ...]:
        """Return the products of a maker that go by this name."""
        return self._by_name.get((maker, key), ())

    def covered(self, maker: str, key: str) -> tuple[str, ...]:
        """Return the products of a maker that an advisory with this name means."""
        return self._by_cover.get((maker, key), ())

    def in_series(self, maker: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the products of a maker that sit inside the hardware or edition named by these words."""
        fits = (self.products[one] for one in self._of_maker.get(maker, ()))
        return tuple(p.id for p in fits if any(_begins(words, pattern) for pattern in p.series))

    def excluded(self, maker: str, words: tuple[str, ...]) -> frozenset[str]:
        """Return the products of a maker that these words look like and are not."""
        listed = (self.products[one] for one in self._of_maker.get(maker, ()))
        return frozenset(p.id for p in listed if any(_begins(words, pattern) for pattern in p.excepts))

    def is_wildcard(self, text: str) -> bool:
        """True when a name names nothing in particular ("*", "n/a", "Multiple Products", 複数の製品, no letters)."""
        key = names.key(text)
        if not key or key in self.wildcards or names.words(text)[0] in self._wild_beginnings:
            return True
        return any(not one.isascii() and key.startswith(one) for one in self._wild_beginnings)

    def distinctive(self, text: str) -> frozenset[str]:
        """Return the words of a name that tell it from others: no numbers, no generic words, no single letters."""
        return frozenset(
            word
            for word in names.words(text)
            if word not in self.generic and not word.isdecimal() and (len(word) > 1 or not word.isascii())
        )

    def _check(self) -> None:
        for maker in self.makers.values():
            _known(maker.holds, self.makers, f"makers.yaml: {maker.id}.holds")
        for product in self.products.values():
            _known((product.maker,), self.makers, f"products.yaml: {product.id}.maker")
            _known(product.inside, self.products, f"products.yaml: {product.id}.inside")


@lru_cache(maxsize=1)
def name_book() -> NameBook:
    """Return the shipped name tables (loaded once).

    Raises:
        MatchingDataError: when a table is malformed or names something it does not define.
    """
    makers = [
        Maker(
            id=row["id"],
            name=Text(*row["name"]),
            keys=_maker_keys([*row["name"], *row.get("names", [])]),
            holds=tuple(row.get("holds", ())),
        )
        for row in _table("makers.yaml")
    ]
    products = [_product(row) for row in _table("products.yaml")]
    word_lists = _table("generic_words.yaml")
    words = {
        "words": frozenset(names.fold(word) for word in word_lists["words"]),
        "wildcards": frozenset(names.key(word) for word in word_lists["wildcards"]),
        "qualifiers": frozenset(names.fold(word) for word in word_lists["qualifiers"]),
        "wildcard_beginnings": frozenset(names.fold(word) for word in word_lists["wildcard_beginnings"]),
    }
    return NameBook(makers, products, words)


def _product(row: Mapping[str, Any]) -> Product:
    return Product(
        id=row["id"],
        maker=row["maker"],
        name=row["name"],
        keys=frozenset(names.key(name) for name in (row["name"], *row.get("names", []))),
        covers=frozenset(names.key(name) for name in row.get("covers", [])),
        series=tuple(_pattern(text) for text in row.get("series", [])),
        excepts=tuple(_pattern(text) for text in row.get("except", [])),
        inside=tuple(row.get("inside", ())),
    )


def _table(name: str) -> Any:
    text = resources.files("sakimori.matching").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _maker_keys(spellings: Iterable[str]) -> frozenset[str]:
    return frozenset(names.maker_key(spelling) for spelling in spellings)


def _pattern(text: str) -> tuple[str, ...]:
    """Return the words of a pattern, with "#" kept as a word of its own."""
    return tuple(word for part in text.split("#") for word in (*names.words(part), "#"))[:-1]


def _begins(words: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if len(words) < len(pattern):
        return False
    return all(
        word.isdecimal() if wanted == "#" else word == wanted for word, wanted in zip(words, pattern, strict=False)
    )


def _without_country(key: str) -> Iterable[str]:
    """Yield a subsidiary's key without its country: 日本… or …ジャパン."""
    if key.startswith(_COUNTRY_HEAD):
        yield key.removeprefix(_COUNTRY_HEAD)
    for tail in _COUNTRY_TAILS:
        if key.endswith(tail):
            yield key.removesuffix(tail)


def _parts(folded: str) -> list[str]:
    """Return the names in a joint name ("D-Link and TRENDnet")."""
    parts = [folded]
    for joint in _JOINTS:
        parts = [piece for part in parts for piece in part.split(joint)]
    return parts if len(parts) > 1 else []


def _collect(pairs: Iterable[tuple[_K, str]]) -> dict[_K, tuple[str, ...]]:
    grouped: defaultdict[_K, list[str]] = defaultdict(list)
    for one, value in pairs:
        if value not in grouped[one]:
            grouped[one].append(value)
    return {one: tuple(values) for one, values in grouped.items()}


def _by_id(rows: Iterable[_T]) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for row in rows:
        if row.id in found:
            raise MatchingDataError(
                Text(f"識別子 {row.id} が重複しています", f"the id {row.id} is used twice"), where=row.id
            )
        found[row.id] = row
    return found


def _known(used: Iterable[str], defined: Mapping[str, object], where: str) -> None:
    for one in used:
        if one not in defined:
            raise MatchingDataError(Text(f"未定義の識別子 {one}", f"{one} is not defined"), where=where)
