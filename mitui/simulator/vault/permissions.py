"""Who may do what: built-in roles with their data actions, scopes, conditions, deny assignments and access policies."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class Role:
    """A role definition. ``actions`` are patterns of data actions, without ``Microsoft.KeyVault/vaults/``."""

    role_id: str
    actions: tuple[str, ...]


ROLES: Final[dict[str, Role]] = {
    "Key Vault Administrator": Role("00482a5a-887f-4fb3-b363-3b7fe8e74483", ("*",)),
    "Key Vault Reader": Role("21090545-7ca7-4776-b22c-e363652d74d2", ("*/read", "secrets/readMetadata/action")),
    "Key Vault Secrets Officer": Role("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", ("secrets/*",)),
    "Key Vault Secrets User": Role(
        "4633458b-17de-408a-b874-0445c86b69e6", ("secrets/getSecret/action", "secrets/readMetadata/action")
    ),
    "Key Vault Certificates Officer": Role(
        "a4417e6f-fecd-4de8-b567-7b0420556985", ("certificates/*", "certificatecas/*", "certificatecontacts/write")
    ),
    "Key Vault Certificate User": Role(
        "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        ("certificates/read", "secrets/getSecret/action", "secrets/readMetadata/action", "keys/read"),
    ),
    "Key Vault Crypto Officer": Role("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", ("keys/*", "keyrotationpolicies/*")),
    "Key Vault Crypto User": Role(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        (
            "keys/read",
            "keys/update/action",
            "keys/backup/action",
            "keys/encrypt/action",
            "keys/decrypt/action",
            "keys/wrap/action",
            "keys/unwrap/action",
            "keys/sign/action",
            "keys/verify/action",
        ),
    ),
    "Key Vault Crypto Service Encryption User": Role(
        "e147488a-f6f5-4113-8e2d-b22465e65bf6", ("keys/read", "keys/wrap/action", "keys/unwrap/action")
    ),
    "Key Vault Crypto Service Release User": Role("08bbd89e-9f13-488c-ac41-acfcb10c90ab", ("keys/release/action",)),
    # These manage the vault and see none of its data.
    "Key Vault Contributor": Role("f25e0fa2-a7c8-4377-a976-54943a77a395", ()),
    "Key Vault Data Access Administrator": Role("8b54135c-b56d-4d72-a534-26097cfdc8d8", ()),
    "Owner": Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ()),
    "Contributor": Role("b24988ac-6180-42a0-ab88-20f7382dd24c", ()),
}
_BY_ID: Final = {role.role_id: role for role in ROLES.values()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request needs: ``action`` under RBAC, ``permission`` on ``object_type`` under an access policy.

    ``name`` is "" where the request concerns the whole vault.
    """

    object_type: str
    name: str
    action: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict: the assignment that allows, or the deny assignment that forbids."""

    allowed: bool
    assignment_id: str = ""
    deny_assignment_id: str = ""


@dataclass(slots=True)
class Assignment:
    """A role assignment, or with ``deny`` a deny assignment.

    ``waits_for`` requests of this caller still meet the old state, and so does everything before ``at`` (epoch
    seconds): that is what propagation looks like from outside.
    """

    object_id: str
    actions: tuple[str, ...]
    scope: str = "vault"
    deny: bool = False
    waits_for: int = 0
    at: float = 0.0
    assignment_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def covers(self, asked: Asked) -> bool:
        """Whether scope and action match."""
        if self.scope not in ("vault", f"{asked.object_type}/{asked.name}"):
            return False
        return any(fnmatchcase(asked.action, pattern) for pattern in self.actions)


class Permissions:
    """Everything granted on one vault, under both models. Object ids compare without case.

    A test may grant and take away while the vault answers: each change is a single step, which no lock need guard.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._assignments: list[Assignment] = []
        self._prefixes: dict[str, str] = {}
        self._policies: dict[tuple[str, str], set[str]] = {}

    def grant(
        self, object_id: str, role: str, scope: str = "vault", *, after_requests: int = 0, at: float = 0.0
    ) -> str:
        """Assign a built-in role, by name or id, at ``scope``: "vault" or such as "secrets/db-password".

        Returns the assignment's id. ``after_requests`` and ``at`` (epoch seconds) let it take effect late, as
        assignments do. Raises KeyError for an unknown role.
        """
        definition = ROLES.get(role) or _BY_ID[role]
        assignment = Assignment(object_id.lower(), definition.actions, scope, waits_for=after_requests, at=at)
        self._assignments.append(assignment)
        return assignment.assignment_id

    def deny(self, object_id: str, *actions: str, scope: str = "vault") -> str:
        """Forbid patterns such as "secrets/*" (everything if none), whatever the roles; returns the assignment's id."""
        assignment = Assignment(object_id.lower(), actions or ("*",), scope, deny=True)
        self._assignments.append(assignment)
        return assignment.assignment_id

    def allow(self, object_id: str, object_type: str, *permissions: str) -> None:
        """Add to the access policy of the caller; ``all`` grants everything but purge, as it does on a real vault."""
        held = self._policies.setdefault((object_id.lower(), object_type), set())
        held.update(word.lower() for word in permissions)

    def require_prefix(self, prefix: str, object_id: str) -> None:
        """A condition: the caller's roles reach only secrets whose name starts with ``prefix``, case included."""
        self._prefixes[object_id.lower()] = prefix

    def revoke(self, object_id: str) -> None:
        """Take away everything that this caller holds under both models."""
        caller = object_id.lower()
        self._assignments = [each for each in self._assignments if each.object_id != caller]
        self._policies = {key: held for key, held in self._policies.items() if key[0] != caller}
        self._prefixes.pop(caller, None)

    def by_role(self, object_id: str, asked: Asked) -> Decision:
        """The RBAC verdict: a deny assignment first, then any role that covers the action at this scope."""
        caller = object_id.lower()
        mine = [each for each in self._assignments if each.object_id == caller and self._in_force(each)]
        covering = [each for each in mine if each.covers(asked)]
        for each in covering:
            if each.deny:
                return Decision(False, deny_assignment_id=each.assignment_id)
        prefix = self._prefixes.get(caller, "")
        if not covering or (asked.object_type == "secrets" and not asked.name.startswith(prefix)):
            return Decision(False)
        return Decision(True, covering[0].assignment_id)

    def by_policy(self, object_id: str, asked: Asked) -> Decision:
        """The access-policy verdict."""
        held = self._policies.get((object_id.lower(), asked.object_type), set())
        wanted = {word.lower() for word in asked.permissions}
        return Decision(bool(held & wanted) or ("all" in held and "purge" not in wanted))

    def _in_force(self, assignment: Assignment) -> bool:
        if assignment.waits_for > 0:
            assignment.waits_for -= 1
            return False
        return self._now() >= assignment.at
