"""What a derivation says must be true and read well: no foreign rule by the Civil Code, no sum that does not add up."""

from datetime import date

import pytest

from sakimori import law

ON = date(2026, 11, 20)


def _said(rule: str, facts: dict[str, object] | None = None, start: date = ON) -> tuple[list[str], list[str]]:
    lines = law.deadline(rule, start, facts=facts).derivation
    return [line.ja for line in lines], [line.en for line in lines]


@pytest.mark.parametrize("rule", [rule.key for rule in law.rules() if rule.zone != "Asia/Tokyo"])
def test_rules_abroad_are_not_explained_by_japanese_law(rule: str) -> None:
    ja, en = _said(rule)
    assert not any("民法" in line or "休日法" in line for line in ja)
    assert not any("Civil Code" in line for line in en)


def test_open_days_are_counted_aloud() -> None:
    ja, en = _said("sec.8k")
    assert ja[1] == "1日目は11月23日(月)です。数えない休日: 11月21日(土)、11月22日(日)、11月26日(木)感謝祭。"
    assert en[1].startswith("Day one is 2026-11-23 (Mon). Closed days not counted: 2026-11-21 (Saturday)")
    assert _said("sec.8k", start=date(2026, 12, 7))[1][1] == "Day one is 2026-12-08 (Tue); no closed day lies between."


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"extended": 4}, "受理 2026年11月20日(金) + 30日 = 12月19日(土) → 2027年3月19日(金)、推進法52条3項"),
        ({"shortened": 14}, "受理 2026年11月20日(金) + 30日 = 12月19日(土) → 12月3日(木)、推進法52条3項"),
        ({"stopped": "2026-12-01"}, "受理 2026年11月20日(金) + 30日 = 12月19日(土) → 12月1日(火)、推進法52条3項"),
        ({"extended": 1}, "受理 2026年11月20日(金) + 30日 = 12月19日(土)、推進法52条3項"),  # one month is the same day
    ],
)
def test_a_changed_clock_shows_the_day_before_the_change(facts: dict[str, object], line: str) -> None:
    assert _said("espa.standstill", facts)[0][0] == line


@pytest.mark.parametrize(
    ("rule", "ja", "en"),
    [
        (
            "kyokaho.incident.first",
            "速やかに行います。起点は「発生を認知した時」です(命令4条2項)。",
            "Do it promptly (速やかに). The starting point: becoming aware of the event (Order Art. 4(2)).",
        ),
        (
            "espa.prior_filing",
            "導入又は委託の前に、あらかじめ行います(推進法52条1項)。",
            "Do it before the introduction or outsourcing (ESPA Art. 52(1)).",
        ),
        (
            "kyokaho.order.compliance",
            "命じられた期限までに行います。起点は「命令を受けた時」です(強化法6条)。",
            "Do it within the time set in the order. The starting point: receipt of the order (Act Art. 6).",
        ),
        (
            "committee.report",
            "毎年行います。起点は「前回の報告」です(強化法61条1項)。",
            "Do it every year (毎年). The starting point: the last report (Act Art. 61(1)).",
        ),
    ],
)
def test_rules_without_a_number(rule: str, ja: str, en: str) -> None:
    assert (_said(rule)[0][0], _said(rule)[1][0]) == (ja, en)


@pytest.mark.parametrize("rule", [rule.key for rule in law.rules()])
def test_every_sentence_is_a_sentence_in_its_own_language(rule: str) -> None:
    answer = law.deadline(rule, ON)
    for line in (*answer.derivation, *((answer.reason,) if answer.reason else ())):
        assert line.ja.endswith(("。", "項", "号", "条", ")", "め")) or "、" in line.ja
        assert any("ぁ" <= letter <= "ん" or "一" <= letter <= "龠" for letter in line.ja)
        assert "None" not in line.ja + line.en
        assert "  " not in line.en
