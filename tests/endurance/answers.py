"""What the host has answered to the requests for one token."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What one token request was answered with: an expiry in epoch seconds, or None and the kinds of failure that it
    may lead to.

    ``at`` is simulated elapsed time, ``skew`` by how many seconds the host's clock was ahead.
    """

    at: float
    skew: float
    expires_at: int | None
    kinds: frozenset[str] = frozenset()


@dataclass(slots=True)
class Answers:
    """The last answers to the requests for one token, and those of them that held one, the oldest first.

    ``failing_since`` is when the first of the failures came that have come since the last token, in elapsed seconds.
    """

    last: deque[TokenAnswer] = field(default_factory=lambda: deque(maxlen=20))
    good: deque[TokenAnswer] = field(default_factory=lambda: deque(maxlen=20))
    failing_since: float | None = None

    def add(self, answer: TokenAnswer) -> None:
        """Take one more."""
        self.last.append(answer)
        if answer.expires_at is not None:
            self.good.append(answer)
            self.failing_since = None
        elif self.failing_since is None:
            self.failing_since = answer.at
