"""What the dashboard remembers survives, and is never lost silently."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.config.locations import state_path
from mitui.config.state_file import StateFile
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import parse_identity
from mitui.monitor.plan import PlannedIdentity, PlannedResource
from mitui.monitor.remembered import Remembered

WEB = parse_identity("client:6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
EVERYTHING = Remembered(
    identities=(PlannedIdentity(WEB, "web ☃", "state"),),
    resources=(PlannedResource("https://graph.microsoft.com", "Graph", "state"),),
    vaults=("contoso-kv",),
    names=(("system", "this VM"),),
    removed=("https://vault.azure.net",),
    selected=str(WEB),
    theme="mitui-light",
)


def test_everything_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mitui" / "state.toml"
    StateFile(path).update(lambda _: EVERYTHING)
    again = StateFile(path)
    assert (again.remembered, again.warning) == (EVERYTHING, "")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    StateFile(path).update(lambda _: EVERYTHING)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["state.toml"]


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state.toml")
    assert (state.remembered, state.warning) == (Remembered(), "")


def test_an_unchanged_state_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    StateFile(path).update(lambda remembered: remembered)
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe",
        b"selected = ",
        b"selected = 5",
        b'[[identities]]\nidentity = "6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"\n',
        b'vaults = "contoso-kv"',
        b"identities = 3",
        b"a = " + b"[" * 5000,
    ],
)
def test_a_damaged_file_is_kept_aside(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "state.toml"
    path.write_bytes(text)
    state = StateFile(path)
    assert state.remembered == Remembered()
    assert "state.toml.bad" in state.warning
    assert (tmp_path / "state.toml.bad").read_bytes() == text
    state.update(lambda remembered: replace(remembered, theme="x"))
    assert StateFile(path).remembered.theme == "x"


def test_a_place_that_cannot_be_written_gives_a_warning(tmp_path: Path) -> None:
    (tmp_path / "mitui").write_text("a file where a folder should be")
    state = StateFile(tmp_path / "mitui" / "state.toml")
    assert state.warning
    state.update(lambda _: EVERYTHING)
    assert "can't be written" in state.warning
    assert state.remembered == EVERYTHING


def test_the_path_follows_xdg() -> None:
    assert state_path(HostEnvironment({"XDG_STATE_HOME": "/s", "HOME": "/h"})) == Path("/s/mitui/state.toml")
    assert state_path(HostEnvironment({"XDG_STATE_HOME": "s", "HOME": "/h"})) == Path(
        "/h/.local/state/mitui/state.toml"
    )
