"""The one shape of every source of tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlencode

from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.refusal import Refusal
from mitui.engine.asking.retry import COMMON
from mitui.engine.evidence import Evidence
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import Identity
from mitui.engine.source_kind import SourceKind
from mitui.engine.token.reply import TokenReply
from mitui.http import HttpReply, HttpRequest
from mitui.safe_text import without_credentials

ALL_SELECTORS = ("system", "client_id", "object_id", "resource_id")


@dataclass(frozen=True, slots=True)
class SourceMatch:
    """Whether the host has what this source needs, why (one sentence), and the signals that were looked at."""

    matched: bool
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Outward:
    """An endpoint beyond this host: called over TLS only, and its certificate is always verified.

    ``hosts`` are those that may be called without being allowed by name; ``near`` says that one in a private network
    may be, too. ``proxied`` sends it through the environment's proxy. ``ca_file`` is trusted besides the public
    authorities; of ``only_ca_file`` or ``only_ca_data`` (PEM) those alone are. ``server_name`` is the name that the
    certificate must have, "" for the URL's host.
    """

    hosts: frozenset[str]
    near: bool = False
    proxied: bool = True
    ca_file: str = ""
    only_ca_file: str = ""
    only_ca_data: str = ""
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the source is. ``variable`` is the environment variable that says so, "" for the well-known address.

    ``certificate_sha1`` is the thumbprint that the server's certificate must have, None where there is no such rule.
    ``outward`` is None for an endpoint of this host or its network.
    """

    url: str
    variable: str = ""
    certificate_sha1: str | None = None
    outward: Outward | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What one token request is made from.

    ``challenged`` says that a resource has answered with a claims challenge, ``revoked_sha256`` which token it
    rejected: its SHA-256 in lower-case hex, "" where it is not known.
    """

    environment: HostEnvironment
    identity: Identity
    resource: str
    endpoint: Endpoint
    request_id: str = ""
    is_loopback: bool = True
    challenged: bool = False
    revoked_sha256: str = ""

    def get(self, parameters: Mapping[str, str]) -> str:
        """The endpoint's URL with these query parameters added."""
        joint = "&" if "?" in self.endpoint.url else "?"
        return f"{self.endpoint.url}{joint}{urlencode(parameters)}"


def _single_leg(call: Call, sent: tuple[HttpRequest, ...], reply: HttpReply) -> HttpRequest | Refusal | None:
    return None


def _no_unmet_condition(environment: HostEnvironment) -> Refusal | None:
    return None


def _nothing_to_check(call: Call, grant: TokenReply) -> Refusal | None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """One source: how it is seen, which identities it can be asked for, what is sent, and what errors mean.

    ``label`` is what a person calls it on this host, ``service_name`` what failures call it. ``unmet_condition`` is
    why nothing may be sent with these variables; ``request`` may find that out as well. ``follow_up`` answers a reply
    with the next request of the same attempt; ``check`` may refuse a token that came. ``retries`` holds the waits, in
    seconds, after each kind of failure that is worth another try.
    """

    kind: SourceKind
    service_name: str
    label: Callable[[HostEnvironment], str]
    detect: Callable[[HostEnvironment], SourceMatch]
    endpoint: Callable[[HostEnvironment], Endpoint]
    request: Callable[[Call], HttpRequest | Refusal]
    read_error: Callable[[Call, ErrorReply], FailureKind | Refusal | None]
    unmet_condition: Callable[[HostEnvironment], Refusal | None] = _no_unmet_condition
    selectors: tuple[str, ...] = ALL_SELECTORS
    selector_reason: str = ""
    follow_up: Callable[[Call, tuple[HttpRequest, ...], HttpReply], HttpRequest | Refusal | None] = _single_leg
    check: Callable[[Call, TokenReply], Refusal | None] = _nothing_to_check
    retries: Mapping[FailureKind, tuple[float, ...]] = field(default_factory=lambda: MappingProxyType(COMMON))


def variable(environment: HostEnvironment, name: str, *, secret: bool = False) -> Evidence:
    """The state of a variable as evidence; its value is the note, unless it is a secret or for what is one in it."""
    state = environment.state(name)
    shown = without_credentials(environment.get(name)) if state == "set" and not secret else ""
    return Evidence(name, "variable", state, shown)


def missing(environment: HostEnvironment, *names: str) -> str:
    """The first of these variables that is empty or unset, and which of both: "MSI_SECRET is empty"; "" for none."""
    for name in names:
        state = environment.state(name)
        if state != "set":
            return f"{name} is {'empty' if state == 'empty' else 'not set'}"
    return ""
