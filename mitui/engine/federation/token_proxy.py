"""AKS identity bindings: the exchange goes to the cluster's own proxy, which the variables name with its CA.

The variables and what is wrong with them are those of azure-identity 1.27 (``_credentials/workload_identity.py``,
``_internal/token_binding_transport_mixin.py``) and of azidentity (Azure/azure-sdk-for-go a4a43075,
``internal/customtokenproxy``). Both ask the proxy only where the program says so; a pod that has the variables has a
federated token for the proxy (``api://AKSIdentityBinding``) and for nobody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment

TOKEN_PROXY: Final = "AZURE_KUBERNETES_TOKEN_PROXY"
SNI_NAME: Final = "AZURE_KUBERNETES_SNI_NAME"
CA_FILE: Final = "AZURE_KUBERNETES_CA_FILE"
CA_DATA: Final = "AZURE_KUBERNETES_CA_DATA"
VARIABLES: Final = (TOKEN_PROXY, SNI_NAME, CA_FILE, CA_DATA)
_SERVER_NAME: Final = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,252}\Z")
BINDING_AUDIENCE: Final = "api://AKSIdentityBinding"


@dataclass(frozen=True, slots=True)
class TokenProxy:
    """``url`` is the base that the authority's path is added to. At most one of the CA's fields is set; without one
    the public authorities are trusted.
    """

    url: str
    server_name: str = ""
    ca_file: str = ""
    ca_data: str = ""


def token_proxy(environment: HostEnvironment) -> TokenProxy | Refusal | None:
    """The proxy that the variables name; None where they name none, a Refusal where they contradict one another."""
    url, sni, ca_file, ca_data = (environment.get(name).strip() for name in VARIABLES)
    if not url:
        alone = next((name for name in VARIABLES[1:] if environment.get(name)), "")
        return _refusal(alone, f"{alone} is set without {TOKEN_PROXY}, whose proxy it is about") if alone else None
    if ca_file and ca_data:
        return _refusal(CA_DATA, f"{CA_FILE} and {CA_DATA} are both set, and only one of them may be")
    if problem := _problem(url):
        return _refusal(TOKEN_PROXY, f"{TOKEN_PROXY} {problem}")
    if sni and not _SERVER_NAME.match(sni):
        return _refusal(SNI_NAME, f"{SNI_NAME} holds no host name, which the proxy's certificate must be for")
    return TokenProxy(url.rstrip("/"), sni, ca_file, ca_data)


def _problem(url: str) -> str:
    try:
        parts = urlsplit(url)
        user = parts.username is not None or parts.password is not None
        host = parts.hostname
    except ValueError:
        return "holds no URL"
    if parts.scheme != "https":
        return "must start with https://, so that the pod's token is not sent in the clear"
    if not host:
        return "names no host"
    if user or parts.query or parts.fragment:
        return f"must not hold {'a user name' if user else 'a query' if parts.query else 'a fragment (#)'}"
    return ""


def _refusal(variable: str, message: str) -> Refusal:
    return Refusal(FailureKind.ENDPOINT_INVALID, message, facts=(("variable", variable),))
