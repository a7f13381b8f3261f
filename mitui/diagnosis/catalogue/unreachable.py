"""Nothing answers as IMDS: not Azure, a missing route, or something in between that answers instead."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    DEVELOPER,
    HOST_OWNER,
    LINK_IDENTITIES,
    LINK_IMDS,
    LINK_WORKLOAD,
    NETWORK,
    ROOT_HERE,
    SERVER_OWNER,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely, possible
from mitui.diagnosis.commands import ENABLE_SYSTEM, PASS_PROXY_TO_IMDS, SHOW_ROUTE, TRY_IMDS, looks, mends
from mitui.diagnosis.reply import header, server
from mitui.diagnosis.symptom import Symptom as Told
from mitui.diagnosis.symptom import one_of
from mitui.diagnosis.token.case import (
    Symptom,
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

_IMDS: Final = ("imds", "none")
# What Windows says for WSAEACCES and Linux for EACCES and EPERM on connect; proxies hand it on in reason or body.
_FORBIDDEN: Final = ("forbidden by its access permissions", "winerror 10013")
_FORBIDDEN_HERE: Final = (*_FORBIDDEN, "permission denied", "operation not permitted")
_SILENT: Final = (Kind.NO_ENDPOINT, Kind.UNREACHABLE, Kind.TIMEOUT)
_ANSWERED: Final[Symptom] = Told[TokenCase](lambda case: case.status is not None, "something answered")
_DOCKER: Final = ("connecting to 169.254.169.254:80:",)


def _facts_say(*verdicts: str) -> Symptom:
    """The probe of the address found one of these answering."""
    return Told[TokenCase](lambda case: case.failure.fact("verdict") in verdicts, one_of("the probe found", verdicts))


def _override(case: TokenCase) -> bool:
    return bool(case.environment.get("AZURE_POD_IDENTITY_AUTHORITY_HOST"))


def _google(case: TokenCase) -> bool:
    """The header Metadata-Flavor says Google."""
    return header(case.last, "metadata-flavor").strip().lower() == "google"


def _says_google(case: TokenCase) -> bool:
    """Metadata-Flavor says Google, or the Server header or the probe of the address does; any Google server may
    be GSE or GFE.
    """
    return _google(case) or server(case.last).startswith("metadata server for vm") or _found_google(case)


_found_google: Final = _facts_say("google")
_IS_DOCKER: Final = (
    seen(source=_IMDS, status=403, words=_DOCKER, also=not_imds),
    seen(source=_IMDS, also=_facts_say("docker_desktop")),
)
_IS_AWS: Final = (seen(source=_IMDS, also=served_by("EC2ws")), seen(source=_IMDS, also=_facts_say("aws")))
_IS_GOOGLE: Final = (
    seen(source=_IMDS, also=_google),
    seen(source=_IMDS, also=served_by("Metadata Server for VM", "GSE", "GFE")),
    seen(source=_IMDS, also=_found_google),
)
_KNOWN_STRANGER: Final = (*_IS_DOCKER, *_IS_AWS, *_IS_GOOGLE)
_NOTHING_THERE: Final = seen(*_SILENT, source=_IMDS, also=none_of(_override, silent, _ANSWERED))
_PROXY_STATUSES: Final = (403, 407, 502, 503, 504)


def _proxy_headers(case: TokenCase) -> bool:
    return any(header(case.last, name) for name in ("via", "proxy-authenticate", "x-squid-error"))


UNREACHABLE_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_IMDS,
    certain(
        "endpoint_not_reachable",
        (
            seen(source=_IMDS, words=_FORBIDDEN, also=none_of(really_imds)),
            seen(Kind.UNREACHABLE, Kind.NO_ENDPOINT, source=_IMDS, words=_FORBIDDEN_HERE),
        ),
        "The identity endpoint is not reachable: managed identity is not enabled on this resource, or a firewall or "
        "proxy stands in the way.",
        "Enable a managed identity on this {noun}, and let 169.254.169.254 through any firewall and around any proxy.",
        HOST_OWNER,
        (ENABLE_SYSTEM, TRY_IMDS),
        link=LINK_IDENTITIES,
    ),
    certain(
        "docker_desktop",
        _IS_DOCKER,
        "This is not Azure: Docker Desktop's proxy answered, because nothing is at 169.254.169.254.",
        "Use a developer credential here, such as az login; a managed identity exists only on Azure and Arc hosts.",
        DEVELOPER,
        (mends("az login"),),
        link=LINK_IDENTITIES,
    ),
    certain(
        "aws_host",
        _IS_AWS,
        "This host runs on AWS: its own metadata service answered at 169.254.169.254.",
        "Connect this server to Azure Arc, or use workload identity federation.",
        SERVER_OWNER,
        link=LINK_IDENTITIES,
    ),
    certain(
        "google_host",
        _IS_GOOGLE,
        "This host runs on Google Cloud: its own metadata service answered at 169.254.169.254.",
        "Connect this server to Azure Arc, or use workload identity federation.",
        SERVER_OWNER,
        link=LINK_IDENTITIES,
        proof=_says_google,
    ),
    likely(
        "proxy_answered",
        (
            seen(source=_IMDS, also=all_of(not_imds, web_page, none_of(*_KNOWN_STRANGER))),
            seen(source=_IMDS, status=_PROXY_STATUSES, also=all_of(not_imds, _proxy_headers)),
            seen(source=_IMDS, also=served_by("squid", "bluecoat", "zscaler", "mcafee", "forcepoint")),
            seen(source=_IMDS, also=_facts_say("proxy")),
        ),
        "A proxy or firewall answered in place of IMDS.",
        "Let requests to 169.254.169.254 and 168.63.129.16 go past the proxy.",
        NETWORK,
        (PASS_PROXY_TO_IMDS, TRY_IMDS),
    ),
    likely(
        "address_taken",
        (
            seen(Kind.CONNECTION_LOST, source=_IMDS),
            seen(Kind.REPLY_NOT_JSON, source=_IMDS, also=all_of(not_imds, none_of(web_page, *_KNOWN_STRANGER))),
            seen(source=_IMDS, also=_facts_say("reset", "other")),
            seen(
                Kind.NOT_FOUND,
                Kind.UNAUTHORIZED,
                source=_IMDS,
                also=all_of(not_imds, none_of(web_page, *_KNOWN_STRANGER, _override)),
            ),
        ),
        "Something other than IMDS took the connection to 169.254.169.254; VPN clients are known to do that.",
        "See which interface has the route, and disconnect the VPN or exclude the address from it.",
        ANYONE_HERE,
        (SHOW_ROUTE,),
    ),
    likely(
        "endpoint_silent",
        (seen(Kind.TIMEOUT, source=_IMDS, also=silent),),
        "Something at {endpoint_host} takes connections but does not answer in time: IMDS is overloaded, or a VPN or "
        "firewall holds its address.",
        "Ask again with more time; if it stays silent, see which interface has the route.",
        ANYONE_HERE,
        (looks("mitui check --timeout 60"), SHOW_ROUTE),
    ),
    likely(
        "authority_override",
        (
            seen(
                *_SILENT,
                Kind.CONNECTION_REFUSED,
                Kind.NOT_FOUND,
                Kind.NAME_NOT_RESOLVED,
                source=_IMDS,
                also=all_of(_override, none_of(silent)),
            ),
        ),
        "AZURE_POD_IDENTITY_AUTHORITY_HOST sends requests to {endpoint_host}, and no identity endpoint answers there.",
        "Unset the variable unless something on purpose serves that address.",
        DEVELOPER,
        (mends("unset AZURE_POD_IDENTITY_AUTHORITY_HOST"),),
    ),
    likely(
        "network_policy",
        (
            seen(
                *_SILENT,
                Kind.CONNECTION_REFUSED,
                source=_IMDS,
                also=all_of(variable("KUBERNETES_SERVICE_HOST"), none_of(_ANSWERED)),
            ),
        ),
        "This pod can't reach its node's IMDS: a network policy or the cluster's IMDS restriction blocks "
        "169.254.169.254.",
        "Use workload identity for the pod, or let it out to 169.254.169.254 port 80.",
        NETWORK,
        (
            looks("kubectl get networkpolicy --all-namespaces"),
            looks(
                "az aks show --resource-group {resource_group} --name {cluster}"
                " --query networkProfile.podLinkLocalAccess"
            ),
        ),
        link=LINK_WORKLOAD,
    ),
    likely(
        "not_on_azure",
        (
            _NOTHING_THERE,
            seen(Kind.CONNECTION_REFUSED, source=_IMDS),
        ),
        "Nothing answers at 169.254.169.254: this is not an Azure VM, or its route to IMDS is gone.",
        "Off Azure, use a developer credential such as az login; on Azure, check the route and the host's firewall.",
        ANYONE_HERE,
        (SHOW_ROUTE, TRY_IMDS),
    ),
    possible(
        "route_missing",
        (_NOTHING_THERE,),
        "The call to IMDS must leave from the primary address of the primary network card, and the route for it may "
        "be missing.",
        "Add a route for 169.254.169.254/32 by the primary network card.",
        ROOT_HERE,
        (SHOW_ROUTE, mends("sudo ip route add 169.254.169.254/32 dev {interface}")),
    ),
    possible(
        "endpoint_not_up_yet",
        (seen(Kind.TIMEOUT, Kind.UNREACHABLE, Kind.CONNECTION_REFUSED, source=_IMDS),),
        "The endpoint may not be up yet: on container instances and busy hosts it comes after the process has started.",
        "Keep trying for a minute before giving up, with a timeout above one second.",
        DEVELOPER,
    ),
)
