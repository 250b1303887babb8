"""What `manage.py up` would start, worked out without starting or writing anything."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from gateway_project import environment as from_env
from gateway_project.launch import places
from gateway_project.launch.places import Home

SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS")
ENGINES = ("DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`database_url` and `redis_url` are empty for an engine of our own.

    `environment` is what child processes get: ours, from before anything was read into it.
    """

    home: Home
    host: str
    port: int
    base_url: str
    workers: int
    drain_seconds: int
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    missing_secrets: tuple[str, ...]
    is_first_run: bool
    environment: Mapping[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the house."""
        return from_env.url_of(self.host, self.port)


def make_plan() -> Plan:
    """Read every setting. Raises `ImproperlyConfigured` or `CannotStart` when one is wrong."""
    from_env.forget_blanks()
    environment = dict(os.environ)
    var = from_env.var_dir()
    database_url, redis_url = (from_env.text(name, "") for name in ENGINES)
    from_env.load(var / "secrets.env")
    missing = tuple(name for name in SECRETS if not from_env.text(name, ""))
    stand_in()
    return Plan(
        home=places.find_home(var),
        host=settings.HOST,
        port=settings.PORT,
        base_url=settings.BASE_URL,
        workers=settings.WEB_CONCURRENCY,
        drain_seconds=settings.DRAIN_SECONDS,
        database_url=database_url,
        redis_url=redis_url,
        missing_secrets=missing,
        is_first_run=not (var / "first-run.json").exists(),
        environment=environment,
    )


def describe(plan: Plan) -> list[str]:
    home = plan.home
    user = f", run by the user {home.owner.name}" if home.owner else ""
    own = "our own in {folder}" + user
    hide = from_env.hide_password
    rows = {
        "Web": f"{plan.url}, {plan.workers} processes",
        "PostgreSQL": (
            f"outside, {hide(plan.database_url)}"
            if plan.database_url
            else own.format(folder=home.engines / "postgres")
        ),
        "Valkey": (
            f"outside, {hide(plan.redis_url)}"
            if plan.redis_url
            else own.format(folder=home.engines / "valkey")
        ),
        "Also": "the drainer of call records, a Celery worker, Celery beat",
        "Kept in": str(home.var),
        "First run": "yes" if plan.is_first_run else "no",
    }
    return [f"  {title:<11}{text}" for title, text in rows.items()]


def new_secret(name: str) -> str:
    if name == "ENCRYPTION_KEYS":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(50)


def stand_in() -> None:
    """Let the settings be read before there are secrets and engines."""
    os.environ.setdefault("DATABASE_URL", "postgres:///stand-in")
    os.environ.setdefault("REDIS_URL", "redis://stand-in")
    for name in SECRETS:
        os.environ.setdefault(name, new_secret(name))
