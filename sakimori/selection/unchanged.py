"""Capture files must stay what they are while they are selected from: else nobody could say what was read.

Different processes read different parts of a file, and some parts twice. A file may only grow meanwhile, at its end:
what comes after the end that was found first may be read or not.
"""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sakimori.selection.errors import CaptureChangedError
from sakimori.selection.real import Source
from sakimori.text import Text


class _State(NamedTuple):
    identity: tuple[int, int]
    size: int
    modified: int


def states(captures: Sequence[Source]) -> dict[Path, _State | None]:
    """Return what each capture that is a regular file is now; None: it cannot be looked at."""
    return {Path(one): _state(Path(one)) for one in captures if isinstance(one, (str, Path))}


def require_unchanged(before: dict[Path, _State | None]) -> None:
    """Refuse what was read if a file was replaced, made shorter or written over; raises `CaptureChangedError`."""
    for path, was in before.items():
        now = _state(path)
        if was is None or (now is not None and (now == was or (now.identity == was.identity and now.size > was.size))):
            continue
        raise CaptureChangedError(
            Text(
                "選別の間にファイルが短くなったか、書き換えられました。何も記録していません。",
                "the file was made shorter or written over during the selection; nothing was kept.",
            ),
            where=path.name,
            mend=Text(
                "取り込みが終わったファイルか、その写しを指定してください。",
                "Give a capture that is finished, or a copy of it.",
            ),
        )


def _state(path: Path) -> _State | None:
    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return _State((about.st_dev, about.st_ino), about.st_size, about.st_mtime_ns)
