"""Workload identity: the pod's token file, the federated credential that must match it, and the way to Entra ID.

What the numbers mean is Entra ID's own (learn.microsoft.com, "Microsoft Entra authentication and authorization error
codes"; MicrosoftDocs/azure-docs ``workload-identity-federation-considerations``; azidentity's TROUBLESHOOTING.md,
Azure/azure-sdk-for-go 032c6a5d, for identity bindings). That turning the issuer on makes it another one, restarts
the API server and can't be undone: MicrosoftDocs/azure-docs ``articles/aks/use-oidc-issuer.md``.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    AKS_OWNER,
    ANYONE_HERE,
    CREDENTIAL_OWNER,
    DEVELOPER,
    LINK_BINDINGS,
    LINK_ENTRA_CODES,
    LINK_WORKLOAD,
    NETWORK,
    POD_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely
from mitui.diagnosis.commands import FIND_BY_CLIENT_ID, looks, mends
from mitui.diagnosis.token.case import TokenCase, none_of, seen, variable, web_page
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.federation.token_proxy import BINDING_AUDIENCE, TOKEN_PROXY, VARIABLES

_POD: Final = "workload_identity"
_LIST: Final = looks(
    "az identity federated-credential list --identity-name {identity_name} -g {identity_resource_group}"
)
_CREATE: Final = mends(
    "az identity federated-credential create --name {credential_name} --identity-name {identity_name}"
    " --resource-group {identity_resource_group} --issuer {issuer} --subject {subject} --audiences {audience}",
    cost="it overwrites a credential of that name, if the list shows one",
)
_CREDENTIAL: Final = (FIND_BY_CLIENT_ID, _LIST, _CREATE)
_SHOW_ACCOUNT: Final = looks("kubectl get serviceaccount {service_account} --namespace {namespace} --output yaml")
_SHOW_ISSUER: Final = looks(
    "az aks show --resource-group {resource_group} --name {cluster} --query oidcIssuerProfile.issuerUrl"
)
_BINDING_VARIABLES: Final = looks("env | grep '^AZURE_KUBERNETES_'")


def _for_the_proxy(case: TokenCase) -> bool:
    """The pod's token is for the cluster's token proxy."""
    return BINDING_AUDIENCE.lower() in case.words or BINDING_AUDIENCE in case.federated_audiences


def _own_variable(case: TokenCase) -> bool:
    """A variable of identity bindings is at fault."""
    return case.failure.fact("variable") in VARIABLES


WORKLOAD_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_WORKLOAD,
    certain(
        "federated_token_file_unreadable",
        (seen(Kind.ASSERTION_UNREADABLE),),
        "The pod's token can't be read: {message}.",
        "Look whether the projected volume is mounted in this container and open to this user; the webhook mounts it "
        "where the pod itself is labelled azure.workload.identity/use=true.",
        POD_OWNER,
        (looks("ls -lL {token_file}"),),
    ),
    certain(
        "federated_token_file_invalid",
        (seen(Kind.ASSERTION_INVALID),),
        "What AZURE_FEDERATED_TOKEN_FILE names is no token: {message}.",
        "Let the variable name the projected service account token, which the webhook does by itself.",
        POD_OWNER,
        (looks("ls -lL {token_file}"),),
    ),
    certain(
        "identity_binding_variables",
        (seen(Kind.ENDPOINT_INVALID, source=_POD, also=_own_variable),),
        "The variables of AKS identity bindings don't fit together: {message}.",
        "Let AKS set them: they come with the pod's identity binding, and azure-identity refuses them in the same way.",
        POD_OWNER,
        (_BINDING_VARIABLES,),
        link=LINK_BINDINGS,
    ),
    certain(
        "identity_binding_unused",
        (seen(code=("AADSTS700211", "AADSTS700212"), also=_for_the_proxy),),
        f"The pod's token is for AKS identity bindings ({BINDING_AUDIENCE}), and it was sent to Entra ID itself.",
        f"Send the exchange to the cluster's token proxy: {TOKEN_PROXY} must be set, and the program must turn it on, "
        "in azure-identity with enable_azure_proxy=True.",
        DEVELOPER,
        (_BINDING_VARIABLES,),
        link=LINK_BINDINGS,
    ),
    certain(
        "cluster_issuer_not_public",
        (seen(code=("AADSTS70021", "AADSTS700211"), words="kubernetes.default.svc"),),
        "The pod's token names the cluster's inner address kubernetes.default.svc as its issuer, which Entra ID can't "
        "look up.",
        "Turn the OIDC issuer of the cluster on, and name its public address in the federated credential.",
        AKS_OWNER,
        (
            _SHOW_ISSUER,
            mends(
                "az aks update --resource-group {resource_group} --name {cluster} --enable-oidc-issuer",
                cost="it changes every service account's issuer for good, and restarts the API server",
            ),
        ),
    ),
    certain(
        "federated_issuer_mismatch",
        (seen(code="AADSTS700211"),),
        "No federated credential of this identity names the issuer of the pod's token.",
        "Create the credential with the cluster's own OIDC issuer, as it stands in iss, a slash at its end included; "
        "after a cluster is made anew its issuer is another one.",
        CREDENTIAL_OWNER,
        _CREDENTIAL,
    ),
    certain(
        "federated_audience_mismatch",
        (seen(code="AADSTS700212"),),
        "No federated credential of this identity names the audience of the pod's token.",
        "Use the audience api://AzureADTokenExchange on both sides, or that of your cloud.",
        CREDENTIAL_OWNER,
        _CREDENTIAL,
    ),
    certain(
        "federated_subject_mismatch",
        (seen(code="AADSTS700213"),),
        "No federated credential of this identity names the subject of the pod's token; upper and lower case count.",
        "Compare sub, system:serviceaccount:<namespace>:<service account>, with the credential's subject letter by "
        "letter.",
        CREDENTIAL_OWNER,
        _CREDENTIAL,
    ),
    certain(
        "federated_subject_case",
        (seen(code="AADSTS7002138"),),
        "A federated credential of this identity names the subject of the pod's token in another mix of upper and "
        "lower case, and since 2025 they must be the same.",
        "Write the credential's subject exactly as it stands in sub.",
        CREDENTIAL_OWNER,
        _CREDENTIAL,
    ),
    certain(
        "federated_credential_missing",
        (seen(Kind.ASSERTION_REJECTED, code="AADSTS70021"), seen(code="AADSTS70021")),
        "No federated credential of this identity matches the pod's token: issuer, subject or audience differ.",
        "Compare iss, sub and aud of the projected token with the credentials; a new one takes minutes to be seen.",
        CREDENTIAL_OWNER,
        _CREDENTIAL,
    ),
    certain(
        "assertion_out_of_time",
        (seen(code=("AADSTS700024", "AADSTS700023")),),
        "The pod's own token is outside the time in which it is valid: it was not renewed, or a clock is wrong.",
        "Read the token file anew for each request, and compare this host's clock with the real time.",
        DEVELOPER,
        (looks("date --utc"), looks("ls -lL {token_file}")),
    ),
    certain(
        "assertion_lives_too_long",
        (seen(code="AADSTS70023"),),
        "The pod's token lives longer than the 25 hours that Entra ID takes: it is the one for the API server.",
        "Let AZURE_FEDERATED_TOKEN_FILE name the token in the webhook's own volume.",
        POD_OWNER,
        (looks("ls -lL {token_file}"),),
    ),
    certain(
        "assertion_issued_by_entra",
        (seen(code="AADSTS700222"),),
        "The token in the file was issued by Entra ID itself, which takes tokens of other issuers only for this "
        "exchange.",
        "Let AZURE_FEDERATED_TOKEN_FILE name the cluster's service account token, and no access token.",
        DEVELOPER,
        (),
    ),
    certain(
        "assertion_signature_unknown",
        (seen(code="AADSTS700027"),),
        "Entra ID can't verify the signature of the assertion: the issuer's published keys don't have its key.",
        "Look whether the issuer's OIDC discovery document and keys can be read from the internet, and name the key.",
        AKS_OWNER,
        (looks("curl --silent --show-error {issuer_discovery}"),),
    ),
    likely(
        "client_id_not_in_tenant",
        (seen(source=_POD, code="AADSTS700016"),),
        "Entra ID knows no application and no identity with the client ID {client_id} in the tenant {asked_tenant}.",
        "Correct the annotation azure.workload.identity/client-id of the service account, or its tenant-id, and start "
        "the pod again.",
        POD_OWNER,
        (FIND_BY_CLIENT_ID, _SHOW_ACCOUNT),
    ),
    certain(
        "no_client_id_for_pod",
        (seen(Kind.SELECTOR_UNSUPPORTED, source=_POD, user_assigned=False, also=none_of(variable("AZURE_CLIENT_ID"))),),
        "A pod has no identity of its own, and nothing names one: AZURE_CLIENT_ID is not set.",
        "Annotate the service account azure.workload.identity/client-id with the identity's client ID and start the "
        "pod again, or name one here.",
        POD_OWNER,
        (_SHOW_ACCOUNT, looks("mitui check --identity client:{client_id}")),
    ),
    likely(
        "authority_tls_failed",
        (seen(Kind.TLS_FAILED, source=_POD),),
        "TLS with {endpoint_host} failed, so the pod's token was not sent: {message}.",
        "Where something on the way opens TLS on purpose, name its authority in SSL_CERT_FILE; Python's requests reads "
        "REQUESTS_CA_BUNDLE and Node NODE_EXTRA_CA_CERTS.",
        NETWORK,
        (looks("openssl s_client -connect {endpoint_address} -servername {endpoint_host} </dev/null"),),
    ),
    likely(
        "authority_unreachable",
        (
            seen(
                Kind.CONNECTION_REFUSED,
                Kind.UNREACHABLE,
                Kind.TIMEOUT,
                Kind.CONNECTION_LOST,
                Kind.NAME_NOT_RESOLVED,
                source=_POD,
            ),
        ),
        "This pod can't reach {endpoint_host}, where its token is exchanged: {message}.",
        "Let the pod out to that host on port 443, in network policies, the cluster's firewall and its proxy.",
        NETWORK,
        (looks("kubectl get networkpolicy --namespace {namespace}"), looks("env | cut -d= -f1 | grep -i _proxy")),
    ),
    likely(
        "web_page_for_authority",
        (seen(source=_POD, also=web_page),),
        "A web page came back in place of Entra ID's answer: a proxy or a sign-in portal stands in the way.",
        "Have {endpoint_host} let through without a page in between.",
        NETWORK,
        (looks("env | cut -d= -f1 | grep -i _proxy"),),
    ),
    likely(
        "authority_busy",
        (seen(Kind.THROTTLED, Kind.SERVER_ERROR, source=_POD),),
        "Entra ID could not serve the exchange for the moment: {message}.",
        "Wait {wait} and let each process keep its token until shortly before it expires.",
        ANYONE_HERE,
        (),
        link=LINK_ENTRA_CODES,
    ),
)
"""``{issuer}``, ``{subject}`` and ``{audience}`` are those of the token in the pod's file."""
