"""Names to addresses, on a daemon thread: a dead resolver delays neither the deadline nor quitting."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from mitui.clock import Clock
from mitui.daemon_thread import on_a_daemon_thread
from mitui.http.message import HttpFailure, TransportProblem


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address, with or without a zone (fe80::1%eth0), and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_local(host: str) -> bool:
    """Whether ``host`` is an address or this very machine, so that nobody is asked for it."""
    name = host.strip("[]").rstrip(".").lower()
    return is_address(name) or name == "localhost" or name.endswith(".localhost")


async def resolve(host: str, port: int, *, timeout: float, clock: Clock) -> tuple[str, ...] | HttpFailure:
    """The addresses of ``host``, in the resolver's order. ``localhost`` is loopback without asking anyone.

    The look-up runs on a daemon thread: a dead resolver delays neither the deadline nor quitting.
    """
    name = host.strip("[]").rstrip(".").lower()
    if is_address(name):
        return (name,)
    if name == "localhost" or name.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    started = clock.monotonic()

    def ask() -> tuple[str, ...]:
        infos = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(info[4][0]) for info in infos))

    answer = await _told(ask, timeout)
    if isinstance(answer, str) or not answer:
        elapsed = (clock.monotonic() - started) * 1000
        message = f"{host} can't be resolved: {answer or 'it has no address'}"
        return HttpFailure(TransportProblem.NAME_NOT_RESOLVED, message, elapsed)
    return answer


async def look_up_aliases(host: str, *, timeout: float) -> tuple[str, ...]:
    """The other names that the resolver passed through on its way to an IPv4 address; () where it does not tell."""

    def ask() -> tuple[str, ...]:
        canonical, others, _ = socket.gethostbyname_ex(host)
        return tuple(dict.fromkeys(name for name in (*others, canonical) if name.lower() != host.lower()))

    answer = await _told(ask, timeout)
    return () if isinstance(answer, str) else answer


async def _told(ask: Callable[[], tuple[str, ...]], timeout: float) -> tuple[str, ...] | str:
    """What ``ask`` returns, or in a few words why it did not within ``timeout`` seconds."""

    def try_it() -> tuple[str, ...] | str:
        try:
            return ask()
        except (OSError, UnicodeError, OverflowError) as error:
            return str(getattr(error, "strerror", None) or error)

    try:
        return await on_a_daemon_thread(try_it, timeout=timeout, name="mitui-resolve")
    except TimeoutError:
        return f"the resolver did not answer within {timeout:g} s"
