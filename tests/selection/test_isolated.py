"""The confined process: what it cannot do is tried, what it must still do works, and what it says is not believed."""

import ctypes
import io
import json
import os
import pickle
import platform
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress

import pyarrow.parquet as pq
import pytest

from sakimori.selection import Countries, EngineFaultError, ModeError, isolated, load_order, sample, select, write
from sakimori.selection import confine as cage
from sakimori.selection.decode import Decoder
from sakimori.selection.fast.wipe import wipe
from sakimori.selection.receipt import MACHINE
from sakimori.selection.records import FIELDS, LIMB_III
from tests.selection.conftest import NOW, assert_same
from tests.support.run import REPOSITORY

pytestmark = pytest.mark.skipif(not cage.supported(), reason="this kernel has no Landlock or no seccomp")
ENGINES = [("reference", 1), ("fast", 1), ("fast", 2)]
TRIES = """
import ctypes, json, os, resource, socket, subprocess, sys
from pathlib import Path
from sakimori.selection.confine import confine
before = open("before", "w")
said = confine().as_dict()
here = Path.cwd()
system = ctypes.CDLL(None, use_errno=True)

def tried(action):
    try:
        action()
    except (PermissionError, ValueError):  # setrlimit says the latter
        return "refused"
    except OSError as error:
        return f"errno {error.errno}"
    return "done"

def call(*arguments):
    def go():
        if system.syscall(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "")
    return go

print(json.dumps({
    "new file": tried(lambda: open("after", "w")),
    "another's file": tried(lambda: open("before", "w")),
    "temporary file": tried(lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR)),
    "truncate": tried(lambda: os.truncate("before", 0)),
    "shared memory": tried(lambda: open("/dev/shm/sakimori-try", "w")),
    "folder": tried(lambda: os.mkdir("made")),
    "link": tried(lambda: os.symlink("a", "b")),
    "rename": tried(lambda: os.rename("before", "moved")),
    "remove": tried(lambda: os.unlink("before")),
    "attribute": tried(lambda: os.setxattr("before", "user.x", b"y")),
    "mode": tried(lambda: os.chmod("before", 0o644)),
    "times": tried(lambda: os.utime("before")),
    "memory file": tried(lambda: os.memfd_create("x")),
    "tcp": tried(lambda: socket.create_connection(("127.0.0.1", 9))),
    "udp": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    "local socket": tried(lambda: socket.socket(socket.AF_UNIX)),
    "raw socket": tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "pair": tried(socket.socketpair),
    "program": tried(lambda: os.execv("/bin/true", ["true"])),
    "core dumps": tried(lambda: resource.setrlimit(resource.RLIMIT_CORE, (9, 9))),
    "dumpable": tried(lambda: system.prctl(4, 1, 0, 0, 0) and (_ for _ in ()).throw(PermissionError)),
    "the parent": tried(lambda: os.kill(os.getppid(), 0)) if said["landlock"] >= 6 else "refused",
    "memory of others": tried(lambda: open(f"/proc/{os.getppid()}/mem", "r+b")),
    "read": tried(lambda: open("before").close()),
    "limits": tried(lambda: resource.getrlimit(resource.RLIMIT_CORE)),
    "said": said,
    "core": resource.getrlimit(resource.RLIMIT_CORE),
}))
"""
STILL = {"read": "done", "limits": "done"}


