"""The files of ``mitui fleet``: the systems that read them have no complaint, and they speak only of what there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mitui.cli.command_line.parsing import parse
from mitui.cli.command_line.variables import OPTIONS, variable_of
from mitui.cli.fleet import FLEET
from mitui.cli.main import main
from mitui.cli.packaged_files import packaged_text
from mitui.report.metrics import METRICS

UNITS = [each.name for each in FLEET.values() if each.name.endswith((".service", ".timer"))]
_SELECTOR = re.compile(r"(mitui_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_OF_A_TARGET = {"job", "instance"}


def printed(part: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["fleet", part]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: it comes with Debian's package {package}")
    return found


def queries() -> list[str]:
    """Every expression of the rules and of the dashboard."""
    board = json.loads(packaged_text("fleet/dashboard.json"))
    of_board = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    of_board += [each["definition"] for each in board["templating"]["list"] if each["type"] == "query"]
    of_rules = [line for line in packaged_text("fleet/rules.yml").splitlines() if not line.lstrip().startswith("#")]
    return [*of_board, *(line for line in of_rules if "{{" not in line)]


@pytest.mark.parametrize("part", FLEET)
def test_it_prints_the_file_and_nothing_else(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(part, capsys)
    assert text == packaged_text(f"fleet/{FLEET[part].name}")
    assert text.isascii()
    assert text.endswith("\n")


def test_a_part_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fleet", "helm"]) == 3
    assert "'rules', 'dashboard'" in capsys.readouterr().err


def test_every_query_names_a_metric_that_there_is_by_labels_that_it_has() -> None:
    named = set()
    for query in queries():
        for metric, selector in _SELECTOR.findall(query):
            assert metric in METRICS, query
            named.add(metric)
            assert set(_MATCHER.findall(selector)) <= {*METRICS[metric][1], *_OF_A_TARGET}, query
    assert named == set(METRICS), "every metric is of use to somebody"


def test_the_dashboard_can_be_imported() -> None:
    board: dict[str, Any] = json.loads(packaged_text("fleet/dashboard.json"))
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= set(board)
    assert [each["name"] for each in board["templating"]["list"]] == ["datasource", "instance"]
    panels = board["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["title"]
        for each in (panel, *panel["targets"]):
            assert each["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert all('instance=~"$instance"' in each["expr"] for each in panel["targets"])
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells


def test_promtool_checks_and_tests_the_rules(tmp_path: Path) -> None:
    promtool = tool("promtool", "prometheus")
    (tmp_path / "rules.yml").write_text(packaged_text("fleet/rules.yml"))
    shutil.copy(Path(__file__).with_name("rules.test.yml"), tmp_path)
    for arguments in (["check", "rules", "rules.yml"], ["test", "rules", "rules.test.yml"]):
        done = subprocess.run(
            [promtool, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SUCCESS" in done.stdout


def test_every_alert_is_tested() -> None:
    alerts = re.findall(r"- alert: (\w+)", packaged_text("fleet/rules.yml"))
    cases = Path(__file__).with_name("rules.test.yml").read_text("utf-8")
    for each in alerts:
        assert re.search(rf"alertname: {each}\n\s+exp_alerts:", cases), f"no test lets {each} fire"
        assert f"alertname: {each}}}" in cases, f"no test keeps {each} quiet"


def test_systemd_has_no_complaint(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    program = tmp_path / "mitui"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in UNITS:
        (tmp_path / name).write_text(packaged_text(f"fleet/{name}").replace("/usr/local/bin/mitui", str(program)))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [each for each in UNITS if each.endswith(".service")])
def test_the_units_are_hardened(name: str, tmp_path: Path) -> None:
    analyze = tool("systemd-analyze", "systemd")
    unit = tmp_path / name
    text = packaged_text(f"fleet/{name}")
    unit.write_text(text)
    done = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=20", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    assert {"CapabilityBoundingSet=", "ProtectSystem=strict", "NoNewPrivileges=yes"} <= set(text.splitlines())
    assert ("DynamicUser=yes" in text) == ("exporter" in name)


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_starts_is_a_command_line(name: str) -> None:
    text = packaged_text(f"fleet/{name}")
    variables = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))
    for line in re.findall(r"^ExecStart=/usr/local/bin/mitui (.*)$", text, re.MULTILINE):
        assert parse(line.split(), variables).command in ("check", "exporter")
    for variable in set(re.findall(r"MITUI_\w+", text)) - {"MITUI_CONFIG"}:
        assert variable in {variable_of(each) for each in OPTIONS}
