from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.ids import uuid7
from tenants.models import SLUG

from . import kinds
from .addresses import check_base_url

_SECONDS = [MinValueValidator(1), MaxValueValidator(3600)]


class Provider(models.Model):
    """A service that answers calls."""

    Kind = kinds.Kind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    base_url = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"]), check_base_url],
        help_text="Up to and with the version, as in https://api.openai.com/v1.",
    )
    # Defaults of the database as well: the release before this one inserts rows without them.
    region = models.CharField(max_length=50, blank=True, default="", db_default="")
    api_version = models.CharField(max_length=50, blank=True, default="", db_default="")
    enabled = models.BooleanField(default=True)
    connect_timeout_s = models.PositiveIntegerField(default=5, validators=_SECONDS)
    first_byte_timeout_s = models.PositiveIntegerField(default=120, validators=_SECONDS)
    idle_timeout_s = models.PositiveIntegerField(
        default=60,
        validators=_SECONDS,
        help_text="The longest silence inside an answer.",
    )
    total_timeout_s = models.PositiveIntegerField(default=600, validators=_SECONDS)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="provider_base_url_unless_mock",
                condition=Q(kind="MOCK", base_url="")
                | (~Q(kind="MOCK") & ~Q(base_url="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Credential(models.Model):
    """A secret a provider knows us by. Written, never read back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="credentials"
    )
    name = models.CharField(max_length=100)
    sealed = models.TextField(editable=False)
    hint = models.CharField(max_length=8, editable=False)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"], name="credential_name_once_per_provider"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    @property
    def seal_row(self) -> str:
        """The name its secret is bound to."""
        return f"providers.credential:{self.pk}:sealed"


class Model(models.Model):
    """A model as callers name it, and where it is served."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        max_length=200, unique=True, help_text="What callers write. May hold : and /."
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="models"
    )
    upstream_name = models.CharField(
        max_length=200, blank=True, help_text="Empty is the same name."
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
