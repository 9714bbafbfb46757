"""The kept records of a selection: read from the engine's file as the very bytes that its receipt's digest covers.

The receipt's output digest is SHA-256 over the sorted rows' RFC 8785 JSON, each with a line feed (selection-semantics
§8). Staged rows are stored as that JSON, so what is imported can be held against what the engine signed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sakimori import proofs
from sakimori.selection import SelectionError, schema
from sakimori.selection.records import canonical
from sakimori.text import Text

_TIMES = ("first", "last")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of `records.parquet` as plain JSON data, in the engine's order.

    Raises:
        SelectionError: the file is not one that the engine writes.
    """
    try:
        table = pq.read_table(path)
        found = _rows(table) if table.schema.names == schema().names else None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        found = None
    if found is None:
        raise SelectionError(
            Text("選別の記録として読めません。", "This cannot be read as the records of a selection."),
            code="custody.records",
            where=path.name,
            mend=Text("選別エンジンが書いた records.parquet を渡してください。", "Give the engine's records.parquet."),
        )
    yield from found


def _rows(table: Any) -> list[dict[str, Any]]:
    for name in _TIMES:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table.column(name).cast(pa.int64()))
    return [json.loads(canonical(row)) for row in table.to_pylist()]


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the digest a receipt's `output.digest` must equal: SHA-256 (hex) over the rows' canonical JSON."""
    found = hashlib.sha256()
    for row in rows:
        found.update(proofs.canonical(dict(row)) + b"\n")
    return found.hexdigest()
