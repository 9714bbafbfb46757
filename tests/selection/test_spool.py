"""The spool: what waits comes out as it went in, lies on the disk as noise only, and is gone whatever happens."""

import io
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sakimori.selection import Countries, EngineFaultError, ModeError, Spool, confine, load_order, sample, select
from sakimori.selection.spool import PIECE, start
from tests.selection import secrets
from tests.selection.conftest import NOW, assert_same
from tests.selection.test_isolated import ENGINES
from tests.selection.test_no_way_out import (
    CAPTURE,
    SECRETS,
    children,
    command,
    environment,
    heed_interrupts,
    nothing_but_named,
    reader,
)
from tests.selection.test_no_way_out import place as place  # noqa: PLC0414  a fixture
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.skipif(not confine.supported(), reason="this kernel has no Landlock or no seccomp")
BYTES = random.Random(3).randbytes(16 * PIECE + 12_345)  # noqa: S311  a fixed order, no secret


@pytest.fixture
def spooling(tmp_path):
    """Begin a spool and a thread that feeds it; everything that was begun ends with the test."""
    begun = []

    def begin(data=BYTES, *, limit=1 << 30, memory=0, close=True):
        inlet, outlet = os.pipe()
        source = os.fdopen(inlet, "rb")
        spooler = start(source, Spool(tmp_path, limit, memory))
        source.close()

        def feed():
            with suppress(BrokenPipeError), os.fdopen(outlet, "wb", buffering=0, closefd=close) as stream:
                view = memoryview(data)
                while view:
                    view = view[stream.write(view) :]

        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        begun.append((spooler, thread))
        return spooler, thread

    yield begin
    for spooler, thread in begun:
        spooler.stop()
        thread.join()


def file_of(pid, folder):
    """The nameless file of a spool, as root of the same machine would find it."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()).startswith(f"{folder}/#"):
                return entry
    return None


def filled(pid, folder, size):
    """What lies in the file, once it is that much."""
    for _ in range(500):
        held = file_of(pid, folder).read_bytes()
        if len(held) >= size:
            return held
        time.sleep(0.01)
    raise AssertionError(f"{len(held)} bytes in the file")


def test_what_waits_comes_out_as_it_went_in_and_lies_there_as_noise(spooling, tmp_path):
    plain = b"secret words " * (12 * PIECE // 13)
    spooler, thread = spooling(plain)
    thread.join()  # nobody reads yet, and the source has given everything
    held = filled(spooler.process, tmp_path, 3 * PIECE)
    assert b"secret" not in held
    counts = [held.count(bytes([value])) for value in range(256)]
    assert max(counts) < 1.5 * len(held) / 256 + 100  # every byte value as often as any other
    assert list(tmp_path.iterdir()) == []
    assert spooler.out.read() == plain
    report = spooler.end()
    assert (report.passed, report.waits) == (len(plain), 0)
    assert 3 * PIECE < report.most <= len(plain)
    assert 3 * PIECE < report.filed <= len(plain)
    assert not Path(f"/proc/{spooler.process}").exists()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 4 * PIECE])
@pytest.mark.parametrize(("limit", "memory"), [(1 << 30, 0), (0, 1 << 30), (3 * PIECE, 2 * PIECE), (0, 0)])
def test_every_size_in_every_room(spooling, size, limit, memory):
    spooler, thread = spooling(BYTES[:size], limit=limit, memory=memory)
    time.sleep(0.01)
    assert spooler.out.read() == BYTES[:size]
    thread.join()
    assert spooler.end().passed == size


def test_what_fits_into_memory_touches_no_disk(spooling, tmp_path):
    spooler, thread = spooling(memory=len(BYTES))
    thread.join()
    assert file_of(spooler.process, tmp_path).stat().st_size == 0
    assert spooler.out.read() == BYTES
    assert spooler.end().filed == 0


def test_places_in_the_file_are_used_again_and_the_limit_holds(spooling, tmp_path):
    """Much more than the file may hold passes through it; the source waits, which is counted, and nothing is lost."""
    spooler, _ = spooling(limit=3 * PIECE, memory=PIECE)
    filled(spooler.process, tmp_path, 2 * PIECE)
    time.sleep(0.5)
    found = bytearray()
    for _ in range(4):
        found += spooler.out.read(2 * PIECE)
        time.sleep(0.05)
        assert file_of(spooler.process, tmp_path).stat().st_size <= 3 * PIECE
    found += spooler.out.read()
    assert bytes(found) == BYTES
    report = spooler.end()
    assert report.waits > 0
    assert report.waited > 100
    assert report.most <= 5 * PIECE


def test_a_full_disk_only_makes_the_source_wait(spooling, tmp_path):
    """The limit promises more than the storage has: what was laid stays, the rest waits outside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PIECE + 100, before[1]))  # the spool inherits it
    try:
        spooler, _ = spooling()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    filled(spooler.process, tmp_path, 2 * PIECE)
    time.sleep(0.5)
    assert spooler.out.read() == BYTES
    report = spooler.end()
    assert report.waits > 0
    assert report.passed == len(BYTES)


