"""Comparing an e-Gov law XML with what the law book cites: what vanished, what changed, what is new.

- vanished: an article, paragraph or item we cite is not in the text any more
- changed: its caption differs from our title, a number we hold (三十日, 四月) is not in the cited place, or the text
  differs from that recorded when last read (`data/egov/<law id>.yaml`, made with `sakimori law diff --record`)
- new: an article of the main provisions that the law book neither lists nor cites; in a law of which only some articles
  concern us, only one inserted beside those (57の3 beside 57)

Schema: the law XML of e-Gov (Law / LawBody / MainProvision / Article Num="2_2" / Paragraph / Item / Subitem1,
SupplProvision). Articles repealed together stand under one number (38:84) and are no new article.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from xml.etree import ElementTree as ET

import yaml

from sakimori.law import articles
from sakimori.law.counting import MONTHS_A_YEAR
from sakimori.law.errors import LawError
from sakimori.law.lawbook import LawBook
from sakimori.law.model import Instrument
from sakimori.law.references import citations
from sakimori.text import Text

_SKIP = frozenset({"ArticleTitle", "ArticleCaption", "ParagraphNum", "ItemTitle", "ParagraphCaption", "Rt"})
_KANA = "イロハニホヘト"
_DEEPEST = 100  # the schema has about twenty levels
_DIGITS = "〇一二三四五六七八九"
_UNITS = {"days": "日", "months": "月", "years": "年", "weeks": "週間", "hours": "時間", "percent": "パーセント"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: kind is vanished | changed | new; `ref` the article; `where` the places that cite it."""

    kind: str
    ref: str
    where: tuple[str, ...]
    what: Text


@dataclass(frozen=True, slots=True)
class LawText:
    """One law as e-Gov publishes it."""

    title: str
    number: str
    main: dict[str, ET.Element]
    supplement: dict[str, ET.Element]


def read_xml(content: bytes, where: str) -> LawText:
    """Return the law in an e-Gov XML. Raises LawError when it is not one (document types and entities are refused)."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unreadable(
            where, Text("DOCTYPEや実体宣言は受け付けません。", "Document types and entities are refused.")
        )
    try:
        root = ET.fromstring(content)  # noqa: S314  (no document type, hence no entities)
    except ET.ParseError as error:
        raise _unreadable(where, Text(f"XMLとして読めません: {error}", f"Not readable as XML: {error}")) from error
    law = root if root.tag == "Law" else root.find(".//Law")
    body = law.find("LawBody") if law is not None else None
    main = body.find("MainProvision") if body is not None else None
    if law is None or body is None or main is None:
        raise _unreadable(
            where, Text("e-Gov法令XML(Law/LawBody/MainProvision)ではありません。", "Not an e-Gov law XML.")
        )
    if _too_deep(main):
        raise _unreadable(where, Text("要素の入れ子が深すぎます。", "Its elements are nested too deep."))
    supplement: dict[str, ET.Element] = {}
    for part in body.findall("SupplProvision"):
        if part.get("AmendLawNum") is None:
            for child in (*part.findall("Article"), *part.findall("Paragraph")):
                supplement.setdefault(child.get("Num", ""), child)
    return LawText(
        title=(body.findtext("LawTitle") or "").strip(),
        number=(law.findtext("LawNum") or "").strip(),
        main={article.get("Num", "").replace("_", "-"): article for article in main.iter("Article")},
        supplement=supplement,
    )


def _too_deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _unreadable(where: str, what: Text) -> LawError:
    mend = Text("e-Gov法令検索から法令XMLを取り直してください。", "Download the law XML again from e-Gov.")
    return LawError(what, code="law.egov", where=where, mend=mend)


def instrument_of(book: LawBook, law: LawText, where: str) -> Instrument:
    """Return the instrument this XML is the text of, by 法令番号 or title. Raises LawError when we hold none."""
    for instrument in book.instruments.values():
        if instrument.law_num is not None and _plain(instrument.law_num) == _plain(law.number):
            return instrument
    for instrument in book.instruments.values():
        if instrument.law_id is not None and instrument.title.ja.partition("(")[0] == law.title:
            return instrument
    raise _unreadable(
        where, Text(f"「{law.title}」は法令データにありません。", f"The law book holds no '{law.title}'.")
    )


def compare(book: LawBook, instrument: Instrument, law: LawText, on: date | None = None) -> list[Difference]:
    """Return the differences between the law book and the text, vanished first, then changed, then new.

    `on`: the day whose text this is; e-Gov leaves out what is not in force, so such articles are not missed.
    """
    cited: dict[str, tuple[list[str], str, tuple[str, ...]]] = {}
    for place, ref in citations(book):
        owner, number, subs = book.parse(ref)
        if owner.name == instrument.name and number:
            cited.setdefault(_key(number, subs), ([], number, subs))[0].append(place)
    for number in instrument.titles:
        head, _, tail = number.partition("(")
        cited.setdefault(number, ([], head, tuple(part.rstrip(")") for part in tail.split("(")) if tail else ()))
    out: list[Difference] = []
    for key, (places, number, subs) in cited.items():
        if number not in instrument.text_unknown:
            found = _check(book, instrument, law, (key, number, subs), tuple(sorted(set(places))))
            out.extend(item for item in found if item.kind != "vanished" or not _later(book, instrument, key, on))
    known = {number for _, number, _ in cited.values()} | {entry.number for entry in instrument.commencements}
    recorded = set(_recorded(book, instrument))
    known |= recorded
    for number, element in law.main.items():
        if number in known or ":" in number:
            continue
        if recorded or instrument.watched or _beside(number, known):
            caption = (element.findtext("ArticleCaption") or element.findtext("ArticleTitle") or "").strip()
            out.append(Difference("new", number, (), Text(f"新しい条: {caption}", f"New article: {caption}")))
    order = {"vanished": 0, "changed": 1, "new": 2}
    return sorted(out, key=lambda difference: (order[difference.kind], difference.ref))


def _beside(number: str, known: set[str]) -> bool:
    """Tell whether an article was inserted behind one of ours: 57-3 behind 57 or 57-2, but not 57 before 57-2."""
    parent, _, branch = number.rpartition("-")
    if not parent:
        return False
    branches = [int(tail) for head, _, tail in (other.rpartition("-") for other in known) if head == parent]
    return int(branch) > max(branches) if branches else parent in known


def _later(book: LawBook, instrument: Instrument, key: str, on: date | None) -> bool:
    """Tell whether that article is not law on the day of the text."""
    return on is not None and not book.in_force(instrument.name + key, on)


def _key(number: str, subs: tuple[str, ...]) -> str:
    return number + "".join(f"({sub})" for sub in subs)


def _check(
    book: LawBook, instrument: Instrument, law: LawText, ref: tuple[str, str, tuple[str, ...]], places: tuple[str, ...]
) -> list[Difference]:
    key, number, subs = ref
    element = _find(law, number, subs)
    if element is None:
        return [Difference("vanished", key, places, Text("この条項は見当たりません。", "This provision is not there."))]
    out = []
    title = instrument.titles.get(number) if not subs else None
    caption = (element.findtext("ArticleCaption") or "").strip().strip("（）()")
    if title is not None and caption and not _plain(title.ja).startswith(_plain(caption)):
        said = Text(
            f"見出しが「{caption}」に変わっています(記録: {title.ja})。",
            f"The caption is now '{caption}' (ours: {title.ja}).",
        )
        out.append(Difference("changed", key, places, said))
    text = _text(element)
    for place in places:
        missing = _missing_number(book, place, text)
        if missing is not None:
            said = Text(f"{place} の「{missing}」が本文にありません。", f"'{missing}' of {place} is not in the text.")
            out.append(Difference("changed", key, (place,), said))
    recorded = _recorded(book, instrument).get(number) if not subs else None
    if recorded is not None and recorded != digest(element):
        said = Text("前に読んだ本文と異なります。", "The text differs from the one last read.")
        out.append(Difference("changed", key, places, said))
    return out


def _find(law: LawText, number: str, subs: tuple[str, ...]) -> ET.Element | None:
    pool = law.supplement if number.startswith("附則") else law.main
    element = pool.get(number.removeprefix("附則"))
    for sub in subs:
        if element is None:
            return None
        value = articles.roman(sub)
        if sub in _KANA:
            element = element.find(f"Subitem1[@Num='{_KANA.index(sub) + 1}']")
        elif sub.isdigit():
            element = element.find(f"Paragraph[@Num='{sub}']")
        else:
            first = element.find("Paragraph") if element.tag == "Article" else element
            element = first.find(f"Item[@Num='{value}']") if first is not None else None
    return element


def _text(element: ET.Element) -> str:
    if element.tag in _SKIP or (element.tag.startswith("Subitem") and element.tag.endswith("Title")):
        return ""
    parts = [element.text or ""]
    for child in element:
        parts.extend((_text(child), child.tail or ""))
    return "".join("".join(parts).split())


def digest(element: ET.Element) -> str:
    """Return the SHA-256 (hex) of an article's text without numbering, captions and white space."""
    return hashlib.sha256(_text(element).encode()).hexdigest()


