"""Every attempt to sign in to the console, in the ledger."""

from datetime import datetime

from django.db import transaction

from audit import services as audit
from audit.types import Actor


@transaction.atomic
def note_attempt(*, what: str, username: str, by: Actor, now: datetime) -> None:
    """Record that a sign-in `what`: `succeeded`, `failed`, `throttled` or `ended`."""
    audit.record(
        action=f"console.login.{what}",
        by=by,
        subject=f"user:{username[:150]}",
        tenant_id=None,
        now=now,
    )
