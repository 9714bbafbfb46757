"""The tables of the door: acts and their content, the log's leaves, obligations, proposals, notices, reads.

Record tables (guarded): everything but `Batch`, `BatchItem` and `Delivery`, which are desk tables: no other
organisation ever sees them.
"""

import uuid
from typing import ClassVar

from django.db import models

from sakimori.record import Guarded, LabelledRecord, RecordModel


class Act(RecordModel):
    """One act (行為). Its content stands beside it in `ActContent`: that may be erased, and the log stays whole."""

    number = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=100, db_index=True)
    kind_version = models.PositiveSmallIntegerField()
    deployment = models.CharField(max_length=60)
    person = models.UUIDField(null=True, db_index=True)
    organisation = models.UUIDField(null=True, db_index=True)
    organisation_type = models.CharField(max_length=30)
    role = models.CharField(max_length=30)
    on_behalf_of = models.UUIDField(null=True, db_index=True)
    proposed_by = models.UUIDField(null=True)
    proposal = models.UUIDField(null=True)
    caused_by = models.UUIDField(null=True, db_index=True)
    subject_type = models.CharField(max_length=60)
    subject = models.UUIDField(db_index=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_index=True)
    basis = models.JSONField(default=list)
    law_digest = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    receipt = models.JSONField(default=dict)
    erased_by = models.UUIDField(null=True)

    class Meta:
        """In the order of the door."""

        ordering: ClassVar = ["number"]


class ActContent(RecordModel):
    """The canonical bytes of an act and the salt of its commitment; both die together when the content is erased.

    The row's id is the act's id.
    """

    content = models.BinaryField()
    salt = models.BinaryField()


class Leaf(Guarded):
    """What the log must take in: the commitment of an act or of a read. The sequencer sets `position`, once.

    Its order is its id; it belongs to no world, because a deployment has one log.
    """

    id = models.BigAutoField(primary_key=True)
    of = models.UUIDField(unique=True)
    what = models.CharField(max_length=5)
    commitment = models.BinaryField(max_length=32)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        """The sequencer asks for the leaves without position, in order."""

        indexes: ClassVar = [
            models.Index(fields=["id"], name="leaf_waiting", condition=models.Q(position__isnull=True)),
        ]


class Idempotency(RecordModel):
    """What a client already did under a key of its own choosing."""

    client = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    payload_digest = models.CharField(max_length=64)
    act = models.UUIDField()

    class Meta:
        """A key is used once by a client."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "client", "key"], name="idempotency_once")]


class Proposal(RecordModel):
    """An act that waits for its second person. `digest` covers kind and payload; `status` moves once from open."""

    kind = models.CharField(max_length=100)
    payload = models.JSONField()
    digest = models.CharField(max_length=64)
    batch = models.UUIDField(null=True)
    occurred_at = models.DateTimeField(null=True)
    person = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True, db_index=True)
    on_behalf_of = models.UUIDField(null=True)
    token = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, default="open", db_index=True)
    settled_by = models.UUIDField(null=True)
    settled_person = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    act = models.UUIDField(null=True)


class Obligation(RecordModel):
    """Somebody owes something by a time, because an act started a clock.

    `derivation` keeps how the due day was computed, word for word, and `law_digest` by which law book. `due_on` is None
    where the law gives no number (速やかに) and no target is set. Only arrival settles it.
    """

    rule = models.CharField(max_length=100, db_index=True)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    bearer = models.UUIDField(db_index=True)
    subject_type = models.CharField(max_length=60)
    subject = models.UUIDField(db_index=True)
    begins = models.CharField(max_length=40)
    due_on = models.DateField(null=True, db_index=True)
    due_at = models.DateTimeField(null=True)
    is_target = models.BooleanField(default=False)
    derivation = models.JSONField()
    law_digest = models.CharField(max_length=64)
    started_by = models.UUIDField()
    status = models.CharField(max_length=12, default="open", db_index=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    evidence = models.JSONField(null=True)


class Watch(RecordModel):
    """An organisation besides the bearer in whose inbox an obligation's clock is shown."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="watches")
    organisation = models.UUIDField(db_index=True)


class Notice(RecordModel):
    """Something an act obliges us to tell an organisation. The notice itself is the inbox row: once, by construction.

    Its title is harmless by rule: it goes out by mail too. What it is about is read through the room's own query.
    """

    act = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=100)
    addressee = models.UUIDField(db_index=True)
    title_ja = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    basis = models.CharField(max_length=120, blank=True)
    subject_type = models.CharField(max_length=60)
    subject = models.UUIDField()
    created_at = models.DateTimeField(db_index=True)
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        """One notice an act, addressee and subject; an inbox is read the newest first."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["act", "addressee", "subject"], name="notice_once")]
        indexes: ClassVar = [models.Index(fields=["world", "addressee", "created_at"], name="notice_in_inbox")]
        ordering: ClassVar = ["-created_at"]


class Delivery(models.Model):
    """One attempt line of the outbox (desk table): a notice or an envelope on its way to one recipient.

    `id` is stable over retries, so that a recipient that sees it twice can tell. channel: smtp, webhook, envelope.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    channel = models.CharField(max_length=10, db_index=True)
    notice = models.UUIDField(null=True)
    envelope = models.UUIDField(null=True)
    recipient = models.CharField(max_length=300)
    status = models.CharField(max_length=10, default="waiting", db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)
    last_error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)
    body = models.BinaryField(null=True)


