from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import selectors
from audit.chain import PLATFORM, name_of
from audit.witness import Witness


class Command(BaseCommand):
    help = (
        "Recompute the ledger's hash chains and name every entry that was edited, "
        "removed or moved, and every chain that is shorter than when it was last "
        "verified. Exits with 1 if there is any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--chain",
            type=_chain_id,
            metavar="ID",
            help='a tenant\'s id, or "platform"; without it, all chains',
        )

    def handle(self, *args: Any, chain: UUID | None, **options: Any) -> None:
        seen = selectors.witnessed()
        known = sorted({*selectors.chains(), *(seen.heads if seen else ())})
        if chain is not None and chain not in known:
            raise CommandError(f"there is no chain {name_of(chain)}")
        if not known:
            self.stdout.write("the ledger is empty")
        broken = sum(
            self._verify(each, seen) > 0 for each in known if chain in (None, each)
        )
        if broken:
            raise CommandError(f"{broken} chains do not verify")

    @transaction.atomic
    def _verify(self, chain: UUID, seen: Witness | None) -> int:
        found = 0
        for problem in selectors.problems_of(chain, seen):
            found += 1
            self.stdout.write(str(problem))
        head = selectors.head_of(chain)
        entries = head.seq if head else 0
        verdict = f"{found} problems" if found else "intact"
        self.stdout.write(f"chain {name_of(chain)}: {entries} entries, {verdict}")
        return found


def _chain_id(text: str) -> UUID:
    return PLATFORM if text == "platform" else UUID(text)
