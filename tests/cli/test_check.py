"""``mitui check``: what it prints and what its exit code says, in this process and as a real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

import mitui.cli.check
from mitui.cli.main import main
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from mitui.simulator.vault.server import SimulatedVault
from tests.cli.commands import TIMEOUT, command, one_line, run

ARM = "https://management.azure.com"


def check_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = main(["check", "--json", *arguments])
    out, err = capsys.readouterr()
    assert err == ""
    assert out.isascii()
    document = json.loads(out)
    assert isinstance(document, dict)
    return code, document


def test_healthy(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("ok: 1 identity, 2 tokens")
    assert "assumed" in out
    assert err == ""


def test_json(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = check_json(capsys, "--resource", ARM)
    assert code == 0
    assert document["status"] == "ok"
    assert document["source"]["kind"] == "app_service"  # type: ignore[index]
    assert "eyJ" not in json.dumps(document)
    assert app.variables["IDENTITY_HEADER"] not in json.dumps(document)


def test_expiring_is_a_warning(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    app.lifetime = 200
    assert main(["check", "--resource", ARM]) == 1
    assert "expires in 3 min" in capsys.readouterr().out


def test_a_failed_token_is_critical(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    app.fail("as.noid")
    code, document = check_json(capsys, "--resource", ARM)
    assert code == 2
    failure = document["identities"][0]["tokens"][0]["failure"]  # type: ignore[index]
    assert failure["kind"] == "identity_not_found"
    assert failure["commands"]


def test_an_unsupported_selector_that_was_asked_for_is_critical(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AZURE_POD_IDENTITY_AUTHORITY_HOST")
    with SimulatedHost("cloud_shell") as host:
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        assert main(["check", "--identity", "object:91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07"]) == 2
    assert "(selector_unsupported)" in capsys.readouterr().out


def test_wanted_permissions(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedVault("contoso-kv", tls=False) as vault:
        vault.secrets["db-password"] = vault.canary
        options = ["--vault", vault.url, "--allow-loopback-vault", "--want", "secrets/get", "--resource", ARM]
        code, document = check_json(capsys, *options)
        assert code == 2
        permissions = document["identities"][0]["vaults"][0]["permissions"]  # type: ignore[index]
        wanted = [each for each in permissions if each["wanted"]]
        assert [(each["object"], each["permission"], each["verdict"]) for each in wanted] == [
            ("secrets", "get", "denied")
        ]
        assert SYSTEM.object_id in wanted[0]["commands"][0]
        vault.grant(SYSTEM.object_id, "Key Vault Secrets User")
        code, document = check_json(capsys, *options)
        assert code == 0
        assert vault.canary not in json.dumps(document)


def test_quiet_says_it_with_the_exit_code(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    app.fail("as.noid")
    assert main(["check", "--quiet"]) == 2
    assert capsys.readouterr() == ("", "")


def test_markdown_and_redaction(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--markdown", "--redact", "--resource", ARM]) == 0
    out = capsys.readouterr().out
    assert out.startswith("## Managed identity: ok")
    assert SYSTEM.object_id not in out
    assert "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxx" in out


def test_the_config_is_read(
    app: SimulatedHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "my.toml"
    config.write_text('[[identities]]\nname = "me"\nsystem = true\n[[resources]]\nresource = "https://x.example"\n')
    code, document = check_json(capsys, "--config", str(config))
    assert code == 0
    identity = document["identities"][0]  # type: ignore[index]
    assert identity["identity"]["name"] == "me"
    assert [each["resource"] for each in identity["tokens"]] == ["https://x.example"]
    config.write_text("[dashbord]")
    monkeypatch.setenv("MITUI_CONFIG", str(config))
    assert main(["check"]) == 3
    assert "did you mean dashboard?" in one_line(capsys.readouterr().err)


def test_what_a_dashboard_remembers_does_not_change_a_check(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state" / "mitui" / "state.toml"
    state.parent.mkdir(parents=True)
    state.write_text('removed = ["system"]\n[[resources]]\nresource = "https://other.example"\n')
    _, document = check_json(capsys)
    assert [each["resource"] for each in document["identities"][0]["tokens"]] == [ARM, "https://vault.azure.net"]  # type: ignore[index]


def test_a_timeout_limits_every_exchange(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    app.fail("blackhole")
    code, document = check_json(capsys, "--timeout", "0.3", "--resource", ARM)
    assert code == 2
    assert document["identities"][0]["tokens"][0]["failure"]["kind"] == "timeout"  # type: ignore[index]


def test_a_deep_probe_is_announced(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedVault("contoso-kv", tls=False) as vault:
        vault.grant(SYSTEM.object_id, "Key Vault Administrator")
        main(["check", "--vault", vault.url, "--allow-loopback-vault", "--probe", "deep", "--resource", ARM])
    err = capsys.readouterr().err
    assert "DELETE" in err
    assert vault.url in err


def test_an_unexpected_exception_is_a_sentence_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(options: object) -> int:
        raise ZeroDivisionError("canary-value")

    monkeypatch.setattr(mitui.cli.check, "check", explode)
    assert main(["check"]) == 3
    err = one_line(capsys.readouterr().err)
    assert "ZeroDivisionError" in err
    assert "canary" not in err


# As a real process


def test_demo_scenarios_and_their_exit_codes() -> None:
    healthy = run("check", "--demo", "healthy")
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert healthy.stdout.startswith("ok: ")
    empty = run("check", "--demo", "empty")
    assert (empty.returncode, empty.stderr) == (3, "")
    assert empty.stdout.startswith("unknown: no managed identity endpoint")


def test_check_loads_neither_textual_nor_rich(app: SimulatedHost) -> None:
    code = (
        "import sys; from mitui.cli.main import main; code = main(['check', '--quiet']); "
        "print(code, [name for name in ('textual', 'rich', 'tomli_w', 'trustme') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=TIMEOUT)
    assert found.stdout.strip() == "0 []"


def test_another_process(app: SimulatedHost) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "print(1, flush=True); input()"],
        env={**app.variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        bare = {"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": ""}
        seen = run("check", "--json", "--pid", str(process.pid), "--resource", ARM, variables=bare)
        process.communicate(b"\n")
    assert seen.returncode == 0
    told = json.loads(seen.stdout)
    assert told["source"]["kind"] == "app_service"
    assert told["process"]["pid"] == process.pid
    assert told["process"]["runtime"].startswith("python 3.")
    assert {each["name"]: each["version"] for each in told["process"]["sdks"]} == {
        name: version(name) for name in ("azure-identity", "msal")
    }
    gone = run("check", "--pid", str(2**30))
    assert gone.returncode == 3
    assert "no process" in gone.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_a_process_with_a_faulty_release_on_a_host_without_imds(tmp_path: Path) -> None:
    program = tmp_path / "dotnet"
    program.write_bytes(Path("/usr/bin/tail").read_bytes())
    program.chmod(0o755)
    (tmp_path / "App.dll").touch()
    (tmp_path / "App.deps.json").write_text('{"libraries": {"Azure.Core/1.60.0": {}}}')
    nowhere = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"}
    with subprocess.Popen([program, "-f", "App.dll"], cwd=tmp_path, env=nowhere) as process:
        while not Path(f"/proc/{process.pid}/cmdline").read_bytes():
            time.sleep(0.001)
        seen = run("check", "--json", "--pid", str(process.pid))
        text = run("check", "--pid", str(process.pid))
        process.kill()
    told = json.loads(seen.stdout)
    [warning] = [each for each in told["warnings"] if each["kind"] == "sdk_fault"]
    assert "1.61.0" in warning["remedy"]
    first = told["sdk_choices"][0]
    assert (first["sdk"], first["carried"], first["basis"]) == (
        "Azure.Identity 1.21",
        "Azure.Core 1.60.0",
        "read, not run",
    )
    assert "1.61.0" in first["fault"]
    assert all(each["basis"] in ("run", "read, not run") and each["revision"] for each in told["sdk_choices"])
    assert "Update Azure.Core to 1.61.0 or later" in " ".join(text.stdout.split())


def test_a_reader_that_leaves_is_no_trouble(app: SimulatedHost) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(command("check"), stdout=writer, stderr=subprocess.PIPE, text=True) as process:
        os.close(writer)
        _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (141, "")


def test_no_stdout_at_all(app: SimulatedHost) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m mitui check >&-', sys.executable],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_a_sentence(app: SimulatedHost) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("check"), stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=TIMEOUT
        )
    assert done.returncode == 3
    assert "No space left" in one_line(done.stderr)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_a_watch_quietly(app: SimulatedHost, tmp_path: Path, number: int, code: int) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[dashboard]\ninterval = 2\n")
    with subprocess.Popen(
        command("check", "--watch", "--json", "--resource", ARM, "--config", str(config)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT)
    assert first["status"] == "ok"
    assert (process.returncode, out, err) == (code, "", "")


def test_a_watch_prints_a_line_for_each_change(app: SimulatedHost, tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[dashboard]\ninterval = 2\n")
    app.fail("as.noid", times=1)
    with subprocess.Popen(
        command("check", "--watch", "--resource", ARM, "--config", str(config)), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        process.terminate()
        process.communicate(timeout=TIMEOUT)
    assert [line.split()[1] for line in lines] == ["critical:", "ok:"]


def test_the_dashboard_needs_a_terminal() -> None:
    done = run()
    assert done.returncode == 3
    assert "mitui check" in one_line(done.stderr)


def test_simulate_serves_until_it_is_interrupted() -> None:
    with subprocess.Popen(
        command("simulate", "imds"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("export AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:")
        where = line.strip().partition("=")[2]
        seen = run("check", "--json", variables={"AZURE_POD_IDENTITY_AUTHORITY_HOST": where})
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT)
    assert json.loads(seen.stdout)["source"]["kind"] == "imds"
    assert seen.returncode == 0
    assert {line.split()[1] for line in err.splitlines()} == {"imds"}
    assert process.returncode in (0, 130)
