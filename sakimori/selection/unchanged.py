"""Capture files must stay what they are while they are selected from: else nobody could say what was read.

Different processes read different parts of a file, and some parts twice. A file may only grow meanwhile, since captures
are written while they are read: what comes after the end that was found first may be read or not. Growth changes the
times of a file too, so of a file that grew nobody can say whether it was written over as well: that it grew is told.
"""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sakimori.selection.errors import CaptureChangedError
from sakimori.selection.real import Source
from sakimori.text import Text

GREW = "grew_while_read"


class _State(NamedTuple):
    identity: tuple[int, int]
    size: int
    modified: int
    changed: int  # unlike the time before, nobody but root can set it


def states(captures: Sequence[Source]) -> dict[Path, _State | None]:
    """Return what each capture that is a regular file is now; None: it cannot be looked at."""
    return {Path(one): _state(Path(one)) for one in captures if isinstance(one, (str, Path))}


def require_unchanged(before: dict[Path, _State | None]) -> list[str]:
    """Refuse what was read if a file was replaced, made shorter or written over; returns the names of those that grew.

    Raises `CaptureChangedError`.
    """
    grown = []
    for path, was in before.items():
        now = _state(path)
        if was is None or now == was:
            continue
        if now is not None and now.identity == was.identity and now.size > was.size:
            grown.append(path.name)
            continue
        raise CaptureChangedError(
            Text(
                "選別の間にファイルが短くなったか、書き換えられました(名前や権限の変更もこれに当たります)。何も記録していません。",
                "the file was made shorter or written over during the selection (a new name or new permissions look "
                "the same); nothing was kept.",
            ),
            where=path.name,
            mend=Text(
                "取り込みが終わったファイルか、その写しを指定してください。",
                "Give a capture that is finished, or a copy of it.",
            ),
        )
    return grown


def _state(path: Path) -> _State | None:
    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return _State((about.st_dev, about.st_ino), about.st_size, about.st_mtime_ns, about.st_ctime_ns)
