"""Defects on purpose: an exception with a secret in it, raised inside one task of the refresher for a while."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final

import pytest

from mitui.engine.asking.acquisition import Acquisition
from mitui.engine.token_engine import TokenEngine
from mitui.http import GuardedClient
from mitui.monitor.watches.host import HostWatch
from mitui.monitor.watches.token import TokenWatch

CANARY: Final = "canary-of-a-defect"
PLACES: Final[dict[str, tuple[type, str]]] = {
    "probe": (HostWatch, "probe"),
    "facts": (HostWatch, "learn_host"),
    "acquire": (TokenWatch, "acquire"),
    "dress": (TokenWatch, "dress"),
    "fetch": (TokenEngine, "_fetch"),
    "read": (Acquisition, "_read"),
    "send": (GuardedClient, "send"),
}
"""Where it is raised, by a name."""


@dataclass(slots=True)
class Defects:
    """Which places are broken now."""

    broken: set[str] = field(default_factory=set)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every place look here before it does its work."""
        for name, (owner, method) in PLACES.items():
            monkeypatch.setattr(owner, method, self._breakable(name, getattr(owner, method)))

    def _breakable(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def check() -> None:
            if name in self.broken:
                raise LookupError(CANARY)

        @wraps(work)
        def maybe(*arguments: Any, **options: Any) -> Any:
            check()
            return work(*arguments, **options)

        @wraps(work)
        async def maybe_later(*arguments: Any, **options: Any) -> Any:
            check()
            return await work(*arguments, **options)

        return maybe_later if inspect.iscoroutinefunction(work) else maybe

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Break this place."""
        self.broken.add(place)
        try:
            yield
        finally:
            self.broken.discard(place)
