"""``mitui check`` as a real process: against a script with each SDK and a bare httpx GET, and what a format adds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.benchmarks.separate_host import separate_host
from tests.benchmarks.table import compare
from tests.cli.commands import command

ROUNDS = 15
FORMAT_LIMIT = 1.15
SCRIPTS = {
    "a script with MSAL Python": (
        "import msal, requests\n"
        "client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())\n"
        "for each in ('https://management.azure.com', 'https://vault.azure.net'):\n"
        "    assert 'access_token' in client.acquire_token_for_client(resource=each)\n"
    ),
    "a script with azure-identity": (
        "from azure.identity import ManagedIdentityCredential\n"
        "credential = ManagedIdentityCredential()\n"
        "for each in ('https://management.azure.com', 'https://vault.azure.net'):\n"
        "    assert credential.get_token(each + '/.default').token\n"
    ),
    "a script with azure-identity, async": (
        "import asyncio\n"
        "from azure.identity.aio import ManagedIdentityCredential\n"
        "async def main():\n"
        "    async with ManagedIdentityCredential() as credential:\n"
        "        for each in ('https://management.azure.com', 'https://vault.azure.net'):\n"
        "            assert (await credential.get_token(each + '/.default')).token\n"
        "asyncio.run(main())\n"
    ),
    "a script with httpx": (
        "import httpx, os\n"
        "base = os.environ['AZURE_POD_IDENTITY_AUTHORITY_HOST'] + '/metadata/identity/oauth2/token'\n"
        "with httpx.Client(trust_env=False) as client:\n"
        "    for each in ('https://management.azure.com', 'https://vault.azure.net'):\n"
        "        query = {'api-version': '2018-02-01', 'resource': each}\n"
        "        assert client.get(base, params=query, headers={'Metadata': 'true'}).status_code == 200\n"
    ),
}
"""The same two tokens, and nothing else: no source, no host, no claims, no causes."""
LIMITS = {"a script with MSAL Python": 1.7, "a script with azure-identity": 1.15}


def _medians(lines: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Seconds that each process takes, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in lines}
    with separate_host() as variables:
        for _ in range(ROUNDS):
            for name, line in lines.items():
                started = time.perf_counter()
                subprocess.run(line, env={**os.environ, **variables}, check=True, stdout=subprocess.DEVNULL)
                taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in taken.items()}


def test_check_against_scripts() -> None:
    scripts = {name: [sys.executable, "-c", script] for name, script in SCRIPTS.items()}
    found = _medians({"ours": command("check", "--json"), **scripts})
    for name in scripts:
        compare("check --json, as a process", found["ours"], name, found[name], limit=LIMITS.get(name))


def test_metrics_against_json() -> None:
    found = _medians({name: command("check", "--format", name) for name in ("json", "prometheus")})
    compare("check as metrics", found["prometheus"], "check as JSON", found["json"], limit=FORMAT_LIMIT)
