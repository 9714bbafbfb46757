"""Every clock against dates reasoned from its text. The comment beside a case is the argument; nothing is computed.

Days used again and again: 2026-11-20 is a Friday. 2026-11-23 勤労感謝の日. 2026-12-29 to 2027-01-03 and 2027-12-29 to
2028-01-03 the agencies are closed (行政機関休日法1(1)(iii)). 2027-03-21 春分の日 is a Sunday, so 03-22 is closed too.
2028 is a leap year.
"""

from datetime import date, datetime

import pytest

from sakimori import law

# 「知った/認知した/発生した日から三十日以内」 without 起算: 民法140, the first day is not counted; a filing to a
# national agency, so it rolls (行政機関休日法2).
THIRTY_AFTER = [
    ("2026-11-16", "2026-12-16"),  # ordinary: 11-17 is day 1, 11-30 day 14, 12-16 day 30, a Wednesday
    ("2026-11-20", "2026-12-21"),  # day 30 is 12-20, a Sunday -> Monday 12-21 (the example of design §5)
    ("2026-10-31", "2026-11-30"),  # month-end start: 11-01 is day 1, 11-30 day 30, a Monday
    ("2027-01-30", "2027-03-01"),  # 01-31 is day 1, 02-28 day 29, so 03-01 (Mon) day 30
    ("2028-01-30", "2028-02-29"),  # leap year: 01-31 is day 1, 02-29 (Tue) day 30
    ("2026-10-24", "2026-11-24"),  # day 30 is 11-23 勤労感謝の日 (Mon) -> Tuesday
    ("2026-11-29", "2027-01-04"),  # day 30 is 12-29, first day of the year-end closing -> Monday 01-04
    ("2027-02-19", "2027-03-23"),  # day 30 is 03-21 (Sunday, 春分の日), 03-22 is its substitute -> Tuesday
]
# 「知った/発生した日から起算して三十日以内」: the day itself is day 1.
THIRTY_COUNTED = [
    ("2026-11-16", "2026-12-15"),  # 11-16 is day 1, 11-30 day 15, 12-15 (Tue) day 30
    ("2026-11-20", "2026-12-21"),  # day 30 is 12-19, a Saturday -> Monday 12-21
    ("2026-10-31", "2026-11-30"),  # day 30 is 11-29, a Sunday -> Monday
    ("2027-01-31", "2027-03-01"),  # 01-31 day 1, 02-28 day 29, 03-01 (Mon) day 30
    ("2028-01-31", "2028-02-29"),  # leap: 01-31 day 1, 02-29 day 30
    ("2026-10-25", "2026-11-24"),  # day 30 is 11-23 勤労感謝の日 -> Tuesday
    ("2026-11-30", "2027-01-04"),  # day 30 is 12-29 -> 01-04
]
# 「導入/変更の日から四月以内」: 民法140, 143; rolls.
FOUR_MONTHS = [
    ("2026-11-16", "2027-03-16"),  # 起算日 11-17, corresponding day 03-17, its eve 03-16 (Tue)
    ("2026-11-20", "2027-03-23"),  # eve of 03-21 is 03-20 (Sat), then Sunday 春分の日 and its substitute -> Tuesday
    ("2026-10-30", "2027-03-01"),  # 起算日 10-31, no 02-31: last day of February (143(2) proviso), a Sunday -> Monday
    ("2026-10-31", "2027-03-01"),  # 起算日 11-01, the first of a month: ends with February, Sunday 02-28 -> Monday
    ("2027-10-30", "2028-02-29"),  # proviso in a leap year: 02-29 (Tue)
    ("2027-10-28", "2028-02-28"),  # 起算日 10-29, 02-29 exists: its eve 02-28 (Mon), no proviso
    ("2027-02-28", "2027-06-30"),  # 起算日 03-01: eve of 07-01 is 06-30 (Wed), not 06-28
    ("2027-08-29", "2028-01-04"),  # 起算日 08-30: eve of 12-30 is 12-29, closed until 01-03 -> Tuesday 01-04
    ("2026-12-23", "2027-04-23"),  # 起算日 12-24, eve of 04-24: 04-23 (Fri)
]
# 「指定を受けた日から六月」 first day not counted.
SIX_AFTER = [
    ("2026-12-01", "2027-06-01"),  # 起算日 12-02, eve of 06-02 (Tue)
    ("2026-08-30", "2027-03-01"),  # 起算日 08-31, no 02-31: proviso, Sunday 02-28 -> Monday (where it rolls)
    ("2027-08-31", "2028-02-29"),  # 起算日 09-01: ends with February, 02-29 in a leap year (Tue)
    ("2026-11-23", "2027-05-24"),  # eve of 05-24 is 05-23, a Sunday -> Monday
    ("2027-06-29", "2028-01-04"),  # 起算日 06-30, eve of 12-30 is 12-29 -> after the year-end closing
]
# six months whose first day counts, because the amendment is in force from 0:00 (民法140 proviso)
SIX_MIDNIGHT = [
    ("2027-04-01", "2027-09-30"),  # 起算日 04-01: eve of 10-01 (Thu)
    ("2027-08-31", "2028-02-29"),  # no 02-31: proviso, leap year (Tue)
    ("2026-12-02", "2027-06-01"),  # eve of 06-02 (Tue)
    ("2027-06-30", "2028-01-04"),  # eve of 12-30 is 12-29, closed -> 01-04
    ("2026-11-24", "2027-05-24"),  # eve of 05-24 is 05-23, a Sunday -> Monday
]
# 「承認の期間は三月/六月」, no text on counting read: 民法140; a period of permission does not roll.
SIX_PERIOD = [
    ("2026-11-20", "2027-05-20"),  # 起算日 11-21, eve of 05-21
    ("2026-08-30", "2027-02-28"),  # proviso: no 02-31; Sunday, and it stays
    ("2027-08-31", "2028-02-29"),  # 起算日 09-01: ends with February of a leap year
    ("2027-06-30", "2027-12-31"),  # 起算日 07-01: ends with December; closed days do not matter
]
THREE_PERIOD = [
    ("2026-11-20", "2027-02-20"),  # 起算日 11-21, eve of 02-21; a Saturday, and it stays
    ("2026-11-29", "2027-02-28"),  # 起算日 11-30: no 02-30, proviso
    ("2027-11-29", "2028-02-29"),  # proviso in a leap year
    ("2026-11-30", "2027-02-28"),  # 起算日 12-01: ends with February
    ("2026-09-30", "2026-12-31"),  # 起算日 10-01: ends with December
]
CASES = {
    "kyokaho.incident.full": THIRTY_AFTER,
    "telecom.serious_accident": THIRTY_AFTER,
    "telecom.leak": THIRTY_AFTER,
    "telecom.suspension": THIRTY_AFTER,
    "telecom.near_miss": THIRTY_AFTER,
    "broadcast.written": THIRTY_AFTER,
    "appi.full": THIRTY_COUNTED,  # the guideline takes the day of knowing as day 1
    "electricity.detail": THIRTY_COUNTED,
    "gas.detail": THIRTY_COUNTED,
    "appi.full.wrongful": [
        ("2026-11-16", "2027-01-14"),  # day 15 is 11-30, day 46 is 12-31, so day 60 is 01-14 (Thu)
        ("2026-11-20", "2027-01-18"),  # day 11 is 11-30, day 42 is 12-31, day 60 is 01-18 (Mon)
        ("2026-11-02", "2027-01-04"),  # day 29 is 11-30, day 60 is 12-31, closed -> 01-04
        ("2028-01-01", "2028-02-29"),  # day 31 is 01-31, day 60 is 02-29 in a leap year
        ("2027-01-01", "2027-03-01"),  # day 59 is 02-28, day 60 is 03-01 (Mon)
        ("2026-11-30", "2027-01-28"),  # month-end: day 1 is 11-30, day 32 is 12-31, day 60 is 01-28 (Thu)
        ("2026-11-13", "2027-01-12"),  # day 18 is 11-30, day 49 is 12-31, day 60 is 01-11 成人の日 (Mon) -> Tuesday
    ],
    "kyokaho.notice.new": FOUR_MONTHS,
    "kyokaho.notice.change": FOUR_MONTHS,
    "kyokaho.notice.designated": SIX_AFTER,
    "kyokaho.notice.facility_order": SIX_MIDNIGHT,
    "kyokaho.notice.change.facility_order": SIX_MIDNIGHT,
    "kyokaho.notice.existing": [
        (
            "2026-10-01",
            "2027-03-31",
        ),  # enforcement starts at 0:00, so 10-01 counts: eve of 04-01 (Government answer 81)
        ("2019-04-01", "2027-03-31"),  # introduced years before: the period still runs from enforcement
        ("2026-11-15", "2027-03-31"),  # introduced after enforcement: 附則2 of the order, from enforcement as well
        ("2026-12-01", "2027-04-01"),  # after the two-month window: four months from introduction (Thu)
    ],
    "kyokaho.notice.early_window": [
        ("2026-10-01", "2027-03-31"),  # within two months of enforcement: six months from enforcement, 10-01 counted
        ("2026-11-30", "2027-03-31"),  # last day of the window: two months from 10-01 (counted) end on 11-30
        ("2026-12-01", "2027-04-01"),  # one day late: 命令2(1), four months from introduction
        ("2026-09-30", "2027-03-31"),  # before enforcement: 附則4 of the Act, six months from enforcement
    ],
    "kyokaho.incident.exclusion.designation": SIX_PERIOD,
    "kyokaho.incident.exclusion.facility_order": [
        ("2027-04-01", "2027-09-30"),  # in force from 0:00: the day counts
        ("2027-08-31", "2028-02-29"),  # proviso, leap year
        ("2027-07-01", "2027-12-31"),  # not a filing: stays on a closed day
    ],
    # 「受理した日から起算して三十日を経過する日まで」: a waiting period, which no holiday moves
    "espa.standstill": [
        ("2026-11-20", "2026-12-19"),  # 11-20 is day 1, day 30 is 12-19 (Sat); free on 12-20 (fact sheet 1.9)
        ("2026-10-31", "2026-11-29"),  # day 30 is 11-29, a Sunday, and it stays
        ("2028-01-31", "2028-02-29"),  # leap year
        ("2027-01-31", "2027-03-01"),  # ordinary February
        ("2026-12-02", "2026-12-31"),  # day 30 is 12-31, in the year-end closing
    ],
    "espa.recommendation.window": [("2026-11-20", "2026-12-19"), ("2028-01-31", "2028-02-29")],  # the same thirty days
    # 「受理した日から起算して四月を超えない範囲」
    "espa.extension": [
        ("2026-11-20", "2027-03-19"),  # 11-20 counts: eve of 03-20 (fact sheet 1.9)
        ("2026-10-31", "2027-02-28"),  # no 02-31: proviso; Sunday, and it stays
        ("2027-10-31", "2028-02-29"),  # proviso in a leap year
        ("2026-11-01", "2027-02-28"),  # from the first of a month: ends with February
        ("2026-09-01", "2026-12-31"),  # ends with December, in the closing
    ],
    # 「勧告を受けた日から起算して十日以内に通知」: a filing, so it rolls
    "espa.recommendation.reply": [
        ("2026-12-01", "2026-12-10"),  # day 10 is 12-10, a Thursday (fact sheet 1.9)
        ("2026-11-20", "2026-11-30"),  # day 10 is 11-29, a Sunday -> Monday
        ("2026-11-14", "2026-11-24"),  # day 10 is 11-23 勤労感謝の日 -> Tuesday
        ("2026-12-22", "2027-01-04"),  # day 10 is 12-31 -> after the closing
        ("2028-02-20", "2028-02-29"),  # leap year: day 10 is 02-29
    ],
    # 「指定を受けた日から六月間」 (old text, until 2026-09-17)
    "espa.grace": [
        ("2025-06-10", "2025-12-10"),  # first day not counted
        ("2025-08-30", "2026-02-28"),  # proviso
        ("2023-08-30", "2024-02-29"),  # proviso, leap year
        ("2025-08-31", "2026-02-28"),  # 起算日 09-01: ends with February
        ("2026-06-30", "2026-12-31"),  # asked under the law of the start; a grace does not roll
    ],
    # 「二週間前までに」: latest day before
    "espa.name_change": [
        ("2026-12-15", "2026-12-01"),  # fourteen days before, a Tuesday
        ("2026-12-07", "2026-11-20"),  # 11-23 is a holiday, 11-21/22 the weekend -> Friday before
        ("2027-01-12", "2026-12-28"),  # 12-29 is closed -> 12-28 (Mon)
        ("2028-03-14", "2028-02-29"),  # leap year
        ("2027-03-14", "2027-02-26"),  # 02-28 is a Sunday -> Friday 02-26
    ],
    # 「届出前三月以内に発行」 / 「事業年度の終了後二月」: how far back
    "espa.attachment.oldest": [
        ("2026-11-20", "2026-08-20"),
        ("2027-05-31", "2027-02-28"),  # no 02-31
        ("2028-05-31", "2028-02-29"),  # leap year
    ],
    "espa.foreign_sales.cutoff": [
        ("2026-11-20", "2026-09-20"),
        ("2027-04-30", "2027-02-28"),  # no 02-30
        ("2028-04-30", "2028-02-29"),  # leap year
    ],
    # 「六月三十日までに」
    "espa.credit.yearly": [
        ("2026-03-31", "2026-06-30"),  # a Tuesday
        ("2026-07-01", "2027-06-30"),  # the next one
        ("2029-03-31", "2029-07-02"),  # 2029-06-30 is a Saturday -> Monday
    ],
    "espa.messaging.yearly": [
        ("2026-03-31", "2026-04-30"),  # 起算日 04-01: ends with April (Thu)
        ("2028-03-31", "2028-05-01"),  # 2028-04-30 is a Sunday; 昭和の日 04-29 does not matter -> Monday
    ],
    # 「発生の日から二週間以内」
    "railway.written": [
        ("2026-11-20", "2026-12-04"),  # fourteen days on, a Friday
        ("2026-11-09", "2026-11-24"),  # 11-23 is a holiday -> Tuesday
        ("2026-12-15", "2027-01-04"),  # 12-29 is closed -> 01-04
        ("2028-02-15", "2028-02-29"),  # leap year
        ("2026-10-31", "2026-11-16"),  # month-end: 11-14 is a Saturday -> Monday
    ],
    # 「翌月二十日までに」
    "railway.monthly": [
        ("2026-11-01", "2026-12-21"),  # 12-20 is a Sunday -> Monday
        ("2026-11-30", "2026-12-21"),  # any day of November
        ("2026-12-31", "2027-01-20"),  # into the next year (Wed)
        ("2027-02-28", "2027-03-23"),  # 03-20 Sat, 03-21 春分の日, 03-22 substitute -> Tuesday
    ],
    "measures.transit.period": SIX_PERIOD,
    "measures.transit.extension": SIX_PERIOD,
    "measures.inbound.period": THREE_PERIOD,
    "measures.inbound.extension": THREE_PERIOD,
    "measures.outbound.period": THREE_PERIOD,
    "measures.outbound.extension": THREE_PERIOD,
    # 「自動選別が終了した日の属する年度の翌年度の初日から起算して二年」
    "custody.retention.max": [
        ("2026-11-20", "2029-03-31"),  # FY2026 -> from 2027-04-01, two years, the first day counted
        ("2027-03-31", "2029-03-31"),  # last day of FY2026
        ("2027-04-01", "2030-03-31"),  # first day of FY2027 -> from 2028-04-01
        ("2028-02-29", "2030-03-31"),  # leap day of FY2027
        ("2026-12-31", "2029-03-31"),  # the calendar year does not matter
    ],
    "custody.extension.max": [
        ("2029-03-31", "2031-03-31"),  # from the day after the current end, 04-01, two years
        ("2027-02-28", "2029-02-28"),  # 起算日 03-01: ends with February
        ("2026-02-28", "2028-02-29"),  # 起算日 2026-03-01: eve of 2028-03-01 is the leap day
        ("2028-02-29", "2030-02-28"),  # 起算日 03-01: ends with February
        ("2028-02-28", "2030-02-28"),  # 起算日 2028-02-29: no 02-29 in 2030, proviso
    ],
    "nis2.final": [
        ("2026-11-20", "2026-12-20"),  # same date; a Sunday, left to the member state's law
        ("2027-01-31", "2027-02-28"),  # no 02-31: the month's last day (Reg. 1182/71 Art. 3(2)(c))
        ("2028-01-31", "2028-02-29"),  # leap year
        ("2027-02-28", "2027-03-28"),  # the same date, not the month's end: not the Japanese way
        ("2026-12-31", "2027-01-31"),  # over the year's end
    ],
    "nis2.final.ongoing": [("2027-01-31", "2027-02-28"), ("2026-11-20", "2026-12-20")],
    "germany.final": [("2027-01-31", "2027-02-28"), ("2026-11-20", "2026-12-20")],
    "germany.component": [("2025-12-31", "2026-02-28"), ("2024-06-10", "2024-08-10")],
    # four business days after the decision, US federal holidays
    "sec.8k": [
        ("2026-11-16", "2026-11-20"),  # Tue 17, Wed 18, Thu 19, Fri 20
        ("2026-11-20", "2026-11-27"),  # Mon 23, Tue 24, Wed 25, (Thu 26 Thanksgiving), Fri 27
        ("2026-11-21", "2026-11-27"),  # decided on a Saturday: Monday is the first day
        ("2026-12-31", "2027-01-07"),  # Fri 01-01 is closed: Mon 4, Tue 5, Wed 6, Thu 7
        ("2026-07-01", "2026-07-08"),  # Thu 2, (Fri 3 for Saturday the 4th), Mon 6, Tue 7, Wed 8
        ("2028-02-25", "2028-03-02"),  # leap year: Mon 28, Tue 29, Wed 1, Thu 2
    ],
    "singapore.supplement": [
        ("2026-11-20", "2026-12-04"),  # fourteen days, the first not counted
        ("2028-02-15", "2028-02-29"),  # leap year
        ("2026-12-20", "2027-01-03"),  # over the year's end, a Sunday, not rolled (safe side)
    ],
    "singapore.pdpa": [("2026-11-20", "2026-11-23"), ("2028-02-26", "2028-02-29"), ("2026-12-30", "2027-01-02")],
    "icts.final": [("2026-11-20", "2027-05-19"), ("2027-09-02", "2028-02-29")],  # 180 days; over a leap day
    "icts.response": [("2026-11-20", "2026-12-20")],  # thirty days
    "icts.concurrence": [("2026-11-20", "2026-12-04")],  # fourteen days
    "icts.notice": [("2026-11-20", "2026-10-30")],  # at least 21 days before
    "committee.term": [
        ("2026-04-01", "2031-03-31"),  # an appointment takes effect at 0:00, so the day itself is day one (民法140)
        ("2028-02-29", "2033-02-28"),  # no 02-29 in 2033: the month's last day (143(2) proviso)
    ],
    "committee.term.first_short": [("2026-04-01", "2029-03-31")],
    "kyokaho.communications.limit": [("2025-05-23", "2027-11-22")],  # 公布の日から起算して二年六月 (e-Gov: 2027-11-22)
    "kyokaho.review": [("2027-11-22", "2030-11-22")],
    "espa.medical.limit": [("2026-06-17", "2027-12-16")],  # counted from promulgation, eighteen months
    "house.intake.check": [("2026-11-20", "2026-12-04"), ("2026-11-09", "2026-11-24")],  # 11-23 is closed
}


