"""Which text hides which: GUIDs, names in ARM ids, vault and host names, IP addresses and learned names.

There is one mask of an id, wherever it is shown, saved or sent: ``identity-7f3a2b`` says what the id is of, and by six
digits which one. The digits depend on the id alone. So what is told of a masked screen can be found in a masked file of
any host, and two such files can be compared.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from mitui.report.name_table import END, ESCAPED, START, NameTable
from mitui.report.public_names import is_public_audience, is_public_guid

_WITHIN_ESCAPE: Final = r"(?<=%)[0-9A-Fa-f]{2}"
_GUID: Final = re.compile(rf"{START}[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}{END}")
_BARE_GUID: Final = re.compile(rf"{START}[0-9a-fA-F]{{32}}{END}")
_ARM_ID: Final = re.compile(r"/(?:subscriptions|managementgroups)/[^\s?'\"<>,;]+", re.IGNORECASE)
_OBJECT: Final = re.compile(r"://[^/\s]+/(secrets|keys|certificates)/([^/\s?'\"<>,;]+)")
_TENANT_NAME: Final = re.compile(r"in the tenant named ([^.]{1,80})\.")
_HOST: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)?://(?:[^/\s@]*@)?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)")
_BLANK: Final = "xxxxxxxx-xxxx-xxxx-xxxx-"
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
    rf"(?:(?<![A-Za-z0-9.-])(?!{_WITHIN_ESCAPE})|{ESCAPED})((?:[A-Za-z0-9_-]+\.)+)("
    + "|".join(re.escape(each) for each in (*_PLATFORM, *_SITES))
    + r")(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_IP4: Final = re.compile(rf"(?:(?<![\d.])|{ESCAPED})(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![\d.]*\d)")
_IP6: Final = re.compile(
    rf"(?:(?<![0-9A-Za-z:])|{ESCAPED})(?:[0-9a-fA-F]{{0,4}}:){{2,7}}[0-9a-fA-F]{{0,4}}(?![0-9A-Za-z:])"
)
_COMMON: Final = re.compile(r"\d{1,4}|true|false", re.IGNORECASE)
"""What stands in many places and names nothing: the instance number of a scale set is in most addresses, too."""
_PLATFORM_ADDRESSES: Final = frozenset({"169.254.169.254", "168.63.129.16", "0.0.0.0", "::"})
_WORDS: Final = {
    "applications": "app",
    "automationaccounts": "account",
    "certificates": "certificate",
    "containerapps": "app",
    "containergroups": "host",
    "keys": "key",
    "machines": "host",
    "managedclusters": "cluster",
    "managementgroups": "group",
    "resourcegroups": "group",
    "secrets": "secret",
    "servers": "server",
    "sites": "app",
    "storageaccounts": "account",
    "userassignedidentities": "identity",
    "vaults": "vault",
    "virtualmachines": "host",
    "virtualmachinescalesets": "scaleset",
    "workspaces": "workspace",
}
"""What a person calls the ARM resources of each type."""
_RANKS: Final = ("vault", "identity", "app", "host", "scaleset", "resource", "secret", "key", "certificate", "group")
"""The words that win where a name is that of several things, as of a group and of the app in it."""
_VAGUE: Final = ("name", "claim")
"""The words that give way to any other."""


def _rank(word: str) -> tuple[int, str]:
    """Where a word stands among those that an id could have: the first of them is the one that it has."""
    if word in _VAGUE:
        return len(_RANKS) + 1 + _VAGUE.index(word), word
    return _RANKS.index(word) if word in _RANKS else len(_RANKS), word


_ROUNDS: Final = 2_000
"""Of the hash behind a mask, about half a millisecond: a name can be guessed, and then each guess costs this."""
_DIGITS: Final = 6
"""Of a mask. Few enough to be read out, and of fifty ids two have the same in one of 14,000 documents; there the one
that comes later has two more."""


class Remembered:
    """What was made of a text, for as long as the text stands in one Snapshot after the other."""

    def __init__(self) -> None:
        self._now: dict[object, str] = {}
        self._before: dict[object, str] = {}

    def recall(self, key: object) -> str | None:
        """None for what was not kept."""
        found = self._now.get(key)
        if found is None and (found := self._before.get(key)) is not None:
            self._now[key] = found
        return found

    def keep(self, key: object, made: str) -> str:
        """Remember it, and give it back."""
        self._now[key] = made
        return made

    def age(self) -> None:
        """Forget what was not recalled since this was last called."""
        self._before, self._now = self._now, {}

    def forget(self) -> None:
        """Forget all of it."""
        self._before.clear()
        self._now.clear()


class Masks:
    """Learns what is an id, then replaces it. Ids that differ only in case are one: ARM spells them as it likes."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._digits: dict[str, str] = {}
        self._taken: set[str] = set()
        self._names = NameTable()
        self._masked = Remembered()
        self._learned = Remembered()

    def learn(self, word: str, name: str) -> None:
        """Mask this name wherever it stands alone, by this word unless a better one is known. GUIDs and addresses need
        not be learned, as they have masks of their own; a text that names nothing is passed over.
        """
        name = name.strip()
        key = name.lower()
        if key in self._words:
            better = min(self._words[key], word, key=_rank)
            if better != self._words[key]:
                self._words[key] = better
                self._masked.forget()
        elif name and not (_GUID.fullmatch(name) or _COMMON.fullmatch(name) or _is_address(name)):
            self._words[key] = word
            self._names.add(key)
            self._masked.forget()

    def learn_from(self, text: str, server: str = "server") -> None:
        """Learn the names in the ARM ids and host names that the text holds. ``server``: what a host name in it is."""
        if self._learned.recall((text, server)) is not None:
            return
        self._learned.keep((text, server), "")
        for match in _ARM_ID.finditer(text):
            for word, name in _arm_names(match[0]):
                self.learn(word, name)
        for match in _TENANT_NAME.finditer(text):
            self.learn("tenant", match[1])
        for match in _OBJECT.finditer(text):
            self.learn(_WORDS[match[1]], match[2])
        for match in _PLATFORM_HOST.finditer(text):
            own = _own_labels(match)
            if own:
                self.learn("vault" if ".vault." in f".{match[0].lower()}" else server, own)
        for match in _HOST.finditer(text):
            of_application = (match[1] or "").lower() == _APPLICATION
            if not (is_public_audience(match[2]) if of_application else _known_host(match[2])):
                self.learn("resource" if of_application else server, match[2])

    def mask(self, word: str, value: str) -> str:
        """The mask of this value: ``vault-7f3a2b``, ``xxxxxxxx-xxxx-xxxx-xxxx-xxxxxx7f3a2b``, ``x.x.x.7f3a2b``.

        ``word`` is what it is, where nothing better was learned; ``guid``, ``hex``, ``ip4`` and ``ip6`` keep the shape.
        """
        key = value.lower()
        match word:
            case "guid" | "hex":
                digits = self._digits_of(key.replace("-", ""))
                return digits.rjust(32, "x") if word == "hex" else f"{_BLANK}{digits.rjust(12, 'x')}"
            case "ip4" | "ip6":
                return f"{'x.x.x.' if word == 'ip4' else 'x:x::'}{self._digits_of(key)}"
        return f"{self._words.get(key, word)}-{self._digits_of(key)}"

    def _digits_of(self, key: str) -> str:
        """Those of no other id, and of the fewest that will do."""
        if key not in self._digits:
            digits = hashlib.pbkdf2_hmac("sha256", key.encode("utf-8", "replace"), b"mitui", _ROUNDS).hex()
            length = next(count for count in range(_DIGITS, 65, 2) if digits[:count] not in self._taken)
            self._digits[key] = digits[:length]
            self._taken.add(digits[:length])
        return self._digits[key]

    def next_snapshot(self) -> None:
        """Another one comes: what is remembered is that of this one and of the one before."""
        self._masked.age()
        self._learned.age()

    def apply(self, text: str) -> str:
        """The text with every id in it masked."""
        masked = self._masked.recall(text)
        return masked if masked is not None else self._masked.keep(text, self._apply(text))

    def _apply(self, text: str) -> str:
        text = _GUID.sub(self._guid, text)
        text = _BARE_GUID.sub(lambda match: self.mask("hex", match[0]), text)
        text = _IP4.sub(lambda match: self._address("ip4", match[0]), text)
        text = _IP6.sub(lambda match: self._address("ip6", match[0]), text)
        return self._names.replace(text, lambda name: self.mask("name", name))

    def _guid(self, match: re.Match[str]) -> str:
        return match[0] if is_public_guid(match[0]) else self.mask("guid", match[0])

    def _address(self, word: str, text: str) -> str:
        address = _parsed(text)
        if address is None or address.is_loopback or str(address) in _PLATFORM_ADDRESSES:
            return text
        return self.mask(word, text)