def test_a_file_that_was_altered_ends_the_spool(spooling, tmp_path):
    spooler, thread = spooling()
    thread.join()
    with file_of(spooler.process, tmp_path).open("r+b") as file:
        file.seek(2 * PIECE)
        byte = file.read(1)
        file.seek(2 * PIECE)
        file.write(bytes([byte[0] ^ 1]))
    found = spooler.out.read()
    assert len(found) < len(BYTES)
    assert BYTES.startswith(found)
    assert spooler.end() is None


def test_nobody_reads_any_more(spooling):
    """The reader ended at damage; the source says nothing more and stays open. The spool ends all the same."""
    spooler, thread = spooling(b"x" * 100, close=False)
    thread.join()
    assert spooler.out.read(100) == b"x" * 100
    assert spooler.end().passed == 100


def test_the_spool_ends_with_the_process_that_started_it(tmp_path):
    program = (
        "import os, sys, time; from pathlib import Path; from sakimori.selection.spool import Spool, start\n"
        "spooler = start(sys.stdin.buffer, Spool(Path(sys.argv[1]), 1 << 30, 0))\n"
        "print(spooler.process, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    )
    spool = int(process.stdout.readline())
    process.stdin.write(BYTES)
    process.stdin.flush()
    assert filled(spool, tmp_path, PIECE)
    process.kill()
    process.communicate()
    assert gone(spool)
    assert list(tmp_path.iterdir()) == []


def gone(pid):
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.01)
    return False


def run(spool, engine="reference", workers=1, capture=None):
    """A rehearsal over a pipe."""
    inlet, outlet = os.pipe()

    def feed():
        with suppress(BrokenPipeError), os.fdopen(outlet, "wb", buffering=0) as file:
            file.write(sample.capture() if capture is None else capture)

    thread = threading.Thread(target=feed)
    thread.start()
    order = load_order(sample.ORDER)
    try:
        with os.fdopen(inlet, "rb") as stream:
            return select(
                [stream], order, Countries(), now=NOW, rehearsal=True, engine=engine, workers=workers, spool=spool
            )
    finally:
        thread.join()


