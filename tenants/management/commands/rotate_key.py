from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import actors
from tenants import selectors, services
from tenants.errors import KeyNotUsable
from tenants.management.options import whole_number

A_YEAR = 365 * 24


class Command(BaseCommand):
    help = (
        "Give an API key a new secret and print it; the old one works on for a while."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its public part, as the console shows it")
        parser.add_argument(
            "--overlap-hours",
            type=whole_number(0, A_YEAR),
            default=24,
            help="0 ends the old secret at once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        api_key = selectors.api_key(options["key"])
        if api_key is None:
            raise CommandError("There is no such key.")
        try:
            text = services.rotate_api_key(
                api_key=api_key,
                overlap=timedelta(hours=options["overlap_hours"]),
                by=actors.of_terminal(),
                now=timezone.now(),
            )
        except KeyNotUsable as refusal:
            raise CommandError(f"{refusal}.") from None
        self.stderr.write(f"Rotated {api_key}. The new key is shown only now:")
        self.stdout.write(text)
