"""``check --save`` and ``check --replay``: through the real command, over sockets."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

from mitui.cli.main import main
from mitui.report.formats import FORMATS
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from mitui.simulator.scenarios.table import SCENARIOS
from mitui.simulator.vault.server import SimulatedVault
from tests.cli.commands import one_line

ARM = "https://management.azure.com"
_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_replayed_as_it_was_printed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "saved.json")
    code, out, err = run(capsys, "--demo", name, "--timeout", "1", "--save", place, "--no-redact")
    assert "ids as they are" in one_line(err)
    assert run(capsys, "--replay", place) == (code, out, "")


@pytest.mark.parametrize("form", FORMATS)
def test_in_every_format(form: str, app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "saved.json")
    code, out, _ = run(capsys, "--format", form, "--resource", ARM, "--save", place, "--no-redact")
    assert run(capsys, "--format", form, "--replay", place) == (code, out, "")


def test_what_is_saved_is_private_whole_and_masked(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "saved.json"
    place.write_text("before")
    place.chmod(0o644)
    code, _, err = run(capsys, "--save", str(place), "--resource", ARM, "--quiet")
    assert (code, err) == (0, "")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["saved.json"]
    saved = json.loads(place.read_text())
    assert saved["masked"] is True
    assert saved["options"] == [["resources", ARM]]
    assert SYSTEM.object_id not in place.read_text()
    assert SYSTEM.client_id not in place.read_text()


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_scenario_saves_a_token(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "saved.json"
    run(capsys, "--demo", name, "--timeout", "1", "--save", str(place), "--no-redact", "--quiet")
    text = place.read_text()
    assert _TOKEN.findall(text) == []
    assert "canary-7f0e-do-not-read" not in text


def test_no_secret_of_the_host_or_of_a_vault_is_saved(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "saved.json"
    with SimulatedVault("contoso-kv", tls=False) as vault:
        vault.secrets["db-password"] = vault.canary
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
        options = ["--vault", vault.url, "--allow-loopback-vault", "--want", "secrets/get", "--resource", ARM]
        run(capsys, *options, "--save", str(place), "--no-redact", "--quiet")
        text = place.read_text()
        assert vault.url in text
        assert vault.canary not in text
    assert app.variables["IDENTITY_HEADER"] not in text
    assert "X-IDENTITY-HEADER" in text.upper()  # its name is there, so its value was at hand


def test_no_assertion_of_a_pod_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "saved.json"
    with SimulatedHost("workload_identity") as pod:
        for name, value in pod.variables.items():
            monkeypatch.setenv(name, value)
        token_file = Path(pod.variables["AZURE_FEDERATED_TOKEN_FILE"])
        assertion = (token_file if token_file.exists() else pod.root / str(token_file).lstrip("/")).read_text().strip()
        monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
        (tmp_path / "token").write_text(assertion)
        options = ["--allow-endpoint", "127.0.0.1", "--resource", ARM, "--timeout", "2"]
        run(capsys, *options, "--save", str(place), "--no-redact", "--quiet")
    text = place.read_text()
    assert "workload_identity" in text
    for part in assertion.split("."):
        assert part not in text


def test_an_unmasked_file_is_masked_on_the_way_to_another(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, masked = tmp_path / "plain.json", tmp_path / "masked.json"
    run(capsys, "--save", str(plain), "--no-redact", "--resource", ARM)
    asked = len(app.requests)
    assert SYSTEM.object_id in plain.read_text()
    code, _, err = run(capsys, "--replay", str(plain), "--save", str(masked), "--quiet")
    assert (code, err) == (0, "")
    assert SYSTEM.object_id not in masked.read_text()
    again = tmp_path / "again.json"
    run(capsys, "--replay", str(masked), "--save", str(again), "--quiet")
    assert json.loads(again.read_text())["snapshot"] == json.loads(masked.read_text())["snapshot"]
    assert len(app.requests) == asked


@pytest.mark.parametrize(
    "option", ["--demo", "--watch", "--pid=1", "--vault=x", "--identity=system", "--want=secrets/get"]
)
def test_a_file_is_not_asked_anything(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--replay", str(tmp_path / "x"), option)
    assert (code, out) == (3, "")
    assert f"--replay and {option.partition('=')[0]} exclude each other" in one_line(err)


def test_a_units_variables_do_not_stand_in_the_way(
    app: SimulatedHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "saved.json")
    run(capsys, "--save", place, "--resource", ARM)
    monkeypatch.setenv("MITUI_VAULT", "contoso-kv")
    assert run(capsys, "--replay", place)[0] == 0


def test_files_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fifo, escape = tmp_path / "fifo", tmp_path / "\x1b[31mred"
    os.mkfifo(fifo)
    escape.write_text("{}")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    for place, words in (
        (fifo, "is no regular file"),
        (tmp_path, "is no regular file"),
        (Path("/dev/zero"), "is no regular file"),
        (tmp_path / "missing", "is not there"),
        (tmp_path / "huge", "is larger than"),
        (escape, "is no saved snapshot"),
        (Path(__file__), "is no whole JSON document"),
    ):
        code, out, err = run(capsys, "--replay", str(place))
        assert (code, out) == (3, "")
        assert words in one_line(err)
        assert "\x1b" not in err


def test_what_a_file_holds_can_not_reach_the_terminal(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "saved.json"
    app.fail("as.noid")
    run(capsys, "--save", str(place), "--resource", ARM)
    text = place.read_text()
    hostile = re.sub(
        r'"(message|cause|remedy|name|label|note)": "(?:[^"\\\\]|\\\\.)+"',
        r'"\1": "\\u001b]52;c;aGk=\\u0007\\u202e"',
        text,
    )
    assert hostile != text
    place.write_text(hostile)
    for form in FORMATS:
        code, out, err = run(capsys, "--format", form, "--replay", str(place))
        assert code == 2, err
        for each in "\x1b\x07\u202e":
            assert each not in out + err


def test_a_place_where_none_can_be_is_said_before_anything_is_sent(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "--save", str(tmp_path / "no" / "such"), "--resource", ARM)
    assert code == 3
    assert one_line(err).startswith(f"mitui: --save {tmp_path}/no/such can't be written")
    assert not app.requests


def test_no_redact_is_about_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--no-redact")
    assert code == 3
    assert "add --save FILE" in one_line(err)


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["here it is.json"], "mitui --replay 'here it is.json' opens it"),
        (["--ascii", "here it is.json"], "mitui --replay 'here it is.json' opens it"),
        (["check", "here it is.json"], "mitui check --replay 'here it is.json' opens it"),
        (["config", "show", "here it is.json"], "--help shows what is allowed"),
        (["other.json"], "there are check, compare"),
        (["x" * 5000], "there is no command"),
    ],
)
def test_a_saved_file_in_place_of_a_command_is_told_how_to_open(
    words: list[str], advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--demo", "empty", "--save", "here it is.json", "--quiet"]) == 3
    Path("other.json").write_text("{}")
    assert main(words) == 3
    assert advice in capsys.readouterr().err
