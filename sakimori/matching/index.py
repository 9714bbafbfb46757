"""Which registered products an advisory touches.

Work is done over distinct (maker, product) spellings, not over machines: all operators' machines are millions of rows
but far fewer names. Rules:

1. EXACT: maker and product are spelt the same (`names`).
2. ALIAS: they share a term by the name tables, a list, an abbreviation, a version left out (`terms`), or by a ruling.
3. SUGGESTED: only similar (`suggest`); never drives a warning by itself.
4. A name that names nothing ("*", n/a, empty) touches nothing; "Multiple Products" of a maker is at most a suggestion.
5. What is registered beside a product never changes what is said about that product.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sakimori.matching import names, suggest
from sakimori.matching.advisory import Advisory
from sakimori.matching.book import NameBook, name_book
from sakimori.matching.products import Grade, Match, PairMatch, RegisteredProduct, Ruling
from sakimori.matching.reasons import reason
from sakimori.matching.terms import Reading, Rule, read_advisory, read_registered
from sakimori.text import Text

_Pair = tuple[str, str]
_Found = dict[int, tuple[Grade, tuple[str, ...]]]
_NameKey = tuple[str, str, str, str]
_ORDER = {Grade.EXACT: 0, Grade.ALIAS: 1, Grade.SUGGESTED: 2}


class ProductIndex:
    """All registered products, ready to be asked.

    Building is linear in the products; asking, in the spellings concerned.
    """

    def __init__(
        self, products: Iterable[RegisteredProduct], *, rulings: Iterable[Ruling] = (), book: NameBook | None = None
    ) -> None:
        self._book = book or name_book()
        machines: defaultdict[_Pair, list[tuple[str, str]]] = defaultdict(list)
        for product_id, operator, maker, product in products:
            machines[maker, product].append((product_id, operator))
        self._pairs = sorted(machines)
        self._machines = [machines[pair] for pair in self._pairs]
        self._readings = [read_registered(self._book, *pair) for pair in self._pairs]
        self._by_term: dict[tuple[str, str], list[int]] = _invert(self._readings)
        self._near = suggest.Neighbours(self._book, self._pairs, self._readings)
        self._rulings: Mapping[_NameKey, Ruling] = {_ruling_key(ruling): ruling for ruling in rulings}
        self._by_spelling = _spellings(self._pairs) if self._rulings else {}
        self._counts: dict[int, Counter[str]] = {}
        self._told: dict[tuple[str, str, str], dict[str, int]] = {}
        self._found: dict[tuple[str, str, str], _Found] = {}

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the distinct (maker, product) spellings, sorted."""
        return tuple(self._pairs)

    def match(self, advisory: Advisory) -> list[Match]:
        """Return every registered product the advisory touches, surest first, then by product id.

        Each product appears once, with its best grade. Only `grade.warns` may drive a warning without a person.
        """
        matches = [
            Match(product_id, operator, grade, why, rule)
            for number, (grade, rule, why) in self._answers(advisory)
            for product_id, operator in self._machines[number]
        ]
        return sorted(matches, key=lambda one: (_ORDER[one.grade], one.product_id, one.operator))

    def match_pairs(self, advisory: Advisory) -> list[PairMatch]:
        """Return the same per distinct spelling, for callers that keep the machines in a database."""
        pairs = [
            PairMatch(*self._pairs[number], grade, why, rule) for number, (grade, rule, why) in self._answers(advisory)
        ]
        return sorted(pairs, key=lambda one: (_ORDER[one.grade], one.maker, one.product))

    def operators(self, advisory: Advisory) -> dict[str, int]:
        """Return by operator id how many products the advisory touches for certain (EXACT or ALIAS)."""
        asked = self._asked(advisory)
        if asked not in self._told:
            counts: Counter[str] = Counter()
            for number, (grade, _) in self._resolve(advisory).items():
                if grade.warns:
                    counts.update(self._operators_of(number))
            self._told[asked] = dict(sorted(counts.items()))
        return dict(self._told[asked])

    def _operators_of(self, number: int) -> Counter[str]:
        """Return how many machines of each operator carry one spelling; counted once, when first asked."""
        if number not in self._counts:
            self._counts[number] = Counter(operator for _, operator in self._machines[number])
        return self._counts[number]

    def _answers(self, advisory: Advisory) -> Iterator[tuple[int, tuple[Grade, str, Text]]]:
        """Yield (pair number, (grade, rule, reason))."""
        for number, (grade, rules) in self._resolve(advisory).items():
            maker, product = self._pairs[number]
            ruling = self._rulings.get(_name_key(advisory, maker, product)) if rules == ("ruling",) else None
            yield number, (grade, rules[0], reason(rules, advisory, maker, product, by=ruling.by if ruling else ""))

    def _resolve(self, advisory: Advisory) -> _Found:
        """Return the touched pairs; remembered per name, for many advisories name the same product."""
        asked = self._asked(advisory)
        if asked not in self._found:
            self._found[asked] = self._resolve_names(advisory)
        return self._found[asked]

    def _asked(self, advisory: Advisory) -> tuple[str, str, str]:
        """Return what decides the answer: the names, and the text where the names name no product."""
        wild = self._book.is_wildcard(advisory.product)
        return advisory.vendor, advisory.product, f"{advisory.title}\n{advisory.summary}" if wild else ""

    def _resolve_names(self, advisory: Advisory) -> _Found:
        asked = read_advisory(self._book, advisory.vendor, advisory.product)
        found: _Found = {}
        for term, rule in asked.terms.items():
            for number in self._by_term.get(term, ()):
                answer = _grade(asked, self._readings[number], term, rule)
                if answer and (number not in found or _better(answer, found[number])):
                    found[number] = answer
        for number, rule_name in self._near.suggest(advisory, asked):
            found.setdefault(number, (Grade.SUGGESTED, (rule_name,)))
        return self._ruled(advisory, found)

    def _ruled(self, advisory: Advisory, found: _Found) -> _Found:
        """Return what stands after the rulings: "same" lifts a guess, "not the same" takes even a sure match away."""
        decided = dict(found)
        advised = (names.maker_key(advisory.vendor), names.key(advisory.product))
        for (vendor, product, *spelling), ruling in self._rulings.items():
            if (vendor, product) != advised:
                continue
            for number in self._by_spelling.get((spelling[0], spelling[1]), ()):
                if not ruling.same:
                    decided.pop(number, None)
                elif number not in decided or not decided[number][0].warns:
                    decided[number] = (Grade.ALIAS, ("ruling",))
        return decided


