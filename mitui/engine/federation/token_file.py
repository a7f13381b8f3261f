"""The file with the pod's federated token: read anew each time, and sent nowhere unless it holds a JWT.

The kubelet puts it into a projected volume, where it is a symbolic link, and writes it anew once 80 % of its life or 24
hours are over (kubernetes/kubernetes 064c7f8c, ``pkg/kubelet/token/token_manager.go``, ``requiresRefresh``). Whoever
sets the variable chooses the file: what is not a JWT could be anything, so it never leaves this host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mitui.claims import Claims, decode
from mitui.engine.asking.refusal import Refusal
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.regular_file import UnreadFile, read_regular_file
from mitui.engine.token.expiry import read_number
from mitui.secret import Secret

TOKEN_FILE: Final = "AZURE_FEDERATED_TOKEN_FILE"
LARGEST: Final = 65_536
"""Bytes; a service account's token has one to two thousand."""
_SUBJECT: Final = re.compile(r"system:serviceaccount:([^:]+):([^:]+)\Z")


@dataclass(frozen=True, slots=True)
class FederatedToken:
    """A token as its file held it. ``modified_at`` is when the file was last written, in epoch seconds."""

    secret: Secret
    claims: Claims
    path: str
    modified_at: float

    @property
    def audiences(self) -> tuple[str, ...]:
        """Whom it is for: ``aud``, be it one or a list."""
        value = self.claims.payload().get("aud")
        return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),) if value else ()

    @property
    def service_account(self) -> tuple[str, str]:
        """(namespace, name) of the service account that ``sub`` names; both "" for any other subject."""
        found = _SUBJECT.match(self.claims.text("sub"))
        return (found[1], found[2]) if found else ("", "")

    def moment(self, name: str) -> float | None:
        """The claim ``iat``, ``nbf`` or ``exp`` in epoch seconds, None where it holds none."""
        return read_number(self.claims.payload().get(name))


def read_federated_token(environment: HostEnvironment) -> FederatedToken | Refusal:
    """The token in the file that AZURE_FEDERATED_TOKEN_FILE names."""
    path = environment.get(TOKEN_FILE)
    found = read_regular_file(environment.path(path), LARGEST, follow_links=True)
    if isinstance(found, UnreadFile):
        return _unread(path, found)
    try:
        secret = Secret(found.content.decode("ascii").strip())
    except UnicodeDecodeError:
        return _refused(path, "holds bytes that are no text")
    if not secret:
        return _refused(path, "is empty")
    claims = decode(secret)
    if not claims:
        return _refused(path, "holds no JWT")
    return FederatedToken(secret, claims, path, found.modified_at)


def _unread(path: str, file: UnreadFile) -> Refusal:
    if file.problem == "too_large":
        return _refused(path, f"is larger than {LARGEST:,} bytes")
    why = {
        "missing": "is not there",
        "denied": "may not be read by this account",
        "not_regular": "is no regular file",
        "link": "is a link that leads nowhere",
    }.get(file.problem, f"can't be read: {file.words}")
    message = f"the federated token file {path[:300]} {why}"
    return Refusal(FailureKind.ASSERTION_UNREADABLE, message, facts=(("path", path),))


def _refused(path: str, why: str) -> Refusal:
    message = f"the federated token file {path[:300]} {why}: it is sent to nobody"
    return Refusal(FailureKind.ASSERTION_INVALID, message, facts=(("path", path),))
