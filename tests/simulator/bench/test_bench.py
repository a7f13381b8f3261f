"""A bench that runs does what its spec says, and can be asked about it and changed while it runs."""

from __future__ import annotations

import http.client
import io
import json
import re
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import jwt
import pytest

from mitui.simulator.bench.assembly import from_options
from mitui.simulator.bench.bench import Bench
from mitui.simulator.bench.control import Control
from mitui.simulator.bench.output import printed
from mitui.simulator.bench.request_log import text_line
from mitui.simulator.served import Served
from tests.simulator.sdk_clients import claims_of
from tests.simulator.wire import VAULT, ask_token


def call(control: Control, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """One request to the control port."""
    connection = http.client.HTTPConnection("127.0.0.1", int(control.url.rpartition(":")[2]), timeout=5)
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, data, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def bench_of(source: str, *pairs: tuple[str, str], log: io.StringIO | None = None) -> Bench:
    return Bench(from_options(source, pairs), log)


def test_identities_lifetime_and_faults_as_told() -> None:
    pairs = [("identity", "orders"), ("no-system-assigned", ""), ("lifetime", "3600"), ("latency", "100")]
    with bench_of("imds", *pairs, ("fault", "imds.gone,identity=orders,times=1,after=1")) as bench:
        host = bench.host
        assert host is not None
        [orders] = host.identities
        started = time.perf_counter()
        first = ask_token(host).json
        assert time.perf_counter() - started >= 0.1
        assert first["expires_in"] in ("3599", "3600")
        assert claims_of(first["access_token"])["oid"] == orders.object_id
        assert [ask_token(host, client_id=orders.client_id).status for _ in range(3)] == [200, 410, 200]


def test_a_scenario_takes_them_as_well() -> None:
    with bench_of("throttled", ("identity", "orders"), ("fault", "imds.gone,times=1")) as bench:
        assert bench.host is not None
        assert [each.name for each in bench.host.identities] == ["orders"]
        assert [ask_token(bench.host).status for _ in range(2)] == [410, 429]


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("fault", "as.500")], r"a simulated imds host has no fault 'as\.500'"),
        ([("fault", "network.firewall")], "no vault at all"),
        ([("vault", "kv1"), ("fault", "network.firewall,vault=kv2")], "there is no vault 'kv2'; there is kv1"),
        ([("vault", "kv1"), ("role", "Owner,identity=wbe")], "'wbe'; there are system.*did you mean web"),
        ([("host", "192.0.2.1")], "loopback"),
        ([("host", "example.com")], "example.com"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_stays(pairs: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(ValueError, match=words), bench_of("imds", *pairs):
        pass


def test_a_port_that_is_taken_is_named() -> None:
    with bench_of("imds") as first:
        assert first.host is not None
        taken = str(first.host.port)
        with pytest.raises(OSError, match=f"127.0.0.1:{taken}"), bench_of("imds", ("port", taken)):
            pass


def test_each_request_is_a_line_without_secrets() -> None:
    log = io.StringIO()
    with bench_of("app_service", ("identity", "orders"), ("fault", "as.500,times=1"), log=log) as bench:
        assert bench.host is not None
        ask_token(bench.host)
        token = ask_token(bench.host, client_id=bench.host.identities[0].client_id).json["access_token"]
        secret = bench.host.secret
    first, second = log.getvalue().splitlines()
    when = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(rf"{when} app_service GET /msi/token system {VAULT} 500 \d+\.\dms as\.500", first)
    assert re.fullmatch(rf"{when} app_service GET /msi/token orders {VAULT} 200 \d+\.\dms", second)
    assert token not in log.getvalue()
    assert secret not in log.getvalue()


def test_lines_can_be_json_or_none() -> None:
    log = io.StringIO()
    with bench_of("imds", ("log", "json"), log=log) as bench:
        assert bench.host is not None
        ask_token(bench.host)
    line = json.loads(log.getvalue())
    assert list(line) == ["time", "server", "method", "path", "identity", "resource", "status", "ms", "fault"]
    assert (line["identity"], line["resource"], line["status"]) == ("system", VAULT, 200)
    log = io.StringIO()
    with bench_of("imds", ("log", "none"), log=log) as bench:
        assert bench.host is not None
        ask_token(bench.host)
    assert log.getvalue() == ""


def test_what_a_client_wrote_can_not_disturb_a_terminal() -> None:
    hostile = "\x1b]52;c;AAAA\x07 \u202e\n" * 100
    line = text_line(Served(0.0, "imds", "GET", hostile, hostile, hostile, 0, 1.25))
    assert line.isascii()
    assert line.isprintable()
    assert len(line.split(" ")) == 8
    assert len(line) < 4000


def test_a_stream_that_is_gone_does_no_harm() -> None:
    log = io.StringIO()
    log.close()
    with bench_of("imds", log=log) as bench:
        assert bench.host is not None
        assert ask_token(bench.host).status == 200
        assert len(bench.log.entries()) == 1


def test_requests_are_told_and_faults_changed_while_it_runs() -> None:
    with bench_of("imds", ("fault", "imds.gone,times=1")) as bench, Control(bench) as control:
        host = bench.host
        assert host is not None
        assert [ask_token(host).status for _ in range(2)] == [410, 200]
        status, answer = call(control, "GET", "/_mitui/requests")
        assert (status, [each["status"] for each in answer["requests"]]) == (200, [410, 200])
        faults = [{"name": "imds.throttle", "times": 1, "retry_after": 7}, {"name": "imds.notfound", "identity": "web"}]
        assert call(control, "POST", "/_mitui/faults", faults) == (200, {})
        assert ask_token(host).headers["retry-after"] == "7"
        assert ask_token(host, client_id=host.identities[0].client_id).status == 400
        assert call(control, "DELETE", "/_mitui/faults?name=imds.notfound") == (200, {})
        assert ask_token(host, client_id=host.identities[0].client_id).status == 200
        assert call(control, "POST", "/_mitui/reset") == (200, {})
        assert call(control, "GET", "/_mitui/requests") == (200, {"requests": []})
        assert [ask_token(host).status for _ in range(2)] == [410, 200]


def test_a_reset_puts_back_what_lay_in_the_vaults_and_a_scenarios_own_faults() -> None:
    with bench_of("expired", ("vault", "kv1"), ("secret", "db=first")) as bench:
        assert bench.host is not None
        [vault] = bench.vaults
        vault.secrets["db"] = "second"
        vault.secrets["other"] = "x"
        bench.heal()
        assert int(ask_token(bench.host).json["expires_in"]) > 0
        bench.reset()
        assert dict(vault.secrets) == {"db": "first"}
        assert int(ask_token(bench.host).json["expires_in"]) < 0


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "/_mitui/faults", b"{", 400, "no JSON"),
        ("POST", "/_mitui/faults", b"[" * 100_000, 400, "no JSON"),
        ("POST", "/_mitui/faults", {"name": "imds.trottle"}, 400, "did you mean imds.throttle?"),
        ("POST", "/_mitui/faults", {"name": "as.500"}, 400, "a simulated imds host has no fault"),
        ("POST", "/_mitui/faults", 3, 400, "no name of a fault"),
        ("GET", "/_mitui/faults", None, 405, "POST and DELETE"),
        ("GET", "/", None, 404, "/_mitui/requests"),
    ],
)
def test_the_control_port_says_what_is_wrong(method: str, path: str, body: object, status: int, words: str) -> None:
    with bench_of("imds") as bench, Control(bench) as control:
        found, answer = call(control, method, path, body)
    assert (found, words in answer["error"]) == (status, True)


