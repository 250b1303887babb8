from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from audit import actors
from gateway_project import first_run


class Command(BaseCommand):
    help = "Fill a fresh installation; what its owner must know goes to var/first-run.json."

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.VAR_DIR / "first-run.json"
        # The password is on the disk before anybody has it: a crash in between leaves an
        # installation that is still fresh.
        with transaction.atomic():
            known = first_run.seed(by=actors.of_terminal(), now=timezone.now())
            if known is not None:
                first_run.write(known, url=settings.BASE_URL, to=file)
        self.stdout.write("Already set up." if known is None else f"Wrote {file}.")
