"""Certificates that no authority vouches for, as Service Fabric presents them; needs ``trustme``, imported late."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from functools import cache

from mitui.simulator.certificates import require_tls


@dataclass(frozen=True, slots=True)
class PinnedTls:
    """The server's side of TLS, the SHA-1 of its certificate in upper-case hex, and as PEM what issued that."""

    context: ssl.SSLContext
    thumbprint: str
    authority: str


@cache
def pinned_tls(purpose: str) -> PinnedTls:
    """A certificate for localhost, the same one for the same ``purpose``. Raises TlsUnavailableError."""
    require_tls("the simulated Service Fabric")
    import trustme

    issuer = trustme.CA(organization_name=f"simulated {purpose}")
    leaf = issuer.issue_cert("localhost", "127.0.0.1", "::1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    return PinnedTls(context, thumbprint, issuer.cert_pem.bytes().decode())
