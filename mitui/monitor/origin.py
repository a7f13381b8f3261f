"""Where what is watched came from."""

from __future__ import annotations

from typing import Final, Literal

Origin = Literal["default", "environment", "option", "config", "state"]
UNASKED: Final[frozenset[Origin]] = frozenset({"default", "environment", "state"})
"""Where an identity came from that nobody asked for by option or config."""
