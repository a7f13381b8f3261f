"""``--demo``: a simulated host looks like a real one, and what the simulation needs is not blamed for its trouble."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mitui.cli.main import main
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.simulator.scenarios.table import SCENARIOS

_IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"
_OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
_ON_IMDS = [name for name, scenario in SCENARIOS.items() if scenario.kind in ("imds", "") and name != "slow"]


def _looked_at(name: str, capsys: pytest.CaptureFixture[str]) -> Any:
    main(["check", "--demo", name, "--json", "--timeout", "2"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", _ON_IMDS)
def test_imds_is_at_its_own_address_and_sdks_agree(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = _looked_at(name, capsys)
    assert report["source"]["endpoint"] == _IMDS
    assert [each["state"] for each in report["source"]["evidence"] if each["signal"] == _OVERRIDE] == ["unset"]
    assert {each["endpoint"] for each in report["sdk_choices"]} == {_IMDS}
    kinds = [kind for kind in _kinds(report) if kind in {cause.kind for cause in TOKEN_CAUSES}]
    assert "authority_override" not in kinds


def _kinds(value: Any) -> list[str]:
    """Every ``kind`` that stands anywhere in the report."""
    if isinstance(value, dict):
        return [text for name, each in value.items() for text in ([each] if name == "kind" else _kinds(each))]
    return [text for each in value for text in _kinds(each)] if isinstance(value, list) else []


def test_no_demo_names_the_port_that_stands_in_for_imds(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--demo", "empty"])
    said = capsys.readouterr().out
    assert "169.254.169.254:80 refused the connection" in said
    assert "127.0.0.1" not in said
    assert f"{_OVERRIDE} sends" not in said


def test_an_audience_that_the_tenant_does_not_know_is_unknown_to_every_identity(
    capsys: pytest.CaptureFixture[str],
) -> None:
    identities = _looked_at("vm", capsys)["identities"]
    refused = [
        token["failure"]["kind"]
        for each in identities
        for token in each["tokens"]
        if token["resource"] == "api://contoso-orders"
    ]
    assert refused == ["resource_not_found", "resource_not_found", "identity_not_found"]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_host_with_some_of_everything_fits_on_two_screens_of_a_ticket(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", "--demo", "vm", "--format", form])
    rows = [row.strip() for row in capsys.readouterr().out.splitlines() if row.strip()]
    assert len(rows) <= 120
    commands = [row for row in rows if row.startswith("az ")]
    assert commands
    assert len(commands) == len(set(commands))
