"""The sequencer: the one process that gives committed leaves their place in the log.

The database is the source of truth. Per batch: waiting leaves get the next positions (one transaction), their
commitments are appended to the tiles, the checkpoint is signed and published last, and the head is noted in the
database. Killed anywhere, it goes on where the positions say: tiles beyond the published checkpoint are discarded and
written again from the database, byte for byte. Only one sequencer runs a deployment (a lock on the log's directory).
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from sakimori import proofs
from sakimori.acts import clock, failpoints, keys, outside, standing
from sakimori.acts.models import Head, Leaf
from sakimori.acts.tiles import TileLog
from sakimori.errors import SakimoriError
from sakimori.record import open_door
from sakimori.record.turn import turn
from sakimori.text import Text

BATCH = 4096


def directory() -> Path:
    """Return where the log's tiles and checkpoint lie."""
    return Path(settings.SAKIMORI_LOG)


@contextmanager
def locked() -> Iterator[None]:
    """Hold the log for this process; `SakimoriError` where another sequencer runs."""
    directory().mkdir(parents=True, exist_ok=True)
    with (directory() / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SakimoriError(
                Text(
                    "この設置の記録係（sequencer）は既に動いています。",
                    "A sequencer of this deployment is running already.",
                ),
                code="log.locked",
            ) from None
        yield


class Sequencer:
    """Takes in what waits, batch by batch; create it inside `locked()`."""

    def __init__(self) -> None:
        standing.require_writable()
        self.log = TileLog(directory())
        self._recover()

    def _recover(self) -> None:
        published = self._published_size()
        self.log.recover(published)
        known = (Leaf.objects.aggregate(last=Max("position"))["last"] or 0) + 1 if self._any() else 0
        if published > known:
            raise SakimoriError(
                Text(
                    f"記録（{published}件）がデータベース（{known}件）より先に進んでいます。",
                    f"The log ({published} leaves) is ahead of the database ({known}).",
                ),
                code="log.ahead",
                mend=Text(
                    "古い控えからの復元でしょう。`sakimori log catch-up`、`sakimori log clear` の順に行ってください。",
                    "This looks like an old backup: use `sakimori log catch-up`, then `sakimori log clear`.",
                ),
            )
        self._require_same_end(min(known, published))
        if known > published:
            self._append_and_publish(published, known)
        elif known and not Head.objects.filter(size=known).exists():
            self._note_head((directory() / "checkpoint").read_text(encoding="utf-8"), known)

    def _require_same_end(self, size: int) -> None:
        """Refuse to go on from a database whose leaves are not those of the log, at the last one both have."""
        if size == 0:
            return
        last = Leaf.objects.filter(position=size - 1).values_list("commitment", flat=True).first()
        if last is None or bytes(last) != self.log.entry(size - 1):
            raise SakimoriError(
                Text("データベースの葉が記録と違います。", "The leaves of the database are not those of the log."),
                code="log.differs",
                mend=Text(
                    "`sakimori log verify` で確かめ、正しい方を復元してください。",
                    "See `sakimori log verify`, and restore the one that is right.",
                ),
            )

    @staticmethod
    def _any() -> bool:
        return bool(Leaf.objects.filter(position__isnull=False).exists())

    def _published_size(self) -> int:
        path = directory() / "checkpoint"
        if not path.exists():
            return 0
        return proofs.parse_checkpoint(path.read_bytes()).size

    def run_once(self) -> int:
        """Take in what waits now, at most one batch; return how many leaves."""
        waiting = list(Leaf.objects.filter(position__isnull=True).order_by("id").values_list("id", flat=True)[:BATCH])
        if not waiting:
            return 0
        first = self.log.size
        with turn(), transaction.atomic(), open_door("sequencer"):
            _set_positions([(first + offset, leaf) for offset, leaf in enumerate(waiting)])
        self._append_and_publish(first, first + len(waiting))
        return len(waiting)

    def _append_and_publish(self, first: int, size: int) -> None:
        placed = Leaf.objects.filter(position__gte=first, position__lt=size).order_by("position")
        entries = [bytes(commitment) for commitment in placed.values_list("commitment", flat=True)]
        if len(entries) != size - first:
            raise SakimoriError(
                Text("記録の位置に欠番があります。", "Positions of the log are missing."), code="log.gap"
            )
        self.log.append(entries)
        failpoints.reach("sequencer.after_append")
        note = proofs.sign_checkpoint(keys.origin(), size, self.log.root(size), keys.private("log"))
        failpoints.reach("sequencer.before_publish")
        self.log.publish(note)
        outside.anchor(note)
        failpoints.reach("sequencer.after_publish")
        self._note_head(note.decode() if isinstance(note, bytes) else note, size)

    def _note_head(self, note: str, size: int) -> None:
        with transaction.atomic(), open_door("sequencer"):
            Head(world="", size=size, root=self.log.root(size).hex(), note=note, signed_at=clock.wall()).save(
                force_insert=True
            )


def _set_positions(pairs: Sequence[tuple[int, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE acts_leaf SET position = %s WHERE id = %s AND position IS NULL", list(pairs))


def drain() -> int:
    """Take in everything that waits, once, under the lock; return how many leaves (command line, tests)."""
    total = 0
    with locked():
        sequencer = Sequencer()
        while taken := sequencer.run_once():
            total += taken
    return total
