"""What can be known of one permission, and the words for a vault and the way to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

StageName = Literal["resolve", "connect", "tls", "health", "challenge", "token", "permissions"]
STAGES: tuple[StageName, ...] = ("resolve", "connect", "tls", "health", "challenge", "token", "permissions")
StageStatus = Literal["ok", "failed", "skipped"]
VaultModel = Literal["rbac", "access_policy", "unknown"]
ProbeDepth = Literal["read", "crypto", "deep"]


class Verdict(StrEnum):
    """What is known of one permission; the words are part of the JSON contract."""

    GRANTED = "granted"
    DENIED = "denied"
    LIKELY = "likely"
    BLOCKED = "blocked"  # by the vault's own settings, such as purge protection
    UNKNOWN = "unknown"
    UNTESTED = "untested"
