"""A selection by a Dask cluster, its workers processes on loopback: the same result, nothing on disk, or no result."""

import contextlib
import datetime as dt
import io
import ipaddress
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import dask
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from distributed import LocalCluster, Security

from sakimori.cli.select import select_group
from sakimori.selection import Countries, EngineFaultError, ModeError, cluster, load_order, sample, select
from sakimori.selection.engine import RunSettings
from sakimori.selection.fast import hashing, share, workers
from tests.selection.conftest import NOW, assert_same
from tests.selection.generate import case
from tests.selection.test_corpus import TYPICAL

NO_SPILL = {"distributed.worker.memory.target": False, "distributed.worker.memory.spill": False}
MAY_BEGIN = {"distributed.worker.daemon": False}


@contextlib.contextmanager
def running(workers, *, spill=False, **options):
    """A scheduler and workers, each a process of its own."""
    settings = dict.fromkeys(NO_SPILL, 0.6) if spill else NO_SPILL  # a cluster around this one may have set it too
    with (
        dask.config.set({**settings, **MAY_BEGIN}),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0", silence_logs=50, **options,
        ) as found,
    ):  # fmt: skip
        yield found


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    workers.load_kernels()  # once, not by each worker
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("scratch")
        patch.chdir(place)
        with running(3, local_directory=str(place)) as found:
            yield found, place


def chosen(captures, order, address=None, countries=None, **options):
    where = None if address is None else cluster.Cluster(address)
    options = {"rehearsal": True, "engine": "fast", **options}
    return select(captures, order, countries or Countries(), now=NOW, cluster=where, **options)


def test_the_corpus_by_a_cluster(three, corpus, mmdb):
    expected = chosen(corpus, TYPICAL, countries=Countries([mmdb]))
    assert len(expected.rows) > 30
    assert_same(chosen(corpus, TYPICAL, three[0].scheduler_address, Countries([mmdb])), expected)


@pytest.mark.parametrize("seed", range(5))
def test_generated_captures_by_a_cluster(three, seed, tmp_path):
    made = case(seed)
    paths = []
    for number, data in enumerate(made.captures):
        paths.append(tmp_path / f"{number}.cap")
        paths[-1].write_bytes(data)
    assert_same(chosen(paths, made.order, three[0].scheduler_address), chosen(paths, made.order))


def test_nothing_of_the_traffic_is_on_disk(three, tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    assert chosen([path], load_order(sample.ORDER), three[0].scheduler_address).rows
    there = [file for file in three[1].rglob("*") if file.is_file()]
    assert all(file.stat().st_size == 0 or file.suffix in {".lock", ".log"} for file in there), there
    assert not [file for file in there if b"gate7" in file.read_bytes()]


def slow_capture(tmp_path):
    """A capture that takes a while: the sample, then many frames of flows that are not kept."""
    path = tmp_path / "long.pcap"
    data = sample.capture()
    path.write_bytes(data + data[24:] * 12_000)
    return path


def test_a_lost_worker_loses_nothing(three, tmp_path):
    path = slow_capture(tmp_path)
    expected = chosen([path], load_order(sample.ORDER))
    ended = []
    thread = threading.Thread(target=lambda: ended.extend(end_busy(whole(three[0]))))
    thread.start()
    told = []
    found = chosen([path], load_order(sample.ORDER), three[0].scheduler_address, progress=told.append)
    thread.join()
    assert_same(found, expected)
    assert ended
    assert not [pid for pid in ended if alive(pid)]
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)
    assert told[-1].packets == expected.receipt["input"]["packets"]


def end_busy(found):
    """Kill the worker that computes, once it has begun processes; returns its process and theirs.

    One of them is held first: on a quick machine the run would be over before its worker is killed.
    """
    for _ in range(10_000):
        for state in found.scheduler.workers.values():
            pid = found.workers[state.name].process.process.pid
            begun = children(pid)
            if state.processing and len(begun) == 3:
                os.kill(begun[0], signal.SIGSTOP)
                time.sleep(0.3)
                os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(begun[0], signal.SIGCONT)
                time.sleep(0.5)
                return [pid, *begun]
        time.sleep(0.002)
    return []


def children(pid):
    found = Path(f"/proc/{pid}/task")
    return [int(one) for task in found.glob("*/children") for one in task.read_text("ascii").split()]


def whole(found):
    """Wait until a worker that was ended before has begun again."""
    for _ in range(2000):
        if len(found.scheduler.workers) == 3:
            return found
        time.sleep(0.01)
    raise AssertionError


def alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_where_a_lost_share_is_not_computed_again_the_run_fails(three, tmp_path, monkeypatch):
    path = slow_capture(tmp_path)
    monkeypatch.setattr(three[0].scheduler, "allowed_failures", 0)
    thread = threading.Thread(target=end_busy, args=(whole(three[0]),))
    thread.start()
    with pytest.raises(EngineFaultError) as caught:
        chosen([path], load_order(sample.ORDER), three[0].scheduler_address)
    thread.join()
    assert "LostClusterError" in str(caught.value)


