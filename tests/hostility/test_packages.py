"""Any bytes in the files by which a process tells what it carries: nothing raises, and no version is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given

from mitui.diagnosis.sdk.carried.dotnet import dotnet_process
from mitui.diagnosis.sdk.carried.go import go_process
from mitui.diagnosis.sdk.carried.inspection import inspect
from mitui.diagnosis.sdk.carried.java import java_process
from mitui.diagnosis.sdk.carried.node import node_process
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, is_version
from mitui.diagnosis.sdk.carried.python import python_process
from mitui.diagnosis.sdk.carried.rooted_files import RootedFiles
from mitui.diagnosis.sdk.carried.running_process import RunningProcess
from mitui.diagnosis.sdk.carried.rust import rust_process
from tests.diagnosis.carried.executables import GO, dotnet_bundle, go, jar, old_go, rust
from tests.hostility.mutations import changed
from tests.hostility.script import SCRIPTS, Script
from tests.hostility.texts import SOME, as_json, value, word


@dataclass(frozen=True)
class Carrier:
    """A process as /proc has it, and the one file that tells a package and its version."""

    look: Callable[[RunningProcess], tuple[str, tuple[CarriedSdk, ...]] | None]
    program: str
    argument: str
    mapped: str
    file: str
    sound: bytes
    opened: tuple[str, ...] = ()
    packed: bool = False


_MODULES = f"path\tx\nmod\tx\t(devel)\t\ndep\t{GO}\tv1.6.0\th1:x\n=>\tx.io/fork\tv1.7.0\th1:y\n".encode()
_DEPS = b'{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"}, "libraries": {"Azure.Identity/1.10.0": {}}}'
_POM = "META-INF/maven/com.azure/azure-identity/pom.properties"
_JARRED = {"BOOT-INF/lib/msal4j-1.15.0.jar": b"PK", _POM: b"version=1.12.1\ngroupId=com.azure\n"}
_CRATE = "/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/azure_identity-0.20.0/src/lib.rs"

CARRIERS = {
    "python": Carrier(
        python_process,
        "/usr/bin/python3.11",
        "/usr/bin/python3.11",
        "/usr/lib/libpython3.11.so.1.0",
        "usr/lib/python3.11/site-packages/azure_identity-1.15.0.dist-info/METADATA",
        b"Metadata-Version: 2.1\nName: azure-identity\nVersion: 1.15.0\n\n",
    ),
    "node": Carrier(
        node_process,
        "/usr/bin/node",
        "/app/server.js",
        "/usr/lib/x.so",
        "app/node_modules/@azure/identity/package.json",
        b'{"name": "@azure/identity", "version": "4.2.1"}',
    ),
    "dotnet": Carrier(
        dotnet_process,
        "/usr/bin/dotnet",
        "/app/web.dll",
        "/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.11/libcoreclr.so",
        "app/web.deps.json",
        _DEPS,
    ),
    "dotnet bundle": Carrier(dotnet_process, "/app/web", "", "/usr/lib/x.so", "app/web", dotnet_bundle(_DEPS)),
    "java": Carrier(
        java_process,
        "/usr/lib/jvm/java-17/bin/java",
        "-jar",
        "/usr/lib/jvm/libjvm.so",
        "app.jar",
        jar(_JARRED),
        ("/app.jar",),
    ),
    "go": Carrier(go_process, "/app/server", "", "/usr/lib/x.so", "app/server", go(_MODULES)),
    "old go": Carrier(go_process, "/app/server", "", "/usr/lib/x.so", "app/server", old_go(_MODULES)),
    "rust": Carrier(
        rust_process,
        "/app/server",
        "",
        "/usr/lib/x.so",
        "app/server",
        rust([{"name": "azure_identity", "version": "0.21.0"}], _CRATE),
        packed=True,
    ),
}


@cache
def _set_up(root: Path, carrier: Carrier) -> Path:
    """The folder of process 7 in a /proc below ``root``; it has its files to itself, as in a chroot."""
    folder, files = root / "proc" / "7", root / "files"
    for each in (carrier.program, carrier.argument, carrier.file, *carrier.opened):
        place = files / each.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_dir():
            place.touch()
    (folder / "fd").mkdir(parents=True)
    (folder / "root").symlink_to(files)
    (folder / "exe").symlink_to(f"{files}{carrier.program}")
    (folder / "cwd").symlink_to(files / "app")
    for number, each in enumerate(carrier.opened):
        (folder / "fd" / str(number)).symlink_to(f"{files}{each}")
    return folder


def _process(folder: Path, carrier: Carrier) -> RunningProcess:
    return RunningProcess(
        7,
        RootedFiles(folder / "root"),
        folder,
        arguments=(carrier.program, carrier.argument),
        executable=carrier.program,
        directory="/app",
        mapped=(carrier.mapped,),
        opened=carrier.opened,
    )


def _carried(folder: Path, carrier: Carrier, text: bytes) -> tuple[CarriedSdk, ...]:
    (folder / "root" / carrier.file).write_bytes(text)
    process = _process(folder, carrier)
    try:
        found = carrier.look(process)
    finally:
        process.files.close()
    return found[1] if found else ()


@pytest.mark.parametrize("name", CARRIERS)
def test_a_sound_package_is_found(name: str, tmp_path: Path) -> None:
    carrier = CARRIERS[name]
    folder = _set_up(tmp_path, carrier)
    found = _carried(folder, carrier, carrier.sound)
    assert found
    assert all(is_version(each.version) for each in found)
    (folder / "maps").write_text(f"{_MAPPED}{tmp_path}/files{carrier.mapped}\n")
    (folder / "cmdline").write_text("\0".join((carrier.program, carrier.argument, "")))
    assert inspect(7, {}, tmp_path).sdks == found


@SOME
@pytest.mark.parametrize("name", CARRIERS)
@given(script=SCRIPTS)
def test_no_package_raises_or_lies(name: str, script: Script, tmp_path_factory: pytest.TempPathFactory) -> None:
    carrier = CARRIERS[name]
    text = changed(script, carrier.sound) if script.number(8) else as_json(value(script))
    for sdk in _carried(_set_up(tmp_path_factory.getbasetemp() / name, carrier), carrier, text):
        assert sdk.version == "(devel)" or is_version(sdk.version)
        assert carrier.packed or sdk.version == "(devel)" or sdk.version.encode() in text


_MAPPED = "7f00-7f01 r-xp 00000000 00:00 1    "


def _line(script: Script, files: Path) -> str:
    """A line of /proc/PID/maps, or nearly."""
    path = script.pick(("usr/lib/libpython3.11.so.1.0", "x/site-packages/y.so", "app/Az.Accounts/2.1.0/x.dll"))
    return script.pick((_MAPPED, _MAPPED, "7f00", "")) + script.pick((f"{files}/{path}", word(script)))


@SOME
@given(script=SCRIPTS)
def test_no_process_raises_or_lies(script: Script, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its arguments, its variables, what it has mapped, its name and its times are the process's own to write."""
    name = script.pick(tuple(CARRIERS))
    carrier = CARRIERS[name]
    root = tmp_path_factory.getbasetemp() / f"whole {name}"
    folder = _set_up(root, carrier)
    own = [each.encode() for each in (carrier.program, carrier.argument, "-cp", "/x:/app.jar", "-m", "--", "-W")]
    arguments = [carrier.program.encode(), *(script.pick((*own, script.raw(12))) for _ in range(script.number(5)))]
    (folder / "cmdline").write_bytes(b"\0".join(arguments) + b"\0" * script.number(2))
    (folder / "root" / carrier.file).write_bytes(changed(script, carrier.sound))
    files = root / "files"
    maps = "\n".join([*script.several(3, lambda each: _line(each, files)), f"{_MAPPED}{files}{carrier.mapped}"])
    (folder / "maps").write_bytes(maps.encode("utf-8", "surrogatepass"))
    (folder / "stat").write_bytes(changed(script, b"7 (x) S " + b"1 " * 40))
    (folder / "comm").write_bytes(script.raw(script.number(16)))
    names = ("PYTHONPATH", "NODE_PATH", "HOME", "VIRTUAL_ENV", "PATH", "CLASSPATH", "AzureWebJobsScriptRoot")
    variables = {script.pick(names): word(script).replace("\0", "") for _ in range(script.number(3))}
    facts = inspect(7, MappingProxyType(variables), root)
    for sdk in facts.sdks:
        assert sdk.version == "(devel)" or is_version(sdk.version)
        assert sdk.evidence.startswith("/")
        assert not sdk.evidence.startswith(str(root))
