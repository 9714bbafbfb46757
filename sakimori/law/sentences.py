"""How days, moments, numbers and reasons are said in Japanese and English in a derivation."""

from datetime import date, datetime

from sakimori.law.model import Holiday
from sakimori.text import Text

_JA_WEEK, _EN_WEEK = "月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_JA_UNIT = {"hours": "時間", "days": "日", "weeks": "週間", "months": "か月", "years": "年", "business_days": "営業日"}
_EN_UNIT = {"hours": "hour", "days": "day", "weeks": "week", "months": "month", "years": "year"}
_EN_UNIT["business_days"] = "business day"
UNITS = frozenset(_EN_UNIT)
PROMPT_WORDS = {
    "promptly": Text("速やかに", "promptly (速やかに)"),
    "without_delay": Text("遅滞なく", "without delay (遅滞なく)"),
    "immediately": Text("直ちに", "immediately (直ちに)"),
    "beforehand": Text("あらかじめ", "beforehand (あらかじめ)"),
    "yearly": Text("毎年", "every year (毎年)"),
    "as_ordered": Text("命じられた期限までに", "within the time set in the order"),
}


def said(when: date | datetime, near: date | None = None) -> Text:
    """Return a day or moment in both languages; the Japanese year is left out when it is that of `near`."""
    week = when.weekday()
    year = "" if near is not None and near.year == when.year else f"{when.year}年"
    ja = f"{year}{when.month}月{when.day}日({_JA_WEEK[week]})"
    if isinstance(when, datetime):
        clock = when.isoformat(timespec="minutes")[10:].lstrip("T")
        return Text(f"{ja}{clock}", f"{when.date().isoformat()} ({_EN_WEEK[week]}) {clock}")
    return Text(ja, f"{when.isoformat()} ({_EN_WEEK[week]})")


def amount(number: int, unit: str) -> Text:
    """Return a number with its unit: 30日 / 30 days."""
    en = _EN_UNIT[unit]
    return Text(f"{number}{_JA_UNIT[unit]}", f"{number} {en}{'' if number == 1 else 's'}")


def main_line(*, word: Text, start: Text, sign: str, number: Text, raw: Text, due: Text | None, article: Text) -> Text:
    """Return the one line that says it all: 認知 11月20日 + 30日 = 12月20日(日) → 12月21日(月)、命令4条2項."""
    ja = f"{word.ja} {start.ja} {sign} {number.ja} = {raw.ja}"
    en = f"{word.en} {start.en} {sign} {number.en} = {raw.en}"
    if due is not None:
        ja, en = f"{ja} → {due.ja}", f"{en} → {due.en}"
    return Text(f"{ja}、{article.ja}", f"{en}, {article.en}")


def prompt_line(word: str, start: Text, article: Text) -> Text:
    """Return what a rule without a number asks: do it promptly, beforehand, every year, as ordered."""
    said = PROMPT_WORDS[word]
    if word == "beforehand":
        return Text(f"{start.ja}の前に、あらかじめ行います({article.ja})。", f"Do it before {start.en} ({article.en}).")
    return Text(
        f"{said.ja}行います。起点は「{start.ja}」です({article.ja})。",
        f"Do it {said.en}. The starting point: {start.en} ({article.en}).",
    )


def ordered_line(due: Text) -> Text:
    """Return that the day was set by the order or the demand itself."""
    return Text(f"この命令・求めが定めた期限は {due.ja} です。", f"The limit that this order or demand sets: {due.en}.")


def no_number(word: str) -> Text:
    """Return why a rule without a number has no due day."""
    said = PROMPT_WORDS[word]
    if word == "as_ordered":
        return Text(
            "法は日数を定めていません。期限は命令ごとに決まります。命令の期限を target=30d などと与えてください。",
            "The law gives no number: each order sets the time. Give the time of the order, such as target=30d.",
        )
    return Text(
        f"法は「{said.ja}」とだけ定め、日数を定めていません。目標を置くときは target=24h などと与えます。",
        f"The law says only {said.en}; it gives no number. To set an office's own target, give target=24h or such.",
    )


def open_days_line(start: date, due: date, skipped: list[Holiday], near: date) -> Text:
    """Return which closed days a count of open days passed over."""
    first = said(start, near)
    if not skipped:
        return Text(
            f"1日目は{first.ja}で、間に休日はありません。", f"Day one is {first.en}; no closed day lies between."
        )
    ja = "、".join(_closed(day, near) for day in skipped)
    en = ", ".join(f"{day.day.isoformat()} ({day.name.en})" for day in skipped)
    return Text(
        f"1日目は{first.ja}です。数えない休日: {ja}。", f"Day one is {first.en}. Closed days not counted: {en}."
    )


