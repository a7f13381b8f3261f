"""``check --watch --save``: a line a change, in a file that is only ever appended to."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mitui.cli.command_line.options import Options, UsageError
from mitui.cli.main import main
from mitui.cli.output.history import HistoryFile
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM
from tests.cli.commands import TIMEOUT, command, one_line
from tests.report.samples import HEALTHY, IDS, with_claims

ARM = "https://management.azure.com"


def lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text().splitlines()]


def test_a_watch_appends_a_line_for_each_change(app: SimulatedHost, tmp_path: Path) -> None:
    config, place = tmp_path / "my.toml", tmp_path / "history.jsonl"
    config.write_text("[dashboard]\ninterval = 2\n")
    app.fail("as.noid", times=1)
    watch = ("check", "--watch", "--save", str(place), "--resource", ARM, "--config", str(config))
    for times in (1, 2):
        with subprocess.Popen(command(*watch), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            deadline = time.monotonic() + TIMEOUT
            while len(lines(place)) < 2 * times - (times > 1) and time.monotonic() < deadline:
                time.sleep(0.05)
            process.terminate()
            process.communicate(timeout=TIMEOUT)
    began, changed, again = lines(place)
    assert (began["began"], began["status"], began["differences"]) == (True, "critical", [])
    assert (changed["began"], changed["status"]) == (False, "ok")
    [difference] = changed["differences"]
    assert difference["chapter"] == "token"
    assert (difference["a"], difference["b"]) == ("no token (identity_not_found)", "a token")
    assert again["began"] is True
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    text = place.read_text()
    assert text.isascii()
    for secret in (SYSTEM.object_id, app.variables["IDENTITY_HEADER"], "eyJ"):
        assert secret not in text


def test_a_renewal_is_a_change_by_its_uti_and_time(tmp_path: Path) -> None:
    place = tmp_path / "history.jsonl"
    history = HistoryFile(Options(save=str(place)))
    for snapshot in (HEALTHY, replace(HEALTHY, generated_at=5.0), with_claims(iat=7, uti="new", roles=["Reader"])):
        history.note(snapshot)
    _, change = lines(place)
    subjects = [each["subject"].rpartition(" ")[2] for each in change["differences"]]
    assert subjects == ["roles", "uti", "iat"]
    assert change["differences"][2]["b"] == "1970-01-01T00:00:07Z"
    text = place.read_text().lower()
    assert [each for each in IDS if each.lower() in text] == []
    assert "b6bk4vdvtemtfpklfiuyaa" not in text


def test_a_mask_that_gets_a_better_word_is_no_change(tmp_path: Path) -> None:
    place = tmp_path / "history.jsonl"
    history = HistoryFile(Options(save=str(place)))
    history.note(HEALTHY)
    history.note(replace(HEALTHY, host=replace(HEALTHY.host, name="rg-shop", resource_id="")))
    assert [each["began"] for each in lines(place)] == [True]


def test_ids_stay_where_that_was_said(tmp_path: Path) -> None:
    place = tmp_path / "history.jsonl"
    history = HistoryFile(Options(save=str(place), no_redact=True))
    history.note(HEALTHY)
    history.note(with_claims(uti="new"))
    assert lines(place)[1]["differences"][0]["a"] == "B6Bk4VdvtEmtFPkLfIUyAA"


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    place, fifo = tmp_path / "saved.json", tmp_path / "fifo"
    os.mkfifo(fifo)
    place.write_text("precious")
    for name, words in (
        (place, "holds something else"),
        (fifo, "is no regular file"),
        (tmp_path, "can't be written"),
        (tmp_path / "no" / "such", "can't be written"),
    ):
        with pytest.raises(UsageError, match=words):
            HistoryFile(Options(save=str(name)))
    assert place.read_text() == "precious"


def test_a_history_is_no_snapshot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "history.jsonl"
    HistoryFile(Options(save=str(place))).note(HEALTHY)
    assert main(["check", "--replay", str(place)]) == 3
    assert "is a history, a change a line" in one_line(capsys.readouterr().err)
