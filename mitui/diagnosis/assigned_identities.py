"""Which identities are assigned to this host, asked of Azure Resource Manager: no endpoint on the host can list them.

One GET on the host's own resource, with the identity's own token. By default an identity may not read its host, and
then that is the answer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from mitui.clock import Clock
from mitui.diagnosis.commands import fill
from mitui.engine.host.facts import HostFacts
from mitui.engine.resources import default_resources
from mitui.engine.token.access_token import AccessToken
from mitui.exchange import Exchange
from mitui.http import GuardedClient, HttpFailure, HttpReply, HttpRequest, exchange_of
from mitui.secret import Secret

_API_VERSIONS: Final = (
    ("microsoft.compute/virtualmachinescalesets", "2024-03-01"),
    ("microsoft.compute/virtualmachines", "2024-03-01"),
    ("microsoft.web/sites", "2023-12-01"),
    ("microsoft.app/containerapps", "2024-03-01"),
    ("microsoft.hybridcompute/machines", "2024-07-10"),
)
# An instance of a uniform scale set has the identities of its scale set.
_INSTANCE: Final = re.compile(r"(/virtualMachineScaleSets/[^/]+)/virtualMachines/[^/]+\Z", re.IGNORECASE)
_SAFE_ID: Final = re.compile(
    r"/subscriptions/[0-9A-Fa-f-]{36}/resourceGroups/[^/?#]{1,90}/providers/[^?#]{1,400}\Z", re.IGNORECASE
)
_MOST: Final = 200
READER_ROLE_ID: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_NOT_READER: Final = (
    "The identity may not read its own host, which is the default: it needs Reader on that resource to list what is "
    "assigned."
)
_DEADLINE: Final = 10.0


@dataclass(frozen=True, slots=True)
class AssignedList:
    """The identities as (resource ID or "system", client ID, object ID); or ``refusal``, one sentence, and what would
    change it. Ids are "" where ARM does not say.
    """

    identities: tuple[tuple[str, str, str], ...] = ()
    refusal: str = ""
    commands: tuple[str, ...] = ()
    exchange: Exchange | None = None


async def list_assigned(
    token: AccessToken, host: HostFacts, client: GuardedClient, clock: Clock, *, arm_endpoint: str = ""
) -> AssignedList:
    """Ask ARM for the host's own resource, with the identity's ARM token. Never raises, follows no links.

    ``arm_endpoint`` is where ARM is, "" for that of the host's cloud.
    """
    resource_id = _INSTANCE.sub(r"\1", host.resource_id)
    api_version = next((version for kind, version in _API_VERSIONS if kind in resource_id.lower()), "")
    base = (arm_endpoint or default_resources(host.cloud)[0]).rstrip("/")
    refusal = _objection(token, base, resource_id, api_version)
    if refusal:
        return AssignedList(refusal=refusal)
    request = HttpRequest(
        "GET",
        f"{base}{quote(resource_id)}?api-version={api_version}",
        (("Authorization", Secret(f"Bearer {token.secret.reveal()}")), ("Accept", "application/json")),
    )
    started_at = clock.now()
    reply = await client.send(request, deadline=_DEADLINE)
    exchange = exchange_of(request, reply, started_at)
    if isinstance(reply, HttpFailure):
        return AssignedList(refusal=f"Azure Resource Manager can't be asked: {reply.message}.", exchange=exchange)
    if reply.status != 200:
        sentence, commands = _refused(reply, token, resource_id)
        return AssignedList(refusal=sentence, commands=commands, exchange=exchange)
    identities = _read(reply.body)
    if identities is None:
        return AssignedList(refusal="Azure Resource Manager's answer can't be read.", exchange=exchange)
    return AssignedList(identities, exchange=exchange)


def _objection(token: AccessToken, base: str, resource_id: str, api_version: str) -> str:
    """Why nothing is asked, or ""."""
    if not resource_id:
        return "This host's resource ID is not known, so Azure Resource Manager can't be asked about it."
    if not api_version or not _SAFE_ID.match(resource_id):
        return "This kind of host can't be asked about: its identities are not listed on a resource of its own."
    wanted = urlsplit(base).hostname
    if urlsplit(token.resource).hostname != wanted and wanted not in ("127.0.0.1", "localhost", "::1"):
        return f"The token is for {token.resource} and not for {base}, so it is not sent there."
    return ""


def _refused(reply: HttpReply, token: AccessToken, resource_id: str) -> tuple[str, tuple[str, ...]]:
    if reply.status == 403:
        grant = fill(
            "az role assignment create --assignee-object-id {oid} --assignee-principal-type ServicePrincipal"
            f" --role {READER_ROLE_ID} --scope {{resource_id}}",
            {"oid": token.actual.object_id, "resource_id": resource_id},
        )
        return _NOT_READER, (grant,)
    if reply.status == 404:
        return "Azure Resource Manager does not know this host's resource: it was moved or deleted.", ()
    if 300 <= reply.status < 400:
        return "Azure Resource Manager answered with a redirect, which was not followed.", ()
    return f"Azure Resource Manager answered {reply.status}.", ()


def _read(body: bytes) -> tuple[tuple[str, str, str], ...] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    identity = document.get("identity")
    if not isinstance(identity, dict):
        return ()
    found: list[tuple[str, str, str]] = []
    if principal := _text(identity.get("principalId")):
        found.append(("system", "", principal))
    assigned = identity.get("userAssignedIdentities")
    for resource_id, ids in list(assigned.items())[:_MOST] if isinstance(assigned, dict) else ():
        values = ids if isinstance(ids, dict) else {}
        found.append((str(resource_id)[:512], _text(values.get("clientId")), _text(values.get("principalId"))))
    return tuple(found)


def _text(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""
