"""Who there is in the sample world: organisations, people with roles, designations and facilities, typed and checked.

The data are `data/organisations.yaml`. `sample_world(operators)` gives the operators of the story and, to measure with,
as many more as the list of designated operators has. Identifiers follow from names, so that every part of the world can
be named without looking it up.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from sakimori.sample import people
from sakimori.sample.errors import SampleError
from sakimori.text import Text

_CHECK_MODULUS = 9  # 法人番号の指定等に関する省令 2条
_UNKNOWN_OFFICE = "9999"  # no registry office has this number, so no company has such a corporate number


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation; `type` in the vocabulary of the law, `deployment` the installation that hosts it."""

    key: str
    type: str
    name: Text
    deployment: str
    domain: str
    code: str = ""
    parent: str | None = None
    location: str = ""
    corporate_number: str = ""
    supplies: tuple[str, ...] = ()

    @property
    def id(self) -> uuid.UUID:
        """The organisation's identifier."""
        return identifier("organisation", self.key)


@dataclass(frozen=True, slots=True)
class Person:
    """One fictitious person in one role; the key is <organisation>.<role>, with -2, -3, … where several hold it."""

    key: str
    organisation: str
    role: str
    name: Text
    email: str

    @property
    def id(self) -> uuid.UUID:
        """The person's identifier."""
        return identifier("person", self.key)


@dataclass(frozen=True, slots=True)
class Facility:
    """A 特定重要設備: `category` is our short form of the sector order's words."""

    key: str
    name: str
    category: str
    in_place: date

    @property
    def id(self) -> uuid.UUID:
        """The facility's identifier."""
        return identifier("facility", self.key)


@dataclass(frozen=True, slots=True)
class Designation:
    """A designation (推進法50条) with what the sample world needs to know of the operator.

    `ranges` and `domains` are the operator's own, `makers` the makers it buys from (ids of `data/products.yaml`),
    `encoding` and `dates` how it writes its inventory.
    """

    operator: str
    business: str
    minister: str
    bureau: str
    designated: date
    facilities: tuple[Facility, ...]
    ranges: tuple[str, ...]
    domains: tuple[str, ...]
    makers: tuple[str, ...]
    encoding: str
    dates: str

    @property
    def id(self) -> uuid.UUID:
        """The designation's identifier."""
        return identifier("designation", self.operator)


@dataclass(frozen=True, slots=True)
class Deployment:
    """One installation: its name, edition (operator, authority, committee) and title."""

    key: str
    edition: str
    title: Text


@dataclass(frozen=True, slots=True)
class SampleWorld:
    """The whole cast, in an order in which everything named comes before what names it."""

    name: str
    today: date
    seed: int
    title: Text
    people_since: date
    deployments: Mapping[str, Deployment]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    designations: Mapping[str, Designation]

    def hosted_by(self, deployment: str) -> tuple[Organisation, ...]:
        """Return the organisations that one installation hosts."""
        return tuple(one for one in self.organisations.values() if one.deployment == deployment)


def identifier(kind: str, key: str) -> uuid.UUID:
    """Return the identifier of a thing of the sample world: the same for the same name, everywhere."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"sakimori-sample/{kind}/{key}")


def corporate_number(body: str) -> str:
    """Return a 法人番号 for a body of 12 digits: the check digit in front (法人番号の指定等に関する省令 2条).

    >>> corporate_number("999999000001")
    '8999999000001'
    """
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(body)))
    return f"{_CHECK_MODULUS - weighted % _CHECK_MODULUS}{body}"


@lru_cache(maxsize=4)
def sample_world(operators: int | None = None) -> SampleWorld:
    """Return the sample world with its own operators, or with as many as asked for.

    Raises:
        SampleError: fewer operators than the story has, more than the list of designated operators, or wrong data.
    """
    data = load("organisations.yaml")
    organisations = [_organisation(row) for row in data["organisations"]]
    designations = [_designation(row) for row in data["designations"]]
    wanted = len(designations) if operators is None else operators
    for organisation, designation in _more(data["scale"], designations, wanted):
        organisations.append(organisation)
        designations.append(designation)
    world = data["world"]
    made = SampleWorld(
        name=world["name"],
        today=world["date"],
        seed=world["seed"],
        title=Text(*world["title"]),
        people_since=world["people_since"],
        deployments={
            key: Deployment(key, row["edition"], Text(*row["title"])) for key, row in data["deployments"].items()
        },
        organisations={one.key: one for one in organisations},
        people={one.key: one for one in _everybody(organisations, data["roles"])},
        designations={one.operator: one for one in designations},
    )
    _check(made)
    return made


def sample_date() -> date:
    """Return the sample world's own date."""
    day: date = load("organisations.yaml")["world"]["date"]
    return day


