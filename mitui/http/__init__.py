"""HTTP as the engine and the probe need it: guarded, and with failures as values. Loads nothing heavy."""

from mitui.http.client import GuardedClient
from mitui.http.evidence import exchange_of, redact
from mitui.http.message import HttpFailure, HttpReply, HttpRequest, TransportProblem
from mitui.http.name_lookup import resolve

__all__ = [
    "GuardedClient",
    "HttpFailure",
    "HttpReply",
    "HttpRequest",
    "TransportProblem",
    "exchange_of",
    "redact",
    "resolve",
]
