"""What looks like an id and is everybody's: built-in roles, Microsoft's own applications, audiences of an exchange, and
the words that mitui itself uses."""

from __future__ import annotations

import re
from typing import Final

from mitui.diagnosis.assigned_identities import READER_ROLE_ID
from mitui.engine.federation.authorities import EXCHANGE_AUDIENCES
from mitui.engine.identity import AZURE_CLIENT_ID
from mitui.keyvault.roles import BUILT_IN_ROLES
from mitui.keyvault.stages import KEY_VAULT_APPLICATION
from mitui.monitor.snapshot import GENERIC_NAMES, Snapshot

_ROLES: Final = frozenset({READER_ROLE_ID, *(each.role_id for each in BUILT_IN_ROLES)})
_APPLICATION: Final = re.compile(r"0000[0-9a-f]{4}-0000-0000-c000-000000000000|0{8}(?:-0{4}){3}-0{12}")
"""Microsoft's first applications, such as Microsoft Graph's 00000003-…, and the GUID that says that there is none:
https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
"""
_AUDIENCES: Final = frozenset(each.partition("://")[2].lower() for each in EXCHANGE_AUDIENCES)


def is_public_guid(guid: str) -> bool:
    """Whether this GUID, with its dashes, is the same in every tenant."""
    guid = guid.lower()
    return guid in _ROLES or guid == KEY_VAULT_APPLICATION or _APPLICATION.fullmatch(guid) is not None


def is_public_audience(name: str) -> bool:
    """Whether an audience ``api://name`` is that of a token exchange."""
    return name.lower() in _AUDIENCES


_OWN_WORDS: Final = frozenset(
    {
        *GENERIC_NAMES,
        AZURE_CLIENT_ID,
        *("identity", "managed identity", "user-assigned", "system", "client", "object", "resource", "default"),
        *("token", "vault", "host", "secret", "key", "certificate", "azure", "entra", "imds", "mitui"),
    }
)


def own_words(snapshot: Snapshot) -> frozenset[str]:
    """The words and the variables of which mitui speaks: an identity that is called like one of them, as that of
    AZURE_CLIENT_ID is, is not hidden by masking that word in every sentence."""
    source = snapshot.source
    variables = {each.signal for each in source.evidence if each.kind == "variable"}
    read = {name for each in source.sdk_choices for name in each.reads}
    return frozenset(each.lower() for each in _OWN_WORDS | variables | read)
