"""Unpadded base64url, as tokens and keys have it."""

from __future__ import annotations

import base64
import json
from typing import Any


def encode(data: bytes) -> str:
    """The data as text."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: object) -> bytes | None:
    """The bytes of unpadded base64url, or None."""
    try:
        return base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}") if isinstance(text, str) else None
    except ValueError:
        return None


def payload_of(token: str) -> dict[str, Any] | None:
    """The claims of a JWT, unverified; None where it is none."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(decode(parts[1]) or b"")
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def claims_of(authorization: str) -> dict[str, Any] | None:
    """The claims of a bearer token, unverified; None where there is no JWT in it."""
    scheme, _, token = authorization.partition(" ")
    return payload_of(token) if scheme.lower() == "bearer" else None
