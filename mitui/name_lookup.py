"""Names to addresses, on a daemon thread: a dead resolver delays neither the deadline nor quitting."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading

from mitui.clock import Clock
from mitui.http import HttpFailure, TransportProblem


def is_address(host: str) -> bool:
    """Whether ``host`` is an IP address, with or without a zone (fe80::1%eth0), and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def look_up(host: str, port: int, *, timeout: float, clock: Clock) -> tuple[str, ...] | HttpFailure:
    """What ``mitui.http.resolve`` describes."""
    name = host.strip("[]").rstrip(".").lower()
    if is_address(name):
        return (name,)
    if name == "localhost" or name.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    started = clock.monotonic()
    loop = asyncio.get_running_loop()
    found: asyncio.Future[tuple[str, ...] | str] = loop.create_future()

    def settle(answer: tuple[str, ...] | str) -> None:
        if not found.done():
            found.set_result(answer)

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            answer: tuple[str, ...] | str = tuple(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError, OverflowError) as error:
            answer = str(getattr(error, "strerror", None) or error)
        try:
            loop.call_soon_threadsafe(settle, answer)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    threading.Thread(target=ask, name="mitui-resolve", daemon=True).start()
    try:
        async with asyncio.timeout(timeout):
            answer = await found
    except TimeoutError:
        answer = f"the resolver did not answer within {timeout:g} s"
    if isinstance(answer, str) or not answer:
        elapsed = (clock.monotonic() - started) * 1000
        message = f"{host} can't be resolved: {answer or 'it has no address'}"
        return HttpFailure(TransportProblem.NAME_NOT_RESOLVED, message, elapsed)
    return answer
