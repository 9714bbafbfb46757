"""Does everything still say what it said? The log's files, the acts, their receipts, what came in and what came back.

Checked: every byte of the log's tiles against the signed checkpoint; every act's content against its commitment and its
leaf in the log; every column of an act against its content; every receipt's and acknowledgement's signature; every
envelope taken in; every staged batch against the root its act bound; that nothing one record names is gone. Erased
content is counted, not missed: its commitment stays. What the rooms derive from acts (a list, a count) is not sealed
row by row; the acts behind it are.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sakimori import proofs
from sakimori.acts import clock, keys, sequencer
from sakimori.acts.models import Act, ActContent, Batch, BatchItem, Dispatch, Leaf, ReadRecord, Received
from sakimori.acts.reading import subjects_digest
from sakimori.acts.tiles import TileLog, TileLogError
from sakimori.acts.verify_links import CONFIRM, missing_links
from sakimori.proofs.logdir import inspect_log
from sakimori.text import Text

_COLUMNS: dict[str, Callable[[Act], Any]] = {
    "id": lambda act: str(act.id),
    "world": lambda act: act.world,
    "deployment": lambda act: act.deployment,
    "kind": lambda act: act.kind,
    "kind_version": lambda act: act.kind_version,
    "basis": lambda act: act.basis,
    "law_digest": lambda act: act.law_digest,
    "proposal": lambda act: str(act.proposal) if act.proposal else None,
    "proposed_by": lambda act: str(act.proposed_by) if act.proposed_by else None,
    "caused_by": lambda act: str(act.caused_by) if act.caused_by else None,
}
_ACTOR = ("person", "organisation", "organisation_type", "role", "on_behalf_of")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not agree: where, and what."""

    where: str
    what: Text


@dataclass(slots=True)
class Report:
    """What was looked at (counts by name) and every problem found; sound when there is none."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Return whether nothing was found."""
        return not self.problems


def verify_deployment() -> Report:
    """Verify this deployment from its files and tables; never raises for what it finds."""
    report = Report()
    for part in (_log_files, _leaves, _acts, _readings, _batches, _received, _dispatches, _links):
        report.problems.extend(part(report))
    return report


def _log_files(report: Report) -> Iterator[Problem]:
    if not (sequencer.directory() / "checkpoint").exists() and not Leaf.objects.filter(position__isnull=False).exists():
        report.counts["log_entries"] = 0
        return
    found = inspect_log(sequencer.directory(), keys.own_ring(), origin=keys.origin())
    for problem in found.problems:
        yield Problem(f"log/{problem.where or ''}", Text(problem.ja, problem.en))
    if found.checkpoint is not None:
        report.counts["log_entries"] = found.checkpoint.checkpoint.size


def _leaves(report: Report) -> Iterator[Problem]:
    placed = Leaf.objects.filter(position__isnull=False).order_by("position")
    report.counts["leaves"] = placed.count()
    report.counts["leaves_waiting"] = Leaf.objects.filter(position__isnull=True).count()
    try:
        log = TileLog(sequencer.directory())
        size = log.size
    except TileLogError as error:
        yield Problem("log/checkpoint", error.what)
        return
    if report.counts["leaves"] < size:
        yield Problem(
            "acts_leaf", Text("記録にある葉がデータベースにありません。", "The log has leaves that the database lacks.")
        )
    for expected, leaf in enumerate(placed.iterator()):
        where = f"acts_leaf/{leaf.position}"
        if leaf.position != expected:
            yield Problem(where, Text("葉の位置に欠番があります。", "A position is missing before this leaf."))
            return
        if expected >= size:
            continue
        try:
            entry = log.entry(expected)
        except TileLogError as error:
            yield Problem(where, error.what)
            return
        if entry != bytes(leaf.commitment):
            yield Problem(where, Text("葉が記録と違います。", "The leaf differs from the log."))


def _acts(report: Report) -> Iterator[Problem]:
    rings = {name: keys.ring(name) for name in clock.worlds()}
    leaves = dict(Leaf.objects.filter(what="act").values_list("of", "commitment"))
    report.counts["acts"] = report.counts["erased"] = 0
    for act in Act.objects.order_by("number").iterator():
        report.counts["acts"] += 1
        where = f"act/{act.id}"
        if bytes(leaves.get(act.id, b"")).hex() != act.commitment:
            yield Problem(where, Text("行為の約定値が葉と違います。", "The act's commitment differs from its leaf."))
        try:
            receipt = proofs.verify_receipt(act.receipt, rings[act.world])
        except (proofs.ProofError, KeyError) as error:
            yield Problem(where, Text(f"記録証明が確かめられません: {error}", f"The receipt does not verify: {error}"))
        else:
            if (receipt.act_id, receipt.commitment.hex()) != (str(act.id), act.commitment):
                yield Problem(where, Text("記録証明が別の行為のものです。", "The receipt is another act's."))
        content = ActContent.objects.filter(id=act.id).first()
        if content is None:
            report.counts["erased"] += 1
            if act.erased_by is None:
                yield Problem(
                    where,
                    Text("内容が、消去の行為なしに失われています。", "The content is gone without an act of erasure."),
                )
            continue
        if proofs.commit(bytes(content.content), bytes(content.salt)).hex() != act.commitment:
            yield Problem(
                where, Text("行為の内容が約定値と違います。", "The act's content differs from its commitment.")
            )
            continue
        yield from _columns(act, json.loads(bytes(content.content)), where)