def record(instrument: Instrument, law: LawText) -> str:
    """Return the YAML to keep as `data/egov/<law id>.yaml`: the digest of every article as read now."""
    entries = {number: digest(element) for number, element in law.main.items()}
    return yaml.safe_dump({"law": instrument.name, "articles": entries}, allow_unicode=True, sort_keys=False)


def _recorded(book: LawBook, instrument: Instrument) -> dict[str, str]:
    content = book.files.get(f"egov/{instrument.law_id}.yaml")
    loaded = yaml.safe_load(content) if content else {}
    entries = loaded.get("articles", {}) if isinstance(loaded, dict) else {}
    return {str(number): str(value) for number, value in entries.items()}


def _missing_number(book: LawBook, place: str, text: str) -> str | None:
    """Return the number a parameter holds as the text would write it, when the text does not; None when it does."""
    folder, _, key = place.partition(": ")
    history = book.parameters.get(key) if folder == "parameters" else None
    if history is None or history.unit not in _UNITS:
        return None
    current = history.values[-1]
    if current.unknown or not isinstance(current.value, int):
        return None
    wanted = kanji(current.value) + _UNITS[history.unit]
    plain = unicodedata.normalize("NFKC", text)
    forms = {wanted, f"{current.value}{_UNITS[history.unit]}"}
    years, months = divmod(current.value, MONTHS_A_YEAR)
    if history.unit == "months" and years:  # 三十月 is written 二年六月
        forms.add(f"{kanji(years)}年{f'{kanji(months)}月' if months else ''}")
    if history.unit == "percent":  # 百分の二十五, 四分の一
        share = Fraction(current.value, 100)
        forms |= {f"百分の{kanji(current.value)}", f"{kanji(share.denominator)}分の{kanji(share.numerator)}"}
    return None if any(form in text or form in plain for form in forms) else wanted


def kanji(number: int) -> str:
    """Return a number below ten thousand as statutes write it: 30 -> 三十, 168 -> 百六十八."""
    out = ""
    for place, sign in ((1000, "千"), (100, "百"), (10, "十")):
        digit, number = divmod(number, place)
        if digit:
            out += ("" if digit == 1 else _DIGITS[digit]) + sign
    return out + (_DIGITS[number] if number else "") or _DIGITS[0]


def _plain(value: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value))