@pytest.mark.parametrize(
    ("rule", "start", "due"), [(rule, start, due) for rule, cases in CASES.items() for start, due in cases]
)
def test_days(rule: str, start: str, due: str) -> None:
    assert law.deadline(rule, date.fromisoformat(start)).due == date.fromisoformat(due)


# Periods in hours run at once (民法139), plain elapsed hours; they never roll
# (行政機関休日法2: 時をもつて定める期間を除く).
HOURS = [
    ("electricity.first", "2026-11-20T09:30+09:00", "2026-11-21T09:30:00+09:00"),  # a Saturday, and it stays
    ("electricity.first", "2026-12-31T23:59", "2027-01-01T23:59:00+09:00"),  # no zone given: Japan's
    ("gas.first", "2028-02-28T12:00+09:00", "2028-02-29T12:00:00+09:00"),  # leap day
    ("nis2.early_warning", "2026-11-20T09:30+09:00", "2026-11-21T09:30:00+09:00"),  # the start's own offset is kept
    ("nis2.early_warning", "2026-10-24T12:00", "2026-10-25T11:00:00+01:00"),  # Brussels: the clocks went back an hour
    ("nis2.notification", "2026-03-27T12:00", "2026-03-30T13:00:00+02:00"),  # and forward an hour
    ("nis2.notification.trust", "2026-11-20T09:00+01:00", "2026-11-21T09:00:00+01:00"),
    ("nis2.csirt_answer", "2026-11-20T09:00+01:00", "2026-11-21T09:00:00+01:00"),
    ("gdpr.authority", "2026-12-30T10:00+00:00", "2027-01-02T10:00:00+00:00"),  # 72 hours over the year's end
    ("germany.early_warning", "2026-11-20T09:00+01:00", "2026-11-21T09:00:00+01:00"),
    ("germany.notification", "2026-11-20T09:00+01:00", "2026-11-23T09:00:00+01:00"),
    ("singapore.first", "2026-11-20T23:00", "2026-11-21T01:00:00+08:00"),  # two hours, Singapore time
    ("circia.incident", "2026-11-20T09:00-05:00", "2026-11-23T09:00:00-05:00"),
    ("circia.ransom", "2026-11-20T09:00-05:00", "2026-11-21T09:00:00-05:00"),
    ("house.proposal.expiry", "2026-11-20T09:00+09:00", "2026-11-27T09:00:00+09:00"),  # 168 hours: seven days
]


@pytest.mark.parametrize(("rule", "start", "due"), HOURS)
def test_hours(rule: str, start: str, due: str) -> None:
    answer = law.deadline(rule, datetime.fromisoformat(start)).due
    assert isinstance(answer, datetime)
    assert answer.isoformat() == due


def test_every_rule_with_a_number_has_a_case() -> None:
    measured = {rule.key for rule in law.rules() if rule.period is not None}
    assert measured == set(CASES) | {rule for rule, _, _ in HOURS}


@pytest.mark.parametrize("key", [rule.key for rule in law.rules() if rule.form == "prompt"])
def test_prompt_rules_have_no_date_until_an_office_sets_a_target(key: str) -> None:
    bare = law.deadline(key, date(2026, 11, 20))
    assert (bare.due, bare.is_target) == (None, False)
    assert bare.reason is not None
    assert "定めていません" in bare.reason.ja
    target = law.deadline(key, date(2026, 11, 20), facts={"target": "3d"})
    binds = law.rule(key).word == "as_ordered"  # what an order sets is no mere target
    assert (target.due, target.is_target) == (date(2026, 11, 23), not binds)
