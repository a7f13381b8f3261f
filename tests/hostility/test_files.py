"""Any bytes in any file that is read: config, state, saved snapshots, keys, authorities and the kernel's tables."""

from __future__ import annotations

import json
import re
import ssl
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given

from mitui.config.config import Config, ConfigError
from mitui.config.parsing import parse_config
from mitui.config.state_file import StateFile
from mitui.engine.arc_key_file import LARGEST, key_directory, key_path, read_key
from mitui.engine.asking.refusal import Refusal
from mitui.engine.host.environment import HostEnvironment, account_name
from mitui.engine.host.firmware import firmware_cloud
from mitui.engine.host.routes import Route, neighbour_words, route_to
from mitui.http.dial_error import DialError
from mitui.http.transport import verifying_context
from mitui.safe_text import UNSAFE
from mitui.simulator.sources.pinned_tls import pinned_tls
from tests.hostility.mutations import changed
from tests.hostility.script import SCRIPTS, Script, scripted
from tests.hostility.texts import SOME, value, word

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
CONFIGS = (
    "\n".join(re.findall(r'(?m)^#? ?(\[.*|"?\w+"? = .*)$', EXAMPLE.read_text())).encode(),
    b'[dashboard]\ninterval = 60\ntheme = "nord"\nmouse = true\n[[identities]]\nname = "web"\nsystem = true\n',
    (
        b'[[resources]]\nresource = "https://graph.microsoft.com"\n'
        b'[[vaults]]\nurl = "contoso-kv"\nwant = ["secrets/get"]\n'
    ),
    (
        b'[[vaults]]\nurl = "https://contoso-kv.vault.azure.net"\nallow_loopback = true\nprobe = "deep"\n'
        b'[keys]\nquit = "q"\n'
    ),
)
STATES = (
    b'selected = "system"\ntheme = "nord"\nvaults = ["contoso-kv"]\nremoved = ["https://a"]\n[[names]]\nname = "a"\n',
    (
        b'[[identities]]\nidentity = "client:6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2"\nname = "web"\n'
        b'[[resources]]\nresource = "x"\n'
    ),
)
LINES = (
    *("[dashboard]", "[[identities]]", "[[resources]]", "[[vaults]]", "[[names]]", "[keys]", "a = " + "[" * 900),
    *("interval = nan", "interval = inf", "interval = 1e400", "theme = '''", "x = 1979-05-27T07:32:00Z", 'a."b".c = 1'),
)


def _line(script: Script) -> str:
    names = ("interval", "theme", "name", "client_id", "url", "want", "system", "identity", "resource", "selected")
    if script.number(3) == 0:
        return script.pick(LINES)
    return f"{script.pick(names)} = {json.dumps(value(script)) if script.number(2) else word(script)}"


def _toml(script: Script, sound: tuple[bytes, ...]) -> bytes:
    if script.number(3):
        return changed(script, script.pick(sound))
    return "\n".join(script.several(6, _line)).encode("utf-8", "replace")


@given(scripted(lambda script: _toml(script, CONFIGS)))
def test_a_config_is_read_or_refused_in_one_line(text: bytes) -> None:
    found = parse_config(text, Path("config.toml"))
    assert isinstance(found, (Config, ConfigError))
    if isinstance(found, ConfigError):
        assert not UNSAFE.search(found.message)
        assert "\n" not in found.message


