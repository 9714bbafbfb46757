"""Every article that empowers or obliges somebody has an act kind; every duty a kind starts can be fulfilled by one."""

import pytest

from sakimori import law

# Definitions and references, which nobody performs: 21 and 34 (acts concerned), 36 (applies others), 43 (a way of
# providing), 65 (text unknown). 35 is performed by the selection under 22's kinds, in the room of the selection.
NOT_PERFORMED = {21, 34, 35, 36, 43, 65}
ACT = [n for n in [*range(4, 21), *range(22, 46), 55, *range(61, 69)] if n not in NOT_PERFORMED]


def _bases() -> set[str]:
    book = law.book()
    out = set()
    for kind in law.kinds():
        for ref in kind.basis:
            instrument, number, _ = book.parse(ref)
            out.add(f"{instrument.name}{number}")
    return out


@pytest.mark.parametrize("number", [n for n in ACT if n not in (8, 17, 18, 22, 32, 33, 37, 40, 41)])
def test_every_article_of_the_act_has_a_kind(number: int) -> None:
    assert f"強化法{number}" in _bases()


@pytest.mark.parametrize("number", [50, 51, 52, 54, 55, 56, 57, 58])
def test_every_article_of_the_review_chapter_has_a_kind(number: int) -> None:
    assert f"推進法{number}" in _bases()


@pytest.mark.parametrize("instrument", ["行動計画", "統一基準", "警職法6-2", "自衛隊法81-3", "深刻度評価基準"])
def test_plans_standards_and_police_measures_have_kinds(instrument: str) -> None:
    assert instrument in _bases()


def test_committee_articles_without_a_read_text_say_so() -> None:
    for kind in law.kinds():
        unread = [ref for ref in kind.basis if law.article(ref).text_unknown]
        assert not unread or kind.text_unknown, kind.name


def test_what_a_kind_starts_some_kind_settles() -> None:
    """A clock that somebody must stop by acting has an act that stops it; periods and waiting times just end."""
    settled = {rule for kind in law.kinds() for rule in kind.settles}
    for kind in law.kinds():
        for start in kind.starts:
            rule = law.rule(start.rule)
            if rule.form in ("deadline", "calendar") or (rule.form == "prompt" and rule.word != "beforehand"):
                assert start.rule in settled, f"{kind.name} starts {start.rule}, which no kind settles"


def test_release_acts_stand_on_an_article_of_the_label() -> None:
    for kind in law.kinds():
        for label in kind.releases:
            basis = {_head(ref) for ref in kind.basis}
            assert basis & {_head(ref) for ref in law.restriction(label).released_by}, f"{kind.name}: {label}"


def _head(ref: str) -> tuple[str, str]:
    instrument, number, _ = law.book().parse(ref)
    return instrument.name, number
