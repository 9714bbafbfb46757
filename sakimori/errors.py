"""What every error meant for people looks like: what is wrong, where, how to mend it, in both languages."""

from sakimori.text import Text


class SakimoriError(Exception):
    """Base of all errors that reach a person.

    `code` is stable and typed (used by the API and tests), `what` says what is wrong, `where` names the place
    (a field, a line, a file), `mend` says how to mend it, `article` names the rule that stands behind a refusal.
    """

    code = "error"

    def __init__(
        self,
        what: Text,
        *,
        code: str | None = None,
        where: str | None = None,
        mend: Text | None = None,
        article: str | None = None,
    ) -> None:
        super().__init__(what.en)
        self.code = code or type(self).code
        self.what = what
        self.where = where
        self.mend = mend
        self.article = article

    def __str__(self) -> str:
        return " / ".join(part for part in (self.where, self.what.ja, self.what.en) if part)

    def explain(self, language: str) -> str:
        """Return the whole message in one language: place, what, article, mend."""
        parts = [f"{self.where}: " if self.where else "", self.what.pick(language)]
        if self.article:
            parts.append(f" ({self.article})")
        if self.mend:
            parts.append(f" {self.mend.pick(language)}")
        return "".join(parts)

    def as_dict(self) -> dict[str, object]:
        """Return the error as plain data for the API: code, where, article, what and mend in both languages."""
        return {
            "code": self.code,
            "where": self.where,
            "article": self.article,
            "what": {"ja": self.what.ja, "en": self.what.en},
            "mend": {"ja": self.mend.ja, "en": self.mend.en} if self.mend else None,
        }
