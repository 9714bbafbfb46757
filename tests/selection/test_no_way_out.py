"""A thousand planted secrets are found nowhere but in records where a condition names them: not in what any process
writes, not in any file, whether the run ends or is killed at any moment.

Where strace is installed every write of every process of the run is looked at, byte by byte; else files only.
"""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sakimori.selection import sample
from tests.selection import secrets
from tests.support.run import REPOSITORY

SECRETS, CAPTURE = secrets.planted(random.Random(7), 1000)  # noqa: S311  a fixed order, no secret
NAMED = SECRETS[1].text  # carried in a POST's body to the outside-to-inside server
ORDER = sample.ORDER.replace('hex: "4d5a9000"', f"regex: '(MZ\\x90\\x00|{NAMED})'")
FILES = {"records.parquet", "receipt.json"}
ENGINES = ["reference", "fast"]
SEVERAL = [*ENGINES, "fast 3"]  # workers
WRITING = (
    "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,openat,open,creat,mmap,rename,renameat,renameat2"
)
CALL = re.compile(rb"^\d+ +(\w+)\((.*)$", re.DOTALL)
QUOTED = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')  # strace -xx writes every string so
OPENED = re.compile(rb'"([^"]*)", O_[A-Z_|]*O_(?:WRONLY|RDWR)|"([^"]*)", O_(?:WRONLY|RDWR)|"([^"]*)".*O_CREAT')


@pytest.fixture
def place(tmp_path):
    """A folder for each of: the order, the place for temporary files and home, the output."""
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    for name in ("outside", "inside"):
        (tmp_path / name).mkdir()
    return tmp_path


def command(place, engine):
    engine, _, workers = engine.partition(" ")
    return [
        sys.executable, "-c", "from sakimori.cli.select import select_group; select_group()",
        "-", "--rehearsal", "--json", "--engine", engine, "--workers", workers or "1",
        "--order", str(place / "order.yaml"), "--out", str(place / "inside" / "out"),
    ]  # fmt: skip


def environment(place):
    """As a user's, without the measuring of coverage: that writes a file of its own, and these tests forbid any."""
    outside = str(place / "outside")
    cache = os.environ.get("NUMBA_CACHE_DIR", str(Path.home() / ".cache"))  # compiled kernels, made before any traffic
    users = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
    return {**users, "TMPDIR": outside, "HOME": outside, "PYTHONPATH": str(REPOSITORY), "NUMBA_CACHE_DIR": cache}


def everything_in(place):
    """The bytes of every file below, by name; of a records file also its rows, which it holds compressed."""
    found = {path: path.read_bytes() for path in place.rglob("*") if path.is_file() and path.name != "order.yaml"}
    for path in list(found):
        if path.name == "records.parquet":
            found[path] += str(pq.read_table(path).to_pylist()).encode()
    return found


def nothing_but_named(place, *shown):
    """No file and no output holds a secret but the one the order names; returns whether that one is there."""
    there = secrets.found_in(SECRETS, b"\0".join([*everything_in(place).values(), *shown]))
    assert there <= {NAMED}
    return bool(there)


@pytest.mark.parametrize("engine", SEVERAL)
def test_to_the_end(engine, place):
    done = subprocess.run(
        command(place, engine), input=CAPTURE, capture_output=True,
        cwd=place / "outside", env=environment(place), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in everything_in(place)} == FILES
    assert pq.read_table(place / "inside" / "out" / "records.parquet").num_rows > 300
    assert nothing_but_named(place, done.stdout, done.stderr)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("engine", SEVERAL)
