"""The kinds of sources of tokens."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """The sources of tokens; the words are part of the JSON contract."""

    IMDS = "imds"
    APP_SERVICE = "app_service"
    AZURE_ARC = "azure_arc"
    AZURE_ML = "azure_ml"
    CLOUD_SHELL = "cloud_shell"
    SERVICE_FABRIC = "service_fabric"
    WORKLOAD_IDENTITY = "workload_identity"
    NONE = "none"
