import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from audit.models import Chain, Entry
from tests.unit.audit.records import ACME

from .test_record import record

pytestmark = pytest.mark.django_db

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def entry():
    record()
    return record()


def test_an_entry_is_not_updated(entry):
    with pytest.raises(REFUSED, match="UPDATE on audit_entry refused"):
        Entry.objects.filter(pk=entry.pk).update(actor="user:eve")


def test_an_entry_is_not_deleted(entry):
    with pytest.raises(REFUSED, match="DELETE on audit_entry refused"):
        entry.delete()


def test_a_chains_head_is_not_deleted(entry):
    with pytest.raises(REFUSED, match="DELETE on audit_chain refused"):
        Chain.objects.all().delete()


@pytest.mark.parametrize(
    "change", [{"seq": 1}, {"seq": 2}, {"seq": 0}, {"head": "f" * 64}]
)
def test_a_chains_head_does_not_go_back_or_change_in_place(entry, change):
    with pytest.raises(REFUSED, match="a chain only grows"):
        Chain.objects.filter(pk=ACME).update(**change)


@pytest.mark.parametrize("table", ["audit_entry", "audit_chain"])
def test_the_ledger_is_not_truncated(entry, truncate_guards, table):
    with (
        pytest.raises(REFUSED, match=f"TRUNCATE on {table} refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table}")

    assert Entry.objects.count() == 2
