"""Which vault is meant: a bare name or a URL, checked before any token is asked for.

A token for Key Vault opens every vault that the identity may use, so it must go to no host but a vault. What is not
exactly ``https://<name>.<suffix of a known cloud>`` is refused with a sentence that says what is allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from mitui.http.proxy import is_loopback
from mitui.keyvault.probe_result import VaultFailure, VaultFailureKind
from mitui.safe_text import visible_line

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,22}[a-z0-9]\Z")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+\Z")
_NAME_RULE: Final = "3 to 24 letters, digits and single hyphens, beginning with a letter"
_ALLOWED: Final = "give the vault's name, or its URL such as https://contoso-kv.vault.azure.net"


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


@dataclass(frozen=True, slots=True)
class VaultAddress:
    """One vault that may be probed. ``url`` has no trailing slash; ``resource`` is the audience its tokens are for.

    ``loopback`` marks an emulator on this machine; its ``name`` is the host and port.
    """

    url: str
    host: str
    port: int
    name: str
    resource: str
    cloud: str
    scheme: str = "https"
    loopback: bool = False


def parse_vault(
    text: str, *, cloud: str = "AzurePublicCloud", allow_loopback: bool = False
) -> VaultAddress | VaultFailure:
    """Read a bare name, a host or a URL; a bare name is expanded with ``cloud`` (as IMDS or the Azure CLI names it).

    ``allow_loopback`` admits http and https on 127.0.0.0/8, ::1 and localhost, for emulators. Never raises.
    """
    given = text.strip()
    shown = visible_line(given, 100)
    if not given:
        return _refused(f"no vault is named: {_ALLOWED}")
    if not _PRINTABLE.match(given) or "\\" in given:
        return _refused(f"{shown!r} holds characters that no vault address has: {_ALLOWED}")
    if "@" in given:
        return _refused(f"a vault address holds no user name and no password: {_ALLOWED}")
    if not any(mark in given for mark in ".:/[]"):
        return _from_name(given.lower(), cloud)
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return _refused(f"{shown!r} is not a URL: {_ALLOWED}")
    if parts.query or parts.fragment or given.endswith(("?", "#")) or parts.path not in ("", "/"):
        return _refused(f"{shown!r} goes on after the vault's host: leave out path, query and fragment")
    if is_loopback(host):
        if not allow_loopback:
            return _refused(
                f"{shown!r} is on this machine: an emulator there is probed with --allow-loopback-vault or "
                "allow_loopback = true"
            )
        return _loopback(parts, host, port, cloud)
    if parts.scheme != "https":
        return _refused(f"{shown!r} is not https: a token goes to a vault over TLS only, so write https://")
    if port not in (None, 443) or parts.netloc.endswith(":"):
        return _refused(f"{shown!r} names a port: a vault answers on 443 only, so leave the port out")
    return _from_host(host, shown)


def _from_name(name: str, cloud_name: str) -> VaultAddress | VaultFailure:
    cloud = cloud_named(cloud_name)
    if cloud is None:
        return _refused(
            f"the cloud {visible_line(cloud_name, 60)!r} is not known, so the name alone is not enough: give the URL"
        )
    return _address(name, cloud)


def _from_host(host: str, shown: str) -> VaultAddress | VaultFailure:
    for cloud in CLOUDS:
        if host.endswith(f".{cloud.hsm_suffix}"):
            return VaultFailure(
                VaultFailureKind.MANAGED_HSM,
                f"{shown!r} is a Managed HSM, which has roles and actions of its own: mitui probes vaults "
                f"(*.{cloud.vault_suffix}) only",
                "resolve",
            )
        if host.endswith(f".{cloud.vault_suffix}"):
            return _address(host.removesuffix(f".{cloud.vault_suffix}"), cloud)
    if "vaultcore." in host:
        return _refused(
            f"{shown!r} is an alias inside Azure's DNS: give the vault's own URL, whose certificate matches"
        )
    suffixes = ", ".join(f"*.{cloud.vault_suffix}" for cloud in CLOUDS)
    return _refused(f"{shown!r} is no Key Vault host, so no token goes there: allowed are {suffixes}")


def _address(name: str, cloud: Cloud) -> VaultAddress | VaultFailure:
    if not _NAME.match(name) or "--" in name:
        return _refused(f"{visible_line(name, 60)!r} cannot be a vault's name: it has {_NAME_RULE}")
    host = f"{name}.{cloud.vault_suffix}"
    return VaultAddress(f"https://{host}", host, 443, name, cloud.resource, cloud.name)


def _loopback(parts: SplitResult, host: str, port: int | None, cloud_name: str) -> VaultAddress | VaultFailure:
    if parts.scheme not in ("http", "https"):
        return _refused("a vault on this machine is reached with http:// or https:// only")
    if port == 0 or parts.netloc.endswith(":"):
        return _refused("the port of a vault on this machine is a number from 1 to 65535")
    number = port or (443 if parts.scheme == "https" else 80)
    written = f"[{host}]" if ":" in host else host
    cloud = cloud_named(cloud_name) or CLOUDS[0]
    return VaultAddress(
        f"{parts.scheme}://{written}:{number}",
        host,
        number,
        f"{written}:{number}",
        cloud.resource,
        cloud.name,
        parts.scheme,
        loopback=True,
    )


def _refused(message: str) -> VaultFailure:
    return VaultFailure(VaultFailureKind.ADDRESS_REFUSED, message, "resolve")
