"""Registered products as the law makes them known, and the answer whether an advisory touches one."""

from enum import StrEnum
from typing import NamedTuple

from sakimori.text import Text


class RegisteredProduct(NamedTuple):
    """One notified product: our id, the operator's id, maker and product name as notified (命令2条5項4号・5号).

    Nothing else is here because nothing else is notified: version, quantity, address and configuration are not among
    the five items of 命令2条5項. Whether the affected version is installed only the operator can say.
    """

    id: str
    operator: str
    maker: str
    product: str


class Grade(StrEnum):
    """How sure a match is. EXACT and ALIAS may drive a warning; SUGGESTED is for a person to decide."""

    EXACT = "exact"
    ALIAS = "alias"
    SUGGESTED = "suggested"

    @property
    def warns(self) -> bool:
        """True when this grade may drive a warning by itself."""
        return self is not Grade.SUGGESTED


class Match(NamedTuple):
    """One registered product that an advisory touches: `rule` is stable and typed, `reason` is for people."""

    product_id: str
    operator: str
    grade: Grade
    reason: Text
    rule: str


class PairMatch(NamedTuple):
    """The same for a distinct (maker, product) spelling, before it is spread over the machines that carry it."""

    maker: str
    product: str
    grade: Grade
    reason: Text
    rule: str


class Ruling(NamedTuple):
    """What a person decided about a guess: an advisory's name and a registered name are the same product, or are not.

    Compared by spelling key, so one ruling serves every spelling. `by` names the act that decided (told in the reason).
    """

    vendor: str
    advisory_product: str
    maker: str
    product: str
    same: bool
    by: str