def test_what_the_confined_process_cannot_do(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", TRIES], cwd=tmp_path, env=environment, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    said, core = answer.pop("said"), answer.pop("core")
    assert {name: found for name, found in answer.items() if found != STILL.get(name, "refused")} == {}
    assert said == {
        "in_force": True,
        "landlock": cage.landlock_version(),
        "seccomp": True,
        "core_dumps": False,
        "memory": said["memory"],
    }
    assert said["memory"] in ("locked", "no swap")
    assert core == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["before"]


def test_system_calls_by_another_table_kill(tmp_path):
    """On x86_64 the numbers of the x32 table would pass by the filter; the first of them ends the process."""
    if platform.machine() != "x86_64":
        pytest.skip("only x86_64 has a second table")
    program = "import ctypes; from sakimori.selection.confine import confine; confine(); "
    program += "ctypes.CDLL(None).syscall(0x40000000 + 39)"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGSYS


@pytest.mark.parametrize(("engine", "workers"), ENGINES)
def test_the_confined_run_is_the_same_run(engine, workers):
    order = load_order(sample.ORDER)
    plain = select([io.BytesIO(sample.capture())], order, Countries(), now=NOW, rehearsal=True)
    found = select(
        [io.BytesIO(sample.capture())],
        order, Countries(), now=NOW, rehearsal=True, engine=engine, workers=workers, isolated=True,
    )  # fmt: skip
    assert plain.receipt["confinement"] == {"in_force": False}
    confinement = found.receipt.pop("confinement")
    assert confinement["in_force"] is True
    plain.receipt.pop("confinement")
    assert_same(found, plain)


def over_a_pipe(options, engine="reference", workers=1):
    """A real selection over a pipe."""
    inlet, outlet = os.pipe()

    def feed():
        with suppress(BrokenPipeError), os.fdopen(outlet, "wb", buffering=0) as file:
            file.write(sample.capture())

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        with os.fdopen(inlet, "rb") as stream:
            order = load_order(sample.ORDER)
            return select(
                [stream], order, Countries(), now=NOW, clock=MACHINE, engine=engine, workers=workers, **options
            )
    finally:
        thread.join()


@pytest.mark.parametrize(("engine", "workers"), ENGINES)
def test_limb_iii_is_off_in_real_mode_and_on_only_where_named(engine, workers, authority, tmp_path):
    """In the rows, in the file's columns (each of which names its limb), by every engine."""
    for number, named in enumerate([(), ("names",), LIMB_III]):
        result = over_a_pipe(authority(sample.ORDER, other_information=named), engine, workers)
        assert result.receipt["confinement"]["in_force"] is True
        folder = tmp_path / str(number)
        write(result, folder)
        table = pq.read_table(folder / "records.parquet")
        limbs = {field.name: field.metadata[b"kyokaho_2_8"].decode() for field in table.schema}
        assert limbs == {field.name: field.limb for field in FIELDS}
        filled = {name for name in limbs if table.column(name).null_count < table.num_rows}
        assert {name for name in filled if limbs[name] == "iii"} <= set(named)
        assert {name for name in limbs if limbs[name] in ("i", "ii")} <= filled
        assert "stamp" not in filled
        if named:
            assert "names" in filled


def test_a_limb_that_no_authority_can_switch_on_is_refused_by_name(authority):
    """A field the allow-list does not know cannot come into a row by an authority's word."""
    rows = over_a_pipe(authority(sample.ORDER, other_information=("payload", "mail"))).rows
    assert set(rows[0]) == {field.name for field in FIELDS}
    assert rows[1]["mail"]
    assert rows[1]["names"] is None


def test_real_mode_refuses_to_start_without_confinement(authority, monkeypatch):
    monkeypatch.setattr(cage, "landlock_version", lambda: 0)
    for engine in ("reference", "fast"):
        with pytest.raises(ModeError) as caught:
            over_a_pipe(authority(sample.ORDER), engine)
        assert "隔離" in caught.value.explain("ja")
        assert "cannot be confined" in caught.value.explain("en")


def test_real_mode_refuses_where_memory_would_be_swapped(authority, monkeypatch):
    def swapped():
        raise cage.unavailable("mlockall")

    monkeypatch.setattr(cage, "hold_memory", swapped)
    with pytest.raises(ModeError) as caught:
        over_a_pipe(authority(sample.ORDER))
    assert caught.value.where == "mlockall"


def test_a_fault_in_the_confined_process_tells_its_place_and_no_data(monkeypatch):
    def broken(self, link, data, moment):
        raise ValueError("planted-secret")

    monkeypatch.setattr(Decoder, "datagram", broken)
    with pytest.raises(EngineFaultError) as caught:
        select(
            [io.BytesIO(sample.capture())],
            load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, isolated=True,
        )  # fmt: skip
    assert "ValueError test_isolated.py" in str(caught.value)
    assert "planted-secret" not in f"{caught.value!r}{caught.value.__context__!r}"


def test_a_confined_process_that_dies_fails_the_run():
    inlet, outlet = os.pipe()
    before = {int(pid) for pid in children()}

    def end_it():
        for _ in range(1000):
            if new := {int(pid) for pid in children()} - before:
                time.sleep(0.1)
                os.kill(new.pop(), signal.SIGKILL)
                return
            time.sleep(0.01)

    thread = threading.Thread(target=end_it)
    thread.start()
    with os.fdopen(inlet, "rb") as stream, pytest.raises(EngineFaultError) as caught:
        select([stream], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, isolated=True)
    thread.join()
    os.close(outlet)
    assert "lost" in str(caught.value)


def children():
    with open(f"/proc/self/task/{threading.main_thread().native_id}/children", encoding="ascii") as file:  # noqa: PTH123
        return file.read().split()


class Evil:
    """What a process taken over by a packet might answer."""

    def __reduce__(self):
        return os.system, ("touch taken-over",)


@pytest.mark.parametrize("raw", [b"", b"\x80", pickle.dumps(Evil()), pickle.dumps([1]), pickle.dumps({"x": Evil()})])
def test_an_answer_that_is_no_plain_data_is_no_answer(raw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(isolated.LostProcessError):
        isolated._plain(io.BytesIO(raw), dict)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("raw", [b"", pickle.dumps([]), pickle.dumps({"a": 1}), pickle.dumps([Evil()])])
def test_rows_that_are_no_rows_are_no_answer(raw):
    """An empty piece would be asked for again without end."""
    with pytest.raises(isolated.LostProcessError):
        isolated._plain(io.BytesIO(raw), list)


@pytest.mark.parametrize("kind", ["SHARED", "PRIVATE"])
@pytest.mark.parametrize("locked", [False, True])
def test_memory_given_back_holds_nothing(locked, kind):
    """Shared mappings keep their bytes under MADV_DONTNEED; locked ones cannot be removed."""
    program = textwrap.dedent(f"""
        import ctypes, mmap
        from sakimori.selection.fast.wipe import wipe
        memory = mmap.mmap(-1, 1 << 16, flags=mmap.MAP_{kind} | mmap.MAP_ANONYMOUS)
        memory[100:106] = b"secret"
        if {locked}:
            assert ctypes.CDLL(None).mlockall(1) == 0
        wipe(memory)
        assert memory[:] == bytes(1 << 16)
    """)
    if locked and ctypes.sizeof(ctypes.c_void_p) and resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == 0:
        pytest.skip("no memory may be locked here")
    assert callable(wipe)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
