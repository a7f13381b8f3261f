"""What can be tested, and how: one row for every permission.

A row names the request that shows whether the permission is there without doing anything: it addresses an object of a
random name, which exists nowhere. Vaults check permission before existence, so "not found" is what a permitted caller
sees. Rows without a method have no harmless request and are never sent.

Tiers: 1 reads; 2 works with keys or changes attributes of nothing; 3 deletes, recovers, purges, backs up or rotates
nothing; 4 and 5 have no harmless request.

To add a permission, add its row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal

from mitui.keyvault.roles import (
    CERTIFICATES_OFFICER,
    CRYPTO_OFFICER,
    CRYPTO_USER,
    ENCRYPTION_USER,
    READER,
    RELEASE_USER,
    SECRETS_OFFICER,
    SECRETS_USER,
    Role,
)
from mitui.keyvault.verdict import ProbeDepth

ObjectType = Literal["secrets", "keys", "certificates"]
API_VERSION: Final = "7.4"  # every cloud has it, and every probe is in it

_DIGEST: Final = "A" * 43  # 32 zero bytes in base64url
_UPDATE: Final = {"attributes": {"enabled": True}}
_CIPHER: Final = {"alg": "RSA-OAEP", "value": _DIGEST}
_SIGN: Final = {"alg": "RS256", "value": _DIGEST}
_VERIFY: Final = {"alg": "RS256", "digest": _DIGEST, "value": _DIGEST}


@dataclass(frozen=True, slots=True)
class Operation:
    """One permission: the access-policy word, the request that tests it, and what grants it under RBAC.

    ``path`` holds ``{name}`` and ``{version}``; ``method`` is "" for what is never sent.
    """

    object_type: ObjectType
    permission: str
    tier: int
    method: str
    path: str
    data_action: str
    least_role: Role
    query: str = ""
    body: bytes = b""

    @property
    def word(self) -> str:
        """``secrets/get``"""
        return f"{self.object_type}/{self.permission}"

    def sent_at(self, depth: ProbeDepth) -> bool:
        """Whether this depth of probing asks for it.

        ``deep`` leaves the cryptographic operations to ``crypto``: both together would be more than 30 requests.
        """
        if depth == "read":
            return self.tier == 1
        if depth == "crypto":
            return self.tier <= 2
        return self.tier in (1, 3) or (self.tier == 2 and self.method == "PATCH")

    def target(self, name: str, version: str) -> str:
        """Path and query for this object name and version."""
        path = self.path.format(name=name, version=version)
        return f"{path}?{self.query}{'&' if self.query else ''}api-version={API_VERSION}"


def _row(
    object_type: ObjectType,
    permission: str,
    tier: int,
    request: str,
    data_action: str,
    least_role: Role,
    body: dict[str, object] | None = None,
) -> Operation:
    method, _, target = request.partition(" ")
    path, _, query = target.partition("?")
    content = json.dumps(body).encode() if body is not None else b""
    return Operation(object_type, permission, tier, method, path, data_action, least_role, query, content)


_ONE_VERSION: Final = "/versions?maxresults=1"
_SECRETS: Final = (
    _row("secrets", "get", 1, "GET /secrets/{name}", "secrets/getSecret/action", SECRETS_USER),
    _row("secrets", "list", 1, f"GET /secrets/{{name}}{_ONE_VERSION}", "secrets/readMetadata/action", READER),
    _row(
        "secrets", "update", 2, "PATCH /secrets/{name}/{version}", "secrets/update/action", SECRETS_OFFICER, {**_UPDATE}
    ),
    _row("secrets", "backup", 3, "POST /secrets/{name}/backup", "secrets/backup/action", SECRETS_OFFICER),
    _row("secrets", "recover", 3, "POST /deletedsecrets/{name}/recover", "secrets/recover/action", SECRETS_OFFICER),
    _row("secrets", "delete", 3, "DELETE /secrets/{name}", "secrets/delete", SECRETS_OFFICER),
    _row("secrets", "purge", 3, "DELETE /deletedsecrets/{name}", "secrets/purge/action", SECRETS_OFFICER),
    _row("secrets", "set", 5, "", "secrets/setSecret/action", SECRETS_OFFICER),
    _row("secrets", "restore", 4, "", "secrets/restore/action", SECRETS_OFFICER),
)


def _crypto(permission: str, segment: str, action: str, role: Role, body: dict[str, object]) -> Operation:
    return _row("keys", permission, 2, f"POST /keys/{{name}}/{{version}}/{segment}", f"keys/{action}", role, body)


_KEYS: Final = (
    _row("keys", "get", 1, "GET /keys/{name}", "keys/read", READER),
    _row("keys", "list", 1, f"GET /keys/{{name}}{_ONE_VERSION}", "keys/read", READER),
    _row("keys", "getrotationpolicy", 1, "GET /keys/{name}/rotationpolicy", "keyrotationpolicies/read", READER),
    _crypto("encrypt", "encrypt", "encrypt/action", CRYPTO_USER, {**_CIPHER}),
    _crypto("decrypt", "decrypt", "decrypt/action", CRYPTO_USER, {**_CIPHER}),
    _crypto("sign", "sign", "sign/action", CRYPTO_USER, {**_SIGN}),
    _crypto("verify", "verify", "verify/action", CRYPTO_USER, {**_VERIFY}),
    _crypto("wrapKey", "wrapkey", "wrap/action", ENCRYPTION_USER, {**_CIPHER}),
    _crypto("unwrapKey", "unwrapkey", "unwrap/action", ENCRYPTION_USER, {**_CIPHER}),
    _crypto("release", "release", "release/action", RELEASE_USER, {"target": "x.y.z"}),
    _row("keys", "update", 2, "PATCH /keys/{name}/{version}", "keys/update/action", CRYPTO_USER, {**_UPDATE}),
    _row("keys", "backup", 3, "POST /keys/{name}/backup", "keys/backup/action", CRYPTO_USER),
    _row("keys", "recover", 3, "POST /deletedkeys/{name}/recover", "keys/recover/action", CRYPTO_OFFICER),
    _row("keys", "delete", 3, "DELETE /keys/{name}", "keys/delete", CRYPTO_OFFICER),
    _row("keys", "purge", 3, "DELETE /deletedkeys/{name}", "keys/purge/action", CRYPTO_OFFICER),
    _row("keys", "rotate", 3, "POST /keys/{name}/rotate", "keys/rotate/action", CRYPTO_OFFICER),
    _row(
        "keys",
        "setrotationpolicy",
        3,
        "PUT /keys/{name}/rotationpolicy",
        "keyrotationpolicies/write",
        CRYPTO_OFFICER,
        {"lifetimeActions": []},
    ),
    _row("keys", "create", 5, "", "keys/create/action", CRYPTO_OFFICER),
    _row("keys", "import", 5, "", "keys/import/action", CRYPTO_OFFICER),
    _row("keys", "restore", 4, "", "keys/restore/action", CRYPTO_OFFICER),
)


def _certificate(permission: str, tier: int, request: str, action: str, role: Role = CERTIFICATES_OFFICER) -> Operation:
    body: dict[str, object] | None = {**_UPDATE} if request.startswith("PATCH") else None
    return _row("certificates", permission, tier, request, action, role, body)


_CERTIFICATES: Final = (
    _certificate("get", 1, "GET /certificates/{name}", "certificates/read", READER),
    _certificate("list", 1, f"GET /certificates/{{name}}{_ONE_VERSION}", "certificates/read", READER),
    _certificate("getissuers", 1, "GET /certificates/issuers/{name}", "certificatecas/read", READER),
    _certificate("update", 2, "PATCH /certificates/{name}/{version}", "certificates/update/action"),
    _certificate("backup", 3, "POST /certificates/{name}/backup", "certificates/backup/action"),
    _certificate("recover", 3, "POST /deletedcertificates/{name}/recover", "certificates/recover/action"),
    _certificate("delete", 3, "DELETE /certificates/{name}", "certificates/delete"),
    _certificate("purge", 3, "DELETE /deletedcertificates/{name}", "certificates/purge/action"),
    _certificate("create", 5, "", "certificates/create/action"),
    _certificate("import", 5, "", "certificates/import/action"),
    _certificate("restore", 4, "", "certificates/restore/action"),
)

OPERATIONS: Final = _SECRETS + _KEYS + _CERTIFICATES
LIST_WHOLE_VAULT: Final = Operation(
    "secrets", "list", 1, "GET", "/secrets", "secrets/readMetadata/action", READER, query="maxresults=1"
)
GET_NAMED_SECRET: Final = Operation(
    "secrets", "get", 1, "GET", "/secrets/{name}/{version}", "secrets/getSecret/action", SECRETS_USER
)


def sent_operations(depth: ProbeDepth) -> tuple[Operation, ...]:
    """The rows that this depth asks for, in the order in which they are sent: the harmless before the others."""
    return tuple(sorted((row for row in OPERATIONS if row.sent_at(depth)), key=lambda row: row.tier))