def _readings(report: Report) -> Iterator[Problem]:
    leaves = dict(Leaf.objects.filter(what="read").values_list("of", "commitment"))
    report.counts["readings"] = 0
    for reading in ReadRecord.objects.all().iterator():
        if reading.id not in leaves:
            continue
        report.counts["readings"] += 1
        where = f"reading/{reading.id}"
        content = bytes(reading.content)
        if proofs.commit(content, bytes(reading.salt)) != bytes(leaves.pop(reading.id)):
            yield Problem(where, Text("閲覧の記録が葉と違います。", "The record of the reading differs from its leaf."))
            continue
        document = json.loads(content)
        seen = {
            "id": str(reading.id),
            "world": reading.world,
            "query": reading.query,
            "arguments": reading.arguments_digest,
            "rows": reading.rows,
            "subjects": subjects_digest(reading.subjects.values_list("subject", flat=True)),
            "read_at": reading.read_at.astimezone(clock.TOKYO).isoformat(),
        }
        reader = {name: str(value) if value else None for name, value in
                  (("person", reading.person), ("token", reading.token), ("role", reading.role))}  # fmt: skip
        wrong = [name for name, value in seen.items() if document[name] != value]
        wrong += [name for name, value in reader.items() if document["reader"][name] != value]
        if wrong:
            names = ", ".join(wrong)
            yield Problem(where, Text(f"欄が内容と違います: {names}", f"Columns differ from the content: {names}"))
    for missing in leaves:
        yield Problem(f"reading/{missing}", Text("閲覧の記録がありません。", "The record of the reading is gone."))


def _columns(act: Act, document: dict[str, Any], where: str) -> Iterator[Problem]:
    wrong = [name for name, read in _COLUMNS.items() if document[name] != read(act)]
    wrong += [name for name in _ACTOR if document["actor"][name] != (str(getattr(act, name) or "") or None)]
    subject = {"type": act.subject_type, "id": str(act.subject)}
    wrong += ["subject"] if document["subject"] != subject else []
    tokyo = clock.TOKYO
    wrong += [
        name
        for name in ("occurred_at", "recorded_at")
        if getattr(act, name).astimezone(tokyo).isoformat() != document[name]
    ]
    if wrong:
        names = ", ".join(wrong)
        yield Problem(where, Text(f"欄が内容と違います: {names}", f"Columns differ from the content: {names}"))


def _batches(report: Report) -> Iterator[Problem]:
    report.counts["batches"] = 0
    for batch in Batch.objects.exclude(used_by=None):
        report.counts["batches"] += 1
        if Act.objects.filter(id=batch.used_by or batch.id).exclude(erased_by=None).exists():
            continue
        items = BatchItem.objects.filter(batch=batch).order_by("position").values_list("content", flat=True)
        hashes = [proofs.leaf_hash(bytes(content)) for content in items.iterator(chunk_size=2000)]
        content = ActContent.objects.filter(id=str(batch.used_by)).first()
        bound = json.loads(bytes(content.content))["batch"] if content else {"root": batch.root, "count": batch.count}
        if (proofs.root(hashes).hex(), len(hashes)) != (bound["root"], bound["count"]):
            yield Problem(
                f"batch/{batch.id}",
                Text("束（バッチ）が行為の根と違います。", "The batch differs from the root its act bound."),
            )


def _received(report: Report) -> Iterator[Problem]:
    report.counts["envelopes_in"] = 0
    for row in Received.objects.all().iterator():
        report.counts["envelopes_in"] += 1
        where = f"received/{row.id}"
        try:
            ring = keys.ring(row.world)
            envelope = proofs.verify_envelope(bytes(row.content), ring)
            answer = proofs.verify_ack(row.acknowledgement, ring, envelope=json.loads(bytes(row.content)))
        except (proofs.ProofError, ValueError) as error:
            yield Problem(where, Text(f"封筒が確かめられません: {error}", f"The envelope does not verify: {error}"))
            continue
        if (envelope.id, envelope.digest, envelope.sender) != (str(row.id), row.digest, row.sender):
            yield Problem(where, Text("封筒の欄が中身と違います。", "The envelope's columns differ from it."))
        if answer.effects != ((str(row.effect),) if row.effect else ()):
            yield Problem(where, Text("受領確認の結果が違います。", "The acknowledgement names another effect."))


def _links(report: Report) -> Iterator[Problem]:
    del report
    for where, what in missing_links():
        yield Problem(where, what)


def _dispatches(report: Report) -> Iterator[Problem]:
    report.counts["arrived"] = 0
    by_other_means = set(Act.objects.filter(kind=CONFIRM).values_list("subject", flat=True))
    for row in Dispatch.objects.exclude(acknowledgement=None).iterator():
        report.counts["arrived"] += 1
        where = f"dispatch/{row.id}"
        if row.id in by_other_means and row.status == "arrived":
            continue  # nobody signed: what its act says is compared with the other records
        try:
            answer = proofs.verify_ack(row.acknowledgement, keys.ring(row.world))
        except proofs.ProofError as error:
            yield Problem(
                where, Text(f"受領確認が確かめられません: {error}", f"The acknowledgement does not verify: {error}")
            )
            continue
        outcome = {"accepted": "arrived", "refused": "refused"}[answer.outcome]
        if answer.envelope_id != str(row.id) or row.status != outcome:
            yield Problem(
                where,
                Text("到達の状態が受領確認と違います。", "The state of arrival differs from the acknowledgement."),
            )
