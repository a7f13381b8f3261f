"""What differs between Snapshots, in the order in which it matters."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from mitui.claims import ActualIdentity, Claims
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice
from mitui.diagnosis.sdk.carried.packages import CarriedSdk
from mitui.engine.evidence import Evidence, SourceVerdict
from mitui.engine.identity import ObjectId
from mitui.engine.source_kind import SourceKind
from mitui.keyvault.probe_result import PermissionResult, Stage
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import FailureView, IdentityView, PermissionView, TokenView, VaultView
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.compare import compare, compare_identities
from mitui.report.comparison.difference import CHAPTERS, Difference
from mitui.report.comparison.forms import Comparison, Side, as_json, as_markdown, as_text
from tests.report.samples import CLIENT, FAILING, HEALTHY, NO_ENDPOINT, OBJECT, SYSTEM, TOKEN, VAULT, with_claims
from tests.report.saved.any_snapshot import SNAPSHOTS

HOSTILE = "\x1b]52;c;aGk=\x07\u202e`|x\n# y"


def with_vault(vault: VaultView) -> Snapshot:
    return replace(HEALTHY, identities=(replace(SYSTEM, vaults=(vault,)),))


def rows(a: Snapshot, b: Snapshot) -> list[tuple[str, str, str, str]]:
    return [(each.chapter, each.subject, each.a, each.b) for each in compare(a, b)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(SNAPSHOTS, SNAPSHOTS)
def test_nothing_differs_from_itself_and_the_order_is_that_of_the_chapters(a: Snapshot, b: Snapshot) -> None:
    same_ids = {str(each.identity) for each in a.identities}
    if len(same_ids) == len(a.identities):
        assert [each for each in compare(a, a) if each.chapter in ("source", "identity")] == []
    order = [CHAPTERS.index(each.chapter) for each in compare(a, b)]
    assert order == sorted(order)


def test_the_samples_do_not_differ_from_themselves() -> None:
    for each in (HEALTHY, FAILING, NO_ENDPOINT, Snapshot()):
        assert compare(each, each) == ()


def test_times_latencies_and_the_tokens_own_ids_do_not_count() -> None:
    later = with_claims(iat=1, exp=2, nbf=3, uti="another", aio="x", rh="y")
    token = replace(later.identities[0].tokens[0], acquired_at=1.0, expires_at=2.0, latency_ms=9.0, attempts=3)
    later = replace(later, generated_at=5.0, identities=(replace(later.identities[0], tokens=(token,)),))
    assert compare(HEALTHY, later) == ()
    expiring = replace(SYSTEM, tokens=(replace(TOKEN, status="expiring"),))
    assert compare(HEALTHY, replace(HEALTHY, identities=(expiring,))) == ()


def test_the_source_comes_with_the_variable_that_makes_the_difference() -> None:
    verdicts = (SourceVerdict(SourceKind.APP_SERVICE, False, "IDENTITY_ENDPOINT is not set"),)
    here = replace(HEALTHY, source=replace(HEALTHY.source, verdicts=verdicts))
    other = replace(
        HEALTHY.source,
        kind=SourceKind.APP_SERVICE,
        endpoint="http://127.0.0.1:4141/msi/token",
        evidence=(Evidence("IDENTITY_ENDPOINT", "variable", "set", "http://127.0.0.1:4141/msi/token"),),
        sdk_choices=(SdkChoice("MSAL Go 1.9", "app_service"), SdkChoice("azure-identity 1.27", "app_service")),
    )
    found = compare(here, replace(HEALTHY, source=other))
    assert [(each.chapter, each.subject) for each in found] == [
        ("source", "source"),
        ("source", "IDENTITY_ENDPOINT"),
        ("sdk", "MSAL Go 1.9"),
        ("sdk", "azure-identity 1.27"),
    ]
    assert found[0].note == "A: IDENTITY_ENDPOINT is not set"
    assert found[1].a == "unset"
    assert found[3].a == "sends nothing"


def test_sdks_that_go_the_same_ways_are_told_together() -> None:
    several = tuple(SdkChoice(f"SDK {number}", "imds") for number in range(4))
    others = tuple(replace(each, source="app_service") for each in several)
    a = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=several))
    assert rows(a, replace(a, source=replace(a.source, sdk_choices=others))) == [
        ("sdk", "every SDK", "imds", "app_service")
    ]
    three = (*others[:3], several[3])
    assert rows(a, replace(a, source=replace(a.source, sdk_choices=three)))[0][1] == "SDK 0, SDK 1, SDK 2"


def test_a_chain_that_takes_another_source_first() -> None:
    one = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=(SdkChoice("azidentity 1.14", "imds"),)))
    choice = SdkChoice("azidentity 1.14", "imds", ahead="workload_identity", note="as said")
    chained = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=(choice,)))
    first = "workload_identity first in DefaultAzureCredential, else imds"
    assert rows(one, chained) == [("sdk", "azidentity 1.14", "imds", first)]
    assert rows(chained, chained) == []


def test_what_two_processes_carry() -> None:
    process = FAILING.process
    assert process is not None
    newer = replace(process, sdks=(CarriedSdk("azure-identity", "1.27.0", "/srv"),))
    assert rows(FAILING, replace(FAILING, process=newer)) == [
        ("sdk", "what the process carries", "python 3.11: azure-identity 1.15.0", "python 3.11: azure-identity 1.27.0")
    ]


def test_whose_identity_answers_is_told_once() -> None:
    other = with_claims(oid=CLIENT, sub=CLIENT)
    actual = replace(SYSTEM.actual, object_id=CLIENT)
    other = replace(other, identities=(replace(other.identities[0], actual=actual),))
    assert rows(HEALTHY, other) == [("identity", "system-assigned · object ID", OBJECT, CLIENT)]


def test_an_identity_that_only_one_was_asked_for() -> None:
    extra = IdentityView(ObjectId(OBJECT), "batch", tokens=(TOKEN,))
    other = replace(HEALTHY, identities=(SYSTEM, extra))
    assert rows(HEALTHY, other) == [("identity", f"batch (object:{OBJECT})", "not asked for", "asked for: a token")]


def test_claims() -> None:
    a, b = with_claims(roles=["Reader", "Writer"], ver="1.0"), with_claims(roles=["Writer", "Admin"], ver="2.0")
    subject = "system-assigned · https://vault.azure.net"
    assert rows(a, b) == [
        ("claims", f"{subject}: ver", "1.0", "2.0"),
        ("claims", f"{subject}: roles", "Reader", "Admin"),
    ]
    assert rows(a, with_claims(roles=["Writer", "Reader"], ver="1.0")) == []
    assert rows(HEALTHY, with_claims(groups=["g"])) == [("claims", f"{subject}: groups", "nothing more", "g")]


def test_a_resource_that_one_gets_comes_with_the_cause() -> None:
    failure = FailureView("identity_not_found", "no", 0.0, causes=(Advice("x", "likely", "it is not assigned", ""),))
    failed = replace(SYSTEM, tokens=(replace(TOKEN, status="failed", claims=Claims(), failure=failure),))
    assert compare(HEALTHY, replace(HEALTHY, identities=(failed,))) == (
        Difference(
            "token",
            "system-assigned · https://vault.azure.net",
            "a token",
            "no token (identity_not_found)",
            "it is not assigned",
        ),
    )
    more = replace(SYSTEM, tokens=(TOKEN, TokenView("https://x", status="ok")))
    assert rows(HEALTHY, replace(HEALTHY, identities=(more,))) == [
        ("token", "system-assigned · https://x", "not asked for", "a token")
    ]


def test_permissions_that_differ_the_same_way_are_told_together() -> None:
    def cells(first: Verdict, second: Verdict, third: Verdict) -> VaultView:
        words = (("secrets", "get", first), ("secrets", "list", second), ("keys", "get", third))
        return replace(VAULT, permissions=tuple(PermissionView(PermissionResult(*each)) for each in words))

    a = with_vault(cells(Verdict.GRANTED, Verdict.GRANTED, Verdict.DENIED))
    b = with_vault(cells(Verdict.DENIED, Verdict.DENIED, Verdict.UNTESTED))
    assert rows(a, b) == [
        ("permission", "system-assigned · contoso-kv: secrets/get, secrets/list", "granted", "denied")
    ]


def test_the_way_to_a_vault() -> None:
    stages = (Stage("resolve", "ok"), Stage("connect", "failed", None, "refused"), Stage("tls", "skipped"))
    a = replace(VAULT, stages=(Stage("resolve", "ok"), Stage("connect", "ok"), Stage("tls", "ok")), facts=())
    b = replace(a, stages=stages, model="access_policy")
    a = replace(a, facts=(("addresses", "10.0.0.1 10.0.0.2"),))
    assert rows(with_vault(a), with_vault(b)) == [
        ("vault", "system-assigned · contoso-kv: connect", "ok", "failed: refused"),
        ("vault", "system-assigned · contoso-kv: permission model", "rbac", "access_policy"),
    ]
    moved = replace(a, facts=(("addresses", "10.0.0.2 10.0.0.1"),))
    assert rows(with_vault(a), with_vault(moved)) == []
    public = replace(a, facts=(("addresses", "20.1.1.1"), ("proxy", "proxy:3128")))
    assert [each[1:] for each in rows(with_vault(a), with_vault(public))] == [
        ("system-assigned · contoso-kv: addresses", "10.0.0.1 10.0.0.2", "20.1.1.1"),
        ("system-assigned · contoso-kv: proxy", "none", "proxy:3128"),
    ]


def test_warnings_by_their_kind() -> None:
    one, same = HealthWarning("late", "in 5 min"), HealthWarning("late", "in 4 min")
    a = replace(HEALTHY, warnings=(one,))
    assert rows(a, replace(HEALTHY, warnings=(same,))) == []
    assert rows(a, HEALTHY) == [("warning", "this host · late", "in 5 min", "none")]


def with_failure(kind: str, *causes: str) -> Snapshot:
    advice = tuple(Advice(each, "likely", f"it is {each}.", "") for each in causes)
    failure = FailureView(kind, "no", 0.0, causes=advice)
    failed = replace(TOKEN, status="failed", claims=Claims(), failure=failure)
    return replace(HEALTHY, identities=(replace(SYSTEM, tokens=(failed,)),))


def test_a_cause_on_either_side_says_which_side_it_is_of() -> None:
    found = compare(with_failure("throttled", "busy"), with_failure("timeout", "silent"))
    assert [each.note for each in found] == ["A: it is busy. B: it is silent."]


def test_one_kind_of_failure_with_other_causes() -> None:
    found = compare(with_failure("assertion_rejected", "subject"), with_failure("assertion_rejected", "issuer"))
    assert [(each.a, each.b) for each in found] == [
        ("no token (assertion_rejected): subject", "no token (assertion_rejected): issuer")
    ]


def test_what_differs_alike_for_several_is_told_once() -> None:
    web = replace(SYSTEM, identity=ObjectId(OBJECT), name="web")
    tokens = tuple(TokenView(each, status="ok") for each in ("https://x", "https://y"))
    more = replace(HEALTHY, identities=tuple(replace(each, tokens=(TOKEN, *tokens)) for each in (SYSTEM, web)))
    assert rows(replace(HEALTHY, identities=(SYSTEM, web)), more) == [
        ("token", "system-assigned, web · https://x, https://y", "not asked for", "a token")
    ]


def test_a_signal_that_only_one_side_looked_at_and_in_vain() -> None:
    looks = (Evidence("AZURE_CLIENT_ID", "variable", "unset"), Evidence("AZURE_CLIENT_ID", "variable", "set"))
    for count, signal in enumerate(looks):
        source = replace(HEALTHY.source, evidence=(*HEALTHY.source.evidence, signal))
        assert len(rows(HEALTHY, replace(HEALTHY, source=source))) == count


def test_warnings_of_tokens_by_their_resource() -> None:
    other = replace(TOKEN, resource="https://x")
    warned = replace(other, warnings=(HealthWarning("late", "in 5 min"),))
    also = replace(TOKEN, warnings=(HealthWarning("late", "in 4 min"),))
    a, b = (replace(HEALTHY, identities=(replace(SYSTEM, tokens=each),)) for each in ((also, other), (also, warned)))
    assert rows(a, b) == [("warning", "system-assigned · https://x: late", "none", "in 5 min")]


def test_a_vault_that_could_not_be_probed_at_all() -> None:
    gone = replace(VAULT, stages=(), permissions=(), facts=(), failure=FailureView("managed_hsm", "it is an HSM", 0.0))
    assert rows(with_vault(replace(VAULT, facts=())), with_vault(gone)) == [
        ("vault", "system-assigned · contoso-kv", "reached", "it is an HSM")
    ]


def test_two_identities_of_one_host() -> None:
    other = replace(SYSTEM, name="web", actual=ActualIdentity("user-assigned", CLIENT, CLIENT))
    found = compare_identities(SYSTEM, other)
    assert [(each.subject, each.b) for each in found] == [
        ("kind of identity", "user-assigned"),
        ("object ID", CLIENT),
    ]


def test_no_form_lets_text_from_outside_do_anything() -> None:
    a = replace(HEALTHY, warnings=(HealthWarning(HOSTILE, HOSTILE),), host=replace(HEALTHY.host, name=HOSTILE))
    found = Comparison(Side(HOSTILE, a), Side("b", HEALTHY), compare(a, HEALTHY))
    for form in (as_text, as_markdown, as_json):
        shown = form(found)
        for each in "\x1b\x07\u202e":
            assert each not in shown
        assert "\n# y" not in shown
    assert json.loads(as_json(found))["differences"][0]["a"] == HOSTILE
    rows_of_table = [line for line in as_markdown(found).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows_of_table} == {5}


def test_the_first_line_says_it() -> None:
    same = Comparison(Side("a", HEALTHY), Side("b", HEALTHY), ())
    assert as_text(same).startswith("nothing differs\n")
    masked = Comparison(Side("a", HEALTHY), Side("b", FAILING), compare(HEALTHY, FAILING), masked=True)
    assert "differ; ids are compared by their masks" in as_text(masked).splitlines()[0]


def test_the_sides_are_told_in_words() -> None:
    found = Comparison(Side("-", HEALTHY), Side("pid:4242", HEALTHY), ())
    assert "  A  this host: vm-web-01, " in as_text(found)
    assert "- B: `this host as process 4242 sees it: vm-web-01, " in as_markdown(found)
    assert [json.loads(as_json(found))[each]["name"] for each in "ab"] == ["-", "pid:4242"]
    odd = Side("pid:1\n", HEALTHY)
    assert odd.words.startswith("pid:1\n: ")


def test_a_heading_keeps_its_capitals() -> None:
    several = replace(HEALTHY, source=replace(HEALTHY.source, sdk_choices=(SdkChoice("MSAL Go 1.9", "imds"),)))
    other = replace(several, source=replace(HEALTHY.source, sdk_choices=(SdkChoice("MSAL Go 1.9", "azure_arc"),)))
    found = Comparison(Side("a", several), Side("b", other), compare(several, other))
    assert "### What each SDK does" in as_markdown(found)
