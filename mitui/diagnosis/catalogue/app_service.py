"""App Service, Functions, Container Apps and Automation: one protocol, several hosts."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    ASSIGNER,
    AUTOMATION_ASSIGNER,
    AUTOMATION_OWNER,
    DEVELOPER,
    HOST_OWNER,
    LINK_APP_SERVICE,
    LINK_AUTOMATION,
    LINK_CONTAINER_APPS,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely, possible
from mitui.diagnosis.commands import (
    ASSIGN_USER,
    ENABLE_SYSTEM,
    FIND_BY_CLIENT_ID,
    FIND_BY_OBJECT_ID,
    PIN_CLIENT_ID,
    RESTART,
    SELF_CHECK,
    SHOW_ASSIGNED,
    PerHost,
    Template,
    Way,
    looks,
    mends,
)
from mitui.diagnosis.token.case import (
    NO_ANSWER,
    TokenCase,
    all_of,
    none_of,
    on,
    others_served,
    resource_served,
    seen,
    variable,
)
from mitui.engine.failure import FailureKind as Kind

_APP: Final = "app_service"
_SITE_ON: Final = "[[--subscription {subscription}]] --resource-group {resource_group} --name {site}"


def _without_the_setting(program: str) -> tuple[Template, ...]:
    return (
        looks(f"az {program} config appsettings list {_SITE_ON} --query '[].name' --output tsv"),
        mends(
            f"az {program} config appsettings delete {_SITE_ON} --setting-names WEBSITE_DISABLE_MSI",
            cost="it deletes that app setting, and the app restarts",
        ),
    )


_ALLOW_IDENTITY: Final = PerHost(
    {"web_app": _without_the_setting("webapp"), "function_app": _without_the_setting("functionapp")}
)
_AUTOMATION: Final = on("automation")
_ENABLE_OF_ACCOUNT: Final = PerHost({"automation": ENABLE_SYSTEM.templates["automation"]})
_DISABLED: Final = variable("WEBSITE_DISABLE_MSI", "true", "1")
# The only words for "no usable identity" that have no code beside them.
_UNLOADABLE: Final = "unable to load requested managed identity"


def _unloadable(case: TokenCase) -> bool:
    """The reply says that no identity could be loaded, not which one there is none of."""
    return _UNLOADABLE in case.words


_NO_SYSTEM: Final = (
    "This {noun} has no system-assigned identity, and a lone user-assigned one is not used unless it is named."
)
_NAME_OR_ENABLE: Final = "Name the user-assigned identity by its client ID, or enable the system-assigned one."
_NOT_FOUND: Final = seen(Kind.IDENTITY_NOT_FOUND, source=_APP, user_assigned=False, also=none_of(_unloadable))


def _fetching_failed(case: TokenCase) -> bool:
    return "fetching the aad token" in case.words or "aadsts" in case.words


def _answered(case: TokenCase) -> bool:
    """A reply came."""
    return case.status is not None


APP_SERVICE_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_APP_SERVICE,
    certain(
        "system_assigned_off",
        (
            seen(
                Kind.IDENTITY_NOT_FOUND,
                source=_APP,
                user_assigned=False,
                also=all_of(_AUTOMATION, none_of(_unloadable)),
            ),
        ),
        _NO_SYSTEM,
        _NAME_OR_ENABLE,
        AUTOMATION_OWNER,
        (SHOW_ASSIGNED, _ENABLE_OF_ACCOUNT),
        link=LINK_AUTOMATION,
    ),
    certain(
        "system_assigned_off",
        (_NOT_FOUND,),
        _NO_SYSTEM,
        _NAME_OR_ENABLE,
        HOST_OWNER,
        (
            SHOW_ASSIGNED,
            Way("by naming the user-assigned identity", (PIN_CLIENT_ID,)),
            Way("by giving it a system-assigned one, which has no roles yet", (ENABLE_SYSTEM,)),
        ),
    ),
    likely(
        "identity_not_assigned",
        (seen(Kind.IDENTITY_NOT_FOUND, source=_APP, user_assigned=True),),
        "The identity {identity} is not assigned to this {noun}.",
        "Assign it to this very {noun} (and slot), then restart it.",
        ASSIGNER,
        (FIND_BY_CLIENT_ID, FIND_BY_OBJECT_ID, ASSIGN_USER, SHOW_ASSIGNED, RESTART),
    ),
    likely(
        "no_usable_identity",
        (seen(source=_APP, status=400, words=_UNLOADABLE),),
        "The token service could not load an identity for this {noun}: none is assigned, or the client speaks the "
        "retired 2017-09-01 protocol.",
        "Assign an identity and use a client that sends api-version 2019-08-01 with X-IDENTITY-HEADER.",
        ASSIGNER,
        (SHOW_ASSIGNED, ENABLE_SYSTEM),
        refuted=others_served,
    ),
    likely(
        "audience_hidden",
        (seen(Kind.SERVER_ERROR, source=_APP, status=500, also=_fetching_failed),),
        "App Service hides Entra ID's answer, which is nearly always that {resource} is not known in the tenant.",
        "Ask for {arm_resource}: if that works, the identity is fine and the resource is wrong.",
        DEVELOPER,
        (SELF_CHECK, looks("az ad sp show --id {plain_resource}")),
        refuted=resource_served,
    ),
    possible(
        "token_service_fault",
        (seen(Kind.SERVER_ERROR, source=_APP),),
        "The token service of this {noun} failed with status {status}.",
        "Try again; if it lasts, restart the app and quote the correlation ID to support.",
        HOST_OWNER,
        (RESTART,),
    ),
    likely(
        "identity_header_stale",
        (seen(Kind.UNAUTHORIZED, source=_APP), seen(Kind.HEADER_REJECTED, source=_APP, status=401)),
        "IDENTITY_HEADER is not, or no longer, the one the token service expects: it is rotated when the app restarts.",
        "Read IDENTITY_HEADER afresh instead of keeping a copy, and restart the process.",
        DEVELOPER,
        (RESTART,),
        refuted=others_served,
    ),
    certain(
        "identity_header_missing",
        (seen(Kind.HEADER_REJECTED, Kind.FORBIDDEN, source=_APP, status=403, also=none_of(lambda c: "<" in c.words)),),
        "The token service got no header it accepts: X-IDENTITY-HEADER is missing, misspelled or empty.",
        "Send X-IDENTITY-HEADER, with hyphens, holding the present value of IDENTITY_HEADER.",
        DEVELOPER,
        link=LINK_CONTAINER_APPS,
        proof=seen(Kind.HEADER_REJECTED),
    ),
    likely(
        "identity_posted",
        (seen(Kind.METHOD_NOT_ALLOWED, source=_APP),),
        "The token service takes GET only; something on the way, or an old library, sent POST.",
        "Replace the old msrestazure or adal library by azure-identity.",
        DEVELOPER,
        link=LINK_CONTAINER_APPS,
    ),
    certain(
        "identity_disabled_by_setting",
        (seen(*NO_ANSWER, Kind.NO_ENDPOINT, source=(_APP, "none", "imds"), also=_DISABLED),),
        "WEBSITE_DISABLE_MSI is true, which turns the app's token service off.",
        "Delete the app setting WEBSITE_DISABLE_MSI; the app restarts by itself.",
        HOST_OWNER,
        (_ALLOW_IDENTITY,),
    ),
    likely(
        "container_app_token_service_down",
        (seen(*NO_ANSWER, source=_APP, also=all_of(on("container_app"), none_of(_DISABLED))),),
        "The container app's token service is not up: it starts beside the container, does not serve init containers, "
        "and needs an identity on the app.",
        "Keep trying for 60 seconds, and restart the revision after assigning an identity.",
        DEVELOPER,
        (SHOW_ASSIGNED, RESTART),
        link=LINK_CONTAINER_APPS,
    ),
    likely(
        "token_service_down",
        (seen(*NO_ANSWER, source=_APP, also=none_of(_DISABLED, on("container_app"))),),
        "Nothing answers at {endpoint}: the token service is not up yet, or the variables were copied from another "
        "process.",
        "Keep trying for a minute, then restart the app; in a shell of your own, unset the copied variables.",
        DEVELOPER,
        (
            Way("where this is the app itself", (RESTART,)),
            Way("where the variables were copied here", (mends("unset IDENTITY_ENDPOINT IDENTITY_HEADER"),)),
        ),
    ),
    certain(
        "automation_user_assigned",
        (seen(status=400, words="user assigned identity is currently not supported"),),
        "This Automation job can have its account's system-assigned identity only, and the request named another.",
        "Ask without a client ID, and give the system-assigned identity the roles.",
        DEVELOPER,
        (looks("mitui check --identity system"), SHOW_ASSIGNED),
        link=LINK_AUTOMATION,
    ),
    likely(
        "automation_identity",
        (seen(also=all_of(_AUTOMATION, _answered)),),
        "This is an Automation job: its endpoint serves the Automation account's identity and no longer the VM's.",
        "Assign the identity to the Automation account, or turn the account's own identity off to reach the VM's.",
        AUTOMATION_ASSIGNER,
        (SHOW_ASSIGNED,),
        link=LINK_AUTOMATION,
    ),
    possible(
        "token_service_refused_query",
        (seen(Kind.BAD_REQUEST, Kind.NOT_FOUND, source=_APP),),
        "The token service refused the request: {message}.",
        "Check IDENTITY_ENDPOINT, and whether the identity and the resource are spelled right.",
        ANYONE_HERE,
        (SHOW_ASSIGNED,),
    ),
)
