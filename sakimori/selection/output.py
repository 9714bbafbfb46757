"""Write a finished selection: records.parquet, identities.sealed, receipt.json; each appears whole or not at all.

The receipt is written last: a folder without it holds no selection.
"""

import json
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sakimori.selection.engine import Result
from sakimori.selection.errors import OutputError
from sakimori.selection.records import schema
from sakimori.text import Text

RECORDS, RECEIPT, IDENTITIES = "records.parquet", "receipt.json", "identities.sealed"


def table(result: Result) -> pa.Table:
    """Return the rows as an Arrow table whose schema names each field's limb of 2(8)."""
    return pa.Table.from_pylist(list(result.rows), schema=schema())


def write(result: Result, folder: Path) -> Path:
    """Write the result into the folder (made if need be) and return the path of the receipt.

    Raises:
        OutputError: the folder holds an earlier selection, or cannot be written.
    """
    if any((folder / name).exists() for name in (RECORDS, RECEIPT, IDENTITIES)):
        raise OutputError(
            Text("出力先に以前の選別の結果があります。", "the output folder holds an earlier selection."),
            where=folder.name,
            mend=Text("別のフォルダを指定してください。", "Give another folder."),
        )
    sink = pa.BufferOutputStream()
    pq.write_table(table(result), sink)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(folder / RECORDS, sink.getvalue().to_pybytes())
        if result.sealed is not None:
            _put(folder / IDENTITIES, result.sealed)
        text = json.dumps(result.receipt, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        _put(folder / RECEIPT, text.encode())
    except OSError as error:
        raise OutputError(
            Text("出力先に書けません。", "the output folder cannot be written."),
            where=f"{folder.name} ({error.strerror})",
            mend=Text("空き容量と権限を確かめてください。", "Check free space and permissions."),
        ) from None
    return folder / RECEIPT


def _put(path: Path, data: bytes) -> None:
    """Write to a temporary file beside it (readable by the owner only), then rename."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
