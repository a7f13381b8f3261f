"""``mitui check`` in a pod: its exit codes, and the command that makes the credential."""

from __future__ import annotations

import json

import pytest

from mitui.cli.main import main
from mitui.simulator.host import SimulatedHost


def test_the_demo_of_a_pod_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--demo", "pod", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["source"]["kind"] == "workload_identity"
    assert report["source"]["federated_token"]["status"] == "ok"
    assert [each["identity"]["selector"] for each in report["identities"]] == ["client_id"]


def test_the_demo_of_a_broken_pod_says_what_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--demo", "pod-broken"]) == 2
    said = capsys.readouterr().out
    assert "AADSTS700213" in said
    assert "az identity federated-credential create --name shop-web" in said


def test_a_simulated_entra_id_has_to_be_allowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with SimulatedHost("workload_identity") as host:
        for name, value in host.exported_variables.items():
            monkeypatch.setenv(name, value)
        assert main(["check", "--json"]) == 2
        refused = json.loads(capsys.readouterr().out)
        assert host.requests == []
        assert main(["check", "--quiet", "--allow-endpoint", "127.0.0.1"]) == 0
    failure = refused["identities"][0]["tokens"][0]["failure"]
    assert failure["kind"] == "endpoint_not_allowed"
    assert failure["commands"] == ["mitui check --allow-endpoint 127.0.0.1"]
