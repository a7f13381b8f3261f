"""Azure ML, Cloud Shell and Service Fabric: hosts with one identity by construction."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    CLUSTER_OWNER,
    COMPUTE_ASSIGNER,
    DEVELOPER,
    LINK_CLOUD_SHELL,
    LINK_SERVICE_FABRIC,
)
from mitui.diagnosis.cause import Cause, certain, likely
from mitui.diagnosis.commands import WhenKnown, looks, mends
from mitui.diagnosis.token.case import NO_ANSWER, TokenCase, none_of, others_served, seen
from mitui.engine.failure import FailureKind as Kind

_ML: Final = "azure_ml"
_SHELL: Final = "cloud_shell"
_FABRIC: Final = "service_fabric"
_CHECK_DEFAULT: Final = WhenKnown(looks("mitui check --identity client:{default_client_id}"))
_SHOW_COMPUTE: Final = looks(
    "az ml compute show --name {compute} --workspace-name {workspace} --resource-group {resource_group}"
    " --query identity"
)


def _placeholder(case: TokenCase) -> bool:
    """The platform's own sign for "no identity attached"."""
    return case.environment.get("DEFAULT_IDENTITY_CLIENT_ID") == "clientid"


def _sign_on_failed(case: TokenCase) -> bool:
    """The reply speaks of a failed single sign-on."""
    return "sso failure" in case.words


def _audience_refused(case: TokenCase) -> bool:
    """The reply has the code AudienceNotSupported."""
    return "audiencenotsupported" in case.codes


ML_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    certain(
        "ml_no_identity",
        (seen(source=_ML, also=_placeholder),),
        "No managed identity is attached to this compute: DEFAULT_IDENTITY_CLIENT_ID holds the literal word clientid.",
        "Attach an identity to the compute, and start it again.",
        COMPUTE_ASSIGNER,
        (_SHOW_COMPUTE,),
        proof=seen(Kind.NOT_FOUND, Kind.IDENTITY_NOT_FOUND, Kind.BAD_REQUEST),
    ),
    likely(
        "ml_sign_on_failed",
        (seen(source=_ML, words="sso failure"),),
        "The compute tried its owner's single sign-on and has no token for that user.",
        "Name the compute's identity by client ID, or have the compute's owner sign in again.",
        f"{DEVELOPER}; the user whom the compute is assigned to, to sign in",
        (_CHECK_DEFAULT, _SHOW_COMPUTE),
    ),
    likely(
        "ml_identity_unknown",
        (
            seen(
                Kind.NOT_FOUND,
                Kind.IDENTITY_NOT_FOUND,
                Kind.BAD_REQUEST,
                Kind.REPLY_INCOMPLETE,
                Kind.REPLY_NOT_JSON,
                source=_ML,
                also=none_of(_placeholder, _sign_on_failed),
            ),
        ),
        "The compute does not know the identity asked for: it needs a client ID, never an object ID, of an identity "
        "that is attached to it.",
        "Ask for the client ID that stands in DEFAULT_IDENTITY_CLIENT_ID.",
        DEVELOPER,
        (_CHECK_DEFAULT, _SHOW_COMPUTE),
    ),
    likely(
        "ml_endpoint_down",
        (seen(*NO_ANSWER, source=_ML),),
        "Nothing answers at MSI_ENDPOINT: the pair MSI_ENDPOINT and MSI_SECRET is a leftover, or comes from another "
        "process.",
        "Unset both where they don't belong; on the compute itself, restart it.",
        ANYONE_HERE,
        (mends("unset MSI_ENDPOINT MSI_SECRET"),),
    ),
    likely(
        "ml_secret_rejected",
        (seen(Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.HEADER_REJECTED, source=_ML),),
        "The endpoint refused MSI_SECRET, which belongs to one process or one start of it.",
        "Run in the process that the platform started, and don't keep a copy of the variable.",
        DEVELOPER,
        refuted=others_served,
    ),
)

