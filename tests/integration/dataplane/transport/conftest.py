import asyncio
import ssl

import pytest
import uvloop

from gateway_project.dataplane.transport import HTTPTransport

# Reading the system's certificates takes longer than most of these tests.
TLS = ssl.create_default_context()


def pytest_asyncio_loop_factories(config, item):
    """Test on the loop we serve with, and on Python's own, which other servers use."""
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


@pytest.fixture
async def transport():
    transport = HTTPTransport(tls=TLS)
    yield transport
    await transport.close()
