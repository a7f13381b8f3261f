"""Clients that nobody changed, on a simulated host that is where a real one would be: in a namespace of their own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import TIMEOUT
from tests.cli.test_real_run import why_no_namespace

_PROJECT = Path(__file__).parents[2]
_GET = """
import azure.identity, msal, requests
scope = "https://vault.azure.net"
assert azure.identity.ManagedIdentityCredential().get_token(scope + "/.default").token
with requests.Session() as session:
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
    assert client.acquire_token_for_client(resource=scope)["access_token"]
"""
_ASYNC = """
import asyncio, azure.identity.aio
async def get():
    async with azure.identity.aio.ManagedIdentityCredential() as credential:
        assert (await credential.get_token("https://vault.azure.net/.default")).token
asyncio.run(get())
"""
_VAULT = """
import azure.identity
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient
credential = azure.identity.ManagedIdentityCredential()
url = "https://contoso-kv.vault.azure.net"
assert SecretClient(url, credential).get_secret("db-password").value == "example"
try:
    KeyClient(url, credential, retry_total=0).get_key("signing")
except HttpResponseError as error:
    assert error.status_code == 403, error
else:
    raise AssertionError("no role of this identity covers keys")
"""


@pytest.fixture(autouse=True)
def namespaces() -> None:
    if why_no_namespace():
        pytest.skip(why_no_namespace())


def run_there(setup: str, serving: str, *programs: str, folder: Path) -> str:
    """What the programs leave of the setup's folders, run while ``mitui simulate`` serves; its exports are theirs."""
    printed = folder / "printed"
    python = shlex.quote(sys.executable)
    clients = "\n".join(f"{python} -W ignore -c {shlex.quote(each)} || exit 9" for each in programs)
    script = f"""
ip link set lo up || exit 77
{setup}
{python} -m mitui simulate {serving} > {printed} 2> {folder}/log &
server=$!
trap 'kill $server' EXIT
for _ in $(seq 300); do grep -qs MITUI_SIMULATOR {printed} && break; sleep 0.1; done
. {printed}
{clients}
trap - EXIT
kill $server
wait $server
"""
    hidden = ("AZURE_", "IDENTITY_", "IMDS_", "MSI_", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")
    done = subprocess.run(
        ["unshare", "-rnm", "sh", "-c", f"{script}\nfind /var/opt /opt -name '*azcmagent*'"],
        capture_output=True,
        text=True,
        check=False,
        timeout=4 * TIMEOUT,
        cwd=_PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith(hidden)},
    )
    if done.returncode == 77:
        pytest.skip(f"this kernel gives no such namespace: {done.stderr.strip()}")
    assert (done.returncode, done.stderr) == (0, ""), (folder / "log").read_text()
    return done.stdout


def test_arcs_files_are_where_clients_look_and_go_at_the_end(tmp_path: Path) -> None:
    if any(Path(each).resolve().is_relative_to("/opt") for each in (sys.executable, _PROJECT)):
        pytest.skip("/opt is covered here, and Python lies there")
    cover = "mount -t tmpfs none /var/opt && mount -t tmpfs none /opt || exit 77"
    left = run_there(cover, "azure_arc --root / --port 40342", _GET, _ASYNC, folder=tmp_path)
    assert left == ""
    told = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert [each[6] for each in told] == ["401", "200"] * 3


def test_imds_at_its_own_address_and_a_vault_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("127.0.0.1 localhost\n127.0.0.1 contoso-kv.vault.azure.net\n")
    setup = (
        f"ip address add 169.254.169.254/32 dev lo && mount --bind {tmp_path}/hosts /etc/hosts || exit 77\n"
        "export NO_PROXY='*'"
    )
    serving = (
        "imds --host 169.254.169.254 --port 80 --vault contoso-kv,port=443 --role 'Key Vault Secrets User' "
        "--secret db-password=example"
    )
    own_address = "import os; del os.environ['AZURE_POD_IDENTITY_AUTHORITY_HOST']"
    run_there(setup, serving, f"{own_address}\n{_VAULT}", folder=tmp_path)
    assert "# For /etc/hosts: 127.0.0.1 contoso-kv.vault.azure.net\n" in (tmp_path / "printed").read_text()
    told = [line.split()[1:] for line in (tmp_path / "log").read_text().splitlines()]
    assert ["contoso-kv", "GET", "/secrets/db-password/", "system", "https://vault.azure.net", "200"] in [
        each[:6] for each in told
    ]
    assert "example" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("source", ["imds", "app_service", "azure_ml", "service_fabric", "cloud_shell"])
def test_each_source_by_what_it_prints(source: str, tmp_path: Path) -> None:
    programs = [_GET, _ASYNC] if source != "cloud_shell" else [_ASYNC]
    run_there("", source, *programs, folder=tmp_path)
    assert f" {source} " in (tmp_path / "log").read_text()
