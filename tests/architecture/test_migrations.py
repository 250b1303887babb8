import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

OURS = ("audit", "tenants", "providers", "guardrails", "hitl")
MIGRATIONS = [
    migration
    for (app, _), migration in sorted(
        MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
    )
    if app in OURS
]


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_can_be_taken_back_and_has_a_name(migration):
    for operation in migration.operations:
        if isinstance(operation, RunSQL | RunPython):
            assert operation.reversible

    assert "_auto_" not in migration.name
    assert migration.name != "0001_initial"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_changes_schema_or_data_not_both(migration):
    data = [each for each in migration.operations if isinstance(each, RunPython)]

    assert not data or len(data) == len(migration.operations)
