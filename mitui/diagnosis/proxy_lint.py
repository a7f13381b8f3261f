"""Proxies that SDKs would use to reach an identity endpoint, and mitui does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from mitui.diagnosis.advice import HealthWarning
from mitui.engine.evidence import Detection
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.http.proxy import proxy_for, proxy_label

_EVERYWHERE: Final = "MSAL Python, azure-identity, MSAL Go and .NET"
_EVEN_LOOPBACK: Final = "MSAL Python and azure-identity"


def proxy_warnings(environment: HostEnvironment, detection: Detection) -> Iterator[HealthWarning]:
    """A warning when the environment's proxy variables cover the endpoint of the detected source.

    Entra ID lies beyond the proxy, and a pod's token is meant to go through it.
    """
    if detection.source is SourceKind.WORKLOAD_IDENTITY:
        return
    proxy = proxy_for(detection.endpoint, environment.variables, even_loopback=True)
    if not proxy:
        return
    from mitui.diagnosis.commands import fill  # late: it brings much that a host without a proxy does without

    who = _EVERYWHERE if proxy_for(detection.endpoint, environment.variables) else _EVEN_LOOPBACK
    host = urlsplit(detection.endpoint).hostname or ""
    imds = detection.source is SourceKind.IMDS
    yield HealthWarning(
        "proxy_for_imds" if imds else "proxy_for_endpoint",
        f"{who} would ask {'IMDS' if imds else detection.label} at {host} through the proxy {proxy_label(proxy)}, "
        "because NO_PROXY does not except it; mitui does not.",
        f"Add {host} to NO_PROXY.",
        (fill('export NO_PROXY="${NO_PROXY:+$NO_PROXY,}"{host}', {"host": host}),),
        ("mend",),
    )
