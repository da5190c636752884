"""Over TLS: whom we believe, and that a doubt never ends in plain text."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local_web import LOOPBACK, a_lookup
from newswatch.network.client import Client
from newswatch.network.resolve import Resolver
from newswatch.network.settings import NetworkSettings

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class _Authority:
    """A certificate authority of this test's own."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")])
        self.certificate = self._sign(self.name, self.key, NOW - DAY, NOW + DAY, None)

    def issue(self, host: str, *, ends_at: dt.datetime = NOW + DAY) -> bytes:
        """Key and certificate for `host`, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return _pem(key) + self._sign(name, key, NOW - 3 * DAY, ends_at, host).public_bytes(serialization.Encoding.PEM)

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begins: dt.datetime,
        ends: dt.datetime,
        host: str | None,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def authority() -> _Authority:
    return _Authority()


@contextmanager
def a_tls_server(folder: Path, certificate: bytes, *, location: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Serves `hello`, or a redirect to `location`; yields the port and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if location else 200)
            self.send_header("Content-Length", "5")
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(HTTPServer):
        def handle_error(self, *_: object) -> None:
            """Clients that refuse the certificate are what this is about."""

    pem = folder / "server.pem"
    pem.write_bytes(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()


def _client(folder: Path, authority: _Authority) -> Client:
    trusted = folder / "authority.pem"
    trusted.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    settings = NetworkSettings(allow_private=LOOPBACK, ca_file=str(trusted), total_seconds=5)
    return Client(settings, resolver=Resolver(LOOPBACK, a_lookup(news_example="127.0.0.1")))


def test_a_certificate_for_the_name_is_believed(tmp_path: Path, authority: _Authority) -> None:
    with a_tls_server(tmp_path, authority.issue("news.example")) as (port, _), _client(tmp_path, authority) as client:
        bodies = [client.get(f"https://news.example:{port}/", max_bytes=100).body for _ in range(2)]
    assert bodies == [b"hello", b"hello"]


@pytest.mark.parametrize("fault", ["expired", "another name", "nobody we trust"])
def test_a_doubtful_certificate_ends_the_request(tmp_path: Path, authority: _Authority, fault: str) -> None:
    certificate = {
        "expired": authority.issue("news.example", ends_at=NOW - DAY),
        "another name": authority.issue("other.example"),
        "nobody we trust": _Authority().issue("news.example"),
    }[fault]
    with a_tls_server(tmp_path, certificate) as (port, asked), _client(tmp_path, authority) as client:
        answer = client.get(f"https://news.example:{port}/secret", max_bytes=100)
    assert answer.failure is not None
    assert (answer.failure.kind, answer.status, asked) == ("tls", None, [])


def test_plain_text_is_not_an_answer_to_tls(tmp_path: Path, authority: _Authority) -> None:
    with a_tls_server(tmp_path, authority.issue("news.example"), location="http://news.example/") as (port, _):
        answer = _client(tmp_path, authority).get(f"https://news.example:{port}/", max_bytes=100)
    assert answer.failure is not None
    assert (answer.failure.kind, answer.failure.words) == (
        "refused",
        "redirected from https down to http (news.example)",
    )