def _grade(
    asked: Reading, registered: Reading, term: tuple[str, str], asked_rule: Rule
) -> tuple[Grade, tuple[str, ...]] | None:
    """Return grade and rules for one shared term; None when only held makers meet: siblings are not the same."""
    maker = term[0]
    direct = (maker in asked.maker.ids, maker in registered.maker.ids)
    if not any(direct):
        return None
    product_rules = {asked_rule, registered.terms[term]} - {Rule.SAME}
    rules: list[str] = sorted(rule.value for rule in product_rules)
    if not all(direct):
        rules.append("succession")
    elif asked.maker.key != registered.maker.key:
        rules.append("maker")
    return (Grade.ALIAS, tuple(rules)) if rules else (Grade.EXACT, (Rule.SAME.value,))


def _better(one: tuple[Grade, tuple[str, ...]], other: tuple[Grade, tuple[str, ...]]) -> bool:
    """True for the surer answer; among equals the one that needs fewer rules, then the first in the alphabet."""
    return (_ORDER[one[0]], len(one[1]), one[1]) < (_ORDER[other[0]], len(other[1]), other[1])


def _invert(readings: Iterable[Reading]) -> dict[tuple[str, str], list[int]]:
    by_term: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        for term in reading.terms:
            by_term[term].append(number)
    return dict(by_term)


def _spellings(pairs: Iterable[_Pair]) -> dict[_Pair, list[int]]:
    spelt: defaultdict[_Pair, list[int]] = defaultdict(list)
    for number, (maker, product) in enumerate(pairs):
        spelt[names.maker_key(maker), names.key(product)].append(number)
    return dict(spelt)


def _ruling_key(ruling: Ruling) -> _NameKey:
    advised = (names.maker_key(ruling.vendor), names.key(ruling.advisory_product))
    return (*advised, names.maker_key(ruling.maker), names.key(ruling.product))


def _name_key(advisory: Advisory, maker: str, product: str) -> _NameKey:
    advised = (names.maker_key(advisory.vendor), names.key(advisory.product))
    return (*advised, names.maker_key(maker), names.key(product))
