"""The packages by which an identity SDK is recognised, under the names that their own registries have for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

PYTHON: Final = frozenset({"azure-identity", "msal", "azure-cli-core", "msrestazure", "adal"})
NODE: Final = frozenset({"@azure/identity", "@azure/msal-node", "@azure/ms-rest-nodeauth"})
DOTNET: Final = frozenset(
    {"Azure.Identity", "Azure.Core", "Microsoft.Identity.Client", "Microsoft.Azure.Services.AppAuthentication"}
)
JAVA: Final = {
    "azure-identity": "com.azure:azure-identity",
    "msal4j": "com.microsoft.azure:msal4j",
    "azure-client-authentication": "com.microsoft.azure:azure-client-authentication",
}
"""Artifact to group and artifact."""
GO: Final = frozenset(
    {
        "github.com/Azure/azure-sdk-for-go/sdk/azidentity",
        "github.com/AzureAD/microsoft-authentication-library-for-go",
        "github.com/hashicorp/go-azure-sdk/sdk",
        "github.com/manicminer/hamilton",
        "github.com/Azure/go-autorest/autorest/adal",
        "github.com/Azure/azure-storage-azcopy/v10",
        "github.com/hashicorp/terraform-provider-azurerm",
    }
)
RUST: Final = frozenset({"azure_identity"})
POWERSHELL: Final = frozenset({"Az.Accounts"})

_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_~-]{0,63}")


@dataclass(frozen=True, slots=True)
class CarriedSdk:
    """One identity SDK that a process carries: its package's own name, its version, and the file that says so.

    ``evidence`` is the file's path as the process sees it.
    """

    name: str
    version: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """A process of this host. ``runtime`` is "" where it is none that is known; ``note`` says in a sentence why there
    may be more, or why nothing could be read.
    """

    process_id: int
    name: str = ""
    runtime: str = ""
    sdks: tuple[CarriedSdk, ...] = ()
    note: str = ""

    @property
    def words(self) -> str:
        """Which process it is, in a few words: ``4242 gunicorn, python 3.11``."""
        return ", ".join(each for each in (f"{self.process_id} {self.name}".strip(), self.runtime) if each)

    @property
    def carried(self) -> str:
        """What it runs on and carries, in one line, else why that is not known: ``python 3.11: msal 1.39.0``."""
        listed = ", ".join(f"{each.name} {each.version}" for each in self.sdks)
        return ": ".join(each for each in (self.runtime, listed or self.note) if each)


def distinct(sdks: Iterable[CarriedSdk]) -> tuple[CarriedSdk, ...]:
    """Each version of a package once, as it was found first."""
    found: dict[tuple[str, str], CarriedSdk] = {}
    for sdk in sdks:
        found.setdefault((sdk.name, sdk.version), sdk)
    return tuple(found.values())


def json_object(text: bytes) -> dict[str, object]:
    """What a package's description in JSON holds; empty for anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def is_version(text: object) -> bool:
    """Whether the text is of the form of a version, and short; what a hostile file says is not."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None
