"""What is kept: the ledger, the calls, and how far each has come.

No foreign keys: deleting a tenant or a key must never delete, block on, or rewrite the
record of what they did.
"""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from audit.chain import GENESIS, PLATFORM, name_of
from audit.ids import new_epoch, uuid7


class Chain(models.Model):
    """The head of one hash chain: the platform's, or a tenant's under the tenant's id."""

    id = models.UUIDField(primary_key=True, editable=False)
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [
            models.CheckConstraint(name="chain_seq_from_zero", condition=Q(seq__gte=0)),
        ]

    def __str__(self) -> str:
        return name_of(self.id)


class Entry(models.Model):
    """One thing somebody did. Append-only: the database refuses to change or drop it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    tenant_id = models.UUIDField(null=True)
    ip = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(name="entry_place", fields=["chain", "seq"]),
            models.CheckConstraint(name="entry_seq_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(
                name="entry_on_its_tenants_chain",
                condition=Q(chain=Coalesce(F("tenant_id"), PLATFORM)),
            ),
        ]
        indexes = [
            models.Index(name="entry_newest", fields=["-at", "-id"]),
            models.Index(name="entry_of_chain", fields=["chain", "-at"]),
            models.Index(name="entry_of_action", fields=["action", "-at"]),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.action} {self.subject} by {self.actor}"


class Revision(models.Model):
    """The one row that says which configuration is in force.

    `number` grows with every change. `epoch` tells two databases apart whose numbers
    would otherwise be compared.
    """

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY, editable=False)
    epoch = models.CharField(max_length=32, default=new_epoch)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="revision_only_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="revision_from_zero", condition=Q(number__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.epoch}:{self.number}"


class CallRecord(models.Model):
    """One authenticated call, as it ended. Written by the drainer and nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request_id = models.CharField(max_length=200)
    tenant_id = models.UUIDField()
    key_id = models.UUIDField()
    key_public_id = models.CharField(max_length=64)
    endpoint = models.CharField(max_length=100)
    model = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=100, blank=True)
    stream = models.BooleanField()
    status = models.SmallIntegerField()
    upstream_status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=100, blank=True)
    admitted = models.BooleanField()
    prompt_tokens = models.BigIntegerField(default=0)
    completion_tokens = models.BigIntegerField(default=0)
    usage_estimated = models.BooleanField()
    started_at = models.DateTimeField()
    first_byte_us = models.BigIntegerField(null=True)
    duration_us = models.BigIntegerField()
    client_ip = models.CharField(max_length=64, blank=True)
    # Never null: a constraint says so, because NOT NULL would go over into the table the
    # previous release's drainer fills, which does not know these columns.
    cached_tokens = models.BigIntegerField(null=True, default=0, db_default=0)
    cache_write_tokens = models.BigIntegerField(null=True, default=0, db_default=0)
    reasoning_tokens = models.BigIntegerField(null=True, default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_status_in_range", condition=Q(status__range=(100, 599))
            ),
            models.CheckConstraint(
                name="call_upstream_status_in_range",
                condition=Q(upstream_status__range=(100, 999))
                | Q(upstream_status__isnull=True),
            ),
            models.CheckConstraint(
                name="call_tokens_not_negative",
                condition=Q(prompt_tokens__gte=0, completion_tokens__gte=0),
            ),
            models.CheckConstraint(
                name="call_token_parts_known",
                condition=Q(
                    cached_tokens__isnull=False,
                    cached_tokens__gte=0,
                    cache_write_tokens__isnull=False,
                    cache_write_tokens__gte=0,
                    reasoning_tokens__isnull=False,
                    reasoning_tokens__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="call_times_not_negative",
                condition=Q(duration_us__gte=0)
                & (Q(first_byte_us__gte=0) | Q(first_byte_us__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(name="call_newest", fields=["-started_at", "-id"]),
            # `admitted` rides along so that counting a month never visits the table.
            models.Index(
                name="call_of_tenant",
                fields=["tenant_id", "-started_at"],
                include=["admitted"],
            ),
            models.Index(
                name="call_of_key",
                fields=["key_id", "-started_at"],
                include=["admitted"],
            ),
            models.Index(name="call_by_request_id", fields=["request_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.endpoint} {self.status}"


class SpoolMark(models.Model):
    """How much of one spool file is in the database, moved in the transaction that put it there."""

    name = models.CharField(max_length=200, primary_key=True)
    offset = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spoolmark_from_zero", condition=Q(offset__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} up to {self.offset}"


class RefusalTally(models.Model):
    """Refusals of one key for one reason in one minute, until the minute becomes an entry.

    An entry cannot be counted up, and one per refused request would let anybody fill
    the ledger.
    """

    chain = models.UUIDField()
    code = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    minute = models.DateTimeField()
    times = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    client_ip = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "refusal tallies"
        constraints = [
            models.UniqueConstraint(
                name="refusaltally_one_a_minute",
                fields=["chain", "code", "subject", "minute"],
            ),
            models.CheckConstraint(
                name="refusaltally_counts_something", condition=Q(times__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.times} x {self.code} {self.subject}"

    @property
    def tenant_id(self) -> UUID | None:
        return None if self.chain == PLATFORM else self.chain
