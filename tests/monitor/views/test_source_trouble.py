"""Whether the source itself is in trouble, by what its tokens met."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.monitor.identity_view import IdentityView
from mitui.monitor.views.source_trouble import source_trouble
from tests.support import snapshots


def failing(*kinds: str, unsupported: str = "") -> IdentityView:
    """An identity with a token for each kind: "" is a good one, "waiting" one that has not come yet."""
    healthy = snapshots.healthy().identities[0]
    broken = next(token for token in snapshots.failed().identities[0].tokens if token.failure is not None)
    assert broken.failure is not None
    made = {"": healthy.tokens[0], "waiting": replace(healthy.tokens[0], status="waiting")}
    tokens = tuple(made.get(kind) or replace(broken, failure=replace(broken.failure, kind=kind)) for kind in kinds)
    return replace(healthy, tokens=tokens, unsupported=unsupported)


@pytest.mark.parametrize(
    ("identities", "stranger", "trouble"),
    [
        ([failing("connection_refused"), failing("connection_refused", "waiting")], False, "connection_refused"),
        ([failing("timeout", "timeout", "unreachable")], False, "timeout"),
        ([failing("connection_refused"), failing("")], False, ""),
        ([failing("server_error", "server_error")], True, "not_imds"),
        ([failing("server_error", "server_error")], False, "server_error"),
        ([failing("server_error", "identity_not_found")], False, ""),
        ([failing("identity_not_found"), failing("resource_not_found")], False, ""),
        ([failing("identity_not_found", "")], True, ""),
        ([failing("waiting")], True, ""),
        ([failing("connection_refused")], True, "connection_refused"),
        ([failing("selector_unsupported", unsupported="takes none"), failing("timeout")], False, "timeout"),
        ([], False, ""),
    ],
)
def test_it_is_in_trouble_where_every_token_met_the_same(
    identities: list[IdentityView], stranger: bool, trouble: str
) -> None:
    assert source_trouble(identities, stranger=stranger) == trouble
