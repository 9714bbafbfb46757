"""What a vendor can be asked about a product: the question, the answers it takes, how an answer is read and said."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sakimori.assets import editions, importing, saying
from sakimori.assets.payloads import LONGEST, StagedFacts
from sakimori.assets.sources.values import day_written
from sakimori.errors import SakimoriError
from sakimori.law.tables import table
from sakimori.pages.dates import typed_date
from sakimori.text import Text

UNKNOWN = "unknown"
FIELDS: Mapping[str, Text] = {
    "product": Text(
        "正式な製品名（クラウドはサービス名）は何ですか。", "What is the full product name (for a cloud: the service)?"
    ),
    "maker": Text(
        "製造者（クラウドは提供者）の正式名称は何ですか。",
        "What is the full name of the maker (for a cloud: its provider)?",
    ),
    "unit": Text("この製品の種別は何ですか。", "Which kind of product is it?"),
    "version": Text("納入した版は何ですか。", "Which version was supplied?"),
    "support_end": Text("サポートはいつ終わりますか。", "When does support end?"),
}
"""Fields of a computer that a vendor can be asked for; every other question is one of the law's facts."""
_NOT_ASKED = frozenset({"designated_item"})
_YES, _NO = ("はい", "有", "yes", "true", "○", "〇"), ("いいえ", "無", "no", "false", "×", "✕")
_DO_NOT_KNOW = ("", "不明", "分からない", "わからない", "unknown", "not known", "?")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name, its words, its kind (text, date, yesno, choice) and the choices by code."""

    name: str
    text: Text
    kind: str
    choices: Mapping[str, Text]


@cache
def questions() -> Mapping[str, Question]:
    """Return every question a vendor can be asked, by name."""
    found = {
        name: Question(name, text, _kind(name), saying.UNIT if name == "unit" else {}) for name, text in FIELDS.items()
    }
    asked = {**{name: spec.question for name, spec in table("kyokaho.notify").facts.items()}, **importing.questions()}
    for name, field in StagedFacts.model_fields.items():
        if name in _NOT_ASKED or name not in asked:
            continue
        yesno = field.annotation == bool | None
        found[name] = Question(name, asked[name], "yesno" if yesno else "choice", {} if yesno else _allowed(name))
    return found


def fields() -> tuple[str, ...]:
    """Return the fields of a computer that a vendor can be asked for here: what the installation keeps."""
    return editions.kept(FIELDS)


def askable() -> tuple[str, ...]:
    """Return the names of the questions a vendor can be asked here."""
    return editions.kept(questions())


def _kind(name: str) -> str:
    return {"unit": "choice", "support_end": "date"}.get(name, "text")


def _allowed(name: str) -> Mapping[str, Text]:
    for key in ("kyokaho.scope", "kyokaho.notify"):
        spec = table(key).facts.get(name)
        if spec is not None and spec.allowed:
            return {str(code): text for code, text in spec.allowed.items()}
    return {}


def read(name: str, typed: object) -> str | bool:
    """Return an answer as it is kept: a text, an ISO day, a code, true or false, or `unknown`.

    Raises `SakimoriError` where the answer is none of those the question takes.
    """
    question = questions()[name]
    if isinstance(typed, bool) and question.kind == "yesno":
        return typed
    plain = unicodedata.normalize("NFKC", str(typed)).strip()
    if plain.casefold() in _DO_NOT_KNOW:
        return UNKNOWN
    return _READERS[question.kind](question, plain, str(typed).strip())


def _day(_: Question, plain: str, __: str) -> str:
    return (day_written(plain) or date.fromisoformat(typed_date(plain))).isoformat()


def _yesno(question: Question, plain: str, _: str) -> bool:
    said = plain.casefold()
    if said not in _YES and said not in _NO:
        raise _refusal(question, plain)
    return said in _YES


def _choice(question: Question, plain: str, _: str) -> str:
    for code, text in question.choices.items():
        if plain.casefold() in (code.casefold(), text.ja.casefold(), text.en.casefold()):
            return code
    raise _refusal(question, plain)


def _text(question: Question, _: str, typed: str) -> str:
    longest = LONGEST.get(question.name, LONGEST["name"])
    if len(typed) > longest or any(unicodedata.category(letter) in ("Cc", "Cf") for letter in typed):
        raise _refusal(question, typed[:40])
    return typed


_READERS: Mapping[str, Callable[[Question, str, str], str | bool]] = {
    "date": _day, "yesno": _yesno, "choice": _choice, "text": _text,
}  # fmt: skip


def _refusal(question: Question, typed: str) -> SakimoriError:
    offered = choices(question)
    ja = "、".join(text.ja for _, text in offered) or "文字（長さの上限あり）"
    en = ", ".join(text.en for _, text in offered) or "a text that is not too long"
    return SakimoriError(
        Text(f"「{typed}」はこの質問の答えとして読めません。", f"“{typed}” is no answer to this question."),
        code="assets.vendor_answer",
        where=question.name,
        mend=Text(f"次のいずれか: {ja}", f"One of: {en}"),
    )


def choices(question: Question) -> list[tuple[str, Text]]:
    """Return the answers a question offers; none where it takes any text or a day."""
    if question.kind == "yesno":
        return [("yes", Text("はい", "Yes")), ("no", Text("いいえ", "No"))]
    return list(question.choices.items())


def say(name: str, value: object) -> Text:
    """Return an answer in words."""
    if value == UNKNOWN:
        return Text("分からない", "not known")
    if isinstance(value, bool):
        return Text("はい", "Yes") if value else Text("いいえ", "No")
    found = questions()[name].choices.get(str(value)) if name in questions() else None
    return found or Text(str(value or ""), str(value or ""))


def label(name: str) -> Text:
    """Return what a question is about, in a few words: a field's name, or the question itself."""
    found = saying.FIELD.get(name)
    return found if found is not None and name in FIELDS else questions()[name].text