def test_a_web_page_can_not_use_the_control_port() -> None:
    with bench_of("imds") as bench, Control(bench) as control:
        assert call(control, "POST", "/_mitui/reset", Origin="http://127.0.0.1:1")[0] == 403
        with pytest.raises(json.JSONDecodeError):
            call(control, "POST", "/_mitui/reset", Host="evil.example.com")


@pytest.mark.parametrize("form", ["env", "dotenv", "docker", "github"])
def test_a_form_is_read_back_as_it_was(form: str, tmp_path: Path) -> None:
    with bench_of("service_fabric", ("format", form)) as bench:
        text = printed(bench, "http://127.0.0.1:1")
        variables = bench.variables | {"MITUI_SIMULATOR": "http://127.0.0.1:1"}
    if form == "env":
        script = f'{text}for name in {" ".join(variables)}; do eval "printf %s=%s:: $name \\"\\$$name\\""; done'
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
        found = dict(each.split("=", 1) for each in done.stdout.strip(":").split("::"))
    else:
        lines = [each for each in text.splitlines() if not each.startswith("#")]
        found = {name: value.strip('"') for name, value in (each.split("=", 1) for each in lines)}
    assert found == variables
    assert form != "github" or "#" not in text


def test_as_json_everything_is_in_one_object() -> None:
    with bench_of("imds", ("format", "json"), ("vault", "kv1"), ("secret", "db=hunter2")) as bench:
        text = printed(bench, "http://127.0.0.1:1")
        value = json.loads(text)
        assert bench.host is not None
        assert value["url"] == value["variables"]["AZURE_POD_IDENTITY_AUTHORITY_HOST"] == bench.host.url
    assert value["control"] == "http://127.0.0.1:1"
    assert [each["url"] for each in value["vaults"]] == ["https://kv1.vault.azure.net"]
    assert any("--connect-to kv1.vault.azure.net:443:127.0.0.1:" in each for each in value["notes"])
    assert "hunter2" not in text


