"""What a host puts below a root that others use, too, and what it leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mitui.simulator.host import SimulatedHost
from mitui.simulator.placed_files import PlacedFolders


def paths(root: Path) -> set[str]:
    return {str(each.relative_to(root)) for each in root.rglob("*")}


@pytest.mark.parametrize("theirs", ["opt/azcmagent/bin/himds", "var/opt/azcmagent/tokens/a.key", "var/opt/azcmagent"])
def test_files_of_a_real_agent_are_left_alone(theirs: str, tmp_path: Path) -> None:
    place = tmp_path / theirs
    place.parent.mkdir(parents=True)
    place.write_text("real")
    before = paths(tmp_path)
    host = SimulatedHost("azure_arc", root=tmp_path)
    with pytest.raises(ValueError, match="no simulator put it there"):
        host.start()
    assert paths(tmp_path) == before
    assert place.read_text() == "real"


def test_a_link_that_leads_nowhere_is_somebody_elses_as_well(tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt/azcmagent").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="there already"):
        SimulatedHost("azure_arc", root=tmp_path).start()
    assert paths(tmp_path) == {"opt", "opt/azcmagent"}


def test_two_simulators_do_not_share_a_root(tmp_path: Path) -> None:
    with SimulatedHost("azure_arc", root=tmp_path):
        with pytest.raises(ValueError, match=f"another simulator, process {os.getpid()}"):
            SimulatedHost("azure_arc", root=tmp_path).start()
        assert (tmp_path / "opt/azcmagent/bin/himds").exists()
    assert paths(tmp_path) == set()


def test_what_a_killed_simulator_left_behind_is_taken_over(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from mitui.simulator.host import SimulatedHost\n"
        "SimulatedHost('azure_arc', root=Path(sys.argv[1])).start(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, cwd=Path(__file__).parents[2])
    assert "opt/azcmagent/bin/himds" in paths(tmp_path)
    with SimulatedHost("azure_arc", root=tmp_path):
        pass
    assert "opt/azcmagent" not in paths(tmp_path)


def test_a_pods_files_go_and_others_in_the_same_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "etc/ssl/certs").mkdir(parents=True)
    (tmp_path / "etc/ssl/certs/ca.pem").write_text("theirs")
    with SimulatedHost("workload_identity", root=tmp_path) as host:
        assert all(Path(host.exported_variables[each]).exists() for each in ("AZURE_FEDERATED_TOKEN_FILE",))
    assert paths(tmp_path) == {"etc", "etc/ssl", "etc/ssl/certs", "etc/ssl/certs/ca.pem"}


def test_a_place_that_can_not_be_written_is_named_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    placed = PlacedFolders(tmp_path, ("/var/agent", "/file/agent"))
    with pytest.raises(ValueError, match=r"/file/agent can't be made: Not a directory"):
        placed.claim()
    assert paths(tmp_path) == {"file"}
