"""The logs of this deployment: the one that runs now, and those that were closed after a loss.

A log is known by its origin. Where leaves that were published are gone for good, going on under the same origin would
show two histories (a fork, which a C2SP witness refuses). Then the log is closed at what is left of it and a new one
with a new origin is begun over all leaves at hand; peers take its key on purpose (`parties.peer.rekey`). What the
closed log took in keeps its proofs there. See docs/decisions/0016.
"""

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from sakimori.acts.tiles import TileLog

FILE = "epochs.json"
TYPE = "sakimori.epochs/1"


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed log: its origin, its size in leaves, the directory of its files below the home, its last checkpoint."""

    origin: str
    size: int
    directory: str


def path() -> Path:
    """Return the file that names the closed logs; there is none in a deployment that never lost anything."""
    return Path(settings.SAKIMORI_HOME) / FILE


def closed() -> list[Closed]:
    """Return the closed logs, oldest first."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Closed(row["origin"], row["size"], row["directory"]) for row in found["closed"]]


def origin() -> str:
    """Return the origin line of the log that runs now: `sakimori/NAME`, with `/2`, `/3`, … once one was closed."""
    return _origin(len(closed()) + 1)


def _origin(number: int) -> str:
    base = f"sakimori/{settings.SAKIMORI_DEPLOYMENT['name']}"
    return base if number == 1 else f"{base}/{number}"


def next_origin() -> str:
    """Return the origin the next log would have."""
    return _origin(len(closed()) + 2)


def close(size: int) -> None:
    """Close the log that runs now at `size` leaves and put its files aside; the next origin is the new one.

    The file is written before the directory is moved: a crash between the two is mended by `settle()`.
    """
    rows = closed()
    rows.append(Closed(origin(), size, f"log.{len(rows) + 1}"))
    document = {"type": TYPE, "closed": [{"origin": r.origin, "size": r.size, "directory": r.directory} for r in rows]}
    temporary = path().with_name(f".{FILE}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path())
    settle()


def settle() -> None:
    """Move the files of the newest closed log to their place, where a crash left them."""
    rows = closed()
    if not rows:
        return
    running, put_aside = Path(settings.SAKIMORI_LOG), Path(settings.SAKIMORI_HOME) / rows[-1].directory
    if not put_aside.exists() and running.exists():
        running.rename(put_aside)
    running.mkdir(exist_ok=True)


def proof_of(position: int, of: str) -> dict[str, Any] | None:
    """Return the inclusion block of a leaf in the closed log with origin `of`; None where that log lacks it."""
    for log in closed():
        if log.origin != of or position >= log.size:
            continue
        tiles = TileLog(Path(settings.SAKIMORI_HOME) / log.directory)
        if tiles.size < log.size:
            return None
        return {
            "index": position,
            "checkpoint": tiles.checkpoint().decode(),
            "proof": [base64.b64encode(node).decode() for node in tiles.inclusion_proof(position, tiles.size)],
        }
    return None
