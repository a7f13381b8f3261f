"""The three forms of a report, over Snapshots made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from mitui.claims import Claims
from mitui.diagnosis.advice import HealthWarning, SdkChoice
from mitui.diagnosis.sdk.carried.packages import ProcessFacts
from mitui.diagnosis.steps import Purpose
from mitui.monitor.identity_view import TokenView
from mitui.monitor.snapshot import Snapshot
from mitui.report.headline import headline_of
from mitui.report.json_report import document, json_line, json_report
from mitui.report.markdown import markdown_report
from mitui.report.text import text_report
from mitui.report.values import report_values
from tests.report.samples import EVIDENCE, FAILING, FAILURE, HEALTHY, NO_ENDPOINT, NOW, SYSTEM, TOKEN

EVERY = pytest.mark.parametrize("snapshot", [HEALTHY, FAILING, NO_ENDPOINT, Snapshot()])
HOSTILE = "\x1b]52;c;AAAA\x07\x9b31m\u202e\u200b|`[x](http://x)<b>@all"


def shape(value: object) -> object:
    """The keys of a document, without its values."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items() if key != "claims"}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def test_json_holds_every_key_of_the_contract() -> None:
    failure = {
        "kind",
        "http_status",
        "message",
        "cause",
        "remedy",
        "commands",
        "purposes",
        "ways",
        "costs",
        "placeholders",
        "also_tried",
    }
    warning = {"kind", "message", "remedy", "commands", "purposes", "ways", "costs", "placeholders"}
    top = document(FAILING)
    assert set(top) == {
        "schema_version",
        "mitui_version",
        "generated_at",
        "status",
        "host",
        "process",
        "source",
        "sdk_agreement",
        "sdk_choices",
        "warnings",
        "identities",
    }
    plain = json.loads(json_report(FAILING))
    assert set(plain["host"]) == {"name", "location", "cloud", "resource_id"}
    assert plain["process"] == {
        "pid": 4242,
        "name": "gunicorn",
        "runtime": "python 3.11",
        "sdks": [{"name": "azure-identity", "version": "1.15.0", "evidence": EVIDENCE}],
        "note": "",
    }
    assert document(HEALTHY)["process"] is None
    assert set(plain["source"]) >= {"kind", "endpoint", "evidence"}
    assert set(plain["source"]["evidence"][0]) == {"signal", "kind", "state", "note"}
    assert set(plain["sdk_choices"][0]) == {
        "sdk",
        "source",
        "note",
        "endpoint",
        "basis",
        "revision",
        "carried",
        "fault",
        "selectors",
        "reads",
        "reads_client_id",
    }
    assert plain["sdk_choices"][1]["source"] is None
    assert set(plain["warnings"][0]) == warning
    system, web = plain["identities"]
    assert set(system) >= {"identity", "status", "warnings", "actual", "tokens", "vaults"}
    assert system["identity"] == {"selector": "system", "value": None, "name": "system-assigned"}
    assert set(system["actual"]) == {"kind", "client_id", "object_id", "tenant_id", "resource_id"}
    assert web["actual"]["client_id"] is None
    assert set(web["warnings"][0]) == warning
    assert set(system["tokens"][0]) == {
        "resource",
        "status",
        "acquired_at",
        "expires_at",
        "refresh_at",
        "latency_ms",
        "attempts",
        "from_cache",
        "claims",
        "failure",
    }
    assert system["tokens"][0]["failure"] is None
    assert system["tokens"][0]["expires_at"] == "2026-01-01T23:59:00Z"
    assert set(web["tokens"][0]["failure"]) == failure
    vault = system["vaults"][0]
    assert set(vault) >= {"vault", "status", "model", "tenant_id", "stages", "permissions", "failure"}
    assert set(vault["stages"][0]) == {"stage", "status", "latency_ms", "detail"}
    denied = vault["permissions"][1]
    advised = {"cause", "remedy", "commands", "purposes", "ways", "costs", "placeholders"}
    assert set(denied) == {"object", "permission", "target", "verdict", "evidence", "wanted"} | advised
    assert (denied["verdict"], denied["wanted"]) == ("denied", True)
    assert denied["commands"][0].startswith("az role assignment create")
    assert vault["permissions"][0]["cause"] is None


