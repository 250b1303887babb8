from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import actors
from tenants import selectors, services
from tenants.errors import KeyAlreadyRevoked


class Command(BaseCommand):
    help = "Revoke an API key; the next request with it is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its public part, as the console shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        api_key = selectors.api_key(options["key"])
        if api_key is None:
            raise CommandError("There is no such key.")
        try:
            services.revoke_api_key(
                api_key=api_key, by=actors.of_terminal(), now=timezone.now()
            )
        except KeyAlreadyRevoked as refusal:
            raise CommandError(f"{refusal}.") from None
        self.stdout.write(f"Revoked {api_key}.")
