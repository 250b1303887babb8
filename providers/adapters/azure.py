"""OpenAI's models at Azure, which knows two ways to them.

Below `/openai/v1` the body names the deployment as its model. The older way names it in the
path, and the version of the API in the query. Which version is spoken is the operator's.
"""

from urllib.parse import quote

from providers.operations import Operation
from providers.types import Adapter, Outbound, Sending, Target

from . import openai_wire, request


def _outbound(target: Target, sending: Sending) -> Outbound:
    query = request.query_without(sending.query, "api-version")
    if target.api_version:
        version = f"api-version={quote(target.api_version, safe='')}".encode()
        query = version + b"&" + query if query else version
    return openai_wire.post(
        target,
        sending,
        _path(target, sending.operation),
        credential=request.credential(target, b"api-key"),
        query=query,
    )


def _path(target: Target, operation: Operation) -> str:
    path = openai_wire.PATHS[operation]
    if not target.api_version or target.base_path.endswith("/openai/v1"):
        return path
    if operation is Operation.RESPONSES:
        return f"/openai{path}"
    return f"/openai/deployments/{quote(target.upstream_model, safe='')}{path}"


ADAPTER = Adapter(
    speaks=frozenset(
        {
            Operation.CHAT,
            Operation.COMPLETIONS,
            Operation.RESPONSES,
            Operation.EMBEDDINGS,
            *openai_wire.IMAGES_AND_AUDIO,
        }
    ),
    converses=Operation.CHAT,
    outbound=_outbound,
    shown=openai_wire.SHOWN,
)
