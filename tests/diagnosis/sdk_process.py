"""Runs one SDK in processes of its own, one for every line of JSON on stdin; run as a script, never imported.

A line holds the client ("msal", "azure", "azure-aio", "azure-cli"), the variables, and optionally the resource, a
client ID and whether the Arc agent is to seem installed. The answer is one line of JSON with the error, or null. Every
case runs in a fork, so that nothing one case leaves behind is seen by the next. No socket leaves this machine:
connections that are not to loopback fail, and the agent's fixed port is mapped to the test's own listener.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import ipaddress
import json
import os
import socket
import sys
import traceback
from typing import Any

HIMDS = "/opt/azcmagent/bin/himds"
AGENT_PORT = 40342
agent_port = 0
connect = socket.socket.connect
exists = os.path.exists


def guarded_connect(self: socket.socket, address: Any) -> None:
    host, port = address[0], address[1]
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise OSError(101, f"refused: {address}")
    connect(self, (host, agent_port if port == AGENT_PORT else port, *address[2:]))


def acquire(case: dict[str, Any]) -> None:
    resource, client_id = case.get("resource", "https://vault.azure.net"), case.get("client_id")
    if case["client"] == "msal":
        import msal
        import requests

        identity: Any = msal.SystemAssignedManagedIdentity()
        if client_id:
            identity = msal.UserAssignedManagedIdentity(client_id=client_id)
        with requests.Session() as session:
            result = msal.ManagedIdentityClient(identity, http_client=session).acquire_token_for_client(
                resource=resource
            )
        if "error" in result:
            raise RuntimeError(f"{result['error']}: {result.get('error_description')}")
    elif case["client"] == "azure":
        from azure.identity import ManagedIdentityCredential

        with ManagedIdentityCredential(client_id=client_id, retry_total=0, retry_status=0) as credential:
            credential.get_token(f"{resource}/.default")
    elif case["client"] == "azure-cli":
        acquire_as_azure_cli(resource, client_id)
    else:
        asyncio.run(acquire_aio(resource, client_id))


def acquire_as_azure_cli(resource: str, client_id: str | None) -> None:
    """By the classes that ``az login --identity`` asks, which it chooses between by ACC_CLOUD."""
    credentials = importlib.import_module("azure.cli.core.auth.msal_credentials")
    if os.environ.get("ACC_CLOUD"):
        credentials.CloudShellCredential().acquire_token([f"{resource}/.default"])
    else:
        credentials.ManagedIdentityCredential(client_id=client_id).acquire_token([f"{resource}/.default"])


async def acquire_aio(resource: str, client_id: str | None) -> None:
    from azure.identity.aio import ManagedIdentityCredential

    # aiohttp made its trust when it was loaded, before a case could name a CA.
    trust: Any = {"connection_verify": os.environ["REQUESTS_CA_BUNDLE"]} if "REQUESTS_CA_BUNDLE" in os.environ else {}
    async with ManagedIdentityCredential(client_id=client_id, retry_total=0, retry_status=0, **trust) as credential:
        await credential.get_token(f"{resource}/.default")


def run(case: dict[str, Any]) -> str | None:
    """In a fork: the error as the SDK's user sees it, or None."""
    global agent_port
    agent_port = case.get("agent_port", 0)
    os.environ.clear()
    os.environ.update(case["variables"])
    socket.socket.connect = guarded_connect  # type: ignore[method-assign,assignment]
    installed = bool(case.get("himds"))
    os.path.exists = lambda path: installed if path == HIMDS else exists(path)
    try:
        acquire(case)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the answer
        if case.get("trace"):
            traceback.print_exc()
        name = type(error).__name__
        return str(error) if name == "RuntimeError" else f"{name}: {error}"
    return None


def in_fork(case: dict[str, Any]) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, json.dumps({"error": run(case)}).encode()[:60000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


if __name__ == "__main__":
    # Loaded before the forks, which then start at once; an environment need not have all of them.
    for module in ("aiohttp", "azure.identity", "azure.identity.aio", "msal", "azure.cli.core.auth.msal_credentials"):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    for line in sys.stdin:
        print(in_fork(json.loads(line)), flush=True)
