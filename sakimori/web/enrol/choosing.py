"""What a step offers to choose from, what stands in its form at first, and the sentence that leads in."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from django.utils.translation import gettext

from sakimori.law.businesses import business, businesses
from sakimori.law.decisions.notices import minister_names
from sakimori.pages.categories import category
from sakimori.pages.words import label
from sakimori.parties.models import Account, Organisation
from sakimori.record import Viewer
from sakimori.web.enrol.doing import base, roles_for
from sakimori.web.speaking import language

_EMPTY = ("", "")
_DELEGATES = ("vendor", "contractor", "operator", "sector_body")


def business_options() -> list[tuple[str, str]]:
    """Return the businesses of the law, in words."""
    return [(one.key, one.title.pick(language())) for one in businesses()]


def options(step: str, viewer: Viewer, found: Mapping[str, Any]) -> dict[str, Sequence[tuple[str, str]]]:
    """Return the options of a step's selects."""
    if step == "designations":
        ministers = [(code, name.pick(language())) for code, name in minister_names().items()]
        return {"business": [_EMPTY, *business_options()], "minister": [_EMPTY, *ministers]}
    if step == "facilities":
        return {"category": _categories(found)}
    if step == "mandates":
        people = _people(found)
        named = [(f"person:{one}", name) for one, name in people]
        others = Organisation.objects.filter(world=base(viewer), type__in=_DELEGATES).exclude(id=found["own"].id)
        named += [(f"organisation:{one.id}", one.name_ja) for one in others.order_by("name_ja")]
        return {"to": [_EMPTY, *named], "deputy_for": [_EMPTY, *people]}
    if step == "people" and viewer.organisation_type != "operator":
        return {"role": [_EMPTY, *((role, label(role)) for role in roles_for(viewer.organisation_type))]}
    return {}


def _categories(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds of facility of every designated business; the last of each is for another wording."""
    offered = []
    for row in found["designations"]:
        one = business(row["business_type"])
        called = one.title.pick(language()) if one else row["business_type"]
        offered += [
            (f"{row['id']}|{kind.ja}", f"{called}: {category(kind.ja)}") for kind in (one.facilities if one else ())
        ]
    other = gettext("another wording, below")
    offered += [(f"{row['id']}|", f"{_called(row)}: {other}") for row in found["designations"]]
    one_kind = len(offered) == 2  # noqa: PLR2004 - one kind, and the other wording
    return offered if one_kind else [_EMPTY, *offered]


def _called(row: Mapping[str, Any]) -> str:
    one = business(row["business_type"])
    return one.title.pick(language()) if one else str(row["business_type"])


def _people(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = {row["person"]: row["name_ja"] for row in found["roster"]}
    return [(str(person), name) for person, name in named.items()]


def first(step: str, found: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in a step's form on a first visit."""
    if step == "organisation":
        own = found["own"]
        names = ("name_ja", "name_en", "corporate_number", "address")
        return {name: getattr(own, name) for name in names}
    if step == "people":
        held = {row["role"] for row in found["roster"]}
        return {"login": _free_login(), **({} if "approver" in held else {"approver": "yes"})}
    if step == "mandates":
        return {"valid_from": found["today"].isoformat()}
    return {}


def _free_login() -> str:
    """Return a log-in name nobody has: a suggestion only."""
    taken = {login.lower() for login in Account.objects.values_list("login", flat=True)}
    return next(name for number in count(len(taken) + 1) if (name := f"user{number}") not in taken)


def lead(step: str, viewer: Viewer) -> str:
    """Return the sentence that says what a step is for."""
    operator = viewer.organisation_type == "operator"
    return {
        "organisation": gettext("As the register of corporations has it. Filings carry these."),
        "designations": gettext(
            "One for each business you were designated for. It decides to whom you file, and by when."
        ),
        "facilities": gettext("The specified critical facilities (特定重要設備) of your designation."),
        "people": gettext("Nobody files alone: one prepares, another one confirms. Each gets a link that works once.")
        if operator
        else gettext("Each person gets a link that works once."),
        "mandates": gettext(
            "On whose leave people file, with the internal trail. It can wait, but an inspector will ask for it."
        ),
    }.get(step, "")
