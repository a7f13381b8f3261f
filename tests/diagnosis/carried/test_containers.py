"""A process in a mount namespace of its own, as in a container: its files are looked for where it sees them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.process_environment import environment_of
from tests.diagnosis.carried.programs import VERSION, WAITING_PYTHON, look, running, told

_IMAGE = """
set -e
mount -t tmpfs none "$ROOT"
mkdir -p "$ROOT/usr" "$ROOT/proc" "$ROOT/old" "$ROOT/app" "$ROOT$BASE"
for each in bin lib lib64 sbin; do [ ! -L /$each ] || ln -s usr/$each "$ROOT/$each"; done
for each in bin lib lib64; do
  [ -L /$each ] || [ ! -d /$each ] || { mkdir -p "$ROOT/$each"; mount --bind /$each "$ROOT/$each"; }
done
mount --bind /usr "$ROOT/usr"
case "$BASE" in /usr|/usr/*) ;; *) mount --bind "$BASE" "$ROOT$BASE" ;; esac
mkdir -p "$ROOT/app/venv/bin" "$SITE"
ln -s "$BASE/bin/python$VERSION" "$ROOT/app/venv/bin/python"
printf 'home = %s/bin\n' "$BASE" > "$ROOT/app/venv/pyvenv.cfg"
mkdir "$SITE/azure_identity-1.16.0.dist-info"
printf 'Name: azure-identity\nVersion: 1.16.0\n' > "$SITE/azure_identity-1.16.0.dist-info/METADATA"
ln -s "$SECRET" "$SITE/msal-1.0.dist-info"
cd "$ROOT"
"""
_CHROOT = 'exec chroot "$ROOT" /app/venv/bin/python -c "$PROGRAM"'
_PIVOT = 'pivot_root . old; cd /; exec /app/venv/bin/python -c "$PROGRAM"'


def _can_unshare() -> bool:
    tool = shutil.which("unshare")
    return tool is not None and subprocess.run([tool, "-Urm", "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _can_unshare(), reason="needs unshare, and the right to a mount namespace")


@pytest.mark.parametrize("entrance", [_CHROOT, _PIVOT], ids=["chroot", "pivot_root"])
def test_a_container_is_looked_into_through_its_own_root(entrance: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "METADATA").write_text("Name: msal\nVersion: 1.0\n")
    variables = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "ROOT": str(root),
        "BASE": sys.base_prefix,
        "VERSION": VERSION,
        "SITE": f"{root}/app/venv/lib/python{VERSION}/site-packages",
        "SECRET": str(outside),
        "PROGRAM": WAITING_PYTHON,
        "IDENTITY_HEADER": "theirs",
    }
    with running(["unshare", "-Urm", "sh", "-c", _IMAGE + entrance], env=variables) as process:
        environment = environment_of(process)
        facts = look(process)

    assert isinstance(environment, HostEnvironment)
    assert environment.get("IDENTITY_HEADER") == "theirs"
    assert not (root / "app").exists(), "the files must be seen in the namespace only"
    assert facts.runtime == f"python {VERSION}"
    assert told(facts) == {"azure-identity": "1.16.0"}
    evidence = f"/app/venv/lib/python{VERSION}/site-packages/azure_identity-1.16.0.dist-info"
    assert facts.sdks[0].evidence == evidence
