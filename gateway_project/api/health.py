"""Whether this node can take calls, and what else is up."""

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from redis import RedisError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gateway_project import heartbeat


class Readiness(APIView):
    """`GET /readyz`: 200 while calls can be served, else 503.

    Calls need Valkey. Without the database or the worker they go on, degraded.
    """

    def get(self, request: Request) -> Response:
        checks = state_of_engines()
        if checks["valkey"] != "ok":
            return Response({"status": "not_ready", "checks": checks}, status=503)
        degraded = "unavailable" in checks.values()
        return Response(
            {"status": "degraded" if degraded else "ready", "checks": checks}
        )


def state_of_engines() -> dict[str, str]:
    """Return `ok` or `unavailable` for the database, Valkey and the worker."""
    valkey = _valkey_answers()
    return {
        "database": _word(_database_answers()),
        "valkey": _word(valkey),
        "worker": _word(valkey and heartbeat.is_beating()),
    }


def _word(up: bool) -> str:
    return "ok" if up else "unavailable"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _valkey_answers() -> bool:
    try:
        cache.get("readiness")
    except RedisError:
        return False
    return True
