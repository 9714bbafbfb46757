"""The forms people fill in on this room's pages, and what becomes of them: awareness, decision, the report itself."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from sakimori.acts import reading
from sakimori.acts.errors import PayloadError
from sakimori.incidents.forms import Line, LongText
from sakimori.incidents.payloads import Attack, Short
from sakimori.incidents.timeline import language
from sakimori.law.tables import table
from sakimori.record import Payload, Viewer
from sakimori.text import Text

_YES_NO_FACTS = {"true": True, "false": False}
_ANSWERED = frozenset({"occurred", "ordinance_sensitive"})  # by the case itself; of public bodies only


class AwarenessForm(Payload):
    """What the page asks when somebody has become aware of an event; computers are named as people know them."""

    title: Line
    nature: Literal["incident", "near_miss"] = "incident"
    aware_at: AwareDatetime
    aware_by: Line
    aware_how: Short = ""
    attack: Attack = "other"
    occurred_at: AwareDatetime | None = None
    discovered_at: AwareDatetime | None = None
    register_keys: list[str] = Field(
        default_factory=list,
        title="Computers in the register",
        description="Management numbers of the computers touched.",
    )
    described: list[str] = Field(
        default_factory=list,
        title="Computers not in the register",
        description="Clause, product and maker, with commas: rei1-3-1, CENTUM VP, Yokogawa",
    )
    summary: LongText = ""
    notes: LongText = Field(default="", description="Stays with you; no report contains it.")


def awareness(viewer: Viewer, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of `incidents.awareness.record`; `PayloadError` names every computer that is not found."""
    payload = {name: value for name, value in typed.items() if name not in ("register_keys", "described")}
    faults: list[dict[str, str]] = []
    wanted = [str(key) for key in typed.get("register_keys", [])]
    found = (
        row for key in dict.fromkeys(filter(None, wanted)) for row in reading.read(viewer, "assets.register", key=key)
    )
    known = {row["key"]: str(row["id"]) for row in found}
    for place, key in enumerate(wanted):
        if key not in known:
            faults.append(_fault(f"register_keys.{place}", "登録簿にない管理番号です", "no computer of the register"))
    described = []
    for place, line in enumerate(typed.get("described", [])):
        parts = [part.strip() for part in str(line).replace("、", ",").replace("，", ",").split(",")]
        if len(parts) == len(("clause", "product", "maker")) and all(parts[1:]):
            described.append({"clause": parts[0], "product": parts[1], "maker": parts[2]})
        else:
            faults.append(
                _fault(f"described.{place}", "号, 製品名, 製造者名 の順に", "clause, product, maker in this order")
            )
    if faults:
        raise _refused(faults)
    return {**payload, "computers": [known[key] for key in wanted], "described": described}


def _fault(where: str, ja: str, en: str) -> dict[str, str]:
    return {"where": where, "what": f"Value error, {ja} / {en}", "type": "value_error"}


def _refused(faults: list[dict[str, str]]) -> PayloadError:
    return PayloadError(
        Text(f"入力に{len(faults)}件の誤りがあります。", f"{len(faults)} fault(s) in what was entered."),
        faults,
        where=faults[0]["where"],
        mend=Text("示された項目を直して、もう一度送ってください。", "Mend the named fields and send again."),
    )


def checked(model: type[BaseModel], typed: Mapping[str, Any]) -> Any:
    """Return what was typed as the model; `PayloadError` names every faulty field."""
    try:
        return model.model_validate(typed)
    except ValidationError as error:
        raise _refused(
            [
                {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"], "type": fault["type"]}
                for fault in error.errors(include_url=False, include_input=False, include_context=False)
            ]
        ) from None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a decision table: its sentence, the answers to choose from, what was answered last."""

    name: str
    text: str
    options: list[tuple[str, str]]
    value: str
    counts: bool = False


def questions(key: str, prefix: str, answered: Mapping[str, Any], also: Container[str] = ()) -> list[Asked]:
    """Return the questions of a table that the operator can answer, in the table's words, with what was answered.

    `also`: facts that the record would tell, but does not this time.
    """
    found = []
    for fact in table(key).facts.values():
        if (
            (fact.whom != "operator" and fact.name not in also)
            or fact.name in _ANSWERED
            or fact.kind not in ("bool", "choice", "count")
        ):
            continue
        answers = [(value, label.pick(language())) for value, label in fact.allowed.items()]
        if fact.kind == "bool":
            answers = [("true", gettext("Yes")), ("false", gettext("No"))]
        given = answered.get(fact.name)
        value = "" if given is None else str(given).lower() if isinstance(given, bool) else str(given)
        options = [("", gettext("Not known yet")), *answers] if fact.kind != "count" else []
        found.append(
            Asked(f"{prefix}{fact.name}", fact.question.pick(language()), options, value, fact.kind == "count")
        )
    return found


def answers(key: str, prefix: str, typed: Mapping[str, str], also: Container[str] = ()) -> dict[str, Any]:
    """Return the facts answered on the page; what was left at "not known yet" is left out."""
    found: dict[str, Any] = {}
    for one in questions(key, prefix, {}, also):
        given, name = typed.get(one.name, "").strip(), one.name.removeprefix(prefix)
        if one.counts and given:
            found[name] = int(given) if given.isdecimal() else given
        elif given in dict(one.options) and given:
            found[name] = _YES_NO_FACTS.get(given, given)
    return found


def prefilled(content: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return nested content as a first visit's form fields, by dotted path; lists become lines."""
    flat: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            flat |= prefilled(value, f"{path}{name}.")
        elif isinstance(value, Iterable) and not isinstance(value, str):
            flat[f"{path}{name}"] = "\n".join(str(one) for one in value)
        elif isinstance(value, bool):
            flat[f"{path}{name}"] = "yes" if value else "no"
        elif value is not None:
            flat[f"{path}{name}"] = str(value)
    return flat
