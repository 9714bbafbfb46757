"""Write a finished selection: records.parquet, identities.sealed, receipt.json; all appear at once or not at all.

They are written to a hidden folder beside the output's place, which is renamed when all of them are on the disk.
`read` takes a folder back only if everything in it is what the receipt says.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sakimori.selection.engine import Result
from sakimori.selection.errors import OutputError
from sakimori.selection.receipt import output_digest, verify
from sakimori.selection.records import Row, schema
from sakimori.text import Text

RECORDS, RECEIPT, IDENTITIES = "records.parquet", "receipt.json", "identities.sealed"


def table(result: Result) -> pa.Table:
    """Return the rows as an Arrow table whose schema names each field's limb of 2(8)."""
    return pa.Table.from_pylist(list(result.rows), schema=schema())


def ready(folder: Path) -> None:
    """See that a result can be written into the folder, before traffic is read that could not be read again.

    Raises:
        OutputError: as `write`.
    """
    folder = folder.absolute()
    try:
        _vacant(folder)
        Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)).rmdir()
    except OSError as error:
        raise _unwritable(folder, error) from None


def write(result: Result, folder: Path) -> Path:
    """Write the result into the folder (made if need be) and return the path of the receipt.

    Raises:
        OutputError: the folder is not empty, or cannot be written.
    """
    folder = folder.absolute()
    sink = pa.BufferOutputStream()
    pq.write_table(table(result), sink)
    text = json.dumps(result.receipt, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    parts = {RECORDS: sink.getvalue().to_pybytes(), RECEIPT: text.encode()}
    if result.sealed is not None:
        parts[IDENTITIES] = result.sealed
    try:
        _vacant(folder)
        _appear(folder, parts)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder / RECEIPT


def _vacant(folder: Path) -> None:
    """Refuse a folder that holds something; make those above it."""
    if folder.exists() and any(folder.iterdir()):
        raise OutputError(
            Text("出力先が空ではありません。", "the output folder is not empty."),
            where=folder.name,
            mend=Text("別のフォルダを指定してください。", "Give another folder."),
        )
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        Text("出力先に書けません。", "the output folder cannot be written."),
        where=f"{folder.name} ({error.strerror})",
        mend=Text("空き容量と権限を確かめてください。", "Check free space and permissions."),
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """A selection read back: its rows (times in ns), its receipt, the sealed identities if there are any."""

    rows: tuple[Row, ...]
    receipt: dict[str, Any]
    sealed: bytes | None


def read(folder: Path, keys: Mapping[str, Ed25519PublicKey] | None = None) -> Stored:
    """Read a selection and check it: digests of rows and identities, and the signature by one of `keys` (by id).

    Without `keys` the signature is not looked at; where they are given, a receipt without signature is refused.

    Raises:
        OutputError: the folder is incomplete, unreadable, or not what its receipt says.
    """
    try:
        receipt = json.loads((folder / RECEIPT).read_bytes())
        rows = _rows(pq.read_table(folder / RECORDS, schema=schema()))
        sealed = (folder / IDENTITIES).read_bytes() if (folder / IDENTITIES).exists() else None
        said = receipt["output"]["digest"], receipt["output"]["identities_sha256"]
        found = output_digest(rows), None if sealed is None else hashlib.sha256(sealed).hexdigest()
        signer = str((receipt["signature"] or {}).get("key"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        raise _unfit(folder, Text("選別の結果がそろっていません。", "this is no complete selection.")) from None
    if said != found:
        raise _unfit(folder, Text("記録が証明と一致しません。", "the records are not what the receipt says."))
    if keys is not None and (signer not in keys or not verify(receipt, keys[signer])):
        raise _unfit(folder, Text("証明の署名を確かめられません。", "the receipt's signature does not verify."))
    return Stored(tuple(rows), receipt, sealed)


def _unfit(folder: Path, what: Text) -> OutputError:
    mend = Text("選別装置から受け取り直してください。", "Obtain it again from the engine.")
    return OutputError(what, where=folder.name, mend=mend, article="強化法22")


def _rows(stored: pa.Table) -> list[Row]:
    """Return rows as the engine made them; times as whole nanoseconds, which Python's datetime cannot hold."""
    for name in ("first", "last"):
        stored = stored.set_column(stored.schema.get_field_index(name), name, stored.column(name).cast(pa.int64()))
    rows: list[Row] = stored.to_pylist()
    return rows


def _appear(folder: Path, parts: Mapping[str, bytes]) -> None:
    """Write the files (readable by the owner only) to a hidden folder, then rename it to its place."""
    hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, data in parts.items():
            handle = os.open(hidden / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        hidden.replace(folder)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
