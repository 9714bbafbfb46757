"""What the law allows a measure to be: period, share of capacity, conditions. Every number is a parameter of the law.

17: transit, 6 months, at most 30 % of the equipment's capacity, criteria, two kinds of condition (22(2)).
32, 33: inbound and outbound, 3 months, the specific device or the specific information only (35(2)).
The requesting office asks this before it files, the committee again before it approves.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from sakimori import law
from sakimori.acts.errors import PreconditionError
from sakimori.errors import SakimoriError
from sakimori.measures.payloads import AskApproval, Condition
from sakimori.selection.allowed import unreadable
from sakimori.selection.bases import bases
from sakimori.selection.conditions import parse_network
from sakimori.selection.names import from_text
from sakimori.text import Text

PERIODS = {"17": "measures.transit.period", "32": "measures.inbound.period", "33": "measures.outbound.period"}
TRANSIT = "17"
_CAP = "measures.transit.capacity_cap"
_ANY = "*"
_MEANINGLESS = {
    "address": lambda value: (f"「{value}」は範囲でも名前でもありません。", f"has “{value}”, no network and no name."),
    "command": lambda value: (
        f"「{value}」は指令情報の型ではありません(hex:4d5a9000、text:…、regex:…)。",
        f"has “{value}”, no pattern of command information (hex:4d5a9000, text:…, regex:…).",
    ),
    "exploratory": lambda value: (
        f"「{value}」はその項目の値ではありません(大きさは 100..2000 の形)。",
        f"has “{value}”, no value of its field (sizes are written 100..2000).",
    ),
}


def last_day(basis: str, begins_on: date, on: date) -> date:
    """Return the last day a measure on that basis may run to, by the law of the day `on`."""
    due = law.deadline(PERIODS[basis], begins_on, on=on).due
    if not isinstance(due, date):  # a period always has a last day; the law book would be broken
        raise SakimoriError(Text("期間を計算できません。", "The period cannot be computed."), where=PERIODS[basis])
    return due


def minimum_conditions(basis: str) -> int:
    """Return how many different kinds of condition the selection needs: 22(2) under 17, 35(2) under 32 and 33."""
    key = "selection.conditions.minimum" if basis == TRANSIT else "selection.conditions.minimum.specific"
    return int(str(law.parameter(key).value))


def period_fault(basis: str, begins_on: date, ends_on: date, on: date) -> SakimoriError | None:
    """Return why this period is not allowed, or None."""
    article = law.rule(PERIODS[basis]).article
    if ends_on < begins_on:
        return PreconditionError(
            Text("終わりの日が始まりの日より前です。", "The last day is before the first."), where="ends_on"
        )
    last = last_day(basis, begins_on, on)
    if ends_on <= last:
        return None
    return PreconditionError(
        Text(f"措置の期間は {last} までです。", f"A measure that begins then may run to {last} at most."),
        where="ends_on",
        article=article,
        mend=Text("期間を短くしてください。延長には改めて承認が要ります。", "Shorten it; an extension needs approval."),
    )


def faults(asked: AskApproval, on: date) -> list[SakimoriError]:
    """Return every reason why the law does not allow this request on the day `on`; empty where it does."""
    return [*times(asked.basis, asked.begins_on, asked.ends_on, on), *content_faults(asked)]


def times(basis: str, begins_on: date, ends_on: date, on: date) -> list[SakimoriError]:
    """Return why a measure may not run over that time when asked for or approved on the day `on`."""
    found = [period_fault(basis, begins_on, ends_on, on)]
    if begins_on < on:
        found.append(
            PreconditionError(
                Text("承認より前に始まる措置はできません。", "A measure cannot begin before it is approved."),
                where="begins_on",
                article="強化法17(1)",
            )
        )
    return [fault for fault in found if fault is not None]


def content_faults(asked: AskApproval) -> list[SakimoriError]:
    """Return what the law does not allow of a request's substance: share of capacity, criteria, conditions, border."""
    return [*_transit(asked), *_conditions(asked), *_border(asked)]


def _border(asked: AskApproval) -> Iterator[SakimoriError]:
    """Overrides are networks, each named once."""
    known = set()
    for place, override in enumerate(asked.address_overrides):
        network = parse_network(override.network)
        if network is None or network in known:
            yield PreconditionError(
                Text(
                    f"「{override.network}」はアドレスの範囲でないか、二度書かれています。",
                    f"“{override.network}” is no network, or stands there twice.",
                ),
                where=f"address_overrides.{place}",
            )
        known.add(network)


def _transit(asked: AskApproval) -> Iterator[SakimoriError]:
    """17(1): the cap on capacity and the criteria; the text quoted of 32 and 33 has neither."""
    if asked.basis != TRANSIT:
        return
    cap = law.parameter(_CAP)
    most = int(str(cap.value))
    if asked.capacity_percent is None or asked.capacity_percent > most:
        yield PreconditionError(
            Text(
                f"複製できるのは設備の伝送容量の{most}%までです。",
                f"At most {most} % of the equipment's capacity may be copied.",
            ),
            where="capacity_percent",
            article=cap.article,
        )
    if not asked.criteria:
        yield PreconditionError(
            Text("選別条件設定基準が必要です。", "The criteria for the selection conditions are needed."),
            where="criteria",
            article="強化法17(1)",
        )


def _conditions(asked: AskApproval) -> Iterator[SakimoriError]:
    device_side = bases()[asked.basis].device_side
    for place, condition in enumerate(asked.conditions, 1):
        if not _allows_something(condition):
            yield _bad(place, "何も許していません。", "allows nothing.", "強化法22(2)")
        elif device_side is not None and not _specific(condition, device_side):
            yield _bad(
                place,
                "特定の国外設備（送信元・送信先）か特定の機械的情報（指令情報）だけを条件にできます。",
                "may name only the specific device abroad or the specific command information.",
                "強化法35(2)",
            )
        for value in _unreadable(condition):
            yield _bad(place, *_MEANINGLESS[condition.kind](value), None)
    needed = minimum_conditions(asked.basis)
    if len({condition.kind for condition in asked.conditions}) < needed:
        yield PreconditionError(
            Text(f"異なる種類の条件が{needed}以上必要です。", f"At least {needed} kinds of condition are needed."),
            where="conditions",
            article="強化法22(2)" if asked.basis == TRANSIT else "強化法35(2)",
        )


def _bad(place: int, ja: str, en: str, article: str | None) -> SakimoriError:
    return PreconditionError(
        Text(f"条件{place}: {ja}", f"Condition {place} {en}"), where=f"conditions.{place - 1}", article=article
    )


def _allows_something(condition: Condition) -> bool:
    if condition.kind == "address":
        return bool(condition.sides and condition.values)
    if condition.kind == "command":
        return bool(condition.refs and condition.patterns)
    return bool(condition.fields and condition.values)


def _specific(condition: Condition, side: str) -> bool:
    """35(2): one device abroad on its own side, or approved command information; nothing open-ended."""
    if condition.kind == "address":
        return condition.sides == [side] and _ANY not in condition.values
    return condition.kind == "command"


def _unreadable(condition: Condition) -> Iterable[str]:
    if condition.kind != "address":
        yield from unreadable(condition.kind, condition.values, condition.patterns, condition.fields)
        return
    for value in condition.values:
        named = value != _ANY and parse_network(value) is None and ("/" in value or from_text(value.encode()) is None)
        if named:
            yield value
