"""``mitui compare``: files, this host and its processes, through the real command."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.cli.demo import simulated
from mitui.cli.headless import plan_for_one_look
from mitui.cli.main import main
from mitui.cli.output.looking import look_once
from mitui.monitor.plan import Plan
from mitui.report.comparison.compare import compare
from mitui.report.comparison.forms import difference_values
from mitui.report.formats import CheckRun
from mitui.report.redaction import Redactor
from mitui.report.saved.document import Saved, masked_copy, read_document, write_document
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from mitui.simulator.scenarios.table import SCENARIOS
from tests.cli.commands import one_line
from tests.report.samples import HEALTHY
from tests.support.saved_scenarios import ScenarioFiles

ARM = "https://management.azure.com"
STATEFUL = {"upgrade", "throttled"}
"""Hosts that answer otherwise the second time."""


@pytest.fixture
def saved(scenario_files: dict[str, ScenarioFiles]) -> dict[str, Path]:
    """Every scenario, saved and masked."""
    return {name: files.masked for name, files in scenario_files.items()}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["compare", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("name", sorted({*SCENARIOS} - STATEFUL))
def test_a_host_that_is_looked_at_twice_does_not_differ(name: str) -> None:
    """The same host again, as another file, masked anew: times, tokens, latencies and request ids are all others."""
    with simulated(name, plan_for_one_look(Plan(), 1.0)) as (plan, environment):
        looks = [asyncio.run(look_once(plan, environment)) for _ in range(2)]
    one, other = (
        read_document(write_document(masked_copy(Saved(*look, masked=False), Redactor())).encode()) for look in looks
    )
    assert compare(one.snapshot, other.snapshot) == ()
    assert compare(looks[0][0], looks[1][0]) == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_file_does_not_differ_from_itself(
    name: str, saved: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(saved[name])
    code, out, err = run(capsys, place, place)
    assert (code, err) == (0, "")
    assert out.startswith("nothing differs; ids are compared by their masks\n")


@pytest.mark.parametrize("name", sorted({*SCENARIOS} - {"healthy"}))
def test_the_command_says_what_differs_and_ends_with_1(
    name: str, saved: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    sides = [saved["healthy"], saved[name]]
    code, out, err = run(capsys, *map(str, sides), "--json")
    assert (code, err) == (1, "")
    one, other = (read_document(each.read_bytes()).snapshot for each in sides)
    assert json.loads(out)["differences"] == difference_values(compare(one, other))


def test_a_masked_file_against_one_that_is_not(
    scenario_files: dict[str, ScenarioFiles], capsys: pytest.CaptureFixture[str]
) -> None:
    """The ids of the one are masked as well, and nothing of it differs."""
    for files in scenario_files.values():
        code, out, err = run(capsys, str(files.masked), str(files.plain))
        assert (code, err) == (0, "")
        assert out.startswith("nothing differs; ids are compared by their masks\n")
    code, out, _ = run(capsys, str(scenario_files["healthy"].plain), str(scenario_files["arc"].masked))
    assert code == 1
    assert "rg-contoso" not in out
    assert "system-assigned · resource ID" in out


def test_the_word_of_a_mask_makes_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The one host is called as the group of both, which makes the group's mask that of a host."""
    hosts = (HEALTHY.host, replace(HEALTHY.host, name="rg-shop", resource_id=""))
    places = [tmp_path / "one.json", tmp_path / "other.json"]
    for place, host in zip(places, hosts, strict=True):
        saved = Saved(replace(HEALTHY, host=host), CheckRun(1.0, 300.0), masked=False)
        place.write_text(write_document(masked_copy(saved, Redactor())))
    words = [set(re.findall(r"resourceGroups/([a-z]+)-", place.read_text())) for place in places]
    assert words == [{"group"}, {"host"}]
    code, out, err = run(capsys, *map(str, places))
    assert (code, err) == (0, ""), out


def test_a_file_against_this_host_now(app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "before.json")
    for more in ((), ("--no-redact",)):
        app.heal()
        main(["check", "--save", place, "--quiet", "--resource", ARM, *more])
        capsys.readouterr()
        assert run(capsys, place, "-", "--resource", ARM)[0] == 0
        app.fail("as.noid")
        code, out, err = run(capsys, place, "-", "--resource", ARM)
        assert (code, err) == (1, "")
        assert "no token (identity_not_found)" in out
        assert (SYSTEM.object_id in out) is False


def test_a_shell_against_a_service(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    """The classic: the service was started without the variables that the shell has."""
    clean = {name: value for name, value in os.environ.items() if name not in app.variables}
    clean["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:9"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=clean) as service:
        try:
            code, out, err = run(capsys, "-", f"pid:{service.pid}", "--resource", ARM, "--timeout", "1")
        finally:
            service.kill()
    assert (code, err) == (1, "")
    assert "IDENTITY_ENDPOINT" in out
    assert "A  app_service at" in out
    assert out.index("the identity source") < out.index("what each SDK does") < out.index("which resources")


def test_forms(app: SimulatedHost, saved: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    sides = (str(saved["vm"]), str(saved["app-service"]))
    code, out, _ = run(capsys, *sides, "--markdown")
    assert code == 1
    assert out.startswith("## Managed identity: ")
    assert "### The identity source" in out
    _, out, _ = run(capsys, *sides, "--json")
    document = json.loads(out)
    assert out.isascii()
    assert document["schema_version"] == 1
    assert document["masked"] is True
    assert {"chapter", "subject", "a", "b", "note"} == set(document["differences"][0])
    assert run(capsys, *sides, "--quiet") == (1, "", "")


def test_ids_can_be_masked(app: SimulatedHost, capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedHost("imds") as vm:
        clean = {name: value for name, value in os.environ.items() if name not in app.variables} | vm.variables
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=clean) as service:
            try:
                sides = ("-", f"pid:{service.pid}", "--resource", ARM)
                _, plain, _ = run(capsys, *sides)
                _, masked, _ = run(capsys, *sides, "--redact")
            finally:
                service.kill()
    assert "rg-contoso" in plain
    assert "rg-contoso" not in masked


def test_what_can_not_be_compared_is_one_sentence(
    saved: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = str(saved["vm"]), tmp_path / "bad.json"
    bad.write_text("{")
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({**json.loads(saved["vm"].read_text()), "schema_version": 99}))
    for arguments, words in (
        ((good,), "required: B"),
        ((good, str(bad)), "no whole JSON document"),
        ((str(newer), good), "use the mitui that wrote it"),
        ((good, str(tmp_path / "none")), "is not there"),
        (("pid:x", "-"), "no process ID"),
        (("pid:4194304999", "-"), "there is no process"),
        ((good, good, "--vault", "x"), "two files and --vault exclude each other"),
        ((good, good, "--json", "--markdown"), "exclude each other"),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (3, "")
        assert words in one_line(err)


def test_two_files_have_nothing_to_do_with_a_units_variables(
    saved: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MITUI_VAULT", "contoso-kv")
    assert run(capsys, str(saved["vm"]), str(saved["vm"]))[0] == 0
