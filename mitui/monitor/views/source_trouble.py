"""What is the matter with a source that was named to us, by what its tokens met: a name is not yet an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mitui.engine.failure import FailureKind as Kind

if TYPE_CHECKING:
    from mitui.monitor.identity_view import IdentityView

NOT_IMDS: Final = "not_imds"
"""Something else answered at the address of IMDS, and gave no token."""
OUT_OF_REACH: Final[frozenset[str]] = frozenset(
    (
        Kind.ENDPOINT_NOT_ALLOWED,
        Kind.ENDPOINT_INVALID,
        Kind.CONNECTION_REFUSED,
        Kind.UNREACHABLE,
        Kind.NAME_NOT_RESOLVED,
        Kind.TIMEOUT,
        Kind.CONNECTION_LOST,
        Kind.TLS_FAILED,
        Kind.CERTIFICATE_MISMATCH,
    )
)
"""Failures of the way to the endpoint: it did not answer at all."""
_NOT_SERVING: Final[frozenset[str]] = frozenset((Kind.ENDPOINT_UPDATING, Kind.THROTTLED, Kind.SERVER_ERROR))
"""Answers of an endpoint that serves nobody for now, whoever asks."""


def source_trouble(identities: Iterable[IdentityView], *, stranger: bool) -> str:
    """The failure kind that every token met which was asked for, "" where one came or they met different things.

    What an endpoint says of one identity or one resource is no trouble of its own. ``stranger`` is whether what
    answered a probe is not IMDS.
    """
    tokens = [token for each in identities if not each.unsupported for token in each.tokens]
    if any(token.failure is None and token.status != "waiting" for token in tokens):
        return ""
    kinds = Counter(token.failure.kind for token in tokens if token.failure is not None)
    if stranger and kinds and not kinds.keys() & OUT_OF_REACH:
        return NOT_IMDS
    if kinds and (kinds.keys() <= OUT_OF_REACH or (len(kinds) == 1 and kinds.keys() <= _NOT_SERVING)):
        return kinds.most_common(1)[0][0]
    return ""
