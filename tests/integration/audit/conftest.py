import pytest

from audit.spool import SpoolWriter
from tests.unit.audit.records import NOON


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def writer(folder):
    writer = SpoolWriter(folder, clock=NOON.timestamp)
    yield writer
    writer.close()
