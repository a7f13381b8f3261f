"""The metrics of a Snapshot: their names and labels, what they tell, and that hostile text can't break them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from mitui.engine.identity import ClientId
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.metrics import METRICS, openmetrics_text, prometheus_text, registry_of
from mitui.report.redaction import redact
from tests.report.samples import CLIENT, FAILING, HEALTHY, IDS, NO_ENDPOINT, NOW, SYSTEM, TENANT, VAULT

RUN = CheckRun(0.25, 300.0)
WITH_CERTIFICATE = replace(
    FAILING,
    identities=(
        replace(
            FAILING.identities[0],
            vaults=(replace(VAULT, facts=(("certificate_expires_at", str(int(NOW) + 86_400)),)),),
        ),
        *FAILING.identities[1:],
    ),
)
EVERY = pytest.mark.parametrize("snapshot", [HEALTHY, WITH_CERTIFICATE, NO_ENDPOINT, Snapshot()])
HOSTILE = '"}\n# EOF\n\\x\x1b[31m\ud800\u202e{a="b"} 1'
CONTRACT = {
    "mitui_build_info": {"version"},
    "mitui_source_info": {"source", "label", "endpoint"},
    "mitui_host_info": {"name", "location", "cloud", "resource_id"},
    "mitui_status": {"status"},
    "mitui_identity_status": {"identity", "status"},
    "mitui_identity_info": {"identity", "selector", "kind", "client_id", "object_id", "tenant_id"},
    "mitui_token_valid": {"identity", "resource"},
    "mitui_token_expiry_timestamp_seconds": {"identity", "resource"},
    "mitui_token_refresh_timestamp_seconds": {"identity", "resource"},
    "mitui_token_acquire_duration_seconds": {"identity", "resource"},
    "mitui_token_failure_info": {"identity", "resource", "kind", "code"},
    "mitui_vault_permission": {"identity", "vault", "object", "permission", "verdict"},
    "mitui_vault_wanted_missing": {"identity", "vault"},
    "mitui_vault_stage_duration_seconds": {"vault", "stage"},
    "mitui_vault_certificate_expiry_timestamp_seconds": {"vault"},
    "mitui_warning_info": {"kind", "identity"},
    "mitui_check_duration_seconds": set(),
    "mitui_check_timestamp_seconds": set(),
}


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Every sample of a scrape, by its metric."""
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in parse_text(text):
        assert family.type == "gauge"
        for each in family.samples:
            found.setdefault(each.name, []).append((dict(each.labels), each.value))
    return found


def test_the_names_and_labels_are_the_contract() -> None:
    found = samples(prometheus_text(WITH_CERTIFICATE, RUN))
    assert {name: set(labels) for name, (_, labels) in METRICS.items()} == CONTRACT
    assert {name: set(several[0][0]) for name, several in found.items()} == CONTRACT


def test_what_they_tell() -> None:
    found = samples(prometheus_text(WITH_CERTIFICATE, RUN))
    assert [labels["status"] for labels, value in found["mitui_status"] if value] == ["critical"]
    states = [(each["identity"], each["status"]) for each, value in found["mitui_identity_status"] if value]
    assert states == [("system-assigned", "critical"), ("web", "critical")]
    assert [labels["selector"] for labels, _ in found["mitui_identity_info"]] == ["system", f"client:{CLIENT}"]
    assert [value for _, value in found["mitui_token_valid"]] == [1, 0]
    assert found["mitui_token_expiry_timestamp_seconds"] == [
        ({"identity": "system-assigned", "resource": "https://vault.azure.net"}, NOW + 86_340)
    ]
    assert found["mitui_token_acquire_duration_seconds"][0][1] == pytest.approx(0.00314)
    [(failed, _)] = found["mitui_token_failure_info"]
    assert (failed["kind"], failed["code"]) == ("identity_not_found", "invalid_request")
    verdicts = {(each["permission"], each["verdict"]) for each, _ in found["mitui_vault_permission"]}
    assert verdicts == {("list", "granted"), ("get", "denied")}
    assert found["mitui_vault_wanted_missing"][0][1] == 1
    assert found["mitui_vault_certificate_expiry_timestamp_seconds"][0][1] == NOW + 86_400
    assert [labels for labels, _ in found["mitui_warning_info"]] == [
        {"kind": "proxy_for_imds", "identity": ""},
        {"kind": "identity_substituted", "identity": "web"},
    ]
    assert found["mitui_check_duration_seconds"] == [({}, 0.25)]
    assert found["mitui_check_timestamp_seconds"] == [({}, NOW)]


