import os
import tempfile
from pathlib import Path

import pytest

from tests.house import House, running

# Read when litellm and langsmith are imported, below this folder: neither may phone home.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LANGSMITH_TRACING"] = "false"

GENEROUS = """
from django.utils import timezone
from audit.types import Actor
from tenants import selectors, services
demo = selectors.tenant("demo")
demo.requests_per_minute = demo.requests_per_month = 10_000_000
services.amend(row=demo, by=Actor("system"), now=timezone.now())
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional" in item.path.parts and "clients" not in item.path.parts:
            # One process starts the product; loopback is where it listens.
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def house():
    """The product with four workers, shared by every test that does not end it."""
    with tempfile.TemporaryDirectory(prefix="house-") as folder:
        Path(folder).chmod(0o711)
        settings = {"WEB_CONCURRENCY": "4", "BODY_SECONDS": "3", "HEADER_SECONDS": "3"}
        with running(Path(folder) / "var", **settings) as started:
            # The tests share the demo tenant; what they exhaust is the keys' own limits.
            started.manage("shell", "--no-imports", "-c", GENEROUS)
            yield started


@pytest.fixture
def key(house: House) -> str:
    return house.issue_key()
