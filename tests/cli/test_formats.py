"""``mitui check`` in each of its formats, into a file, and by thresholds."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mitui.cli.main import main
from mitui.report.formats import FORMATS
from mitui.simulator.host import SimulatedHost
from tests.cli.commands import one_line

ARM = "https://management.azure.com"
FIRST = {
    "text": "ok: ",
    "json": "{",
    "markdown": "## Managed identity: ok",
    "prometheus": "# HELP mitui_build_info ",
    "openmetrics": "# HELP mitui_build_info ",
    "nagios": "OK - ",
}


def test_the_table_and_this_test_name_the_same_formats() -> None:
    assert list(FORMATS) == list(FIRST)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(app: SimulatedHost, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    app.heal()
    assert main(["check", "--format", name, "--resource", ARM]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(FIRST[name])
    assert out.endswith("\n")
    assert err == ""
    assert app.variables["IDENTITY_HEADER"] not in out
    assert "eyJ" not in out
    app.fail("as.noid")
    assert main(["check", "--format", name, "--resource", ARM]) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_masks(app: SimulatedHost, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "json", "--resource", ARM]) == 0
    actual = json.loads(capsys.readouterr().out)["identities"][0]["actual"]
    assert main(["check", "--format", name, "--redact", "--resource", ARM]) == 0
    out = capsys.readouterr().out
    assert not [each for each in (actual["client_id"], actual["object_id"], actual["tenant_id"]) if each in out]


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        ([], 0, "ok"),
        (["--warn-below", "30m"], 1, "warning"),
        (["--warn-below", "1h", "--critical-below", "1199"], 1, "warning"),
        (["--warn-below", "1h", "--critical-below", "20m"], 2, "critical"),
        (["--critical-below", "20m"], 2, "critical"),
        (["--warn-below", "60"], 0, "ok"),
    ],
)
def test_thresholds(
    app: SimulatedHost, options: list[str], code: int, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app.lifetime = 1200
    for name in ("json", "nagios"):
        assert main(["check", "--format", name, "--resource", ARM, *options]) == code
        out = capsys.readouterr().out
        assert json.loads(out)["status"] == status if name == "json" else out.startswith(f"{status.upper()} - ")


def test_the_file_is_replaced_as_a_whole(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "mitui.prom"
    link = tmp_path / "link.prom"
    place.write_text("before")
    link.symlink_to(place)
    reader = place.open()
    before = os.umask(0o077)
    try:
        assert main(["check", "--format", "prometheus", "--output", str(link), "--resource", ARM]) == 0
    finally:
        os.umask(before)
    assert capsys.readouterr() == ("", "")
    assert link.is_symlink()
    assert place.read_text("utf-8").startswith("# HELP mitui_build_info")
    assert reader.read() == "before"
    reader.close()
    assert stat.S_IMODE(place.stat().st_mode) == 0o644
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["link.prom", "mitui.prom"]


def test_a_critical_answer_is_written_too(app: SimulatedHost, tmp_path: Path) -> None:
    app.fail("as.noid")
    place = tmp_path / "check.json"
    assert main(["check", "--json", "--output", str(place), "--quiet", "--resource", ARM]) == 2
    assert json.loads(place.read_text())["status"] == "critical"


@pytest.mark.parametrize(
    "arguments",
    [["--config", "/no/such.toml"], ["--identity", "nobody"], ["--format", "xml"], ["--demo", "nowhere"]],
)
def test_the_last_good_file_stays_when_the_check_could_not_run(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "mitui.prom"
    place.write_text("good")
    assert main(["check", "--output", str(place), *arguments]) == 3
    one_line(capsys.readouterr().err)
    assert place.read_text() == "good"
    assert list(tmp_path.glob("*.prom*")) == [place]


def test_a_place_where_no_file_can_be_is_a_sentence_before_anything_is_sent(
    app: SimulatedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for place, words in (
        (tmp_path / "no" / "such.prom", "No such file"),
        (tmp_path, "no regular file"),
        (fifo, "no regular file"),
        (Path("/dev/null"), "no regular file"),
        (Path("/proc/mitui.prom"), ""),
    ):
        assert main(["check", "--output", str(place), "--resource", ARM]) == 3
        err = one_line(capsys.readouterr().err)
        assert err.startswith(f"mitui: --output {place} ")
        assert words in err
    assert fifo.is_fifo()
    assert Path("/dev/null").is_char_device()
    assert len(app.requests) <= 1  # what can be opened but not written is met only at the end


def test_a_full_disk_leaves_the_last_good_file(tmp_path: Path) -> None:
    # A limit on the size of files is as near to a full disk as a test can come without mounting one.
    place = tmp_path / "mitui.prom"
    place.write_text("good")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "from mitui.cli.main import main; from mitui.cli.output.output_file import OutputFile; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)); "
        f"sys.exit(main(['check', '--demo', 'empty', '--output', {str(place)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "can't be written: File too large" in one_line(done.stderr)
    assert place.read_text() == "good"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mitui.prom"]


def test_a_folder_that_may_not_be_written_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        code = main(["check", "--demo", "empty", "--output", str(tmp_path / "closed" / "x.prom")])
    finally:
        os.seteuid(user)
    assert code == 3
    assert "permission" in one_line(capsys.readouterr().err).lower()
    assert list((tmp_path / "closed").iterdir()) == []
