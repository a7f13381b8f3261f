"""The shapes of hosts on which SDKs are compared: variables, and whether the Arc agent is installed.

The first are those that MSAL Go was recorded on as well; the ports in them stand for listeners, which a run replaces.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.diagnosis.sdk_runner import Listeners

RECORDED: Final[list[dict[str, Any]]] = json.loads((Path(__file__).parent / "sdk-choices.json").read_text())["cases"]
THUMBPRINT: Final = "A9993E364706816ABA3E25717850C26C9CD0D89D"
PAIR: Final = {"IDENTITY_ENDPOINT": "http://127.0.0.1:41000/msi/token", "IDENTITY_HEADER": "h"}
MSI: Final = {"MSI_ENDPOINT": "http://127.0.0.1:46808/MSI/auth"}
ARC: Final = {"IDENTITY_ENDPOINT": "http://127.0.0.1:40342/t", "IMDS_ENDPOINT": "http://127.0.0.1:40342"}
FABRIC: Final = {
    "IDENTITY_ENDPOINT": "https://localhost:2377/x",
    "IDENTITY_HEADER": "h",
    "IDENTITY_SERVER_THUMBPRINT": THUMBPRINT,
}
WORKLOAD: Final = {
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    "AZURE_TENANT_ID": "t",
    "AZURE_FEDERATED_TOKEN_FILE": "/token",
    "AZURE_CLIENT_ID": "c",
}
_PORTS: Final = {"41000": "app", "46808": "ml", "40342": "arc", "2377": "sf"}
LISTENERS: Final = {
    ("169.254.169.254", 80): "imds",
    ("127.0.0.1", 41000): "app",
    ("127.0.0.1", 46808): "ml",
    ("127.0.0.1", 40342): "arc",
    ("localhost", 40342): "arc",
    ("localhost", 2377): "sf",
    ("localhost", 50342): "shell",
    ("login.microsoftonline.com", 443): "entra",
}


def _shape(variables: dict[str, str], *, himds: bool = False) -> dict[str, Any]:
    return {"variables": variables, "himds_installed": himds}


MORE: Final = (
    _shape({"AZURE_POD_IDENTITY_AUTHORITY_HOST": ""}),
    _shape({"IDENTITY_ENDPOINT": "", "IMDS_ENDPOINT": "http://127.0.0.1:40342"}, himds=True),
    _shape({**PAIR, "IDENTITY_ENDPOINT": "nonsense"}),
    _shape({**FABRIC, "IDENTITY_SERVER_THUMBPRINT": "nonsense"}),
    _shape({**FABRIC, "IDENTITY_ENDPOINT": "http://127.0.0.1:41000/x"}),
    _shape({**MSI, "MSI_SECRET": "s", "IDENTITY_ENDPOINT": ""}),
    _shape({"MSI_ENDPOINT": "", "MSI_SECRET": ""}),
    _shape({**PAIR, **MSI}),
    _shape({**PAIR, **WORKLOAD}),
    _shape({**ARC, **WORKLOAD}),
    _shape({**WORKLOAD, "AZURE_CLIENT_ID": ""}),
    _shape({name: value for name, value in WORKLOAD.items() if name != "AZURE_AUTHORITY_HOST"}),
    _shape({**PAIR, "AZURE_CLIENT_ID": "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"}),
)
SHAPES: Final = (*RECORDED, *MORE)


def name_of(index: int) -> str:
    """A name for the shape: its number and the variables that are set."""
    shape = SHAPES[index]
    words = "+".join(sorted(shape["variables"])) or "nothing"
    return f"{index}-{words}{'-himds' if shape['himds_installed'] else ''}"


def on_our_ports(variables: dict[str, str], listeners: Listeners) -> dict[str, str]:
    """The variables with the ports replaced by those of our listeners."""
    moved = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://127.0.0.1:{listeners.port('imds')}"}
    for name, value in variables.items():
        for port, listener in _PORTS.items():
            value = value.replace(f":{port}", f":{listeners.port(listener)}")
        moved[name] = value.replace("<thumbprint>", listeners.thumbprint)
        if name == "IDENTITY_SERVER_THUMBPRINT" and len(value) == 40:
            moved[name] = listeners.thumbprint
    return moved


def named(endpoint: str, listeners: Listeners) -> str | None:
    """Which of our listeners this endpoint is; None for no address, or one that no request can reach from here."""
    if urlsplit(endpoint).hostname not in ("127.0.0.1", "localhost"):
        return None
    port = urlsplit(endpoint).port or 80
    if port == 40342:
        return "arc"
    found = next(name for name in listeners.servers if listeners.port(name) == port)
    # Plain http to a listener that speaks TLS is no request; on our port the table can't know it.
    return None if found == "sf" and endpoint.startswith("http:") else found


def listener_of(endpoint: str) -> str | None:
    """The listener that a recorded address stands for, None for no address."""
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    return LISTENERS[(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))]
