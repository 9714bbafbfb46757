"""The reference engine of automatic selection (自動選別, 強化法22, 35): slow, obvious, and exactly the semantics.

Frames are decoded one by one; a datagram enters its flow; when a flow ends the order's conditions are tested and the
flow becomes a record or nothing. Only flows of the order's direction have their payload looked at. Nothing is written
by this module.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakimori.selection import receipt as receipts
from sakimori.selection.authority import Authority, SignedAuthority
from sakimori.selection.capture import DamagedCapture, Frame, frames
from sakimori.selection.conditions import Condition, Tester
from sakimori.selection.decode import Decoder
from sakimori.selection.direction import Countries, Directions
from sakimori.selection.errors import EngineFaultError, ModeError, SelectionError
from sakimori.selection.facts import Mailbox
from sakimori.selection.flows import Flow, Key
from sakimori.selection.order import Order
from sakimori.selection.packet import Datagram, Undecodable
from sakimori.selection.pseudonym import Pseudonyms, authority_key, rehearsal_key
from sakimori.selection.real import Source, approved_by, ended_on_cluster, is_live, require_real, require_stream
from sakimori.selection.records import LIMB_III, REHEARSAL, RecordBuilder, Row, in_order
from sakimori.selection.sealed import seal
from sakimori.selection.spool import Spool
from sakimori.selection.unchanged import GREW, require_unchanged, states
from sakimori.selection.until import Until
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.selection.cluster import Cluster

_EVERY = 2_000
CUT = frozenset({"capture_truncated", "gzip_damaged"})  # what a capture looks like that was not read to its end
ENDED = "authority_ended"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: captures begun, packets and captured bytes read."""

    captures: int
    packets: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Result:
    """A finished selection: the sorted rows, the receipt, the sealed identities, and what could not be read."""

    rows: tuple[Row, ...]
    receipt: dict[str, Any]
    sealed: bytes | None
    warnings: tuple[str, ...]


def select(
    captures: Sequence[Source],
    order: Order,
    country: Countries,
    *,
    now: datetime,
    clock: str = receipts.TOLD,
    authority: SignedAuthority | None = None,
    trusted: Mapping[str, Ed25519PublicKey] | None = None,
    signing_key: Ed25519PrivateKey | None = None,
    pseudonym_master: bytes | None = None,
    rehearsal: bool = False,
    progress: Callable[[Progress], None] | None = None,
    engine: str = receipts.REFERENCE,
    workers: int = 1,
    isolated: bool = False,
    cluster: "Cluster | None" = None,
    spool: Spool | None = None,
) -> Result:
    """Run the selection over the captures, in order, and return what may be kept.

    `now` is the time the run starts (the end is measured from it); `clock` says where it came from: `machine`, the
    machine's own clock, just read, or `told`. Real mode accepts no told time, and the receipt names it. `trusted` maps
    key ids to the keys that may sign authorities.
    `engine` is `reference` or `fast` (the extra `engine` must be installed); only the fast one knows `workers`,
    processes that share the flows between them. The result is the same.
    In real mode (not `rehearsal`) a signed authority, a signing key, a pseudonym master key and only streams are
    accepted, and the traffic is read by a process of its own that has no network and can write nothing (`confine`).
    `isolated` asks for that process in a rehearsal too; the receipt says whether it was so. `spool` puts an encrypted
    spool before every stream, so that bursts faster than the engine wait there; it asks for `isolated`.
    `cluster` has the fast engine run by a Dask cluster instead, in a rehearsal, over files all its hosts have.

    Raises:
        ModeError: something real mode does not allow, an unsigned order outside a rehearsal, or a machine that
            cannot confine a process.
        AuthorityError, OrderRefusedError: the authority does not verify, or the order is not inside it.
        CaptureChangedError: a capture file was made shorter, or written over; nothing was kept.
        EngineFaultError: the engine failed; nothing was kept.
    """
    started = time.monotonic()
    approved = approved_by(order, authority, trusted, now)
    if not rehearsal:
        require_real(captures, approved, signing_key, pseudonym_master, clock)
    if spool is not None:
        require_stream(captures)
    if cluster is not None and engine != receipts.FAST:
        raise ModeError(
            Text("クラスタで動くのは高速エンジンだけです。", "only the fast engine runs on a cluster."),
            mend=Text("engine を fast にしてください。", "Ask for the engine `fast`."),
        )
    ends = None if approved is None else started + (approved.valid_until - now).total_seconds()
    settings = RunSettings(order, country, approved, pseudonym_master, rehearsal, progress, ends, spool is not None)
    before = states(captures)
    fault = None
    try:
        if cluster is not None:
            run = _cluster_run(settings, cluster)
        else:
            apart = isolated or not rehearsal or spool is not None
            run = _run(settings, engine, workers, isolated=apart, spool=spool)
        for number, source in enumerate(captures):
            run.capture(number, source)
        run.finish()
        if cluster is not None and ends is not None and time.monotonic() >= ends:
            raise ended_on_cluster()  # noqa: TRY301  as what the run itself raises
    except SelectionError:
        raise
    except Exception as error:  # noqa: BLE001  fail closed, and outside this clause: no data may hang on to the error
        fault = _place(error)
    grown = require_unchanged(before)
    if fault is not None:
        raise EngineFaultError(
            Text(
                "選別エンジンの内部の障害です。何も記録していません。",
                "internal fault of the engine; nothing was kept.",
            ),
            where=fault,
            mend=Text(
                "メモリーが足りなかったときは --workers を減らし、そうでなければこの表示を開発者に伝えてください。",
                "If memory ran short, give fewer --workers; else report this message to the developers.",
            ),
        )
    run.account.grown = len(grown)
    run.warnings += [*run.ended, *(f"{name}: {GREW}" for name in grown)]
    rows = in_order(run.rows)
    sealed = run.sealed()
    plain = receipts.build(
        run.account,
        rows,
        order=order,
        authority=approved,
        countries=country,
        start=now,
        end=now + timedelta(seconds=time.monotonic() - started),
        read_until=now + timedelta(seconds=max(run.account.read_at - started, 0)),
        clock=clock,
        rehearsal=rehearsal,
        sealed=sealed,
        engine=engine,
        confinement=run.confinement,
        spooled=run.spooled,
    )
    return Result(rows, receipts.sign(plain, signing_key), sealed, tuple(run.warnings))


