"""Who answered in place of IMDS: sidecars, agents, gateways and other clouds.

IMDS proves itself by its Server header. A sidecar writes its own there even over an answer of IMDS that it handed on,
so that the header alone makes nothing certain: what only the stranger itself says does.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    DEVELOPER,
    LINK_IDENTITIES,
    LINK_IMDS,
    LINK_MSP,
    LINK_WORKLOAD,
    NETWORK,
    ROOT_HERE,
    SERVER_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely, possible
from mitui.diagnosis.commands import SHOW_ROUTE, TRY_IMDS, looks, mends
from mitui.diagnosis.reply import header, server
from mitui.diagnosis.token.case import (
    TokenCase,
    all_of,
    none_of,
    not_imds,
    really_imds,
    seen,
    served_by,
    silent,
    variable,
    web_page,
)
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.host.firmware import AZURE, firmware_cloud

_IMDS: Final = ("imds", "none")
# What Envoy writes where it has no answer to hand on: https://www.envoyproxy.io/docs, "local reply".
_ENVOY_SAYS: Final = (
    "upstream connect error or disconnect/reset before headers",
    "no healthy upstream",
    "upstream request timeout",
)
_ENVOY: Final = served_by("envoy", "istio-envoy")
_IN_POD: Final = variable("KUBERNETES_SERVICE_HOST")
_AGENT_STATUSES: Final = (403, 421, 502)


def _linkerd(case: TokenCase) -> bool:
    return any(header(case.last, name) for name in ("l5d-proxy-error", "l5d-proxy-connection"))


def _like_the_agent(case: TokenCase) -> bool:
    """Nothing but a status and the end of the connection: Azure/GuestProxyAgent answers so where it lets nobody by."""
    last = case.last
    return (
        last is not None
        and last.status in _AGENT_STATUSES
        and not last.body.strip()
        and not server(last)
        and header(last, "connection").lower() == "close"
    )


def _agent_installed(case: TokenCase) -> bool:
    try:
        return case.environment.path("/var/lib/azure-proxy-agent").exists()
    except (OSError, ValueError):
        return False


def _elsewhere(case: TokenCase) -> bool:
    return firmware_cloud(case.environment) not in ("", AZURE)


def _has_code(case: TokenCase) -> bool:
    """The body has a code, as IMDS's errors do."""
    return bool(case.codes)


def _on_azure(case: TokenCase) -> bool:
    return firmware_cloud(case.environment) == AZURE


_MESH: Final = (
    "A service mesh's sidecar (Envoy, as in Istio) took the request to IMDS and could not pass it on: it answered "
    "{status} itself."
)
_MESH_REMEDY: Final = "Exclude 169.254.169.254/32 from what the sidecar takes over, and start the pod again."
_ANNOTATE: Final = (
    """kubectl patch deployment {deployment} --patch '{"spec":{"template":{"metadata":{"annotations":{%s}}}}}'"""
)
_ANNOTATIONS: Final = looks(
    "kubectl get deployment {deployment} --output jsonpath='{.spec.template.metadata.annotations}'"
)
_PATCHES: Final = "it overwrites what that annotation holds now, and starts the deployment's pods again"
_MESH_COMMANDS: Final = (
    _ANNOTATIONS,
    mends(
        _ANNOTATE % '"traffic.sidecar.istio.io/excludeOutboundIPRanges":"169.254.169.254/32"',
        cost=_PATCHES,
    ),
)
_AGENT: Final = (
    "Azure's Guest Proxy Agent (Metadata Security Protocol) stands before IMDS on this VM, and it refused this process "
    "with an empty {status}."
)
_AGENT_REMEDY: Final = (
    "See why in its log: the VM's access rules may not name this process, or the agent has lost its key."
)
_AGENT_COMMANDS: Final = (
    looks("systemctl status azure-proxy-agent"),
    looks("sudo journalctl --unit azure-proxy-agent --lines 50"),
)

