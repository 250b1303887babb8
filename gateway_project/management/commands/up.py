import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gateway_project.launch import command


class Command(BaseCommand):
    """Here so that `help` lists it; manage.py starts the house before the settings are read."""

    help = command.HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(command.up(check=options["check"], verbose=options["verbose"]))
