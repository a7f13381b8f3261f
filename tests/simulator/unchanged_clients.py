"""Azure CLI and npm's clients, unchanged, on a simulated host with a vault that is where a real one would be.

``python -m tests.simulator.unchanged_clients [FOLDER]`` installs azure-cli, @azure/msal-node, @azure/identity and
@azure/keyvault-secrets into the folder (a temporary one if none is given; what is there already is used), and runs them
in a network namespace of its own: IMDS at 169.254.169.254, the vault by its own name through /etc/hosts. Needs Node,
npm and unshare; no request of a client leaves the namespace. Tried with azure-cli 2.91.0.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parents[2]
_PACKAGES: Final = ("@azure/msal-node", "@azure/identity", "@azure/keyvault-secrets")
_NODE: Final = """
import { ManagedIdentityApplication } from "@azure/msal-node";
import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
const resource = "https://vault.azure.net";
const token = await new ManagedIdentityApplication().acquireToken({ resource });
if (!token.accessToken) throw new Error("msal-node: no token");
const credential = new ManagedIdentityCredential();
const secret = await new SecretClient("https://contoso-kv.vault.azure.net", credential).getSecret("db-password");
console.log(JSON.stringify(secret.value));
"""
_SCRIPT: Final = """
set -e
ip link set lo up
ip address add 169.254.169.254/32 dev lo
mount --bind hosts /etc/hosts
"$PYTHON" -m mitui simulate imds --arm --host 169.254.169.254 --port 80 --vault contoso-kv,port=443 \\
    --role 'Key Vault Secrets User' --secret db-password=example > printed 2> log &
trap "kill $!" EXIT
for _ in $(seq 300); do grep -qs MITUI_SIMULATOR printed && break; sleep 0.1; done
. ./printed
az() { PYTHONPATH= venv/bin/python -W ignore -m azure.cli "$@" --output json; }
echo '"az login"'; az login --identity
echo '"az account get-access-token"'; az account get-access-token --resource https://vault.azure.net --query tokenType
echo '"az keyvault secret show"'; az keyvault secret show --vault-name contoso-kv --name db-password --query value
echo '"npm"'; node client.mjs
"""


def install(folder: Path) -> None:
    """Install what is not there yet."""
    if not (folder / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [str(folder / "venv/bin/pip"), "install", "--quiet", "--disable-pip-version-check", "azure-cli"]
        subprocess.run(pip, check=True)
    if not (folder / "node_modules").exists():
        (folder / "package.json").write_text('{"name": "clients", "private": true}')
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *_PACKAGES], cwd=folder, check=True)
    (folder / "client.mjs").write_text(_NODE)
    (folder / "hosts").write_text("127.0.0.1 localhost\n127.0.0.1 contoso-kv.vault.azure.net\n")


def answers(text: str) -> dict[str, object]:
    """What each client printed, by its name: JSON values, one after another."""
    values = []
    decoder = json.JSONDecoder()
    while text.strip():
        value, end = decoder.raw_decode(text.strip())
        values.append(value)
        text = text.strip()[end:]
    return {str(name): value for name, value in zip(values[::2], values[1::2], strict=True)}


def run(folder: Path) -> dict[str, object]:
    """Run all of them. Raises CalledProcessError where one fails."""
    hidden = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_", "HTTP", "http", "ARM_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    variables |= {"PYTHON": sys.executable, "PYTHONPATH": str(_PROJECT), "HOME": str(folder), "NO_PROXY": "*"}
    variables["AZURE_CORE_COLLECT_TELEMETRY"] = "no"
    (folder / "printed").unlink(missing_ok=True)
    command = ["unshare", "-rnm", "bash", "-c", _SCRIPT]
    done = subprocess.run(command, cwd=folder, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    return answers(done.stdout)


def main(arguments: list[str]) -> int:
    """0 where every client got what it asked for."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments[0] if arguments else temporary).resolve()
        folder.mkdir(exist_ok=True)
        install(folder)
        said = run(folder)
    login = said.pop("az login")
    right = {"az account get-access-token": "Bearer", "az keyvault secret show": "example", "npm": "example"}
    subscriptions = [each["name"] for each in login] if isinstance(login, list) else []
    print(f"az login: {', '.join(subscriptions)}", *(f"{name}: {value}" for name, value in said.items()), sep="\n")
    return 0 if said == right and subscriptions == ["Contoso"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
