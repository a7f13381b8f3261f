"""Named faults that can be switched on and off while a host runs, for all requests or for some."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import parse_qs

from mitui.simulator.reading import RecordedRequest
from mitui.simulator.server import Abort, Reply
from mitui.simulator.settings import HostSettings

Answer = Reply | Abort
# What it takes hold of: token requests, every request, or connections before their first request.
Reach = Literal["token", "request", "connection"]
_OPTION: Final = re.compile(r"`(\w+)`")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a fault may look at and use: ``healthy`` answers as a host with these settings would, ``wait`` sleeps
    until so many seconds are over or the host stops."""

    settings: HostSettings
    request: RecordedRequest
    healthy: Callable[[HostSettings], Answer]
    wait: Callable[[float], bool]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``kinds`` are the hosts that have it, none meaning all; ``act`` makes its answer.

    Its ``words`` name its options, in backticks. A fault of connections has no ``act``: the host greets its
    connections differently.
    """

    name: str
    words: str
    act: Callable[[Situation], Answer] | None = None
    kinds: tuple[str, ...] = ()
    reach: Reach = "token"

    @property
    def options(self) -> tuple[str, ...]:
        """The options that it takes."""
        return tuple(_OPTION.findall(self.words))


@dataclass(slots=True)
class ActiveFault:
    """A fault that is switched on: ``left`` more times (None: until healed), for requests that ``match``.

    The next ``after`` of those requests are spared.
    """

    fault: Fault
    left: int | None
    match: Mapping[str, str]
    options: Mapping[str, Any]
    until: float | None = None
    after: int = 0


@dataclass(slots=True)
class FaultBoard:
    """The faults of one host that are on; the one switched on last comes first. Safe to use from many threads."""

    now: Callable[[], float]
    _active: list[ActiveFault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def switch_on(self, active: ActiveFault) -> None:
        """Add a fault."""
        with self._lock:
            self._active.insert(0, active)

    def switch_off(self, name: str | None = None) -> None:
        """Remove the faults of this name, or all of them."""
        with self._lock:
            self._active[:] = [each for each in self._active if name not in (None, each.fault.name)]

    def take(self, suits: Callable[[ActiveFault], bool]) -> ActiveFault | None:
        """The first fault that suits, counted as used once."""
        with self._lock:
            now = self.now()
            self._active[:] = [each for each in self._active if each.until is None or now < each.until]
            for each in self._active:
                if suits(each):
                    if each.after > 0:
                        each.after -= 1
                        continue
                    if each.left is not None:
                        each.left -= 1
                        if each.left <= 0:
                            self._active.remove(each)
                    return each
            return None


def always(make: Callable[[], Answer]) -> Callable[[Situation], Answer]:
    """What ``make`` answers, whatever the situation."""
    return lambda _situation: make()


def with_settings(**changes: object) -> Callable[[Situation], Answer]:
    """What a host answers whose settings differ in ``changes``."""
    return lambda situation: situation.healthy(replace(situation.settings, **changes))  # type: ignore[arg-type]


def asked_resource(request: RecordedRequest) -> str:
    """The resource that a token is asked for: in the query, in a form, or there as a scope. "" for none."""
    if request.query.get("resource"):
        return request.query["resource"][0]
    form = request.form if request.method == "POST" else {}
    scope = form.get("scope", [""])[0].removesuffix("/.default")
    return form.get("resource", [scope])[0]


def suits_request(active: ActiveFault, request: RecordedRequest, identity: str, *, is_token: bool) -> bool:
    """Whether ``active`` is about ``request``, whose identity goes by the words in ``identity``.

    ``match`` names parameters of the query or the form, of which "resource" may be a scope; "path" and "identity" (a
    name, any of its ids, or "system") are understood as well. A fault that matches a path isn't confined to token
    requests.
    """
    fault, match = active.fault, active.match
    if fault.reach == "connection" or (fault.reach == "token" and not is_token and "path" not in match):
        return False
    form = parse_qs(request.body.decode("latin-1"), keep_blank_values=True) if request.method == "POST" else {}
    for name, wanted in match.items():
        if name == "path":
            fits = request.path == wanted
        elif name == "identity":
            fits = wanted.lower() in identity.lower().split("\n")
        elif name == "resource":
            fits = wanted.rstrip("/") == asked_resource(request).rstrip("/")
        else:
            values = request.query.get(name) or form.get(name) or []
            fits = wanted.rstrip("/") in (value.rstrip("/") for value in values)
        if not fits:
            return False
    return True
