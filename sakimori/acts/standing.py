"""May this deployment write? After a restore, or where its database is older than its published log, it may only read.

The answer is a file in the home (`readonly.json`), so that site, worker and command line agree at once and a restart
forgets nothing. `look()` compares what this machine holds (database, log, anchor) and writes the file where they
disagree; a restore writes it itself. Only `sakimori log clear` takes it away (see `sakimori.acts.recovery`).
A file that cannot be read counts as read-only: deny by default.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Max

from sakimori import proofs
from sakimori.acts import clock
from sakimori.acts.errors import ReadOnlyError
from sakimori.acts.models import Leaf
from sakimori.acts.outside import anchored
from sakimori.acts.tiles import TileLog
from sakimori.text import Text

MARKER = "readonly.json"
TYPE = "sakimori.standing/1"
_clearing: ContextVar[bool] = ContextVar("sakimori_clearing", default=False)

REASONS = {
    "restored": Text("控えから復元されました。", "It was restored from a backup."),
    "behind": Text(
        "データベースまたは記録が、既に公表した記録より古くなっています。",
        "Its database or log is older than the log it has already published.",
    ),
    "forked": Text(
        "手元の記録が、既に公表した記録と食い違っています。", "Its log differs from the log it has already published."
    ),
    "unreadable": Text("読み取り専用の印が読めません。", "The mark of being read-only cannot be read."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Why the deployment only reads (`reason`, empty: it writes), since when, and both sizes in leaves.

    `size` is what this machine held when the mark was set; `known` the largest size it is known to have published.
    """

    reason: str = ""
    since: str = ""
    size: int = 0
    known: int = 0
    backup_made_at: str = ""

    @property
    def read_only(self) -> bool:
        """Return whether the door refuses every act."""
        return bool(self.reason)

    @property
    def why(self) -> Text:
        """Return the reason as a sentence; an empty one where the deployment writes."""
        return REASONS.get(self.reason, Text("", ""))


def path() -> Path:
    """Return where the mark lies while the deployment only reads."""
    return Path(settings.SAKIMORI_HOME) / MARKER


def current() -> Standing:
    """Return how the deployment stands now, by its mark alone (one look at a file)."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"))
        if found.pop("type") != TYPE or found.get("reason") not in REASONS:
            return Standing("unreadable")
        return Standing(**found)
    except FileNotFoundError:
        return Standing()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Standing("unreadable")


def require_writable() -> None:
    """Refuse (`ReadOnlyError`) while the deployment only reads; nothing while it is being cleared."""
    if not _clearing.get() and path().exists():
        raise refusal(current())


def refusal(standing: Standing) -> ReadOnlyError:
    """Return the refusal every caller gets while the deployment only reads."""
    return ReadOnlyError(
        Text(
            f"この設置は現在、読み取り専用です。{standing.why.ja}記録は続けられません。",
            f"This deployment is read-only for now. {standing.why.en} Nothing can be recorded.",
        ),
        mend=Text(
            "管理者が `sakimori log catch-up` と `sakimori log clear` を終えるまでお待ちください。"
            "入力は記録されていません。",
            "Wait until an administrator has finished `sakimori log catch-up` and `sakimori log clear`. "
            "What you entered was not recorded.",
        ),
    )


@contextmanager
def being_cleared() -> Iterator[None]:
    """Let this context write although the deployment only reads: for `sakimori.acts.recovery` alone."""
    token = _clearing.set(True)
    try:
        yield
    finally:
        _clearing.reset(token)


def is_being_cleared() -> bool:
    """Return whether this context is the one that clears the deployment."""
    return _clearing.get()


def declare(reason: str, *, size: int, known: int, backup_made_at: str = "") -> Standing:
    """Make the deployment read-only; an earlier mark stays as it is (the first reason is the one to be cleared)."""
    before = current()
    if before.read_only:
        return before
    standing = Standing(reason, clock.wall().isoformat(), size, known, backup_made_at)
    write(path(), standing)
    return standing


def write(where: Path, standing: Standing) -> None:
    """Write a mark, for good once this returns."""
    temporary = where.with_name(f".{where.name}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump({"type": TYPE, **asdict(standing)}, stream, indent=2)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(where)


def lift() -> None:
    """Take the mark away; it is kept beside the others as `recovery/…json`."""
    kept = path().parent / "recovery"
    kept.mkdir(exist_ok=True, mode=0o700)
    stamp = clock.wall().strftime("%Y%m%dT%H%M%S%f")
    path().replace(kept / f"readonly-{stamp}.json")


def look() -> Standing:
    """Compare database, log and anchor, declare the deployment read-only where they disagree; return how it stands.

    The published log may be ahead of the database only where the database was put back: positions are committed
    before anything is published. Reads the log first, so that work going on meanwhile is not mistaken for that.
    """
    standing = current()
    if standing.read_only:
        return standing
    log = TileLog(settings.SAKIMORI_LOG)
    outside = anchored()
    placed = leaves()
    if placed < log.size:
        return declare("behind", size=placed, known=log.size)
    if outside is None:
        return standing
    return _against(log, outside, placed) or standing


def _against(log: TileLog, outside: proofs.Checkpoint, placed: int) -> Standing | None:
    if outside.size > log.size:
        # The log may be about to publish what it has placed: only a database without those leaves is old.
        return declare("behind", size=log.size, known=outside.size) if placed < outside.size else None
    if outside.size and log.root(outside.size) != outside.root:
        return declare("forked", size=log.size, known=outside.size)
    return None


def leaves() -> int:
    """Return how many leaves of the database have their place in the log."""
    last = Leaf.objects.filter(position__isnull=False).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1
