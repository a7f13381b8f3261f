"""Which text hides which: GUIDs, names in ARM ids, vault and host names, IP addresses and learned names."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from typing import Final

_ESCAPED: Final = r"(?<=%[0-9A-Fa-f]{2})"
"""After a percent-encoded character, as in the query of a URL: its last letter is none of the name that follows."""
_WITHIN_ESCAPE: Final = r"(?<=%)[0-9A-Fa-f]{2}"
_START: Final = rf"(?:(?<![0-9A-Za-z])|{_ESCAPED})"
_END: Final = r"(?![0-9A-Za-z])"
_GUID: Final = re.compile(rf"{_START}[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}{_END}")
_BARE_GUID: Final = re.compile(rf"{_START}[0-9a-fA-F]{{32}}{_END}")
_ARM_ID: Final = re.compile(r"/(?:subscriptions|managementgroups)/[^\s?'\"<>,;]+", re.IGNORECASE)
_OBJECT: Final = re.compile(r"://[^/\s]+/(secrets|keys|certificates)/([^/\s?'\"<>,;]+)")
_TENANT_NAME: Final = re.compile(r"in the tenant named ([^.]{1,80})\.")
_HOST: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)?://(?:[^/\s@]*@)?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)")
_APPLICATION: Final = "api"  # the scheme of an application's own audience, in which no host stands
_PLATFORM: Final = (
    "aka.ms",
    "azure.cn",
    "azure.com",
    "azure.net",
    "azure.us",
    "chinacloudapi.cn",
    "github.com",
    "microsoft.com",
    "microsoftazure.de",
    "microsoftonline.cn",
    "microsoftonline.com",
    "microsoftonline.us",
    "sovcloud-api.fr",
    "sovcloud-identity.fr",
    "usgovcloudapi.net",
    "windows.net",
)
_SITES: Final = ("azurewebsites.net", "azurecontainerapps.io", "azmk8s.io", "azurewebsites.us", "chinacloudsites.cn")
_PLATFORM_HOST: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9.-])(?!{_WITHIN_ESCAPE})|{_ESCAPED})((?:[A-Za-z0-9_-]+\.)+)("
    + "|".join(re.escape(each) for each in (*_PLATFORM, *_SITES))
    + r")(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_IP4: Final = re.compile(rf"(?:(?<![\d.])|{_ESCAPED})(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![\d.]*\d)")
_IP6: Final = re.compile(
    rf"(?:(?<![0-9A-Za-z:])|{_ESCAPED})(?:[0-9a-fA-F]{{0,4}}:){{2,7}}[0-9a-fA-F]{{0,4}}(?![0-9A-Za-z:])"
)
_COMMON: Final = re.compile(r"\d{1,4}|true|false", re.IGNORECASE)
"""What stands in many places and names nothing: the instance number of a scale set is in most addresses, too."""
_PLATFORM_ADDRESSES: Final = frozenset({"169.254.169.254", "168.63.129.16", "0.0.0.0", "::"})
_KINDS: Final = {
    "resourcegroups": "group",
    "vaults": "vault",
    "sites": "site",
    "userassignedidentities": "identity",
    "virtualmachines": "host",
    "machines": "host",
    "secrets": "secret",
    "keys": "key",
    "certificates": "certificate",
}


_ROUNDS: Final = 2_000
"""Of the hash behind a lasting mask, about a millisecond: a name can be guessed, and then each guess costs this."""


class Masks:
    """Learns what is an id, then replaces it. Ids that differ only in case are one: ARM spells them as it likes.

    Masks are numbered as ids come; ``lasting`` ones depend on the id alone, so that files of two hosts can be compared.
    """

    def __init__(self, *, lasting: bool = False) -> None:
        self._lasting = lasting
        self._masks: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._names: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, kind: str, name: str) -> None:
        """Mask this name wherever it stands alone. GUIDs and addresses need not be learned, as they have masks of their
        own; a text that names nothing is passed over.
        """
        name = name.strip()
        if not name or name.lower() in self._names:
            return
        if _GUID.fullmatch(name) or _COMMON.fullmatch(name) or _is_address(name) or is_mask(name):
            return
        self.mask(kind, name)
        self._names.add(name.lower())
        self._pattern = None

    def learn_from(self, text: str) -> None:
        """Learn the names in the ARM ids and host names that the text holds."""
        for match in _ARM_ID.finditer(text):
            for kind, name in _arm_names(match[0]):
                self.learn(kind, name)
        for match in _TENANT_NAME.finditer(text):
            self.learn("tenant", match[1])
        for match in _OBJECT.finditer(text):
            self.learn(_KINDS[match[1]], match[2])
        for match in _PLATFORM_HOST.finditer(text):
            own = _own_labels(match)
            if own:
                self.learn("vault" if ".vault." in f".{match[0].lower()}" else "site", own)
        for match in _HOST.finditer(text):
            if not _known_host(match[2]):
                self.learn("app" if (match[1] or "").lower() == _APPLICATION else "host", match[2])

    def mask(self, kind: str, value: str) -> str:
        """The mask of this value: ``vault-1``, ``xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxx0001``, ``x.x.x.1``.

        A lasting one is ``name-`` and ten hex digits for every kind of name: a name may be learned as another kind in
        another file.
        """
        key = value.lower()
        if key not in self._masks:
            if self._lasting:
                number = hashlib.pbkdf2_hmac("sha256", key.encode("utf-8", "replace"), b"mitui", _ROUNDS, 5).hex()
                kind = kind if kind in ("guid", "hex", "ip4", "ip6") else "name"
            else:
                self._counts[kind] = self._counts.get(kind, 0) + 1
                number = f"{self._counts[kind]}"
            self._masks[key] = {
                "guid": f"xxxxxxxx-xxxx-xxxx-xxxx-{number.zfill(4).rjust(12, 'x')}",
                "hex": number.zfill(4).rjust(32, "x"),
                "ip4": f"x.x.x.{number}",
                "ip6": f"x:x::{number}",
            }.get(kind, f"{kind}-{number}")
        return self._masks[key]

    def apply(self, text: str) -> str:
        """The text with every id in it masked."""
        if not text:
            return text
        text = _GUID.sub(lambda match: self.mask("guid", match[0]), text)
        text = _BARE_GUID.sub(lambda match: self.mask("hex", match[0]), text)
        text = _IP4.sub(lambda match: self._address("ip4", match[0]), text)
        text = _IP6.sub(lambda match: self._address("ip6", match[0]), text)
        if self._names:
            text = self._names_pattern().sub(lambda match: self._masks[match[0].lower()], text)
        return text

    def _names_pattern(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest_first = sorted(self._names, key=len, reverse=True)
            alternatives = "|".join(re.escape(name) for name in longest_first)
            self._pattern = re.compile(rf"{_START}(?:{alternatives}){_END}", re.IGNORECASE)
        return self._pattern

    def _address(self, kind: str, text: str) -> str:
        address = _parsed(text)
        if address is None or address.is_loopback or str(address) in _PLATFORM_ADDRESSES:
            return text
        return self.mask(kind, text)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    """Whether it is an address as ``apply`` finds them."""
    return bool(_IP4.fullmatch(text) or _IP6.fullmatch(text)) and _parsed(text) is not None


_MASK: Final = re.compile(
    _START + r"(?:x{8}(?:-x{4}){3}-(?=[0-9a-fx]{12}(?![0-9a-z]))x*[0-9a-f]+"
    r"|(?=[0-9a-fx]{32}(?![0-9a-z]))x{16,}[0-9a-f]+"
    r"|x\.x\.x\.[0-9a-f]+|x:x::[0-9a-f]+|name-[0-9a-f]{10})" + _END
)


def is_mask(text: str) -> bool:
    """Whether this is a mask already: of an id or an address, or a lasting one of a name.

    One of a name that has a number, such as ``host-1``, could be a name.
    """
    return bool(_MASK.fullmatch(text))


def holds_mask(text: str) -> bool:
    """Whether such a mask stands in it, as in what has been masked before."""
    return bool(_MASK.search(text))


def _arm_names(arm_id: str) -> Iterator[tuple[str, str]]:
    """The names in an ARM id: every second segment, apart from the providers' namespaces."""
    segments = [segment for segment in arm_id.split("/") if segment]
    for type_name, name in zip(segments[::2], segments[1::2], strict=False):
        if type_name.lower() != "providers":
            yield _KINDS.get(type_name.lower(), "name"), name


def _own_labels(match: re.Match[str]) -> str:
    """What a customer chose in a host name of the platform: contoso-kv in contoso-kv.vault.azure.net, or ""."""
    labels = match[1].rstrip(".").split(".")
    return ".".join(labels if match[2].lower() in _SITES else labels[:-1])


def _known_host(host: str) -> bool:
    if host.lower() == "localhost" or _IP4.fullmatch(host):
        return True
    return any(host.lower() == each or host.lower().endswith("." + each) for each in (*_PLATFORM, *_SITES))
