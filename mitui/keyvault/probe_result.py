"""What the probe found: stages, permissions and their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mitui.exchange import Exchange
from mitui.facts import WithFacts
from mitui.keyvault.verdict import ProbeDepth, StageName, StageStatus, VaultModel, Verdict


class VaultFailureKind(StrEnum):
    """The closed set of reasons why a vault could not be probed; the words are part of the JSON contract."""

    ADDRESS_REFUSED = "vault_address_refused"
    MANAGED_HSM = "managed_hsm"
    NAME_NOT_RESOLVED = "vault_name_not_resolved"
    CONNECTION_FAILED = "vault_connection_failed"
    TIMEOUT = "vault_timeout"
    TLS_FAILED = "vault_tls_failed"
    NOT_A_VAULT = "not_a_vault"
    CHALLENGE_MISMATCH = "challenge_mismatch"
    NO_TOKEN = "no_token"  # the engine had none; the token failure says why
    WRONG_AUDIENCE = "wrong_audience"  # AKV10022, or predicted
    WRONG_TENANT = "wrong_tenant"  # AKV10032, or predicted
    TOKEN_REJECTED = "token_rejected"  # any other 401 with a token
    FORBIDDEN_BY_FIREWALL = "forbidden_by_firewall"
    FORBIDDEN_BY_CONNECTION = "forbidden_by_connection"
    FORBIDDEN_BY_PERIMETER = "forbidden_by_perimeter"  # a network security perimeter
    VAULT_SOFT_DELETED = "vault_soft_deleted"
    THROTTLED = "vault_throttled"
    SERVER_ERROR = "vault_server_error"
    REPLY_INVALID = "vault_reply_invalid"
    DEFECT = "defect"  # mitui itself failed


@dataclass(frozen=True, slots=True)
class Stage:
    """One step towards an answer; ``latency_ms`` is None where nothing was timed."""

    stage: StageName
    status: StageStatus
    latency_ms: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PermissionResult(WithFacts):
    """The verdict on one permission, with its evidence.

    ``object_type`` is secrets, keys or certificates; ``permission`` the access-policy word (get, list, wrapKey).
    ``evidence`` is a line such as "404 SecretNotFound". ``data_action`` and ``least_role`` say what would grant it.
    ``inferred`` marks a verdict that was concluded from other answers and not tested.
    """

    object_type: str
    permission: str
    verdict: Verdict
    evidence: str = ""
    tier: int = 1
    data_action: str = ""
    least_role: str = ""
    least_role_id: str = ""
    http_status: int | None = None
    code: str = ""
    inner_code: str = ""
    request_id: str = ""
    assignment_id: str = ""
    latency_ms: float | None = None
    inferred: bool = False
    target: str = "vault"  # or "secret <name>", "names <prefix>…": what the verdict holds for
    exchange: Exchange | None = None
    facts: tuple[tuple[str, str], ...] = ()  # of this very answer, such as deny_assignment_id and decision_reason

    @property
    def policy_word(self) -> str:
        """What an access policy calls it."""
        # Changing a secret's attributes is part of "set"; access policies have no word of its own for it.
        return "set" if self.word == "secrets/update" else self.permission

    @property
    def word(self) -> str:
        """``secrets/get``"""
        return f"{self.object_type}/{self.permission}"

    @property
    def label(self) -> str:
        """``secrets/get``, or ``secrets/get for secret db-password`` where it does not hold for the whole vault."""
        return self.word if self.target == "vault" else f"{self.word} for {self.target}"


@dataclass(frozen=True, slots=True)
class VaultFailure(WithFacts):
    """Why the probe stopped."""

    kind: VaultFailureKind
    message: str
    stage: StageName
    http_status: int | None = None
    code: str = ""
    inner_code: str = ""
    exchanges: tuple[Exchange, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeResult(WithFacts):
    """One whole run of the probe on one vault by one identity. Times are epoch seconds.

    ``facts`` carries what answers revealed, under the names ``vault_resource_id``, ``subscription_id``,
    ``resource_group``, ``location``, ``source_address``, ``connection_type``, ``caller_oid``, ``caller_appid``,
    ``caller_tenant``, ``region``, ``service_version``, ``proxy``, ``addresses`` and ``aliases`` (separated by spaces),
    ``address_kind`` (public, private, mixed …),
    ``tls_version``, ``tls_cipher``, ``issuer``, ``days_left``, ``certificate_expires_at`` (epoch seconds),
    ``tls_problem``, ``transport_problem``,
    ``challenge_resource``, ``expected_audience``, ``found_audience``, ``expected_tenants``, ``found_tenant``,
    ``predicted``, ``token_failure``, ``token_origin``, ``retry_after`` and ``role_cache_age`` (seconds),
    ``model_reason``, ``resource``, ``cloud``.

    ``permissions`` holds every row of the table; one that was tested on a named secret comes besides the row for the
    vault, with another ``target``.
    """

    vault: str  # the URL, https://contoso-kv.vault.azure.net
    name: str
    depth: ProbeDepth
    started_at: float
    finished_at: float
    stages: tuple[Stage, ...]
    permissions: tuple[PermissionResult, ...] = ()
    model: VaultModel = "unknown"
    tenant_id: str = ""
    token_tenant_id: str = ""
    requests_sent: int = 0
    client_request_id: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    failure: VaultFailure | None = None
