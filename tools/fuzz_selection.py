"""Fuzz the selection's decoders and both its engines, target after target, and count what was run.

    python -m tools.fuzz_selection [TARGET…] --seconds 60 --corpus DIR [--plain]

With atheris (extra `fuzz`) each target is driven by libFuzzer, guided by coverage of `sakimori.selection`; with
`--plain`, or where atheris is absent, by changes to good inputs from a fixed series of random numbers, which finds less
but runs anywhere. What makes a target fail is left in DIR/<target>/found; DIR/counts.json sums executions, seconds and
failures over all calls. Ends with status 1 if anything failed.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Target = Callable[[bytes], None]
_LARGEST = 4_096
_NICE = 19


def targets() -> dict[str, Target]:
    """Return every target by its name without `fuzz_`."""
    from tests.fuzz import fuzz_selection_engines as engines  # noqa: PLC0415  atheris instruments what is imported later
    from tests.fuzz import fuzz_selection_fields as fields  # noqa: PLC0415
    from tests.fuzz import fuzz_selection_packets as packets  # noqa: PLC0415

    every = (*packets.TARGETS, *fields.TARGETS, *engines.TARGETS)
    return {target.__name__.removeprefix("fuzz_"): target for target in every}


def changed(seeds: tuple[bytes, ...], rng: random.Random) -> bytes:
    """Return a seed with up to six changes: bytes, pieces out, pieces in, parts of other seeds."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(1, 7)):
        place = rng.randrange(len(data) + 1)
        kind = rng.randrange(6)
        if kind == 0 and place < len(data):
            data[place] = rng.randrange(256)
        elif kind == 1 and place < len(data):
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 2:  # noqa: PLR2004  a kind of change
            del data[place : place + rng.randrange(1, 16)]
        elif kind == 3:  # noqa: PLR2004
            data[place:place] = rng.choice((b"\0", b"\xff", b"\r\n", b"\x7f\xff", rng.randbytes(4)))
        elif kind == 4:  # noqa: PLR2004
            other = rng.choice(seeds)
            begin = rng.randrange(len(other) + 1)
            data[place : place + rng.randrange(20)] = other[begin : begin + rng.randrange(40)]
        else:
            del data[place:]
    return bytes(data[:_LARGEST])


def plain(name: str, target: Target, seconds: float, folder: Path) -> tuple[int, int]:
    """Drive a target by changes to its seeds; returns (executions, failures), whose inputs are written down."""
    from tests.fuzz.selection_seeds import seeds  # noqa: PLC0415  as above

    rng = random.Random(f"{name} {len(list(folder.glob('*')))}")  # noqa: S311  a fixed order, no secret
    executions = failures = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and failures == 0:
        data = changed(seeds(name), rng)
        executions += 1
        try:
            target(data)
        except Exception:  # noqa: BLE001  whatever it is, it is what is looked for
            traceback.print_exc(limit=-4)
            (folder / "found" / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            failures = 1
    return executions, failures


def guided(name: str, seconds: float, folder: Path) -> tuple[int, int]:
    """Drive a target by libFuzzer in a process of its own, which ends at a failure; returns (executions, failures)."""
    from tests.fuzz.selection_seeds import seeds  # noqa: PLC0415  as above

    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for seed in seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tools.fuzz_selection", "--one", name, str(corpus), f"-max_len={_LARGEST}"),
            *(f"-max_total_time={max(round(seconds), 1)}", "-print_final_stats=1", "-timeout=60", "-rss_limit_mb=6000"),
            f"-artifact_prefix={folder / 'found'}/",
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    found = re.search(r"number_of_executed_units:\s*([0-9]+)", done.stderr)
    if found is None or done.returncode:
        sys.stderr.write(done.stderr[-4_000:] + done.stdout[-4_000:])
    return int(found[1]) if found else 0, int(done.returncode != 0)


def one(name: str, arguments: list[str]) -> None:
    """Be libFuzzer for one target; never returns."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["sakimori.selection"]):
        for module in _reference_modules():  # not the fast engine's: numba compiles its kernels from their own code
            importlib.import_module(module)
    chosen = targets()[name]
    atheris.Setup([sys.argv[0], *arguments], chosen)
    atheris.Fuzz()


def _reference_modules() -> list[str]:
    folder = Path(__file__).resolve().parent.parent / "sakimori" / "selection"
    return sorted(f"sakimori.selection.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__")


def _note(counts: Path, name: str, executions: int, seconds: float, failures: int) -> None:
    told = json.loads(counts.read_text()) if counts.exists() else {}
    before = told.get(name, {"executions": 0, "seconds": 0, "failures": 0})
    told[name] = {
        "executions": before["executions"] + executions,
        "seconds": round(before["seconds"] + seconds, 1),
        "failures": before["failures"] + failures,
    }
    counts.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")


def main() -> None:
    """Run the targets asked for, or all."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    os.nice(_NICE)
    known = targets()
    unknown = set(options.targets) - set(known)
    if unknown:
        parser.error(f"unknown target / そのような対象はありません: {', '.join(sorted(unknown))}; {', '.join(known)}")
    by_coverage = not options.plain and importlib.util.find_spec("atheris") is not None
    failed = []
    for name in options.targets or known:
        folder = options.corpus / name
        (folder / "found").mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        if by_coverage:
            executions, failures = guided(name, options.seconds, folder)
        else:
            executions, failures = plain(name, known[name], options.seconds, folder)
        taken = time.monotonic() - begun
        _note(options.corpus / "counts.json", name, executions, taken, failures)
        print(f"{name:20} {executions:>10} {taken:8.1f} s  {'FAILED' if failures else 'ok'}", flush=True)
        failed += [name] * failures
    if failed:
        raise SystemExit(f"failed / 不合格: {', '.join(failed)}")


if __name__ == "__main__":
    main()
