"""What a product in somebody's own list is officially called: suggestions with reasons, for a person to decide.

Asked is a maker and a product as written (Japanese or English); the answers are names of the book that ships with us
and of dictionaries from open data (`dictionary`), the surest first. Nothing here drives anything: a decision does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from sakimori.matching import names
from sakimori.matching.book import MakerReading, NameBook, Product
from sakimori.matching.dictionary import Official
from sakimori.matching.terms import Rule, read_registered, without_maker
from sakimori.text import Text

MOST = 8  # suggestions shown; a person chooses among few (house rule)
SIMILAR = 70.0  # percent of equal letters (Indel) that makes a name of the same maker worth a look (house rule)
OTHER_MAKER = 100.0  # percent for a name of a maker that is another one: only the very same (house rule)
_SCORES = {"same": 100, "book": 95, "bracket": 90, "version": 90, "qualifier": 88, "series": 85, "inside": 75}
_SHORT = 2  # letters of a word that may belong to a version or model (house rule)
_WHOLE = frozenset({"same", "book"})
_TELLING = 4  # letters of a name that another one must begin with to be worth a look (house rule)
_LIKELY = 85  # from here on a suggestion stands before the question, below after it

_SAID = {
    "same": Text("表記の違いを除いて、製造者名・製品名が一致", "maker and product are the same but for spelling"),
    "book": Text("当システムの別名表で同じ製品", "the same product by our own table of names"),
    "bracket": Text("括弧の中の略称・別名で一致", "the same by the abbreviation or other name in brackets"),
    "version": Text("末尾の版・型番を除くと一致", "the same without the version or model at its end"),
    "qualifier": Text("「シリーズ」等の語を除くと一致", "the same without a word such as “series”"),
    "series": Text(
        "別名表により、この機器・エディションの中の製品", "by our table, the product inside this hardware or edition"
    ),
    "inside": Text("この製品名で始まる、又はこれを含む", "one name has the other inside"),
    "similar": Text("製造者が同じで、製品名が似ている", "same maker, similar product name"),
    "other-maker": Text("製品名は一致するが、製造者名が異なる", "the product name is the same, the maker another"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One official name that may be meant: by which rule, how near (0 to 100), and why."""

    official: Official
    rule: str
    score: int
    reason: Text

    @property
    def likely(self) -> bool:
        """Return whether the rule is one that seldom errs."""
        return self.score >= _LIKELY


def vendor_keys(book: NameBook, maker: str) -> frozenset[str]:
    """Return the spelling keys under which a dictionary may have the maker: its own, and all the book knows of it."""
    who = book.read_maker(maker)
    outer, inner = names.bracketed(maker)
    own = {who.key, *(names.maker_key(one) for one in (outer, *inner))}
    return frozenset(one for one in own | book.maker_spellings(who.ids) if one)


def product_keys(book: NameBook, maker: str, product: str) -> frozenset[str]:
    """Return the spelling keys under which a dictionary may have the product, whoever makes it."""
    who = book.read_maker(maker)
    return frozenset(key for key, _ in _forms(book, who, maker, product)) - {""}


def suggest(book: NameBook, maker: str, product: str, entries: Iterable[Official]) -> list[Suggestion]:
    """Return what may be meant, the surest first, at most `MOST`; `entries` are those found by the keys above.

    Empty where nothing is named (不明, n/a) or nothing is near. A name that the book and a dictionary share is told
    once, with its CPE name.
    """
    if book.is_wildcard(product):
        return []
    who = book.read_maker(maker)
    makers = vendor_keys(book, maker)
    forms = _forms(book, who, maker, product)
    found: dict[tuple[str, str], Suggestion] = {}
    for suggestion in _of_book(book, maker, product):
        _keep(found, book, suggestion)
    for official in entries:
        if book.is_wildcard(official.product):
            continue  # “Multiple Products” of a catalogue names nothing
        rule, score = _near(book, official, makers, forms)
        if rule:
            _keep(found, book, Suggestion(official, rule, score, _SAID[rule]))
    ordered = sorted(found.values(), key=lambda one: (-one.score, len(one.official.product), one.official.product))
    return ordered[:MOST]


