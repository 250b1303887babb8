from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import actors
from providers import selectors, services


class Command(BaseCommand):
    help = (
        "Seal every provider secret again that is not under the first of ENCRYPTION_KEYS. "
        "Once it ends with 0, the keys after the first can be dropped."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ring = selectors.key_ring()
        except ImproperlyConfigured as wrong:
            raise CommandError(str(wrong)) from None
        outcome = services.reseal_credentials(
            ring=ring, by=actors.of_terminal(), now=timezone.now()
        )
        self.stdout.write(
            f"{outcome.resealed} credentials sealed again, "
            f"{outcome.current} were under the active key already"
        )
        if outcome.unopened:
            names = ", ".join(outcome.unopened)
            raise CommandError(
                f"{names} does not open under any key of ENCRYPTION_KEYS: "
                "add the key it was sealed under, or store its secret again"
            )
