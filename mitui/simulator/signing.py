"""The key that signs the simulator's tokens, and the set that publishes it, so that a service can verify them.

The key is made anew in each process; it needs ``cryptography``, which is imported only when something is signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from mitui.simulator.base64url import encode
from mitui.simulator.identities import TENANT


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key. ``kid`` is how a token's header names it."""

    kid: str
    _private: Any
    _public: dict[str, str]

    def sign(self, data: bytes) -> bytes:
        """The signature by RS256."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        signature: bytes = self._private.sign(data, PKCS1v15(), SHA256())
        return signature

    def key_set(self, tenant: str = TENANT) -> dict[str, Any]:
        """The JSON Web Key Set, with the fields that Entra's has: ``/{tenant}/discovery/v2.0/keys``."""
        issuer = f"https://login.microsoftonline.com/{tenant}/v2.0"
        return {
            "keys": [{"kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid, **self._public, "issuer": issuer}]
        }


@cache
def signing_key() -> SigningKey:
    """The process's key. Raises ImportError where ``cryptography`` is missing."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    private = generate_private_key(public_exponent=65_537, key_size=2_048)
    numbers = private.public_key().public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    public = {"n": encode(modulus), "e": encode(numbers.e.to_bytes(3, "big"))}
    return SigningKey(encode(hashlib.sha1(modulus, usedforsecurity=False).digest()), private, public)


def can_sign() -> bool:
    """Whether ``cryptography`` is installed."""
    from importlib.util import find_spec

    return find_spec("cryptography") is not None


def discovery_document(base: str, tenant: str = TENANT, *, v1: bool = False) -> dict[str, Any]:
    """What ``/.well-known/openid-configuration`` says: the issuer of the tokens, and where the keys are.

    The issuer is Entra's, which the tokens name; the address of the keys is here. Version 1 of the endpoint names the
    issuer of version 1's tokens, as Microsoft's own audiences have them.
    """
    issuer = f"https://sts.windows.net/{tenant}/" if v1 else f"https://login.microsoftonline.com/{tenant}/v2.0"
    return {
        "issuer": issuer,
        "jwks_uri": f"{base}/{tenant}/discovery/v2.0/keys",
        "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
        "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token"],
        "subject_types_supported": ["pairwise"],
    }
