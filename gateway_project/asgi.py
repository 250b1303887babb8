"""One process for calls, console and control: the express door stands before Django."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway_project.settings")
django: Any = get_asgi_application()

# These read settings and models, which are there only now.
from django.conf import settings  # noqa: E402

from gateway_project.assembly import build_plane  # noqa: E402
from gateway_project.dataplane.door import Door  # noqa: E402
from gateway_project.lifespan import Worker  # noqa: E402

application = Worker(
    build_plane,
    lambda plane: Door(plane, django, keep_alive_s=settings.SSE_KEEPALIVE_SECONDS),
)
