"""One row of everything the console shows, or many of each."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.ids import uuid7
from audit.models import CallRecord
from tenants import services
from tenants.models import ApiKey, Membership
from tests.factories import (
    ANA,
    NOON,
    make_credential,
    make_key,
    make_model,
    make_provider,
    make_tenant,
)

_numbers = count(1)


def make_call(key: ApiKey | None = None, **fields: Any) -> CallRecord:
    values: dict[str, Any] = {
        "request_id": str(uuid7()),
        "tenant_id": key.tenant_id if key else uuid7(),
        "key_id": key.pk if key else uuid7(),
        "key_public_id": key.public_id if key else "gonegonegone",
        "endpoint": "/v1/chat/completions",
        "model": "gpt-4o",
        "provider": "openai",
        "stream": False,
        "status": 200,
        "upstream_status": 200,
        "admitted": True,
        "prompt_tokens": 12,
        "completion_tokens": 34,
        "usage_estimated": False,
        "started_at": timezone.now() - timedelta(minutes=1),
        "first_byte_us": 81_000,
        "duration_us": 1_234_000,
        "client_ip": "192.0.2.7",
    }
    return CallRecord.objects.create(**{**values, **fields})


def make_person(**fields: Any) -> User:
    return User.objects.create_user(f"person-{next(_numbers)}", **fields)


def note(action: str = "tests.thing.happened", **fields: Any) -> None:
    values = {"by": ANA, "subject": "thing:1", "tenant_id": None, "now": NOON}
    with transaction.atomic():
        audit.record(action=action, **{**values, **fields})


def make_one_of_each() -> None:
    tenant = make_tenant()
    key, _ = make_key(tenant=tenant)
    provider = make_provider()
    make_credential(provider, "sk-0123456789abcdef")
    make_model(provider)
    make_call(key)
    membership = Membership(tenant=tenant, user=make_person(), role="VIEWER")
    services.add(row=membership, by=ANA, now=NOON)
