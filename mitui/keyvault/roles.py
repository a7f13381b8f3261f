"""The built-in roles for vaults, and which data actions each grants."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class Role:
    """A built-in role. ``actions`` are patterns below ``Microsoft.KeyVault/vaults/``; ``name`` as the portal shows it.

    Ids outlive renames, so commands use them.
    """

    name: str
    role_id: str
    actions: tuple[str, ...]

    def grants(self, action: str) -> bool:
        """Whether the role holds a data action such as ``secrets/getSecret/action``."""
        return any(fnmatchcase(action, pattern) for pattern in self.actions)


_READ_SECRETS: Final = ("secrets/getSecret/action", "secrets/readMetadata/action")
_CRYPTO: Final = ("encrypt", "decrypt", "sign", "verify", "wrap", "unwrap")

READER: Final = Role(
    "Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2", ("*/read", "secrets/readMetadata/action")
)
SECRETS_USER: Final = Role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", _READ_SECRETS)
SECRETS_OFFICER: Final = Role("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", ("secrets/*",))
CERTIFICATE_USER: Final = Role(
    "Key Vault Certificate User",
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
    ("certificates/read", "keys/read", *_READ_SECRETS),
)
CERTIFICATES_OFFICER: Final = Role(
    "Key Vault Certificates Officer",
    "a4417e6f-fecd-4de8-b567-7b0420556985",
    ("certificatecas/*", "certificates/*", "certificatecontacts/write"),
)
ENCRYPTION_USER: Final = Role(
    "Key Vault Crypto Service Encryption User",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    ("keys/read", "keys/wrap/action", "keys/unwrap/action"),
)
RELEASE_USER: Final = Role(
    "Key Vault Crypto Service Release User", "08bbd89e-9f13-488c-ac41-acfcb10c90ab", ("keys/release/action",)
)
CRYPTO_USER: Final = Role(
    "Key Vault Crypto User",
    "12338af0-0e69-4776-bea7-57ae8d297424",
    ("keys/read", "keys/update/action", "keys/backup/action", *(f"keys/{word}/action" for word in _CRYPTO)),
)
CRYPTO_OFFICER: Final = Role(
    "Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", ("keys/*", "keyrotationpolicies/*")
)
ADMINISTRATOR: Final = Role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", ("*",))

BUILT_IN_ROLES: Final = (  # from the least power to the most
    RELEASE_USER,
    READER,
    ENCRYPTION_USER,
    SECRETS_USER,
    CERTIFICATE_USER,
    CRYPTO_USER,
    CERTIFICATES_OFFICER,
    CRYPTO_OFFICER,
    SECRETS_OFFICER,
    ADMINISTRATOR,
)
