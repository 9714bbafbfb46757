"""The operator's cases and filings, the reports as each authority received them, questions, indicators, drafts.

Record tables but for `Draft`, which is a desk table: no other organisation ever sees it. The id of a case is the only
thing of it that leaves: it joins every report about one event.
"""

import uuid
from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord, RecordModel


class Case(LabelledRecord):
    """One event as its operator sees it, however many reports it brings.

    nature: incident | near_miss; status: recorded | open | reportable | not_reportable | withdrawn. `aware_at` begins
    the clocks (命令4条2項). What belongs to the group `private` never leaves.
    """

    organisation = models.UUIDField(db_index=True)
    nature = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    attack = models.CharField(max_length=12)
    aware_at = models.DateTimeField()
    aware_by = models.CharField(max_length=200)
    aware_how = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField(null=True)
    discovered_at = models.DateTimeField(null=True)
    notes = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    triage = models.UUIDField(null=True)
    status = models.CharField(max_length=16, default="recorded", db_index=True)

    class Meta:
        """The newest awareness first."""

        ordering: ClassVar = ["-aware_at"]


class CaseComputer(LabelledRecord):
    """A computer the event touched: `computer` is its row in the private register (null where it is only described).

    `trigger_group` (broad | narrow, 命令4条1項; open: not decided) follows from the clause; a report names
    clause, product and maker.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="computers")
    computer = models.UUIDField(null=True)
    facility = models.UUIDField(null=True)
    category = models.CharField(max_length=200, blank=True)
    clause = models.CharField(max_length=40, blank=True)
    trigger_group = models.CharField(max_length=10, blank=True)
    product = models.CharField(max_length=200)
    maker = models.CharField(max_length=200)


class Triage(LabelledRecord):
    """A decision whether the case must be reported, with its reasons, what would change it, and who would receive it.

    `decisions` and `addressing` are the law's answers word for word; `addressees` lists {lane, role, organisation}.
    Every triage is kept; the case points to the one that counts.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="triages")
    act = models.UUIDField()
    facts = models.JSONField(default=dict)
    personal = models.JSONField(null=True)
    decisions = models.JSONField(default=list)
    addressing = models.JSONField(default=dict)
    addressees = models.JSONField(default=list)
    outcome = models.CharField(max_length=20)
    law_digest = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)

    class Meta:
        """In the order they were made."""

        ordering: ClassVar = ["decided_at"]


class Filing(LabelledRecord):
    """What the operator filed, word for word. Its way to each addressee is told by the dispatches of its act.

    lane: kyokaho | appi | police; stage: first | full | supplement | withdrawal; status: approved | arrived | refused.
    `arrived` only when every addressee has acknowledged it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="filings")
    act = models.UUIDField(db_index=True)
    lane = models.CharField(max_length=10, db_index=True)
    stage = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    form = models.PositiveSmallIntegerField(null=True)
    content = models.JSONField(default=dict)
    filed_at = models.DateTimeField()
    status = models.CharField(max_length=10, default="approved", db_index=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        """In the order they were filed."""

        ordering: ClassVar = ["filed_at", "version"]


class Report(LabelledRecord):
    """A filing as one addressee received it: the items of 命令4条3項, or the part that another law gives to it.

    `case` and `reporter` join the versions of one event; status: current | superseded | withdrawn. A field that the
    addressee's law does not ask for is empty here, because it never came. `channel` is `envelope`, or how the report
    came otherwise and was entered here (`transcribed` false: its contents stay on paper); `same_as` is the report of
    which this one is a second copy.
    """

    act = models.UUIDField(db_index=True)
    lane = models.CharField(max_length=10, db_index=True)
    stage = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    case = models.UUIDField(db_index=True)
    reporter = models.UUIDField(db_index=True)
    addressee = models.UUIDField(db_index=True)
    form = models.PositiveSmallIntegerField(null=True)
    category = models.JSONField(default=dict)
    outline = models.JSONField(default=dict)
    event = models.JSONField(default=dict)
    computers = models.JSONField(default=list)
    technical = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict)
    appi = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    nco_consent = models.BooleanField(default=False)
    nco_shared_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=12, default="current", db_index=True)
    channel = models.CharField(max_length=10, default="envelope")
    reference = models.CharField(max_length=200, blank=True)
    transcribed = models.BooleanField(default=True)
    same_as = models.UUIDField(null=True)

    class Meta:
        """An act arrives at an addressee once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "act", "addressee"], name="report_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["world", "addressee", "status"], name="report_by_addressee")]
        ordering: ClassVar = ["-received_at", "-version"]


class Indicator(LabelledRecord):
    """One indicator of a received report in its normal form (kinds as in `sakimori.matching.indicators`)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="indicators")
    reporter = models.UUIDField(db_index=True)
    addressee = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10, db_index=True)
    value = models.CharField(max_length=2048, db_index=True)
    host = models.CharField(max_length=300, blank=True)


class Question(LabelledRecord):
    """A question of an authority about a case, and the operator's answer; one row on each side, joined by `number`.

    side: authority | operator; status: asked | answered.
    """

    number = models.UUIDField(db_index=True)
    side = models.CharField(max_length=10)
    case = models.UUIDField(db_index=True)
    asker = models.UUIDField(db_index=True)
    reporter = models.UUIDField(db_index=True)
    text = models.TextField()
    wanted_by = models.DateField(null=True)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, default="asked")

    class Meta:
        """One row a side."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "number", "side"], name="question_once")]
        ordering: ClassVar = ["asked_at"]


class Opening(RecordModel):
    """An authority told the operator that it has opened a report of a case: which organisation, when; no person."""

    case = models.UUIDField(db_index=True)
    organisation = models.UUIDField()
    opened_at = models.DateTimeField()


class Draft(models.Model):
    """What was typed into the report form of a case, kept as it is, faults and all (desk table)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField()
    case = models.UUIDField()
    content = models.JSONField(default=dict)
    saved_by = models.UUIDField(null=True)
    saved_at = models.DateTimeField()

    class Meta:
        """One draft a case."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "case"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft {self.case}"
