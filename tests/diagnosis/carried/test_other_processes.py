"""The SDKs of real processes of Node, Java, Go and Rust; .NET's are played by programs of its names."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.diagnosis.carried.programs import WAITING_NODE, look, node_package, running, told

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
IDENTITY, MSAL = "@azure/identity", "@azure/msal-node"
AZIDENTITY = "github.com/Azure/azure-sdk-for-go/sdk/azidentity"


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [each for each in programs if shutil.which(each) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@needs("node")
def test_node_carries_what_lies_above_its_script_and_below_that(tmp_path: Path) -> None:
    app = tmp_path / "srv/app"
    (app / "src").mkdir(parents=True)
    (app / "src/main.js").write_text(WAITING_NODE)
    outer = node_package(tmp_path / "srv/node_modules", IDENTITY, "4.4.1")
    nested = node_package(outer / "node_modules", MSAL, "2.15.0")
    inner = node_package(app / "node_modules", MSAL, "3.8.0")
    with running(["node", "--max-old-space-size=64", app / "src/main.js"], cwd=Path("/")) as process:
        facts = look(process)

    assert facts.runtime.startswith("node")
    assert [(each.name, each.version, each.evidence) for each in facts.sdks] == [
        (MSAL, "3.8.0", f"{inner}/package.json"),
        (IDENTITY, "4.4.1", f"{outer}/package.json"),
        (MSAL, "2.15.0", f"{nested}/package.json"),
    ]


@needs("node")
def test_node_finds_packages_in_pnpms_store_and_from_its_directory(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    kept = node_package(modules / ".pnpm/@azure+identity@4.5.0/node_modules", IDENTITY, "4.5.0")
    node_package(modules / ".pnpm/@azure+msal-node@2.16.2/node_modules", MSAL, "2.16.2")
    (modules / "@azure").mkdir()
    (modules / "@azure/identity").symlink_to(kept)
    (modules / "loop").symlink_to(modules)
    with running(["node", "-e", WAITING_NODE], cwd=tmp_path) as process:
        facts = look(process)

    assert told(facts) == {IDENTITY: "4.5.0", MSAL: "2.16.2"}
    assert facts.sdks[0].evidence == f"{kept}/package.json"


SLEEPER = "public class Sleeper { public static void main(String[] a) throws Exception { %s System.in.read(); } }"


@pytest.fixture(scope="module")
def sleeper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class that says when it runs, and waits."""
    folder = tmp_path_factory.mktemp("java")
    (folder / "Sleeper.java").write_text(SLEEPER % 'System.out.println("ready");')
    subprocess.run(["javac", "Sleeper.java"], cwd=folder, check=True)
    return folder


