"""What the interview keeps: answers not recorded yet (desk), the ministry's answers, papers of the prior review."""

import uuid
from typing import ClassVar

from django.db import models

from sakimori.record import LabelledRecord


class InterviewDraft(models.Model):
    """Answers typed into the interview of one facility and not recorded yet (desk table: nobody else ever sees it).

    `answers` are as `asking.packed` makes them: facts, and the computers they were said of. One draft a facility: a
    colleague goes on where another left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField()
    person = models.UUIDField(null=True)
    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        """One draft a facility."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "facility"], name="interview_draft_once")
        ]


class MinistryAnswer(LabelledRecord):
    """What the ministry answered to a question that no published text answers: words, day, from whom.

    `fact` is the fact of the law's tables it is about (empty for any other question); `value`, where given, is what the
    answer makes of that fact, and closes the point. `facility` empty: for all of the operator's facilities.
    """

    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField(null=True, db_index=True)
    fact = models.CharField(max_length=60, blank=True)
    question = models.TextField()
    answer = models.TextField()
    value = models.JSONField(null=True)
    answered_on = models.DateField()
    answered_by = models.CharField(max_length=200)
    reference = models.CharField(max_length=200, blank=True)
    act = models.UUIDField()
    status = models.CharField(max_length=12, default="standing")
    reason = models.TextField(blank=True)


class PlanPaper(LabelledRecord):
    """A paper of the prior review filed for a facility: plan (推進法52条1項) or emergency filing (推進法52条11項).

    A later one that stands in its place (a changed paper) sets the earlier one's `status` to replaced.
    """

    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField(db_index=True)
    paper = models.CharField(max_length=12)
    reference = models.CharField(max_length=200, blank=True)
    filed_on = models.DateField()
    act = models.UUIDField()
    status = models.CharField(max_length=12, default="standing")


class PlanItem(LabelledRecord):
    """One name in such a paper: the facility or component (構成設備), and its supplier, exactly as written."""

    paper = models.ForeignKey(PlanPaper, on_delete=models.PROTECT, related_name="items")
    organisation = models.UUIDField(db_index=True)
    facility = models.UUIDField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    supplier = models.CharField(max_length=200)