def test_a_process_and_its_sdks_are_told_in_every_form() -> None:
    for text in (text_report(FAILING), markdown_report(FAILING)):
        for each in ("4242 gunicorn, python 3.11", "azure-identity 1.15.0", EVIDENCE):
            assert each in text
    nothing = replace(FAILING, process=ProcessFacts(7, "", note="there is no process 7"))
    assert "there is no process 7" in text_report(nothing)
    assert "there is no process 7" in markdown_report(nothing)
    assert document(nothing)["process"] == {
        "pid": 7,
        "name": "",
        "runtime": None,
        "sdks": [],
        "note": "there is no process 7",
    }


def test_how_far_sdks_agree_is_told_alike_in_every_form() -> None:
    apart = (SdkChoice("MSAL Go 1.9", "app_service", "", "http://a"), SdkChoice("Terraform", "imds", limit=True))
    board = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=apart))
    told = document(board)["sdk_agreement"]
    assert (told["count"], told["together"], told["disputed"]) == (2, 1, False)
    assert told["summary"].startswith("1 of 2 SDKs")
    for text in (text_report(board), markdown_report(board)):
        assert "Terraform picks imds" in " ".join(text.split())
        assert "1 of 2 SDKs" in text


@EVERY
def test_json_is_ascii_and_finite(snapshot: Snapshot) -> None:
    text = json_report(snapshot)
    assert text.isascii()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert "\n" not in json_line(document(snapshot))


def test_the_text_begins_with_the_status_and_what_to_do() -> None:
    lines = text_report(FAILING).splitlines()
    assert lines[0].startswith("critical: web has no token for https://vault.azure.net: Identity not found")
    assert lines[2] == "what to do"
    assert "      az vm identity assign" in text_report(FAILING)


def test_a_healthy_text() -> None:
    text = text_report(HEALTHY)
    assert text.splitlines()[0] == "ok: 1 identity, 1 token, the first expires in 23 h 59 min"
    assert "what to do" not in text
    assert "expires in 23 h 59 min (2026-01-01T23:59:00Z), 3 ms" in text


def test_no_endpoint_says_so_and_what_was_tried() -> None:
    text = text_report(NO_ENDPOINT)
    assert text.startswith("unknown: no managed identity endpoint")
    assert "tried     IDENTITY_ENDPOINT: unset" in text
    assert json.loads(json_report(NO_ENDPOINT))["source"]["failure"]["kind"] == "no_endpoint"


@EVERY
def test_the_text_fits_80_columns(snapshot: Snapshot) -> None:
    for line in text_report(snapshot).splitlines():
        # A command, an ARM id or a URL stays on one line, so that it can be copied.
        assert len(line) <= 80 or "/subscriptions/" in line or "http" in line, line


def headline(snapshot: Snapshot) -> str:
    return headline_of(report_values(snapshot))


@EVERY
@pytest.mark.parametrize("form", [text_report, markdown_report, headline])
def test_hostile_text_is_harmless_in_every_form(snapshot: Snapshot, form: object) -> None:
    hostile = replace(
        snapshot,
        status="critical",
        host=replace(snapshot.host, name=HOSTILE, resource_id=HOSTILE),
        source=replace(snapshot.source, label=HOSTILE, endpoint=HOSTILE),
        assumptions=(HOSTILE,),
        identities=(
            replace(
                SYSTEM,
                name=HOSTILE,
                unsupported=HOSTILE,
                tokens=(replace(TOKEN, resource=HOSTILE, status="failed"),),
            ),
        ),
    )
    assert callable(form)
    text = form(hostile)
    if form is not headline:
        assert not any(char in text for char in "\x1b\x07\x9b\u202e\u200b")
    if form is markdown_report:
        assert "[x](" not in text.replace("`", "")[: text.index("| | |")]
        assert "@all" not in text.partition("| | |")[0]


