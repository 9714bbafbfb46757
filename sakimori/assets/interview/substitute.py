"""命令2条4項: may a prior-review paper stand in for 様式第一? Only where its names are the same, letter by letter.

Pure: names in, answer out. Where names fail to be the same by little, every place that differs is shown with what kind
of difference it is; nothing is ever made equal by us.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any
from unicodedata import normalize

from sakimori.law.decisions import notices
from sakimori.text import Text

_DASHES = frozenset("-‐‑‒–—―−ー－ｰ─")
_LEGAL_FORM = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|㈱|㈲|[(（][株有][)）]"
    r"|,?\s*\b(?:co\.?,?\s*ltd|inc|corp(?:oration)?|ltd|llc|k\.?k|gmbh|ag|s\.?a)\b\.?",
    re.IGNORECASE,
)
_NEAR = 0.75  # from this likeness on a name counts as nearly the same (house rule: it only chooses what is shown)
KINDS: Mapping[str, Text] = {
    "width": Text("全角と半角の違い", "full width against half width"),
    "space": Text("空白の有無又は種類の違い", "a space more, less or of another kind"),
    "dash": Text("横棒の種類の違い（長音、ハイフン、マイナスなど）", "another kind of dash, hyphen or long-vowel mark"),
    "case": Text("大文字と小文字の違い", "capital against small letters"),
    "legal_form": Text("法人の種類の書き方の違い（株式会社、㈱ など）", "the company's legal form, such as Co., Ltd."),
    "other": Text("文字の違い", "other letters"),
}


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One name of a paper that stands: which paper it is (plan, emergency), the names as written, its row's id."""

    paper: str
    name: str
    supplier: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of two names: the letters on each side; `kind` is empty where they are the same."""

    left: str
    right: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Substitute:
    """The answer for one computer and the name of a paper that comes nearest to it.

    `decision` is that of `kyokaho.notify.substitute`; `name` and `supplier` are both names side by side (paper left,
    computer right); `item` is None where no paper is recorded.
    """

    decision: Mapping[str, Any]
    item: PaperItem | None
    name: tuple[Piece, ...]
    supplier: tuple[Piece, ...]

    @property
    def possible(self) -> bool:
        """Return whether the paper may stand in."""
        return bool(self.decision["outcome"] == "substitute")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return in what ways the names differ, each once."""
        return tuple(dict.fromkeys(piece.kind for piece in (*self.name, *self.supplier) if piece.kind))


def substitute_for(
    product: str, maker: str, papers: Iterable[PaperItem], on: date, *, part_of_facility: bool | None
) -> Substitute | None:
    """Return the answer by the paper whose names are nearest; None where papers are there but none is near.

    `part_of_facility`: the computer is the 特定重要設備 or a part of it (構成設備), None where not known. Without any
    paper the answer is `own_form`.
    """
    items = list(papers)
    if not items:
        facts = notices.SubstituteFacts(espa_paper="none")
        return Substitute(notices.substitute(facts, on).as_dict(), None, (), ())
    best = max(items, key=lambda item: _likeness(item, product, maker))
    if (best.name, best.supplier) != (product, maker) and _alike(best.name, product) < _NEAR:
        return None
    decision = notices.substitute(
        notices.SubstituteFacts(
            is_facility_or_component=part_of_facility,
            espa_paper=best.paper,
            espa_item_name=best.name,
            product_name=product,
            espa_supplier_name=best.supplier,
            maker_name=maker,
        ),
        on,
    )
    return Substitute(decision.as_dict(), best, pieces(best.name, product), pieces(best.supplier, maker))


def _likeness(item: PaperItem, product: str, maker: str) -> tuple[bool, float, float]:
    same = (item.name, item.supplier) == (product, maker)
    return same, _alike(item.name, product), _alike(item.supplier, maker)


def _alike(left: str, right: str) -> float:
    return SequenceMatcher(None, _bare(left), _bare(right), autojunk=False).ratio()


def _bare(name: str) -> str:
    """Return a name without what people write differently for the same thing: only to find what to compare with."""
    plain = _LEGAL_FORM.sub("", normalize("NFKC", name)).casefold()
    return "".join("-" if letter in _DASHES else letter for letter in plain if not letter.isspace())


def pieces(left: str, right: str) -> tuple[Piece, ...]:
    """Return two names cut into stretches that are the same and stretches that differ, each with its kind."""
    if left == right:
        return (Piece(left, right),) if left else ()
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        one, other = left[a:b], right[c:d]
        found.append(Piece(one, other, "" if tag == "equal" else _kind(one, other)))
    return _joined_legal_form(left, right, found)


def _kind(left: str, right: str) -> str:
    if not left.strip() and not right.strip():
        return "space"
    if left and right and all(letter in _DASHES for letter in left + right):
        return "dash"
    if normalize("NFKC", left) == normalize("NFKC", right):
        return "width"
    if left.casefold() == right.casefold():
        return "case"
    if "".join(left.split()) == "".join(right.split()):
        return "space"
    return "other"


def _joined_legal_form(left: str, right: str, found: Sequence[Piece]) -> tuple[Piece, ...]:
    """Where the names are the same but for the legal form, show that as the one difference."""
    bare = [" ".join(_LEGAL_FORM.sub("", name).split()) for name in (left, right)]
    if bare[0] != bare[1] or not bare[0]:
        return tuple(found)
    core = bare[0]
    if core not in left or core not in right:
        return tuple(Piece(one.left, one.right, one.kind and "legal_form") for one in found)
    before, after = ((left.partition(core)[at], right.partition(core)[at]) for at in (0, 2))
    shown = [(before, Piece(core, core)), (after, None)]
    result: list[Piece] = []
    for (one, other), same in shown:
        if one or other:
            result.append(Piece(one, other, "" if one == other else _form_kind(one, other)))
        if same is not None:
            result.append(same)
    return tuple(result)


def _form_kind(left: str, right: str) -> str:
    kind = _kind(left, right)
    return kind if kind in ("space", "width", "case") else "legal_form"
