"""What can be wrong with a proof, grouped by who is at fault; every error speaks Japanese and English.

This package is shipped alone, so it has its own errors and knows nothing of the rest of the house.
"""


class ProofError(Exception):
    """Base of everything this package raises: the proof is not good, and `diagnostics()` tells a person why.

    `code` is stable, `ja` and `en` are one sentence each, `where` names the field or file at fault (or is None).
    """

    code = "proof"

    def __init__(self, ja: str, en: str, *, where: str | None = None) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.en}" if self.where else self.en

    def diagnostics(self, language: str | None = None) -> str:
        """Return the sentence for a person: in `ja`, in `en`, or (None) in both, one under the other."""
        place = f"{self.where}: " if self.where else ""
        if language is None:
            return f"{place}{self.ja}\n{place}{self.en}"
        return place + (self.ja if language.startswith("ja") else self.en)


class MalformedError(ProofError):
    """What was given is not of the form it claims: a field missing, unknown, of the wrong type or length."""

    code = "malformed"


class TooLargeError(MalformedError):
    """What was given is larger than anything of its kind may be."""

    code = "too_large"


class MismatchError(ProofError):
    """The form is good, but a hash does not come out as it should: something was changed."""

    code = "mismatch"


class SignatureError(ProofError):
    """A signature by a known key is wrong, or no signature by a known key is there."""

    code = "signature"


class KeyRingError(ProofError):
    """The key ring has no such key, or the key may not be used for this, by this owner, at this time."""

    code = "key"
