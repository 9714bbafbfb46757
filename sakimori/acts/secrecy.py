"""Secrets that do not belong here: 重要経済安保情報 and 特定秘密 must not be entered (they have channels of their own).

Nobody can recognise a secret by a program. But a document that is one bears its marking, so a text with such a word is
not stored before a person has stated that it is a mere mention; the statement stands in the act.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sakimori import law
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import BatchItem
from sakimori.text import Text

ARTICLES = "特定秘密保護法3, 重要経済安保情報保護活用法3"
LONGEST = 500
"""Characters of a statement at most."""
_stated: ContextVar[str] = ContextVar("sakimori_mention", default="")


class SecrecyError(RefusedError):
    """A text bears the marking of a secret that must not be entered; `where` is the marking."""

    code = "act.secrecy"


def markings() -> tuple[str, ...]:
    """Return the words that are asked about (house rule)."""
    value = law.parameter("house.secrecy.markings").value
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def found(text: str) -> str:
    """Return the first marking in a text, blanks within it overlooked; empty where there is none.

    >>> found("取扱注意"), found("特 定 秘 密（１／３）")
    ('', '特定秘密')
    """
    plain = "".join(text.split())
    return next((one for one in markings() if one in plain), "")


@contextmanager
def stating(mention: str) -> Iterator[None]:
    """Let the acts within bear the statement of a person that a marking is a mere mention."""
    token = _stated.set(mention.strip()[:LONGEST])
    try:
        yield
    finally:
        _stated.reset(token)


def stated(payload: Mapping[str, Any]) -> str:
    """Return the statement that an act bears: only where its payload holds a marking."""
    return _stated.get() if _stated.get() and in_payload(payload) else ""


def in_payload(payload: Mapping[str, Any]) -> str:
    """Return the first marking in the texts of a payload; empty where there is none."""
    return next(filter(None, map(found, _texts(payload))), "")


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for one in data.values():
            yield from _texts(one)
    elif isinstance(data, (list, tuple)):
        for one in data:
            yield from _texts(one)


def require(payload: Mapping[str, Any], batch: Any) -> None:
    """Refuse (`SecrecyError`) a payload or staged rows with a marking, unless a person stated it is a mention."""
    if _stated.get():
        return
    marking = in_payload(payload) or (_in_rows(batch.id) if batch is not None else "")
    if marking:
        raise refusal(marking)


def _in_rows(batch: Any) -> str:
    wanted = [(one, one.encode()) for one in markings()]
    rows = BatchItem.objects.filter(batch=batch).values_list("content", flat=True).iterator(2000)
    return next((name for row in rows for name, code in wanted if code in bytes(row)), "")


def refusal(marking: str) -> SecrecyError:
    """Return the refusal of a text that bears a marking."""
    return SecrecyError(
        Text(
            f"「{marking}」の表示があります。重要経済安保情報と特定秘密は、このシステムに入力できません。",
            f"It bears the marking “{marking}”. Secrets of that kind must not be entered into this system.",
        ),
        where=marking,
        article=ARTICLES,
        mend=Text(
            "秘密そのものであれば入力をやめ、定められた経路を使ってください。単なる言及であれば、その旨を述べてください。",
            "If it is such a secret, stop and use its own channel. If it is a mere mention, state so.",
        ),
    )
