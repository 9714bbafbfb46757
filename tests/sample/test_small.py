"""A sample world so small that no advisory touches anybody warns nobody."""

from types import SimpleNamespace

from sakimori.sample import chapters
from sakimori.sample.organisations import sample_world


def test_where_nothing_of_the_hero_is_touched_nothing_is_chosen():
    world = sample_world()
    story = SimpleNamespace(world=world, weakness="CVE-1900-0001")
    other = {"reach": "notified", "grade": "exact", "operator": "x", "advisory__identifier": "CVE-1900-0001"}
    assert chapters._choose(story, [other]) == []
    assert chapters._choose(story, []) == []
    mine = {**other, "operator": str(world.organisations[chapters.HERO].id), "advisory__identifier": "CVE-1900-0002"}
    assert chapters._choose(story, [other, mine]) == [mine]
