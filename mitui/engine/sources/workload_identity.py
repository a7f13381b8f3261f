"""Workload identity: the pod's federated token, exchanged at Entra ID for a token of the identity that trusts it.

The form is that of azure-identity 1.27 (``_internal/aad_client_base.py``: ``_get_jwt_assertion_request``) and of
azidentity's ``WorkloadIdentityCredential`` (Azure/azure-sdk-for-go 05ed0cec). Both keep the token file's content for
ten minutes; here it is read for each request.
"""

from __future__ import annotations

import os
import re
from urllib.parse import urlencode

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import Evidence
from mitui.engine.failure import FailureKind
from mitui.engine.federation.authorities import AUTHORITY_HOST, AUTHORITY_HOSTS, authority_path, authority_url
from mitui.engine.federation.token_file import TOKEN_FILE, read_federated_token
from mitui.engine.federation.token_proxy import TOKEN_PROXY, VARIABLES, TokenProxy, token_proxy
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import AZURE_CLIENT_ID
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Outward, Source, SourceMatch, missing, variable
from mitui.http import HttpRequest
from mitui.http.proxy import proxy_for, proxy_label
from mitui.secret import Secret

TENANT = "AZURE_TENANT_ID"
CA_FILE = "SSL_CERT_FILE"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_TENANT = re.compile(r"[A-Za-z0-9.-]{1,300}\Z", re.ASCII)
_REJECTED = frozenset(
    f"AADSTS{number}"
    for number in (50013, 50027, 70021, 70023, 700023, 700024, 700027, 700211, 700212, 700213, 700222, 7002138)
)


def _label(environment: HostEnvironment) -> str:
    return "Pod · workload identity" if environment.get("KUBERNETES_SERVICE_HOST") else "Workload identity"


def _detect(environment: HostEnvironment) -> SourceMatch:
    lacking = missing(environment, TOKEN_FILE, TENANT, AUTHORITY_HOST)
    first = variable(environment, TOKEN_FILE)
    others = [variable(environment, name) for name in (TENANT, AUTHORITY_HOST, AZURE_CLIENT_ID, *VARIABLES)]
    if lacking:
        seen = [each for each in others if each.signal != AZURE_CLIENT_ID and each.state != "unset"]
        return SourceMatch(False, lacking, (first, *seen))
    shown = [each for each in others if each.signal not in VARIABLES or each.state != "unset"]
    reason = f"{TOKEN_FILE}, {TENANT} and {AUTHORITY_HOST} are set"
    return SourceMatch(True, reason, (first, *shown, *_proxy(environment)))


def _proxy(environment: HostEnvironment) -> tuple[Evidence, ...]:
    """The proxy that the exchange goes through, as the SDKs' does."""
    endpoint = _endpoint(environment)
    proxied = endpoint.outward is not None and endpoint.outward.proxied
    proxy = proxy_label(proxy_for(endpoint.url, environment.variables)) if proxied else ""
    name = next((each for each in _PROXY_VARIABLES if environment.get(each)), "")
    return (Evidence(name, "variable", "set", f"the exchange goes through {proxy}"),) if proxy else ()


def _endpoint(environment: HostEnvironment) -> Endpoint:
    path = f"{environment.get(TENANT).strip()}/oauth2/v2.0/token"
    proxy = token_proxy(environment)
    if isinstance(proxy, TokenProxy):
        outward = Outward(
            frozenset(),
            # Another process's variables are not trusted to choose where a token goes that we may read and it may not.
            near=environment.process_id is None,
            proxied=False,
            only_ca_file=proxy.ca_file,
            only_ca_data=proxy.ca_data,
            server_name=proxy.server_name,
        )
        return Endpoint(f"{proxy.url}{authority_path(environment) or ''}/{path}", TOKEN_PROXY, outward=outward)
    own_ca = environment.get(CA_FILE) if environment.process_id is None else ""
    place = environment.path(own_ca) if own_ca else None
    # Not Path.is_file(), which raises for a name that is too long and for a folder that may not be entered.
    ca_file = str(place) if place is not None and os.path.isfile(place) else ""  # noqa: PTH113
    return Endpoint(
        f"{authority_url(environment)}/{path}", AUTHORITY_HOST, outward=Outward(AUTHORITY_HOSTS, ca_file=ca_file)
    )


def _unmet_condition(environment: HostEnvironment) -> Refusal | None:
    proxy = token_proxy(environment)
    if isinstance(proxy, Refusal):
        return proxy
    if proxy is not None and authority_path(environment) is None:
        message = f"{AUTHORITY_HOST} holds no URL, and the proxy that {TOKEN_PROXY} names is asked for its path"
        return Refusal(FailureKind.ENDPOINT_INVALID, message, facts=(("variable", AUTHORITY_HOST),))
    if not _TENANT.match(environment.get(TENANT).strip()):
        return Refusal(
            FailureKind.ENDPOINT_INVALID,
            f"{TENANT} holds no tenant: that is a GUID, or a domain name",
            facts=(("variable", TENANT),),
        )
    return None


def _request(call: Call) -> HttpRequest | Refusal:
    token = read_federated_token(call.environment)
    if isinstance(token, Refusal):
        return token
    form = {
        "grant_type": "client_credentials",
        "client_id": call.identity.value or "",
        "scope": f"{call.resource}/.default",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": token.secret.reveal(),
    }
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("client-request-id", call.request_id))
    return HttpRequest("POST", call.endpoint.url, headers, Secret(urlencode(form)), (token.secret,))


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    if error.code in _REJECTED:
        return FailureKind.ASSERTION_REJECTED
    if error.code == "AADSTS700016":
        return FailureKind.IDENTITY_NOT_FOUND
    return None


SOURCE = Source(
    kind=SourceKind.WORKLOAD_IDENTITY,
    service_name="Entra ID",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    unmet_condition=_unmet_condition,
    request=_request,
    read_error=_read_error,
    selectors=("client_id",),
    selector_reason="a pod has no identity of its own, and the exchange names one by its client ID",
)
