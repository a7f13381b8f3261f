"""Certificates that no authority vouches for, as Service Fabric presents them; needs ``trustme``, imported late."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from functools import cache

_NEEDED = "the simulated Service Fabric speaks TLS, which needs the trustme package: pip install 'mitui[simulator]'"


class TlsUnavailableError(ValueError):
    """The package that makes certificates is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class PinnedTls:
    """The server's side of TLS, the SHA-1 of its certificate in upper-case hex, and as PEM what issued that."""

    context: ssl.SSLContext
    thumbprint: str
    authority: str


@cache
def pinned_tls(purpose: str) -> PinnedTls:
    """A certificate for localhost, the same one for the same ``purpose``. Raises TlsUnavailableError."""
    try:
        import trustme
    except ImportError as missing:
        raise TlsUnavailableError(_NEEDED) from missing
    issuer = trustme.CA(organization_name=f"simulated {purpose}")
    leaf = issuer.issue_cert("localhost", "127.0.0.1", "::1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    return PinnedTls(context, thumbprint, issuer.cert_pem.bytes().decode())
