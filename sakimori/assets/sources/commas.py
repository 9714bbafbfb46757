"""CSV as a sheet: the first line is the heading; what `tables` refuses as no table is refused here too."""

from sakimori.assets import tables
from sakimori.assets.sources.shapes import Row, Sheet, Source


def read_csv(data: bytes) -> Source:
    """Return a CSV file as one sheet. Raises `TableError` where it is no table."""
    grid = tables.grid(data)
    rows = [Row(line, cells) for line, cells in grid.rows]
    return Source("csv", [Sheet("", grid.heading, rows, complete=grid.complete)])