class Dispatch(RecordModel):
    """An act that must arrive at another organisation (送達): from filing to the addressee's signed acknowledgement.

    status: waiting → sent (channel, time) → arrived (evidence) | refused.
    """

    act = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=100)
    sender = models.UUIDField(null=True)
    addressee = models.UUIDField(db_index=True)
    deployment = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    status = models.CharField(max_length=10, default="waiting", db_index=True)
    channel = models.CharField(max_length=10, blank=True)
    sent_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    acknowledgement = models.JSONField(null=True)
    refusal = models.CharField(max_length=500, blank=True)

    class Meta:
        """An act goes to an addressee once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["act", "addressee"], name="dispatch_once")]


class Received(RecordModel):
    """An envelope that came in; the row's id is the envelope's id, so a second copy finds the first one's answer.

    `act` is the act it brought, `effect` the act that took it in (None where it was refused).
    """

    sender = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=100)
    content = models.BinaryField()
    acknowledgement = models.JSONField()
    received_at = models.DateTimeField()
    act = models.UUIDField(null=True, db_index=True)
    effect = models.UUIDField(null=True)


class ReadRecord(RecordModel):
    """Who read what: the query, a digest of its arguments, the things seen. Itself a leaf of the log.

    `content` and `salt` open the leaf's commitment where labelled things were shown; both are empty otherwise.
    """

    query = models.CharField(max_length=100, db_index=True)
    person = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True, db_index=True)
    role = models.CharField(max_length=30)
    token = models.UUIDField(null=True)
    arguments_digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    read_at = models.DateTimeField(db_index=True)
    content = models.BinaryField(default=b"")
    salt = models.BinaryField(default=b"")


class ReadSubject(RecordModel):
    """One thing that a labelled reading showed; an organisation sees who opened what it filed.

    Where the thing is an act that another organisation filed (`filer`), or had filed in its name (`principal`), it is
    named with the time of the reading, so that what was opened is found without going through all acts.
    """

    reading = models.ForeignKey(ReadRecord, on_delete=models.PROTECT, related_name="subjects")
    subject = models.UUIDField(db_index=True)
    filer = models.UUIDField(null=True)
    principal = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        """Found by whoever is to be told, the newest first."""

        indexes: ClassVar = [
            models.Index(
                fields=["world", "filer", "-read_at"], condition=models.Q(filer__isnull=False), name="opened_of_filer"
            ),
            models.Index(
                fields=["world", "principal", "-read_at"],
                condition=models.Q(principal__isnull=False),
                name="opened_of_principal",
            ),
        ]


class Batch(models.Model):
    """Rows staged for one bulk act (desk table): nothing counts until the act is performed over the root."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    kind = models.CharField(max_length=100)
    organisation = models.UUIDField(null=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    staged_at = models.DateTimeField()
    used_by = models.UUIDField(null=True)


class BatchItem(models.Model):
    """One staged row: canonical JSON bytes."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        """Read in order."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "position"], name="batch_position")]


class Head(RecordModel):
    """A checkpoint the sequencer signed, with the cosignatures witnesses gave."""

    size = models.BigIntegerField(db_index=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField()


class StagedFile(models.Model):
    """A file somebody uploaded and no act has taken yet (desk table); `digest` is the SHA-256 of its bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    world = models.CharField(max_length=40)
    organisation = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    staged_at = models.DateTimeField()

    class Meta:
        """The same bytes of the same organisation are staged once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["world", "organisation", "digest"], name="staged_file_once")
        ]


class Attachment(LabelledRecord):
    """A file that belongs to an act: its name as text, what it is, and the digest that the act names.

    `organisation` holds it here; nobody else may open it. The bytes are kept once a digest (`AttachedContent`).
    """

    act = models.UUIDField(db_index=True)
    organisation = models.UUIDField(db_index=True)
    subject_type = models.CharField(max_length=60)
    subject = models.UUIDField(db_index=True)
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    attached_at = models.DateTimeField()

    class Meta:
        """In the order they came."""

        ordering: ClassVar = ["attached_at", "name"]


class AttachedContent(RecordModel):
    """The bytes of attachments, by digest; gone when the last act that names them has been erased."""

    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        """Content-addressed."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "digest"], name="attached_content_once")]


class RecordClass(RecordModel):
    """An entry of an organisation's own retention table (保存期間表): for a room's or a kind's acts, from a day on.

    measure: transfer | dispose | unknown. `years` is None where the organisation keeps the documents for good.
    """

    organisation = models.UUIDField(db_index=True)
    kinds = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    years = models.PositiveSmallIntegerField(null=True)
    measure = models.CharField(max_length=10, default="unknown")
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    act = models.UUIDField()
    recorded_at = models.DateTimeField()


class DisclosureMark(LabelledRecord):
    """A view on whether parts of a filing may be disclosed (情報公開法5条): the filer's, or the office's own.

    `about` is the filing act, the same on both sides; side: filer | office. It decides nothing.
    """

    about = models.UUIDField(db_index=True)
    act = models.UUIDField()
    side = models.CharField(max_length=10)
    organisation = models.UUIDField(db_index=True)
    holder = models.UUIDField(db_index=True)
    fields = models.TextField()
    limbs = models.JSONField(default=list)
    reason = models.TextField()
    marked_at = models.DateTimeField()
