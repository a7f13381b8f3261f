"""The words of ``failure.kind``."""

from __future__ import annotations

import re

from mitui.report.kinds import FAILURE_KINDS


def test_they_are_snake_case_and_each_means_one_thing() -> None:
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", kind) for kind in FAILURE_KINDS)
    assert len(set(FAILURE_KINDS)) == len(FAILURE_KINDS)
    assert {"no_endpoint", "identity_not_found", "process_unreadable", "forbidden_by_firewall"} <= set(FAILURE_KINDS)
