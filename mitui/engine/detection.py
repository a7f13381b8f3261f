"""Which source of tokens this host has, and the evidence for and against each."""

from __future__ import annotations

from mitui.engine.evidence import Detection, Evidence, SourceVerdict
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.identity import AZURE_CLIENT_ID
from mitui.engine.sources.registry import SOURCES
from mitui.engine.sources.source import variable
from mitui.safe_text import without_credentials


def detect(environment: HostEnvironment) -> Detection:
    """The first source that matches, from variables and files alone; nothing is sent.

    The order is MSAL Go's: Service Fabric, App Service, Azure ML, Cloud Shell, Azure Arc, and IMDS when nothing else
    matches, which is a conclusion and not yet a match. Workload identity, which no MSAL looks for, comes before IMDS,
    as in azure-identity. An empty variable counts as not set.
    """
    matches = [(source, source.detect(environment)) for source in SOURCES]
    chosen, _ = next((source, match) for source, match in matches if match.matched)
    evidence: dict[str, Evidence] = {}
    for _, match in matches:
        for signal in match.evidence:
            evidence.setdefault(signal.signal, signal)
    # No source goes by it, and the identity that a program gets does.
    if environment.state(AZURE_CLIENT_ID) != "unset":
        evidence.setdefault(AZURE_CLIENT_ID, variable(environment, AZURE_CLIENT_ID))
    label = chosen.label(environment)
    verdicts = tuple(
        SourceVerdict(
            source.kind,
            source is chosen,
            match.reason if source is chosen or not match.matched else f"{label} comes before it",
        )
        for source, match in matches
    )
    endpoint = without_credentials(chosen.endpoint(environment).url)
    return Detection(chosen.kind, label, endpoint, tuple(evidence.values()), verdicts)
