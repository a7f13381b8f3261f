"""A vault's refusal with everything around it that tells its cause, and the symptoms to recognise it by."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mitui.claims import ActualIdentity
from mitui.diagnosis.reply import codes_in, header, words_of
from mitui.diagnosis.symptom import Symptom as Told
from mitui.diagnosis.symptom import both, described, one_of, saying
from mitui.engine.host.facts import HostFacts
from mitui.exchange import Exchange
from mitui.keyvault.probe_result import PermissionResult, ProbeResult, VaultFailure, VaultFailureKind
from mitui.keyvault.verdict import VaultModel, Verdict

Symptom = Callable[["VaultCase"], bool]

_ADDRESS: Final = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w.:])"
)
_POLICY_CODES: Final = frozenset({"accessdenied", "forbiddenbypolicy"})
_POLICY_TEXT: Final = re.compile(r"does not have .{1,60} permission on key vault")
_RBAC_TEXT: Final = "caller is not authorized to perform action"
_PRIVATE: Final = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10"),
    )
)
_PLATFORM: Final = ipaddress.ip_address("168.63.129.16")


@dataclass(frozen=True)
class VaultCase:
    """A stopped probe, or one permission of it that was not granted."""

    result: ProbeResult
    host: HostFacts
    actual: ActualIdentity
    failure: VaultFailure | None = None
    permission: PermissionResult | None = None
    dns_works: bool | None = None

    @cached_property
    def last(self) -> Exchange | None:
        if self.permission is not None:
            return self.permission.exchange
        return self.failure.exchanges[-1] if self.failure and self.failure.exchanges else None

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every code of the answer, in lower case."""
        origin = self.permission or self.failure
        own = {origin.code.lower(), origin.inner_code.lower()} if origin else set()
        message = self.failure.message if self.failure else ""
        return frozenset((own - {""}) | codes_in(self.last.body if self.last else "") | codes_in(message))

    @cached_property
    def words(self) -> str:
        """Everything readable in the answer and its challenge, in lower case."""
        challenge = header(self.last, "www-authenticate").lower()
        return f"{self.failure.message.lower() if self.failure else ''}\n{words_of(self.last)}\n{challenge}"

    def fact(self, name: str) -> str:
        """A fact of the failure, or else of the whole probe."""
        return (self.failure.fact(name) if self.failure else "") or self.result.fact(name)

    @cached_property
    def model(self) -> VaultModel:
        """What decides permissions in this vault: the inner code says it, or the text, or the rest of the probe."""
        if "forbiddenbyrbac" in self.codes:
            return "rbac"
        if not _POLICY_CODES.isdisjoint(self.codes):
            return "access_policy"
        if _RBAC_TEXT in self.words:
            return "rbac"
        if _POLICY_TEXT.search(self.words):
            return "access_policy"
        return self.result.model

    @cached_property
    def addresses(self) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
        """What the vault's name resolved to."""
        details = " ".join(stage.detail for stage in self.result.stages if stage.stage in ("resolve", "connect"))
        found = (_address(text) for text in _ADDRESS.findall(f"{self.fact('addresses')} {details}"))
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def private(self) -> bool:
        """The name resolved to private addresses only, as it does where a private endpoint is in use."""
        return bool(self.addresses) and all(each.is_private and not self._odd(each) for each in self.addresses)

    @property
    def from_private(self) -> bool:
        """The vault saw an address of a private network, which no rule for addresses can admit.

        Those rules take none of RFC 1918: https://learn.microsoft.com/azure/key-vault/general/network-security
        """
        source = _address(self.fact("source_address"))
        return source is not None and any(source in each for each in _PRIVATE)

    @property
    def misdirected(self) -> bool:
        """The name resolved to an address that no vault has: loopback, link-local or the platform's own."""
        return any(self._odd(each) for each in self.addresses)

    @staticmethod
    def _odd(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        return address.is_loopback or address.is_link_local or address.is_unspecified or address == _PLATFORM

    @property
    def has_private_alias(self) -> bool:
        """The resolver passed through the private-link zone."""
        details = " ".join(stage.detail for stage in self.result.stages)
        return "privatelink" in f"{self.fact('aliases')} {details}".lower()


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def stopped(
    *kinds: VaultFailureKind,
    code: str | Iterable[str] = (),
    words: str | Iterable[str] = (),
    also: Symptom | None = None,
) -> Symptom:
    """A symptom of a probe that stopped: one of the kinds, and everything else that is named."""

    def of_kind(case: VaultCase) -> bool:
        failure = case.failure
        return failure is not None and case.permission is None and (not kinds or failure.kind in kinds)

    return saying(of_kind, one_of("failure", kinds), map(str, kinds), code, words, also)


def all_of(*symptoms: Symptom) -> Symptom:
    """Every one of these holds."""
    return Told[VaultCase](
        lambda case: all(each(case) for each in symptoms), both(described(each) for each in symptoms)
    )


def none_of(*symptoms: Symptom) -> Symptom:
    """Not one of these holds."""
    return Told[VaultCase](
        lambda case: not any(each(case) for each in symptoms), f"not: {one_of('', map(described, symptoms))}"
    )


def refused(
    *verdicts: Verdict,
    model: VaultModel | None = None,
    code: str | Iterable[str] = (),
    words: str | Iterable[str] = (),
    also: Symptom | None = None,
) -> Symptom:
    """A symptom of one permission: its verdict, the vault's model, and everything else that is named."""

    def of_verdict(case: VaultCase) -> bool:
        permission = case.permission
        return (
            permission is not None
            and (not verdicts or permission.verdict in verdicts)
            and (model is None or case.model == model)
        )

    said = both((one_of("a permission that is", verdicts), f"model {model}" if model else ""))
    return saying(of_verdict, said, (), code, words, also)
