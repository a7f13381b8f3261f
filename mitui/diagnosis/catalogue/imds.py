"""What IMDS itself answers, and why (Azure VMs, scale sets, container instances, AKS nodes)."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    ASSIGNER,
    DEVELOPER,
    LINK_FAQ,
    LINK_IDENTITIES,
    LINK_IMDS,
    LINK_TOKEN,
    LINK_WORKLOAD,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely, possible
from mitui.diagnosis.commands import (
    ASSIGN_USER,
    ENABLE_SYSTEM,
    FIND_BY_CLIENT_ID,
    FIND_BY_EITHER,
    FIND_BY_OBJECT_ID,
    PASS_PROXY_TO_IMDS,
    PIN_CLIENT_ID,
    REMOVE_USER,
    SHOW_ASSIGNED,
    TRY_AS_CLIENT_ID,
    TRY_AS_OBJECT_ID,
    looks,
    mends,
)
from mitui.diagnosis.token.case import TokenCase, none_of, not_imds, others_served, really_imds, seen, served_by
from mitui.engine.failure import FailureKind as Kind

_IMDS: Final = "imds"


def _by_guid(case: TokenCase) -> bool:
    """The identity was named by a GUID."""
    return not case.failure.identity.startswith("resource:")


def _by_client_id(case: TokenCase) -> bool:
    """The identity was named by its client ID."""
    return case.failure.identity.startswith("client:")


def _by_object_id(case: TokenCase) -> bool:
    """The identity was named by its object ID."""
    return case.failure.identity.startswith("object:")


def _speaks_as_imds(case: TokenCase) -> bool:
    """It has IMDS's Server header, or its form of an error where a sidecar writes its own header over that."""
    return not not_imds(case) or bool(case.codes)


