"""What the release before this one does to the tables while it is being replaced."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.drain.copying import row
from audit.models import CallRecord
from tests.unit.audit.records import call

pytestmark = pytest.mark.django_db
NEW = {"cached_tokens", "cache_write_tokens", "reasoning_tokens"}


def test_its_drainer_brings_in_calls_without_the_columns_it_does_not_know():
    old = {name: value for name, value in row(call()).items() if name not in NEW}
    columns = ", ".join(old)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE arriving (LIKE audit_callrecord)")
        with cursor.copy(f"COPY arriving ({columns}) FROM STDIN") as copy:
            copy.write_row(list(old.values()))
        cursor.execute(
            f"INSERT INTO audit_callrecord ({columns}) SELECT {columns} FROM arriving"
        )

    assert CallRecord.objects.values_list(*sorted(NEW)).get() == (0, 0, 0)


@pytest.mark.parametrize("column", sorted(NEW))
@pytest.mark.parametrize("wrong", [None, -1])
def test_the_parts_of_tokens_are_known_and_not_negative(column, wrong):
    stored = row(call()) | {column: wrong}

    with pytest.raises(IntegrityError), transaction.atomic():
        CallRecord.objects.create(**stored)