def first_day_line(first: date, *, counted: bool, why: str, basis: Text | None, near: date) -> Text:
    """Return which day is day one and why; `why` is excluded | abroad (so, but not by 民法) | counted | midnight."""
    day = said(first, near)
    stands = Text(f"({basis.ja})", f" ({basis.en})") if basis else Text("", "")
    if not counted and why == "abroad":
        return Text(
            f"初日は数えないので、1日目は{day.ja}です。", f"The first day is not counted, so day one is {day.en}."
        )
    if not counted:
        return Text(
            f"初日は算入しないので、1日目は{day.ja}です(民法140条)。",
            f"The first day is not counted, so day one is {day.en} (Civil Code Art. 140).",
        )
    if why == "midnight":
        return Text(
            f"期間が午前0時から始まるので、{day.ja}を1日目に数えます(民法140条ただし書){stands.ja}。",
            f"The period starts at 0:00, so {day.en} is day one (proviso of Civil Code Art. 140){stands.en}.",
        )
    return Text(f"{day.ja}を1日目に数えます(起算){stands.ja}。", f"{day.en} is counted as day one{stands.en}.")


def month_line(first: date, last: date, *, proviso: bool, near: date) -> Text:
    """Return how the calendar months ended, by 民法143."""
    begin, end = said(first, near), said(last, near)
    if proviso:
        return Text(
            f"暦に従って数え、最後の月に応当する日がないので、月の末日{end.ja}に満了します(民法143条2項ただし書)。",
            f"Counted by the calendar; the last month has no corresponding day, so it ends on the month's last day, "
            f"{end.en} (proviso of Civil Code Art. 143(2)).",
        )
    return Text(
        f"暦に従って数え、起算日{begin.ja}に応当する日の前日{end.ja}に満了します(民法143条)。",
        f"Counted by the calendar; it ends on {end.en}, the eve of the day corresponding to {begin.en} "
        "(Civil Code Art. 143).",
    )


def same_date_line(last: date, *, proviso: bool, near: date) -> Text:
    """Return how European months end: on the day of the same number, or the month's last day."""
    end = said(last, near)
    if proviso:
        return Text(
            f"最後の月に同じ日付がないので、月の末日{end.ja}です。",
            f"The last month has no such date, so its last day, {end.en}.",
        )
    return Text(f"同じ日付の{end.ja}に終わります。", f"It ends on the day of the same number, {end.en}.")


def _closed(day: Holiday, near: date) -> str:
    """Return a closed day in Japanese: 12月20日(日), or 11月23日(月)勤労感謝の日 where it has a name of its own."""
    weekend = day.name.ja in ("土曜日", "日曜日")
    return said(day.day, near).ja + ("" if weekend else day.name.ja)


def roll_line(passed: list[Holiday], due: date, *, forward: bool, basis: Text | None, near: date) -> Text:
    """Return which closed days were passed and where the deadline came to lie."""
    ja = "、".join(_closed(day, near) for day in passed)
    en = ", ".join(f"{day.day.isoformat()} ({day.name.en})" for day in passed)
    target = said(due, near)
    stands = Text(f"({basis.ja})", f" ({basis.en})") if basis else Text("", "")
    if forward:
        return Text(
            f"末日が休日に当たるため、次の開庁日{target.ja}が期限です{stands.ja}。休日: {ja}。",
            f"The last day is a closed day, so the next open day, {target.en}, is the deadline{stands.en}. "
            f"Closed: {en}.",
        )
    return Text(
        f"末日が休日に当たるため、手前の開庁日{target.ja}までに行います{stands.ja}。休日: {ja}。",
        f"That day is a closed day, so act by the open day before it, {target.en}{stands.en}. Closed: {en}.",
    )


def free_line(free: date, near: date) -> Text:
    """Return the first day on which one is free again after waiting."""
    day = said(free, near)
    return Text(
        f"最初に自由に行える日は{day.ja}です。待つ期間は休日でも延びません。",
        f"The first free day is {day.en}. A waiting period is not moved by holidays.",
    )


def guide_line(value: object) -> Text:
    """Return a guideline's figure in days, given as one number or as [from, to]; it is no statutory deadline."""
    numbers = [str(number) for number in value] if isinstance(value, list) else [str(value)]
    return Text(
        f"指針の目安はおおむね{'〜'.join(numbers)}日です(法定の期限ではありません)。",
        f"The guideline's figure is about {' to '.join(numbers)} days (not a statutory deadline).",
    )


def not_in_force_line(article: Text, on: date) -> Text:
    """Return the warning that the rule is not law on the day asked about."""
    day = said(on)
    return Text(
        f"{article.ja}は{day.ja}には施行されていません。参考の計算です。",
        f"{article.en} is not in force on {day.en}. This is for reference only.",
    )
