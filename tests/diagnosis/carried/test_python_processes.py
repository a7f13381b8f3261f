"""The SDKs of real Python processes: with and without a virtual environment, and where packages hide."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from tests.diagnosis.carried.programs import VERSION, WAITING_PYTHON, install, look, running, site_packages, told

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
BASE = f"{sys.base_prefix}/bin/python{VERSION}"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A virtual environment with nothing in it."""
    folder = tmp_path / "venv"
    subprocess.run([BASE, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def test_this_very_environment_carries_what_its_metadata_says() -> None:
    with running([sys.executable, "-c", WAITING_PYTHON]) as process:
        facts = look(process)

    assert facts.process_id == process
    assert facts.name.startswith("python")
    assert facts.runtime == f"python {VERSION}"
    assert told(facts) == {"azure-identity": version("azure-identity"), "msal": version("msal")}
    assert all(Path(each.evidence, "METADATA").is_file() for each in facts.sdks)
    assert facts.note == ""


def test_a_virtual_environment_is_told_by_the_program_as_it_was_called(venv: Path) -> None:
    place = install(site_packages(venv), "azure-identity", "1.15.0")
    with running([venv / "bin/python", "-c", WAITING_PYTHON]) as process:
        facts = look(process)

    assert facts.sdks == (CarriedSdk("azure-identity", "1.15.0", str(place)),)


@pytest.mark.parametrize("way", ["relative", "path", "script"])
def test_a_virtual_environment_is_found_however_it_is_called(way: str, venv: Path) -> None:
    install(site_packages(venv), "msal", "1.28.0")
    script = venv / "bin/serve"
    script.write_text(f"#!{venv}/bin/python\n{WAITING_PYTHON}\n")
    script.chmod(0o755)
    arguments = {
        "relative": ["bin/python", "-c", WAITING_PYTHON],
        "path": ["python", "-c", WAITING_PYTHON],
        "script": [str(script)],
    }[way]
    with running(arguments, cwd=venv, env={"PATH": f"{venv}/bin:/usr/bin:/bin"}) as process:
        facts = look(process)

    assert told(facts) == {"msal": "1.28.0"}


def test_a_foreign_virtual_env_variable_is_not_believed(venv: Path) -> None:
    install(site_packages(venv), "azure-identity", "1.15.0")
    with running([BASE, "-I", "-c", WAITING_PYTHON], env={"VIRTUAL_ENV": str(venv)}) as process:
        facts = look(process)

    assert "1.15.0" not in told(facts).values()


def test_a_process_that_wrote_over_its_arguments_is_told_by_virtual_env(venv: Path) -> None:
    install(site_packages(venv), "azure-identity", "1.15.0")
    argument = f"exec -a 'gunicorn: master [app]' {BASE} -c \"$0\""
    with running(["bash", "-c", argument, WAITING_PYTHON], env={"VIRTUAL_ENV": str(venv)}) as process:
        facts = look(process)

    assert told(facts)["azure-identity"] == "1.15.0"


def test_the_first_place_that_python_would_import_from_wins(venv: Path, tmp_path: Path) -> None:
    install(site_packages(venv), "azure-identity", "1.15.0")
    install(tmp_path / "first", "azure-identity", "1.27.0")
    with running([venv / "bin/python", "-c", WAITING_PYTHON], env={"PYTHONPATH": f"{tmp_path}/first"}) as process:
        facts = look(process)
    with running([venv / "bin/python", "-E", "-c", WAITING_PYTHON], env={"PYTHONPATH": f"{tmp_path}/first"}) as process:
        without = look(process)

    assert told(facts) == {"azure-identity": "1.27.0"}
    assert told(without) == {"azure-identity": "1.15.0"}


def test_packages_beside_the_script_and_those_of_a_function_app_count(venv: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    install(app, "msal", "1.30.0")
    install(app / ".python_packages/lib/site-packages", "azure-identity", "1.19.0")
    (app / "main.py").write_text(WAITING_PYTHON)
    with running([venv / "bin/python", "-X", "dev", "main.py"], cwd=app) as process:
        facts = look(process)

    assert told(facts) == {"msal": "1.30.0", "azure-identity": "1.19.0"}


def test_a_package_of_the_user_counts_only_without_a_virtual_environment(venv: Path, tmp_path: Path) -> None:
    install(tmp_path / f".local/lib/python{VERSION}/site-packages", "azure-cli-core", "2.70.0")
    home = {"HOME": str(tmp_path)}
    with running([BASE, "-c", WAITING_PYTHON], env=home) as process:
        assert told(look(process))["azure-cli-core"] == "2.70.0"
    with running([venv / "bin/python", "-c", WAITING_PYTHON], env=home) as process:
        assert "azure-cli-core" not in told(look(process))


def test_what_is_installed_in_halves_or_lies_about_itself_is_left_out(venv: Path) -> None:
    folder = site_packages(venv)
    (folder / "azure_identity-1.0.dist-info").mkdir(parents=True)
    other = install(folder, "msal", "1.28.0")
    (other / "METADATA").write_text("Name: something-else\nVersion: 1.28.0\n")
    cli = install(folder, "azure-cli-core", "2.0")
    (cli / "METADATA").write_text("Name: azure-cli-core\nVersion: \x1b[31m'; rm -rf /\n")
    with running([venv / "bin/python", "-c", WAITING_PYTHON]) as process:
        facts = look(process)

    assert facts.sdks == ()
    assert "no identity SDK" in facts.note
