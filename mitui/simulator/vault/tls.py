"""Certificates for the simulated vault: its own authority, and a good, an expired and a misnamed certificate.

Needs ``trustme``, which is imported only when a vault with TLS starts.
"""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from mitui.simulator.server import Abort, Greeting

WRONG_NAME: Final = "vault.example.com"
_LIFETIME_DAYS: Final = 180  # about what a real vault's certificate has


@cache
def _authority() -> Any:
    """One authority for the process: making keys is slow, and nothing depends on having several."""
    import trustme

    return trustme.CA(organization_name="mitui simulator")


@cache
def _certificate(name: str, *, expired: bool) -> Any:
    lifetime = datetime.timedelta(days=-1 if expired else _LIFETIME_DAYS)
    return _authority().issue_cert(name, not_after=datetime.datetime.now(datetime.UTC) + lifetime)


def write_authority(folder: str) -> str:
    """Write the authority's certificate as PEM below ``folder``; returns the path."""
    path = Path(folder, "simulated-vault-ca.pem")
    _authority().cert_pem.write_to_path(str(path))
    return str(path)


@cache
def server_context(host: str, *, expired: bool = False) -> ssl.SSLContext:
    """The TLS side of a server that presents a certificate for ``host``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = _certificate(host, expired=expired)
    certificate.configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


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
