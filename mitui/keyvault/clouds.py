"""The clouds that have Key Vaults: their host suffixes, and the resource a token must be for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. ``name`` is ``azEnvironment`` as IMDS spells it; the suffixes carry no leading dot."""

    name: str
    vault_suffix: str
    hsm_suffix: str
    other_names: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """The only audience that vaults of this cloud accept; asking for it never depends on what a vault says."""
        return f"https://{self.vault_suffix}"


CLOUDS: Final = (
    Cloud("AzurePublicCloud", "vault.azure.net", "managedhsm.azure.net", ("AzureCloud",)),
    Cloud("AzureChinaCloud", "vault.azure.cn", "managedhsm.azure.cn"),
    Cloud("AzureUSGovernmentCloud", "vault.usgovcloudapi.net", "managedhsm.usgovcloudapi.net", ("AzureUSGovernment",)),
    Cloud("AzureGermanCloud", "vault.microsoftazure.de", "managedhsm.microsoftazure.de"),
    Cloud("AzureBleuCloud", "vault.sovcloud-api.fr", "managedhsm.sovcloud-api.fr"),
)


def cloud_named(name: str) -> Cloud | None:
    """The cloud that IMDS or the Azure CLI calls ``name``; the public one for "", None if there is no such cloud."""
    wanted = name.strip().lower()
    if not wanted:
        return CLOUDS[0]
    return next((cloud for cloud in CLOUDS if wanted in (n.lower() for n in (cloud.name, *cloud.other_names))), None)
