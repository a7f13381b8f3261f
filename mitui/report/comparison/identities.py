"""What differs about an identity: whose tokens answer, what they say, and which resources get one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mitui.monitor.claim_changes import claim_changes
from mitui.monitor.identity_view import FailureView, IdentityView, TokenView
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.difference import Difference
from mitui.report.values import iso

Pair = tuple[IdentityView, IdentityView]
NOT_ASKED: Final = "not asked for"
_TOLD: Final = (
    ("kind", "kind of identity"),
    ("client_id", "client ID"),
    ("object_id", "object ID"),
    ("tenant_id", "tenant"),
    ("resource_id", "resource ID"),
)
_WHOSE: Final = frozenset({"appid", "azp", "oid", "sub", "tid", "iss", "xms_mirid", "xms_az_rid", "idtyp"})
"""Claims that say whose token it is, which is told once and not for each token."""


def pairs_of(a: Snapshot, b: Snapshot) -> list[Pair]:
    """The identities that both were asked for, in the order of the first."""
    others = {str(each.identity): each for each in b.identities}
    return [(each, others[str(each.identity)]) for each in a.identities if str(each.identity) in others]


def identity_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """Identities that only one was asked for, and for the others whose they are."""
    one, other = ({str(each.identity): each for each in side.identities} for side in (a, b))
    for spec in dict.fromkeys((*one, *other)):
        if spec not in one or spec not in other:
            there = (one.get(spec) or other[spec]).name
            sides = (there, NOT_ASKED) if spec in one else (NOT_ASKED, there)
            yield Difference("identity", spec, *sides)
    for pair in pairs_of(a, b):
        yield from whose_differences(*pair)


def whose_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Whose tokens these are, where both had any."""
    name = a.name if a.name == b.name else f"{a.name} / {b.name}"
    if bool(a.unsupported) != bool(b.unsupported):
        can, can_not = "can be selected", "can't be selected"
        sides = (can_not, can) if a.unsupported else (can, can_not)
        yield Difference("identity", name, *sides, a.unsupported or b.unsupported)
    for field, words in _TOLD:
        had, has = getattr(a.actual, field), getattr(b.actual, field)
        if had != has and had not in ("", "unknown") and has not in ("", "unknown"):
            yield Difference("identity", f"{name}: {words}", had, has)


def claim_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Claims that differ, apart from the tokens' own times and ids and from whose they are."""
    others = {each.resource: each for each in b.tokens}
    for token in a.tokens:
        other = others.get(token.resource)
        if other is not None and token.claims and other.claims:
            for change in claim_changes(token.claims, other.claims):
                if change.name not in _WHOSE:
                    lacks = "nothing more" if change.is_list else "absent"
                    subject = f"{a.name} · {token.resource}: {change.name}"
                    yield Difference("claims", subject, change.before or lacks, change.after or lacks)


def renewal_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Tokens that are others than before: their own ids, and when they were issued."""
    others = {each.resource: each for each in b.tokens}
    for token in a.tokens:
        other = others.get(token.resource)
        if other is None or not (token.claims and other.claims) or token.claims == other.claims:
            continue
        had, has = token.claims.payload(), other.claims.payload()
        for name in ("uti", "iat"):
            if had.get(name) != has.get(name):
                subject = f"{a.name} · {token.resource}: {name}"
                yield Difference("claims", subject, _own(had.get(name)), _own(has.get(name)))


def _own(value: object) -> str:
    if type(value) in (int, float):
        return iso(float(str(value))) or str(value)
    return str(value) if value is not None else "absent"


def federated_differences(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """What the pods' own tokens say: their issuer and subject decide whom Entra ID takes them for."""
    one, other = a.source.federated, b.source.federated
    if one is None or other is None:
        return
    for change in claim_changes(one.claims, other.claims):
        yield Difference(
            "claims", f"the pod's own token: {change.name}", change.before or "absent", change.after or "absent"
        )


def token_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Resources that one gets a token for and the other doesn't, with the cause."""
    one, other = ({each.resource: each for each in side.tokens} for side in (a, b))
    for resource in dict.fromkeys((*one, *other)):
        tokens = (one.get(resource), other.get(resource))
        had, has = map(_words, tokens)
        if had != has:
            failures = (each.failure for each in tokens if each is not None and each.failure is not None)
            yield Difference("token", f"{a.name} · {resource}", had, has, why(next(failures, None)))


def why(failure: FailureView | None) -> str:
    """The likeliest cause, else what was answered."""
    if failure is None:
        return ""
    return failure.causes[0].cause if failure.causes else failure.message


def _words(token: TokenView | None) -> str:
    """How it is, but for how long it still is."""
    if token is None:
        return NOT_ASKED
    if token.status in ("ok", "expiring"):
        return "a token"
    kind = f" ({token.failure.kind})" if token.failure is not None else ""
    return {"waiting": "no answer yet", "expired": "an expired token", "failed": "no token"}[token.status] + kind
