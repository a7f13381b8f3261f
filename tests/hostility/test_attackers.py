"""Token endpoints and authorities under an attacker's control, over real sockets: they get nothing.

What an attacker can choose: a variable, a name's addresses, an answer, a certificate, a proxy. Each server here counts
what it receives after the handshakes, and the network guard of the suite what would have left this machine.
"""

from __future__ import annotations

import socket
from pathlib import Path
from types import MappingProxyType

import pytest

from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import ClientId
from mitui.simulator.certificates import server_context, write_authority
from mitui.simulator.host import SimulatedHost, default_identities
from mitui.simulator.sources.pinned_tls import pinned_tls
from mitui.simulator.sources.pod import TOKEN_FILE
from tests.engine.support import SYSTEM, VAULT, engine_in, engine_on, environment_on, failure, token
from tests.hostility.attacker import ANSWER, STRANGER, assert_old_clients_are_served, old_tls, resolver
from tests.support.raw_server import RawServer


@pytest.mark.parametrize(
    "url",
    [
        f"http://{STRANGER}/",
        f"http://{STRANGER}./",
        "http://3405803785/",
        "http://0xcb007109/",
        "http://0313.0.0161.011/",
        "http://203.28937/",
        f"http://[::ffff:{STRANGER}]/",
        f"http://[::{STRANGER}]/",
        f"http://[64:ff9b::{STRANGER}]/",
        "http://[2002:cb00:7109::1]/",
        "http://２０３.０.１１３.９/",
        "http://203。0。113。9/",
        f"http://127.0.0.1@{STRANGER}/",
        f"http://{STRANGER}#@127.0.0.1/",
        f"http://{STRANGER}\\@127.0.0.1/",
        f"http://127.0.0.1%00.{STRANGER}/",
        "http://localhost.evil.example/",
        "http://169.254.169.254.evil.example/",
        "http://127.0.0.1.evil.example:80/",
        "http://evil.example./",
        "http://lοcalhost/",
        "http://xn--lcalhost-54g/",
        "http://0/",
        "http://255.255.255.255/",
    ],
)
async def test_no_spelling_of_a_strangers_address_is_called(
    url: str, only_loopback: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver((STRANGER,)))
    variables = {"IDENTITY_ENDPOINT": f"{url}msi/token", "IDENTITY_HEADER": "canary-header"}
    async with engine_in(HostEnvironment(MappingProxyType(variables)), timeout=2) as engine:
        got = failure(await engine.acquire(SYSTEM, VAULT))
    assert got.kind in (FailureKind.ENDPOINT_NOT_ALLOWED, FailureKind.ENDPOINT_INVALID, FailureKind.NAME_NOT_RESOLVED)
    assert got.exchanges == ()
    assert only_loopback == []


