"""Errors of the law package: each says what, where and how to mend, in Japanese and English."""

from sakimori.errors import SakimoriError
from sakimori.text import Text


class LawError(SakimoriError):
    """The law as data is wrong or was asked something it does not hold; `where` names file and key."""

    code = "law.error"


class LawDataError(LawError):
    """An entry under `sakimori/law/data/` is incomplete or contradicts another one."""

    code = "law.data"

    def __init__(self, where: str, ja: str, en: str, *, mend: Text | None = None) -> None:
        super().__init__(
            Text(ja, en),
            where=where,
            mend=mend or Text("法令データの当該項目を直してください。", "Mend that entry of the law data."),
        )


class UnknownRuleError(LawError):
    """No rule (clock) of that key."""

    code = "law.unknown_rule"


class UnknownParameterError(LawError):
    """No parameter of that key."""

    code = "law.unknown_parameter"


class UnknownKindError(LawError):
    """No act kind of that name (and version)."""

    code = "law.unknown_kind"


class UnknownArticleError(LawError):
    """The reference does not name an article of an instrument we hold."""

    code = "law.unknown_article"


class UnknownRestrictionError(LawError):
    """No restriction (label) of that key."""

    code = "law.unknown_restriction"


class ImpossibleDateError(LawError):
    """A date that does not exist, cannot be read, or lies outside the calendars we hold."""

    code = "law.impossible_date"


class FactError(LawError):
    """A fact given to a rule is unknown to it or unreadable."""

    code = "law.fact"


def nearest(key: str, known: list[str]) -> Text | None:
    """Return a hint naming up to three known keys resembling `key`, or None."""
    from difflib import get_close_matches  # noqa: PLC0415  (only on the way to an error)

    close = get_close_matches(key, known, n=3, cutoff=0.4)
    if not close:
        return None
    names = ", ".join(close)
    return Text(f"近いもの: {names}", f"Did you mean: {names}")
