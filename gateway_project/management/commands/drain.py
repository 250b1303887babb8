import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from audit import drain
from tenants import services as tenants


class Command(BaseCommand):
    help = (
        "Copy call records from the spool folder into PostgreSQL until told to stop. "
        "One runs on each node."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="copy what there is, then end"
        )

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        try:
            with drain.sole_drainer(settings.SPOOL_DIR):
                if once:
                    _drain_once()
                else:
                    _drain_until_told()
        except drain.FolderTaken as taken:
            raise CommandError(str(taken)) from None


def _drain_once() -> None:
    try:
        drain.drain_all(
            settings.SPOOL_DIR, now=timezone.now(), after_batch=_after_batch
        )
    except OperationalError as error:
        raise CommandError(
            f"the database is away, call records wait in {settings.SPOOL_DIR}: {error}"
        ) from None


def _drain_until_told() -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    drain.drain_until(
        stop, settings.SPOOL_DIR, clock=timezone.now, after_batch=_after_batch
    )


def _after_batch(batch: drain.Batch) -> None:
    tenants.note_use(last_used=batch.last_used())
