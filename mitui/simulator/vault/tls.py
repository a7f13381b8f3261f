"""How a connection to the simulated vault begins: with a good, an expired or a misnamed certificate, or a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mitui.simulator.certificates import server_context
from mitui.simulator.server import Abort, Greeting

WRONG_NAME: Final = "vault.example.com"
_NOT_TLS: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 20\r\n\r\n"
    b"<h1>Bad Request</h1>"
)

GREETINGS: Final[dict[str, Callable[[], Greeting]]] = {
    "half_open": lambda: Greeting(abort=Abort.HANG),
    "reset": lambda: Greeting(abort=Abort.RESET),
    "wrong_name": lambda: Greeting(server_context(WRONG_NAME)),
    "plain_http": lambda: Greeting(text=_NOT_TLS),
}
"""What meets a new connection in place of the vault's own certificate."""


def greeting(wire: str, host: str, *, tls: bool) -> Greeting:
    """How a new connection starts, with the name of a greeting or "expired" or "" in ``wire``."""
    if wire in GREETINGS:
        return GREETINGS[wire]()
    return Greeting(server_context(host, expired=wire == "expired")) if tls else Greeting()
