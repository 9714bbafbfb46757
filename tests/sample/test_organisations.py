"""The cast of the sample world: fictitious, checked, the same every time."""

import pytest
from stdnum.jp import cn

from sakimori.law.decisions import notices
from sakimori.parties import handlers as parties
from sakimori.sample import people
from sakimori.sample.drawing import Draw
from sakimori.sample.errors import SampleError
from sakimori.sample.organisations import corporate_number, identifier, sample_date, sample_world
from sakimori.sample.register import register

WORLD = sample_world()
FULL = sample_world(257)


def of_type(kind):
    return [one for one in WORLD.organisations.values() if one.type == kind]


def test_the_cast_is_complete():
    assert {kind: len(of_type(kind)) for kind in ("operator", "vendor", "carrier", "sector_body", "committee")} == {
        "operator": 6,
        "vendor": 2,
        "carrier": 1,
        "sector_body": 1,
        "committee": 1,
    }
    assert len({designation.business for designation in WORLD.designations.values()}) == 6
    assert {one.type for one in WORLD.organisations.values()} >= {
        "ministry",
        "regional_bureau",
        "cabinet_office",
        "ppc",
        "police",
    }


def test_one_operator_has_its_own_installation_and_the_committee_its_own():
    assert [one.key for one in WORLD.hosted_by("operator")] == ["power"]
    assert [one.key for one in WORLD.hosted_by("committee")] == ["committee"]
    assert len(WORLD.hosted_by("authority")) == len(WORLD.organisations) - 2


def test_the_committee_has_a_chair_and_four_members():
    roles = [one.role for one in WORLD.people.values() if one.organisation == "committee"]
    assert (roles.count("chair"), roles.count("member")) == (1, 4)


def test_ministers_are_named_by_the_codes_of_the_law():
    codes = {one.code for one in of_type("ministry")}
    assert codes <= set(notices.minister_names())
    assert codes >= {"economy", "land", "internal_affairs", "prime_minister_finance"}


def test_the_world_has_its_own_date_and_nothing_lies_after_it():
    assert WORLD.today == sample_date()
    for designation in FULL.designations.values():
        assert designation.designated <= WORLD.today
        assert all(facility.in_place <= WORLD.today for facility in designation.facilities)


def test_corporate_numbers_are_valid_and_cannot_be_a_company_s():
    numbers = [one.corporate_number for one in FULL.organisations.values() if one.corporate_number]
    assert len(numbers) == len(set(numbers)) == 257 + 3
    for number in numbers:
        assert cn.validate(number) == number
        assert number[1:5] == "9999"


def test_the_check_digit_is_the_published_one():
    assert corporate_number("700110005901") == "8700110005901"


def test_nobody_is_named_twice_and_mail_goes_nowhere():
    names = [one.name for one in FULL.people.values()]
    assert len(set(names)) == len(names) > people.NAMES
    assert all(one.email.endswith(".example") for one in FULL.people.values())


def test_identifiers_follow_from_names():
    assert WORLD.organisations["power"].id == identifier("organisation", "power")
    assert len({one.id for one in FULL.people.values()}) == len(FULL.people)


@pytest.mark.parametrize("operators", [5, 258, 0, -1])
def test_a_number_of_operators_that_cannot_be_made_is_refused(operators):
    with pytest.raises(SampleError) as caught:
        sample_world(operators)
    assert "6" in caught.value.what.ja
    assert "257" in caught.value.what.en


def test_more_operators_leave_the_story_s_own_as_they_are():
    assert len(FULL.designations) == 257
    assert {key: FULL.designations[key] for key in WORLD.designations} == dict(WORLD.designations)
    assert sample_world(20).organisations.keys() < FULL.organisations.keys()


@pytest.mark.parametrize("deployment", ["operator", "authority", "committee"])
def test_the_register_is_what_the_floor_takes(deployment):
    recorded = set()
    for row in register(WORLD, deployment):
        thing = parties.THINGS[row.pop("thing")][0].model_validate(row, strict=False)
        for field in ("parent", "person", "organisation", "designation", "minister", "bureau"):
            named = getattr(thing, field, None)
            assert named is None or named in recorded
        recorded.add(thing.id)


def test_an_installation_knows_the_people_and_facilities_of_its_own_organisations_only():
    things = {name: list(register(WORLD, name)) for name in WORLD.deployments}
    facilities = {name: {row["name"] for row in rows if row["thing"] == "facility"} for name, rows in things.items()}
    assert "中央給電指令所 需給制御システム" in facilities["operator"]
    assert "中央給電指令所 需給制御システム" not in facilities["authority"]
    assert facilities["committee"] == set()
    power = str(identifier("person", "power.reporter"))
    assert [name for name, rows in things.items() if any(row["id"] == power for row in rows)] == ["operator"]
    for rows in things.values():
        assert all(row["fictitious"] for row in rows if row["thing"] in {"organisation", "person"})


def test_chance_is_the_same_every_time_and_spreads():
    assert [Draw(1, "a").below(1000) for _ in range(2)] == [Draw(1, "a").below(1000)] * 2
    draw = Draw(1, "spread")
    counts = [0] * 10
    for _ in range(5000):
        counts[draw.below(10)] += 1
    assert all(400 < count < 600 for count in counts)
    assert Draw(1, "ab").below(2**20) != Draw(1, "a", "b").below(2**20)
    weighted = Draw(2)
    assert {weighted.weighted([("often", 9), ("never", 0), ("rarely", 1)]) for _ in range(200)} == {"often", "rarely"}
