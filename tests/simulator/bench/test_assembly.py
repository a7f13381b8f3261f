"""A command line, a TOML file and JSON say the same bench; what they get wrong is one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitui.simulator.bench.assembly import bench_of, from_options
from mitui.simulator.bench.pieces import fault_of, identity_of, vault_of
from mitui.simulator.bench.spec import BenchSpec, FaultSpec, Grant, VaultSpec
from mitui.simulator.identities import default_identities

_GUID = "11111111-aaaa-4bbb-8ccc-222222222222"
_ALL = """
source = "app-service"
host = "localhost"
port = 8080
control_port = 8081
root = "/srv/host"
system_assigned = false
lifetime = 3600
latency = 20
arm = true
format = "json"
log = "none"

[[identity]]
name = "orders"
client = "11111111-AAAA-4bbb-8ccc-222222222222"

[[fault]]
name = "slow"
seconds = 0.5
identity = "orders"
times = 2
after = 1
lasting = 60

[[fault]]
name = "service.throttled"
vault = "contoso-kv"
path = "/secrets/*"
retry_after = 3

[[vault]]
name = "contoso-kv"
port = 443
roles = ["Key Vault Secrets User", {role = "key vault reader", identity = "orders"}]
[vault.secrets]
db-password = "a=b, c"
"""
_WORDS: list[tuple[str, str]] = [
    ("host", "localhost"),
    ("port", "8080"),
    ("control-port", "8081"),
    ("root", "/srv/host"),
    ("no-system-assigned", ""),
    ("lifetime", "3600"),
    ("latency", "20"),
    ("arm", ""),
    ("format", "json"),
    ("log", "none"),
    ("identity", f"orders,client={_GUID}"),
    ("fault", "slow,seconds=0.5,identity=orders,times=2,after=1,lasting=60"),
    ("fault", "service.throttled,vault=contoso-kv,path=/secrets/*,retry_after=3"),
    ("vault", "contoso-kv,port=443"),
    ("role", "Key Vault Secrets User"),
    ("role", "key vault reader,identity=orders"),
    ("secret", "db-password=a=b, c"),
]


def test_a_file_and_a_command_line_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(_ALL)
    said = from_options("app_service", _WORDS)
    assert from_options("app_service", [], str(file)) == said
    assert said.faults == (
        FaultSpec("slow", 2, 1, 60.0, {"identity": "orders"}, {"seconds": 0.5}),
        FaultSpec("service.throttled", match={"path": "/secrets/*"}, options={"retry_after": "3"}, vault="contoso-kv"),
    )
    grants = (Grant("Key Vault Secrets User"), Grant("Key Vault Reader", identity="orders"))
    assert said.vaults == (VaultSpec("contoso-kv", 443, grants, (("db-password", "a=b, c"),)),)
    assert (said.latency, said.lifetime, said.root) == (0.02, 3600.0, Path("/srv/host"))


def test_a_command_line_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(_ALL)
    spec = from_options("imds", [("port", "0"), ("fault", "imds.gone")], str(file))
    assert (spec.source, spec.port, spec.log) == ("imds", 0, "none")
    assert [each.name for each in spec.faults] == ["imds.gone"]
    assert [each.name for each in spec.vaults] == ["contoso-kv"]
    assert from_options("", [], str(file)).source == "app-service"


def test_nothing_said_is_what_the_source_has() -> None:
    assert from_options("imds", []) == BenchSpec("imds")
    assert from_options("azure-arc", []) == BenchSpec("azure_arc")


def test_ids_are_made_up_and_always_the_same() -> None:
    assert identity_of({"name": "orders"}) == identity_of({"name": "orders"})
    assert identity_of({"name": "orders"}).client_id != identity_of({"name": "billing"}).client_id
    made = identity_of({"name": "orders"})
    assert len({made.client_id, made.object_id}) == 2
    assert made.resource_id.endswith("/userAssignedIdentities/orders")
    assert identity_of({"name": "web"}) == default_identities()[0]


def test_an_identity_as_the_check_names_it() -> None:
    [by_client] = from_options("imds", [("identity", f"client:{_GUID}")]).identities or ()
    assert (by_client.name, by_client.client_id) == (_GUID, _GUID)
    resource = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    [by_resource] = from_options("imds", [("identity", f"resource:{resource}")]).identities or ()
    assert (by_resource.name, by_resource.resource_id) == ("orders", resource)


def test_a_secret_value_is_not_in_what_a_bench_shows_of_itself() -> None:
    assert "hunter2" not in repr(from_options("imds", [("vault", "kv1"), ("secret", "db=hunter2")]))


@pytest.mark.parametrize(
    ("source", "pairs", "words"),
    [
        ("imsd", [], ["'imsd'", "did you mean imds?"]),
        ("heathy", [], ["did you mean healthy?"]),
        ("imds", [("port", "x")], ["--port", "'x'", "65535"]),
        ("imds", [("port", "-1")], ["--port", "'-1'"]),
        ("imds", [("control-port", "70000")], ["--control-port", "70000"]),
        ("imds", [("lifetime", "nan")], ["--lifetime", "'nan'"]),
        ("imds", [("lifetime", "-5")], ["--lifetime", "-5"]),
        ("imds", [("latency", "long")], ["--latency", "'long'"]),
        ("imds", [("format", "yaml")], ["--format", "dotenv", "github"]),
        ("imds", [("log", "jsn")], ["--log", "did you mean json?"]),
        ("imds", [("fault", "imds.trottle")], ["did you mean imds.throttle?", "--list"]),
        ("imds", [("fault", "imds.throttle,retry_afer=3")], ["'retry_afer'", "did you mean retry_after?"]),
        ("imds", [("fault", "imds.throttle,times=0")], ["times: 0", "from 1"]),
        ("imds", [("fault", "imds.throttle,times")], ["'times'", "key=value"]),
        ("imds", [("fault", "slow,seconds=soon")], ["slow: seconds", "'soon'"]),
        ("imds", [("fault", "network.firewall,resource=x")], ["'resource'", "times, path, vault"]),
        ("imds", [("identity", "")], ["--identity", "name"]),
        ("imds", [("identity", "web,client=12")], ["--identity", "client", "GUID"]),
        ("imds", [("identity", "web,cleint=12")], ["did you mean client?"]),
        ("imds", [("identity", "web"), ("identity", "web")], ["'web'", "twice"]),
        ("imds", [("identity", "system")], ["--identity", "system-assigned"]),
        ("imds", [("identity", "a\x1b[31m")], ["control characters"]),
        ("imds", [("identity", "a,resource=x")], ["ARM id"]),
        ("imds", [("vault", "x")], ["3 to 24"]),
        ("imds", [("vault", "kv1.evil.example")], ["3 to 24"]),
        ("imds", [("role", "Owner")], ["--role", "after --vault"]),
        ("imds", [("secret", "a=b")], ["--secret", "after --vault"]),
        ("imds", [("vault", "kv1"), ("role", "Key Vault Secret User")], ["did you mean Key Vault Secrets User?"]),
        ("imds", [("vault", "kv1"), ("secret", "novalue")], ["'novalue'", "name=value"]),
        ("imds", [("vault", "kv1"), ("secret", "a/b=c")], ["'a/b'", "letters"]),
        ("imds", [("vault", "kv1"), ("access-policy", "secrets/gte")], ["'gte'", "did you mean get?"]),
        ("imds", [("vault", "kv1"), ("access-policy", "get")], ["secrets/get,list"]),
        ("imds", [("vault", "kv1"), ("role", "Owner"), ("access-policy", "keys/get")], ["not by both"]),
    ],
)
def test_what_is_wrong_is_one_sentence(source: str, pairs: list[tuple[str, str]], words: list[str]) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at below
        from_options(source, pairs)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    for each in words:
        assert each in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"source = ", ["is no TOML"]),
        (b"\xff\xfe", ["UTF-8"]),
        (b"sorce = 'imds'", ["'sorce'", "did you mean source?"]),
        (b"source = 'imds'\nport = true", ["port", "True"]),
        (b"source = 'imds'\nport = 8.5", ["port", "8.5"]),
        (b"source = 'imds'\nidentity = 'web'", ["[[identity]]"]),
        (b"source = 'imds'\n[[identity]]\n", ["neither a name nor an ID"]),
        (b"source = 'imds'\n[[fault]]\ntimes = 3", ["no name of a fault"]),
        (b"source = 'imds'\n[[vault]]\nname = 'kv1'\nsecrets = {a = 3}", ["secrets", "texts"]),
        (b"source = 'imds'\n[[vault]]\nname = 'kv1'\nroles = 'Owner'", ["roles", "list"]),
        (b"source = 'imds'\nsystem_assigned = 'no'", ["system_assigned", "true nor false"]),
        (b"a" * 1_000_001, ["1 MB"]),
    ],
)
def test_what_is_wrong_in_a_file_names_the_file(content: bytes, words: list[str], tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="^" + str(file)) as caught:
        from_options("", [], str(file))
    for each in words:
        assert each in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ValueError, match=r"/no/such\.toml can't be read: No such file"):
        from_options("imds", [], "/no/such.toml")


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["name", "times", "secrets"]), inner),
    max_leaves=12,
)


def refusal(read: Callable[[Any], object], value: Any) -> str:
    """What is wrong with it, or ""."""
    try:
        read(value)
    except ValueError as error:
        return str(error)
    return ""


@given(_JSON, st.sampled_from(["imds.throttle", "network.firewall", "slow"]))
def test_no_value_gets_past_as_anything_but_a_value_error(value: Any, name: str) -> None:
    for read in (identity_of, fault_of, vault_of):
        assert "\n" not in refusal(read, value)
    if isinstance(value, dict):
        assert "\n" not in refusal(bench_of, {"source": "imds", **value})
        assert "\n" not in refusal(bench_of, {"source": "imds", "fault": [{**value, "name": name}]})
