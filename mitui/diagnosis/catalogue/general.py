"""What can happen with any source: refusals of our own, replies that are no token, and a last resort."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import ANYONE_HERE, DEVELOPER, LINK_TOKEN, NETWORK, ROOT_HERE
from mitui.diagnosis.cause import Cause, certain, likely, possible
from mitui.diagnosis.commands import SHOW_ASSIGNED, looks, mends
from mitui.diagnosis.token.case import TokenCase, none_of, seen, web_page
from mitui.engine.failure import FailureKind as Kind

_NOT_IMDS: Final = ("app_service", "azure_arc", "azure_ml", "cloud_shell", "service_fabric")


def _anything(case: TokenCase) -> bool:
    """Nothing else that is known fits."""
    return True


def _of_a_process(case: TokenCase) -> bool:
    """The view of the host is that of another process."""
    return case.environment.process_id is not None


GENERAL_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    certain(
        "endpoint_not_allowed",
        (seen(Kind.ENDPOINT_NOT_ALLOWED),),
        "{variable} points to {endpoint_host}, which is neither this host nor a private address, so nothing was sent "
        "there.",
        "If that address is right, allow it by name; if not, find out who set the variable.",
        ANYONE_HERE,
        (looks("mitui check --allow-endpoint {endpoint_host}"),),
    ),
    certain(
        "endpoint_invalid",
        (seen(Kind.ENDPOINT_INVALID, source=("imds", "none", "workload_identity", *_NOT_IMDS[:-1])),),
        "A variable that should hold an endpoint's address holds none: {message}.",
        "Correct or unset it; the platform sets these variables itself.",
        DEVELOPER,
    ),
    certain(
        "selector_not_supported",
        (seen(Kind.SELECTOR_UNSUPPORTED),),
        "This source can't select an identity that way: {message}.",
        "Name the identity by another of its IDs, or take the one that the host gives.",
        ANYONE_HERE,
        (looks("mitui check --identity system"),),
    ),
    likely(
        "endpoint_name_not_resolved",
        (seen(Kind.NAME_NOT_RESOLVED),),
        "The name {endpoint_host} can't be resolved, so the variable that holds it is wrong or "
        "comes from another host.",
        "Correct or unset the variable, or repair name resolution.",
        DEVELOPER,
    ),
    likely(
        "endpoint_tls_failed",
        (seen(Kind.TLS_FAILED, Kind.CERTIFICATE_MISMATCH, source=("imds", *(_NOT_IMDS[:-1]))),),
        "The endpoint's TLS failed: {message}.",
        "Check what listens at {endpoint}, and whether something intercepts TLS.",
        NETWORK,
    ),
    likely(
        "web_page_instead",
        (seen(source=_NOT_IMDS, also=web_page),),
        "A web page came back where a token was expected: a proxy or another program answers at {endpoint}.",
        "Take the endpoint's host out of the proxy, and check what listens there.",
        NETWORK,
        (mends('export NO_PROXY="${NO_PROXY:+$NO_PROXY,}localhost,127.0.0.1"'),),
    ),
    likely(
        "reply_not_a_token",
        (seen(Kind.REPLY_NOT_JSON, Kind.REPLY_INCOMPLETE, Kind.REPLY_TOO_LARGE, also=none_of(web_page)),),
        "Something answered at {endpoint}, but not with a token: {message}.",
        "Check what listens there; another program, or an endpoint of another protocol, may have the port.",
        ANYONE_HERE,
        link=LINK_TOKEN,
    ),
    likely(
        "expiry_unreadable",
        (seen(Kind.REPLY_INCOMPLETE, words=("expires_on", "expiry", "expires_in")),),
        "The reply has a token but no expiry that can be read: {message}.",
        "Report it to whoever runs this endpoint; several SDKs fail or never cache on such a reply.",
        DEVELOPER,
        link=LINK_TOKEN,
    ),
    certain(
        "endpoint_redirects",
        (seen(Kind.REDIRECTED),),
        "The endpoint answered with a redirect, which no token endpoint does, and following it could hand the secret "
        "to another host.",
        "Find out what listens at {endpoint}; some SDKs would follow it with the identity header.",
        DEVELOPER,
    ),
    certain(
        "token_already_expired",
        (seen(Kind.TOKEN_EXPIRED),),
        "The endpoint handed out a token that has already expired: its cache is stale, or a clock is wrong.",
        "Compare this host's clock with the real time, then ask again in a minute.",
        ANYONE_HERE,
        (looks("timedatectl status"),),
    ),
    likely(
        "throttled",
        (seen(Kind.THROTTLED, source=_NOT_IMDS),),
        "The endpoint asks for fewer requests.",
        "Cache tokens in the process that polls, and wait {wait}.",
        ANYONE_HERE,
    ),
    certain(
        "defect",
        (seen(Kind.DEFECT),),
        "mitui itself failed while it asked: {message}.",
        "Report it with what stands here; it tries again by itself.",
        ANYONE_HERE,
    ),
    certain(
        "cancelled",
        (seen(Kind.CANCELLED),),
        "The request was stopped before an answer came.",
        "Ask again.",
        ANYONE_HERE,
    ),
    certain(
        "process_unreadable",
        (seen(Kind.PROCESS_UNREADABLE),),
        "That process can't be looked into: {message}.",
        "Run mitui as root or as the user that owns the process.",
        ROOT_HERE,
        (looks("sudo mitui --pid {process_id}"),),
    ),
    likely(
        "no_endpoint",
        (seen(Kind.NO_ENDPOINT, also=none_of(_of_a_process)),),
        "There is no managed identity endpoint on this host: no variable names one, no Arc agent is installed, and "
        "IMDS does not answer.",
        "Run this on an Azure or Arc host, or look through the eyes of the service's own process with --pid.",
        ANYONE_HERE,
        (looks("mitui --pid {process_id}"),),
    ),
    likely(
        "no_endpoint",
        (seen(Kind.NO_ENDPOINT, also=_of_a_process),),
        "There is no managed identity endpoint for process {process_id}: none of its variables names one, no Arc agent "
        "is installed, and IMDS does not answer.",
        "Run it on an Azure or Arc host, or look as the process that the platform gave its variables to.",
        ANYONE_HERE,
    ),
    possible(
        "unexpected_reply",
        (_anything,),
        "The endpoint's answer fits no known cause: {message}.",
        "Look at the reply itself, and check that an identity is assigned to this {noun}.",
        ANYONE_HERE,
        (SHOW_ASSIGNED,),
        link=LINK_TOKEN,
    ),
)
