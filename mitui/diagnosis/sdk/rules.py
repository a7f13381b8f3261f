"""The table of every SDK, in the order in which it is shown: those that others are built on first, tools last."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.sdk.families.dotnet import AZURE_IDENTITY_NET, MSAL_NET
from mitui.diagnosis.sdk.families.go import AZIDENTITY, MSAL_GO
from mitui.diagnosis.sdk.families.java import AZURE_IDENTITY_JAVA, MSAL_JAVA
from mitui.diagnosis.sdk.families.native import CPP, RUST
from mitui.diagnosis.sdk.families.node import AZURE_IDENTITY_JS, MSAL_NODE
from mitui.diagnosis.sdk.families.python import AZURE_IDENTITY, AZURE_IDENTITY_AIO, MSAL_PYTHON
from mitui.diagnosis.sdk.families.tools import AZ_POWERSHELL, AZCOPY, AZURE_CLI, TERRAFORM
from mitui.diagnosis.sdk.schema import Sdk

SDKS: Final[tuple[Sdk, ...]] = (
    MSAL_GO,
    MSAL_PYTHON,
    MSAL_NET,
    MSAL_NODE,
    AZURE_IDENTITY,
    AZURE_IDENTITY_AIO,
    MSAL_JAVA,
    AZURE_IDENTITY_NET,
    AZURE_IDENTITY_JAVA,
    AZURE_IDENTITY_JS,
    AZIDENTITY,
    RUST,
    CPP,
    AZURE_CLI,
    AZ_POWERSHELL,
    AZCOPY,
    TERRAFORM,
)
BY_NAME: Final = {each.name: each for each in SDKS}