def test_a_ticket_tells_what_was_assumed_above_all() -> None:
    text = markdown_report(replace(FAILING, assumptions=("this is a simulated host", "no resource is configured")))
    assert (
        text.index("- assumed: this is a simulated host\n") < text.index("- assumed: no res") < text.index("| host |")
    )
    assert "assumed" not in markdown_report(replace(FAILING, assumptions=()))


def test_markdown_is_a_ticket() -> None:
    text = markdown_report(FAILING)
    assert text.startswith("## Managed identity: critical: web has no token")
    assert "| `https://vault.azure.net` | failed (see 1) |" in text
    assert "```\naz role assignment create" in text
    assert "GET http://169.254.169.254/metadata" in text


def test_times_no_calendar_holds() -> None:
    odd = replace(HEALTHY, identities=(replace(SYSTEM, tokens=(replace(TOKEN, expires_at=1e300),)),))
    assert document(odd)["identities"] != document(HEALTHY)["identities"]
    assert "at an odd time" in text_report(odd)


def test_an_expiring_token_is_told() -> None:
    expiring = replace(
        HEALTHY,
        status="warning",
        identities=(replace(SYSTEM, tokens=(replace(TOKEN, status="expiring", expires_at=NOW + 252),)),),
    )
    assert headline(expiring).endswith("the token of system-assigned for https://vault.azure.net expires in 4 min 12 s")


def test_infinite_claims_do_not_break_json() -> None:
    odd = replace(TOKEN, claims=Claims("", '{"a": [1e999, {"b": -1e999}]}'))
    text = json_report(replace(HEALTHY, identities=(replace(SYSTEM, tokens=(odd,)),)))
    assert json.loads(text)["identities"][0]["tokens"][0]["claims"] == {"a": ["inf", {"b": "-inf"}]}


def test_people_are_told_all_that_json_says_of_the_host_and_of_whose_token_it_is() -> None:
    report = json.loads(json_report(FAILING))
    told = [*report["host"].values(), *report["identities"][0]["actual"].values()]
    for text in (text_report(FAILING), markdown_report(FAILING)):
        assert [value for value in told if value not in text] == []


def test_what_is_for_people_alone_stays_out_of_json_but_claims_keep_their_names() -> None:
    def keys(value: object) -> set[str]:
        if isinstance(value, list):
            return {key for each in value for key in keys(each)}
        return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()

    odd = replace(TOKEN, claims=Claims("", '{"_claim_names": {"groups": "src1"}}'))
    plain = document(replace(FAILING, identities=(replace(SYSTEM, tokens=(odd,)),)))
    assert {key for key in keys(plain) if key.startswith("_")} == {"_claim_names"}


def test_each_command_stands_under_what_it_is_for() -> None:
    commands = ("az identity list", "az vm identity assign --identities <identity-resource-id>", "az vm show")
    purposes: tuple[Purpose, ...] = ("look", "mend", "check")
    warning = HealthWarning("x", "It may fail.", "Assign it.", commands, purposes, ("identity-resource-id",))
    snapshot = replace(HEALTHY, warnings=(warning,))
    text, markdown = text_report(snapshot), markdown_report(snapshot)
    at = [text.index(each) for each in ("look up first:", commands[0], "this mends it:", commands[1], commands[2])]
    assert at == sorted(at)
    at = [text.index(each) for each in (commands[1], "<identity-resource-id>: fill it from what", commands[2])]
    assert at == sorted(at)
    for label, command in zip(("Look up first", "This mends it", "Check afterwards"), commands, strict=True):
        assert f"{label}:\n\n```\n{command}\n```\n" in markdown
    told = document(snapshot)["warnings"][0]
    assert told["purposes"] == ["look", "mend", "check"]
    assert told["placeholders"]["identity-resource-id"].startswith("az identity list")
    old = text_report(replace(snapshot, warnings=(replace(warning, purposes=()),)))
    assert "look up first" not in old
    assert commands[2] in old


