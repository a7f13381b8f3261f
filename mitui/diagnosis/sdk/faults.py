"""Known faults of releases, on the hosts where they strike: what happens, in which versions, and which one mends it.

Each is a public report or a changelog's line; none is guessed from another version's source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from mitui.diagnosis.advice import HealthWarning, SdkChoice
from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.diagnosis.sdk.rules import BY_NAME
from mitui.diagnosis.sdk.schema import HOST
from mitui.diagnosis.sdk.versions import in_range
from mitui.diagnosis.steps import Purpose
from mitui.engine.host.environment import HostEnvironment

_MENDS: Final[tuple[Purpose, ...]] = ("mend",)

Where = Literal["silent", "imds", "azure_ml", "override", "arc_without_variables"]


@dataclass(frozen=True, slots=True)
class Fault:
    """``package`` from version ``since`` on and before ``mended``, which is "" while none mends it, on hosts that are
    ``where``: IMDS does not answer, it does, another source, its address is overridden.
    """

    package: str
    since: str
    mended: str
    where: Where
    effect: str
    source: str


FAULTS: Final = (
    Fault(
        "Azure.Core",
        "1.59.0",
        "1.61.0",
        "silent",
        "ends DefaultAzureCredential's chain here, with \"ManagedIdentityCredential authentication failed: All Managed "
        "Identity sources are unavailable. The Azure Instance Metadata Service (IMDS) that runs on VMs was not detected"
        ' …", so no credential is tried after it',
        "Azure/azure-sdk-for-net#59961, #60650 and #60718, mended by #60701",
    ),
    Fault(
        "Azure.Core",
        "1.61.0",
        "1.63.0",
        "silent",
        "takes about 25 s to go on to the next credential, because the probe for IMDSv2 is tried six times where "
        "nothing answers",
        "Azure/azure-sdk-for-net#62761, mended by #62543",
    ),
    Fault(
        "Microsoft.Identity.Client",
        "4.84.2",
        "",
        "silent",
        "probes IMDSv2 and then v1 where a program asks for the host's capabilities, and remembers 'none' for as long "
        "as the process lives: start it again once IMDS answers",
        "AzureAD/microsoft-authentication-library-for-dotnet 39d2001 ManagedIdentityClient.cs, and its #6041",
    ),
    Fault(
        "Azure.Identity",
        "1.13.0",
        "1.13.1",
        "imds",
        "ends DefaultAzureCredential's chain where IMDS answers that the identity was not found",
        "Azure/azure-sdk-for-net#46709 and #46679, mended by #46787",
    ),
    Fault(
        "@azure/msal-node",
        "2.0.0",
        "3.5.0",
        "azure_ml",
        "asks Azure ML by the protocol of App Service (2019-08-01) and not by its own (2017-09-01)",
        "AzureAD/microsoft-authentication-library-for-js#7631",
    ),
    Fault(
        "@azure/msal-node",
        "2.0.0",
        "2.13.0",
        "arc_without_variables",
        "does not look for the Arc agent, so it asks IMDS where the agent's variables are missing",
        "the changelog of msal-node 2.13.0",
    ),
    Fault(
        "Microsoft.Identity.Client",
        "4.50.0",
        "4.64.0",
        "arc_without_variables",
        "does not look for the Arc agent, so it asks IMDS where the agent's variables are missing",
        "AzureAD/microsoft-authentication-library-for-dotnet#4358",
    ),
    Fault(
        "com.microsoft.azure:msal4j",
        "1.15.0",
        "1.26.0",
        "override",
        "puts two slashes into the address that AZURE_POD_IDENTITY_AUTHORITY_HOST names",
        "AzureAD/microsoft-authentication-library-for-java#1060",
    ),
)


def known_faults(
    carried: Iterable[CarriedSdk], source: str, environment: HostEnvironment, *, silent: bool
) -> Iterator[tuple[CarriedSdk, Fault]]:
    """What is known against the SDKs that a process carries, on this host. ``source`` is the one that was detected;
    ``silent`` says that nothing answers as IMDS.
    """
    holds = {
        "silent": source == "imds" and silent,
        "imds": source == "imds" and not silent,
        "azure_ml": source == "azure_ml",
        "override": source == "imds" and bool(environment.get(HOST)),
        "arc_without_variables": source == "azure_arc"
        and not (environment.get("IDENTITY_ENDPOINT") and environment.get("IMDS_ENDPOINT")),
    }
    for sdk in carried:
        for fault in FAULTS:
            if fault.package == sdk.name and holds[fault.where] and in_range(sdk.version, fault.since, fault.mended):
                yield sdk, fault


def fault_warnings(found: Iterable[tuple[CarriedSdk, Fault]]) -> tuple[HealthWarning, ...]:
    """A warning for each, with the version that mends it."""
    return tuple(
        HealthWarning(
            "sdk_fault",
            f"{sdk.name} {sdk.version} {fault.effect} ({fault.source}).",
            _remedy(sdk, fault),
            _commands(sdk, fault),
            _MENDS * len(_commands(sdk, fault)),
        )
        for sdk, fault in found
    )


def with_faults(choices: Iterable[SdkChoice], found: Iterable[tuple[CarriedSdk, Fault]]) -> Iterator[SdkChoice]:
    """The choices, each with what is known against it."""
    listed = list(found)
    for choice in choices:
        said = [
            f"{sdk.name} {sdk.version} {fault.effect}. {_remedy(sdk, fault)}"
            for sdk, fault in listed
            if sdk.name in BY_NAME[choice.sdk].packages
        ]
        yield replace(choice, fault=" ".join(said)) if said else choice


def _commands(sdk: CarriedSdk, fault: Fault) -> tuple[str, ...]:
    if not fault.mended or ":" in sdk.name:
        return ()
    if sdk.name.startswith("@"):
        return (f"npm install {sdk.name}@{fault.mended}",)
    return (f"dotnet add package {sdk.name} --version {fault.mended}",)


def _remedy(sdk: CarriedSdk, fault: Fault) -> str:
    if not fault.mended:
        return "No release mends it yet."
    return f"Update {sdk.name} to {fault.mended} or later."
