import socket

import pytest

from gateway_project.launch import ports
from gateway_project.launch.errors import CannotStart

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named(taken):
    with pytest.raises(CannotStart, match=rf"^port {taken} on 127.0.0.1 is in use"):
        ports.check_free("127.0.0.1", taken)


def test_a_port_that_is_let_go_in_time_is_free(taken):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    ports.check_free("127.0.0.1", port, patience=1)


def test_a_host_that_is_no_address_is_named():
    with pytest.raises(
        CannotStart, match=r"^HOST is 'no such host', which is no address"
    ):
        ports.check_free("no such host", 8000)


def test_an_address_of_another_machine_is_named():
    with pytest.raises(
        CannotStart, match=r"^HOST is '192\.0\.2\.1', which is no address of"
    ):
        ports.check_free("192.0.2.1", 8000)


def test_looking_leaves_the_port_free(taken):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    ports.check_free("127.0.0.1", port)
    ports.check_free("127.0.0.1", port)
