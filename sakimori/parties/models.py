"""Who there is: organisations, what they are designated for, people and what they may do."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from sakimori.record import RecordModel


class Organisation(RecordModel):
    """An organisation (組織): operator, ministry, bureau, cabinet office, committee, vendor and so on.

    `type` uses the vocabulary of `sakimori.law`. `deployment` names the installation that hosts it; its filings and
    notices travel there by envelope. `parent` is the ministry of a regional bureau.
    """

    type = models.CharField(max_length=30, db_index=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    corporate_number = models.CharField(max_length=13, blank=True)
    business_type = models.CharField(max_length=60, blank=True)
    ministry_code = models.CharField(max_length=30, blank=True)
    location = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    deployment = models.CharField(max_length=60, db_index=True)
    fictitious = models.BooleanField(default=False)

    class Meta:
        """Sorted as people look for them."""

        ordering: ClassVar = ["type", "name_ja"]

    def __str__(self) -> str:
        return self.name_ja


class Designation(RecordModel):
    """A designation as 特定社会基盤事業者 (推進法50条) for one business; `minister` is the minister of that business.

    `successor` is set for operators that meet the criteria through 推進法53条1項各号: they get no grace period.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designations")
    business_type = models.CharField(max_length=60)
    minister = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    bureau = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    designated_on = models.DateField()
    successor = models.BooleanField(default=False)
    withdrawn_on = models.DateField(null=True)


class Facility(RecordModel):
    """A 特定重要設備 of an operator, in its ministry's vocabulary.

    `in_place_since` is the day it was put in place (its year is enough where the day is lost); `order_changed_on` the
    day an amended facility order first covered it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="facilities")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="facilities")
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=200)
    in_place_since = models.DateField(null=True)
    order_changed_on = models.DateField(null=True)


class Person(RecordModel):
    """A person who can act; the log knows only the id."""

    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    fictitious = models.BooleanField(default=False)


class Membership(RecordModel):
    """A person's role in an organisation, for a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class Delegation(RecordModel):
    """One organisation lets another act for it (委任), for named act kinds and a time."""

    principal = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="delegations_held")
    kinds = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class StandingAuthority(RecordModel):
    """A person's standing order that a token of the organisation may perform one act kind (house rule)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standing_authorities")
    kind = models.CharField(max_length=100)
    granted_by = models.UUIDField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class Clearance(RecordModel):
    """A ceiling above the default: the organisation may be given what carries this restriction."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clearances")
    restriction = models.CharField(max_length=120)
    basis = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class Consent(RecordModel):
    """A party's consent to one use of what it gave, and its withdrawal.

    `matter` says what is allowed, `about` names the thing (None: everything of the kind), `recipient` the organisation
    that may use it (None: as `scope` says), `basis` the article or agreement it is given under.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="consents")
    matter = models.CharField(max_length=60)
    about = models.UUIDField(null=True)
    scope = models.TextField(blank=True)
    recipient = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="consents_held")
    basis = models.CharField(max_length=120, blank=True)
    given_on = models.DateField()
    valid_until = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)


class Peer(RecordModel):
    """Another deployment: where its envelopes go and which public keys it signs with (`keys`: proofs keyring rows)."""

    name = models.CharField(max_length=60)
    edition = models.CharField(max_length=20)
    url = models.CharField(max_length=300, blank=True)
    keys = models.JSONField(default=list)

    class Meta:
        """One row a deployment and world."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["world", "name"], name="peer_once")]


class Subscription(RecordModel):
    """Where an organisation also wants its notices: an SMTP address or a webhook; never their contents."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="subscriptions")
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=300)
    ended_on = models.DateField(null=True)


class Mandate(RecordModel):
    """Leave to file in the organisation's name (委任): from its representative to a person, or to another organisation.

    `representative` is the name filings carry (代表者名). `approved_by`, `approved_on` and `document` are the internal
    trail (稟議). A deputy (代理) stands in for `deputy_for` and only until `valid_until`. Where the delegate is another
    organisation, `delegation` is what lets it act; a person acts by membership, and this says on whose leave.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mandates")
    representative_title = models.CharField(max_length=100, blank=True)
    representative = models.CharField(max_length=100)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="mandates")
    delegate = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, null=True, on_delete=models.PROTECT, related_name="mandates")
    deputy_for = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    kinds = models.JSONField(default=list)
    approved_by = models.CharField(max_length=100, blank=True)
    approved_on = models.DateField(null=True)
    document = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class FilingWindow(RecordModel):
    """Where one files (提出窓口) with an authority, as somebody published or told it, for a time.

    `key` is shared by the entries that follow one another; an entry of a key the law data has stands in its place.
    """

    key = models.CharField(max_length=60, db_index=True)
    business_type = models.CharField(max_length=60, db_index=True)
    ministry_code = models.CharField(max_length=30)
    matter = models.CharField(max_length=30)
    office = models.CharField(max_length=200)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    address = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=10)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there are no superusers."""

    def create_account(self, login: str, person: uuid.UUID, password: str | None) -> "Account":
        """Return a new account of `person`; without a password nobody can log in with it."""
        account = self.model(login=login, person=person)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """How a person logs in (desk table: no other organisation ever sees it)."""

    login = models.CharField(max_length=100, unique=True)
    person = models.UUIDField(db_index=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar = ["person"]
    objects: ClassVar[AccountManager] = AccountManager()


class Token(models.Model):
    """A machine's token (desk table): only its SHA-256 is kept. A token is not a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.UUIDField(db_index=True)
    role = models.CharField(max_length=30)
    world = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    valid_until = models.DateField(null=True)
    revoked = models.BooleanField(default=False)
