"""A spool between the receiving equipment and the engine: bursts wait here, in memory first, then encrypted in a file.

A pipe holds 64 KiB. What a line brings while the engine is busy would otherwise have to wait in the equipment, which
drops what it cannot hold, and no receipt would say so. A process of its own takes the stream as fast as it comes,
keeps up to `memory` bytes, puts what is beyond that into a file, piece by piece under AES-256-GCM, and hands everything
to the reader in the order it came. When file and memory are full it stops taking, and counts that.

Nothing of it outlives the process. The key is made in the process, after its memory is kept out of swap and of core
dumps, and is written nowhere; with the process it is gone, and what the disk still holds is noise. The file has no
name (`O_TMPFILE`): the system frees it when the process ends, however it ends. The process is caged as the reader is
(`confine.py`); the file was opened before, and is the one thing it can write besides its pipes.
Sources: NIST SP 800-38D (AES-GCM); open(2), pipe(7) of the Linux man-pages. The spool itself is a house rule.
"""

import fcntl
import os
import secrets
import select
import signal
import struct
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sakimori.selection.confine import confine, hold_only
from sakimori.selection.errors import ModeError
from sakimori.selection.until import Until
from sakimori.text import Text

PIECE = 1 << 18
CIPHER = "AES-256-GCM"
_TAG, _KEY_BITS, _NONCE = 16, 256, 12
_SLOT = PIECE + _TAG
_SET_PIPE_SIZE, _PIPE_SIZE = 1031, 1 << 20  # F_SETPIPE_SZ; what an unprivileged process may ask for
_REPORT = struct.Struct("=7Q")
_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Spool:
    """Where and how much may wait: `folder` for the file, at most `limit` bytes in it and `memory` bytes in memory."""

    folder: Path
    limit: int
    memory: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a spool did: bytes passed, most that waited, bytes laid into the file, waits of the source and their ms.

    `closed` is when it took from the source last (ns of the monotonic clock), `stopped` 1 if the authority's period
    ended before the source did.
    """

    passed: int
    most: int
    filed: int
    waits: int
    waited: int
    closed: int
    stopped: int

    def as_dict(self, spool: Spool) -> dict[str, Any]:
        """Return plain data for the receipt."""
        return {
            "cipher": CIPHER,
            "file_limit": spool.limit,
            "memory_limit": spool.memory,
            "bytes_passed": self.passed,
            "most_waiting": self.most,
            "bytes_filed": self.filed,
            "source_waits": {"count": self.waits, "milliseconds": self.waited},
        }


@dataclass(frozen=True, slots=True)
class Spooler:
    """A running spool: its process, the stream that comes out of it, and where its report will stand."""

    process: int
    out: IO[bytes]
    report: IO[bytes]
    number: int = 0

    def end(self) -> Report | None:
        """End the process and return its report; None if it was lost before the end of what it had to pass on."""
        self.out.close()  # without a reader the process ends, whatever is left in it
        raw = self.report.read()
        self.stop()
        return Report(*_REPORT.unpack(raw)) if len(raw) == _REPORT.size else None

    def stop(self) -> None:
        """End the process at once, and with it its key."""
        self.out.close()
        self.report.close()
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)


def start(source: IO[bytes], spool: Spool, number: int = 0, ends: float | None = None) -> Spooler:
    """Start a spool that takes from the source (the capture of this number), until `ends` of the monotonic clock.

    Raises:
        ModeError: the folder can hold no file without a name.
    """
    file = _nameless(spool.folder)
    taking, giving = os.pipe()
    reading, reporting = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _be_the_spool(source.fileno(), giving, reporting, file, (spool, Until(ends)), parent)
    for handle in (file, giving, reporting):
        os.close(handle)
    return Spooler(child, os.fdopen(taking, "rb"), os.fdopen(reading, "rb"), number)


def _nameless(folder: Path) -> int:
    """Open a file that has no name and can be given none."""
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ModeError(
            Text("暗号化した待避ファイルを置けません。", "the encrypted spool cannot lie in this folder."),
            where=f"{folder.name}: {os.strerror(error.errno or 0)}",
            mend=Text(
                "書き込みができ、名前のないファイル(O_TMPFILE)を作れるファイルシステムのフォルダーを指定してください"
                "(ext4、XFS、tmpfs など)。",
                "Name a folder that may be written, on a file system with nameless files (O_TMPFILE): ext4, tmpfs.",
            ),
            article="強化法22(3)、35(3)",
        ) from None


def _be_the_spool(source: int, sink: int, reporting: int, file: int, told: tuple[Spool, Until], parent: int) -> None:
    """Be the spool's process; never returns to the caller's code, and says nothing of a fault."""
    status = 1
    try:
        hold_only({source, sink, reporting, file}, quiet=True)
        confine()
        if os.getppid() == parent:
            spool, until = told
            waiting = Waiting(file, spool)
            closed = _pass_on(source, sink, waiting, until)
            os.close(sink)
            counted = waiting.passed, waiting.most, waiting.filed, waiting.waits, round(waiting.waited * _MILLI)
            os.write(reporting, _REPORT.pack(*counted, closed, int(until.stopped)))
            status = 0
    except BaseException:  # noqa: BLE001, S110  a message may hold data; the missing report says that it failed
        pass
    finally:
        os._exit(status)


class Waiting:
    """What waits, first in, first out: whole pieces in memory or in the file, and behind them one still filling."""

    def __init__(self, file: int, spool: Spool) -> None:
        self._file = file
        self._slots = spool.limit // _SLOT  # how many the file may have
        self._free: list[int] = []
        self._made = 0
        self._memory = spool.memory
        self._held = self._laid = 0
        self._cipher = AESGCM(AESGCM.generate_key(_KEY_BITS))
        self._nonce = secrets.randbits(8 * _NONCE - 64) << 64
        self._queue: deque[bytes | tuple[int, int, int]] = deque()
        self._filling = bytearray()
        self.passed = self.most = self.filed = self.waits = 0
        self.waited = 0.0

    def __len__(self) -> int:
        return self._held + self._laid + len(self._filling)

    def has_room(self) -> bool:
        """Say whether another piece can be taken."""
        return self._held + PIECE <= self._memory or bool(self._free) or self._made < self._slots or not len(self)

    def put(self, data: bytes) -> None:
        """Take what came, at most a piece."""
        self.passed += len(data)
        if len(data) == PIECE and not self._filling:
            self._lay(data)
        else:
            self._filling += data
            if len(self._filling) >= PIECE:
                with memoryview(self._filling) as whole:
                    piece = bytes(whole[:PIECE])
                del self._filling[:PIECE]
                self._lay(piece)
        self.most = max(self.most, len(self))

    def take(self) -> bytes:
        """Return the piece that has waited longest; raises `InvalidTag` if the file is not as it was written."""
        if not self._queue:
            piece = bytes(self._filling)
            self._filling.clear()
            return piece
        first = self._queue.popleft()
        if isinstance(first, bytes):
            self._held -= len(first)
            return first
        slot, nonce, size = first
        sealed = os.pread(self._file, size, slot * _SLOT)
        self._free.append(slot)
        piece = self._cipher.decrypt(nonce.to_bytes(_NONCE, "big"), sealed, None)
        self._laid -= len(piece)
        return piece

    def _lay(self, piece: bytes) -> None:
        if self._held + len(piece) <= self._memory or not self._store(piece):
            self._queue.append(piece)
            self._held += len(piece)

    def _store(self, piece: bytes) -> bool:
        """Lay a piece into the file; False where that has no more room."""
        if not self._free and self._made >= self._slots:
            return False
        slot = self._free.pop() if self._free else self._made
        self._nonce += 1  # one for each piece of this key, never again
        sealed = self._cipher.encrypt(self._nonce.to_bytes(_NONCE, "big"), piece, None)
        try:
            written = os.pwrite(self._file, sealed, slot * _SLOT)
        except OSError:
            written = 0
        if written < len(sealed):  # the storage is full before the limit is: no slots beyond those there are
            self._slots = self._made
            if slot < self._made:
                self._free.append(slot)
            return False
        self._made = max(self._made, slot + 1)
        self._queue.append((slot, self._nonce, len(sealed)))
        self._laid += len(piece)
        self.filed += len(piece)
        return True


def _pass_on(source: int, sink: int, waiting: Waiting, until: Until) -> int:
    """Take from the source whenever there is room, give to the sink whenever it takes, until both are done.

    Nothing is taken after `until`. Ends before that when nobody reads any more: a reader may end at damage; that it was
    lost is told elsewhere. Returns when it took from the source last, or found its end (ns of the monotonic clock).
    """
    os.set_blocking(sink, False)
    _widen(source)
    _widen(sink)
    head = memoryview(b"")
    open_ended, held_up, closed = True, None, time.monotonic_ns()
    while (open_ended := open_ended and not until.over()) or head or len(waiting):
        room = waiting.has_room()
        held_up = _count_wait(source, waiting, held_up, room=room)
        poll = select.poll()
        poll.register(sink, select.POLLOUT if head or len(waiting) else 0)
        if open_ended and room:
            poll.register(source, select.POLLIN)
        ready = dict(poll.poll(until.wait() if open_ended else None))
        if ready.get(sink, 0) & select.POLLERR:
            return closed
        if source in ready and not until.over():
            closed = time.monotonic_ns()
            data = os.read(source, PIECE)
            open_ended = bool(data)
            waiting.put(data)
        if sink in ready:
            head = head or memoryview(waiting.take())
            with suppress(BlockingIOError):
                head = head[os.write(sink, head) :]
    return closed


def _count_wait(source: int, waiting: Waiting, since: float | None, *, room: bool) -> float | None:
    """Count the times the source had something and there was no room for it; returns since when that has been so."""
    if since is None and not room:
        poll = select.poll()
        poll.register(source, select.POLLIN)
        if any(event & select.POLLIN for _, event in poll.poll(0)):
            waiting.waits += 1
            return time.monotonic()
    if since is not None and room:
        waiting.waited += time.monotonic() - since
        return None
    return since


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where it is one and the system allows it."""
    with suppress(OSError):
        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE_SIZE)
