"""Run every command the READMEs give, in order, each block from the repository's root, as a newcomer would.

A fenced `sh` block is run when the line before it is `<!-- ci: run -->`. A block that cannot be run here says why
instead: `<!-- ci: not run, REASON -->`. A block with neither mark is an error, so no command goes stale unseen.
"""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^(?P<before>[^\n]*)\n```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN = "<!-- ci: run -->"
_NOT_RUN = re.compile(r"<!-- ci: not run, \S.* -->")


class UnmarkedBlockError(ValueError):
    """A block of commands says neither that it is run nor why not."""


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of one fenced block, and whether CI runs them."""

    commands: str
    run: bool


def blocks(text: str) -> list[Block]:
    """Return the `sh` blocks of a Markdown text in order.

    Raises:
        UnmarkedBlockError: a block has no mark on the line before it.
    """
    found = []
    for match in _BLOCK.finditer(text):
        before, commands = match["before"].strip(), match["commands"]
        if before != _RUN and not _NOT_RUN.fullmatch(before):
            raise UnmarkedBlockError(f"mark this block with {_RUN} or say why not: {commands.strip()}")
        found.append(Block(commands, run=before == _RUN))
    return found


def main() -> int:
    """Run the marked blocks of README.md; return the exit status of the first that fails, else 0."""
    for block in blocks((ROOT / "README.md").read_text(encoding="utf-8")):
        if not block.run:
            continue
        print(f"$ {block.commands.strip()}", flush=True)
        began = time.monotonic()
        done = subprocess.run(["/bin/bash", "-euo", "pipefail", "-c", block.commands], cwd=ROOT, check=False)
        print(f"  -> exit {done.returncode} after {time.monotonic() - began:.1f} s", flush=True)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