def jar(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@needs("java", "javac")
def test_java_carries_the_jars_of_its_class_path(sleeper: Path, tmp_path: Path) -> None:
    named = jar(tmp_path / "lib/azure-identity-1.15.0.jar", {"x": b""})
    jar(tmp_path / "more/msal4j-1.17.2.jar", {"x": b""})
    path = f"{named}:{tmp_path}/more/*:{sleeper}"
    with running(["java", "-Xshare:auto", "-cp", path, "Sleeper"], cwd=tmp_path) as process:
        facts = look(process)

    assert facts.runtime.startswith("java ")
    assert told(facts) == {"com.azure:azure-identity": "1.15.0", "com.microsoft.azure:msal4j": "1.17.2"}
    assert facts.sdks[0].evidence == str(named)


@needs("java", "javac")
def test_java_carries_what_is_inside_the_jar_that_it_runs(sleeper: Path, tmp_path: Path) -> None:
    pom = b"#Created by Apache Maven\nartifactId=msal4j\ngroupId=com.microsoft.azure\nversion=1.20.0\n"
    app = jar(
        tmp_path / "app.jar",
        {
            "META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\nMain-Class: Sleeper\n",
            "Sleeper.class": (sleeper / "Sleeper.class").read_bytes(),
            "BOOT-INF/lib/azure-identity-1.14.2.jar": b"PK",
            "META-INF/maven/com.microsoft.azure/msal4j/pom.properties": pom,
            "META-INF/maven/com.example/azure-identity/pom.properties": b"version=0.1\n",
        },
    )
    with running(["java", "-jar", "app.jar"], cwd=tmp_path) as process:
        facts = look(process)

    assert told(facts) == {"com.azure:azure-identity": "1.14.2", "com.microsoft.azure:msal4j": "1.20.0"}
    assert {each.evidence.partition("!/")[0] for each in facts.sdks} == {str(app)}


@needs("go")
@pytest.mark.parametrize("flags", [[], ["-ldflags=-s -w"]], ids=["plain", "stripped"])
def test_go_carries_what_its_build_information_says(flags: list[str], tmp_path: Path) -> None:
    module = tmp_path / "vendor" / AZIDENTITY
    module.mkdir(parents=True)
    (module / "azidentity.go").write_text("package azidentity\n\nconst Name = 1\n")
    (tmp_path / "vendor/modules.txt").write_text(f"# {AZIDENTITY} v1.8.0\n## explicit\n{AZIDENTITY}\n")
    (tmp_path / "go.mod").write_text(f"module example.com/app\n\ngo 1.19\n\nrequire {AZIDENTITY} v1.8.0\n")
    (tmp_path / "main.go").write_text(
        f'package main\n\nimport (\n\t"fmt"\n\t"os"\n\n\t"{AZIDENTITY}"\n)\n\nfunc main() {{\n'
        '\tfmt.Println("ready", azidentity.Name)\n\tos.Stdin.Read(make([]byte, 1))\n}\n'
    )
    offline = {**os.environ, "GOFLAGS": "-mod=vendor", "GOPROXY": "off", "GOCACHE": str(tmp_path / "cache")}
    subprocess.run(["go", "build", *flags, "-o", "app", "."], cwd=tmp_path, env=offline, check=True)
    with running([tmp_path / "app"]) as process:
        facts = look(process)
        (tmp_path / "app").unlink()  # replaced, as an update does: the process still has its own
        later = look(process)

    assert facts.runtime.startswith("go 1.")
    assert told(facts) == told(later) == {AZIDENTITY: "v1.8.0"}
    assert facts.sdks[0].evidence == f"{tmp_path}/app"


@needs("rustc")
def test_rust_carries_the_crates_that_its_panics_name(tmp_path: Path) -> None:
    source = tmp_path / "registry/src/index.crates.io-1949cf8c6b5b557f/azure_identity-0.30.0/src"
    source.mkdir(parents=True)
    (source / "lib.rs").write_text("pub fn first(list: &[u8], at: usize) -> u8 { list[at] }\n")
    (tmp_path / "main.rs").write_text(
        f'#[path = "{source}/lib.rs"] mod azure_identity;\n'
        'fn main() { println!("ready"); let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap();\n'
        '  println!("{}", azure_identity::first(s.as_bytes(), s.len() * 2)); }\n'
    )
    home = {**os.environ, "HOME": pwd.getpwuid(os.geteuid()).pw_dir}  # where rustup keeps the compiler
    subprocess.run(["rustc", "-O", "-o", "app", "main.rs"], cwd=tmp_path, env=home, check=True)
    with running([tmp_path / "app"]) as process:
        facts = look(process)

    assert facts.runtime.startswith("rust")
    assert told(facts) == {"azure_identity": "0.30.0"}


DEPS = {
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"},
    "libraries": {
        "App/1.0.0": {"type": "project"},
        "Azure.Identity/1.13.1": {"type": "package"},
        "Azure.Core/1.44.1": {"type": "package"},
        "Microsoft.Identity.Client/4.66.1": {"type": "package"},
        "Microsoft.Identity.Client.Extensions.Msal/4.66.1": {"type": "package"},
    },
}


def test_dotnet_carries_what_stands_beside_its_assembly(tmp_path: Path) -> None:
    program = tmp_path / "dotnet"
    shutil.copy("/usr/bin/tail", program)
    (tmp_path / "app").mkdir()
    (tmp_path / "app/App.dll").touch()
    (tmp_path / "app/App.deps.json").write_text(json.dumps(DEPS))
    (tmp_path / "app/Other.deps.json").write_text(json.dumps({"libraries": {"Azure.Identity/1.0.0": {}}}))
    with running([program, "-f", "app/App.dll"], cwd=tmp_path, ready=False) as process:
        facts = look(process)

    assert facts.runtime == ".NET 8.0"
    assert told(facts) == {
        "Azure.Identity": "1.13.1",
        "Azure.Core": "1.44.1",
        "Microsoft.Identity.Client": "4.66.1",
    }


def test_a_program_of_its_own_is_net_by_what_it_has_loaded(tmp_path: Path) -> None:
    shared = tmp_path / "shared/Microsoft.NETCore.App/9.0.1"
    shared.mkdir(parents=True)
    module = tmp_path / "Modules/Az.Accounts/5.3.0/lib"
    module.mkdir(parents=True)
    library = next(Path("/usr/lib").glob("*/libm.so.6"))
    shutil.copy(library, shared / "libcoreclr.so")
    shutil.copy(library, module / "Azure.Identity.dll")
    shutil.copy("/usr/bin/cat", tmp_path / "pwsh")
    (tmp_path / "pwsh.deps.json").write_text('{"libraries": {"Azure.Core/1.50.0": {}}}')
    preload = f"{shared}/libcoreclr.so {module}/Azure.Identity.dll"
    with running([tmp_path / "pwsh"], env={"LD_PRELOAD": preload}, ready=False) as process:
        wait_until_mapped(process, "Azure.Identity.dll")
        facts = look(process)

    assert facts.runtime == ".NET 9.0.1"
    assert told(facts) == {"Azure.Core": "1.50.0", "Az.Accounts": "5.3.0"}


def wait_until_mapped(process: int, name: str) -> None:
    while name not in Path(f"/proc/{process}/maps").read_text():
        assert Path(f"/proc/{process}").exists()


def test_a_program_of_no_such_runtime_says_so() -> None:
    with running(["sleep", "60"], ready=False) as process:
        facts = look(process)

    assert (facts.name, facts.runtime, facts.sdks) == ("sleep", "", ())
    assert "sleep" in facts.note
