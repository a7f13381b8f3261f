"""A Snapshot with every id masked, for sharing a screen or a report.

The same id gets the same mask everywhere and different ids get different ones, so that what belongs together can still
be seen. Masks keep the shape of what they hide.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, TypeVar

from mitui.claims import Claims
from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.engine.host.facts import HostFacts
from mitui.keyvault.probe_result import PermissionResult
from mitui.monitor.assigned import AssignedIdentities
from mitui.monitor.identity_view import IdentityView, VaultView
from mitui.monitor.snapshot import GENERIC_NAMES, Snapshot
from mitui.report.masks import Masks, holds_mask

Value = TypeVar("Value")

_WORDS: Final = frozenset(
    {
        "certainty",
        "depth",
        "header_names",
        "kind",
        "level",
        "location",
        "cloud",
        "method",
        "model",
        "object_type",
        "origin",
        "permission",
        "phase",
        "runtime",
        "sdk",
        "selector",
        "selectors",
        "stage",
        "state",
        "status",
        "verdict",
        "version",
    }
)
"""Fields that hold a word of a closed set (or of the platform's) and never an id."""

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
        "sku",
        "security type",
        "runtime",
        "cloud",
        "token binding",
        "imds restriction",
    }
)
"""The host's details, by the words that the engine has for them, that tell nothing of whose host it is."""


_HOME: Final = re.compile(r"/home/([^/]+)/")


class Redactor:
    """Masks that stay the same from one Snapshot to the next; ``lasting`` ones from one file to the next as well."""

    def __init__(self, *, lasting: bool = False) -> None:
        self._masks = Masks(lasting=lasting)

    def redact(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with every id masked, in texts, claims, commands and exchanges as well."""
        for kind, name in _names(snapshot):
            self._masks.learn(kind, name)
        for text in _texts(snapshot):
            self._masks.learn_from(text)
        return self._masked(snapshot)

    def redact_text(self, text: str) -> str:
        """A text that is told beside the snapshot."""
        self._masks.learn_from(text)
        return self._masks.apply(text)

    def _masked(self, value: Value, name: str = "") -> Value:
        masked: object = value
        if isinstance(value, Enum) or name in _WORDS:
            masked = value
        elif isinstance(value, str):
            masked = self._masks.apply(value)
        elif isinstance(value, tuple):
            masked = tuple(self._masked(each) for each in value)
        elif isinstance(value, Claims):
            masked = Claims(self._claims_text(value.header_json), self._claims_text(value.payload_json))
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            changes = {
                each.name: self._masked(getattr(value, each.name), each.name)
                for each in dataclasses.fields(value)
                if each.init
            }
            masked = dataclasses.replace(value, **changes)
        return masked  # type: ignore[return-value]

    def _claims_text(self, text: str) -> str:
        if not text:
            return ""
        claims = {name: self._claim(name, value) for name, value in json.loads(text).items()}
        return json.dumps(claims, ensure_ascii=True)

    def _claim(self, name: str, value: object) -> object:
        if isinstance(value, str):
            masked = self._masks.apply(value)
            if masked != value or name in _PLAIN_CLAIMS or holds_mask(value):
                return masked
            return self._masks.mask("claim", value)
        if isinstance(value, list):
            return [self._claim(name, each) for each in value]
        if isinstance(value, dict):
            return {self._masks.apply(key): self._claim(key, each) for key, each in value.items()}
        return value


def redact(snapshot: Snapshot) -> Snapshot:
    """The snapshot with every id masked; the same snapshot gives the same masks."""
    return Redactor().redact(snapshot)


def _names(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What is known to be a name, and of what, from the fields that hold names."""
    host = snapshot.host
    yield "host", host.name
    yield "group", host.resource_group
    yield from _host_details(host)
    for each in _parts(snapshot):
        match each:
            case IdentityView():
                if each.name not in GENERIC_NAMES:
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
            yield "name", value


def _claim_names(claims: Claims) -> Iterator[tuple[str, str]]:
    for name, value in (*claims.payload().items(), *claims.header().items()):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and name not in _PLAIN_CLAIMS and not each.startswith("/") and len(each) > 2:
                yield "claim", each  # a shorter one, such as a country, is masked in its own place only


def _parts(value: object) -> Iterator[object]:
    """Every dataclass in the tree, the root included."""
    if isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        for each in dataclasses.fields(value):
            yield from _parts(getattr(value, each.name))


def _texts(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, str) and not isinstance(value, Enum) and name not in _WORDS:
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, AssignedIdentities):
        for resource, *_ in value.identities:
            yield resource
        yield value.refusal
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from _texts(getattr(value, each.name), each.name)