def test_a_token_stops_being_valid_although_nothing_else_has_happened() -> None:
    for moment, valid in ((NOW, 1.0), (NOW + 86_341, 0.0)):
        registry = registry_of(lambda: (HEALTHY, RUN), lambda moment=moment: moment)  # type: ignore[misc]
        labels = {"identity": "system-assigned", "resource": "https://vault.azure.net"}
        assert registry.get_sample_value("mitui_token_valid", labels) == valid


@EVERY
def test_both_forms_say_the_same(snapshot: Snapshot) -> None:
    text = openmetrics_text(snapshot, RUN)
    assert text.endswith("# EOF\n")
    strict = {each.name: each.samples for each in parse_openmetrics(text)}  # type: ignore[no-untyped-call]
    assert strict == {each.name: each.samples for each in parse_text(prometheus_text(snapshot, RUN))}


@EVERY
def test_promtool_has_no_complaint(snapshot: Snapshot) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: it comes with Debian's package prometheus")
    text = prometheus_text(snapshot, RUN)
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_hostile_text_stays_within_its_label() -> None:
    hostile = replace(
        FAILING,
        host=replace(FAILING.host, name=HOSTILE),
        identities=(replace(SYSTEM, name=HOSTILE, actual=replace(SYSTEM.actual, tenant_id=HOSTILE)),),
    )
    found = samples(prometheus_text(hostile, RUN))
    name = found["mitui_host_info"][0][0]["name"]
    assert name.startswith('"}')
    assert name.endswith('{a="b"} 1')
    assert not any(char in name for char in "\n\x1b\ud800\u202e")
    assert found["mitui_identity_info"][0][0]["tenant_id"] == name
    assert set(found) <= set(CONTRACT)


def test_no_two_samples_are_the_same() -> None:
    twice = replace(
        HEALTHY,
        identities=(
            replace(SYSTEM, name="web", vaults=(VAULT, VAULT)),
            replace(SYSTEM, name="web", identity=ClientId(CLIENT), vaults=(VAULT,)),
        ),
    )
    found = samples(prometheus_text(twice, RUN))
    for name, several in found.items():
        keys = [tuple(sorted(labels.items())) for labels, _ in several]
        assert len(keys) == len(set(keys)), name
    assert {each["identity"] for each, _ in found["mitui_token_valid"]} == {"web (system)", f"web (client:{CLIENT})"}


def test_nothing_but_ids_is_told_of_a_token_and_redaction_masks_those() -> None:
    assert str(SYSTEM.tokens[0].claims.payload()["uti"]) not in prometheus_text(FAILING, RUN)
    masked = prometheus_text(redact(FAILING), RUN)
    assert TENANT not in masked
    assert not [each for each in IDS if each in masked]


def test_the_library_is_loaded_for_metrics_alone_and_its_absence_is_a_sentence() -> None:
    script = (
        "import sys, json; from mitui.cli.main import main; "
        "codes = [main(['check', '--demo', 'empty', '--quiet']), 'prometheus_client' in sys.modules]; "
        "sys.modules['prometheus_client'] = None; "
        "codes += [main(['check', '--demo', 'empty', '--format', name]) for name in ('prometheus', 'openmetrics')]; "
        "print(json.dumps(codes))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [3, False, 3, 3]
    first, second = done.stderr.splitlines()
    assert "--format prometheus" in first
    assert "--format openmetrics" in second
    assert "pip install 'mitui[metrics]'" in first
