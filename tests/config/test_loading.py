"""The config file: what it may hold, and that every mistake is one line that says what is allowed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.config.config import Config, ConfigError
from mitui.config.loading import load_config
from mitui.config.locations import config_path
from mitui.config.parsing import parse_config
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import SystemAssigned

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
NOWHERE = HostEnvironment()


def read(text: str) -> Config | ConfigError:
    return parse_config(text.encode(), Path("my.toml"))


def config(text: str) -> Config:
    result = read(text)
    assert isinstance(result, Config), result
    return result


def test_the_example_loads_and_shows_every_key() -> None:
    example = load_config(EXAMPLE, NOWHERE)
    assert isinstance(example, Config), example
    assert example.found
    assert [str(each.identity) for each in example.identities] == [
        "system",
        "client:6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2",
    ]
    assert example.vaults[0].want == ("secrets/get", "secrets/list")


def test_the_example_loads_with_every_comment_taken_away() -> None:
    text = EXAMPLE.read_text()
    bare = re.sub(r'(?m)^# (?=(\[\[|[a-z_]+ = |"))', "", text)
    assert bare.count("\n[[identities]]") == 4
    everything = read(bare)
    assert isinstance(everything, Config), everything
    assert everything.vaults[0].probe_every == 3600
    assert everything.keys == (("refresh", "r,f5"),)
    for section, keys in {
        "dashboard": Config().dashboard.__slots__,
        "vaults": everything.vaults[0].__slots__,
    }.items():
        table = tomllib.loads(bare)[section]
        assert set(keys) == set(table[0] if isinstance(table, list) else table)


def test_an_empty_file_is_all_defaults() -> None:
    assert config("").dashboard == Config().dashboard


def test_a_vault_may_want_one_permission_as_text() -> None:
    assert config('[[vaults]]\nurl = "kv"\nwant = "secrets/get"').vaults[0].want == ("secrets/get",)


def test_system_assigned() -> None:
    assert config("[[identities]]\nsystem = true").identities[0].identity == SystemAssigned()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[dashbord]\n", ["dashbord", "did you mean dashboard?", "identities, resources, vaults, keys"]),
        ("dashboard = 1\n", ["dashboard = 1", "[dashboard]"]),
        ('[dashboard]\nthme = "x"\n', ["dashboard.thme = 'x'", "did you mean theme?", "time_zone"]),
        ('[dashboard]\ntime_zone = "UTC"\n', ["dashboard.time_zone = 'UTC'", "utc, local, epoch", "did you mean utc?"]),
        ("[dashboard]\ntheme = 4\n", ["dashboard.theme = 4", "text in quotes"]),
        ("[dashboard]\ninterval = 1\n", ["dashboard.interval = 1", "from 2 to 86400"]),
        ("[dashboard]\ninterval = nan\n", ["dashboard.interval = nan", "from 2 to 86400"]),
        ("[dashboard]\ninterval = true\n", ["dashboard.interval = true", "a number of seconds"]),
        ('[dashboard]\nmouse = "yes"\n', ["dashboard.mouse = 'yes'", "true or false"]),
        ("identities = 3\n", ["identities = 3", "[[identities]]"]),
        ("[[identities]]\nname = 'x'\n", ["identities[1]", "none", "exactly one of"]),
        (
            "[[identities]]\nsystem = true\nclient_id = '6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2'\n",
            ["identities[1]", "system, client_id", "exactly one of"],
        ),
        ("[[identities]]\nclient_id = 'web'\n", ["identities[1].client_id", "'web'", "GUID"]),
        ("[[identities]]\nsystem = true\n[[identities]]\nsystem = true\n", ["identities", "'system'", "twice"]),
        ("[[resources]]\nname = 'x'\n", ["resources[1]", "https://management.azure.com"]),
        ("[[vaults]]\nname = 'x'\n", ["vaults[1]", "no url"]),
        ("[[vaults]]\nurl = 'x'\nwant = ['secrets/gett']\n", ["vaults[1].want", "gett", "get"]),
        ("[[vaults]]\nurl = 'x'\nwant = 5\n", ["vaults[1].want = 5", "secrets/get"]),
        ("[[vaults]]\nurl = 'x'\nwant = [5]\n", ["vaults[1].want = 5", "secrets/get"]),
        ("[[vaults]]\nurl = 'x'\nprobe = 'all'\n", ["vaults[1].probe = 'all'", "read, crypto, deep"]),
        ("[[vaults]]\nurl = 'x'\nprobe_every = 5\n", ["vaults[1].probe_every = 5", "from 30"]),
        ("[keys]\nrefresh = 5\n", ["keys.refresh = 5", "text in quotes"]),
        ("[keys]\nrefresh = 'r,,x'\n", ["keys.refresh = 'r,,x'", "r,f5"]),
        ("[dashboard\n", ["not valid TOML", "line 1"]),
        ("x = " + "[" * 4000, ["my.toml"]),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_allowed(text: str, words: list[str]) -> None:
    result = read(text)
    assert isinstance(result, ConfigError)
    assert "\n" not in result.message
    for word in ["my.toml", *words]:
        assert word in result.message


def test_hostile_text_is_made_visible() -> None:
    result = read('"\\u001b[31m\\u202e" = 1')
    assert isinstance(result, ConfigError)
    assert "\x1b" not in result.message
    assert "\u202e" not in result.message


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(text: bytes) -> None:
    result = parse_config(text, Path("my.toml"))
    assert isinstance(result, Config) or "\n" not in result.message


def test_where_it_is_looked_for(tmp_path: Path) -> None:
    assert config_path(HostEnvironment({"XDG_CONFIG_HOME": "/c"})) == Path("/c/mitui/config.toml")
    assert config_path(HostEnvironment({"HOME": "/h"})) == Path("/h/.config/mitui/config.toml")
    assert config_path(HostEnvironment({"HOME": "/h", "MITUI_CONFIG": "/m.toml"})) == Path("/m.toml")
    assert config_path(HostEnvironment({"HOME": "/h", "MITUI_CONFIG": "/m.toml"}), "/o.toml") == Path("/o.toml")


def test_only_a_config_that_was_named_must_exist(tmp_path: Path) -> None:
    home = HostEnvironment({"HOME": str(tmp_path)})
    assert isinstance(load_config(None, home), Config)
    for missing in (
        load_config(tmp_path / "no.toml", home),
        load_config(None, HostEnvironment({"MITUI_CONFIG": str(tmp_path / "no.toml")})),
    ):
        assert isinstance(missing, ConfigError)
        assert "no such file" in missing.message


def test_a_folder_a_huge_file_and_a_bad_path_are_errors(tmp_path: Path) -> None:
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (1 << 21))
    for place, word in ((tmp_path, "not a file"), (huge, "1 MiB"), (Path("a\0b"), "not a path")):
        result = load_config(place, NOWHERE)
        assert isinstance(result, ConfigError)
        assert word in result.message
