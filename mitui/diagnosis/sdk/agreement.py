"""Whether SDKs agree on where to ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitui.diagnosis.advice import SdkChoice


def choices_agree(choices: Iterable[SdkChoice]) -> bool:
    """Whether every SDK would ask the same source at the same address, but for those that can't on such a host."""
    return len({choice.asks for choice in choices if not choice.limit}) <= 1
