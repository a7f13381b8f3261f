"""Something worth saying that did not stop a token from being had."""

from __future__ import annotations

from dataclasses import dataclass

from mitui.facts import WithFacts


@dataclass(frozen=True, slots=True)
class Notice(WithFacts):
    """A finding of the engine: a snake_case ``kind``, one sentence, and the facts behind it.

    ``diagnosis`` turns it into a warning with a remedy. Kinds the engine raises: ``identity_substituted``
    (facts: asked, got, client_id), ``expiry_disagrees`` (facts: reply, token), ``expiry_format`` (facts: stated),
    ``user_token``, ``clock_skew`` (facts: seconds), ``opaque_token``.
    """

    kind: str
    message: str
    facts: tuple[tuple[str, str], ...] = ()
