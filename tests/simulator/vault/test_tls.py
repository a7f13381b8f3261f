"""The vault's certificate: right, expired, misnamed, or no TLS at all."""

from __future__ import annotations

import http.client
import socket
import ssl
from pathlib import Path

import pytest
from azure.core.exceptions import AzureError

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import ABSENT


def shake_hands(vault: SimulatedVault, name: str) -> ssl.SSLSocket:
    """A TLS connection that has been verified for ``name``."""
    context = ssl.create_default_context(cafile=vault.ca_file)
    connection = socket.create_connection(vault.address, timeout=2)
    try:
        return context.wrap_socket(connection, server_hostname=name)
    except BaseException:
        connection.close()
        raise


def test_the_certificate_is_for_the_vaults_name_and_no_other(clients: Clients) -> None:
    vault = clients.vault
    with shake_hands(vault, "contoso-kv.vault.azure.net") as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(vault, "other.vault.azure.net")


def test_it_is_not_trusted_without_the_authority(clients: Clients) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection(clients.vault.address, timeout=2) as connection,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(connection, server_hostname=clients.vault.host)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("tls.expired", "certificate has expired"),
        ("tls.wrong_name", "Hostname mismatch"),
        ("tls.plain_http", "WRONG_VERSION_NUMBER|wrong version number|record layer failure"),
    ],
)
def test_a_handshake_that_fails(clients: Clients, fault: str, said: str) -> None:
    clients.vault.fail(fault, times=1)
    with pytest.raises(ssl.SSLError, match=said):
        shake_hands(clients.vault, clients.vault.host)
    shake_hands(clients.vault, clients.vault.host).close()


@pytest.mark.parametrize("fault", ["tls.expired", "tls.wrong_name", "tls.plain_http", "wire.reset_on_connect"])
def test_the_client_sends_nothing_over_a_bad_connection(clients: Clients, fault: str) -> None:
    clients.vault.fail(fault)
    with pytest.raises(AzureError):
        clients.secrets().get_secret(ABSENT)
    assert clients.vault.requests == []
    assert clients.credential.scopes == []


def test_a_fault_of_the_connection_ends_those_that_are_open(clients: Clients) -> None:
    with shake_hands(clients.vault, clients.vault.host) as connection:
        clients.vault.fail("tls.expired")
        assert connection.recv(1) == b""


def test_plain_http_on_the_tls_port_is_answered_in_plain_text(clients: Clients) -> None:
    clients.vault.fail("tls.plain_http")
    client = http.client.HTTPConnection(*clients.vault.address, timeout=2)
    client.request("GET", "/")
    reply = client.getresponse()
    assert (reply.status, reply.read()) == (400, b"<h1>Bad Request</h1>")
    client.close()


def test_a_host_header_of_another_vault_is_refused(clients: Clients) -> None:
    with shake_hands(clients.vault, clients.vault.host) as connection:
        connection.sendall(b"GET /healthstatus HTTP/1.1\r\nHost: other.vault.azure.net\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        connection.sendall(b"GET /healthstatus HTTP/1.1\r\nHost: contoso-kv.vault.azure.net:443\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")


def test_stopping_takes_the_port_the_connections_and_the_files_away() -> None:
    with SimulatedVault() as vault:
        authority = Path(vault.ca_file)
        assert authority.read_text().startswith("-----BEGIN CERTIFICATE-----")
        connection = shake_hands(vault, vault.host)
    with connection:
        assert connection.recv(1) == b""
    assert not authority.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(vault.address, timeout=1)
    vault.stop()
