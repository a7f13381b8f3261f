"""Which operation a method and a path name, and the right that each operation needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mitui.simulator.vault.permissions import Asked


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the vault's REST surface. ``{n}`` is an object's name, ``{v}`` a version that may be left out."""

    method: str
    path: str
    verb: str
    object_type: str
    permissions: tuple[str, ...]
    action: str
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A request understood: its operation, and the name and version in it ("" where there is none)."""

    operation: Operation
    name: str = ""
    version: str = ""

    @property
    def asked(self) -> Asked:
        """What the caller must hold."""
        row = self.operation
        return Asked(row.object_type, self.name, row.action, row.permissions)


def _object_rows(kind: str, listed: str, got: str) -> list[Operation]:
    """The operations that secrets, keys and certificates share."""

    def row(method: str, path: str, verb: str, permission: str, action: str, *, changes: bool = False) -> Operation:
        return Operation(method, path, verb, kind, (permission,), f"{kind}/{action}", changes)

    return [
        row("GET", f"/{kind}", "list", "list", listed),
        row("POST", f"/{kind}/restore", "restore", "restore", "restore/action", changes=True),
        row("GET", f"/{kind}/{{n}}/versions", "versions", "list", listed),
        row("POST", f"/{kind}/{{n}}/backup", "backup", "backup", "backup/action"),
        row("DELETE", f"/{kind}/{{n}}", "delete", "delete", "delete", changes=True),
        row("GET", f"/deleted{kind}", "list_deleted", "list", listed),
        row("GET", f"/deleted{kind}/{{n}}", "get_deleted", "get", listed),
        row("POST", f"/deleted{kind}/{{n}}/recover", "recover", "recover", "recover/action", changes=True),
        row("DELETE", f"/deleted{kind}/{{n}}", "purge", "purge", "purge/action", changes=True),
        # These end in an optional version and so come last.
        row("GET", f"/{kind}/{{n}}{{v}}", "get", "get", got),
    ]


_KEY_CRYPTO: Final = {
    "encrypt": ("encrypt", "encrypt"),
    "decrypt": ("decrypt", "decrypt"),
    "sign": ("sign", "sign"),
    "verify": ("verify", "verify"),
    "wrapkey": ("wrapKey", "wrap"),
    "unwrapkey": ("unwrapKey", "unwrap"),
    "release": ("release", "release"),
}

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("PUT", "/secrets/{n}", "set", "secrets", ("set",), "secrets/setSecret/action", True),
    *_object_rows("secrets", "readMetadata/action", "getSecret/action"),
    Operation("PATCH", "/secrets/{n}{v}", "update", "secrets", ("set",), "secrets/update/action", True),
    Operation("POST", "/keys/{n}/create", "create", "keys", ("create",), "keys/create/action", True),
    Operation("PUT", "/keys/{n}", "import", "keys", ("import",), "keys/import/action", True),
    Operation("POST", "/keys/{n}/rotate", "rotate", "keys", ("rotate",), "keys/rotate/action", True),
    Operation(
        "GET", "/keys/{n}/rotationpolicy", "get_rotation", "keys", ("getrotationpolicy",), "keyrotationpolicies/read"
    ),
    Operation(
        "PUT",
        "/keys/{n}/rotationpolicy",
        "set_rotation",
        "keys",
        ("setrotationpolicy",),
        "keyrotationpolicies/write",
        True,
    ),
    *(
        Operation("POST", f"/keys/{{n}}{{v}}/{word}", word, "keys", (permission,), f"keys/{action}/action")
        for word, (permission, action) in _KEY_CRYPTO.items()
    ),
    Operation("GET", "/keys/{n}{v}/attestation", "get", "keys", ("get",), "keys/read"),
    *_object_rows("keys", "read", "read"),
    Operation("PATCH", "/keys/{n}{v}", "update", "keys", ("update",), "keys/update/action", True),
    Operation(
        "GET",
        "/certificates/issuers",
        "list_issuers",
        "certificates",
        ("listissuers", "manageissuers"),
        "certificatecas/read",
    ),
    Operation(
        "GET",
        "/certificates/issuers/{n}",
        "get_issuer",
        "certificates",
        ("getissuers", "manageissuers"),
        "certificatecas/read",
    ),
    *(
        Operation(
            method,
            "/certificates/issuers/{n}",
            verb,
            "certificates",
            (f"{permission}issuers", "manageissuers"),
            action,
            True,
        )
        for method, verb, permission, action in (
            ("PUT", "set_issuer", "set", "certificatecas/write"),
            ("PATCH", "update_issuer", "set", "certificatecas/write"),
            ("DELETE", "delete_issuer", "delete", "certificatecas/delete"),
        )
    ),
    *(
        Operation(
            method,
            "/certificates/contacts",
            f"{verb}_contacts",
            "certificates",
            ("managecontacts",),
            "certificatecontacts/write",
            method != "GET",
        )
        for method, verb in (("GET", "get"), ("PUT", "set"), ("DELETE", "delete"))
    ),
    *(
        Operation(
            method,
            f"/certificates/{{n}}/{tail}",
            verb,
            "certificates",
            (permission,),
            f"certificates/{action}",
            changes,
        )
        for method, tail, verb, permission, action, changes in (
            ("POST", "create", "create", "create", "create/action", True),
            ("POST", "import", "import", "import", "import/action", True),
            ("POST", "pending/merge", "merge", "create", "create/action", True),
            ("GET", "pending", "get_pending", "get", "read", False),
            ("PATCH", "pending", "update_pending", "update", "update/action", True),
            ("DELETE", "pending", "delete_pending", "update", "update/action", True),
            ("GET", "policy", "get_policy", "get", "read", False),
            ("PATCH", "policy", "update_policy", "update", "update/action", True),
        )
    ),
    *_object_rows("certificates", "read", "read"),
    Operation(
        "PATCH", "/certificates/{n}{v}", "update", "certificates", ("update",), "certificates/update/action", True
    ),
)

# Words that the path grammar takes before it takes a name or a version.
_RESERVED: Final = "restore|versions|backup|create|import|pending|policy|rotate|rotationpolicy|recover|contacts|issuers"


def _compile(path: str) -> re.Pattern[str]:
    escaped = re.escape(path).replace(r"\{n\}", "(?P<name>[^/]+)")
    return re.compile(escaped.replace(r"\{v\}", f"(?:/(?!(?:{_RESERVED})$)(?P<version>[^/]*))?") + "/?")


_PATTERNS: Final = tuple((_compile(row.path), row) for row in OPERATIONS)
_EMPTY_NAME: Final = re.compile(r"/(secrets|keys|certificates)/(/(create|import))?")


def route(method: str, path: str) -> Route | int:
    """The operation that ``method`` and ``path`` name, or the status of the refusal: 404 or 405."""
    if _EMPTY_NAME.fullmatch(path) and method != "GET":
        return 405
    matched = 404
    for pattern, row in _PATTERNS:
        if found := pattern.fullmatch(path):
            if row.method == method:
                parts = found.groupdict()
                return Route(row, parts.get("name") or "", parts.get("version") or "")
            matched = 405
    return matched
