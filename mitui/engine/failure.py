"""Everything that can go wrong on the way to a token, as one typed value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mitui.exchange import Exchange


class FailureKind(StrEnum):
    """The closed set of failure kinds; the words are part of the JSON contract."""

    NO_ENDPOINT = "no_endpoint"  # nothing here answers as an identity endpoint
    ENDPOINT_NOT_ALLOWED = "endpoint_not_allowed"  # a variable points to a host that mitui does not call unasked
    ENDPOINT_INVALID = "endpoint_invalid"  # a variable holds no usable URL
    SELECTOR_UNSUPPORTED = "selector_unsupported"  # this source can't select an identity that way
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"  # no route, host down, forbidden by access permissions
    NAME_NOT_RESOLVED = "name_not_resolved"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"  # reset or closed before a whole reply
    TLS_FAILED = "tls_failed"
    CERTIFICATE_MISMATCH = "certificate_mismatch"  # Service Fabric: not the pinned certificate
    REPLY_TOO_LARGE = "reply_too_large"
    REPLY_NOT_JSON = "reply_not_json"  # HTML, text or half a JSON where a token was expected
    REPLY_INCOMPLETE = "reply_incomplete"  # JSON without a token or without a readable expiry
    REDIRECTED = "redirected"
    TOKEN_EXPIRED = "token_expired"  # the endpoint handed out a token that has already expired
    IDENTITY_NOT_FOUND = "identity_not_found"
    MULTIPLE_IDENTITIES = "multiple_identities"
    IDENTITY_ECHO_MISSING = "identity_echo_missing"  # Arc: the agent ignored the selector; failing closed
    RESOURCE_NOT_FOUND = "resource_not_found"  # AADSTS500011 and its kin: no such audience in the tenant
    AUDIENCE_NOT_SUPPORTED = "audience_not_supported"  # Cloud Shell's allow-list
    HEADER_REJECTED = "header_rejected"  # metadata, identity or secret header missing or wrong
    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    ENDPOINT_UPDATING = "endpoint_updating"  # 410: IMDS is being upgraded
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    KEY_FILE_REFUSED = "key_file_refused"  # Arc: the challenge named a file that must not be read
    KEY_FILE_UNREADABLE = "key_file_unreadable"  # Arc: permission denied
    KEY_FILE_MISSING = "key_file_missing"
    ASSERTION_UNREADABLE = "assertion_unreadable"  # workload identity: no token file that can be read
    ASSERTION_INVALID = "assertion_invalid"  # workload identity: the token file holds no JWT
    ASSERTION_REJECTED = "assertion_rejected"  # workload identity: Entra ID does not take the pod's token
    CHALLENGE_MISSING = "challenge_missing"  # Arc: no 401 with a challenge
    CANCELLED = "cancelled"
    DEFECT = "defect"  # mitui itself failed
    PROCESS_UNREADABLE = "process_unreadable"  # the process whose view was asked for can't be read


@dataclass(frozen=True, slots=True)
class TokenFailure:
    """Why there is no token: the kind, one sentence, and every exchange that led to it.

    ``code`` is the machine-readable code of the error body ("invalid_request", "AADSTS500011", "AudienceNotSupported").
    ``retry_after`` is in seconds, where the endpoint named it. ``facts`` carries what a remedy can be filled with, such
    as ("path", "/var/opt/azcmagent/tokens/x.key"). Texts may come from outside and are not yet made visible.
    """

    kind: FailureKind
    message: str
    source: str
    identity: str
    resource: str
    http_status: int | None = None
    code: str = ""
    retry_after: float | None = None
    attempts: int = 0
    failed_at: float = 0.0
    exchanges: tuple[Exchange, ...] = ()
    facts: tuple[tuple[str, str], ...] = field(default=())

    def fact(self, name: str) -> str:
        """The named fact, or ""."""
        return dict(self.facts).get(name, "")
