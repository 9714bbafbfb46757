"""Every article that empowers or obliges somebody has an act kind; every duty a kind starts can be fulfilled by one."""

import pytest

from sakimori import law

# Definitions and references, which nobody performs: 21 and 34 (acts concerned), 36 (applies others), 65 (text unknown).
NOT_PERFORMED = {21, 34, 36, 65}
ACT = [n for n in [*range(4, 21), *range(22, 46), 55, *range(61, 69)] if n not in NOT_PERFORMED]


def _bases() -> set[str]:
    book = law.book()
    out = set()
    for kind in law.kinds():
        for ref in kind.basis:
            instrument, number, _ = book.parse(ref)
            out.add(f"{instrument.name}{number}")
    return out


@pytest.mark.parametrize("number", ACT)
def test_every_article_of_the_act_has_a_kind(number: int) -> None:
    assert f"強化法{number}" in _bases()


@pytest.mark.parametrize("number", [50, 51, 52, 54, 55, 56, 57, 58])
def test_every_article_of_the_review_chapter_has_a_kind(number: int) -> None:
    assert f"推進法{number}" in _bases()


@pytest.mark.parametrize(
    "ref",
    [
        *(
            "強化法4(1)",
            "強化法4(2)",
            "強化法4(3)",
            "強化法4(4)",
            "強化法8(1)",
            "強化法11(1)",
            "強化法11(2)",
            "強化法17(1)",
        ),
        *(
            "強化法22(2)",
            "強化法24(1)",
            "強化法24(2)",
            "強化法24(3)",
            "強化法25(1)",
            "強化法25(2)",
            "強化法25(3)",
            "強化法25(4)",
        ),
        *(
            "強化法38(1)",
            "強化法38(2)",
            "強化法38(4)",
            "強化法40(1)",
            "強化法40(2)",
            "強化法42(1)",
            "強化法42(2)",
            "強化法42(3)",
        ),
        *(
            "強化法42(4)",
            "強化法42(5)",
            "強化法45(2)",
            "強化法45(3)",
            "強化法45(5)",
            "強化法45(6)",
            "強化法45(8)",
            "強化法55(3)",
        ),
        *(
            "推進法50(1)",
            "推進法50(3)",
            "推進法52(1)",
            "推進法52(3)",
            "推進法52(4)",
            "推進法52(5)",
            "推進法52(6)",
            "推進法52(7)",
        ),
        *(
            "推進法52(8)",
            "推進法52(10)",
            "推進法52(11)",
            "推進法54(1)",
            "推進法54(3)",
            "推進法54(4)",
            "推進法55(1)",
            "推進法55(3)",
        ),
        *("警職法6-2(2)", "警職法6-2(3)", "警職法6-2(4)", "警職法6-2(8)", "警職法6-2(9)", "警職法6-2(10)"),
        *("電通則57", "放送則124", "電気報則3(2)", "ガス報則4(1)", "鉄道報則5(1)", "鉄道報則5(4)", "金融監督指針"),
    ],
)
def test_every_duty_and_power_has_a_kind(ref: str) -> None:
    """Paragraph by paragraph: what somebody must or may do stands as a kind's basis."""
    assert any(ref in kind.basis for kind in law.kinds())


def test_nobody_needs_a_second_person_by_law() -> None:
    """No text read demands one; the committee decides by majority (55), which is no second person."""
    assert not [kind.name for kind in law.kinds() if kind.second_person == "law"]


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
