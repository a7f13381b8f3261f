"""The file that makes clients trust what a bench presents over TLS."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mitui.simulator.certificates import TRUST_VARIABLES

_SYSTEM: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def write_bundle(place: Path, authorities: Iterable[str]) -> dict[str, str]:
    """Write the authorities after those that this machine trusts; returns the variables that name the file.

    A client that is told to trust the file still reaches every other service. ``authorities`` are PEM texts.
    """
    place.write_text("\n".join((_trusted_here(), *authorities)), "utf-8")
    return dict.fromkeys(TRUST_VARIABLES, str(place))


def _trusted_here() -> str:
    for each in (os.environ.get("SSL_CERT_FILE", ""), *_SYSTEM):
        try:
            if each:
                return Path(each).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return ""
