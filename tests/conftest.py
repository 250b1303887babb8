import pytest
import uvloop
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

# pg_trigger.tgtype: fires on TRUNCATE.
ON_TRUNCATE = 1 << 5


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> list[str]:
    """Take away the triggers that forbid TRUNCATE, and return their definitions.

    Django empties the tables after a transactional test with TRUNCATE; every other trigger
    stays.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid)"
            " FROM pg_trigger WHERE NOT tgisinternal AND tgtype & %s > 0",
            [ON_TRUNCATE],
        )
        guards = cursor.fetchall()
        for name, table, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
    return [definition for _, _, definition in guards]


@pytest.fixture
def truncate_guards(db: None, django_db_setup: list[str]) -> None:
    """Put those triggers back for one test, inside its transaction."""
    with connection.cursor() as cursor:
        for definition in django_db_setup:
            cursor.execute(definition)


def pytest_asyncio_loop_factories(config, item):
    """Test on the loop we serve with."""
    return {"uvloop": uvloop.new_event_loop}
