"""The Arc agent on the wire, and its key files."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from mitui.simulator.host import SimulatedHost, default_identities
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import ask, ask_arc_token, ask_token, key_of, token_target

_WEB = default_identities()[0]
_METADATA = {"Metadata": "true"}


def _realm(host: SimulatedHost) -> str:
    return ask_token(host).headers["www-authenticate"]


def _key_files(host: SimulatedHost) -> list[Path]:
    return list((host.root / "var/opt/azcmagent/tokens").iterdir())


def test_a_key_opens_the_door_once() -> None:
    with SimulatedHost("azure_arc") as host:
        challenge = ask_token(host)
        header = {**_METADATA, "Authorization": f"Basic {key_of(host, challenge)}"}
        first = ask(host, token_target(host), header)
        left = _key_files(host)
        second = ask(host, token_target(host), header)
    assert challenge.status == 401
    assert challenge.headers["www-authenticate"].startswith("Basic realm=/var/opt/azcmagent/tokens/")
    assert first.status == 200
    assert first.json["expires_in"] == "86700"
    assert left == []
    assert second.status == 401


def test_a_wrong_key_is_challenged_again() -> None:
    with SimulatedHost("azure_arc") as host:
        answer = ask(host, token_target(host), {**_METADATA, "Authorization": "Basic wrong"})
    assert answer.status == 401


@pytest.mark.parametrize(
    ("name", "value"),
    [("client_id", _WEB.client_id), ("object_id", _WEB.object_id), ("msi_res_id", _WEB.resource_id)],
)
def test_a_new_agent_confirms_the_identity_and_an_old_one_ignores_it(name: str, value: str) -> None:
    with SimulatedHost("azure_arc") as host:
        confirmed = ask_arc_token(host, **{name: value}).json
        host.legacy_agent = True
        ignored = ask_arc_token(host, **{name: value}).json
    assert confirmed[name] == value
    assert claims_of(confirmed["access_token"])["oid"] == _WEB.object_id
    assert name not in ignored
    assert claims_of(ignored["access_token"])["xms_mirid"].endswith("/Microsoft.HybridCompute/machines/arc-db-01")


def test_an_identity_that_is_not_assigned_is_a_404() -> None:
    with SimulatedHost("azure_arc") as host:
        answer = ask_arc_token(host, client_id="00000000-1111-4222-8333-444444444444")
    assert (answer.status, answer.json["error_description"]) == (404, "Identity not found")


def test_the_agent_is_installed_below_a_root_that_goes_away_with_the_host() -> None:
    with SimulatedHost("azure_arc") as host:
        root = host.root
        assert os.access(root / "opt/azcmagent/bin/himds", os.X_OK)
        compute = ask(host, "/metadata/instance/compute?api-version=2020-06-01", _METADATA).json
    assert compute["resourceId"].endswith("/Microsoft.HybridCompute/machines/arc-db-01")
    assert not root.exists()


def test_of_a_root_of_ones_own_only_the_agent_goes(tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    with SimulatedHost("azure_arc", root=tmp_path) as host:
        assert host.root == tmp_path
        assert (tmp_path / "opt/azcmagent/bin/himds").exists()
    assert [each.name for each in tmp_path.rglob("*")] == ["opt"]


def test_an_old_version_and_a_missing_header_are_refused() -> None:
    with SimulatedHost("azure_arc") as host:
        no_version = ask(host, "/metadata/identity/oauth2/token?resource=https://vault.azure.net", _METADATA)
        no_header = ask(host, token_target(host))
    assert "newest-versions" in no_version.json
    assert no_header.status == 400


def test_harmless_oddities_of_a_challenge() -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("arc.evil.quoted", times=1)
        assert ask_arc_token(host).status == 200
        host.fail("arc.evil.newline", times=1)
        challenge = ask_token(host)
        key = key_of(host, challenge)
        assert key.endswith("\n")
        answer = ask(host, token_target(host), {**_METADATA, "Authorization": f"Basic {key.strip()}"})
    assert answer.status == 200


def test_traps_in_a_challenge() -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("arc.evil")
        assert _realm(host) == "Basic realm=/etc/shadow"
        host.fail("arc.evil.traversal")
        assert _realm(host).startswith("Basic realm=/var/opt/azcmagent/tokens/../")
        host.fail("arc.evil.digest")
        assert _realm(host).startswith("Digest realm=/var/opt/azcmagent/tokens/")
        host.fail("arc.evil.silent")
        assert "www-authenticate" not in ask_token(host).headers


@pytest.mark.parametrize("fault", ["arc.evil.symlink", "arc.evil.big", "arc.evil.fifo", "arc.unreadable", "arc.nokey"])
def test_traps_in_the_key_file(fault: str) -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail(fault, times=1)
        assert _realm(host).startswith("Basic realm=/var/opt/azcmagent/tokens/")
        found = _key_files(host)
        what = found[0].lstat() if found else None
    if what is None:
        assert fault == "arc.nokey"
        return
    expected = {
        "arc.evil.symlink": stat.S_ISLNK(what.st_mode),
        "arc.evil.big": what.st_size == 5000,
        "arc.evil.fifo": stat.S_ISFIFO(what.st_mode),
        "arc.unreadable": stat.S_IMODE(what.st_mode) == 0,
    }
    assert expected[fault]


def test_a_stale_key_costs_one_more_round() -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("arc.stale", times=1)
        assert ask_arc_token(host).status == 401
        assert ask_arc_token(host).status == 200


def test_refusals_of_the_agent() -> None:
    with SimulatedHost("azure_arc") as host:
        host.fail("arc.404", times=1)
        missing = ask_token(host)
        host.fail("arc.disconnected", times=1)
        disconnected = ask_token(host)
        host.fail("arc.challenge")
        again = ask_arc_token(host)
        host.heal()
        host.fail("arc.ok.legacy")
        legacy = ask_arc_token(host, client_id=_WEB.client_id)
        host.fail("arc.ok.echo")
        echo = ask_arc_token(host, client_id=_WEB.client_id)
    assert (missing.status, disconnected.status, again.status) == (404, 400, 401)
    assert "client_id" not in json.loads(legacy.body)
    assert json.loads(echo.body)["client_id"] == _WEB.client_id
