"""One selection on several hosts, by a Dask cluster (extra `cluster`); a rehearsal only, see decision 0030.

Every host has one task: whichever of its workers gets it reads all captures, from storage the hosts have in common,
with as many processes as the cluster has workers there (`fast/workers.py`), and enters the flows whose hash names one
of them. So no packet travels between hosts, only the order on the way there and kept rows on the way back; file borders
cut no flow; and a task is computed again, as a whole, where a worker is lost.
"""

import hashlib
import ipaddress
import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing import current_process
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sakimori.selection.direction import Countries
from sakimori.selection.engine import Progress, Run, RunSettings
from sakimori.selection.errors import ModeError
from sakimori.selection.order import Order
from sakimori.selection.real import Source
from sakimori.selection.receipt import Account
from sakimori.text import Text

_WAIT = 10  # seconds to be answered by the scheduler
_LOOK = 0.5


class LostClusterError(RuntimeError):
    """The cluster has no part of the result, or parts that do not fit each other; `place` names no data."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = f"LostClusterError {place}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler is (`tls://host:port`; `tcp://` on this host only), and the files for TLS."""

    address: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """What a worker is told: order, captures with their sizes, country files with their digests, its share, the secret.

    Of `shares` processes on all hosts, `here` are its own, from number `mine` on.
    It has no `repr`: Dask writes the arguments of a call that fails into its log.
    """

    order: Order
    captures: tuple[tuple[str, int], ...]
    country: tuple[tuple[str, str], ...]
    shares: int
    mine: int
    here: int
    program: str
    topic: str  # under which it tells how far it is
    secret: bytes  # of the hash that divides the flows


