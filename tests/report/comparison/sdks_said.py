"""Where each SDK goes on a host of each source, written down by hand."""

from __future__ import annotations

from typing import Final

from tests.report.comparison.said import OWN
from tests.support.every_sdk import EVERY_SDK

_REAL: Final = "the address of Azure's own IMDS"
_TERRAFORM: Final = "Terraform azurerm"
_ALL: Final = tuple(each for each in EVERY_SDK if each != _TERRAFORM)
_NOWHERE: Final[tuple[str, ...]] = ("sends nothing", "")
_AT_IMDS: Final[dict[str, tuple[str, ...]]] = dict.fromkeys(_ALL, ("imds", _REAL))
_RUST: Final[dict[str, tuple[str, ...]]] = {"azure_identity (Rust)": _NOWHERE}
_CHAINED: Final = ("azidentity", "azure-identity C++", "AzCopy")
"""Of those, the ones whose DefaultAzureCredential tries workload identity before it asks IMDS."""
_SDKS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "azure_arc": _RUST,
    "azure_ml": _RUST | dict.fromkeys(("MSAL Java", "azure-identity Java"), ("cloud_shell", OWN)),
    "cloud_shell": _RUST | {"MSAL Python": ("imds", _REAL), "Azure CLI": ("cloud_shell", "port 50342")},
    "service_fabric": _RUST | dict.fromkeys(("msal-node", "@azure/identity", "azure-identity C++"), _NOWHERE),
    "workload_identity": _AT_IMDS
    | dict.fromkeys(
        (
            "azure-identity",
            "azure-identity aio",
            "Azure.Identity",
            "azure-identity Java",
            "@azure/identity",
            "Az PowerShell",
        ),
        ("workload_identity", OWN),
    )
    | dict.fromkeys(_CHAINED, ("imds", _REAL, "workload_identity first in DefaultAzureCredential, else imds")),
    "imds": _AT_IMDS,
    "none": _AT_IMDS,
}


def sdks(source: str) -> dict[str, tuple[str, ...]]:
    """Where each SDK goes on such a host, then what its chain of credentials does; Terraform asks IMDS on all."""
    alike: dict[str, tuple[str, ...]] = dict.fromkeys(_ALL, (source, OWN))
    return alike | _SDKS.get(source, {}) | {_TERRAFORM: ("imds", _REAL)}
