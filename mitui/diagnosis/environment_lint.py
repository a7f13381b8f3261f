"""What in this environment works by accident, misleads an SDK, or will break: a warning for each, sent to nobody.

Values of secret variables are never looked at beyond set, empty or unset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.proxy_lint import proxy_warnings
from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.workload_identity import workload_warnings
from mitui.engine.evidence import Detection
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.platform import platform_of
from mitui.engine.identity import Identity, is_guid
from mitui.engine.source_kind import SourceKind
from mitui.wording import listed

_SOURCE_VARIABLES: Final = (
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
)
# Which variables each source has; any other of the table above is a leftover or belongs to a second host kind.
_OWN: Final[dict[SourceKind, frozenset[str]]] = {
    SourceKind.IMDS: frozenset({"AZURE_POD_IDENTITY_AUTHORITY_HOST"}),
    SourceKind.APP_SERVICE: frozenset({"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET"}),
    SourceKind.AZURE_ARC: frozenset({"IDENTITY_ENDPOINT", "IMDS_ENDPOINT"}),
    SourceKind.AZURE_ML: frozenset({"MSI_ENDPOINT", "MSI_SECRET"}),
    SourceKind.CLOUD_SHELL: frozenset({"MSI_ENDPOINT"}),
    SourceKind.SERVICE_FABRIC: frozenset({"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"}),
    SourceKind.WORKLOAD_IDENTITY: frozenset({"AZURE_POD_IDENTITY_AUTHORITY_HOST"}),
}
_TRUE: Final = ("true", "1")


def lint(
    environment: HostEnvironment,
    detection: Detection,
    identities: Sequence[Identity],
    resources: Sequence[str],
    now: float,
) -> tuple[HealthWarning, ...]:
    """Every finding on the variables, the identities and the resources, in a fixed order; nothing is sent.

    ``now`` is in epoch seconds: what has run out by then is a finding, too.
    """
    found = (
        *_empty(environment),
        *_leftovers(environment, detection),
        *_process_manager(environment, detection),
        *_identity_turned_off(environment),
        *proxy_warnings(environment, detection),
        *_client_id(environment, detection, identities),
        *_ml_client_id(environment, detection),
        *workload_warnings(environment, detection, now),
        *(warning for resource in resources for warning in _resource(resource)),
    )
    if environment.process_id is None:
        return found
    from mitui.diagnosis.reach import within_reach  # late: only another process's view needs it

    return tuple(within_reach(each, environment) for each in found)


def _empty(environment: HostEnvironment) -> Iterator[HealthWarning]:
    empty = [name for name in _SOURCE_VARIABLES if environment.state(name) == "empty"]
    if not empty:
        return
    choices = sdk_choices(environment)
    broken = [choice.sdk for choice in choices if choice.source is None and not choice.limit]
    names = listed(empty, "and")
    if broken:
        effect = f"{listed(broken, 'and')} would send nothing at all"
    elif agreement_of(choices).disputed:
        effect = "SDKs disagree on the source because of it"
    else:
        effect = "some SDKs count that as set"
    yield HealthWarning(
        "empty_variable",
        f"{names} {'is' if len(empty) == 1 else 'are'} set but empty, and {effect}.",
        "Unset what is empty, instead of setting it to nothing.",
        (f"unset {' '.join(empty)}",),
        ("mend",),
    )


def _leftovers(environment: HostEnvironment, detection: Detection) -> Iterator[HealthWarning]:
    own = _OWN.get(detection.source, frozenset())
    platform = platform_of(environment)
    if platform is not None and platform.kind == "container_instance":
        own |= {"IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"}  # set there, beside IMDS, and of no use
    foreign = [name for name in _SOURCE_VARIABLES if environment.get(name) and name not in own]
    if detection.source is SourceKind.APP_SERVICE and _hybrid_worker(environment):
        yield HealthWarning(
            "automation_identity_first",
            "This is an Automation job, so every SDK takes the Automation account's identity and not the VM's.",
            "Assign roles to the Automation account's identity, or turn that identity off to reach the VM's.",
        )
    if not foreign:
        return
    yield HealthWarning(
        "leftover_variable",
        f"{listed(foreign, 'and')} {'belongs' if len(foreign) == 1 else 'belong'} to another kind of host than "
        f"{detection.label}, and SDKs may go by it.",
        "Unset what this host's platform did not set. Where SDKs differ, they are listed with the source.",
        (f"unset {' '.join(foreign)}",),
        ("mend",),
    )


def _hybrid_worker(environment: HostEnvironment) -> bool:
    platform = platform_of(environment)
    return platform is not None and platform.kind == "automation"


def _process_manager(environment: HostEnvironment, detection: Detection) -> Iterator[HealthWarning]:
    """On Linux Arc the agent's variables reach services and not shells, where some SDKs then ask IMDS."""
    if detection.source is not SourceKind.AZURE_ARC or environment.is_windows:
        return
    if environment.get("IDENTITY_ENDPOINT") and environment.get("IMDS_ENDPOINT"):
        return
    yield HealthWarning(
        "arc_variables_missing",
        "The Arc agent is installed, but this process lacks its variables, so azure-identity aio and "
        "DefaultAzureCredential ask IMDS instead.",
        "Start a new login session or run it as a service; the agent sets the variables for services only.",
        (
            "export IDENTITY_ENDPOINT=http://localhost:40342/metadata/identity/oauth2/token",
            "export IMDS_ENDPOINT=http://localhost:40342",
        ),
        ("mend", "mend"),
    )