IMDS_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_IMDS,
    certain(
        "no_identity_on_host",
        (seen(Kind.IDENTITY_NOT_FOUND, source=_IMDS, user_assigned=False),),
        "No managed identity is enabled on this {noun}, neither system-assigned nor user-assigned.",
        "Enable the system-assigned identity, or assign a user-assigned one, and wait a minute or two.",
        ASSIGNER,
        (ENABLE_SYSTEM, SHOW_ASSIGNED),
        link=LINK_IDENTITIES,
        proof=really_imds,
        refuted=others_served,
    ),
    likely(
        "identity_not_assigned",
        (seen(Kind.IDENTITY_NOT_FOUND, source=_IMDS, user_assigned=True),),
        "The identity {identity} is not assigned to this {noun}.",
        "Assign it to this very {noun} and wait a minute or two.",
        ASSIGNER,
        (FIND_BY_CLIENT_ID, FIND_BY_OBJECT_ID, ASSIGN_USER, SHOW_ASSIGNED),
        link=LINK_IDENTITIES,
    ),
    possible(
        "wrong_kind_of_id",
        (
            seen(
                Kind.IDENTITY_NOT_FOUND,
                user_assigned=True,
                also=_by_guid,
            ),
            seen(code="AADSTS700016", also=_by_client_id),
            seen(Kind.SELECTOR_UNSUPPORTED, also=_by_object_id),
        ),
        "The GUID may be of the other kind: an object ID given as a client ID, or the other way round.",
        "Look it up and ask with the selector that fits: client:<guid> or object:<guid>.",
        ANYONE_HERE,
        (TRY_AS_CLIENT_ID, TRY_AS_OBJECT_ID, FIND_BY_EITHER),
        link=LINK_FAQ,
    ),
    possible(
        "identity_recreated",
        (seen(Kind.IDENTITY_NOT_FOUND, source=_IMDS, user_assigned=True),),
        "The identity may have been deleted and created again under the same name, while this {noun} still holds the "
        "old one.",
        "Remove the identity from this {noun} and assign it again, so that the host learns the new IDs.",
        ASSIGNER,
        (SHOW_ASSIGNED, REMOVE_USER, ASSIGN_USER),
        link=LINK_FAQ,
    ),
    certain(
        "several_identities",
        (seen(Kind.MULTIPLE_IDENTITIES),),
        "This {noun} has several user-assigned identities and no system-assigned one, so a request must say which.",
        "Name the identity by its client ID, in the code or in AZURE_CLIENT_ID of the service itself; Azure Policy may "
        "have added one more.",
        DEVELOPER,
        (SHOW_ASSIGNED, PIN_CLIENT_ID, mends("export AZURE_CLIENT_ID={client_id}")),
        link=LINK_FAQ,
        proof=really_imds,
    ),
    likely(
        "metadata_header_lost",
        (seen(Kind.HEADER_REJECTED, source=_IMDS),),
        "IMDS did not see the Metadata header, or saw X-Forwarded-For: something between took one away or added the "
        "other.",
        "Reach 169.254.169.254 directly: no proxy, no service mesh, no forwarding.",
        ANYONE_HERE,
        (PASS_PROXY_TO_IMDS,),
        refuted=others_served,
    ),
    likely(
        "imds_query_rejected",
        (
            seen(
                Kind.BAD_REQUEST,
                source=_IMDS,
                words=("unsupported query", "api-version", "query variable", "duplicate query"),
            ),
        ),
        "IMDS refused the query itself: {message}.",
        "Check AZURE_POD_IDENTITY_AUTHORITY_HOST and whatever rewrites requests on the way.",
        DEVELOPER,
    ),
    certain(
        "imds_wrong_path",
        (seen(source=_IMDS, status=401, code="unknown_source"),),
        "IMDS does not know this path: the address points to the retired VM extension endpoint.",
        "Use http://169.254.169.254/metadata/identity/oauth2/token and unset what points elsewhere.",
        DEVELOPER,
        (mends("unset AZURE_POD_IDENTITY_AUTHORITY_HOST"),),
        link=LINK_TOKEN,
        proof=really_imds,
    ),
    certain(
        "imds_upgrading",
        (seen(Kind.ENDPOINT_UPDATING, source=_IMDS), seen(source=_IMDS, status=410)),
        "IMDS is being upgraded, which takes up to 70 seconds.",
        "Wait; mitui keeps trying, while MSAL Go gives up after 2 s and MSAL Python at once.",
        ANYONE_HERE,
        link=LINK_TOKEN,
        proof=really_imds,
    ),
    certain(
        "imds_throttled",
        (seen(Kind.THROTTLED, source=_IMDS),),
        "Too many identity requests from this {noun}: IMDS serves 20 a second and 5 at a time, for all processes "
        "together.",
        "Cache tokens in the process that polls, wait {wait} and find out who asks.",
        f"{ANYONE_HERE}; root to see who asks",
        (looks("sudo ss --tcp --processes dst 169.254.169.254"),),
        proof=really_imds,
    ),
    likely(
        "imds_path_absent",
        (seen(Kind.NOT_FOUND, source=_IMDS, status=404, also=none_of(not_imds)),),
        "IMDS answered that this path does not exist: it is being updated, or this host type has no identity endpoint.",
        "Try again in a minute; if it stays, this host can't have a managed identity.",
        ANYONE_HERE,
        refuted=others_served,
    ),
    likely(
        "imds_restarting",
        (
            seen(
                Kind.SERVER_ERROR,
                source=_IMDS,
                also=served_by("Microsoft-IIS"),
            ),
        ),
        "IMDS is restarting; the platform's own web server answered in its place.",
        "Try again in a second or two.",
        ANYONE_HERE,
    ),
    likely(
        "entra_unreachable_from_imds",
        (seen(Kind.SERVER_ERROR, source=_IMDS, status=range(500, 512), also=_speaks_as_imds),),
        "IMDS could not get a token from Entra ID: {message}.",
        "Try again; if it lasts for minutes, look at Azure's status and at the resource {resource}.",
        ANYONE_HERE,
        link=LINK_TOKEN,
    ),
    certain(
        "pod_identity_no_match",
        (
            seen(source=_IMDS, status=403, words="failed to refresh token"),
            seen(source=_IMDS, status=404, words="no azure identity found for request"),
            seen(source=_IMDS, status=500, words="pod list is empty"),
        ),
        "The retired AAD Pod Identity answered in place of IMDS and has no identity for this pod.",
        "Move the pod to workload identity, or give it a matching AzureIdentityBinding.",
        DEVELOPER,
        (looks("kubectl get azureidentity,azureidentitybinding --all-namespaces"),),
        link=LINK_WORKLOAD,
    ),
)
