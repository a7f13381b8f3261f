"""A Snapshot with every id masked, for sharing a screen or a report.

The same id gets the same mask everywhere and different ids get different ones, so that what belongs together can still
be seen. Masks keep the shape of what they hide. What is masked is not to be masked again: a mask looks like a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from mitui.claims import Claims
from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.engine.host.facts import HostFacts
from mitui.keyvault.probe_result import PermissionResult
from mitui.monitor.identity_view import IdentityView, TokenView, VaultView
from mitui.monitor.snapshot import Snapshot
from mitui.report.masks import Masks, one_word_each
from mitui.report.public_names import own_words
from mitui.report.snapshot_texts import parts_of, texts_of, with_texts

_PLAIN_CLAIMS: Final = frozenset(
    {
        "acr",
        "alg",
        "amr",
        "appidacr",
        "aud",
        "azpacr",
        "exp",
        "iat",
        "idp",
        "idtyp",
        "iss",
        "nbf",
        "roles",
        "scp",
        "tenant_region_scope",
        "typ",
        "ver",
        "xms_act_fct",
        "xms_idrel",
        "xms_sub_fct",
        "xms_tcdt",
        "xms_tdbr",
        "xms_tnt_fct",
    }
)
"""Claims whose text says nothing of who it is; ids within them (the tenant in ``iss``) are masked all the same."""

_PLAIN_DETAILS: Final = frozenset(
    {
        "vm size",
        "zone",
        "operating system",
        "offer",
        "runs in",
        "sku",
        "security type",
        "runtime",
        "cloud",
        "token binding",
        "imds restriction",
    }
)
"""The host's details, by the words that the engine has for them, that tell nothing of whose host it is."""


_FABRIC: Final = "fabric:/"
"""How the name of a Service Fabric application begins, whose last part stands in its ARM id as well."""
_HOME: Final = re.compile(r"/home/([^/]+)/")


class Redactor:
    """Remembers what is an id from one Snapshot to the next, so that an event about one that is gone is masked, too."""

    def __init__(self) -> None:
        self._masks = Masks()

    def redact(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with every id masked, in texts, claims, commands and exchanges as well."""
        self._masks.next_snapshot()
        for word, name in _names(snapshot):
            self._masks.learn(word, name)
        for text in texts_of(snapshot):
            self._masks.learn_from(text)
        for resource in _resources(snapshot):
            if "://" in resource:
                self._masks.learn_from(resource, "resource")
            else:
                self._masks.learn("resource", resource)
        return with_texts(snapshot, self._masks.apply, self._claims)

    def redact_text(self, text: str) -> str:
        """A text that is told beside the snapshot."""
        self._masks.learn_from(text)
        return self._masks.apply(text)

    def _claims(self, claims: Claims) -> Claims:
        return Claims(self._claims_text(claims.header_json), self._claims_text(claims.payload_json))

    def _claims_text(self, text: str) -> str:
        if not text:
            return ""
        claims = {name: self._claim(name, value) for name, value in json.loads(text).items()}
        return json.dumps(claims, ensure_ascii=True)

    def _claim(self, name: str, value: object) -> object:
        if isinstance(value, str):
            masked = self._masks.apply(value)
            return masked if masked != value or name in _PLAIN_CLAIMS else self._masks.mask("claim", value)
        if isinstance(value, list):
            return [self._claim(name, each) for each in value]
        if isinstance(value, dict):
            return {self._masks.apply(key): self._claim(key, each) for key, each in value.items()}
        return value


def redact(snapshot: Snapshot) -> Snapshot:
    """The snapshot with every id masked; the same snapshot gives the same masks."""
    return Redactor().redact(snapshot)


def with_the_same_words(a: Snapshot, b: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Two masked snapshots in which an id has one word, so that they can be compared by their masks.

    What is a group's name here may be that of an app as well there.
    """
    agreed = one_word_each((*texts_of(a), *texts_of(b)))

    def in_claims(claims: Claims) -> Claims:
        return Claims(agreed(claims.header_json), agreed(claims.payload_json))

    return with_texts(a, agreed, in_claims), with_texts(b, agreed, in_claims)


def _names(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What is known to be a name, and of what, from the fields that hold names."""
    host, own = snapshot.host, own_words(snapshot)
    yield "host", host.name.removeprefix(_FABRIC)
    yield "group", host.resource_group
    yield from _host_details(host)
    for each in parts_of(snapshot):
        match each:
            case IdentityView():
                if each.name.lower() not in own:
                    yield "identity", each.name
            case CarriedSdk() if match := _HOME.match(each.evidence):
                yield "user", match[1]
            case VaultView():
                yield "vault", each.name
                yield "secret", each.fact("prefix")
            case PermissionResult() if each.target != "vault":
                yield "secret", each.target.removeprefix("secret ")
            case Claims():
                yield from _claim_names(each)


def _host_details(host: HostFacts) -> Iterator[tuple[str, str]]:
    for label, value in host.detail:
        if label.lower() not in _PLAIN_DETAILS:
            yield label.lower().replace(" ", ""), value


def _resources(snapshot: Snapshot) -> Iterator[str]:
    for each in parts_of(snapshot):
        if isinstance(each, TokenView):
            yield each.resource


def _claim_names(claims: Claims) -> Iterator[tuple[str, str]]:
    for name, value in (*claims.payload().items(), *claims.header().items()):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and name not in _PLAIN_CLAIMS and not each.startswith("/") and len(each) > 2:
                yield "claim", each  # a shorter one, such as a country, is masked in its own place only
