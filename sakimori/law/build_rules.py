"""From parsed YAML to clocks.

The schema of one rule, every key:

```yaml
rules:
  - key: kyokaho.incident.full
    title: {ja: …, en: …}
    article: 命令4(2)
    in_force_by: 強化法5              # default: article
    form: deadline                   # deadline | waiting | period | backward | prompt | calendar
    start_means: {ja: 認知した日, en: day of awareness}
    start_word: {ja: 認知, en: awareness}      # short, for the derivation; default start_means
    period: kyokaho.incident.full.period       # parameter holding number and unit
    first_day: excluded              # excluded (民法140) | counted ; first_day_basis says why
    method: civil                    # civil (民法143) | same_date (EU)
    begins: start                    # start | next_fiscal_year | next_month | year
    roll: forward                    # none | forward | backward ; calendar: jp_national ; roll_basis: 行政機関休日法2
    zone: Asia/Tokyo
    word: promptly                   # promptly | without_delay | immediately | beforehand | yearly | as_ordered
    guide: appi.first.guide          # parameter with a guideline's figure, named in the reason
    window: {anchor: …, event: …, within: …, first_day: …, outside: …, before: …, optional: false}
    variants: [{fact: item, values: ["14"], start_means: …, article: …, reason: …}]
    adjust: {shorten: 推進法52(3), extend: 推進法52(4), extend_limit: …, stop: …, suspend: …}
    enabled: true                    # false: off by default, in_force answers false
    valid_from / valid_until / known_since / source / confidence / note
```
"""

from collections.abc import Mapping

from sakimori.law.model import Adjust, Rule, Variant, Window
from sakimori.law.reading import Reader

FORMS = ("deadline", "waiting", "period", "backward", "prompt", "calendar")
WORDS = ("promptly", "without_delay", "immediately", "beforehand", "yearly", "as_ordered")


def read_rules(data: object, where: str) -> list[Rule]:
    """Return the clocks of one file. Raises LawDataError naming file and key."""
    with Reader(data, where) as file:
        defaults = file.mapping("defaults")
        out = []
        for entry, place in file.entries("rules"):
            merged = {**defaults, **entry} if isinstance(entry, Mapping) else entry
            if isinstance(merged, Mapping) and isinstance(merged.get("key"), str):
                place = f"{where}: {merged['key']}"  # noqa: PLW2901
            with Reader(merged, place) as rule:
                out.append(_rule(rule))
        return out


def _rule(rule: Reader) -> Rule:
    form = rule.word("form", FORMS, "deadline")
    period, word = rule.maybe_word("period"), rule.maybe_word("word", WORDS)
    if (form == "prompt") == (word is None) or (form == "prompt") == (period is not None):
        raise rule.error(
            "form: prompt には「word」だけ、その他には「period」だけが要ります。",
            "form 'prompt' needs 'word' and no 'period'; every other form needs 'period' and no 'word'.",
        )
    roll = rule.word("roll", ("none", "forward", "backward"), "none")
    calendar = rule.maybe_word("calendar")
    if roll != "none" and calendar is None:
        raise rule.error("「roll」には「calendar」が要ります。", "'roll' needs a 'calendar'.")
    article, start_means = rule.word("article"), rule.text("start_means")
    return Rule(
        key=rule.word("key"),
        title=rule.text("title"),
        article=article,
        in_force_by=rule.word("in_force_by", default=article),
        form=form,
        start_means=start_means,
        start_word=rule.maybe_text("start_word") or start_means,
        period=period,
        first_day=rule.word("first_day", ("excluded", "counted"), "excluded"),
        first_day_basis=rule.maybe_word("first_day_basis"),
        method=rule.word("method", ("civil", "same_date"), "civil"),
        begins=rule.word("begins", ("start", "next_fiscal_year", "next_month", "year"), "start"),
        roll=roll,
        roll_basis=rule.maybe_word("roll_basis"),
        calendar=calendar,
        zone=rule.word("zone", default="Asia/Tokyo"),
        word=word,
        guide=rule.maybe_word("guide"),
        window=rule.one("window", _window),
        variants=tuple(_variant(item, place) for item, place in rule.entries("variants")),
        adjust=rule.one("adjust", _adjust) or Adjust(),
        enabled=rule.flag("enabled", default=True),
        valid_from=rule.day("valid_from"),
        valid_until=rule.maybe_day("valid_until"),
        known_since=rule.day("known_since"),
        source=rule.word("source"),
        confidence=rule.confidence("certain"),
        note=rule.maybe_text("note"),
    )


def _window(reader: Reader) -> Window:
    return Window(
        anchor=reader.maybe_word("anchor"),
        event=reader.maybe_word("event"),
        within=reader.maybe_word("within"),
        first_day=reader.word("first_day", ("excluded", "counted"), "excluded"),
        outside=reader.maybe_word("outside"),
        before=reader.maybe_word("before"),
        optional=reader.flag("optional"),
    )


def _variant(item: object, place: str) -> Variant:
    with Reader(item, place) as variant:
        return Variant(
            fact=variant.word("fact"),
            values=variant.words("values"),
            start_means=variant.maybe_text("start_means"),
            article=variant.maybe_word("article"),
            reason=variant.maybe_text("reason"),
        )


def _adjust(reader: Reader) -> Adjust:
    return Adjust(
        shorten=reader.maybe_word("shorten"),
        extend=reader.maybe_word("extend"),
        extend_limit=reader.maybe_word("extend_limit"),
        stop=reader.maybe_word("stop"),
        suspend=reader.maybe_word("suspend"),
    )