def _place(error: Exception) -> str:
    """Return type, file and line of a fault: never its message, which may hold data."""
    told: str | None = getattr(error, "place", None)  # of a fault in another process
    if told is not None:
        return told
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    return f"{type(error).__name__} {place}"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is made from; `spooled`: live sources come out of spools."""

    order: Order
    country: Countries
    authority: Authority | None
    master: bytes | None
    rehearsal: bool
    progress: Callable[[Progress], None] | None = None
    ends: float | None = None  # of the monotonic clock: from then on nothing is read
    spooled: bool = False


class Run:
    """The state of one run; dropped as a whole when it is over."""

    def __init__(self, settings: RunSettings, tester: Tester | None = None) -> None:
        order, authority = settings.order, settings.authority
        self._order = order
        self._directions = Directions(order.address_overrides, order.domestic, settings.country)
        self._tester = tester or Tester(order.conditions)
        self._decoder = Decoder()
        self._flows: dict[Key, Flow] = {}
        self._latest: int | None = None
        self._progress = settings.progress
        self._authority = authority
        master = settings.master
        key = rehearsal_key(order.authority) if master is None else authority_key(master, order.authority)
        self._pseudonyms = Pseudonyms(key)
        limb_iii = LIMB_III if settings.rehearsal else authority.other_information if authority is not None else ()
        self._records = RecordBuilder(self._pseudonyms, limb_iii, REHEARSAL if settings.rehearsal else None)
        self.account = receipts.Account()
        self.rows: list[Row] = []
        self.warnings: list[str] = []
        self.ended: list[str] = []
        self._until, self._spooled = Until(settings.ends), settings.spooled
        self.confinement: dict[str, Any] = {"in_force": False}
        self.spooled: list[dict[str, Any]] | None = None

    def capture(self, number: int, source: Source) -> None:
        """Read one capture; damage is counted and ends only this capture."""
        name = Path(source).name if isinstance(source, (str, Path)) else f"stream {number + 1}"
        until = self.until_of(source)
        if until.over():
            self.unfinished(name)
            return
        self.account.captures += 1
        try:
            with _opened(source) as stream:
                self._read(self.limited(stream), number, Path(source) if isinstance(source, (str, Path)) else None)
        except DamagedCapture as damage:
            if not until.stopped or damage.reason not in CUT:
                self._warn(name, damage.reason)
        except OSError as error:
            self._warn(name, f"os_{error.errno}")
        self.account.read_at = time.monotonic()
        if until.over():
            self.unfinished(name)

    def until_of(self, source: Source) -> Until:
        """Return until when a source may be read; of what comes out of a spool the spool has seen to it."""
        spooled = self._spooled and not isinstance(source, (str, Path)) and is_live(source)
        return Until(None) if spooled else self._until

    def limited(self, stream: IO[bytes]) -> IO[bytes]:
        """Return the stream, ending with the authority's period at the latest."""
        return self.until_of(stream).stream(stream)

    def unfinished(self, name: str) -> None:
        """Note a capture that was not read, or not to its end, because the authority's period ended."""
        self.account.unfinished += 1
        self.ended.append(f"{name}: {ENDED}")

    def _read(self, stream: IO[bytes], number: int, path: Path | None) -> None:
        for frame in frames(stream):
            self._frame(frame)

    def _warn(self, name: str, reason: str) -> None:
        self.account.damaged[reason] += 1
        self.warnings.append(f"{name}: {reason}")

    def _frame(self, frame: Frame) -> None:
        account = self.account
        account.input.add(1, len(frame.data))
        if self._progress is not None and account.input.packets % _EVERY == 0:
            self._progress(Progress(account.captures, account.input.packets, account.input.bytes))
        if frame.time is None:
            account.lose("no_timestamp", 1, len(frame.data))
            return
        if self._latest is not None and frame.time < self._latest:
            account.backwards += 1
        self._latest = frame.time
        try:
            datagram = self._decoder.datagram(frame.link, frame.data, frame.time)
        except Undecodable as undecodable:
            seen = undecodable.seen
            packets, size = (1, len(frame.data)) if seen is None else (seen.frames, seen.captured)
            account.lose(undecodable.reason, packets, size)
            datagram = None
        self._count_lost_fragments()
        if datagram is not None:
            account.decoded.add(datagram.seen.frames, datagram.seen.captured)
            self._flow(datagram, frame.time).enter(datagram)

    def _count_lost_fragments(self) -> None:
        lost = self._decoder.fragments.lost
        while lost:
            self.account.lose(*lost.pop())

    def _flow(self, datagram: Datagram, now: int) -> Flow:
        key = (datagram.src, datagram.dst, datagram.protocol, datagram.src_port, datagram.dst_port)
        flow = self._flows.get(key)
        if flow is not None and flow.ended_by(datagram, now):
            self._end(flow)
            flow = None
        if flow is None:
            direction = self._directions.direction(datagram.src, datagram.dst)
            patterns = self._tester.patterns if direction == self._order.direction else None
            flow = self._flows[key] = Flow(key, direction, patterns, self._tester.wanted)
            self.account.flows[direction] += 1
        return flow

    def _end(self, flow: Flow) -> None:
        """Test a finished flow and keep its record, or nothing."""
        before, overflows = flow.finish()
        if flow.direction != self._order.direction:
            return
        self.account.before_start += before
        self.account.window_overflows += overflows
        if flow.facts.protocol == "quic":
            self.account.not_decoded[flow.facts.protocol] += 1
        self._judge(flow)

    def _judge(self, flow: Flow) -> None:
        """Keep the record of a finished flow of the order's direction if enough conditions hold."""
        holding = self._holding(flow)
        if not self._enough(holding):
            return
        for condition in holding:
            self.account.by_condition[condition.id] += 1
        self.account.facts_left_out += flow.facts.left_out
        countries = self._directions.country(flow.key[0]), self._directions.country(flow.key[1])
        self.rows.append(self._records.row(flow, holding, countries))

    def _holding(self, flow: Flow) -> tuple[Condition, ...]:
        return self._tester.holding(flow)

    def _enough(self, holding: Sequence[Condition]) -> bool:
        by_kind = self._order.distinct_by == "kind"
        different = {condition.kind if by_kind else condition.id for condition in holding}
        return len(different) >= self._order.minimum_conditions

    def finish(self) -> None:
        """End of the input: every fragment that waits is lost, every flow ends."""
        self._decoder.fragments.finish()
        self._count_lost_fragments()
        for flow in self._flows.values():
            self._end(flow)
        self._flows.clear()
        self._tester.forget()
        if self._progress is not None:
            amount = self.account.input
            self._progress(Progress(self.account.captures, amount.packets, amount.bytes))

    def identities(self) -> dict[str, Mailbox]:
        """Return whom the pseudonyms given so far stand for."""
        return self._pseudonyms.identities

    def know(self, identities: Mapping[str, Mailbox]) -> None:
        """Take over pseudonyms another run gave under the same key."""
        self._pseudonyms.identities.update(identities)

    def sealed(self) -> bytes | None:
        """Return the identities behind the rows' pseudonyms, sealed to custody; None without custody's key."""
        if self._authority is None or self._authority.custody_key is None:
            return None
        return seal(self._pseudonyms.identities, bytes.fromhex(self._authority.custody_key), self._authority.id)


def _run(settings: RunSettings, engine: str, workers: int, *, isolated: bool, spool: Spool | None) -> Run:
    """Return a run of this engine, in a confined process of its own if asked for."""
    if isolated:
        from sakimori.selection.isolated import Isolated  # noqa: PLC0415  it builds on this module

        return Isolated(settings, fast=engine == receipts.FAST, workers=workers, spool=spool)
    return _fast_run(settings, workers) if engine == receipts.FAST else Run(settings)


def _fast_run(settings: RunSettings, workers: int) -> Run:
    """Return a run of the fast engine, whose libraries are an extra."""
    from sakimori.selection.fast.run import FastRun  # noqa: PLC0415  loaded only when asked for
    from sakimori.selection.fast.workers import ManyRuns  # noqa: PLC0415

    return FastRun(settings) if workers == 1 else ManyRuns(settings, workers)


def _cluster_run(settings: RunSettings, cluster: "Cluster") -> Run:
    """Return a run of the fast engine by a cluster, whose libraries are another extra."""
    from sakimori.selection.cluster import OnCluster  # noqa: PLC0415  it builds on this module

    return OnCluster(settings, cluster)


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as stream:
            yield stream
    else:
        yield source