_MASK: Final = re.compile(rf"{START}([a-z]+)-([0-9a-f]{{{_DIGITS},}}){END}")


def one_word_each(texts: Iterable[str]) -> Callable[[str], str]:
    """Gives a text in which each mask of a name has the best of the words that it has in these masked texts."""
    words: dict[str, str] = {}
    for word, digits in (each.groups() for text in texts for each in _MASK.finditer(text)):
        words[digits] = min(words.get(digits, word), word, key=_rank)
    return lambda text: _MASK.sub(lambda match: f"{words.get(match[2], match[1])}-{match[2]}", text)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    """Whether it is an address as ``apply`` finds them."""
    return bool(_IP4.fullmatch(text) or _IP6.fullmatch(text)) and _parsed(text) is not None


def _arm_names(arm_id: str) -> Iterator[tuple[str, str]]:
    """The names in an ARM id: every second segment, apart from the providers' namespaces."""
    segments = [segment for segment in arm_id.split("/") if segment]
    for type_name, name in zip(segments[::2], segments[1::2], strict=False):
        if type_name.lower() != "providers":
            yield _WORDS.get(type_name.lower(), "name"), name


def _own_labels(match: re.Match[str]) -> str:
    """What a customer chose in a host name of the platform: contoso-kv in contoso-kv.vault.azure.net, or ""."""
    labels = match[1].rstrip(".").split(".")
    return ".".join(labels if match[2].lower() in _SITES else labels[:-1])


def _known_host(host: str) -> bool:
    if host.lower() == "localhost" or _IP4.fullmatch(host):
        return True
    return any(host.lower() == each or host.lower().endswith("." + each) for each in (*_PLATFORM, *_SITES))
