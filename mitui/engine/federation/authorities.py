"""The hosts of Entra ID, cloud by cloud: the only ones that a federated token is shown to unasked.

Hosts are MSAL's (AzureAD/microsoft-authentication-library-for-dotnet d120a9e8, ``KnownCloudConfiguration.cs``, and
``WELL_KNOWN_AUTHORITY_HOSTS`` of MSAL Python 1.39), audiences those of its ``TokenExchangeAudience``. How a host is
spelled is read as azure-identity 1.27 does (``normalize_authority``): without a scheme it is https.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mitui.engine.host.environment import HostEnvironment

AUTHORITY_HOST: Final = "AZURE_AUTHORITY_HOST"


@dataclass(frozen=True, slots=True)
class Authority:
    """One cloud's Entra ID. ``cloud`` is named as IMDS names it; ``audience`` is what a federated token must be for
    there, "" where no exchange is known.
    """

    cloud: str
    hosts: tuple[str, ...]
    audience: str = ""


PUBLIC_AUDIENCE: Final = "api://AzureADTokenExchange"
AUTHORITIES: Final = (
    Authority(
        "AzurePublicCloud",
        ("login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net"),
        PUBLIC_AUDIENCE,
    ),
    Authority(
        "AzureChinaCloud",
        ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
        "api://AzureADTokenExchangeChina",
    ),
    Authority(
        "AzureUSGovernmentCloud",
        ("login.microsoftonline.us", "login.usgovcloudapi.net"),
        "api://AzureADTokenExchangeUSGov",
    ),
    Authority("AzureGermanCloud", ("login.microsoftonline.de",)),
    Authority("AzureBleuCloud", ("login.sovcloud-identity.fr",), "api://AzureADTokenExchangeFrance"),
    Authority("AzureDelosCloud", ("login.sovcloud-identity.de",), "api://AzureADTokenExchangeGermany"),
    Authority("AzureSingaporeCloud", ("login.sovcloud-identity.sg",)),
)
AUTHORITY_HOSTS: Final = frozenset(host for each in AUTHORITIES for host in each.hosts)
EXCHANGE_AUDIENCES: Final = frozenset(each.audience for each in AUTHORITIES if each.audience)


def authority_url(environment: HostEnvironment) -> str:
    """What AZURE_AUTHORITY_HOST names, with its scheme and without a slash at its end; "" where it is not set."""
    text = environment.get(AUTHORITY_HOST)
    plain = text.rstrip(" /")
    return f"https://{plain}" if plain and "://" not in text else plain


def authority_path(environment: HostEnvironment) -> str | None:
    """The path of what AZURE_AUTHORITY_HOST names, "" where it has none; None where it names no URL."""
    try:
        return urlsplit(authority_url(environment)).path
    except ValueError:
        return None


def authority_of(environment: HostEnvironment) -> Authority | None:
    """The cloud whose authority AZURE_AUTHORITY_HOST names, None where it is none of a known cloud."""
    try:
        host = (urlsplit(authority_url(environment)).hostname or "").lower()
    except ValueError:
        return None
    return next((each for each in AUTHORITIES if host in each.hosts), None)
