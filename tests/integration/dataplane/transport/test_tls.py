"""Whom we talk to."""

import datetime
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway_project.dataplane.transport import HTTPTransport
from providers.errors import UpstreamBroken, UpstreamUnreachable
from providers.types import Endpoint, Timeouts
from tests.upstreams import chunked, plain, serving

pytestmark = pytest.mark.enable_socket

EPOCH = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
LONG = datetime.timedelta(days=36500)


def certificate(folder, *names, ends_at=EPOCH + LONG):
    """Return the file of a self-signed certificate for these names, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(EPOCH)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def server_side(file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


LOCAL = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


@pytest.fixture
def local(tmp_path):
    return certificate(tmp_path, *LOCAL)


@pytest.fixture
async def trusting(local):
    transport = HTTPTransport(tls=ssl.create_default_context(cafile=local))
    yield transport
    await transport.close()


async def hello(peer):
    while True:
        await peer.request()
        await peer.send(plain(b"%d" % peer.number))


async def test_a_certificate_nobody_vouches_for_is_refused(transport, local):
    async with serving(hello, tls=server_side(local)) as upstream:
        with pytest.raises(UpstreamUnreachable, match="certificate is not accepted"):
            await transport.send(upstream.outbound())

        assert upstream.requests == []


async def test_a_certificate_that_is_trusted_opens_a_connection_that_is_kept(
    trusting, local
):
    async with serving(hello, tls=server_side(local)) as upstream:
        for _ in range(3):
            answer = await trusting.send(upstream.outbound())
            assert await answer.read(9) == b"1"


@pytest.mark.parametrize(
    ("names", "ends_at", "fact"),
    [
        ([x509.DNSName("other.test")], EPOCH + LONG, "certificate is not accepted"),
        (LOCAL, EPOCH + datetime.timedelta(days=1), "certificate has expired"),
    ],
)
async def test_a_certificate_for_another_name_or_time_is_refused(
    tmp_path, names, ends_at, fact
):
    file = certificate(tmp_path, *names, ends_at=ends_at)
    transport = HTTPTransport(tls=ssl.create_default_context(cafile=file))

    async with serving(hello, tls=server_side(file)) as upstream:
        with pytest.raises(UpstreamUnreachable, match=fact):
            await transport.send(upstream.outbound())


async def test_a_certificate_must_be_for_the_name_that_was_called(tmp_path):
    file = certificate(tmp_path, LOCAL[1])
    transport = HTTPTransport(tls=ssl.create_default_context(cafile=file))

    async with serving(hello, tls=server_side(file)) as upstream:
        assert (await transport.send(upstream.outbound())).status == 200

        named = Endpoint("https", "localhost", upstream.port)
        with pytest.raises(UpstreamUnreachable, match="certificate is not accepted"):
            await transport.send(upstream.outbound(endpoint=named))


async def test_the_server_is_told_which_name_is_meant(trusting, local):
    asked = []
    context = server_side(local)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)

    async with serving(hello, tls=context) as upstream:
        named = Endpoint("https", "localhost", upstream.port)
        await trusting.send(upstream.outbound(endpoint=named))

    assert asked == ["localhost"]


async def test_a_server_without_tls_is_unreachable(transport):
    async def script(peer):
        await peer.reader.read(1)
        await peer.send(plain(b"what?"))

    async with serving(script) as upstream:
        wrong = Endpoint("https", "127.0.0.1", upstream.port)

        with pytest.raises(UpstreamUnreachable, match="TLS failed"):
            await transport.send(upstream.outbound(endpoint=wrong))


async def test_a_handshake_that_never_ends_is_unreachable(transport):
    async def script(peer):
        await peer.gone()

    async with serving(script) as upstream:
        request = upstream.outbound(
            endpoint=Endpoint("https", "127.0.0.1", upstream.port),
            timeouts=Timeouts(connect=0.1),
        )

        with pytest.raises(UpstreamUnreachable, match="no connection in time"):
            await transport.send(request)


async def test_a_stalled_reader_stops_a_provider_behind_tls(trusting, local):
    async def script(peer):
        await peer.request()
        await peer.send(chunked()[:-5])
        for _ in range(800):
            await peer.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await peer.send(b"0\r\n\r\n")

    async with serving(script, tls=server_side(local)) as upstream:
        answer = await trusting.send(upstream.outbound())
        chunks = answer.chunks()
        size = len(await anext(chunks))
        for _ in range(100):
            size += len(await anext(chunks))
            assert answer.unread <= 2**20

        async for chunk in chunks:
            size += len(chunk)
        assert size == 800 * 65536


async def test_a_cut_answer_behind_tls_is_broken(trusting, local):
    async def script(peer):
        await peer.request()
        await peer.send(chunked(b"half")[:-5])

    async with serving(script, tls=server_side(local)) as upstream:
        answer = await trusting.send(upstream.outbound())

        with pytest.raises(UpstreamBroken):
            await answer.read(99)