def test_resource_manager_over_tls_is_trusted_by_the_file_that_is_printed() -> None:
    with bench_of("imds", ("arm", "")) as bench:
        assert bench.host is not None
        trust = ssl.create_default_context(cafile=bench.variables["SSL_CERT_FILE"])
        [cloud] = json.load(urllib.request.urlopen(bench.variables["ARM_CLOUD_METADATA_URL"], timeout=5, context=trust))
        raw = ask_token(bench.host, "https://management.core.windows.net/").json["access_token"]
        asked = urllib.request.Request(
            f"{cloud['resourceManager']}subscriptions?api-version=2022-12-01",
            headers={"Authorization": f"Bearer {raw}"},
        )
        [subscription] = json.load(urllib.request.urlopen(asked, timeout=5, context=trust))["value"]
        own = f"{cloud['resourceManager'].rstrip('/')}{bench.host.machine.resource_id}?api-version=2024-07-01"
        asked = urllib.request.Request(own, headers={"Authorization": f"Bearer {raw}"})
        machine = json.load(urllib.request.urlopen(asked, timeout=5, context=trust))
        entries = bench.log.entries()
        kept = Path(bench.variables["AZURE_CONFIG_DIR"])
        assert kept.is_dir()
    assert not kept.exists()
    assert machine["identity"]["principalId"] == bench.host.system.object_id
    assert machine["id"].startswith(subscription["id"])
    assert [(each["server"], each["identity"], each["status"]) for each in entries[-2:]] == [("arm", "system", 200)] * 2


@pytest.mark.parametrize(
    ("source", "resource", "version"),
    [("imds", VAULT, ""), ("app_service", "api://orders", "/v2.0"), ("pod", VAULT, "")],
)
def test_a_service_can_verify_the_tokens_by_what_the_discovery_says(source: str, resource: str, version: str) -> None:
    with bench_of(source) as bench, Control(bench) as control:
        assert bench.host is not None
        raw = ask_token(bench.host, resource).json["access_token"]
        _, found = call(control, "GET", f"/{bench.host.tenant}{version}/.well-known/openid-configuration")
        assert found["jwks_uri"].startswith(control.url)
        key = jwt.PyJWKClient(found["jwks_uri"]).get_signing_key_from_jwt(raw)
        audience = str(claims_of(raw)["aud"])
        claims = jwt.decode(raw, key, algorithms=["RS256"], audience=audience, issuer=found["issuer"])
        assert claims["oid"] == claims_of(raw)["oid"]
        head, body, signature = raw.split(".")
        forged = f"{head}.{body[:-4]}AAAA.{signature}"
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(forged, key, algorithms=["RS256"], audience=audience)