def test_every_write_of_every_process(engine, place):
    """Nothing leaves through any call that writes; no file but the output is opened for writing after the traffic
    began; nothing is mapped from a file to be written through memory."""
    log = place / "strace.log"
    traced = ["strace", "-f", "-o", str(log), "-xx", "-s", str(1 << 22), "-e", f"trace={WRITING}", "-e", "signal=none"]
    done = subprocess.run(
        [*traced, *command(place, engine)], input=CAPTURE, capture_output=True,
        cwd=place / "outside", env=environment(place), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    lines = [
        QUOTED.sub(lambda part: b'"' + bytes.fromhex(part[1].replace(b"\\x", b"").decode()) + b'"', line)
        for line in log.read_bytes().splitlines()
    ]
    log.unlink()
    opened = set()
    for line in lines:
        call = CALL.match(line)
        if call is None:
            continue
        name, arguments = call.groups()
        if name in (b"openat", b"open", b"creat"):
            match = OPENED.search(arguments)
            if match and b" = -1 " not in arguments:
                opened.add(next(part for part in match.groups() if part).decode())
        elif name == b"mmap":
            assert not (b"MAP_SHARED" in arguments and b"PROT_WRITE" in arguments and b"MAP_ANON" not in arguments), (
                line
            )
    outputs = {path for path in opened if Path(path).name in FILES}
    assert {Path(path).name for path in outputs} == FILES
    assert all(Path(path).parent.parent == place / "inside" for path in outputs)
    others = {path for path in opened - outputs if path != os.devnull and "sakimori-kernels" not in path}
    assert others == set()
    plain = b"\n".join(lines)
    assert secrets.found_in(SECRETS, plain) == {NAMED}
    assert nothing_but_named(place)


def heed_interrupts():
    """As in a terminal: a shell starts what runs in its background, such as a CI run, deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def running(place, engine, **options):
    return subprocess.Popen(
        command(place, engine), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=place / "outside", env=environment(place), **{"preexec_fn": heed_interrupts, **options},
    )  # fmt: skip


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def reader(pid):
    """The confined process of a run, once it is there."""
    for _ in range(2000):
        if found := children(pid):
            return found[0]
        time.sleep(0.01)
    raise AssertionError("no reading process")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_a_random_point(seed, how, engine, place):
    """Wherever in the stream it is, everything ends, its reader too, and there is no file at all."""
    rng = random.Random(f"{seed}{how}{engine}")  # noqa: S311  a fixed order, no secret
    process = running(place, engine)
    reading = reader(process.pid)
    process.stdin.write(CAPTURE[: rng.randrange(len(CAPTURE))])
    process.stdin.flush()
    time.sleep(rng.random() / 10)
    process.send_signal(how)
    shown = process.communicate()
    assert process.returncode != 0
    for _ in range(500):
        if not Path(f"/proc/{reading}").exists():
            break
        time.sleep(0.01)
    assert not Path(f"/proc/{reading}").exists()
    assert everything_in(place) == {}
    assert not nothing_but_named(place, *shown)


@pytest.mark.parametrize("engine", SEVERAL)
def test_the_reader_killed_at_a_random_point(engine, place):
    process = running(place, engine)
    reading = reader(process.pid)
    process.stdin.write(CAPTURE[: len(CAPTURE) // 2])
    process.stdin.flush()
    os.kill(reading, signal.SIGKILL)
    shown = process.communicate()
    assert process.returncode == 1
    assert b"nothing was kept" in b"".join(shown)
    assert everything_in(place) == {}
    assert not nothing_but_named(place, *shown)


def test_storage_that_takes_no_more(place):
    """The disk is full when the records are written: no part of them stays, and no traffic with them."""

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    process = running(place, "reference", preexec_fn=full)
    shown = process.communicate(CAPTURE)
    assert process.returncode == 1
    assert b"cannot be written" in b"".join(shown)
    assert b"Traceback" not in b"".join(shown)
    assert everything_in(place) == {}
    assert not nothing_but_named(place, *shown)


def test_a_damaged_stream_tells_where_and_nothing_else(place):
    """The capture breaks off inside a packet: what went before is selected, and no message quotes a byte."""
    done = subprocess.run(
        command(place, "reference"), input=CAPTURE[: len(CAPTURE) * 3 // 4 + 7], capture_output=True,
        cwd=place / "outside", env=environment(place), check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"capture_truncated" in (place / "inside" / "out" / "receipt.json").read_bytes()
    assert nothing_but_named(place, done.stdout, done.stderr)


def test_the_search_finds_what_is_there():
    """The search itself would see a leak, in each of its forms."""
    for secret in SECRETS[:50]:
        for form in secret.forms:
            assert secrets.found_in([secret], b"x" + form + b"y") == {secret.text}
    assert len(secrets.found_in(SECRETS, CAPTURE)) > 600  # the rest was cut byte by byte
