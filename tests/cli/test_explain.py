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


def test_each_command_stands_under_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "principal_disabled"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    at = lines.index("look up first:")
    assert lines[at + 1].startswith("az ad sp show ")
    assert lines[at + 2] == "this mends it:"
    assert lines[at + 3].startswith("az ad sp update ")
    assert main(["explain", "principal_disabled", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["purposes"] == ["look", "mend"]
