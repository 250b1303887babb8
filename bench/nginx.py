"""nginx as a plain proxy: what forwarding costs when nothing else is done."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from bench import processes
from bench.starting import Listener, Places, free_port
from bench.ways import PASSING

CONFIGURATION = """
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_max_body_size 32m;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream provider {{
        server 127.0.0.1:{provider};
        keepalive 1024;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        location / {{
            proxy_pass http://provider;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def find() -> str | None:
    """Return where nginx is; Debian keeps it out of an ordinary user's PATH."""
    path = os.environ.get("PATH", os.defpath)
    return shutil.which("nginx", path=f"{path}:/usr/sbin:/usr/local/sbin")


class Nginx:
    name = "nginx"
    # It passes everything alike, so one way is yardstick enough.
    ways = (PASSING,)
    api_key = "sk-nginx-000000000000000000000000000000000000000000000000000000000"

    def __init__(
        self, command: str, places: Places, *, provider: int, workers: int
    ) -> None:
        self.port = free_port()
        self._places = places
        self._workers = workers
        file = places.folder / "nginx.conf"
        text = CONFIGURATION.format(
            folder=places.folder, port=self.port, provider=provider, workers=workers
        )
        file.write_text(text)
        log: Path = places.folder / "nginx.out"
        self._listener = Listener(command, "-c", file, port=self.port, log=log)

    def start(self) -> None:
        self._listener.start(cpus=self._places.serving)

    def stop(self) -> None:
        self._listener.stop()

    def workers(self) -> list[int]:
        return processes.children(self._listener.pid)

    def beside(self) -> Mapping[str, float]:
        return {}

    def count_recorded(self, answered: int) -> int | None:
        return None
