"""The JSON Schema of ``check --json``: every answer keeps to it, it keeps up with the code, and it only ever grows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from mitui.claims import IdentityKind
from mitui.cli.main import main
from mitui.cli.packaged_files import SCHEMA, packaged_text
from mitui.engine.evidence import SignalKind, SignalState
from mitui.engine.source_kind import SourceKind
from mitui.keyvault.verdict import StageName, StageStatus, VaultModel, Verdict
from mitui.monitor.identity_view import Status, TokenStatus, VaultStatus
from mitui.monitor.snapshot import Snapshot
from mitui.report.json_report import document
from mitui.report.kinds import FAILURE_KINDS
from mitui.simulator.scenarios.table import SCENARIOS
from tests.report.samples import FAILING, HEALTHY, NO_ENDPOINT

FIRST = Path(__file__).with_name("check.schema.0.1.0.json")


def schema() -> dict[str, Any]:
    loaded = json.loads(packaged_text(SCHEMA))
    assert isinstance(loaded, dict)
    return loaded


def strict(node: Any) -> Any:
    """The schema with nothing allowed that it does not name: for us, who write, and not for those who read."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {key: strict(each) for key, each in node.items()}
    return {"additionalProperties": False, **closed} if "properties" in node else closed


def complaints(value: object) -> list[str]:
    return [f"{each.json_path}: {each.message}" for each in Draft202012Validator(strict(schema())).iter_errors(value)]


def test_it_is_a_schema_and_can_tell_wrong_from_right() -> None:
    Draft202012Validator.check_schema(schema())
    wrong: dict[str, Any] = json.loads(json.dumps(document(HEALTHY)))
    wrong["identities"][0]["tokens"][0]["status"] = "fine"
    del wrong["host"]
    wrong["token"] = "x"
    assert len(complaints(wrong)) == 3


@pytest.mark.parametrize("snapshot", [HEALTHY, FAILING, NO_ENDPOINT, Snapshot()])
def test_every_form_of_a_snapshot(snapshot: Snapshot) -> None:
    assert complaints(document(snapshot)) == []


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("masked", [(), ("--redact",)])
def test_every_scenario(name: str, masked: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--demo", name, "--timeout", "1", *masked]) in (0, 1, 2, 3)
    out, err = capsys.readouterr()
    assert err == ""
    assert complaints(json.loads(out)) == []


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == schema()
    assert (err, out.isascii()) == ("", True)


def test_it_knows_every_word_that_the_code_has() -> None:
    of = schema()["$defs"]
    token, vault, identity = (of[name]["properties"] for name in ("token", "vault", "identity"))
    evidence = schema()["properties"]["source"]["properties"]["evidence"]["items"]["properties"]
    for found, words in (
        (of["failure"]["properties"]["kind"], FAILURE_KINDS),
        (schema()["properties"]["source"]["properties"]["kind"], [str(each) for each in SourceKind]),
        (schema()["properties"]["status"], get_args(Status)),
        (evidence["kind"], get_args(SignalKind)),
        (evidence["state"], get_args(SignalState)),
        (identity["status"], get_args(Status)),
        (identity["actual"]["properties"]["kind"], get_args(IdentityKind)),
        (token["status"], get_args(TokenStatus)),
        (vault["status"], get_args(VaultStatus)),
        (vault["model"], get_args(VaultModel)),
        (vault["stages"]["items"]["properties"]["stage"], get_args(StageName)),
        (vault["stages"]["items"]["properties"]["status"], get_args(StageStatus)),
        (vault["permissions"]["items"]["properties"]["verdict"], [str(each) for each in Verdict]),
    ):
        missing = set(words) - set(found["enum"])
        assert not missing, f"add {missing} to {SCHEMA}"


def test_what_was_once_promised_still_holds() -> None:
    """Whoever reads by the first schema can read by this one: keys and words are added, none goes or changes."""
    assert _broken(json.loads(FIRST.read_text("utf-8")), schema(), "$") == []
    assert _broken(schema(), {**schema(), "required": []}, "$") != []


def _broken(then: Any, now: Any, where: str) -> list[str]:
    """What the schema of then says and that of now does not; descriptions may change."""
    if isinstance(then, dict):
        found = []
        for key, each in then.items():
            if key in ("description", "title") and isinstance(each, str):
                continue
            found += [f"{where}.{key} is gone"] if key not in now else _broken(each, now[key], f"{where}.{key}")
        return found
    if isinstance(then, list) and where.endswith((".required", ".enum")):
        return [f"{where}: {each} is gone" for each in then if each not in now]
    return [] if then == now else [f"{where} was {then} and is {now}"]