def _identity_turned_off(environment: HostEnvironment) -> Iterator[HealthWarning]:
    if environment.get("WEBSITE_DISABLE_MSI").lower() in _TRUE:
        yield HealthWarning(
            "identity_disabled_by_setting",
            "WEBSITE_DISABLE_MSI turns the app's token service off.",
            "Delete that app setting.",
        )


def _client_id(
    environment: HostEnvironment, detection: Detection, identities: Sequence[Identity]
) -> Iterator[HealthWarning]:
    value = environment.get("AZURE_CLIENT_ID")
    if not value:
        return
    if not is_guid(value):
        yield HealthWarning(
            "client_id_not_a_guid",
            "AZURE_CLIENT_ID holds no GUID, so requests that use it fail.",
            "Set it to the identity's client ID, or unset it.",
            ("unset AZURE_CLIENT_ID",),
            ("mend",),
        )
        return
    if detection.source in (SourceKind.CLOUD_SHELL, SourceKind.SERVICE_FABRIC):
        message = f"AZURE_CLIENT_ID is set, which DefaultAzureCredential can't use on {detection.label}."
        yield HealthWarning(
            "client_id_not_supported", message, "Unset it on this host.", ("unset AZURE_CLIENT_ID",), ("mend",)
        )
        return
    if any(identity.selector == "client_id" and identity.value == value.lower() for identity in identities):
        return
    yield HealthWarning(
        "client_id_readers",
        "AZURE_CLIENT_ID is read by DefaultAzureCredential and by workload identity, but not by "
        "ManagedIdentityCredential or any MSAL.",
        "Pass the client ID in code where ManagedIdentityCredential or MSAL is used directly.",
        (f"mitui check --identity client:{value.lower()}",),
        ("look",),
    )


def _ml_client_id(environment: HostEnvironment, detection: Detection) -> Iterator[HealthWarning]:
    value = environment.get("DEFAULT_IDENTITY_CLIENT_ID")
    if value == "clientid":
        yield HealthWarning(
            "ml_no_identity",
            "DEFAULT_IDENTITY_CLIENT_ID holds the word clientid: no managed identity is attached to this compute.",
            "Attach an identity to the compute and start it again.",
        )
    elif value and not is_guid(value):
        yield HealthWarning(
            "ml_client_id_not_a_guid",
            "DEFAULT_IDENTITY_CLIENT_ID holds no GUID, so the compute may answer with its owner's own token.",
            "Attach an identity to the compute and start it again.",
        )
    elif detection.source is SourceKind.AZURE_ML and not value:
        yield HealthWarning(
            "ml_client_id_missing",
            "DEFAULT_IDENTITY_CLIENT_ID is not set: without it, single sign-on may answer with the owner's token.",
            "Name the identity by its client ID.",
        )


def _resource(resource: str) -> Iterator[HealthWarning]:
    is_scope = resource.rstrip("/").endswith("/.default")
    if not is_scope and not resource.endswith("/"):
        return
    from mitui.diagnosis.token.facts import plain_resource  # late: it brings much that a healthy host does without

    plain = plain_resource(resource)
    if is_scope:
        yield HealthWarning(
            "resource_is_scope",
            f"{resource} is a scope; MSAL Python sends it untouched and fails.",
            f"Write the resource {plain}.",
        )
    else:
        yield HealthWarning(
            "resource_trailing_slash",
            f"{resource} ends with a slash, which becomes part of the token's audience.",
            f"Write {plain} unless the service expects the slash.",
        )
