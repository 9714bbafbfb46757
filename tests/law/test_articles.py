"""What is law on which day, article by article."""

from datetime import date

import pytest

from sakimori import law

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("number", [*range(1, 11), *range(37, 63), *range(71, 79), 82, 83, 84, 86])
def test_in_force_today(number: int) -> None:
    assert law.in_force(f"強化法{number}", TODAY)


@pytest.mark.parametrize("number", [*range(11, 37), *range(63, 71), 79, 80, 81, 85])
def test_not_in_force_before_the_outer_limit(number: int) -> None:
    assert not law.in_force(f"強化法{number}", TODAY)
    assert not law.in_force(f"強化法{number}", date(2027, 11, 21))
    assert law.in_force(f"強化法{number}", date(2027, 11, 22))  # the Act's own limit: in force by then at the latest
    assert law.article(f"強化法{number}").in_force_from is None


@pytest.mark.parametrize(
    ("ref", "last_day_before", "first_day"),
    [
        ("強化法1", "2025-06-30", "2025-07-01"),
        ("強化法2-2", "2025-06-30", "2025-07-01"),
        ("強化法46", "2026-03-31", "2026-04-01"),
        ("強化法61(1)", "2026-03-31", "2026-04-01"),
        ("強化法4", "2026-09-30", "2026-10-01"),
        ("強化法48(iv)", "2026-09-30", "2026-10-01"),
        ("強化法61(2)(vi)", "2026-09-30", "2026-10-01"),
        ("命令4(2)", "2026-09-30", "2026-10-01"),
        ("警職法6-2(4)", "2026-09-30", "2026-10-01"),
        ("推進法52(3)", "2023-11-16", "2023-11-17"),
        ("告示1", "2026-09-30", "2026-10-01"),
    ],
)
def test_first_day(ref: str, last_day_before: str, first_day: str) -> None:
    assert not law.in_force(ref, date.fromisoformat(last_day_before))
    assert law.in_force(ref, date.fromisoformat(first_day))


def test_items_of_the_diet_report_differ() -> None:
    assert [law.in_force(f"強化法61(2)({item})", TODAY) for item in ("i", "v", "vi", "ix")] == [
        False,
        False,
        True,
        True,
    ]


def test_an_instrument_that_ended_is_not_in_force() -> None:
    assert law.in_force("旧BSIG 9b", date(2025, 12, 5))
    assert not law.in_force("旧BSIG 9b", date(2025, 12, 6))


@pytest.mark.parametrize("ref", ["強化法99", "強化法", "nothing", "強化法4(", "命令x", ""])
def test_unknown_articles_are_refused(ref: str) -> None:
    with pytest.raises(law.UnknownArticleError):
        law.article(ref)
    with pytest.raises(law.UnknownArticleError):
        law.in_force(ref, TODAY)


@pytest.mark.parametrize(
    ("ref", "ja", "en"),
    [
        ("命令4(2)", "命令4条2項", "Order Art. 4(2)"),
        ("警職法6-2(4)", "警職法6条の2第4項", "Police Duties Act Art. 6-2(4)"),
        ("強化法61(2)(vi)", "強化法61条2項6号", "Act Art. 61(2)(vi)"),
        ("推進法52(2)(ii)ハ", "推進法52条2項2号ハ", "ESPA Art. 52(2)(ii)(c)"),
        ("強化法附則4", "強化法附則4条", "Act Suppl. Art. 4"),  # its supplement has articles
        ("命令附則2", "命令附則2項", "Order Suppl. para. 2"),  # that of the order has paragraphs
        ("Form8-K 1.05", "Form8-K 1.05", "Form 8-K Item 1.05"),
        ("SG-PDPA 26D", "SG-PDPA 26D", "SG PDPA s. 26D"),
        ("ICTS 791.109", "ICTS 791.109", "15 CFR § 791.109"),
        ("NIS2 23(4)(a)", "NIS2 23(4)(a)", "NIS2 Art. 23(4)(a)"),
        ("house", "当システムの定め", "house rule"),
    ],
)
def test_spoken(book: law.LawBook, ref: str, ja: str, en: str) -> None:
    assert book.spoken(ref) == (ja, en)


def test_what_was_known_when(book: law.LawBook) -> None:
    with pytest.raises(law.LawError):
        book.parameter("kyokaho.incident.full.period", known=date(2026, 1, 1))
    assert book.parameter("kyokaho.incident.full.period", known=TODAY).value == 30
