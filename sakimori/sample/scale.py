"""The sample world at any size: each operator's inventory as a file, streamed: memory does not grow with it."""

from collections.abc import Iterator
from pathlib import Path

from sakimori.sample.inventory import csv_lines, inventory
from sakimori.sample.organisations import sample_world


def write_inventories(folder: Path, operators: int | None, assets: int) -> Iterator[Path]:
    """Write `assets` rows for each of `operators` operators below `folder`; yield each file when it is complete.

    Files are named after the operator's key, in its own encoding and way of writing dates.

    Raises:
        SampleError: a number of operators that cannot be made.
    """
    world = sample_world(operators)
    folder.mkdir(parents=True, exist_ok=True)
    for operator, designation in world.designations.items():
        path = folder / f"{operator}.csv"
        with path.open("wb") as file:
            file.writelines(csv_lines(inventory(world, operator, assets), designation.encoding, designation.dates))
        yield path
