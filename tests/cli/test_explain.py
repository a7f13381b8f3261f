"""``mitui explain`` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mitui.cli.main import main


def test_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "AADSTS700213"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("federated_subject_mismatch (certain)\n")
    for words in (
        "recognised by: code AADSTS700213",
        "what to do:",
        "<identity-name>: fill it from what the look-up above prints",
        "to read: http",
    ):
        assert words in said


def test_a_code_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "principal_disabled", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["certainty"] == "certain"
    assert found["recognised_by"] == ["code AADSTS7000112"]
    assert found["placeholders"].keys() == {"client-id"}


def test_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 200
    assert main(["explain", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(lines)


def test_an_unknown_one_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "identity_not_fuond"]) == 3
    assert "did you mean identity_not_found? " in capsys.readouterr().err
    assert main(["explain", "\x1b[31mzzzzzzzzzz"]) == 3
    assert "\x1b" not in capsys.readouterr().err


def test_it_needs_neither_a_host_nor_the_network() -> None:
    script = (
        "import sys; from mitui.cli.main import main; code = main(['explain', 'AKV10022']);"
        "print(code, sorted({'httpx', 'httpcore', 'textual', 'jwt'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0 []"


def test_each_command_says_which_kind_of_host_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "identity_recreated"]) == 0
    said = capsys.readouterr().out
    for noun, program in (("VM", "az vm identity"), ("container app", "az containerapp identity")):
        own = said.split(f"\n  {noun}:\n")[1]
        at = [own.index(f"{program} {verb}") for verb in ("show", "remove", "assign")]
        assert at == sorted(at)
        assert not any(line.startswith("  ") and line[2] != " " for line in own[: at[2]].splitlines())
        assert "Careful: it takes the identity off" in own[: at[1]]


def test_a_placeholder_is_explained_under_the_command_that_it_stands_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "federated_subject_mismatch"]) == 0
    said = capsys.readouterr().out
    at = [said.index(each) for each in ("look up first:", "<identity-name>: ", "this mends it", "<issuer>: ")]
    assert at == sorted(at)


def test_each_command_stands_under_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "principal_disabled"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    at = lines.index("look up first:")
    assert lines[at + 1].startswith("az ad sp show ")
    below = next(place for place, line in enumerate(lines) if line.startswith("this mends it. Careful: it lets in"))
    assert below > at
    assert any(line.startswith("az ad sp update ") for line in lines[below:])
    assert main(["explain", "principal_disabled", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["purposes"] == ["look", "mend"]
