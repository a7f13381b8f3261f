"""The fixture in somebody else's test suite, which runs in another process: one test after another and side by side."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import README

_PROJECT = Path(__file__).parents[2]
_THEIR_TESTS = """
import os

import azure.identity
import pytest

VAULT = "https://vault.azure.net/.default"


def token():
    return azure.identity.ManagedIdentityCredential(retry_total=0, retry_status=0).get_token(VAULT).token


def test_an_app(simulated_host):
    assert token()
    assert [each.path for each in simulated_host.requests] == ["/metadata/identity/oauth2/token"]


@pytest.mark.parametrize("number", range(8))
def test_the_next_test_has_a_host_of_its_own(simulated_host, number):
    assert simulated_host.requests == []
    assert token()


@pytest.mark.simulated_host("app_service", identities=["orders"], faults=[{"name": "as.500", "times": 1}])
def test_another_host(simulated_host, simulated_bench):
    with pytest.raises(Exception):
        token()
    assert token()
    assert [each["status"] for each in simulated_bench.log.entries()] == [500, 200]
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST" not in os.environ


def test_all_is_undone():
    assert os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] == "http://127.0.0.1:9"
    assert "IDENTITY_ENDPOINT" not in os.environ


def test_default_azure_credential(simulated_host, monkeypatch):
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    assert azure.identity.DefaultAzureCredential().get_token(VAULT).token
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of that folder, with nothing of ours but what an installation brings."""
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    plugin = "mitui.simulator.pytest_plugin"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", plugin, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(_PROJECT),
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9",
        },
    )


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one after another", "side by side"])
def test_their_tests_pass(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "test_app.py").write_text(_THEIR_TESTS)
    done = pytest_in(tmp_path, *arguments)
    assert "12 passed" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ('"imsd"', "did you mean imds?"),
        ('"imds", identites=["a"]', "did you mean identity?"),
        ('"imds", faults=["imds.trottle"]', "did you mean imds.throttle?"),
        ('"imds", "app_service"', "one source, not 2"),
        ('"empty"', "has no host"),
    ],
)
def test_a_marker_that_is_wrong_is_one_sentence(marker: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "test_app.py").write_text(
        f"import pytest\n\n@pytest.mark.simulated_host({marker})\ndef test_app(simulated_host):\n    pass\n"
    )
    done = pytest_in(tmp_path)
    assert words in done.stdout
    assert "1 error" in done.stdout


def test_the_test_that_readme_shows_passes(tmp_path: Path) -> None:
    [shown] = [each.partition("```")[0] for each in README.split("```python\n")[1:]]
    assert len(shown.splitlines()) <= 16
    (tmp_path / "test_app.py").write_text(shown)
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout


def test_an_installation_brings_it() -> None:
    from importlib.metadata import entry_points

    assert "mitui.simulator.pytest_plugin" in {each.value for each in entry_points(group="pytest11")}


def test_it_costs_other_test_suites_next_to_nothing() -> None:
    program = (
        "import sys; import pytest; before = set(sys.modules); import mitui.simulator.pytest_plugin\n"
        "print([name for name in sys.modules if name not in before and name.startswith(('mitui.', 'trustme', 'ssl'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_PROJECT)
    assert done.stdout.strip() == "['mitui.simulator', 'mitui.simulator.pytest_plugin']"
