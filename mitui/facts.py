"""What is known of something by name, kept as pairs so that it stays a value."""

from __future__ import annotations


class WithFacts:
    """Whatever carries ``facts``."""

    __slots__ = ()
    facts: tuple[tuple[str, str], ...]

    def fact(self, name: str) -> str:
        """The named fact, or ""."""
        return dict(self.facts).get(name, "")
