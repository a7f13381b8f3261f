"""The kinds of host that can be simulated."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mitui.simulator.faults.fault import Answer
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources import (
    app_service,
    azure_arc,
    azure_ml,
    cloud_shell,
    imds,
    service_fabric,
    workload_identity,
)
from mitui.simulator.sources.arc_keys import FOLDERS
from mitui.simulator.sources.pod import CA_FILE, TOKEN_FOLDER


@dataclass(frozen=True, slots=True)
class HostKind:
    """What one kind of host answers on ``token_path`` and elsewhere, and which variables point a client at it.

    ``token_path`` is the end of the path. ``prepare`` puts files below the root before it starts, and ``renew`` those
    that have become old; ``folders`` and ``files`` are what it then has to itself. ``path_variables`` hold the paths of
    such files. ``tls`` makes the server's side of TLS from the name of the fault that is on; a kind that has it speaks
    HTTPS unless told otherwise. ``node`` answers as the IMDS of the machine below, at a port of its own.
    """

    words: str
    token_path: str
    answer: Callable[[HostSettings, RecordedRequest], Answer]
    variables: Callable[[HostSettings], dict[str, str]]
    prepare: Callable[[HostSettings], None] | None = None
    tls: Callable[[str], ssl.SSLContext] | None = None
    renew: Callable[[HostSettings], None] | None = None
    path_variables: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    node: Callable[[HostSettings, RecordedRequest], Answer] | None = None


KINDS: Final = {
    "imds": HostKind("Azure VM (IMDS)", imds.TOKEN_PATH, imds.answer, imds.variables),
    "app_service": HostKind("App Service", app_service.TOKEN_PATH, app_service.answer, app_service.variables),
    "container_apps": HostKind(
        "Container Apps", app_service.TOKEN_PATH, app_service.container_answer, app_service.container_variables
    ),
    "azure_arc": HostKind(
        "Azure Arc", imds.TOKEN_PATH, azure_arc.answer, azure_arc.variables, prepare=azure_arc.prepare, folders=FOLDERS
    ),
    "azure_ml": HostKind("Azure ML", azure_ml.TOKEN_PATH, azure_ml.answer, azure_ml.variables),
    "cloud_shell": HostKind("Cloud Shell", cloud_shell.TOKEN_PATH, cloud_shell.answer, cloud_shell.variables),
    "service_fabric": HostKind(
        "Service Fabric",
        service_fabric.TOKEN_PATH,
        service_fabric.answer,
        service_fabric.variables,
        tls=service_fabric.context,
    ),
    "workload_identity": HostKind(
        "a pod with workload identity",
        workload_identity.TOKEN_PATH,
        workload_identity.answer,
        workload_identity.variables,
        prepare=workload_identity.prepare,
        tls=workload_identity.context,
        renew=workload_identity.renew,
        path_variables=workload_identity.PATHS,
        folders=(TOKEN_FOLDER,),
        files=(CA_FILE,),
        node=imds.answer,
    ),
}
