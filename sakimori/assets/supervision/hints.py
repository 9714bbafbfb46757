"""What to look at in a notification: hints with reasons, found in its rows and beside what came before. Pure.

A hint never decides anything: names are compared by spelling alone (`matching.names`) and by the tables of open data
(`matching.book`); nothing is guessed to be the same. The words lists and the shares below are house rules.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sakimori.law.decisions import designated
from sakimori.law.tables import table
from sakimori.matching import names
from sakimori.matching.book import NameBook, name_book
from sakimori.text import Text

Row = tuple[str, str, str]
"""Clause, product, maker."""
MOST = 200
"""Hints of one code at most; what is beyond is counted in one more."""
_HALF = 2
_SAYS_NOTHING = frozenset(
    names.key(word)
    for word in (
        "不明",
        "なし",
        "未定",
        "無し",
        "該当なし",
        "同上",
        "調査中",
        "unknown",
        "none",
        "n/a",
        "na",
        "tbd",
        "null",
    )
)
_SERVICE_ENDS = tuple(
    names.key(word)
    for word in (
        "サービス", "クラウド", "保守契約", "サポート契約", "ライセンス", "サブスクリプション", "service", "services",
        "subscription", "license", "saas", "support contract",
    )
)  # fmt: skip
_ITSELF = "item_one"

SAID: Mapping[str, Text] = {
    "no_maker": Text("製造者名が空か、意味のない語です（「{maker}」）。", "The maker's name says nothing (“{maker}”)."),
    "no_product": Text(
        "製品名が空か、意味のない語です（「{product}」）。", "The product's name says nothing (“{product}”)."
    ),
    "unknown_clause": Text(
        "条項「{clause}」は施行令・命令の区分にありません。", "No class of the Act's orders is called “{clause}”."
    ),
    "no_clause": Text(
        "電子計算機の区分（条項）が書かれていません。届出の事項です（命令2条5項3号）。",
        "The class of the computer is not said; it is an item to be notified (Order Art. 2(5)(iii)).",
    ),
    "no_item_one": Text(
        "設備そのもの、又はその一部である電子計算機（{clause}）が、この届出にもこれまでの届出にもありません。",
        "No computer that is, or is part of, the facility ({clause}) stands here or in an earlier notification.",
    ),
    "swapped": Text(
        "製品名と製造者名が入れ替わっているようです（「{product}」は製造者の名称です）。",
        "Product and maker seem to be swapped (“{product}” is the name of a maker).",
    ),
    "service_name": Text(
        "製品名が役務や契約の名称のようです（「{product}」）。届け出るのは電子計算機です。",
        "The product's name looks like that of a service or contract (“{product}”); what is notified is a computer.",
    ),
    "exempt_item": Text(
        "指定された汎用の製品（{item}）の名称です。届出は要らないかもしれません。",
        "It bears the name of a designated general item ({item}); it may not need to be notified.",
    ),
    "spelling": Text(
        "同じ綴りとみられる名称が、この届出の中で書き分けられています: {others}",
        "Names that differ only in spelling stand in this notification: {others}",
    ),
    "spelling_before": Text(
        "以前の届出では別の書き方でした: {others}",
        "An earlier notification of this operator wrote it otherwise: {others}",
    ),
    "fell": Text(
        "同じ区分の前の届出（{before}台、製品の{share}%が共通）より台数が少なくなっています。",
        "It names fewer computers than the notification before it of this category ({before}; {share}% of its products"
        " are the same).",
    ),
    "no_facility": Text(
        "区分「{category}」の特定重要設備は、この事業者に登録されていません。",
        "No facility of the category “{category}” is on record for this operator.",
    ),
    "silent_facility": Text(
        "登録されている特定重要設備「{name}」（{category}）については、届出が一件もありません。",
        "Nothing has been notified for the facility on record “{name}” ({category}).",
    ),
    "silent_clause": Text(
        "同じ区分で届け出た{of}事業者のうち{n}事業者が届け出ている条項（{clause}）が、この事業者の届出には一度もありません。",
        "{n} of {of} other operators that notified this category named computers of {clause}; this operator never has.",
    ),
    "looks_same": Text(
        "{arrived}に到達した届出と、電子計算機がすべて同じです。同じ届出であれば、重複として記録してください。",
        "It names exactly the same computers as the filing that arrived on {arrived}; if it is the same one, link it.",
    ),
    "count_differs": Text(
        "書面の台数（{told}）と入力された行数（{rows}）が違います。",
        "The paper says {told} computers; {rows} rows were entered.",
    ),
    "more": Text("同じ種類の指摘が、ほかに{n}件あります。", "There are {n} more findings of this sort."),
}  # fmt: skip
"""What each hint says, with the names in `said`."""
TITLES: Mapping[str, Text] = {
    "no_maker": Text("製造者名がない", "no maker"),
    "no_product": Text("製品名がない", "no product"),
    "unknown_clause": Text("条項が不明", "unknown class"),
    "no_clause": Text("条項がない", "no class"),
    "no_item_one": Text("設備そのものの届出なし", "nothing of the facility itself"),
    "swapped": Text("欄の入れ違い", "swapped"),
    "service_name": Text("役務の名称", "name of a service"),
    "exempt_item": Text("届出不要の品目か", "perhaps exempt"),
    "spelling": Text("表記の揺れ", "spelling varies"),
    "spelling_before": Text("以前と違う表記", "spelt otherwise before"),
    "fell": Text("台数の減少", "fewer than before"),
    "no_facility": Text("設備の登録なし", "facility not on record"),
    "silent_facility": Text("届出のない設備", "facility without a notification"),
    "silent_clause": Text("届出のない条項", "class never notified"),
    "looks_same": Text("前の届出と同じ内容", "same as another filing"),
    "count_differs": Text("台数の相違", "numbers differ"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One hint: what, about which row first (0: the whole), how many rows, and the words its sentence needs."""

    code: str
    maker: str = ""
    product: str = ""
    clause: str = ""
    place: int = 0
    rows: int = 0
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known beside the notification: earlier names and counts, facilities, classes that others notify.

    `categories` are those of the operator's facilities on record here: none at an office whose operator keeps its own
    register. `last` is the count and the products of the last notification of the category; `silent` the facilities
    (name, category) without any; `others` how many other operators of the category there are, and how many name each
    clause; `clauses` those that this operator has ever notified; `told` what a paper says the count is. `classed`: its
    rows must name a class, as all do but those of a prior-review paper in place of the form (命令2条4項).
    """

    names: Sequence[tuple[str, str]] = ()
    last: tuple[int, frozenset[tuple[str, str]]] | None = None
    category: str = ""
    categories: frozenset[str] = frozenset()
    silent: Sequence[tuple[str, str]] = ()
    others: int = 0
    clauses_of_others: Mapping[str, int] = field(default_factory=dict)
    clauses: frozenset[str] = frozenset()
    told: int = 0
    classed: bool = True


def look(rows: Sequence[Row], before: Before, on: date) -> list[Found]:
    """Return the hints about the rows of a notification, at most `MOST` of each code and one that counts the rest."""
    places = _places(rows)
    found = [*_whole(rows, before), *_names(places, on, classed=before.classed), *_spellings(places, before)]
    return list(_cut(found))


def _places(rows: Sequence[Row]) -> dict[Row, tuple[int, int]]:
    """Return each distinct row with the place where it first stands and how often it does."""
    counted = Counter(rows)
    first: dict[Row, int] = {}
    for place, row in enumerate(rows, start=1):
        if any(row):  # what a change says is gone has no names any more
            first.setdefault(row, place)
    return {row: (first[row], counted[row]) for row in first}


def _names(places: Mapping[Row, tuple[int, int]], on: date, *, classed: bool) -> Iterator[Found]:
    book, clauses = name_book(), _clauses()
    for (clause, product, maker), (place, rows) in places.items():
        for code, said in _of_row(book, product, maker, on):
            yield Found(code, maker, product, clause, place, rows, said)
        if not clause and classed:
            yield Found("no_clause", maker, product, clause, place, rows)
        if clause and clause not in clauses:
            yield Found("unknown_clause", maker, product, clause, place, rows, {"clause": clause})


def _of_row(book: NameBook, product: str, maker: str, on: date) -> Iterator[tuple[str, Mapping[str, object]]]:
    if _says_nothing(maker):
        yield "no_maker", {"maker": maker}
    if _says_nothing(product):
        yield "no_product", {"product": product}
        return
    if _swapped(book, product, maker):
        yield "swapped", {"product": product}
    elif names.key(product).endswith(_SERVICE_ENDS):
        yield "service_name", {"product": product}
    item = designated.match(product, maker, on).item
    if item not in (None, "none"):
        yield "exempt_item", {"item": product}


def _says_nothing(text: str) -> bool:
    key = names.key(text)
    return not key or key in _SAYS_NOTHING


def _swapped(book: NameBook, product: str, maker: str) -> bool:
    """A product that is the name of a known maker, beside a maker that nobody knows as one."""
    return book.read_maker(product).known and not book.read_maker(maker).known


def _clauses() -> Mapping[str, str]:
    """Return the clauses that make a computer a specified critical one, with the group that each belongs to."""
    rows = table("kyokaho.scope").rows
    return {str(row.outcome): str(row.values.get("basis_group", "")) for row in rows if row.values.get("in_scope")}


def _spellings(places: Mapping[Row, tuple[int, int]], before: Before) -> Iterator[Found]:
    now: dict[tuple[str, str], tuple[int, int]] = {}
    for (_, product, maker), (place, rows) in places.items():
        first, count = now.get((maker, product), (place, 0))
        now[maker, product] = (min(first, place), count + rows)
    alike: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for maker, product in now:
        alike[_key(maker, product)].append((maker, product))
    for spelt in alike.values():
        if len(spelt) > 1:
            place, rows = min(now[one][0] for one in spelt), sum(now[one][1] for one in spelt)
            maker, product = spelt[0]
            yield Found("spelling", maker, product, "", place, rows, {"others": _listed(spelt)})
    earlier: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for maker, product in before.names:
        earlier[_key(maker, product)].add((maker, product))
    for (maker, product), (place, rows) in now.items():
        others = earlier.get(_key(maker, product), set())
        if others and (maker, product) not in others:
            yield Found("spelling_before", maker, product, "", place, rows, {"others": _listed(sorted(others))})


def _key(maker: str, product: str) -> tuple[str, str]:
    return names.maker_key(maker), names.key(product)


def _listed(spelt: Iterable[tuple[str, str]]) -> str:
    return " / ".join(f"{maker} {product}" for maker, product in list(spelt)[:5])


def _whole(rows: Sequence[Row], before: Before) -> Iterator[Found]:
    if before.category and before.categories and before.category not in before.categories:
        yield Found("no_facility", said={"category": before.category})
    for name, category in before.silent:
        yield Found("silent_facility", said={"name": name, "category": category})
    named = before.clauses | {clause for clause, _, _ in rows}
    own = [clause for clause, group in _clauses().items() if group == _ITSELF]
    classed = any(clause for clause, _, _ in rows)  # a prior-review paper in place of the form names none
    if classed and own and not named.intersection(own):
        yield Found("no_item_one", clause=own[0], said={"clause": own[0]})
    for clause, count in sorted(before.clauses_of_others.items()):
        if rows and count * _HALF > before.others and clause not in named:
            said = {"clause": clause, "n": count, "of": before.others}
            yield Found("silent_clause", clause=clause, said=said)
    if before.told and rows and before.told != len(rows):
        yield Found("count_differs", said={"told": before.told, "rows": len(rows)})
    if before.last is not None and rows:
        count, products = before.last
        mine = {(maker, product) for _, product, maker in rows}
        share = 100 * len(mine & products) // max(1, len(products))
        if len(rows) < count and share * _HALF >= 100:  # noqa: PLR2004 - per cent
            yield Found("fell", said={"before": count, "share": share})


def _cut(found: Iterable[Found]) -> Iterator[Found]:
    many: Counter[str] = Counter()
    for one in found:
        many[one.code] += 1
        if many[one.code] <= MOST:
            yield one
    for code, count in many.items():
        if count > MOST:
            yield Found(code, said={"n": count - MOST, "more": True})