def several() -> Snapshot:
    """Two identities: one fails alike for five resources, and both for one that nobody knows."""
    names = ("management.azure.com", "vault.azure.net", "storage.azure.com", "graph.microsoft.com", "contoso.example")
    unknown = replace(FAILURE, kind="resource_not_found", message="no such resource", causes=())
    tokens = tuple(
        TokenView(f"https://{name}", status="failed", failure=replace(FAILURE, also_tried=("no selector: it works",)))
        for name in names
    )
    other = TokenView("api://orders", status="failed", failure=unknown)
    return replace(
        HEALTHY,
        status="critical",
        identities=(
            replace(SYSTEM, name="batch", status="critical", tokens=(*tokens, other)),
            replace(SYSTEM, name="web", status="critical", tokens=(other,)),
        ),
    )


@pytest.mark.parametrize("form", [text_report, markdown_report])
def test_what_several_tokens_have_in_common_is_told_once(form: Callable[[Snapshot], str]) -> None:
    text = form(several())
    _, _, below = text.partition("\n\n")  # the headline tells the worst
    for once in ("this identity is not assigned to vm-web-01", "az vm identity assign", "no selector: it works"):
        assert below.count(once) == 1
    message = "Identity not found (HTTP 400, identity_not_found)"
    assert below.count(message if form is text_report else "`: Identity not found") == 1
    assert "for batch: management.azure.com, vault.azure.net and 3 more" in text
    assert below.count("no such resource") == 1
    for token in several().identities[0].tokens:
        assert token.resource in text
    plain = document(several())["identities"]
    assert [each["failure"]["cause"] for each in plain[0]["tokens"][:5]] == [FAILURE.causes[0].cause] * 5


def test_each_row_says_where_its_failure_is_told() -> None:
    markdown, text = markdown_report(several()), text_report(several())
    assert markdown.index("**1. Cause**: this identity") < markdown.index(
        "**2. Failed**: HTTP 400, `resource_not_found`: no such resource"
    )
    assert "- for batch and web: api://orders\n" in markdown
    assert markdown.count("failed (see 1)") == 5
    assert markdown.count("| `api://orders` | failed (see 2) |") == 2
    assert "https://vault.azure.net  failed, as https://management.azure.com\n" in text
    assert text.count("api://orders  failed, as with batch\n") == 1


def test_what_else_was_tried_stands_beside_what_it_is_about() -> None:
    first, second, *rest = several().identities[0].tokens
    assert second.failure is not None
    second = replace(second, failure=replace(second.failure, also_tried=("no selector: fails, too",)))
    snapshot = replace(HEALTHY, identities=(replace(SYSTEM, name="batch", tokens=(first, second, *rest)),))
    markdown = markdown_report(snapshot)
    assert "- also tried (batch: vault.azure.net): no selector: fails, too" in markdown
    assert markdown.count("no selector: it works") == 1
    assert text_report(snapshot).count("also tried") == 2


def test_where_sdks_differ_a_report_says_which_goes_where() -> None:
    choices = (
        SdkChoice("MSAL Go 1.9", "imds", endpoint="http://169.254.169.254", basis="run"),
        SdkChoice("MSAL .NET 4.87", "imds", endpoint="http://169.254.169.254", basis="read, not run"),
        SdkChoice("azure-identity 1.27", "app_service", endpoint="http://127.0.0.1:41", basis="run"),
    )
    differ = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=choices))
    text, markdown = " ".join(text_report(differ).split()), markdown_report(differ)
    assert "sdks imds at http://169.254.169.254: 2 SDKs (run: MSAL Go 1.9; read, not run:" in text
    assert "app_service at http://127.0.0.1:41: 1 SDK (run: azure-identity 1.27)" in text
    assert "| imds | `http://169.254.169.254` | run: MSAL Go 1.9; read, not run: MSAL .NET 4.87 |" in markdown
    agree = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=choices[:2]))
    assert "MSAL" not in text_report(agree) + markdown_report(agree)
