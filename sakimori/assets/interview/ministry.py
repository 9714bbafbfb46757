"""The ministry's answers: which questions they can close, with what values, and what stands for a facility."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from django.db.models import Q

from sakimori.assets.interview.models import MinistryAnswer
from sakimori.assets.payloads import StagedFacts
from sakimori.assets.sources.values import day_written
from sakimori.law.tables import FactSpec, table
from sakimori.parties.models import Facility
from sakimori.text import Text

SUCCESSOR_START = "ministry_successor_start"
_TABLES = ("kyokaho.scope", "kyokaho.notify", "kyokaho.notify.due")
_FLAGS: Mapping[str, Text] = {"yes": Text("はい", "Yes"), "no": Text("いいえ", "No")}


@cache
def closable() -> Mapping[str, FactSpec]:
    """Return the facts an answer of the ministry can give a value, in the order the law's tables ask for them."""
    wanted = {*StagedFacts.model_fields, SUCCESSOR_START}
    return {name: spec for key in _TABLES for name, spec in table(key).facts.items() if name in wanted}


def options(spec: FactSpec) -> Mapping[str, Text]:
    """Return the values a fact can be given, by the code a form sends; empty where it is a day."""
    return _FLAGS if spec.kind == "bool" else spec.allowed


def value_of(fact: str, typed: str) -> bool | str | None:
    """Return what was typed as the fact's value (days in ISO form), None where it is none of its values."""
    spec = closable().get(fact)
    if spec is None:
        return None
    if spec.kind == "date":
        day = day_written(typed)
        return day.isoformat() if day else None
    if typed not in options(spec):
        return None
    return typed == "yes" if spec.kind == "bool" else typed


def standing(world: str, facility: Facility) -> list[MinistryAnswer]:
    """Return the answers that stand for a facility, the newest last."""
    found = MinistryAnswer.objects.filter(
        Q(facility=facility.id) | Q(facility=None),
        world=world,
        organisation=facility.organisation_id,
        status="standing",
    )
    return list(found.order_by("answered_on", "id"))


def successor_start(world: str, facility: Facility) -> date | None:
    """Return the day the ministry counts from for what was there before a designation through 推進法53条1項."""
    days = [one.value for one in standing(world, facility) if one.fact == SUCCESSOR_START and one.value]
    return date.fromisoformat(days[-1]) if days else None
