"""What a handler works with: the only hands it has.

A handler creates and changes records, starts and settles obligations, tells and sends, all through this context, which
checks each step against what the act kind declares in the law. A handler never opens a transaction or the door.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sakimori import law
from sakimori.acts import clock, labels, outbox
from sakimori.acts.errors import DeclarationError, NotFoundError, RefusedError
from sakimori.acts.models import Batch, BatchItem, Dispatch, Notice, Obligation, Watch
from sakimori.parties.models import Organisation
from sakimori.record import Bound, LabelledRecord, RecordModel, Viewer
from sakimori.record.laying import lay_down
from sakimori.text import Text

R = TypeVar("R", bound=RecordModel)


class Labelled(Protocol):
    """Whatever carries labels and an owner: a record, or a row read as a source."""

    @property
    def labels(self) -> Any:
        """Return the restrictions by field group."""

    @property
    def owner(self) -> uuid.UUID | None:
        """Return the organisation the information came from."""


@dataclass(slots=True)
class Context:
    """One act in the making.

    `now` is the time of recording, `occurred_at` the time of the act itself; `today` is the date of `now` in Tokyo.
    """

    kind: law.ActKind
    actor: Viewer
    act: uuid.UUID
    world: clock.World
    now: datetime
    occurred_at: datetime
    caused_by: uuid.UUID | None = None
    proposed_by: uuid.UUID | None = None
    batch: Batch | None = None
    started: list[Obligation] = field(default_factory=list)
    waived: dict[str, str] = field(default_factory=dict)
    told: dict[str, list[uuid.UUID]] = field(default_factory=dict)
    noticed: set[tuple[uuid.UUID, uuid.UUID]] = field(default_factory=set)
    ceilings: dict[uuid.UUID, labels.Ceiling] = field(default_factory=dict)
    attached: list[Labelled] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    after: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Return the date of recording, in Tokyo."""
        return self.now.date()

    # --- records ---------------------------------------------------------------------------------------------------

    def create(self, model: type[R], *, derived_from: Iterable[Labelled] = (), **fields: Any) -> R:
        """Return a new record of this world.

        A labelled record gets the restrictions the kind declares; one derived from others carries the union of their
        restrictions too, less those that this kind releases by law. Refused (`LabelError`) where a source is above the
        actor's own ceiling, or where its restriction refuses what this kind is for (a sanction).
        """
        sources = list(derived_from)
        self._require_use(sources)
        record = model(world=self.world.name, **fields)
        if isinstance(record, LabelledRecord):
            record.labels = self._labels(record.labels, sources)
            record.owner = record.owner or self._giver()
        record.save(force_insert=True)
        return record

    def _require_use(self, sources: Iterable[Labelled]) -> None:
        giver, deriver = self._giver(), None
        for source in sources:
            labels.require_purpose(self.kind, source.labels)
            if giver is not None:
                deriver = deriver or self.organisation(giver)
                self._require_ceiling(deriver, source)

    def _require_ceiling(self, recipient: Organisation, source: Labelled) -> None:
        ceiling = self.ceilings.get(recipient.id)
        if ceiling is None:
            ceiling = self.ceilings[recipient.id] = labels.ceiling_of(recipient, self.world.name)
        labels.require(ceiling, source.labels, source.owner, Text(recipient.name_ja, recipient.name_en))

    def _giver(self) -> uuid.UUID | None:
        return None if self.actor.is_system else self.actor.acting_organisation

    def create_many(self, model: type[R], rows: Iterable[Mapping[str, Any]], size: int = 1000) -> int:
        """Create many records without keeping them in memory; return how many."""
        return lay_down(model, self._laid(rows, labelled=issubclass(model, LabelledRecord)), size)

    def _laid(self, rows: Iterable[Mapping[str, Any]], *, labelled: bool) -> Iterator[Mapping[str, Any]]:
        giver, plain = self._giver(), self._labels({}, ()) if labelled else {}
        for row in rows:
            laid = {**row, "world": self.world.name}
            if labelled:
                laid["labels"] = self._labels(row["labels"], ()) if row.get("labels") else plain
                laid["owner"] = row.get("owner") or giver
            yield laid

    def _labels(self, own: Mapping[str, Any], sources: Iterable[Labelled]) -> dict[str, list[str]]:
        inherited: set[str] = set()
        for source in sources:
            inherited |= labels.flat(source.labels)
        derived = {"all": sorted(inherited)} if inherited else {}
        return labels.union(own, self.kind.restricts, labels.without(derived, self.kind.releases))

    def change(self, record: RecordModel, **fields: Any) -> None:
        """Change the named fields of a record of this world.

        Labels may grow; a restriction leaves only by a kind that releases it, and whose information it is never
        changes (`DeclarationError`).
        """
        if record.world != self.world.name:
            raise NotFoundError(str(record.id))
        if isinstance(record, LabelledRecord):
            self._require_kept(record, fields)
        for name, value in fields.items():
            setattr(record, name, value)
        record.save(update_fields=list(fields))

    def _require_kept(self, record: LabelledRecord, fields: Mapping[str, Any]) -> None:
        if record.owner is not None and fields.get("owner", record.owner) != record.owner:
            raise DeclarationError(f"{self.kind.name} may not change whose information it is")
        if "labels" not in fields:
            return
        kept = fields["labels"]
        for group, restrictions in labels.without(record.labels, self.kind.releases).items():
            lost = {*restrictions} - {*kept.get(group, ()), *kept.get("all", ())}
            if lost:
                raise DeclarationError(f"{self.kind.name} does not declare that it releases {', '.join(sorted(lost))}")

    def get(self, model: type[R], record: uuid.UUID, **conditions: Any) -> R:
        """Return the record of this world (locked on PostgreSQL until commit), or refuse with `NotFoundError`.

        Parties live in the base world and are found there; many acts look at the same ones at once, so they are not
        locked.
        """
        parties = model._meta.app_label == "parties"  # noqa: SLF001
        world = self.world.base if parties else self.world.name
        rows = model.objects.all() if parties else model.objects.select_for_update(no_key=True)
        found = rows.filter(id=record, world=world, **conditions).first()
        if found is None:
            raise NotFoundError(f"{model._meta.model_name} {record}")  # noqa: SLF001
        return found  # type: ignore[no-any-return]

    def organisation(self, organisation: uuid.UUID) -> Organisation:
        """Return an enrolled organisation, or refuse with `NotFoundError`."""
        return self.get(Organisation, organisation)

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the staged rows of a bulk act, in order; none where the act has no batch."""
        if self.batch is None:
            return
        rows = BatchItem.objects.filter(batch=self.batch).order_by("position").values_list("content", flat=True)
        for content in rows.iterator(chunk_size=2000):
            yield json.loads(bytes(content).decode())

    # --- obligations -----------------------------------------------------------------------------------------------

    def start(
        self,
        rule: str,
        *,
        bearer: uuid.UUID,
        about: Bound,
        begins: date | datetime,
        facts: Mapping[str, object] | None = None,
        shown_to: Iterable[uuid.UUID] = (),
    ) -> Obligation:
        """Start a clock the kind declares; the derivation and the law book's digest are kept with it."""
        if rule not in {start.rule for start in self.kind.starts} | {n.within for n in self.kind.notifies}:
            raise DeclarationError(f"{self.kind.name} does not declare that it starts {rule}")
        deadline = law.deadline(rule, begins, on=self.today, facts=facts)
        due = deadline.due
        title = law.rule(rule).title
        obligation = self.create(
            Obligation,
            rule=rule,
            title_ja=title.ja,
            title_en=title.en,
            bearer=bearer,
            subject_type=about.type,
            subject=about.id,
            begins=begins.isoformat(),
            due_on=due.date() if isinstance(due, datetime) else due,
            due_at=due if isinstance(due, datetime) else None,
            is_target=deadline.is_target,
            derivation=deadline.as_dict(),
            law_digest=deadline.law_digest,
            started_by=self.act,
        )
        for organisation in {*shown_to} - {bearer}:
            self.create(Watch, obligation=obligation, organisation=organisation)
        self.started.append(obligation)
        return obligation

    def waive(self, rule: str, reason: str) -> None:
        """Say why a clock the kind declares does not start this time."""
        self.waived[rule] = reason

    def settle(
        self,
        rule: str,
        about: uuid.UUID,
        *,
        bearer: uuid.UUID | None = None,
        evidence: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> int:
        """Settle the open obligations of that rule about that thing; return how many there were.

        `at` is when that happened, where it is recorded later (a paper arrives before it is entered).
        """
        if rule not in self.kind.settles:
            raise DeclarationError(f"{self.kind.name} does not declare that it settles {rule}")
        owed = Obligation.objects.filter(world=self.world.name, rule=rule, subject=about, status="open")
        if bearer is not None:
            owed = owed.filter(bearer=bearer)
        return int(
            owed.update(status="settled", settled_by=self.act, settled_at=at or self.now, evidence=dict(evidence or {}))
        )

    def reopen(self, act: uuid.UUID, why: Mapping[str, Any], *, about: uuid.UUID | None = None) -> int:
        """Open again what an earlier act settled by mistake (rules this kind declares); return how many there were.

        `about`: only what it settled about that thing.

        The due day stays as it was derived: a mistake of whoever entered it gives nobody more time.
        """
        mistaken = Obligation.objects.filter(
            world=self.world.name, settled_by=act, status="settled", rule__in=self.kind.settles
        )
        mistaken = mistaken if about is None else mistaken.filter(subject=about)
        return int(mistaken.update(status="open", settled_by=None, settled_at=None, evidence={"reopened": dict(why)}))

    # --- telling and sending ---------------------------------------------------------------------------------------

    def tell(
        self,
        role: str,
        organisation: uuid.UUID,
        title: Text,
        *,
        about: Bound,
        derived_from: Iterable[Labelled] = (),
        basis: str = "",
    ) -> None:
        """Put a notice into an organisation's inbox; `role` is the addressee as the kind declares it (`minister`, …).

        `basis` is the article where one kind tells of several (an order, a question); otherwise the kind's own stands.
        The title must be harmless: it also goes out by mail. Deliveries on the organisation's other channels follow.
        An organisation told about the same thing under two roles finds one notice.
        """
        declared = {notify.to: notify for notify in self.kind.notifies}
        if role not in declared:
            raise DeclarationError(f"{self.kind.name} does not declare that it notifies {role}")
        recipient = self.organisation(organisation)
        for source in derived_from:
            self._require_ceiling(recipient, source)
        told = self.told.setdefault(role, [])
        if organisation not in told:
            told.append(organisation)
        if (organisation, about.id) in self.noticed:
            return
        self.noticed.add((organisation, about.id))
        notice = self.create(
            Notice,
            act=self.act,
            kind=self.kind.name,
            addressee=organisation,
            title_ja=title.ja,
            title_en=title.en,
            basis=basis or declared[role].basis,
            subject_type=about.type,
            subject=about.id,
            created_at=self.now,
        )
        outbox.queue(notice)

    def send(self, organisation: uuid.UUID, *, carrying: Iterable[Labelled] = ()) -> Dispatch:
        """Have this act arrive at another organisation, by envelope where another deployment hosts it.

        What the act carries is checked against the recipient's ceiling first. The obligation stays open until the
        addressee's signed acknowledgement has come back.
        """
        recipient = self.organisation(organisation)
        for record in carrying:
            self._require_ceiling(recipient, record)
        dispatch = self.create(
            Dispatch,
            act=self.act,
            kind=self.kind.name,
            sender=self._giver(),
            addressee=organisation,
            deployment=recipient.deployment,
            created_at=self.now,
        )
        self.sent[str(dispatch.id)] = str(organisation)
        outbox.queue_envelope(dispatch)
        return dispatch

    def follow(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Have the system perform another act, authorised by this one, right after it in the same transaction."""
        self.after.append((kind, dict(payload)))

    # --- refusing --------------------------------------------------------------------------------------------------

    def refuse(self, code: str, what: Text, *, where: str | None = None, mend: Text | None = None) -> RefusedError:
        """Return a refusal to raise, under the kind's own articles."""
        return RefusedError(what, code=code, where=where, mend=mend, article=", ".join(self.kind.basis))

    def require_declared(self) -> None:
        """Check that every clock and notice the law demands of this kind was started, waived or given.

        And that the act's files may go where it goes (`LabelError`): they travel with it.
        """
        for organisation in set(self.sent.values()) if self.attached else ():
            recipient = self.organisation(uuid.UUID(organisation))
            for file in self.attached:
                self._require_ceiling(recipient, file)
        began = {obligation.rule for obligation in self.started} | set(self.waived)
        for start in self.kind.starts:
            if start.rule not in began:
                raise DeclarationError(f"{self.kind.name} must start {start.rule}, or say why not")
        for notify in self.kind.notifies:
            if notify.to not in self.told and f"notify:{notify.to}" not in self.waived:
                raise DeclarationError(f"{self.kind.name} must notify {notify.to}, or say why not")
