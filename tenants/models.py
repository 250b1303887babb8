from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.ids import uuid7

SLUG = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", "Use lower-case letters, digits and hyphens."
)


def _patterns(help_text: str) -> "ArrayField[list[str], list[str]]":
    return ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text=help_text
    )


class Tier(models.Model):
    """A plan: the limits a tenant has unless it was given its own."""

    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=100)
    requests_per_minute = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    requests_per_month = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Calendar month, UTC. Empty is unlimited."
    )
    parallel_calls = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Calls at a time. Empty is unlimited.",
    )
    max_tokens_per_request = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty is unlimited."
    )
    allowed_models = _patterns(
        "Comma-separated model names; * stands for anything. Empty allows all."
    )

    class Meta:
        ordering = ["requests_per_minute"]

    def __str__(self) -> str:
        return self.name


class Tenant(models.Model):
    """An organisation whose traffic, policies and secrets no other tenant may see."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=100)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="tenants")
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty takes the tier's."
    )
    requests_per_month = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Calendar month, UTC. Empty takes the tier's."
    )
    parallel_calls = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Calls at a time. Empty takes the tier's.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_by = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="tenant_suspended_at_iff_by",
                condition=Q(suspended_at__isnull=True, suspended_by="")
                | (Q(suspended_at__isnull=False) & ~Q(suspended_by="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TenantOwned(models.Model):
    """Base of every row that belongs to exactly one tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT)

    class Meta:
        abstract = True


class Membership(TenantOwned):
    """A person's role in a tenant."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN", "Admin"
        MANAGER = "MANAGER", "Manager"
        USER = "USER", "User"
        VIEWER = "VIEWER", "Viewer"
        APPROVER = "APPROVER", "Approver"
        AUDITOR = "AUDITOR", "Auditor"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering = ["tenant", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"], name="membership_once_per_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.tenant} as {self.get_role_display()}"


class ApiKey(TenantOwned):
    """A caller's credential. The secret itself is never stored, only its digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    public_id = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    previous_digest = models.CharField(max_length=64, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=200, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.CharField(max_length=200, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    allowed_models = _patterns(
        "Comma-separated model names; * stands for anything. Empty allows all."
    )
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty leaves the tenant's limit alone."
    )
    requests_per_month = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Empty leaves the tenant's limit alone."
    )
    parallel_calls = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Calls at a time. Empty leaves the tenant's limit alone.",
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(
                name="apikey_revoked_at_iff_by",
                condition=Q(revoked_at__isnull=True, revoked_by="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
            ),
            models.CheckConstraint(
                name="apikey_previous_digest_iff_until",
                condition=Q(previous_until__isnull=True, previous_digest="")
                | (Q(previous_until__isnull=False) & ~Q(previous_digest="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"
