"""Run by test_tiles in a process of its own: appends and publishes, and is killed before its nth file operation.

Arguments: directory, seed of the private key (hex), first entry, batch sizes (a,b,c), n (0: never killed).
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori import proofs
from sakimori.acts.tiles import TileLog

_OPEN: Any = os.open
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}


def main() -> None:
    directory, seed, first, batches, fatal = sys.argv[1:]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    number, seen = int(first), 0

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        # Every change to the file system is announced before it happens: the real kill -9 comes just there.
        writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in _CHANGES or writing) and str(arguments[0]).startswith(directory):
            step()

    sync = os.fsync

    def step_and_sync(handle: int) -> None:
        step()
        sync(handle)

    def open_and_step(path: object, *arguments: int) -> int:
        handle = _OPEN(path, *arguments)
        step()
        return handle

    log = TileLog(Path(directory))
    log.recover(log.size)
    sys.addaudithook(hook)
    # And two moments the audit does not tell: a file just opened and still empty, a file written and not yet synced.
    os.fsync, os.open = step_and_sync, open_and_step
    for batch in map(int, batches.split(",")):
        log.append([place.to_bytes(32, "big") for place in range(number, number + batch)])
        number += batch
        log.publish(proofs.sign_checkpoint("test.example/log", log.size, log.root(log.size), key))
        sys.stdout.write(f"{log.size}\n")
        sys.stdout.flush()
    sys.stdout.write(f"operations {seen}\n")


if __name__ == "__main__":
    main()
