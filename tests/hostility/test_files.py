"""Any bytes in any file that is read: config, state, a process's environment, and the packages that it carries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.config.config import Config, ConfigError
from mitui.config.parsing import parse_config
from mitui.config.state_file import StateFile
from mitui.diagnosis.environment_lint import lint
from mitui.diagnosis.sdk.carried.inspection import inspect
from mitui.diagnosis.sdk.carried.packages import is_version
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.engine.arc_key_file import key_directory, key_path
from mitui.engine.asking.refusal import Refusal
from mitui.engine.detection import detect
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.process_environment import environment_of
from mitui.engine.identity import SystemAssigned
from mitui.engine.sources import service_fabric
from mitui.safe_text import UNSAFE, visible
from tests.hostility.texts import SOME, VALUES, WORDS

NAMES = st.sampled_from(
    [
        *("IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_CLIENT_ID"),
        *("AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST", "IDENTITY_SERVER_THUMBPRINT"),
        *("AZURE_POD_IDENTITY_AUTHORITY_HOST", "HTTP_PROXY", "NO_PROXY", "AZURE_KUBERNETES_TOKEN_PROXY", "PYTHONPATH"),
        *(
            "AZURE_TOKEN_CREDENTIALS",
            "AZUREPS_HOST_ENVIRONMENT",
            "SSL_CERT_FILE",
            "NODE_PATH",
            "KUBERNETES_SERVICE_HOST",
        ),
    ]
)
URLS = st.sampled_from(["http://127.0.0.1:1/x", "https://[::1]", "http://8.8.8.8", "http://a@b", "//", "http://x y/"])
LINES = st.one_of(
    WORDS,
    st.builds("{} = {}".format, st.sampled_from(["interval", "theme", "name", "client_id", "url", "want"]), WORDS),
    st.builds(
        "{} = {}".format,
        st.sampled_from(["interval", "system", "identity", "resource", "selected", "vaults", "removed"]),
        VALUES.map(lambda value: json.dumps(value)),
    ),
    st.sampled_from(
        ["[dashboard]", "[[identities]]", "[[resources]]", "[[vaults]]", "[[names]]", "[keys]", "a = " + "[" * 900]
    ),
)
TOML = st.one_of(
    st.binary(max_size=80), st.lists(LINES, max_size=6).map(lambda each: "\n".join(each).encode("utf-8", "replace"))
)


@given(TOML)
def test_a_config_is_read_or_refused_in_one_line(text: bytes) -> None:
    found = parse_config(text, Path("config.toml"))
    assert isinstance(found, (Config, ConfigError))
    if isinstance(found, ConfigError):
        assert not UNSAFE.search(found.message)
        assert "\n" not in found.message


@SOME
@given(TOML)
def test_a_state_file_is_read_or_set_aside(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    place = tmp_path_factory.getbasetemp() / "state.toml"
    place.write_bytes(text)
    state = StateFile(place)
    if state.warning:
        assert place.with_suffix(".toml.bad").read_bytes() == text, "nothing of it is lost"


ENTRIES = st.one_of(
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\0", b"")),
    st.tuples(NAMES, st.one_of(WORDS, URLS)).map(
        lambda pair: f"{pair[0]}={pair[1]}".replace("\0", "").encode("utf-8", "surrogatepass")
    ),
)


SECRETS = (b"IDENTITY_HEADER=canary-header", b"MSI_SECRET=canary-secret")


@SOME
@given(st.lists(ENTRIES, max_size=12))
def test_any_environment_of_a_process_is_told(tmp_path_factory: pytest.TempPathFactory, entries: list[bytes]) -> None:
    root = tmp_path_factory.getbasetemp()
    folder = root / "proc" / "7"
    (folder / "root").mkdir(parents=True, exist_ok=True)
    (folder / "environ").write_bytes(b"\0".join([*SECRETS, *entries]))
    environment = environment_of(7, root)
    assert isinstance(environment, HostEnvironment)
    detection = detect(environment)
    warnings = lint(environment, detection, [SystemAssigned()], ["https://vault.azure.net"], 1_767_225_600.0)
    texts = [text for each in warnings for text in (each.message, each.remedy, *each.commands)]
    texts += [text for each in sdk_choices(environment, ()) for text in (each.sdk, each.note)]
    texts += [each.note for each in detection.evidence]
    for text in texts:
        assert not UNSAFE.search(visible(text))
    assert "canary" not in "\n".join(texts)


@dataclass(frozen=True)
class Carrier:
    """A process of a runtime as /proc has it, with one file of its packages."""

    program: str
    argument: str
    mapped: str
    file: str
    sound: bytes


CARRIERS = {
    "python": Carrier(
        "/usr/bin/python3.11",
        "/usr/bin/python3.11",
        "/usr/lib/libpython3.11.so.1.0",
        "usr/lib/python3.11/site-packages/azure_identity-1.15.0.dist-info/METADATA",
        b"Metadata-Version: 2.1\nName: azure-identity\nVersion: 1.15.0\n\n",
    ),
    "node": Carrier(
        "/usr/bin/node",
        "/app/server.js",
        "/usr/lib/x.so",
        "app/node_modules/@azure/identity/package.json",
        b'{"name": "@azure/identity", "version": "4.2.1"}',
    ),
    "dotnet": Carrier(
        "/usr/bin/dotnet",
        "/app/web.dll",
        "/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.11/libcoreclr.so",
        "app/web.deps.json",
        b'{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"}, "libraries": {"Azure.Identity/1.10.0": {}}}',
    ),
}


def _set_up(root: Path, carrier: Carrier) -> Path:
    folder = root / "proc" / "7"
    files = folder / "root"
    if not folder.exists():
        for each in (carrier.program, carrier.argument, carrier.file):
            place = files / each.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        (folder / "exe").symlink_to(carrier.program)
        (folder / "cwd").symlink_to("/app")
        (folder / "stat").write_text("7 (x) " + " ".join(["1"] * 40))
        (folder / "comm").write_text("x\n")
        (folder / "maps").write_text(f"7f00-7f01 r-xp 00000000 00:00 1    {carrier.mapped}\n")
    return folder


def _changed(sound: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for at, new in changes:
        at %= len(sound) + 1
        sound = sound[:at] + new + sound[at + len(new) // 2 :]
    return sound


@pytest.mark.parametrize("runtime", CARRIERS)
def test_a_sound_package_is_found(runtime: str, tmp_path: Path) -> None:
    carrier = CARRIERS[runtime]
    folder = _set_up(tmp_path, carrier)
    (folder / "cmdline").write_bytes(f"{carrier.program}\0{carrier.argument}\0".encode())
    (folder / "root" / carrier.file).write_bytes(carrier.sound)
    assert len(inspect(7, {}, tmp_path).sdks) == 1


@SOME
@pytest.mark.parametrize("runtime", CARRIERS)
@given(
    content=st.one_of(
        st.binary(max_size=120),
        st.lists(st.tuples(st.integers(0, 500), st.binary(max_size=6)), max_size=6),
        VALUES.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
        st.integers(1, 3000).map(lambda depth: b'{"libraries":' * depth),
    ),
    arguments=st.lists(st.binary(max_size=12), max_size=4),
    variables=st.dictionaries(st.sampled_from(["PYTHONPATH", "NODE_PATH", "HOME", "VIRTUAL_ENV", "PATH"]), WORDS),
)
def test_no_package_raises_or_lies(
    runtime: str,
    content: bytes | list[tuple[int, bytes]],
    arguments: list[bytes],
    variables: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    carrier = CARRIERS[runtime]
    root = tmp_path_factory.getbasetemp() / runtime
    folder = _set_up(root, carrier)
    told = f"{carrier.program}\0{carrier.argument}\0".encode() + b"\0".join(arguments) + b"\0"
    (folder / "cmdline").write_bytes(told)
    text = content if isinstance(content, bytes) else _changed(carrier.sound, content)
    (folder / "root" / carrier.file).write_bytes(text)
    facts = inspect(7, MappingProxyType(variables), root)
    for sdk in facts.sdks:
        assert is_version(sdk.version)
        assert sdk.version.encode() in text


@given(
    st.one_of(
        WORDS, st.builds("Basic realm={}{}".format, st.sampled_from(["", '"', "/var/opt/azcmagent/tokens/"]), WORDS)
    )
)
def test_a_realm_names_a_key_file_of_the_agent_or_nothing(text: str) -> None:
    for platform in ("linux", "win32"):
        environment = HostEnvironment(MappingProxyType({}), Path("/nonexistent"), platform)
        path = key_path(environment, [text])
        if not isinstance(path, Refusal):
            folder, _, name = path.rpartition("\\" if platform == "win32" else "/")
            assert folder.lower() == key_directory(environment).lower()
            assert name.endswith(".key")
            assert not set(name) & set("/\\.:") - {"."}
            assert ".." not in path


@given(st.one_of(WORDS, st.text("0123456789abcdefABCDEF: -", max_size=90)))
def test_a_thumbprint_has_forty_digits_or_nothing_is_sent(text: str) -> None:
    variables = {"IDENTITY_ENDPOINT": "https://127.0.0.1:1/", "IDENTITY_SERVER_THUMBPRINT": text}
    environment = HostEnvironment(MappingProxyType(variables))
    digits = [each for each in text if each in "0123456789abcdefABCDEF"]
    if service_fabric.SOURCE.unmet_condition(environment) is None:
        assert len(digits) == 40
        pin = service_fabric.SOURCE.endpoint(environment).certificate_sha1
        assert pin == "".join(digits).lower()
