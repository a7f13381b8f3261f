"""What differs about an identity: whose tokens answer, what they say, and which resources get one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mitui.monitor.claim_changes import claim_changes
from mitui.monitor.identity_view import FailureView, IdentityView, TokenView
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.difference import Difference, reasons, together
from mitui.report.values import iso

Pair = tuple[IdentityView, IdentityView]
NOT_ASKED: Final = "not asked for"
_GOT: Final = "a token"
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


def tokens_of_both(a: IdentityView, b: IdentityView) -> list[tuple[TokenView, TokenView]]:
    """The tokens of the resources that both were asked for, in the order of the first."""
    others = {each.resource: each for each in b.tokens}
    return [(each, others[each.resource]) for each in a.tokens if each.resource in others]


def single_identities(a: Snapshot, b: Snapshot) -> Iterator[Difference]:
    """Identities that only one was asked for, with what came of it."""
    one, other = ({str(each.identity): each for each in side.identities} for side in (a, b))
    for spec in dict.fromkeys((*one, *other)):
        if spec not in one or spec not in other:
            identity = one.get(spec) or other[spec]
            asked = _outcome(identity.tokens)
            sides = (asked, NOT_ASKED) if spec in one else (NOT_ASKED, asked)
            failures = (each.failure for each in identity.tokens if each.failure is not None)
            name = identity.name if spec in (identity.name, "system") else f"{identity.name} ({spec})"
            yield Difference("identity", name, *sides, why(next(failures, None)))


def _outcome(tokens: Sequence[TokenView]) -> str:
    """What came of asking for an identity."""
    words = {_words(each) for each in tokens}
    if len(words) == 1:
        return f"asked for: {words.pop()}"
    count = sum(_words(each) == _GOT for each in tokens)
    return f"asked for: a token for {count} of {len(tokens)} resources" if tokens else "asked for"


def whose_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Whose tokens these are, where both had any."""
    if bool(a.unsupported) != bool(b.unsupported):
        can, can_not = "yes", "no"
        sides = (can_not, can) if a.unsupported else (can, can_not)
        yield Difference("identity", "can be selected", *sides, a.unsupported or b.unsupported)
    for field, words in _TOLD:
        had, has = getattr(a.actual, field), getattr(b.actual, field)
        if had != has and had not in ("", "unknown") and has not in ("", "unknown"):
            yield Difference("identity", words, had, has)


def claim_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Claims that differ, apart from the tokens' own times and ids and from whose they are; what is alike for several
    resources is told together.
    """
    found = (
        (change, token.resource)
        for token, other in tokens_of_both(a, b)
        if token.claims and other.claims
        for change in claim_changes(token.claims, other.claims)
        if change.name not in _WHOSE
    )
    for change, resources in together(found):
        lacks = "nothing more" if change.is_list else "absent"
        subject = f"{resources}: {change.name}"
        yield Difference("claims", subject, change.before or lacks, change.after or lacks)


def renewal_differences(a: IdentityView, b: IdentityView) -> Iterator[Difference]:
    """Tokens that are others than before: their own ids, and when they were issued."""
    for token, other in tokens_of_both(a, b):
        if not (token.claims and other.claims) or token.claims == other.claims:
            continue
        had, has = token.claims.payload(), other.claims.payload()
        for name in ("uti", "iat"):
            if had.get(name) != has.get(name):
                subject = f"{token.resource}: {name}"
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
    """Resources that one gets a token for and the other doesn't, with the cause; those alike are told together."""
    one, other = ({each.resource: each for each in side.tokens} for side in (a, b))
    found: list[tuple[tuple[str, str, str], str]] = []
    for resource in dict.fromkeys((*one, *other)):
        mine, theirs = one.get(resource), other.get(resource)
        had, has = _words(mine), _words(theirs)
        causes = [why(each.failure) if each is not None else "" for each in (mine, theirs)]
        if had == has and _kind_of_cause(mine) != _kind_of_cause(theirs):
            had, has = (f"{had}: {_kind_of_cause(each)}" for each in (mine, theirs))
        if had != has:
            found.append(((had, has, reasons(*causes)), resource))
    for (had, has, note), resources in together(found):
        yield Difference("token", resources, had, has, note)


def _kind_of_cause(token: TokenView | None) -> str:
    """What is the matter where one kind of failure has several causes; of a missing endpoint the source tells it."""
    failure = token.failure if token is not None else None
    if failure is None or not failure.causes or failure.kind == "no_endpoint":
        return ""
    return failure.causes[0].kind


def cause(failure: FailureView | None) -> str:
    """The likeliest cause, "" where none is known."""
    return failure.causes[0].cause if failure is not None and failure.causes else ""


def why(failure: FailureView | None) -> str:
    """The likeliest cause, else what was answered."""
    return cause(failure) or (failure.message if failure is not None else "")


def _words(token: TokenView | None) -> str:
    """How it is, but for how long it still is."""
    if token is None:
        return NOT_ASKED
    if token.status in ("ok", "expiring"):
        return _GOT
    kind = f" ({token.failure.kind})" if token.failure is not None else ""
    return {"waiting": "no answer yet", "expired": "an expired token", "failed": "no token"}[token.status] + kind
