"""One sentence for each answer of a vault that ends the probe."""

from __future__ import annotations

from mitui.keyvault.probe_result import VaultFailureKind
from mitui.keyvault.reading import Reading
from mitui.safe_text import visible_line


def stop_sentence(kind: VaultFailureKind, reading: Reading) -> str:
    """What the vault's answer means, in one sentence that is safe to draw."""
    facts = dict(reading.facts)
    said = visible_line(reading.error.message.strip(), 200) or reading.evidence
    match kind:
        case VaultFailureKind.WRONG_AUDIENCE:
            expected, found = facts.get("expected_audience", "another"), facts.get("found_audience", "this one")
            return f"the vault refuses the token's audience: it expects {expected} and got {found} (AKV10022)"
        case VaultFailureKind.WRONG_TENANT:
            found = facts.get("found_tenant", "another tenant")
            return f"the vault is in another tenant than the identity, whose token is from {found} (AKV10032)"
        case VaultFailureKind.TOKEN_REJECTED:
            return f"the vault refuses the token: {said}"
        case VaultFailureKind.FORBIDDEN_BY_FIREWALL:
            address = facts.get("source_address", "")
            return f"the vault's firewall does not admit this host{f', which it sees as {address}' if address else ''}"
        case VaultFailureKind.FORBIDDEN_BY_CONNECTION:
            return "the vault admits approved private links only, and this connection is none"
        case VaultFailureKind.FORBIDDEN_BY_PERIMETER:
            return "the vault is in a network security perimeter that does not admit this request"
        case VaultFailureKind.VAULT_SOFT_DELETED:
            return "the vault is soft-deleted: it has to be recovered before it answers anything"
        case VaultFailureKind.THROTTLED:
            wait = facts.get("retry_after", "")
            return f"the vault throttles requests; ask again {f'in {wait} s' if wait else 'later'}"
        case VaultFailureKind.REPLY_INVALID:
            return f"the answer was {reading.evidence}, which no vault sends; it was not followed"
        case _:
            return f"the vault answered {reading.evidence}"