def refused(captures, address, **options):
    with pytest.raises(ModeError) as caught:
        chosen(captures, load_order(sample.ORDER), address, **options)
    return caught.value.what.en


def test_a_worker_that_may_spill_is_refused(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    with running(1, spill=True, local_directory=str(tmp_path)) as found:
        assert "on disk" in refused([path], found.scheduler_address)


def test_what_a_cluster_may_not(three, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_WAIT", 1)
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    address = three[0].scheduler_address
    assert "not encrypted" in refused([path], "tcp://192.0.2.1:8786")
    assert "not encrypted" in refused([path], "ws://127.0.0.1:8786")
    assert "files only" in refused([io.BytesIO(sample.capture())], address)
    assert "rehearsals only" in refused([path], address, pseudonym_master=b"m" * 32)
    assert "does not answer" in refused([path], "tcp://127.0.0.1:1")


def task(path, **changed):
    fields = {"order": load_order(sample.ORDER), "captures": ((str(path), path.stat().st_size),), "country": ()}
    return cluster.Task(
        **{
            **fields,
            "shares": 2,
            "mine": 0,
            "here": 1,
            "program": cluster.program(),
            "topic": "t",
            "secret": bytes(96),
            **changed,
        }
    )


def test_a_worker_is_fit_only_if_nothing_differs(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    assert cluster._unfit(task(path), "tls://192.0.2.1:1", {}) is None
    assert cluster._unfit(task(path), "tcp://[::1]:1", {}) is None
    assert cluster._unfit(task(path), "tcp://192.0.2.1:1", {}) == "tls"
    assert cluster._unfit(task(path, program="other"), "tls://192.0.2.1:1", {}) == "program"
    assert cluster._unfit(task(path, captures=((str(path), 1),)), "tls://192.0.2.1:1", {}) == "captures"
    assert "POST" not in repr(task(path))
    assert "values" not in repr(task(path))


@pytest.fixture
def certificate(tmp_path):
    """A certificate of 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rehearsal")])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


def test_over_tls_from_the_command_line(certificate, tmp_path):
    chain, key = map(str, certificate)
    (tmp_path / "a.pcap").write_bytes(sample.capture())
    (tmp_path / "order.yaml").write_text(sample.ORDER, encoding="utf-8")
    security = Security(
        tls_ca_file=chain, require_encryption=True,
        **{f"tls_{who}_{what}": value for who in ("scheduler", "worker", "client")
           for what, value in (("cert", chain), ("key", key))},
    )  # fmt: skip
    arguments = [
        str(tmp_path / "a.pcap"), "--order", str(tmp_path / "order.yaml"), "--out", str(tmp_path / "out"),
        "--rehearsal",
    ]  # fmt: skip
    with running(1, security=security, protocol="tls://", local_directory=str(tmp_path)) as found:
        given = ["--cluster", found.scheduler_address, "--cluster-ca", chain, "--cluster-cert", chain]
        done = CliRunner().invoke(select_group, [*arguments, *given, "--cluster-key", key])
        assert done.exit_code == 0, done.output
        assert "kept 2 flows" in done.output
        done = CliRunner().invoke(select_group, [*arguments, *given, "--cluster-key", key, "--workers", "2"])
        assert done.exit_code == 1
        assert "--workers" in done.output


def test_a_worker_that_may_begin_no_process_is_not_fit(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    context = multiprocessing.get_context("fork")
    reading, writing = context.Pipe(duplex=False)
    asked = task(path)
    process = context.Process(target=lambda: writing.send(cluster._unfit(asked, "tls://192.0.2.1:1", {})), daemon=True)
    process.start()
    assert reading.recv() == "daemon"
    process.join()


def test_each_host_has_one_task():
    workers = {f"tls://192.0.2.{host}:{port}": {"host": f"192.0.2.{host}"} for port in (1, 2) for host in (1, 2, 3)}
    assert [len(there) for there in cluster._by_host(workers)] == [2, 2, 2]


def test_shares_are_disjoint_and_together_all(tmp_path):
    """Each host's share alone keeps a part; no flow is in two."""
    path = tmp_path / "a.pcap"
    path.write_bytes(sample.capture())
    order = load_order(sample.ORDER)
    whole = chosen([path], order)
    rows = []
    for here, first in ((1, 0), (2, 1), (1, 3)):
        settings = RunSettings(order, Countries(), None, None, rehearsal=True)
        run = workers.ManyRuns(settings, here, owners=share.Owners(4, here, first), secret=bytes(hashing.SIZE))
        run.capture(0, path)
        run.finish()
        assert run.account.input.packets == whole.receipt["input"]["packets"]
        rows += run.rows
    assert len(rows) == len(whole.rows)