STRANGER_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_IMDS,
    certain(
        "mesh_sidecar",
        (seen(source=_IMDS, words=_ENVOY_SAYS, also=all_of(_ENVOY, _IN_POD)),),
        _MESH,
        _MESH_REMEDY,
        DEVELOPER,
        _MESH_COMMANDS,
        link=LINK_WORKLOAD,
    ),
    likely(
        "mesh_sidecar",
        (
            seen(source=_IMDS, words=_ENVOY_SAYS, also=all_of(_IN_POD, not_imds)),
            seen(Kind.SERVER_ERROR, Kind.FORBIDDEN, Kind.NOT_FOUND, source=_IMDS, also=all_of(_ENVOY, _IN_POD)),
        ),
        _MESH,
        _MESH_REMEDY,
        DEVELOPER,
        _MESH_COMMANDS,
        link=LINK_WORKLOAD,
    ),
    likely(
        "envoy_answered",
        (
            seen(source=_IMDS, words=_ENVOY_SAYS, also=all_of(none_of(_IN_POD), not_imds)),
            seen(
                Kind.SERVER_ERROR, Kind.FORBIDDEN, Kind.NOT_FOUND, source=_IMDS, also=all_of(_ENVOY, none_of(_IN_POD))
            ),
        ),
        "An Envoy proxy on this host or its network took the request to IMDS and answered {status} itself.",
        "Let 169.254.169.254/32 go past it.",
        NETWORK,
        (SHOW_ROUTE, looks("sudo iptables --table nat --list-rules")),
    ),
    certain(
        "linkerd_sidecar",
        (seen(source=_IMDS, also=all_of(_linkerd, not_imds)),),
        "Linkerd's sidecar took the request to IMDS and answered {status} itself.",
        "Let the proxy skip the port of IMDS, by the annotation config.linkerd.io/skip-outbound-ports, and start the "
        "pod again.",
        DEVELOPER,
        (_ANNOTATIONS, mends(_ANNOTATE % '"config.linkerd.io/skip-outbound-ports":"80"', cost=_PATCHES)),
        link=LINK_WORKLOAD,
    ),
    certain(
        "guest_proxy_agent",
        (seen(source=_IMDS, also=all_of(_like_the_agent, _agent_installed)),),
        _AGENT,
        _AGENT_REMEDY,
        ROOT_HERE,
        _AGENT_COMMANDS,
        link=LINK_MSP,
    ),
    possible(
        "guest_proxy_agent",
        (seen(source=_IMDS, also=_like_the_agent),),
        "An empty {status} without a Server header is what Azure's Guest Proxy Agent (Metadata Security Protocol) "
        "answers where it lets nobody by.",
        _AGENT_REMEDY,
        ROOT_HERE,
        _AGENT_COMMANDS,
        link=LINK_MSP,
    ),
    likely(
        "nginx_answered",
        (seen(source=_IMDS, also=all_of(served_by("nginx", "openresty"), none_of(_ENVOY))),),
        "An nginx server or gateway answered {status} in place of IMDS.",
        "Let 169.254.169.254 go past it; in a cluster look for an ingress or egress gateway that takes all traffic.",
        NETWORK,
        (SHOW_ROUTE, TRY_IMDS),
    ),
    certain(
        "other_cloud_host",
        (seen(source=_IMDS, also=all_of(_elsewhere, none_of(really_imds))),),
        "This machine runs on {firmware_cloud}, as its firmware says, and not on Azure.",
        "Connect this server to Azure Arc, or use workload identity federation.",
        SERVER_OWNER,
        link=LINK_IDENTITIES,
    ),
    likely(
        "azure_vm_cut_off",
        (
            seen(
                Kind.NO_ENDPOINT,
                Kind.UNREACHABLE,
                Kind.TIMEOUT,
                Kind.CONNECTION_REFUSED,
                source=_IMDS,
                also=all_of(
                    _on_azure,
                    none_of(variable("AZURE_POD_IDENTITY_AUTHORITY_HOST"), _IN_POD, silent),
                ),
            ),
        ),
        "This machine is in Azure, as its firmware says, but nothing answers at 169.254.169.254: its route or a "
        "firewall keeps IMDS away.",
        "See which interface the route takes, and what the firewall says of 169.254.169.254 port 80.",
        ROOT_HERE,
        (SHOW_ROUTE, looks("sudo iptables --list-rules"), TRY_IMDS),
    ),
    possible(
        "unproven_server_error",
        (
            seen(
                Kind.SERVER_ERROR,
                source=_IMDS,
                also=all_of(none_of(really_imds, web_page, served_by("Microsoft-IIS"), _has_code)),
            ),
        ),
        "What answered {status} at {endpoint_host} does not say that it is IMDS.",
        "See who answers, by its Server header and its words.",
        NETWORK,
        (TRY_IMDS, SHOW_ROUTE),
    ),
)
