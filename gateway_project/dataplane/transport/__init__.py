"""How bytes reach a provider over HTTP/1.1.

* client      the `Transport`: a connection for each request, reused where that is safe
* pool        connections that wait for their next request
* connection  one socket: a request out, a response in, never longer than its timeouts
* answer      the body of a response, held until its reader wants it
* wire        the request as bytes
* failures    the exceptions of sockets, TLS and the parser, in our words
"""

from .client import HTTPTransport

__all__ = ["HTTPTransport"]
