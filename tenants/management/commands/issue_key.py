from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import actors
from tenants import selectors, services
from tenants.management.options import line, whole_number

HUNDRED_YEARS = 36_500


class Command(BaseCommand):
    help = "Issue an API key and print it: the one time it can be seen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument(
            "--name", required=True, type=line(100), help="what the key is for"
        )
        parser.add_argument("--expires-in-days", type=whole_number(1, HUNDRED_YEARS))
        parser.add_argument(
            "--model",
            action="append",
            default=[],
            type=line(200),
            help="may repeat; * is a wildcard",
        )
        parser.add_argument(
            "--per-minute",
            type=whole_number(1, 2**31 - 1),
            help="requests per minute",
        )
        parser.add_argument(
            "--per-month", type=whole_number(1, 10**12), help="requests per month"
        )
        parser.add_argument(
            "--parallel", type=whole_number(1, 2**31 - 1), help="calls at a time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = selectors.tenant(options["tenant"])
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']!r}.")
        now = timezone.now()
        days = options["expires_in_days"]
        api_key, text = services.issue_api_key(
            tenant=tenant,
            name=options["name"],
            by=actors.of_terminal(),
            now=now,
            expires_at=None if days is None else now + timedelta(days=days),
            allowed_models=options["model"],
            requests_per_minute=options["per_minute"],
            requests_per_month=options["per_month"],
            parallel_calls=options["parallel"],
        )
        self.stderr.write(f"Issued {api_key} to {tenant}. It is shown only now:")
        self.stdout.write(text)
