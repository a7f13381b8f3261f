"""How each SDK picks its source, as data. A new release of an SDK is a change to this table and to nothing else.

Every rule lists the variables that must count as set, in the sense of that SDK; the first rule that fits decides. A
trap is a condition under which the SDK then fails without sending anything; an endpoint that holds no URL is one for
every SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Meaning = Literal["not_empty", "present"]
Where = Literal["ProgramFiles", "ProgramData", "nowhere"]
Condition = Literal["not_https", "https", "bad_thumbprint", "no_client_id", "tls_port"]

IMDS: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
_ARC_BY_ADDRESS: Final = "http://127.0.0.1:40342/metadata/identity/oauth2/token"
_ARC_BY_NAME: Final = "http://localhost:40342/metadata/identity/oauth2/token"


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
    """

    source: str | None
    needs: tuple[str, ...] = ()
    endpoint: str = ""
    empty: tuple[str, ...] = ()
    himds: bool = False
    meaning: Meaning | None = None
    traps: tuple[Trap, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sdk:
    """One SDK: what "set" means to it, where it looks for the Arc agent on Windows, and its rules in order.

    ``delegates`` names the SDK that sends the request for sources in ``delegated`` and looks at the variables again.
    """

    name: str
    meaning: Meaning
    rules: tuple[Rule, ...]
    himds_on_windows: Where = "ProgramFiles"
    himds_readable: bool = False
    delegates: str = ""
    delegated: frozenset[str] = frozenset()


_IE, _IH, _THUMB = "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"
_ME, _MS, _IMDS_E = "MSI_ENDPOINT", "MSI_SECRET", "IMDS_ENDPOINT"
_HOST: Final = "AZURE_POD_IDENTITY_AUTHORITY_HOST"

_NEEDS_HTTPS: Final = Trap("not_https", "picks Service Fabric, then refuses because its endpoint must be https")
_NEEDS_THUMBPRINT: Final = Trap(
    "bad_thumbprint", "picks Service Fabric, then refuses because the thumbprint is no SHA-1 fingerprint"
)
_SPEAKS_TLS: Final = Trap(
    "tls_port", "picks Service Fabric and would send the secret without TLS to a port that speaks only TLS"
)
_IN_THE_CLEAR: Final = "sends the secret unencrypted if IDENTITY_ENDPOINT is http"
_WORKLOAD: Final = ("AZURE_AUTHORITY_HOST", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE")
_GIVES_UP: Final = "IDENTITY_ENDPOINT is set without a partner, so it says that no managed identity endpoint was found"

_FABRIC: Final = (_IE, _IH, _THUMB)
_APP: Final = (_IE, _IH)
_ML: Final = (_ME, _MS)
_ARC: Final = (_IE, _IMDS_E)

MSAL_GO: Final = Sdk(
    "MSAL Go 1.9",
    "not_empty",
    (
        Rule("service_fabric", _FABRIC, _IE, traps=(_NEEDS_HTTPS, _NEEDS_THUMBPRINT)),
        Rule("app_service", _APP, _IE),
        Rule("azure_ml", _ML, _ME),
        Rule("cloud_shell", (_ME,), _ME),
        Rule("azure_arc", _ARC, _IE),
        Rule("azure_arc", (_IE,), _IE, himds=True, note="the agent is installed, but IDENTITY_ENDPOINT is called"),
        Rule("azure_arc", (), _ARC_BY_ADDRESS, himds=True),
        Rule("imds", (_HOST,), IMDS, note="ignores AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        Rule("imds", (), IMDS),
    ),
    himds_on_windows="ProgramData",
)
MSAL_PYTHON: Final = Sdk(
    "MSAL Python 1.39",
    "present",
    (
        Rule("service_fabric", _FABRIC, _IE, traps=(_NEEDS_HTTPS, _NEEDS_THUMBPRINT)),
        Rule("app_service", _APP, _IE),
        Rule("azure_ml", _ML, _ME),
        Rule("imds", (*_ARC, _HOST), _HOST, empty=(_IE,)),
        Rule("imds", _ARC, IMDS, empty=(_IE,), note="IDENTITY_ENDPOINT is empty"),
        Rule("azure_arc", _ARC, _IE),
        Rule("azure_arc", (), _ARC_BY_NAME, himds=True),
        Rule("imds", (_HOST,), _HOST),
        Rule("imds", (), IMDS),
    ),
)
MSAL_NET: Final = Sdk(
    "MSAL .NET",
    "not_empty",
    (
        Rule("service_fabric", _FABRIC, _IE, note=_IN_THE_CLEAR),
        Rule("app_service", _APP, _IE),
        Rule("azure_ml", _ML, _ME),
        Rule("cloud_shell", (_ME,), _ME),
        Rule("azure_arc", _ARC, _IE),
        Rule("azure_arc", (_IE,), _IE, himds=True, note="the agent is installed, but IDENTITY_ENDPOINT is called"),
        Rule("azure_arc", (), _ARC_BY_ADDRESS, himds=True),
        Rule("imds", (_HOST,), _HOST),
        Rule("imds", (), IMDS),
    ),
)
MSAL_NODE: Final = Sdk(
    "msal-node 7.2",
    "not_empty",
    (
        Rule(
            "service_fabric",
            _FABRIC,
            _IE,
            traps=(
                _SPEAKS_TLS,
                Trap(
                    "https",
                    "picks Service Fabric, but its self-signed certificate fails before anything is sent",
                    unless="NODE_EXTRA_CA_CERTS",
                ),
            ),
            note=_IN_THE_CLEAR,
        ),
        Rule("app_service", _APP, _IE),
        Rule("azure_ml", _ML, _ME),
        Rule("cloud_shell", (_ME,), _ME),
        Rule("azure_arc", _ARC, _IE),
        Rule("azure_arc", (), _ARC_BY_ADDRESS, himds=True),
        Rule("imds", (_HOST,), _HOST),
        Rule("imds", (), IMDS),
    ),
    himds_readable=True,
)
_IDENTITY_RULES: Final = (
    Rule("service_fabric", _FABRIC, _IE, traps=(_SPEAKS_TLS,), note=_IN_THE_CLEAR),
    Rule("app_service", _APP, _IE),
    Rule("azure_arc", _ARC, _IE),
    Rule(None, (_IE,), note=_GIVES_UP),
    Rule("azure_ml", _ML, _ME),
    Rule("cloud_shell", (_ME,), _ME),
    Rule(
        "workload_identity",
        _WORKLOAD,
        "AZURE_AUTHORITY_HOST",
        traps=(
            Trap("no_client_id", "picks workload identity, then refuses for want of a client ID"),
            Trap("not_https", "picks workload identity, then refuses because its authority must be https"),
        ),
        note="the workload identity variables are set; the MSAL libraries don't read them",
    ),
    Rule("imds", (_HOST,), _HOST, meaning="present"),
    Rule("imds", (), IMDS),
)
AZURE_IDENTITY: Final = Sdk(
    "azure-identity 1.27",
    "not_empty",
    _IDENTITY_RULES,
    himds_on_windows="nowhere",
    delegates="MSAL Python 1.39",
    delegated=frozenset({"service_fabric", "app_service", "azure_arc", "azure_ml", "imds"}),
)
AZURE_IDENTITY_AIO: Final = Sdk("azure-identity aio 1.27", "not_empty", _IDENTITY_RULES, himds_on_windows="nowhere")

SDKS: Final = (MSAL_GO, MSAL_PYTHON, MSAL_NET, MSAL_NODE, AZURE_IDENTITY, AZURE_IDENTITY_AIO)
