"""The authority whose certificates the simulated vault and Entra ID present, and those certificates.

Needs ``trustme``, which is imported only when something with TLS starts.
"""

from __future__ import annotations

import datetime
import ssl
from functools import cache
from pathlib import Path
from typing import Any, Final

TRUST_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""OpenSSL and Go, Python's requests, Node. The first two replace what a client trusts otherwise, the last one adds."""
_LIFETIME_DAYS: Final = 180  # about what a real one has


class TlsUnavailableError(ValueError):
    """The package that makes certificates is not installed; the message says how to get it."""


def require_tls(what: str) -> None:
    """Raise TlsUnavailableError where no certificates can be made."""
    try:
        import trustme  # noqa: F401
    except ImportError as missing:
        message = f"{what} speaks TLS, which needs the trustme package: pip install 'mitui[simulator]'"
        raise TlsUnavailableError(message) from missing


@cache
def _authority() -> Any:
    """One authority for the process: making keys is slow, and nothing depends on having several."""
    import trustme

    return trustme.CA(organization_name="mitui simulator")


@cache
def _certificate(names: tuple[str, ...], *, expired: bool) -> Any:
    lifetime = datetime.timedelta(days=-1 if expired else _LIFETIME_DAYS)
    return _authority().issue_cert(*names, not_after=datetime.datetime.now(datetime.UTC) + lifetime)


def authority_pem() -> str:
    """The authority's own certificate, as PEM."""
    text: str = _authority().cert_pem.bytes().decode()
    return text


def write_authority(path: Path) -> str:
    """Write the authority's certificate as PEM; returns the path."""
    path.write_text(authority_pem())
    return str(path)


@cache
def server_context(*names: str, expired: bool = False) -> ssl.SSLContext:
    """The TLS side of a server that presents a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _certificate(names, expired=expired).configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context
