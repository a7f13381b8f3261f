"""The closed set of words that ``failure.kind`` is from; part of the JSON contract."""

from __future__ import annotations

from typing import Final

from mitui.engine.failure import FailureKind
from mitui.keyvault.probe_result import VaultFailureKind

FAILURE_KINDS: Final[tuple[str, ...]] = (
    *dict.fromkeys(str(kind) for kinds in (FailureKind, VaultFailureKind) for kind in kinds),
)
