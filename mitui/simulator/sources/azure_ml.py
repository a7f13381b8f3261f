"""The token endpoint of an Azure ML compute."""

from __future__ import annotations

import uuid
from typing import Final

from mitui.simulator.identities import GROUP, SUBSCRIPTION, SimulatedIdentity
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import is_unknown_resource, json_reply, parameter, spell_time, text_reply
from mitui.simulator.server import Reply
from mitui.simulator.settings import HostSettings

TOKEN_PATH: Final = "/MSI/auth"


def variables(settings: HostSettings) -> dict[str, str]:
    """What points a client at this host. Without an identity the client id is, literally, "clientid"."""
    default = _default(settings)
    return {
        "MSI_ENDPOINT": settings.url + TOKEN_PATH,
        "MSI_SECRET": settings.secret,
        "DEFAULT_IDENTITY_CLIENT_ID": default.client_id if default else "clientid",
        "AZUREML_ARM_SUBSCRIPTION": SUBSCRIPTION,
        "AZUREML_ARM_RESOURCEGROUP": GROUP,
        "AZUREML_ARM_WORKSPACE_NAME": "mlw-contoso",
        "CI_NAME": settings.machine.name,
    }


def _default(settings: HostSettings) -> SimulatedIdentity | None:
    return settings.system if settings.system_assigned else next(iter(settings.identities), None)


def no_identity() -> Reply:
    """The refusal, which says little."""
    return text_reply(404, "InternalError - :{ Info: Request failure status code: 404 }")


def answer(settings: HostSettings, request: RecordedRequest) -> Reply:
    """What the endpoint says to ``request``. Only ``clientid`` selects; with single sign-on, who names nobody gets the
    signed-in user's token."""
    if request.path != TOKEN_PATH:
        return text_reply(404, "Not found")
    if request.headers.get("secret") != settings.secret:
        return text_reply(401, "Unauthorized")
    resource = parameter(request, "resource")
    if parameter(request, "api-version") != "2017-09-01" or not resource:
        return text_reply(400, "Bad request: api-version 2017-09-01 and resource are required")
    identity = _asked(settings, request)
    if isinstance(identity, Reply):
        return identity
    if is_unknown_resource(settings, resource):
        return text_reply(400, "InternalError - :{ Info: AADSTS500011: the resource principal was not found }")
    token = settings.issue(identity, resource)
    value = {
        "access_token": token.raw,
        "expires_on": spell_time(token.expires_at, settings.expires_on),
        "resource": resource,
        "token_type": "Bearer",
    }
    return json_reply(200, value)


def _asked(settings: HostSettings, request: RecordedRequest) -> SimulatedIdentity | Reply | None:
    client_id = parameter(request, "clientid")
    try:
        uuid.UUID(client_id)
    except ValueError:
        if settings.single_sign_on:
            return None
        return no_identity() if client_id else _default(settings) or no_identity()
    return settings.find("client_id", client_id) or no_identity()
