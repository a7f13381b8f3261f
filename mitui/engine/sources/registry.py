"""Every source, in the order in which they are looked for: the first that matches is the host's.

To add one, write a module with a `SOURCE` beside the others and add its line here, and its word to
`mitui.engine.evidence.SourceKind`.
"""

from __future__ import annotations

from mitui.engine.source_kind import SourceKind
from mitui.engine.sources import app_service, azure_arc, azure_ml, cloud_shell, imds, service_fabric, workload_identity
from mitui.engine.sources.source import Source

SOURCES: tuple[Source, ...] = (
    service_fabric.SOURCE,
    app_service.SOURCE,
    azure_ml.SOURCE,
    cloud_shell.SOURCE,
    azure_arc.SOURCE,
    workload_identity.SOURCE,
    imds.SOURCE,
)


def source_of(kind: SourceKind) -> Source | None:
    """The source of this kind; None for a host that has none."""
    return next((source for source in SOURCES if source.kind is kind), None)
