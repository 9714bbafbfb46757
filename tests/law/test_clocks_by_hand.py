"""Forty more days, worked out from the articles with pencil and calendar before the program was asked.

The calendar used (weekday of each first of the month): 2026-11 Sun, 12 Tue; 2027-01 Fri, 02 Mon, 03 Mon, 04 Thu,
05 Sat, 06 Tue, 07 Thu, 08 Sun, 09 Wed, 10 Fri, 11 Mon, 12 Wed; 2028-01 Sat, 02 Tue (leap), 03 Wed.
Japan closed: Saturdays, Sundays, 12-29 to 01-03, 2026-11-23, 2027-01-11, 02-11, 02-23, 03-21 (Sunday) and 03-22, 04-29,
05-03, 05-04, 05-05, 07-19, 08-11, 09-20, 09-23, 10-11, 11-03, 11-23.
"""

import pytest

from sakimori import law

# rule, from, facts, due, the day whose law applies (None: the day asked about itself)
CASES = [
    # 命令2(1) 「導入した日から四月以内」: 12-02 is the first day counted; the eve of 2027-04-02 is Thursday 04-01.
    ("kyokaho.notice.new", "2026-12-01", {}, "2027-04-01"),
    # 起算日 2027-01-01 is the first of a month: ends with April; 04-30 is a Friday, the day after 昭和の日.
    ("kyokaho.notice.new", "2026-12-31", {}, "2027-04-30"),
    # 起算日 01-04, eve of 05-04 is 05-03 憲法記念日; 05-04 and 05-05 are closed too: Thursday 05-06.
    ("kyokaho.notice.new", "2027-01-03", {}, "2027-05-06"),
    # 附則4 「施行の日から六月以内」 from 0:00 of 2026-10-01, whenever it was introduced: eve of 04-01, a Wednesday.
    ("kyokaho.notice.existing", "2024-04-01", {}, "2027-03-31"),
    # 命令附則2: the two months begin at 0:00 of 10-01 and end with 11-30, so 11-30 is the last day inside ...
    ("kyokaho.notice.early_window", "2026-11-30", {}, "2027-03-31"),
    # ... and 12-01 is outside: 命令2(1), as the first case above.
    ("kyokaho.notice.early_window", "2026-12-01", {}, "2027-04-01"),
    # 命令2(2): designated 12-25 (not counted), two months end on 02-25: inside. Six months: eve of 06-26, Friday 06-25.
    ("kyokaho.notice.designated", "2026-12-25", {"introduced": "2027-02-25"}, "2027-06-25"),
    # A day later: four months from introduction, eve of 06-27 is Saturday 06-26: Monday 06-28.
    ("kyokaho.notice.designated", "2026-12-25", {"introduced": "2027-02-26"}, "2027-06-28"),
    # 命令2(3): the amendment is law from 0:00 of 04-01: two months end on 05-31; six months on 09-30, a Thursday.
    ("kyokaho.notice.facility_order", "2027-04-01", {"introduced": "2027-05-31"}, "2027-09-30"),
    # 06-01 is outside: four months from introduction, eve of 10-02 is Friday 10-01.
    ("kyokaho.notice.facility_order", "2027-04-01", {"introduced": "2027-06-01"}, "2027-10-01"),
    # 命令3(1): 起算日 10-01: ends with January 2028; the 31st is a Monday.
    ("kyokaho.notice.change", "2027-09-30", {}, "2028-01-31"),
    # 命令4(2) 「認知した日から三十日以内」: day 30 after 12-04 is 2027-01-03, closed: Monday 01-04.
    ("kyokaho.incident.full", "2026-12-04", {}, "2027-01-04"),
    # day 30 after 04-03 is 05-03: the whole of 05-03 to 05-05 is closed.
    ("kyokaho.incident.full", "2027-04-03", {}, "2027-05-06"),
    # leap year: 29 days lead from 01-31 to 02-29, so day 30 is Wednesday 03-01.
    ("kyokaho.incident.full", "2028-01-31", {}, "2028-03-01"),
    # 推進法52(3) 「受理した日から起算して三十日」: 11-20 is day 1, 12-19 (Saturday) day 30. Waiting does not roll.
    ("espa.standstill", "2026-11-20", {}, "2026-12-19"),
    # leap year: 02-01 is day 1, 02-29 day 29, 03-01 day 30.
    ("espa.standstill", "2028-02-01", {}, "2028-03-01"),
    # 52(4) 「四月」 from the same day 1: the eve of 2027-03-20.
    ("espa.extension", "2026-11-20", {}, "2027-03-19"),
    # day 1 is 10-31; February has no 31st: its last day (民法143(2) proviso), a Sunday, and it stays there.
    ("espa.extension", "2026-10-31", {}, "2027-02-28"),
    # 52(7) 「十日」 起算: 12-01 is day 1, Thursday 12-10 day 10.
    ("espa.recommendation.reply", "2026-12-01", {}, "2026-12-10"),
    # day 10 is 2027-01-03: an answer to the minister, so it rolls to 01-04.
    ("espa.recommendation.reply", "2026-12-25", {}, "2027-01-04"),
    # 50(3) 「二週間前」: two weeks before Friday 2027-01-15 is 01-01; the last open day before it is Monday 12-28.
    ("espa.name_change", "2027-01-15", {}, "2026-12-28"),
    # an ordinary one: two weeks before Friday 12-18 is Friday 12-04.
    ("espa.name_change", "2026-12-18", {}, "2026-12-04"),
    # APPI 規則8(2), the day of knowing is day 1 (guideline): day 30 is Sunday 12-20: Monday.
    ("appi.full", "2026-11-21", {}, "2026-12-21"),
    # 60 days: 28 in November, 31 in December, so day 60 is 2027-01-01: closed until 01-03.
    ("appi.full.wrongful", "2026-11-03", {}, "2027-01-04"),
    # 電通則57 「発生した日から三十日以内」: 02-21 is a Sunday; Monday 02-22 is open (天皇誕生日 is the 23rd).
    ("telecom.serious_accident", "2027-01-22", {}, "2027-02-22"),
    # 放送則124: day 30 after 08-12 is Saturday 09-11: Monday 09-13.
    ("broadcast.written", "2027-08-12", {}, "2027-09-13"),
    # 電気報則3(2) 「知つた時から二十四時間」: hours do not stop for the year-end closing.
    ("electricity.first", "2026-12-30T22:15", {}, "2026-12-31T22:15:00+09:00"),
    # 「知つた日から起算して三十日」: 04-05 is day 1, 05-04 day 30, closed until 05-05.
    ("electricity.detail", "2027-04-05", {}, "2027-05-06"),
    # ガス報則4(1), over the end of February
    ("gas.first", "2027-02-28T23:30", {}, "2027-03-01T23:30:00+09:00"),
    # 鉄道報則5(1) 「発生の日から二週間」: 12-29 is closed until 01-03.
    ("railway.written", "2026-12-15", {}, "2027-01-04"),
    # 鉄道報則5(4) the 20th of the next month: 2027-02-20 is a Saturday.
    ("railway.monthly", "2027-01-05", {}, "2027-02-22"),
    # NIS2 23(4)(a): 24 elapsed hours over the night of 2027-03-28, when clocks in Brussels go forward.
    ("nis2.early_warning", "2027-03-27T20:00", {}, "2027-03-28T21:00:00+02:00"),
    # 23(4)(b): a moment given with its own offset keeps it; Saturday and a Japanese holiday do not matter.
    ("nis2.notification", "2026-11-20T09:00+09:00", {}, "2026-11-23T09:00:00+09:00"),
    # 23(4)(d) one month: the day of the same number, or February's last.
    ("nis2.final", "2028-01-30", {}, "2028-02-29"),
    # GDPR 33(1), over New Year
    ("gdpr.authority", "2026-12-31T10:00", {}, "2027-01-03T10:00:00+01:00"),
    # Form 8-K: 23, 24, 25, then Thanksgiving (Thursday 11-26) is closed: the fourth is Friday 11-27.
    ("sec.8k", "2026-11-20", {}, "2026-11-27"),
    # Juneteenth 2027 is a Saturday, kept on Friday 06-18: 16, 17, 21, 22.
    ("sec.8k", "2027-06-15", {}, "2027-06-22"),
    # New Year's Day 2028 is a Saturday, kept on Friday 2027-12-31: 29, 30, 01-03, 01-04.
    ("sec.8k", "2027-12-28", {}, "2028-01-04"),
    # Singapore: two hours over midnight; fourteen days after 12-20.
    ("singapore.first", "2026-11-20T23:00", {}, "2026-11-21T01:00:00+08:00"),
    ("singapore.supplement", "2026-12-20", {}, "2027-01-03"),
    # 強化法17(3) six months, first day not counted; with midnight=yes from 0:00 of the day itself.
    ("measures.transit.period", "2028-01-01", {}, "2028-07-01"),
    ("measures.transit.period", "2027-12-01", {"midnight": "yes"}, "2028-05-31"),
    # 32(2) three months: 起算日 12-01, ends with February of a leap year.
    ("measures.inbound.period", "2027-11-30", {}, "2028-02-29"),
    # 33(2): 起算日 03-01, ends with May.
    ("measures.outbound.period", "2028-02-29", {}, "2028-05-31"),
    # 25(1) 「翌年度の初日から起算して二年」: ended on the last day of a fiscal year, counted from the next morning ...
    ("custody.retention.max", "2028-03-31", {}, "2030-03-31"),
    # ... and one day later a whole year more.
    ("custody.retention.max", "2028-04-01", {}, "2031-03-31"),
    # 25(2) two years on from the last day of the first period
    ("custody.extension.max", "2030-03-31", {}, "2032-03-31"),
    # 51(1) a term of five years begins at 0:00 of the day of appointment (民法140 proviso).
    ("committee.term", "2026-04-01", {}, "2031-03-31"),
    # 総務省令7(2) one month after the fiscal year's last day: Friday 04-30.
    ("espa.messaging.yearly", "2027-03-31", {}, "2027-04-30"),
    # 金融府令9(2): not older than three months on 05-31: February has no 31st.
    ("espa.attachment.oldest", "2027-05-31", {}, "2027-02-28"),
    # PDPA 26D: three calendar days.
    ("singapore.pdpa", "2027-02-26", {}, "2027-03-01"),
]


@pytest.mark.parametrize(("rule", "start", "facts", "due"), CASES)
def test_worked_by_hand(rule: str, start: str, facts: dict[str, object], due: str) -> None:
    answer = law.deadline(rule, law.parse_when(start), facts=facts)
    assert answer.due is not None
    assert answer.due.isoformat() == due


def test_grace_by_the_law_of_the_day() -> None:
    """推進法53 「指定を受けた日から六月間」 as it stood in June 2026; after 2026-09-18 nobody here has read it."""
    before = law.deadline("espa.grace", law.parse_when("2026-06-01"))
    assert str(before.due) == "2026-12-01"
    after = law.deadline("espa.grace", law.parse_when("2026-09-18"))
    assert (after.due, after.confidence) == (None, "unknown")