@cache
def program() -> str:
    """Return the SHA-256 (hex) over the sources of this package: all hosts must run the same."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def work(task: Task) -> dict[str, Any]:
    """Compute a share, in a worker of the cluster; of a fault only the place is told, and nothing is raised."""
    from distributed import get_worker  # noqa: PLC0415  an extra

    try:
        worker = get_worker()
        reason = _unfit(task, worker.address, worker.data)
        return {"refused": reason} if reason else _share(task)
    except Exception as error:  # noqa: BLE001  the message may hold data and must not cross
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        return {"fault": f"{type(error).__name__} {place}"}


def _unfit(task: Task, address: str, data: Any) -> str | None:
    """Return why this worker must not compute the task: how it is reached, what it keeps on disk, what differs."""
    if not _private(address):
        return "tls"
    if type(data) is not dict:  # a worker that may put results on disk has a mapping of its own
        return "spill"
    if current_process().daemon:  # such a process may begin no other
        return "daemon"
    if task.program != program():
        return "program"
    for name, size in task.captures:
        if not Path(name).is_file() or Path(name).stat().st_size != size:
            return "captures"
    return None


def _share(task: Task) -> dict[str, Any]:
    from sakimori.selection.fast.share import Owners  # noqa: PLC0415  loaded only when asked for
    from sakimori.selection.fast.workers import ManyRuns  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    countries = Countries([Path(name) for name, _ in task.country])
    if countries.digests != [digest for _, digest in task.country]:
        return {"refused": "country"}
    settings = RunSettings(task.order, countries, None, None, rehearsal=True, progress=_teller(task.topic))
    run = ManyRuns(settings, task.here, owners=Owners(task.shares, task.here, task.mine), secret=task.secret)
    for number, (name, _) in enumerate(task.captures):
        run.capture(number, name)
    run.finish()
    return {
        "account": run.account,
        "rows": run.rows,
        "warnings": run.warnings,
        "identities": run.identities(),
    }


def _teller(topic: str) -> Callable[[Progress], None]:
    """Return what tells the scheduler now and then how far this worker is: numbers only."""
    from distributed import get_worker  # noqa: PLC0415  an extra

    worker = get_worker()
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOOK:
            last = time.monotonic()
            worker.log_event(topic, [progress.captures, progress.packets, progress.bytes])

    return tell


def _private(address: str) -> bool:
    """Say whether what goes to this address is encrypted, or stays on its host."""
    parts = urlsplit(address)
    if parts.scheme == "tls":
        return True
    try:
        return parts.scheme == "tcp" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "inproc"


class OnCluster(Run):
    """A run whose shares are computed by a cluster."""

    def __init__(self, settings: RunSettings, cluster: Cluster) -> None:
        super().__init__(settings)
        self._settings, self._cluster = settings, cluster
        self._sources: list[Path] = []
        self._shown = 0
        if not settings.rehearsal or settings.master is not None:
            raise _refused("real")
        if not _private(cluster.address):
            raise _refused("tls")

    def capture(self, number: int, source: Source) -> None:
        """Note a capture, a file that every host of the cluster has under the same name.

        Raises:
            ModeError: it is no file.
        """
        if not isinstance(source, (str, Path)):
            raise _refused("stream")
        self._sources.append(Path(source).absolute())

    def finish(self) -> None:
        """Have all shares computed and put them together.

        Raises:
            ModeError: a worker is not fit to be told of the order, or of traffic.
            LostClusterError: the shares are not all there.
        """
        self._together(self._parts())
        if self._progress is not None:
            amount = self.account.input
            self._progress(Progress(self.account.captures, amount.packets, amount.bytes))

    def _parts(self) -> list[dict[str, Any]]:
        from distributed import Client, Security, wait  # noqa: PLC0415  an extra

        from sakimori.selection.fast.hashing import SIZE  # noqa: PLC0415  loaded only when asked for

        security = None
        if self._cluster.address.startswith("tls:"):
            security = Security(
                tls_ca_file=_name(self._cluster.authority),
                tls_client_cert=_name(self._cluster.certificate),
                tls_client_key=_name(self._cluster.key),
                require_encryption=True,
            )
        try:
            client = Client(self._cluster.address, security=security, timeout=_WAIT, set_as_default=False)
        except (OSError, TimeoutError):
            raise _refused("scheduler") from None
        with client, client.as_current():
            workers = client.scheduler_info(n_workers=-1)["workers"]
            if not workers:
                raise _refused("scheduler")
            if not all(_private(address) for address in workers):
                raise _refused("tls")
            secret, futures, topics, mine = os.urandom(SIZE), [], [], 0
            for there in _by_host(workers):
                key = f"share-{os.urandom(8).hex()}"  # any other host's worker gets it if none of these is left
                task = self._task(len(workers), mine, len(there), key, secret)
                mine += len(there)
                topics.append(key)
                futures.append(client.submit(work, task, pure=False, key=key, workers=there, allow_other_workers=True))
            left = set(futures)
            while left:
                if not client.scheduler_info(n_workers=-1)["workers"]:
                    raise LostClusterError("no worker is left")
                self._tell([client.get_events(topic) for topic in topics])
                try:
                    left = set(wait(left, timeout=_LOOK, return_when="FIRST_COMPLETED").not_done)
                except TimeoutError:
                    continue
            return [_answer(future) for future in futures]

    def _tell(self, told: list[tuple[tuple[Any, list[int]], ...]]) -> None:
        """Show how far the slowest host is: each reads everything. A task that begins again is not shown going back."""
        if self._progress is None or not all(told):
            return
        found = Progress(*min((lines[-1][1] for lines in told), key=lambda line: line[2]))
        if found.bytes > self._shown:
            self._shown = found.bytes
            self._progress(found)

    def _task(self, shares: int, mine: int, here: int, topic: str, secret: bytes) -> Task:
        captures = tuple((str(path), path.stat().st_size) for path in self._sources)
        known = self._settings.country
        country = tuple((str(path.absolute()), digest) for path, digest in zip(known.paths, known.digests, strict=True))
        return Task(self._settings.order, captures, country, shares, mine, here, program(), topic, secret)

    def _together(self, parts: list[dict[str, Any]]) -> None:
        """Take what every share counts alike from the first, and add up what each counts of its own flows."""
        first: Account = parts[0]["account"]
        self.account, self.warnings = first, parts[0]["warnings"]
        self.rows = [row for part in parts for row in part["rows"]]
        for part in parts:
            self.know(part["identities"])
        for part in parts[1:]:
            account: Account = part["account"]
            alike = account.input == first.input and account.decoded == first.decoded
            if not alike or account.undecodable != first.undecodable:
                raise LostClusterError("the shares did not read the same")
            first.flows.update(account.flows)
            first.not_decoded.update(account.not_decoded)
            first.by_condition.update(account.by_condition)
            first.before_start += account.before_start
            first.window_overflows += account.window_overflows
            first.evictions += account.evictions
            first.facts_left_out += account.facts_left_out


def _by_host(workers: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return the addresses of the workers, host by host."""
    hosts: dict[str, list[str]] = {}
    for address in sorted(workers):
        hosts.setdefault(str(workers[address]["host"]), []).append(address)
    return list(hosts.values())


