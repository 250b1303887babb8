"""No endpoint may ask a model by a way of its own: it has the stages of all, and is tested at each.

A route that takes more than `GET` belongs in the tables of the matrix
(`tests/integration/dataplane/matrix/endpoints.py`). What is said here of one that does not
is said by its name.
"""

import re

import pytest

from gateway_project.dataplane import urls
from gateway_project.dataplane.authentication import ApiKeyAuthentication
from gateway_project.dataplane.express import ExpressView
from gateway_project.dataplane.passages import Passing
from gateway_project.dataplane.views.inference import Inference
from gateway_project.dataplane.views.sockets import SocketsOfKey
from tests.integration.dataplane.matrix.endpoints import ENDPOINTS, Way

READS = {"GET", "HEAD"}
# What puts the stages in their order; a view that has its own may leave some out.
ORDER = ("serve", "_admit", "_judge", "_refuse", "_note", "_handler", "as_view")

TABLED = {path: endpoint for endpoint in ENDPOINTS for path in endpoint.paths}
STREAMING = {Way.STREAM, Way.ARRAY}


def path_of(pattern):
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))


ROUTES = {path_of(each): each.callback.cls for each in urls.urlpatterns}
ASKING = {
    path: view
    for path, view in ROUTES.items()
    if set(view.stages.handlers) - READS or view.opening is not None
}
SOCKETS = {path: view for path, view in ASKING.items() if view.opening is not None}
# Served on a socket alone, and so found by no path.
PREPARING = {
    f"{path} preparing": view.preparing
    for path, view in ASKING.items()
    if view.preparing is not None
}
asking = pytest.mark.parametrize(
    ("path", "view"),
    [pytest.param(path, view, id=path) for path, view in ASKING.items()],
)
staged = pytest.mark.parametrize(
    ("path", "view"),
    [pytest.param(path, view, id=path) for path, view in (ASKING | PREPARING).items()],
)


def kinds(parts):
    return [type(part) for part in parts]


def contains_in_order(found, wanted):
    """True when each of the wanted classes, or one made of it, is found, in their order."""
    rest = iter(found)
    return all(any(issubclass(each, one) for each in rest) for one in wanted)


@asking
def test_an_endpoint_is_in_the_tables_of_the_matrix(path, view):
    assert path in TABLED, f"{path} ({view.__name__}) is tested at no stage"


@staged
def test_an_endpoint_has_the_stages_of_all(path, view):
    own, shared = view.stages, Inference.stages

    assert issubclass(view, Inference), f"{path}: {view.__name__} is no Inference"
    assert kinds(own.authenticators) == kinds(shared.authenticators), path
    assert contains_in_order(kinds(own.permissions), kinds(shared.permissions)), path
    assert kinds(own.throttles) == kinds(shared.throttles), path
    assert view.recorded, path
    assert own.parser is not None, path
    assert set(own.handlers) == {"POST"}, path


@staged
def test_an_endpoint_goes_through_its_stages_like_all(path, view):
    changed = [each for each in ORDER if getattr(view, each) != from_all(each, view)]

    assert changed == [], path


def from_all(name, view):
    found = getattr(ExpressView, name)
    # A classmethod is another object for each class.
    return found.__func__.__get__(view) if hasattr(found, "__func__") else found


@pytest.mark.parametrize("path", sorted(TABLED.keys() & ASKING.keys()))
def test_an_endpoint_is_tested_in_every_way_it_answers(path):
    endpoint, view = TABLED[path], ASKING[path]
    asked = [asked_of(view, endpoint, stream) for stream in (False, True)]

    ways = set(endpoint.ways)
    assert {each.operation for each in asked} == {endpoint.operation}
    assert (Way.SOCKET in ways) is (view.opening is not None), path
    assert (Way.PREPARING in ways) is (view.preparing is not None), path
    assert bool(ways & STREAMING) is any(map(may_stream, asked)), path
    assert (Way.PLAIN in ways) is any(not each.stream for each in asked), path


@pytest.mark.parametrize("path", SOCKETS)
def test_a_socket_opens_to_the_holder_of_a_key_and_leaves_a_trace_if_not(path):
    opening = SOCKETS[path].opening

    assert kinds(opening.stages.authenticators) == [ApiKeyAuthentication]
    assert kinds(opening.stages.throttles) == [SocketsOfKey]
    assert opening.recorded


@pytest.mark.parametrize("path", SOCKETS)
def test_a_turn_that_only_prepares_is_read_and_refused_as_the_others_are(path):
    view, preparing = SOCKETS[path], SOCKETS[path].preparing

    assert type(preparing.stages.parser) is type(view.stages.parser)
    assert preparing.stages.errors is view.stages.errors


def asked_of(view, endpoint, stream):
    body = endpoint.ask("fast", stream)
    parser, path_args = view.stages.parser, {"model": "fast"}
    return parser.asked(body.data, body.content_type, path_args)


def may_stream(asked):
    """True when an answer that comes as events is passed on as it comes."""
    passage = Passing(asked, errors=None, target=None)
    return passage.stream(b"text/event-stream") is not None


def test_the_tables_name_no_endpoint_that_is_gone():
    assert set(TABLED) == set(ASKING)
