"""What must differ between two scenarios, from what each says; and what a comparison told, taken apart to the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mitui.report.comparison.difference import Difference
from tests.report.comparison.said import OWN, SAID, Asked, NoToken, Said, Way, Who
from tests.report.comparison.sdks_said import sdks

Atom = tuple[str, str, str, str, str]
"""The chapter, the identity ("" for none), what of it, and how it is on either side."""

_KIND: Final[dict[str, str]] = {"/opt/azcmagent/bin/himds": "absent"} | dict.fromkeys(
    ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_AUTHORITY_HOST"), "not looked at"
)
"""What is told of a signal that is not there, where that is not ``unset``."""
_OF_A_USER: Final = ("idp", "xms_idrel", "acr", "amr", "ipaddr", "name", "puid", "scp", "unique_name", "upn")
"""Claims that tell a person's token from an app's, apart from those that say whose it is."""
_SAME_EVERYWHERE: Final = ("imds", "none")
"""Sources whose address is the same on every host."""
SIGNED_IN: Final = "signed-in user"
"""What a person's own identity is called, once a token has told that it is one; it was asked for as the host's."""
_STAGES: Final = ("token", "permissions")
_VAULT: Final = "contoso-kv"
_LIST: Final = ", "


def expected(a: Said, b: Said) -> set[Atom]:
    """All that differs."""
    both = [(name, a.asked[name], b.asked[name]) for name in a.asked if name in b.asked]
    return {
        *_source(a, b),
        *_sdk(a, b),
        *(("identity", "", name, *_asked(a, b, name)) for name in a.asked.keys() ^ b.asked.keys()),
        *(each for name, one, other in both for each in _of_an_identity(name, one, other)),
        *_warnings("this host", a.warnings, b.warnings),
    }


def _source(a: Said, b: Said) -> Iterator[Atom]:
    if a.source != b.source or a.source not in _SAME_EVERYWHERE:
        yield "source", "", "source", a.source, b.source
    if a.silence != b.silence:
        yield "source", "", "endpoint", a.silence or "there is one", b.silence or "there is one"
    for signal in a.signals | b.signals:
        had, has = a.signals.get(signal), b.signals.get(signal)
        if had != has or had == OWN:
            yield "source", "", signal, _signal(signal, had), _signal(signal, has)
    if a.host != b.host and a.host and b.host:
        yield "source", "", "kind of host", a.host, b.host


def _signal(name: str, value: str | None) -> str:
    if value is None:
        return _KIND.get(name, "unset")
    return value if value == "present" else "set"


def _sdk(a: Said, b: Said) -> Iterator[Atom]:
    one, other = sdks(a.source), sdks(b.source)
    for name, had in one.items():
        has = other[name]
        if had[:2] != has[:2] or OWN in had:
            yield "sdk", "", name, had[0], has[0]
        elif had != has:  # the same way, but that one tries another before it
            yield "sdk", "", name, had[-1] if had[2:] else had[0], has[-1] if has[2:] else has[0]


def _asked(a: Said, b: Said, name: str) -> tuple[str, str]:
    return ("asked for", "not asked for") if name in a.asked else ("not asked for", "asked for")


def _of_an_identity(name: str, a: Asked, b: Asked) -> Iterator[Atom]:
    if a.who is not None and b.who is not None:
        yield from _who(name, a, b, a.who, b.who)
    for resource in a.tokens | b.tokens:
        had, has = _token(a, resource), _token(b, resource)
        if had != has:
            yield "token", name, resource, had, has
    if a.way is not None and b.way is not None:
        yield from _way(name, a.way, b.way)
    elif a.way is not b.way:
        yield "vault", name, f"https://{_VAULT}.vault.azure.net", _looked(a.way), _looked(b.way)
    yield from _warnings(name, a.warnings, b.warnings)


def _who(name: str, a: Asked, b: Asked, one: Who, other: Who) -> Iterator[Atom]:
    for words, had, has in (
        ("kind of identity", one.kind, other.kind),
        ("client ID", one.client_id, other.client_id),
        ("object ID", one.object_id, other.object_id),
        ("resource ID", one.resource, other.resource),
    ):
        if had != has and had and has:
            yield "identity", name, words, had, has
    if "user" in (one.kind, other.kind) and one.kind != other.kind:
        for resource in a.tokens.keys() & b.tokens.keys():
            if a.tokens[resource] == b.tokens[resource]:
                yield from (("claims", name, f"{resource}: {each}", "", "") for each in _OF_A_USER)


def _token(asked: Asked, resource: str) -> str:
    token = asked.tokens.get(resource, "not asked for")
    return f"no token ({token.kind})" if isinstance(token, NoToken) else token


def _looked(way: Way | None) -> str:
    if way is None:
        return "not asked for"
    return "looked at" if way.ends else "reached"


def _way(name: str, a: Way, b: Way) -> Iterator[Atom]:
    if not a.ends and not b.ends:
        for right in a.granted ^ b.granted:
            yield "permission", name, f"{_VAULT}: {right}", *_right(a, right), *_right(b, right)
    for stage in _STAGES:
        had, has = _stage(a, stage), _stage(b, stage)
        if "failed" in (had, has) and (had != has or a.because != b.because):
            yield "vault", name, f"{_VAULT}: {stage}", had, has
    if a.model != b.model and "unknown" not in (a.model, b.model):
        yield "vault", name, f"{_VAULT}: permission model", a.model, b.model


def _right(way: Way, right: str) -> tuple[str]:
    return ("granted" if right in way.granted else "denied",)


def _stage(way: Way, stage: str) -> str:
    if not way.ends or _STAGES.index(stage) < _STAGES.index(way.ends):
        return "ok"
    return "failed" if stage == way.ends else "skipped"


def _warnings(name: str, a: frozenset[str], b: frozenset[str]) -> Iterator[Atom]:
    for kind in a ^ b:
        yield "warning", name, kind, *(("warns", "none") if kind in a else ("none", "warns"))


def causes(asked: Mapping[str, Asked], name: str, resource: str) -> str:
    """Words of the cause for which this identity gets no token, "" where it gets one."""
    token = asked[name].tokens.get(resource) if name in asked else None
    return token.cause if isinstance(token, NoToken) else ""


def told(differences: Iterable[Difference]) -> list[Atom]:
    """A comparison, with what it tells together taken apart."""
    return [atom for each in differences for atom in _apart(each)]


def _apart(row: Difference) -> Iterator[Atom]:
    names, separator, rest = row.subject.partition(" · ")
    if not separator:
        names, rest = "", row.subject
    for name in (each.replace(f" / {SIGNED_IN}", "").replace(f"{SIGNED_IN} / ", "") for each in names.split(_LIST)):
        for what in _whats(row.chapter, rest):
            yield row.chapter, name, what, _word(row, row.a), _word(row, row.b)


def _whats(chapter: str, rest: str) -> list[str]:
    if chapter == "sdk":
        return [re.sub(r" [\d.]+$", "", each) for each in rest.split(_LIST)]
    if chapter == "permission":
        vault, _, rights = rest.partition(": ")
        return [f"{vault}: {each}" for each in rights.split(_LIST)]
    if chapter == "claims":
        resources, _, claim = rest.rpartition(": ")
        return [f"{each}: {claim}" for each in resources.split(_LIST)]
    if chapter == "identity":
        return ["system-assigned" if rest == SIGNED_IN else re.sub(r" \(.*\)$", "", rest)]
    return rest.split(_LIST)


def _word(row: Difference, text: str) -> str:
    """The word that decides; addresses and sentences left out."""
    if row.chapter == "claims":
        return ""
    if row.chapter == "warning":
        return text if text == "none" else "warns"
    if row.chapter == "source" and row.subject == "endpoint":
        return next((each.silence for each in SAID.values() if each.silence and each.silence in text), text)
    if row.chapter == "source" and row.subject == "kind of host":
        return text
    if row.subject.endswith("resource ID"):
        return text.rpartition("/")[2]
    return re.split(r": | at ", text)[0]