def _answer(future: Any) -> dict[str, Any]:
    """Return a share; what went wrong with it is told without its message."""
    if future.status != "finished":
        raise LostClusterError("a share was lost")
    answer = future.result()
    if "refused" in answer:
        raise _refused(str(answer["refused"]))
    if "fault" in answer:
        raise LostClusterError(str(answer["fault"]))
    found: dict[str, Any] = answer
    return found


def _name(path: Path | None) -> str | None:
    return None if path is None else str(path)


_REASONS = {
    "real": Text(
        "クラスタでできるのは訓練だけです。実施では、網につながらない隔離された工程だけが通信を読み、鍵は計算機の外に出ません。",
        "a cluster is for rehearsals only: in real mode nothing but a confined process without network reads traffic, "
        "and no key leaves the host.",
    ),
    "tls": Text(
        "クラスタの通信が暗号化されていません(この計算機の中だけの場合を除く)。",
        "the cluster's connections are not encrypted, and do not all stay on this host.",
    ),
    "spill": Text("作業者が結果をディスクに書くことがあります。", "a worker of the cluster may put results on disk."),
    "daemon": Text("作業者が工程を始められません。", "a worker of the cluster may not begin processes."),
    "program": Text("作業者のプログラムが異なります。", "a worker of the cluster runs another program."),
    "captures": Text(
        "作業者から同じ名前・同じ大きさのファイルが見えません。",
        "a worker of the cluster does not see the same capture files.",
    ),
    "country": Text("作業者の国別データが異なります。", "a worker of the cluster has other country data."),
    "stream": Text("クラスタではファイルだけを選別できます。", "a cluster selects from files only."),
    "scheduler": Text(
        "スケジューラに接続できないか、作業者がいません。",
        "the scheduler does not answer, or has no workers.",
    ),
}
_MENDS = {
    "real": Text("--cluster を外すか、--rehearsal を付けてください。", "Leave --cluster out, or use --rehearsal."),
    "tls": Text(
        "tls:// の番地と証明書を指定してください。", "Give a tls:// address and the certificates of the cluster."
    ),
    "spill": Text(
        "作業者の設定で distributed.worker.memory.target と spill を false にしてください。",
        "Set distributed.worker.memory.target and .spill to false on every worker.",
    ),
    "daemon": Text(
        "作業者の設定で distributed.worker.daemon を false にしてください。",
        "Set distributed.worker.daemon to false on every worker.",
    ),
}
_MEND = Text("クラスタの準備を確かめてください。", "Check how the cluster is set up.")


def _refused(reason: str) -> ModeError:
    return ModeError(_REASONS[reason], where="cluster", mend=_MENDS.get(reason, _MEND), article="強化法22(3)、35(3)")