def load(name: str) -> Any:
    """Return one of the sample data files, parsed."""
    text = resources.files("sakimori.sample").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(
        key=row["key"],
        type=row["type"],
        name=Text(*row["name"]),
        deployment=row["deployment"],
        domain=f"{row['key']}.example",
        code=row.get("code", ""),
        parent=row.get("parent"),
        location=row.get("location", ""),
        corporate_number=row.get("corporate_number", ""),
        supplies=tuple(row.get("supplies", ())),
    )


def _designation(row: Mapping[str, Any]) -> Designation:
    return Designation(
        operator=row["operator"],
        business=row["business"],
        minister=row["minister"],
        bureau=row["bureau"],
        designated=row["designated"],
        facilities=tuple(
            Facility(f"{row['operator']}.{one['key']}", one["name"], one["category"], one["in_place"])
            for one in row["facilities"]
        ),
        ranges=tuple(row["ranges"]),
        domains=tuple(row["domains"]),
        makers=tuple(row["makers"]),
        encoding=row["csv"]["encoding"],
        dates=row["csv"]["dates"],
    )


def _more(
    scale: Mapping[str, Any], known: Sequence[Designation], wanted: int
) -> Iterator[tuple[Organisation, Designation]]:
    """Yield further operators, one business after the other in turn, until there are as many as wanted."""
    left = {row["business"]: row["operators"] for row in scale["businesses"]}
    for designation in known:
        left[designation.business] -= 1
    most = len(known) + sum(left.values())
    if not len(known) <= wanted <= most:
        raise SampleError(
            Text(
                f"事業者は {len(known)} から {most} までです", f"between {len(known)} and {most} operators can be made"
            ),
            where=f"--operators {wanted}",
            mend=Text("この範囲の数にしてください", "ask for a number in this range"),
        )
    made = len(known)
    while made < wanted:
        for row in scale["businesses"]:
            if made < wanted and left[row["business"]] > 0:
                yield _further(scale, row, made, known[made % len(known)])
                left[row["business"]] -= 1
                made += 1


def _further(
    scale: Mapping[str, Any], row: Mapping[str, Any], number: int, like: Designation
) -> tuple[Organisation, Designation]:
    key = f"{row['business']}-{number:03}"
    name = Text(f"架空{row['name'][0]}第{number:03}株式会社", f"Kaku {row['name'][1]} No. {number:03} K.K.")
    body = f"{_UNKNOWN_OFFICE}991{number:05}"
    organisation = Organisation(
        key, "operator", name, "authority", f"{key}.example", location="東京都", corporate_number=corporate_number(body)
    )
    facility = Facility(f"{key}.first", f"{row['name'][0]}第一設備", row["category"], scale["in_place"])
    designation = Designation(
        operator=key,
        business=row["business"],
        minister=row["minister"],
        bureau=row["bureau"],
        designated=scale["designated"],
        facilities=(facility,),
        ranges=(f"2001:db8:{number + 0x1000:x}::/48",),
        domains=(f"{key}.example",),
        makers=like.makers,
        encoding=like.encoding,
        dates=like.dates,
    )
    return organisation, designation


def _everybody(organisations: Sequence[Organisation], roles: Mapping[str, Sequence[str]]) -> Iterator[Person]:
    number = 0
    for organisation in organisations:
        held: dict[str, int] = {}
        for role in roles[organisation.type]:
            held[role] = held.get(role, 0) + 1
            key = f"{organisation.key}.{role}" + (f"-{held[role]}" if held[role] > 1 else "")
            name = people.placeholder(number)
            yield Person(key, organisation.key, role, name, people.address(number, organisation.domain))
            number += 1


def _check(world: SampleWorld) -> None:
    """Hold the data to themselves: what is named exists and comes first, nothing lies after the world's date."""
    seen: set[str] = set()
    for one in world.organisations.values():
        _need(one.parent is None or one.parent in seen, f"{one.key}.parent")
        _need(one.deployment in world.deployments, f"{one.key}.deployment")
        _need(all(key in world.organisations for key in one.supplies), f"{one.key}.supplies")
        seen.add(one.key)
    for designation in world.designations.values():
        _need(world.organisations[designation.operator].type == "operator", f"{designation.operator}.designation")
        _need(world.organisations[designation.minister].type == "ministry", f"{designation.operator}.minister")
        _need(world.organisations[designation.bureau].parent == designation.minister, f"{designation.operator}.bureau")
        _need(designation.designated <= world.today, f"{designation.operator}.designated")


def _need(holds: bool, where: str) -> None:  # noqa: FBT001 - the condition is the point
    if not holds:
        raise SampleError(Text("見本のデータが矛盾しています", "the sample data contradict themselves"), where=where)
