import errno
import socket
import time

from gateway_project.launch.errors import CannotStart


def check_free(host: str, port: int, *, patience: float = 0.0) -> None:
    """Raise `CannotStart` unless a server could listen there.

    With `patience`, wait for a server of an earlier run to let go.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            _bind(host, port)
            return
        except socket.gaierror:
            raise CannotStart(f"HOST is {host!r}, which is no address.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise CannotStart(_sentence(error, host, port)) from None
        time.sleep(0.1)


def _bind(host: str, port: int) -> None:
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind) as probe:
        # As the server does it: connections that linger from an earlier run are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()


def _sentence(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is in use by another program; set PORT to a free one."
        case errno.EACCES:
            return (
                f"port {port} needs rights that this user has not; set PORT above 1023."
            )
        case errno.EADDRNOTAVAIL:
            return f"HOST is {host!r}, which is no address of this machine."
        case _:
            return f"port {port} on {host} cannot be used: {error.strerror}."
