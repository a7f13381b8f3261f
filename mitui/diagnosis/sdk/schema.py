"""What is known of an SDK, as data: what it reads, which source it picks, what it can select, and how that is known.

Every rule lists the variables that must count as set, in the sense of that SDK; the first rule that fits decides. A
trap is a condition under which the SDK then fails without sending anything; an endpoint that holds no URL is one for
every SDK. A rule can hold for a range of the SDK's versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Meaning = Literal["not_empty", "not_blank", "present"]
Where = Literal["ProgramFiles", "ProgramData", "nowhere"]
Condition = Literal["not_https", "https", "bad_thumbprint", "no_client_id", "tls_port"]
How = Literal["run", "read, not run"]
ClientId = Literal["never", "in DefaultAzureCredential", "for workload identity", "always"]

IMDS: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
ARC_BY_ADDRESS: Final = "http://127.0.0.1:40342/metadata/identity/oauth2/token"
ARC_BY_NAME: Final = "http://localhost:40342/metadata/identity/oauth2/token"
PUBLIC_AUTHORITY: Final = "https://login.microsoftonline.com"

IE, IH, THUMB = "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"
ME, MS, IMDS_E = "MSI_ENDPOINT", "MSI_SECRET", "IMDS_ENDPOINT"
HOST: Final = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
AUTHORITY: Final = "AZURE_AUTHORITY_HOST"
FEDERATED: Final = ("AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE")
FABRIC: Final = (IE, IH, THUMB)
APP: Final = (IE, IH)
ML: Final = (ME, MS)
ARC: Final = (IE, IMDS_E)
EVERY_SELECTOR: Final = ("client_id", "object_id", "resource_id")


@dataclass(frozen=True, slots=True)
class Trap:
    """A condition on the rule's endpoint that ends the attempt before a request is sent, unless ``unless`` is set."""

    condition: Condition
    note: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """``needs`` are the variables that must be set, ``empty`` those that must not hold anything; ``himds`` asks for the
    Arc agent's executable. ``endpoint`` is a variable's name or an address; ``source`` is None where the SDK gives up.
    ``meaning`` is what "set" means to this rule, where it differs from the rest of the SDK.

    It holds from version ``since`` on and before version ``until``, where they are given. ``limit`` marks what the SDK
    can't do on any host of that kind, so that it says nothing of this one.
    """

    source: str | None
    needs: tuple[str, ...] = ()
    endpoint: str = ""
    empty: tuple[str, ...] = ()
    himds: bool = False
    meaning: Meaning | None = None
    traps: tuple[Trap, ...] = ()
    note: str = ""
    since: str = ""
    until: str = ""
    limit: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """How the rules are known: by running that release or by reading it; ``source`` is the file and its revision."""

    how: How
    source: str


@dataclass(frozen=True, slots=True)
class Sdk:
    """One SDK at one release: what "set" means to it, where it looks for the Arc agent on Windows, its rules in order.

    ``packages`` are its names in the registries. ``inner`` names the SDK in it that decides where no rule of its own
    fits; ``delegates`` the one that sends for the sources in ``delegated`` and looks at the variables again.
    ``selectors`` says which ids it takes for a source, where that is not all of them; ``client_id`` who in it reads
    AZURE_CLIENT_ID; ``chained_workload`` that its DefaultAzureCredential tries a workload identity first.
    """

    name: str
    meaning: Meaning
    rules: tuple[Rule, ...]
    basis: Basis
    packages: tuple[str, ...] = ()
    version: str = ""
    reads: tuple[str, ...] = ()
    himds_on_windows: Where = "ProgramFiles"
    himds_readable: bool = False
    inner: str = ""
    delegates: str = ""
    delegated: frozenset[str] = frozenset()
    selectors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    client_id: ClientId = "never"
    chained_workload: bool = False

    def takes(self, source: str | None) -> tuple[str, ...]:
        """The ids by which it can select a user-assigned identity of this source."""
        return self.selectors.get(source, EVERY_SELECTOR) if source else ()


MSAL_VARIABLES: Final = (IE, IH, THUMB, ME, MS, IMDS_E)
NEEDS_HTTPS: Final = Trap("not_https", "picks Service Fabric, then refuses because its endpoint must be https")
NEEDS_THUMBPRINT: Final = Trap(
    "bad_thumbprint", "picks Service Fabric, then refuses because the thumbprint is no SHA-1 fingerprint"
)
SPEAKS_TLS: Final = Trap(
    "tls_port", "picks Service Fabric and would send the secret without TLS to a port that speaks only TLS"
)
NEEDS_HTTPS_AUTHORITY: Final = Trap(
    "not_https", "picks workload identity, then refuses because its authority must be https"
)
NEEDS_CLIENT_ID: Final = Trap("no_client_id", "picks workload identity, then refuses for want of a client ID")
IN_THE_CLEAR: Final = "sends the secret unencrypted if IDENTITY_ENDPOINT is http"
AGENT_INSTALLED: Final = "the agent is installed, but IDENTITY_ENDPOINT is called"
WORKLOAD_NOTE: Final = "the workload identity variables are set; the MSAL libraries don't read them"


def federated(*needs: str, traps: tuple[Trap, ...] = ()) -> tuple[Rule, ...]:
    """Workload identity where these variables are set: at the authority that is named, else the public one."""
    return (
        Rule("workload_identity", (*needs, AUTHORITY), AUTHORITY, traps=traps, note=WORKLOAD_NOTE),
        Rule("workload_identity", needs, PUBLIC_AUTHORITY, traps=traps, note=WORKLOAD_NOTE),
    )
