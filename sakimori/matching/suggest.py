"""What might be meant: similar names, for a person to look at. Nothing here may drive a warning.

Blocked by distinctive words (a fixed list of generic words, never frequencies of what happens to be registered), so
that a product registered elsewhere cannot change a suggestion. House rules: the thresholds below.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from sakimori.matching import names
from sakimori.matching.advisory import Advisory
from sakimori.matching.book import NameBook
from sakimori.matching.terms import Reading, without_maker

SAME_MAKER_SPELLING = 82.0  # percent of equal letters (Indel) between the keys of two names of one maker
SAME_MAKER_WORDS = 60.0  # percent of equal letters, words sorted, when a distinctive word is shared as well
OTHER_MAKER_WORDS = 90.0  # the same between different makers, where only a near copy is worth a look
MAKER_SPELLING = 80.0  # percent of equal letters that makes an unknown maker's name a likely slip of the pen


class Neighbours:
    """The registered spellings arranged for suggestions."""

    def __init__(self, book: NameBook, pairs: Sequence[tuple[str, str]], readings: Sequence[Reading]) -> None:
        self._book = book
        self._readings = readings
        self._names = [
            without_maker(book, reading.maker, pair[1]) for pair, reading in zip(pairs, readings, strict=True)
        ]
        self._keys = [names.key(name) for name in self._names]
        self._sorted = [_sorted_words(name) for name in self._names]
        self._distinctive = [book.distinctive(name) for name in self._names]
        self._wild = [book.is_wildcard(product) for _, product in pairs]
        self._by_maker: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for number, reading in enumerate(readings):
            if self._wild[number]:
                continue
            for maker in reading.maker.ids | book.held_by(reading.maker.ids):
                self._by_maker[maker].append(number)
            for word in self._distinctive[number]:
                self._by_word[word].append(number)

    def suggest(self, advisory: Advisory, asked: Reading) -> Iterator[tuple[int, str]]:
        """Yield (pair number, rule) of spellings that might be meant; one may come more than once, best rule first."""
        if not asked.maker.ids:
            return
        family = self._family(asked)
        if self._book.is_wildcard(advisory.product):
            yield from self._of_wildcard(advisory, family)
            return
        name = without_maker(self._book, asked.maker, advisory.product)
        yield from ((number, "inside") for number in self._containing(asked, family))
        yield from ((number, "similar") for number in self._similar(name, family))
        yield from ((number, "other-maker") for number in self._other_maker(name, asked, frozenset(family)))

    def _family(self, asked: Reading) -> list[int]:
        """Return the spellings whose maker is, holds or is held by the advisory's."""
        ids = asked.maker.ids
        near = [number for maker in sorted(ids) for number in self._by_maker.get(maker, ())]
        for maker in sorted(self._book.held_by(ids)):
            near += [number for number in self._by_maker.get(maker, ()) if maker in self._readings[number].maker.ids]
        return sorted(set(near))

    def _of_wildcard(self, advisory: Advisory, family: list[int]) -> Iterator[tuple[int, str]]:
        """Yield the maker's spellings: those the text names, and the rest as possible."""
        told = names.words(f"{advisory.title} {advisory.summary}")
        for number in family:
            named = any(_contains(told, names.words(name)) for name in self._told_names(number))
            yield number, "wildcard-named" if named else "wildcard"

    def _told_names(self, number: int) -> list[str]:
        products = [what[1:] for _, what in self._readings[number].terms if what.startswith("#")]
        told = [self._names[number], *(self._book.products[one].name for one in products)]
        return [name for name in told if self._book.distinctive(name)]

    def _containing(self, asked: Reading, family: list[int]) -> Iterator[int]:
        """Yield spellings of products that have the advisory's product inside, whoever makes them."""
        meant = {what[1:] for _, what in asked.terms if what.startswith("#")}
        around = {f"#{outer}" for one in meant for outer in self._book.products[one].inside}
        makers = {self._book.products[term[1:]].maker for term in around}
        candidates = {number for maker in makers for number in self._by_maker.get(maker, ())} | (
            set(family) if around else set()
        )
        for number in sorted(candidates):
            if any(what in around for _, what in self._readings[number].terms):
                yield number

    def _similar(self, name: str, family: list[int]) -> Iterator[int]:
        key, words = names.key(name), _sorted_words(name)
        distinctive = self._book.distinctive(name)
        keys = [self._keys[number] for number in family]
        close = process.extract(
            key, keys, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=SAME_MAKER_SPELLING
        )
        yield from sorted(family[position] for _, _, position in close)
        for number in family:
            if (
                not distinctive.isdisjoint(self._distinctive[number])
                and fuzz.ratio(words, self._sorted[number]) >= SAME_MAKER_WORDS
            ):
                yield number

    def _other_maker(self, name: str, asked: Reading, family: frozenset[int]) -> Iterator[int]:
        key, words = names.key(name), _sorted_words(name)
        candidates = {
            number for word in self._book.distinctive(name) for number in self._by_word.get(word, ())
        } - family
        for number in sorted(candidates):
            other = self._readings[number].maker
            if not other.ids:
                likely = self._keys[number] == key
            elif other.known and asked.maker.known:
                likely = self._keys[number] == key or fuzz.ratio(words, self._sorted[number]) >= OTHER_MAKER_WORDS
            else:
                slip = fuzz.ratio(other.key, asked.maker.key) >= MAKER_SPELLING
                likely = fuzz.ratio(words, self._sorted[number]) >= (SAME_MAKER_WORDS if slip else OTHER_MAKER_WORDS)
            if likely:
                yield number


def _sorted_words(name: str) -> str:
    return " ".join(sorted(names.words(name)))


def _contains(text: Sequence[str], wanted: Sequence[str]) -> bool:
    """True when the words stand in the text one after the other."""
    size = len(wanted)
    return size > 0 and any(tuple(text[at : at + size]) == tuple(wanted) for at in range(len(text) - size + 1))
