"""The typed model of the law book: dated values, articles, clocks, restrictions. Plain, frozen, without behaviour.

Two kinds of time: `valid_from`/`valid_until` is the day the rule is law; `known_since` is the day we learnt of it.
`valid_until` is the last day of validity. `confidence` is certain | likely | unknown as in the fact sheets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sakimori.text import Text

Value = int | float | str | bool | date | list[object] | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated value of one parameter, as asked for on one day.

    `value` is None exactly when `unknown` is true; `note` then says what is known. `unit`: days, percent, yen, …
    """

    key: str
    title: Text
    value: Value
    unit: str
    article: str
    source: str
    confidence: str
    valid_from: date
    valid_until: date | None
    known_since: date
    unknown: bool
    note: Text | None


@dataclass(frozen=True, slots=True)
class ParameterHistory:
    """All dated values of one parameter, oldest first."""

    key: str
    title: Text
    unit: str
    values: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article (or paragraph, item) of one instrument with the day it came into force.

    `in_force_from` is None where nobody has fixed the day; `latest` is then the outer limit set by the Act, if any.
    """

    ref: str
    instrument: str
    title: Text
    in_force_from: date | None
    latest: date | None
    source: str
    confidence: str
    known_since: date
    basis: str
    note: Text | None
    text_unknown: bool


@dataclass(frozen=True, slots=True)
class Commencement:
    """The day from which some articles of an instrument are in force."""

    number: str
    subs: tuple[str, ...]
    starts: date | None
    latest: date | None
    ends: date | None
    basis: str
    source: str
    confidence: str
    known_since: date
    note: Text | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One act, order, notice or plan: short name, titles, e-Gov law id, 法令番号, commencement per article.

    `article_word` is how its own country calls a numbered provision in English (Art., Item, s., §); `supplement` is
    the unit of its supplementary provisions (附則): 条 or 項. `watched`: the whole text matters here, so that any new
    article is a difference (`law diff`); otherwise only articles beside those we cite.
    """

    name: str
    title: Text
    short_en: str
    law_id: str | None
    law_num: str | None
    aliases: tuple[str, ...]
    commencements: tuple[Commencement, ...]
    titles: Mapping[str, Text]
    text_unknown: frozenset[str]
    house: bool = False
    article_word: str = "Art."
    supplement: str = "項"
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Events inside a window run to a date counted from an anchor; events outside follow another rule.

    `anchor` is the key of a date parameter, or None when the start itself is the anchor; `event` is the name of the
    fact that holds the event's day, or None when the start itself is the event. `outside` governs events after the
    window, `before` events before the anchor (None: they are treated as inside).
    """

    anchor: str | None
    event: str | None
    within: str | None
    first_day: str
    outside: str | None
    before: str | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """What changes when a fact has one of the listed values: start, article, or no number at all."""

    fact: str
    values: tuple[str, ...]
    start_means: Text | None
    article: str | None
    reason: Text | None


@dataclass(frozen=True, slots=True)
class Adjust:
    """How a running clock may be changed: each value is the article that allows it, None means it may not."""

    shorten: str | None = None
    extend: str | None = None
    extend_limit: str | None = None
    stop: str | None = None
    suspend: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One clock. `form` is deadline | waiting | period | backward | prompt | calendar.

    `period` names the parameter holding number and unit; `first_day` is excluded | counted (民法140) ; `method` is
    civil (民法143) | same_date (Regulation 1182/71) ; `begins` is start | next_fiscal_year | next_month | year.
    `roll` is none | forward | backward over `calendar`; `word` (prompt rules) is promptly | without_delay | …
    """

    key: str
    title: Text
    article: str
    in_force_by: str
    form: str
    start_means: Text
    start_word: Text
    period: str | None
    first_day: str
    first_day_basis: str | None
    method: str
    begins: str
    roll: str
    roll_basis: str | None
    calendar: str | None
    zone: str
    word: str | None
    guide: str | None
    window: Window | None
    variants: tuple[Variant, ...]
    adjust: Adjust
    enabled: bool
    valid_from: date
    valid_until: date | None
    known_since: date
    source: str
    confidence: str
    note: Text | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The answer of a clock: when something is due (or how long one must wait), and why.

    `due` is a date, or an aware datetime for rules in hours; None when no number exists (then `reason` says why).
    For waiting rules `due` is the last day of waiting. `is_target` marks an office's own target where the law says only
    速やかに or 遅滞なく.
    """

    rule: str
    start: date | datetime
    start_means: Text
    due: date | datetime | None
    in_force: bool
    is_target: bool
    waiting: bool
    basis: str
    confidence: str
    derivation: tuple[Text, ...]
    reason: Text | None
    unit: str
    law_digest: str

    def as_dict(self, language: str | None = None) -> dict[str, object]:
        """Return plain data for JSON: rule, from, from_means, due, in_force, basis, confidence, derivation, is_target.

        Sentences are given in `language` (ja, en), or in both, joined by " / ". `reason` is present when `due` is None.
        """

        def say(text: Text) -> str:
            return text.pick(language) if language else f"{text.ja} / {text.en}"

        answer: dict[str, object] = {
            "rule": self.rule,
            "from": self.start.isoformat(),
            "from_means": say(self.start_means),
            "due": self.due.isoformat() if self.due else None,
            "in_force": self.in_force,
            "basis": self.basis,
            "confidence": self.confidence,
            "derivation": [say(line) for line in self.derivation],
            "is_target": self.is_target,
        }
        if self.reason is not None:
            answer["reason"] = say(self.reason)
        return answer


@dataclass(frozen=True, slots=True)
class Restriction:
    """One label. `ceilings` are the organisation types whose ceiling includes it by default.

    A parametrised restriction is written `key:<parameter>` (need_to_know:<matter>). `released_by` are the articles on
    which a release act may remove it; `refuses` are purposes for which labelled data may never be used.
    """

    key: str
    title: Text
    article: str
    ceilings: tuple[str, ...]
    parametrised: bool
    released_by: tuple[str, ...]
    refuses: tuple[str, ...]
    note: Text | None
    known_since: date
    source: str
    house_rule: bool


@dataclass(frozen=True, slots=True)
class Holiday:
    """One closed (or, by override, open) day of a calendar with its name."""

    day: date
    name: Text
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: short key, address, and how."""

    key: str
    title: Text
    address: str | None = None
    files: tuple[str, ...] = field(default=())
