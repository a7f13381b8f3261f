"""The fixture that keeps every test on this machine."""

from __future__ import annotations

import socket

import pytest


def test_a_connection_to_another_machine_is_refused(only_loopback: list[object]) -> None:
    with socket.socket() as client, pytest.raises(OSError, match="refuses to reach"):
        client.connect(("169.254.169.254", 80))
    assert only_loopback == [("169.254.169.254", 80)]


def test_a_name_outside_is_not_looked_up() -> None:
    with pytest.raises(socket.gaierror, match="looks no name up"):
        socket.getaddrinfo("contoso-kv.vault.azure.net", 443)


def test_loopback_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
