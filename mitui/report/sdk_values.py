"""What the SDKs would do on a host, as values that a report tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mitui.diagnosis.advice import SdkChoice
from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.groups import grouped
from mitui.engine.source_kind import SourceKind
from mitui.monitor.snapshot import SourceView


def agreement_values(source: SourceView) -> dict[str, Any]:
    """How far the SDKs agree, as the dashboard says it."""
    found = agreement_of(source.sdk_choices, found=source.kind is not SourceKind.NONE)
    return {
        "count": found.count,
        "together": found.together,
        "disputed": found.disputed,
        "summary": found.sentence,
    }


def choice_values(choice: SdkChoice) -> dict[str, Any]:
    """What one SDK would do on this host, and how that is known."""
    return {
        "sdk": choice.sdk,
        "source": choice.source,
        "note": choice.note,
        "endpoint": choice.endpoint or None,
        "basis": choice.basis or None,
        "revision": choice.revision,
        "carried": choice.carried or None,
        "fault": choice.fault or None,
        "selectors": list(choice.selectors),
        "reads": list(choice.reads),
        "reads_client_id": choice.reads_client_id,
        "_sentence": choice.sentence,
    }


def group_values(choices: Sequence[SdkChoice]) -> list[dict[str, Any]]:
    """Which SDKs go where, those that go one way together; none where the sentence says it all."""
    if not agreement_of(choices).disputed:
        return []
    groups = [each for each in grouped(choices) if not each.carried]
    return [
        {"source": each.source, "endpoint": each.endpoint, "count": len(each.choices), "names": each.names}
        for each in groups
    ]