CLOUD_SHELL_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    certain(
        "cloud_shell_audience",
        (seen(Kind.AUDIENCE_NOT_SUPPORTED), seen(source=_SHELL, code="AudienceNotSupported")),
        "Cloud Shell gives tokens for a fixed list of audiences only, and {resource} is not on it.",
        "Sign in with az login to get a token for it, or use a supported one: {supported}.",
        ANYONE_HERE,
        (mends("az login"), looks("az account get-access-token --resource {plain_resource} --query expiresOn")),
        link=LINK_CLOUD_SHELL,
    ),
    likely(
        "cloud_shell_session_gone",
        (
            seen(
                *NO_ANSWER,
                Kind.BAD_REQUEST,
                Kind.UNAUTHORIZED,
                Kind.SERVER_ERROR,
                Kind.NOT_FOUND,
                source=_SHELL,
                also=none_of(_audience_refused),
            ),
        ),
        "Cloud Shell gets its tokens through the browser tab of the portal, and that tab is gone or signed out; "
        "outside Cloud Shell, MSI_ENDPOINT is a leftover.",
        "Reload the Cloud Shell tab, or sign in here.",
        ANYONE_HERE,
        (mends("az login"),),
        link=LINK_CLOUD_SHELL,
        refuted=others_served,
    ),
)

SERVICE_FABRIC_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    certain(
        "fabric_certificate_mismatch",
        (seen(Kind.CERTIFICATE_MISMATCH, source=_FABRIC),),
        "The endpoint's certificate is not the one that IDENTITY_SERVER_THUMBPRINT names, so the secret was not sent.",
        "Restart the service, which brings a fresh thumbprint, and check what listens at {endpoint}.",
        CLUSTER_OWNER,
        (looks("openssl s_client -connect {endpoint_address} </dev/null | openssl x509 -noout -fingerprint -sha1"),),
        link=LINK_SERVICE_FABRIC,
    ),
    certain(
        "fabric_plain_http",
        (seen(Kind.ENDPOINT_INVALID, source=_FABRIC),),
        "IDENTITY_ENDPOINT of a Service Fabric application must be https, or the secret would travel in the clear.",
        "Correct the variable, or unset IDENTITY_SERVER_THUMBPRINT where this is no Service Fabric.",
        CLUSTER_OWNER,
        (mends("unset IDENTITY_SERVER_THUMBPRINT"),),
        link=LINK_SERVICE_FABRIC,
    ),
    certain(
        "fabric_secret_missing",
        (seen(source=_FABRIC, code="SecretHeaderNotFound"), seen(Kind.HEADER_REJECTED, source=_FABRIC)),
        "The endpoint did not see the Secret header: something between took it away, or IDENTITY_HEADER is empty.",
        "Reach the endpoint directly, and read IDENTITY_HEADER in the service's own process.",
        CLUSTER_OWNER,
        link=LINK_SERVICE_FABRIC,
    ),
    certain(
        "fabric_selector_sent",
        (seen(source=_FABRIC, code="DefaultIdentityNotDefined"),),
        "A Service Fabric application can't choose its identity in the request; the manifest binds it.",
        "Ask without a client ID, and map the identity to the service in the application manifest.",
        DEVELOPER,
        link="https://aka.ms/servicefabricmi",
    ),
    certain(
        "fabric_no_identity",
        (
            seen(source=_FABRIC, code="ManagedIdentityNotFound"),
            seen(Kind.IDENTITY_NOT_FOUND, source=_FABRIC),
        ),
        "No managed identity is bound to this Service Fabric application.",
        "Give the application an identity in its ARM template and an IdentityBindingPolicy in the manifest.",
        CLUSTER_OWNER,
        link=LINK_SERVICE_FABRIC,
    ),
    likely(
        "fabric_resource_rejected",
        (
            seen(source=_FABRIC, code=("ArgumentNullOrEmpty", "InternalServerError")),
            seen(Kind.SERVER_ERROR, Kind.RESOURCE_NOT_FOUND, source=_FABRIC),
        ),
        "The endpoint could not get a token for {resource}, usually because of the resource's spelling or its slash.",
        "Ask for the exact audience, and try it with and without a trailing slash.",
        DEVELOPER,
        (looks("mitui check --resource {plain_resource}"), looks("mitui check --resource {slashed_resource}")),
        link=LINK_SERVICE_FABRIC,
    ),
    certain(
        "fabric_api_version",
        (seen(source=_FABRIC, code="InvalidApiVersion"),),
        "The cluster's runtime does not know the protocol version that was asked for.",
        "Update the Service Fabric runtime.",
        CLUSTER_OWNER,
        link=LINK_SERVICE_FABRIC,
    ),
    likely(
        "fabric_endpoint_down",
        (seen(*NO_ANSWER, Kind.TLS_FAILED, source=_FABRIC),),
        "The token service of the Service Fabric node does not answer at {endpoint}.",
        "Check that the cluster has the managed identity token service enabled and that its node is up.",
        CLUSTER_OWNER,
        link="https://learn.microsoft.com/azure/service-fabric/configure-existing-cluster-enable-managed-identity-token-service",
    ),
)