async def test_a_name_that_changes_its_address_is_judged_anew(
    only_loopback: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the address that was judged is the one that is dialled, and the next request is judged again."""
    monkeypatch.setattr(socket, "getaddrinfo", resolver(("127.0.0.1",), (STRANGER,)))
    async with RawServer([ANSWER], close=True) as server:
        variables = _variables("app_service", f"http://msi.evil.example:{server.port}/")
        async with engine_in(HostEnvironment(MappingProxyType(variables)), timeout=2) as engine:
            token(await engine.acquire(SYSTEM, VAULT))
            got = failure(await engine.acquire(SYSTEM, "https://management.azure.com"))
        assert len(server.received) == 1
    assert got.kind is FailureKind.ENDPOINT_NOT_ALLOWED
    assert only_loopback == []


@pytest.mark.parametrize("order", [1, -1])
async def test_a_name_with_one_address_too_many_is_not_called(
    order: int, only_loopback: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver(("127.0.0.1", STRANGER)[::order]))
    async with RawServer([ANSWER], close=True) as server:
        variables = _variables("app_service", f"http://msi.evil.example:{server.port}/")
        async with engine_in(HostEnvironment(MappingProxyType(variables)), timeout=2) as engine:
            got = failure(await engine.acquire(SYSTEM, VAULT))
        assert server.connections == 0
    assert got.kind is FailureKind.ENDPOINT_NOT_ALLOWED
    assert only_loopback == []


def _variables(source: str, url: str) -> dict[str, str]:
    return {
        "imds": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": url},
        "app_service": {"IDENTITY_ENDPOINT": url, "IDENTITY_HEADER": "canary-header"},
        "azure_arc": {"IDENTITY_ENDPOINT": url, "IMDS_ENDPOINT": url},
        "azure_ml": {"MSI_ENDPOINT": url, "MSI_SECRET": "canary-header"},
        "cloud_shell": {"MSI_ENDPOINT": url},
        "service_fabric": {
            "IDENTITY_ENDPOINT": url,
            "IDENTITY_HEADER": "canary-header",
            "IDENTITY_SERVER_THUMBPRINT": pinned_tls("node").thumbprint,
        },
    }[source]


WEB = ClientId(default_identities()[0].client_id)
SOURCES = ("imds", "app_service", "azure_arc", "azure_ml", "cloud_shell", "service_fabric")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("source", SOURCES)
async def test_no_source_follows_a_redirect(source: str, status: int, tmp_path: Path) -> None:
    tls = pinned_tls("node").context if source == "service_fabric" else None
    async with RawServer([ANSWER], close=True) as attacker:
        away = f"HTTP/1.1 {status} Away\r\nLocation: {attacker.url}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with RawServer([away], close=True, tls=tls) as server:
            environment = HostEnvironment(MappingProxyType(_variables(source, server.url)), tmp_path)
            async with engine_in(environment, timeout=2) as engine:
                failure(await engine.acquire(SYSTEM, VAULT))
            assert server.received
        assert (attacker.connections, attacker.received) == (0, [])


@pytest.mark.parametrize("source", SOURCES)
async def test_no_source_is_asked_through_a_proxy(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = pinned_tls("node").context if source == "service_fabric" else None
    async with RawServer([ANSWER], close=True) as proxy, RawServer([ANSWER], close=True, tls=tls) as server:
        proxies = {name: proxy.url for each in ("HTTP", "HTTPS", "ALL") for name in (f"{each}_PROXY", f"{each}_proxy")}
        proxies |= {name.lower(): url for name, url in proxies.items()}
        for name, url in proxies.items():
            monkeypatch.setenv(name, url)
        environment = HostEnvironment(MappingProxyType({**_variables(source, server.url), **proxies}), tmp_path)
        async with engine_in(environment, timeout=2) as engine:
            await engine.acquire(SYSTEM, VAULT)
        assert server.received
        assert proxy.connections == 0


@pytest.mark.parametrize(
    "authority",
    [
        "https://login.microsoftonline.com:{port}/",
        "https://LOGIN.microsoftonline.com.:{port}/",
        "https://login.microsoftonline.com.evil.example:{port}/",
        "https://evil-login.microsoftonline.com:{port}/",
        "https://loginmicrosoftonline.com:{port}/",
        "https://microsoftonline.com:{port}/",
        "https://x.login.microsoftonline.com:{port}/",
        "https://login.microsoftonline.com@127.0.0.1:{port}/",
        "https://login.microsoftonline.com%40127.0.0.1:{port}/",
        "https://login.microsoftonline.com\\@127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/#@login.microsoftonline.com",
        "https://127.0.0.1:{port}/login.microsoftonline.com/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://2130706433:{port}/",
        "https://lоgin.microsoftonline.com:{port}/",
        "https://xn--lgin-55d.microsoftonline.com:{port}/",
        "https://login。microsoftonline。com:{port}/",
        "http://login.microsoftonline.com:{port}/",
        "HTTP://login.microsoftonline.com:{port}/",
        "//login.microsoftonline.com:{port}/",
    ],
)
@pytest.mark.parametrize("secure", [True, False])
async def test_no_authority_but_entra_itself_gets_the_pods_token(
    authority: str, secure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every name leads to the attacker, whose certificate is good, but not for Entra ID's names."""
    monkeypatch.setattr(socket, "getaddrinfo", resolver(("127.0.0.1",)))
    tls = server_context("127.0.0.1", "*.evil.example", "evil.example") if secure else None
    async with RawServer([ANSWER], close=True, tls=tls) as attacker:
        with SimulatedHost("workload_identity") as host:
            variables = {"AZURE_AUTHORITY_HOST": authority.format(port=attacker.port)}
            async with engine_on(host, variables=variables, timeout=1) as engine:
                got = failure(await engine.acquire(WEB, VAULT))
            assert host.requests == []
        assert attacker.received == []
    assert got.kind is not FailureKind.DEFECT


async def test_tls_is_not_downgraded_for_an_authority(tmp_path: Path) -> None:
    tls = old_tls(server_context.__wrapped__("127.0.0.1"))
    async with RawServer([ANSWER], close=True, tls=tls) as server:
        await assert_old_clients_are_served(server)
        with SimulatedHost("workload_identity") as host:
            variables = {"AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{server.port}/"}
            seen = environment_on(host, variables)
            ca_file = write_authority(tmp_path / "ca.pem")
            allowed = frozenset({"127.0.0.1"})
            async with engine_in(seen, timeout=3, allow_endpoints=allowed, ca_file=ca_file) as engine:
                got = failure(await engine.acquire(WEB, VAULT))
            assert (host.root / TOKEN_FILE.lstrip("/")).read_text() not in repr(got)
        assert server.received == []
    assert got.kind in (FailureKind.TLS_FAILED, FailureKind.CONNECTION_LOST)


async def test_tls_is_not_downgraded_for_service_fabric(tmp_path: Path) -> None:
    pinned = pinned_tls.__wrapped__("downgraded")
    async with RawServer([ANSWER], close=True, tls=old_tls(pinned.context)) as server:
        await assert_old_clients_are_served(server)
        variables = {**_variables("service_fabric", server.url), "IDENTITY_SERVER_THUMBPRINT": pinned.thumbprint}
        async with engine_in(HostEnvironment(MappingProxyType(variables), tmp_path), timeout=3) as engine:
            failure(await engine.acquire(SYSTEM, VAULT))
        assert server.received == []
