"""How states add up to a status."""

from __future__ import annotations

import pytest

from mitui.diagnosis.advice import HealthWarning
from mitui.engine.identity import ObjectId, SystemAssigned
from mitui.monitor.identity_view import FailureView, IdentityView, Status, TokenStatus, TokenView, VaultView
from mitui.monitor.origin import Origin
from mitui.monitor.snapshot import SourceView
from mitui.monitor.views.status import identity_status, overall_status, token_status, worst

LOUD = HealthWarning("proxy_for_imds", "HTTP_PROXY is set")
QUIET = HealthWarning("opaque_token", "the token is encrypted")


def test_the_worst_wins() -> None:
    assert worst(["ok", "unknown", "warning", "critical"]) == "critical"
    assert worst(["ok", "unknown", "warning"]) == "warning"
    assert worst(["ok", "unknown"]) == "unknown"
    assert worst(["ok"]) == "ok"
    assert worst([]) == "unknown"


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([], "unknown"),
        (["waiting"], "unknown"),
        (["ok", "waiting"], "ok"),
        (["ok", "expiring"], "warning"),
        (["ok", "expired"], "critical"),
        (["expiring", "failed"], "critical"),
    ],
)
def test_an_identity_by_its_tokens(tokens: list[TokenStatus], expected: Status) -> None:
    views = [TokenView("https://x", status=each) for each in tokens]
    assert identity_status(views, (), (), unsupported=False) == expected


def test_warnings_count_unless_they_only_inform() -> None:
    token = TokenView("https://x", status="ok")
    assert identity_status([token], (), [LOUD], unsupported=False) == "warning"
    assert identity_status([token], (), [QUIET], unsupported=False) == "ok"
    assert identity_status([TokenView("https://x", status="ok", warnings=(QUIET,))], (), (), unsupported=False) == "ok"


def test_a_vault_that_was_not_probed_says_nothing() -> None:
    token = TokenView("https://x", status="ok")
    assert identity_status([token], [VaultView("https://kv", "kv")], (), unsupported=False) == "ok"
    assert identity_status([token], [VaultView("https://kv", "kv", "failed")], (), unsupported=False) == "critical"
    assert identity_status([token], [VaultView("https://kv", "kv", "warning")], (), unsupported=False) == "warning"


@pytest.mark.parametrize(
    ("origin", "expected"), [("option", "unknown"), ("config", "unknown"), ("state", "ok"), ("environment", "ok")]
)
def test_what_a_source_cannot_select_counts_only_where_it_was_asked_for(origin: Origin, expected: Status) -> None:
    fine = IdentityView(SystemAssigned(), "me", "ok")
    odd = IdentityView(ObjectId("91b07d44-0c1e-4f7a-8a2e-3b5c6d7e0f07"), "batch", "unknown", "not here", origin=origin)
    assert overall_status(SourceView(), [fine, odd], ()) == expected


def test_the_host() -> None:
    fine = IdentityView(SystemAssigned(), "me", "ok")
    assert overall_status(SourceView(), [fine], [LOUD]) == "warning"
    assert overall_status(SourceView(failure=FailureView("no_endpoint", "", 0)), [fine], [LOUD]) == "unknown"
    assert overall_status(SourceView(), [], [LOUD]) == "unknown"


def test_a_token_nobody_has_asked_for_waits() -> None:
    assert token_status(None, None, 0.0, 300.0) == "waiting"
