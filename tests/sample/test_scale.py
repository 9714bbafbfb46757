"""The sample world at other sizes."""

from sakimori.sample.inventory import inventory_csv
from sakimori.sample.organisations import sample_world
from sakimori.sample.scale import write_inventories


def test_every_operator_gets_its_file_with_the_rows_asked_for(tmp_path):
    paths = list(write_inventories(tmp_path / "new", 9, 25))
    world = sample_world(9)
    assert [path.stem for path in paths] == list(world.designations)
    for path in paths:
        assert path.read_bytes() == inventory_csv(world, path.stem, 25)
        assert len(path.read_text(encoding=world.designations[path.stem].encoding).splitlines()) == 26