@pytest.mark.parametrize(("engine", "workers"), ENGINES)
@pytest.mark.parametrize("memory", [0, 1 << 20])
def test_a_run_through_the_spool_is_the_same_run(memory, engine, workers, tmp_path):
    plain = select([io.BytesIO(sample.capture())], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True)
    found = run(Spool(tmp_path, 1 << 20, memory), engine, workers)
    (spooled,) = found.receipt["spool"]
    assert plain.receipt["spool"] is None
    assert spooled["cipher"] == "AES-256-GCM"
    assert spooled["bytes_passed"] == len(sample.capture())
    assert "wrote no input to storage" in plain.receipt["erasure"]["en"]
    assert "lay encrypted" in found.receipt["erasure"]["en"]
    assert "暗号化" in found.receipt["erasure"]["ja"]
    assert found.receipt["confinement"]["in_force"] is True
    for name in ("spool", "erasure", "confinement"):
        del plain.receipt[name], found.receipt[name]
    assert_same(found, plain)
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_spool_was_lost_keeps_nothing(tmp_path):
    """The reader sees the stream end and believes it; the run must not."""
    before = {int(pid) for pid in children(os.getpid())}
    inlet, outlet = os.pipe()
    killed = []

    def kill():
        for _ in range(1000):
            new = sorted({int(pid) for pid in children(os.getpid())} - before)
            if len(new) == 2:
                time.sleep(0.2)
                killed.append(next(pid for pid in new if file_of(pid, tmp_path)))
                os.kill(killed[0], signal.SIGKILL)
                return
            time.sleep(0.01)

    os.write(outlet, sample.capture()[: len(sample.capture()) // 2])
    thread = threading.Thread(target=kill)
    thread.start()
    with os.fdopen(inlet, "rb") as stream, pytest.raises(EngineFaultError) as caught:
        select(
            [stream], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, spool=Spool(tmp_path, 1 << 20, 0)
        )
    thread.join()
    os.close(outlet)
    assert len(killed) == 1
    assert "LostProcessError" in str(caught.value)


def test_damage_that_ends_the_reading_ends_the_spool_too(tmp_path):
    found = run(Spool(tmp_path, 1 << 20, 0), capture=sample.capture() + b"\xff" * 100_000)
    assert found.receipt["captures"]["damaged"] == {"record_length": 1}
    assert found.receipt["kept_flows"] == 2


def test_files_need_no_spool(tmp_path):
    path = tmp_path / "capture.pcap"
    path.write_bytes(sample.capture())
    with pytest.raises(ModeError) as caught:
        select(
            [path], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, spool=Spool(tmp_path, 1 << 20, 0)
        )
    assert "--spool" in caught.value.explain("ja")
    assert "files need none" in caught.value.explain("en")


def test_a_folder_that_cannot_hold_it_is_refused():
    with pytest.raises(ModeError) as caught:
        run(Spool(Path("/proc"), 1 << 20, 0))
    assert "待避" in caught.value.explain("ja")
    assert "O_TMPFILE" in caught.value.explain("en")


LONG = CAPTURE + 4 * CAPTURE[24:]  # more than the pipes on the way can hold


def spooled_command(place, engine):
    return [*command(place, engine), "--spool", str(place / "outside"), "--spool-memory", "0"]


def popen(place, engine, **options):
    return subprocess.Popen(
        spooled_command(place, engine), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=place / "outside", env=environment(place), **{"preexec_fn": heed_interrupts, **options},
    )  # fmt: skip


def spool_and_reader(process, place):
    reader(process.pid)
    for _ in range(1000):
        found = children(process.pid)
        spools = [pid for pid in found if file_of(pid, place / "outside")]
        if len(found) == 2 and len(spools) == 1 and "seccomp" in confined(spools[0]):
            return spools[0], next(pid for pid in found if pid != spools[0])
        time.sleep(0.01)
    raise AssertionError("no spool")


def confined(pid):
    text = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return "seccomp" if re.search(r"(?m)^Seccomp:\t2$", text) else ""


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_no_secret_in_the_spools_file(engine, place):
    """The reader is stopped, all traffic is in the spool: its file holds much and none of the thousand secrets."""
    process = popen(place, engine)
    spool, reading = spool_and_reader(process, place)
    os.kill(reading, signal.SIGSTOP)
    process.stdin.write(LONG)
    process.stdin.flush()
    held = filled(spool, place / "outside", PIECE)
    assert secrets.found_in(SECRETS, held) == set()
    assert not nothing_but_named(place)
    os.kill(reading, signal.SIGCONT)
    shown = process.communicate()
    assert process.returncode == 0, shown[1].decode()
    assert nothing_but_named(place, *shown)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_a_random_point_nothing_is_left(seed, how, place):
    rng = random.Random(f"{seed}{how}")  # noqa: S311  a fixed order, no secret
    process = popen(place, "reference")
    both = spool_and_reader(process, place)
    process.stdin.write(LONG[: rng.randrange(len(LONG))])
    process.stdin.flush()
    time.sleep(rng.random() / 10)
    process.send_signal(how)
    shown = process.communicate()
    assert process.returncode != 0
    assert all(gone(pid) for pid in both)
    assert [path for path in place.rglob("*") if path.is_file() and path.name != "order.yaml"] == []
    assert not nothing_but_named(place, *shown)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_every_write_of_the_spool_but_to_the_reader_is_noise(place):
    """Everything written but into a pipe is looked at: the file gets ciphertext, and the output its records."""
    log = place / "strace.log"
    calls = "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg"
    traced = ["strace", "-f", "-y", "-o", str(log), "-xx", "-s", str(1 << 20), "-e", calls, "-e", "signal=none"]
    done = subprocess.run(
        [*traced, *spooled_command(place, "reference")], input=LONG, capture_output=True,
        cwd=place / "outside", env=environment(place), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    written = [
        bytes.fromhex(part.replace(b"\\x", b"").decode())
        for line in log.read_bytes().splitlines()
        if not re.match(rb"^\d+ +\w+\(\d+<(?:\\x[0-9a-f]{2})*\\x70\\x69\\x70\\x65\\x3a", line) and b"<pipe:" not in line
        for part in re.findall(rb'"((?:\\x[0-9a-f]{2})*)"', line)
    ]
    log.unlink()
    assert sum(map(len, written)) > PIECE
    assert secrets.found_in(SECRETS, b"\n".join(written)) <= {SECRETS[1].text}
    assert nothing_but_named(place)
