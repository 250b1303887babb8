"""Who runs the platform, and the ledger of what is done to their accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from audit import services as audit
from audit.types import Actor


def is_operator(user: Any) -> bool:
    """True for a person who runs the platform; nobody else has a console yet."""
    return bool(user.is_active and user.is_superuser)


def note_account(
    *, what: str, username: str, fields: Sequence[str], by: Actor, now: datetime
) -> None:
    """Record that an account was `added` or `changed`, naming the fields, not the values."""
    audit.record(
        action=f"console.user.{what}",
        by=by,
        subject=f"user:{username}",
        tenant_id=None,
        now=now,
        detail={"fields": list(fields)},
    )
