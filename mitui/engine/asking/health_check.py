"""Does IMDS answer here, and is it IMDS that answers? Asked without its header: no token, no identity."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from mitui.clock import Clock
from mitui.engine.asking.endpoint_rule import judge
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import Evidence
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.sources import imds
from mitui.engine.token.notice import Notice
from mitui.engine.token.notices import clock_skew, skew_notice
from mitui.exchange import Exchange
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest, TransportProblem, exchange_of


class Answerer(StrEnum):
    """Who answers at the address of IMDS."""

    IMDS = "imds"
    UPDATING = "imds_updating"  # IMDS, while it is upgraded or restarted
    DOCKER_DESKTOP = "docker_desktop"
    PROXY = "proxy"
    AWS = "aws"
    GOOGLE = "google"
    RESET = "reset"  # takes the connection and drops it: a VPN client or a firewall
    OTHER = "other"
    SILENT = "silent"  # takes the connection and says nothing for now: a slow IMDS, or something else
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ImdsProbe:
    """The verdict, in one sentence as well, with its evidence. ``exchange`` is None where nothing was sent.

    ``skew`` says that this host's clock is off against that of what answered.
    """

    answerer: Answerer
    message: str
    evidence: Evidence
    exchange: Exchange | None = None
    latency_ms: float | None = None
    problem: TransportProblem | None = None
    skew: Notice | None = None

    @property
    def is_imds(self) -> bool:
        """Whether it is IMDS, be it busy with an upgrade."""
        return self.answerer in (Answerer.IMDS, Answerer.UPDATING)


async def probe_imds(
    environment: HostEnvironment,
    client: GuardedClient,
    clock: Clock,
    *,
    timeout: float = 2.0,
    allow_endpoints: frozenset[str] = frozenset(),
) -> ImdsProbe:
    """Ask IMDS for its refusal, within ``timeout`` seconds. Never raises, never retries.

    The real one answers a request without its header with 400, ``Server: IMDS/…``.
    """
    base = imds.base_of(environment)
    endpoint = imds.SOURCE.endpoint(environment)
    approved = await judge(endpoint, allow_endpoints, clock, timeout=timeout)
    if isinstance(approved, (Refusal, HttpFailure)):
        return ImdsProbe(Answerer.NOBODY, approved.message, Evidence(base, "probe", "silent", approved.message))
    request = HttpRequest("GET", f"{endpoint.url}?api-version={imds.API_VERSION}")
    started_at = clock.now()
    outcome = await client.send(
        request, deadline=timeout, connect_timeout=timeout, body_limit=65536, dial=approved.dial
    )
    exchange = exchange_of(request, outcome, started_at)
    if isinstance(outcome, HttpFailure):
        answerer, message = _silence(outcome)
        evidence = Evidence(base, "probe", "silent", outcome.message)
        return ImdsProbe(answerer, message, evidence, exchange, outcome.elapsed_ms, outcome.problem)
    answerer, message = fingerprint(outcome)
    evidence = Evidence(base, "probe", "answered", message)
    skew = skew_notice(clock_skew(outcome, clock.now()))
    return ImdsProbe(answerer, message, evidence, exchange, outcome.elapsed_ms, skew=skew)


def _silence(failure: HttpFailure) -> tuple[Answerer, str]:
    if failure.problem in (TransportProblem.CONNECTION_LOST, TransportProblem.REPLY_TOO_LARGE):
        return Answerer.RESET, f"something takes connections for IMDS, but it is not IMDS: {failure.message}"
    if failure.was_silence:
        return Answerer.SILENT, f"IMDS takes connections but is slow to answer: {failure.message}"
    return Answerer.NOBODY, f"IMDS does not answer: {failure.message}"


def fingerprint(reply: HttpReply) -> tuple[Answerer, str]:
    """Who sent this answer to a request without the Metadata header, and a sentence."""
    server = reply.header("server")
    lowered = server.lower()
    text = f"{reply.reason} {reply.body[:4096].decode('utf-8', 'replace')}".lower()
    if lowered.startswith("imds/") or "metadata header not specified" in text:
        if reply.status == 410:
            return Answerer.UPDATING, "IMDS is being upgraded: it is back within 70 s"
        return Answerer.IMDS, "IMDS answered" + (f" ({server})" if server else "")
    if reply.status == 410 or (reply.status >= 500 and lowered.startswith("microsoft-iis/")):
        return Answerer.UPDATING, "IMDS is restarting"
    if reply.header("metadata-flavor").lower() == "google":
        return Answerer.GOOGLE, "this is Google Cloud's metadata server: the host is not in Azure"
    if lowered.startswith("ec2ws") or reply.header("x-aws-ec2-metadata-token-ttl-seconds"):
        return Answerer.AWS, "this is Amazon EC2's metadata server: the host is not in Azure"
    if reply.status == 403 and "169.254.169.254" in text and "connecting to" in text:
        return Answerer.DOCKER_DESKTOP, "Docker Desktop's proxy answers in place of IMDS: the host is not in Azure"
    if "squid" in lowered or reply.header("via") or _is_web_page(reply):
        named = f" ({server})" if server else ""
        return Answerer.PROXY, f"a proxy or a firewall{named} answers in place of IMDS with {reply.status}"
    if reply.status == 400 and _is_imds_error(reply.body):
        return Answerer.IMDS, "something that speaks as IMDS does answered"
    return Answerer.OTHER, f"something that is not IMDS answered with {reply.status}" + (
        f" ({server})" if server else ""
    )


def _is_web_page(reply: HttpReply) -> bool:
    return "html" in reply.header("content-type").lower() or reply.body[:256].lstrip()[:1] == b"<"


def _is_imds_error(body: bytes) -> bool:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "error" in document
