"""``mitui exporter`` as a real process: what it serves, what it never asks, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from mitui.cli.main import main
from mitui.simulator.host import SimulatedHost
from tests.cli.commands import TIMEOUT, one_line, run
from tests.cli.exporter.running import LOCAL, running_exporter

ARM = "https://management.azure.com"
TOKEN = {"identity": "system-assigned", "resource": ARM}


@pytest.fixture
def vm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedHost]:
    """A VM, on which the exporters of this test run."""
    with SimulatedHost("imds") as host:
        for name, value in host.variables.items():
            monkeypatch.setenv(name, value)
        yield host


def tokens_given(host: SimulatedHost) -> int:
    """How many tokens were asked for; the probe of the endpoint asks for none."""
    return sum("resource" in each.query for each in host.requests)


def test_it_serves_what_a_check_says(vm: SimulatedHost) -> None:
    with running_exporter(*LOCAL, "--resource", ARM) as exporter:
        exporter.wait_until_ready()
        assert exporter.get("/-/healthy").text == "healthy\n"
        assert "/metrics" in exporter.get("/").text
        assert exporter.get("/nothing").status_code == 404
        answer = exporter.get()
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        checked = run("check", "--format", "prometheus", "--resource", ARM).stdout
        names = [{line.split("{")[0].split(" ")[0] for line in each.splitlines()} for each in (answer.text, checked)]
        assert names[0] == names[1]
        assert exporter.value("mitui_token_valid", **TOKEN) == 1
        assert exporter.value("mitui_status", status="ok") == 1


def test_it_negotiates(vm: SimulatedHost) -> None:
    with running_exporter(*LOCAL, "--resource", ARM) as exporter:
        exporter.wait_until_ready()
        strict = exporter.get(Accept="application/openmetrics-text; version=1.0.0", **{"Accept-Encoding": "gzip"})
        assert strict.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        assert strict.headers["Content-Encoding"] == "gzip"
        assert strict.text.endswith("# EOF\n")
        assert len(list(parse_openmetrics(strict.text))) > 5  # type: ignore[no-untyped-call]
        for wrong in ("text/plain; version=abc", "application/openmetrics-text; version=x.y", ",;=,", "image/png"):
            answer = exporter.get(Accept=wrong)
            assert answer.status_code == 200
            assert "mitui_build_info" in answer.text
        assert "Content-Encoding" not in exporter.get(**{"Accept-Encoding": "identity"}).headers
        few = exporter.get("/metrics?name[]=mitui_token_valid").text
        assert {line.split("{")[0] for line in few.splitlines() if line[0] != "#"} == {"mitui_token_valid"}


def test_a_scrape_asks_nobody_and_costs_no_memory(vm: SimulatedHost) -> None:
    def resident(process: int) -> int:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    with running_exporter(*LOCAL) as exporter:
        exporter.wait_until_ready()
        for _ in range(200):
            exporter.get()
        before, asked = resident(exporter.process.pid), len(vm.requests)
        for _ in range(1000):
            assert exporter.get().status_code == 200
        assert resident(exporter.process.pid) - before < 2_000
        assert len(vm.requests) == asked
        assert tokens_given(vm) == 2


def test_a_scrape_waits_for_nothing(vm: SimulatedHost) -> None:
    vm.fail("blackhole")
    with running_exporter(*LOCAL) as exporter:
        exporter.wait_for(lambda: vm.requests)
        started = time.monotonic()
        assert exporter.get("/-/ready").status_code == 503
        assert exporter.get("/-/healthy").status_code == 200
        answer = exporter.get()
        assert time.monotonic() - started < 1.0
        assert "mitui_build_info" in answer.text
        assert "mitui_status" not in answer.text  # nothing is said before something is known


def test_it_looks_again(vm: SimulatedHost, tmp_path: Path) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[dashboard]\ninterval = 2\n")
    vm.fail("imds.notfound")
    with running_exporter(*LOCAL, "--resource", ARM, "--config", str(config)) as exporter:
        exporter.wait_until_ready()
        assert exporter.value("mitui_token_failure_info", **TOKEN, code="invalid_request") == 1
        first = exporter.value("mitui_check_timestamp_seconds")
        vm.heal()
        exporter.wait_for(lambda: exporter.value("mitui_token_valid", **TOKEN) == 1)
        assert exporter.value("mitui_token_failure_info") is None
        last = exporter.value("mitui_check_timestamp_seconds")
        assert first is not None
        assert last is not None
        assert last > first


def test_it_masks(vm: SimulatedHost) -> None:
    with running_exporter(*LOCAL, "--redact", "--resource", ARM) as exporter:
        exporter.wait_until_ready()
        text = exporter.get().text
        assert "xxxxxxxx-xxxx" in text
        assert vm.requests
        assert "vm-web-01" not in text


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_at_once_whoever_is_connected(vm: SimulatedHost, number: int, code: int) -> None:
    vm.fail("blackhole")
    with running_exporter(*LOCAL) as exporter, ExitStack() as stack:
        where = urlsplit(exporter.url)
        for _ in range(200):
            slow = stack.enter_context(socket.create_connection((str(where.hostname), int(where.port or 0))))
            slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        started = time.monotonic()
        assert exporter.get().status_code == 200
        assert time.monotonic() - started < 1.0
        started = time.monotonic()
        exporter.process.send_signal(number)
        _, err = exporter.process.communicate(timeout=TIMEOUT)
        assert time.monotonic() - started < 1.0
        assert (exporter.process.returncode, err) == (code, "")


def test_an_address_that_is_taken_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main(["exporter", "--listen", place]) == 3
    err = one_line(capsys.readouterr().err)
    assert place in err
    assert "Address already in use" in err


@pytest.mark.parametrize(
    ("place", "words"),
    [("0.0.0.0:0", "can be reached from other machines"), ("[::1]:0", ""), ("localhost:0", "")],
)
def test_only_an_address_that_others_can_reach_is_warned_of(vm: SimulatedHost, place: str, words: str) -> None:
    with running_exporter("--listen", place) as exporter:
        exporter.process.send_signal(signal.SIGTERM)
        _, err = exporter.process.communicate(timeout=TIMEOUT)
    assert words in one_line(err) if words else err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "9914"], ["--listen", "'9914'", "127.0.0.1:9914"]),
        (["--listen", "example.com:9914"], ["--listen", "IP address"]),
        (["--listen", "127.0.0.1:70000"], ["--listen", "70000"]),
        (["--vault", "contoso-kv", "--probe", "deep"], ["contoso-kv", "--probe read"]),
        (["--want", "secrets/get"], ["--want", "--vault"]),
        (["--demo", "nowhere"], ["--demo", "nowhere"]),
    ],
)
def test_a_mistake_is_a_sentence(arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exporter", *arguments]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    for word in words:
        assert word in one_line(err)


@pytest.mark.parametrize("package", ["prometheus_client", "h11"])
def test_a_missing_package_is_a_sentence_that_names_the_extra(package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None; from mitui.cli.main import main; "
        "sys.exit(main(['exporter', '--demo', 'empty']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=TIMEOUT)
    assert done.returncode == 3
    assert "pip install 'mitui[metrics]'" in one_line(done.stderr)
