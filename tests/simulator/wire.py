"""A bare HTTP client that shows what is on the wire."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from mitui.simulator.host import SimulatedHost
from mitui.simulator.sources.pod import TOKEN_FILE

VAULT: Final = "https://vault.azure.net"
_VERSIONS: Final = {
    "imds": "2018-02-01",
    "app_service": "2019-08-01",
    "container_apps": "2019-08-01",
    "azure_arc": "2020-06-01",
    "azure_ml": "2017-09-01",
    "service_fabric": "2019-07-01-preview",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came in; header names are in lower case."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(host: SimulatedHost, timeout: float = 5.0) -> http.client.HTTPConnection:
    """A connection to the host; its certificate is not looked at."""
    if host.url.startswith("https:"):
        return http.client.HTTPSConnection(
            "127.0.0.1", host.port, timeout=timeout, context=ssl._create_unverified_context()
        )
    return http.client.HTTPConnection("127.0.0.1", host.port, timeout=timeout)


def exchange(
    connection: http.client.HTTPConnection,
    target: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    body: str | None = None,
) -> Answer:
    """One request and its reply on an open connection."""
    connection.request(method, target, body, headers or {})
    reply = connection.getresponse()
    content = reply.read()
    return Answer(reply.status, reply.reason, {name.lower(): value for name, value in reply.getheaders()}, content)


def ask(
    host: SimulatedHost,
    target: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    body: str | None = None,
    timeout: float = 5.0,
) -> Answer:
    """One request and its reply on a connection of its own."""
    connection = connect(host, timeout)
    try:
        return exchange(connection, target, headers, method=method, body=body)
    finally:
        connection.close()


def token_target(host: SimulatedHost, resource: str = VAULT, **selector: str) -> str:
    """Path and query of a well-formed token request."""
    query = {"api-version": _VERSIONS.get(host.kind, ""), "resource": resource, **selector}
    path = {"app_service": "/msi/token", "container_apps": "/msi/token", "azure_ml": "/MSI/auth"}.get(host.kind)
    return f"{path or '/metadata/identity/oauth2/token'}?{urlencode(query)}"


def token_headers(host: SimulatedHost) -> dict[str, str]:
    """The headers of a well-formed token request."""
    if host.kind in ("app_service", "container_apps"):
        return {"X-IDENTITY-HEADER": host.secret}
    if host.kind in ("azure_ml", "service_fabric"):
        return {"Secret": host.secret}
    return {"Metadata": "true"}


def ask_token(host: SimulatedHost, resource: str = VAULT, **selector: str) -> Answer:
    """What the host says to a well-formed token request; on Arc, to its first leg."""
    if host.kind == "cloud_shell":
        headers = {"Metadata": "true", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"resource": resource})
        return ask(host, "/oauth2/token", headers, method="POST", body=body)
    if host.kind == "workload_identity":
        return ask_exchange(host, resource, **selector)
    return ask(host, token_target(host, resource, **selector), token_headers(host))


def ask_exchange(host: SimulatedHost, resource: str = VAULT, **changes: str) -> Answer:
    """What Entra ID says to the pod's exchange; ``changes`` replace fields of the form, "" leaves one out."""
    form = {
        "grant_type": "client_credentials",
        "client_id": host.identities[0].client_id,
        "scope": f"{resource}/.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": (host.root / TOKEN_FILE.lstrip("/")).read_text(),
        **changes,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({name: value for name, value in form.items() if value})
    return ask(host, f"/{host.tenant}/oauth2/v2.0/token", headers, method="POST", body=body)


def key_of(host: SimulatedHost, challenge: Answer) -> str:
    """The key that a challenge of Arc points at."""
    realm = challenge.headers["www-authenticate"].partition("realm=")[2].strip('"')
    return (host.root / realm.lstrip("/")).read_text()


def ask_arc_token(host: SimulatedHost, resource: str = VAULT, **selector: str) -> Answer:
    """Both legs of Arc."""
    key = key_of(host, ask_token(host, resource, **selector))
    headers = {"Metadata": "true", "Authorization": f"Basic {key}"}
    return ask(host, token_target(host, resource, **selector), headers)