@SOME
@given(text=scripted(lambda script: _toml(script, STATES)))
def test_a_state_file_is_read_or_set_aside(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    place = tmp_path_factory.getbasetemp() / "state.toml"
    place.write_bytes(text)
    state = StateFile(place)
    if state.warning:
        assert place.with_suffix(".toml.bad").read_bytes() == text, "nothing of it is lost"


def test_sound_files_are_read(tmp_path: Path) -> None:
    assert all(isinstance(parse_config(each, Path("config.toml")), Config) for each in CONFIGS)
    for text in STATES:
        (tmp_path / "state.toml").write_bytes(text)
        assert StateFile(tmp_path / "state.toml").warning == ""


TOKENS = "/var/opt/azcmagent/tokens"
REALMS = (
    *(f"Basic realm={TOKENS}/good.key", f'Basic realm="{TOKENS}/good.key"', f"basic  realm = {TOKENS}/good.key "),
    *(r"Basic realm=C:\ProgramData\AzureConnectedMachineAgent\Tokens\good.key", "Basic realm=/etc/shadow"),
    *(f"Basic realm={TOKENS}/../../../../etc/shadow", f"Basic realm={TOKENS}/x/good.key", "Digest realm=x"),
)


def _realm(script: Script) -> str:
    if script.number(6) == 0:
        return f"Basic realm={word(script)}"
    return changed(script, script.pick(REALMS).encode()).decode("utf-8", "replace")


@given(scripted(_realm))
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


KEYS = (b"CANARY-KEY", b"CANARY-KEY\n", b"a" * 4096, b"0f3c8b1e\r\n")


@SOME
@given(content=scripted(lambda script: changed(script, script.pick(KEYS))))
def test_a_key_file_holds_a_key_of_one_line_or_nothing_is_sent(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = tmp_path_factory.getbasetemp()
    place = root / TOKENS.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / "good.key").write_bytes(content)
    key = read_key(HostEnvironment(MappingProxyType({}), root), f"{TOKENS}/good.key")
    if isinstance(key, Refusal):
        assert "CANARY" not in key.message
        return
    assert len(content) <= LARGEST
    assert key.reveal().isascii()
    assert key.reveal().isprintable()


PEM = pinned_tls("node").authority.encode()


def _trust(authorities: str) -> ssl.SSLContext | DialError:
    try:
        return verifying_context("", authorities)
    except DialError as error:
        return error


@SOME
@given(scripted(lambda script: changed(script, PEM)))
def test_an_authority_is_trusted_or_refused_in_one_line(text: bytes) -> None:
    """What AZURE_KUBERNETES_CA_DATA and AZURE_KUBERNETES_CA_FILE hold."""
    trust = _trust(text.decode("ascii", "replace"))
    if isinstance(trust, DialError):
        assert "\n" not in trust.message
        return
    assert trust.check_hostname
    assert not text or trust.cert_store_stats()["x509"] <= text.count(b"BEGIN"), "the public ones are trusted, too"


ROUTES = (
    b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    b"eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    b"eth0\tFEA9FEA9\t0100000A\t0007\t0\t0\t100\tFFFFFFFF\t0\t0\t0\n"
)
NEIGHBOURS = (
    b"IP address       HW type     Flags       HW address            Mask     Device\n"
    b"10.0.0.1         0x1         0x2         12:34:56:78:9a:bc     *        eth0\n"
)
TABLES = {
    "proc/net/route": ROUTES,
    "proc/net/arp": NEIGHBOURS,
    "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nwww:x:33:33::/:/bin/sh\n",
    "sys/class/dmi/id/chassis_asset_tag": b"7783-7084-3265-9085-8269-3286-77\n",
}


@SOME
@given(script=SCRIPTS)
def test_the_kernels_tables_and_the_accounts_are_told_or_passed_over(
    tmp_path_factory: pytest.TempPathFactory, script: Script
) -> None:
    root = tmp_path_factory.getbasetemp()
    for name, sound in TABLES.items():
        if not (root / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(sound)
    name = script.pick(tuple(TABLES))
    (root / name).write_bytes(changed(script, TABLES[name]))
    environment = HostEnvironment(MappingProxyType({}), root)
    route = route_to(environment, "169.254.169.254")
    assert route is None or isinstance(route, Route)
    if route is not None:
        assert neighbour_words(environment, route) is not None
    assert "\n" not in account_name(33, root)
    assert firmware_cloud(environment) in ("", "Azure")
