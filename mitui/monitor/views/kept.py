"""A view that is built anew only when what it was built from has changed, or its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Inputs = TypeVar("Inputs")
View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Inputs, View]):
    """A view, the values that it was built from, and the span of time, in epoch seconds, for which it is true.

    Comparing is cheap where nothing has changed: values that are the same object are not looked into.
    """

    inputs: Inputs
    view: View
    since: float
    until: float

    def holds(self, inputs: Inputs, now: float) -> bool:
        """Whether the view is still what would be built."""
        return self.since <= now < self.until and self.inputs == inputs
