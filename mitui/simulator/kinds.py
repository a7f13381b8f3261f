"""The kinds of host that can be simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mitui.simulator import app_service, imds
from mitui.simulator.faults import Answer
from mitui.simulator.server import RecordedRequest
from mitui.simulator.settings import HostSettings


@dataclass(frozen=True, slots=True)
class HostKind:
    """What one kind of host answers on ``token_path`` and elsewhere, and which variables point a client at it."""

    words: str
    token_path: str
    answer: Callable[[HostSettings, RecordedRequest], Answer]
    variables: Callable[[HostSettings], dict[str, str]]


KINDS: Final = {
    "imds": HostKind("Azure VM (IMDS)", imds.TOKEN_PATH, imds.answer, imds.variables),
    "app_service": HostKind("App Service", app_service.TOKEN_PATH, app_service.answer, app_service.variables),
    "container_apps": HostKind(
        "Container Apps", app_service.TOKEN_PATH, app_service.container_answer, app_service.container_variables
    ),
}