def _of_book(book: NameBook, maker: str, product: str) -> Iterable[Suggestion]:
    """Yield the products of the book that the name means by the rules of matching."""
    for one, rule in _meant(book, maker, product):
        official = Official(book.makers[one.maker].name.en, one.name)
        yield Suggestion(official, rule, _SCORES[rule], _SAID[rule])


def _meant(book: NameBook, maker: str, product: str) -> Iterable[tuple[Product, str]]:
    for (_, what), rule in read_registered(book, maker, product).terms.items():
        if what.startswith("#"):
            said = rule.value if rule not in (Rule.SAME, Rule.TABLE) and rule.value in _SCORES else "book"
            yield book.products[what[1:]], said


def _forms(book: NameBook, who: MakerReading, maker: str, product: str) -> tuple[tuple[str, str], ...]:
    """Return the keys of a product's name with the rule that each rests on, the plainest first."""
    bare = without_maker(book, who, product)
    found = {names.key(product): "same", names.key(bare): "same"}
    outer, inner = names.bracketed(bare)
    for one in (outer, *inner):
        found.setdefault(names.key(one), "bracket")
    for (_, what), rule in read_registered(book, maker, product).terms.items():
        if what.startswith("="):
            found.setdefault(what[1:], rule.value if rule.value in _SCORES else "same")
    for said, how in _meant(book, maker, product):
        for key in said.keys:
            found.setdefault(key, how)
    for text in (bare, outer):
        for key, how in _heads(book, names.words(text)):
            found.setdefault(key, how)
    found.pop("", None)
    return tuple(found.items())


def _heads(book: NameBook, parts: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """Yield the beginnings of a name that still tell something: without its version, then without more of it."""
    for count in range(len(parts) - 1, 0, -1):
        head, rest = parts[:count], parts[count:]
        if book.distinctive(" ".join(head)):
            numbered = all(one.isdecimal() or len(one) <= _SHORT for one in rest)
            yield "".join(head), "version" if numbered else "inside"


def _near(
    book: NameBook, official: Official, makers: frozenset[str], forms: tuple[tuple[str, str], ...]
) -> tuple[str, int]:
    """Return the rule by which an official name is near, and how near; empty where it is not."""
    vendor, product = official.keys
    rules = dict(forms)
    same_maker = vendor in makers or any(names.maker_key(one) in makers for one in _readings(book, official))
    if not same_maker:
        return ("other-maker", 60) if rules.get(product) == "same" and book.distinctive(official.product) else ("", 0)
    whole = forms[0][0] if forms else ""
    ratio = fuzz.ratio(whole, product)
    outer, inner = names.bracketed(official.product)
    short = product.removeprefix(vendor) or product
    for key, own in ((product, ""), (short, ""), *((names.key(one), "bracket") for one in (outer, *inner))):
        if key in rules:
            rule = rules[key] if rules[key] != "same" or not own else own
            return rule, _SCORES[rule] - (0 if rule in _WHOLE else round((100 - ratio) / 20))
    if any(_holds(short, key) or _holds(key, short) for key in rules):
        return "inside", int(_SCORES["inside"] * (0.8 + ratio / 500))
    if ratio >= SIMILAR:
        return "similar", int(ratio * 0.8)
    return "", 0


def _holds(whole: str, part: str) -> bool:
    """Return whether one key begins with the other, which is long enough to tell something."""
    return len(part) >= _TELLING and whole.startswith(part)


def _readings(book: NameBook, official: Official) -> Iterable[str]:
    """Yield the names the book has for an official maker (a dictionary may call it otherwise)."""
    for one in book.read_maker(official.vendor).ids:
        if one in book.makers:
            yield book.makers[one].name.en


def _keep(found: dict[tuple[str, str], Suggestion], book: NameBook, made: Suggestion) -> None:
    """Keep the surest suggestion of each name, as people write it, with the CPE name where one of them knows it."""
    who = book.read_maker(made.official.vendor)
    key = names.key(without_maker(book, who, made.official.product))
    known = sorted(one for maker in who.ids for one in book.named(maker, key))
    place = (",".join(sorted(who.ids)), ",".join(known) or key)
    before = found.get(place)
    if before is None:
        found[place] = made
        return
    better, other = (made, before) if made.score > before.score else (before, made)
    shown = next((one.official for one in (better, other) if not one.official.vendor.islower()), better.official)
    cpe = better.official.cpe or other.official.cpe
    found[place] = replace(better, official=replace(shown, cpe=cpe))
