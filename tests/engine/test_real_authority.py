"""Entra ID by its own name, in a namespace where that name is the simulator's: nothing has to be allowed there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import contextlib, io, json, os, sys
from mitui.cli.main import main
from mitui.simulator.host import SimulatedHost
import azure.identity

with SimulatedHost("workload_identity", port=443) as host:
    if sys.argv[1] == "stranger":
        host.fail("wi.untrusted")
    os.environ.update(host.exported_variables, AZURE_AUTHORITY_HOST="https://login.microsoftonline.com/")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(["check", "--json", "--timeout", "5"])
    seen = {"code": code, "report": json.loads(said.getvalue()), "requests": len(host.requests)}
    try:
        credential = azure.identity.WorkloadIdentityCredential(retry_total=0)
        seen["azure-identity"] = bool(credential.get_token("https://vault.azure.net/.default").token)
    except azure.core.exceptions.AzureError as error:
        seen["azure-identity"] = type(error).__name__
    print(json.dumps(seen))
"""
_SETUP = 'ip link set lo up && mount --bind "$2" /etc/hosts && exec "$0" -W ignore -c "$1" "$3"'


def _in_namespace(argument: str, folder: Path) -> dict[str, Any]:
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None or shutil.which("mount") is None:
        pytest.skip("unshare, ip or mount is not installed")
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost login.microsoftonline.com\n")
    trial = f'ip link set lo up && mount --bind "{hosts}" /etc/hosts'
    if subprocess.run([unshare, "-rnm", "sh", "-c", trial], capture_output=True, check=False).returncode:
        pytest.skip("the kernel gives no network and mount namespace")
    done = subprocess.run(
        [unshare, "-rnm", "sh", "-c", _SETUP, sys.executable, PROGRAM, str(hosts), argument],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_exchange_at_entras_own_name(tmp_path: Path) -> None:
    seen = _in_namespace("entra", tmp_path)
    report = seen["report"]
    assert (seen["code"], report["status"]) == (0, "ok")
    assert report["source"]["kind"] == "workload_identity"
    assert report["source"]["endpoint"].startswith("https://login.microsoftonline.com/72f9ab01-")
    assert report["host"]["cloud"] == "AzurePublicCloud"
    assert [token["status"] for token in report["identities"][0]["tokens"]] == ["ok", "ok"]
    assert seen["requests"] == 2
    assert seen["azure-identity"] is True


def test_whoever_takes_the_name_without_a_certificate_gets_nothing(tmp_path: Path) -> None:
    seen = _in_namespace("stranger", tmp_path)
    tokens = seen["report"]["identities"][0]["tokens"]
    assert seen["code"] == 2
    assert {token["failure"]["kind"] for token in tokens} == {"tls_failed"}
    assert seen["requests"] == 0
    assert seen["azure-identity"] == "ServiceRequestError"
