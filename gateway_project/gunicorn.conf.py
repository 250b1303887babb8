# ruff: noqa: N999  the name is the one gunicorn looks for
"""How gunicorn serves: `gunicorn -c gateway_project/gunicorn.conf.py gateway_project.asgi:application`."""

import copy
import sys

import gunicorn.asgi.protocol
from django.core.exceptions import ImproperlyConfigured

from gateway_project import environment
from providers import tokens

try:
    from gateway_project import settings

    # Others do without; this one opens providers' secrets.
    environment.check_given("ENCRYPTION_KEYS", settings.ENCRYPTION_KEYS)
except ImproperlyConfigured as wrong:
    # One sentence that names the variable; gunicorn would bury it in a traceback.
    sys.exit(f"gatehouse: {wrong}")

# This is read by the process the workers are forked from: they share what it builds now,
# and none of them stops for a third of a second at its first count.
tokens.load()

wsgi_app = "gateway_project.asgi:application"
worker_class = "gateway_project.worker.Worker"
workers = settings.WEB_CONCURRENCY
bind = f"{environment.in_brackets(settings.HOST)}:{settings.PORT}"

# Clients and balancers pool connections for about a minute; the side that closes an idle one
# first should be theirs, or a request is lost on the way.
keepalive = 75
# After SIGTERM answers that have begun may finish for DRAIN_SECONDS; then our worker cuts
# them off and records them, for which it needs a moment more before it is killed.
graceful_timeout = settings.DRAIN_SECONDS + 4
# A worker that cannot start must not serve.
asgi_lifespan = "on"
# A worker whose event loop is stuck for so long is replaced. Long answers are no reason:
# the loop reports from between their chunks.
timeout = 60
# Connections waiting to be accepted while every worker is busy; the kernel caps it too.
backlog = 2048
# A larger message closes a WebSocket: what waits in one is kept in memory.
websocket_max_message_size = settings.WEBSOCKET_FRAME_BYTES
# A client that hangs up cancels its call at once: every token after that is paid for nothing.
asgi_disconnect_grace_period = 0
# A socket that can change the number of workers is one door too many.
control_socket_disable = True

# Large enough for every header a client library or a balancer sends (some proxies put a
# signed token of 8 kB into one), small enough that a connection costs at most about 800 kB.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# What is behind us is nobody's business; this name is gunicorn's own for its default header.
gunicorn.asgi.protocol._CACHED_SERVER_HEADER = b""

logger_class = "gateway_project.worker.Log"
errorlog = "-"
loglevel = settings.LOG_LEVEL.lower()
logconfig_dict = copy.deepcopy(settings.LOGGING) | {
    "loggers": {
        "gunicorn.error": {
            "handlers": ["stderr"],
            "level": settings.LOG_LEVEL,
            "propagate": False,
        }
    }
}
