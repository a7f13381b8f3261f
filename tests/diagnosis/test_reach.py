"""What is advised for another process holds for that process, and not for the shell it is read in."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitui.diagnosis.advice import HealthWarning
from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.reach import within_reach
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.detection import detect
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import SystemAssigned
from tests.diagnosis.cases import TOKEN_CASES, Given, failed

PAIRS = [(kind, case) for kind, _, case in TOKEN_CASES]
OF_A_SHELL = ("export ", "unset ")


def _as_process(environment: HostEnvironment, root: Path, process_id: int = 4242) -> HostEnvironment:
    return HostEnvironment(environment.variables, root, environment.platform, process_id=process_id)


def _with_units(root: Path) -> Path:
    (root / "run/systemd/system").mkdir(parents=True)
    return root


@pytest.mark.parametrize(("kind", "case"), PAIRS, ids=[kind for kind, _ in PAIRS])
def test_no_command_of_a_shell_is_said_to_mend_another_process(kind: str, case: Given, tmp_path: Path) -> None:
    environment = _as_process(case.environment, tmp_path)
    for advice in advise_token(case.failure, case.host, environment):
        assert not any(command.startswith((*OF_A_SHELL, "env | ")) for command in advice.commands), (kind, advice.kind)
        assert not any(command.startswith("mitui check") and "--pid 4242" not in command for command in advice.commands)
        assert len(advice.purposes) == len(advice.commands)


def test_a_variable_of_another_process_is_changed_where_it_comes_from(tmp_path: Path) -> None:
    case = failed(FailureKind.CONNECTION_REFUSED, variables={"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"})
    environment = _as_process(case.environment, _with_units(tmp_path))
    top = advise_token(case.failure, case.host, environment)[0]

    assert top.kind == "authority_override"
    assert top.commands == ("systemctl status 4242",)
    assert top.purposes == ("look",)
    assert "where process 4242 has its variables from" in top.remedy
    assert advise_token(case.failure, case.host, case.environment)[0].commands == (
        "unset AZURE_POD_IDENTITY_AUTHORITY_HOST",
    )


def test_the_warnings_of_another_process_name_its_origin_too(tmp_path: Path) -> None:
    variables = {"MSI_ENDPOINT": "", "AZURE_CLIENT_ID": "no-guid", "IDENTITY_ENDPOINT": "http://127.0.0.1:1/x"}
    environment = _as_process(HostEnvironment(variables, tmp_path), tmp_path)
    found = lint(environment, detect(environment), (SystemAssigned(),), (), 0.0)

    told = [each for each in found if "where process 4242 has its variables from" in each.remedy]
    assert {"empty_variable", "client_id_not_a_guid"} <= {each.kind for each in told}
    assert not any(command.startswith(OF_A_SHELL) for each in found for command in each.commands)


def test_what_else_stands_there_keeps_its_place_and_its_cost() -> None:
    warning = HealthWarning(
        "x", "It is so.", "Do it.", ("az a show", "unset B", "az a update", "env | grep B"),
        ("look", "mend", "mend", "check"), (), ("", "here", "there", ""), ("", "", "it empties a", ""),
    )  # fmt: skip
    seen = within_reach(warning, HostEnvironment({}, Path("/nonexistent"), process_id=7))

    assert seen.commands == ("az a show", "az a update", "tr '\\0' '\\n' </proc/7/environ | grep B")
    assert seen.purposes == ("look", "mend", "check")
    assert seen.ways == ("", "there", "")
    assert seen.costs == ("", "it empties a", "")
    assert within_reach(warning, HostEnvironment({}, Path("/nonexistent"))) is warning
