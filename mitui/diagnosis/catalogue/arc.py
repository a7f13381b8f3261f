"""Azure Arc: the agent's challenge with a key file, and the agent itself.

That a disconnected agent has no tokens, connects again by itself, and expires after 45 to 90 days: learn.microsoft.com,
``azure-arc/servers/troubleshoot-connectivity``. ``azcmagent connect`` and ``disconnect --force-local-only`` are in
MicrosoftDocs/azure-docs, ``articles/azure-arc/servers/azcmagent-connect.md`` and ``azcmagent-disconnect.md``.
"""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.responsible import (
    ANYONE_HERE,
    ARC_ASSIGNER,
    ARC_CONNECTOR,
    LINK_ARC,
    LINK_ARC_CONNECTION,
    ROOT_HERE,
)
from mitui.diagnosis.cause import Cause, certain, chapter, likely
from mitui.diagnosis.commands import Way, WhenKnown, looks, mends
from mitui.diagnosis.token.case import NO_ANSWER, TokenCase, none_of, others_served, seen
from mitui.engine.failure import FailureKind as Kind

_ARC: Final = "azure_arc"
_CHECK: Final = (looks("sudo azcmagent show"), looks("sudo azcmagent check"))
_RESTART: Final = mends("sudo systemctl restart himdsd")
_DROP: Final = mends(
    "sudo azcmagent disconnect --force-local-only",
    cost="the agent forgets its registration; registered anew, the server is another principal without any role",
)
_CONNECT: Final = mends(
    "sudo azcmagent connect --subscription-id {subscription} --resource-group {resource_group} --location {location}"
)
_ANEW: Final = Way("but only if the status is Expired, by connecting the server anew", (_DROP, _CONNECT))
_NO_TOKEN: Final = (
    Kind.BAD_REQUEST,
    Kind.FORBIDDEN,
    Kind.SERVER_ERROR,
    Kind.NOT_FOUND,
    Kind.IDENTITY_NOT_FOUND,
)
_DISCONNECTED: Final = ("is disconnected", "agent is not connected")
_EXPIRED: Final = ("agent is expired", "agent has expired", "certificate has expired", "status: expired")
_GROUP_MEMBERS: Final = mends("net localgroup {arc_group} {user} /add")


def _windows(case: TokenCase) -> bool:
    return case.environment.is_windows


def _says_what_it_is(case: TokenCase) -> bool:
    """The agent says itself that it is disconnected or expired."""
    return any(words in case.words for words in (*_DISCONNECTED, *_EXPIRED))


ARC_CAUSES: Final[tuple[Cause[TokenCase], ...]] = chapter(
    LINK_ARC,
    certain(
        "arc_key_unreadable",
        (seen(Kind.KEY_FILE_UNREADABLE, source=_ARC, also=none_of(_windows)),),
        "The Arc agent's key file may not be read by {user}: only members of the group himds may ask for tokens.",
        "Add the account to the group himds, then log in again or restart the service, so that the group counts.",
        ROOT_HERE,
        (mends("sudo usermod --append --groups himds {user}"), looks("id {user}")),
    ),
    certain(
        "arc_key_unreadable",
        (seen(Kind.KEY_FILE_UNREADABLE, source=_ARC, also=_windows),),
        "The Arc agent's key file may not be read by {user}: only administrators and the group Hybrid agent extension "
        "applications may ask for tokens.",
        "Add the account to that group, then log on again or restart the service.",
        ROOT_HERE,
        (_GROUP_MEMBERS,),
    ),
    likely(
        "arc_key_missing",
        (seen(Kind.KEY_FILE_MISSING, source=_ARC),),
        "The key file that the Arc agent named is not there: this is a container without the agent's directory, or "
        "another process used the file up.",
        "In a container, mount /var/opt/azcmagent/tokens read-only; otherwise ask again.",
        ROOT_HERE,
        (looks("ls -l /var/opt/azcmagent/tokens"),),
    ),
    certain(
        "arc_key_refused",
        (seen(Kind.KEY_FILE_REFUSED, source=_ARC),),
        "The challenge named a file that no Arc agent would name, so it was not read.",
        "Find out what listens on port 40342, because it may not be the agent.",
        ROOT_HERE,
        (looks("sudo ss --listening --tcp --numeric --processes 'sport = :40342'"), *_CHECK),
    ),
    likely(
        "arc_not_an_agent",
        (seen(Kind.CHALLENGE_MISSING, source=_ARC),),
        "What answers as the Arc agent sent no challenge, so it is not the agent or a very old one.",
        "See what listens at {endpoint}, and whether IDENTITY_ENDPOINT is a leftover of another host.",
        ROOT_HERE,
        (looks("sudo ss --listening --tcp --numeric --processes 'sport = :40342'"), looks("azcmagent version")),
        refuted=others_served,
    ),
    likely(
        "arc_identity_not_assigned",
        (
            seen(Kind.IDENTITY_NOT_FOUND, source=_ARC),
            seen(Kind.NOT_FOUND, source=_ARC, status=404, user_assigned=True),
        ),
        "The identity {identity} is not assigned to this Arc server.",
        "Use the server's system-assigned identity, or assign this one in Azure and wait for the agent to learn of it.",
        ARC_ASSIGNER,
        (
            WhenKnown(
                looks("az connectedmachine show --resource-group {resource_group} --name {machine} --query identity")
            ),
            looks("azcmagent show"),
        ),
    ),
    certain(
        "arc_identity_ignored",
        (seen(Kind.IDENTITY_ECHO_MISSING, source=_ARC),),
        "This Arc agent ignores the selector and hands out the server's system-assigned identity, so its token was "
        "refused.",
        "Ask for the system-assigned identity, or update the agent to a version that knows user-assigned ones.",
        ROOT_HERE,
        (looks("azcmagent version"), mends("sudo azcmagent upgrade")),
    ),
    certain(
        "arc_agent_disconnected",
        (seen(*_NO_TOKEN, source=_ARC, words=_DISCONNECTED),),
        "The Arc agent says that it is disconnected, so it has no token to give.",
        "See what keeps it from Azure: once that is out of the way it connects again by itself, unless its status is "
        "Expired, which it is after 45 days and more.",
        ARC_CONNECTOR,
        (*_CHECK, Way("once Azure can be reached again", (_RESTART,)), _ANEW),
        link=LINK_ARC_CONNECTION,
    ),
    certain(
        "arc_agent_expired",
        (seen(*_NO_TOKEN, source=_ARC, words=_EXPIRED),),
        "The Arc agent says that its certificate has expired, so it has no token to give: it was disconnected for 45 "
        "days or more.",
        "Connect the server anew, because an expired agent can't do so by itself.",
        ARC_CONNECTOR,
        (*_CHECK, _DROP, _CONNECT),
        link=LINK_ARC_CONNECTION,
    ),
    likely(
        "arc_agent_disconnected",
        (seen(*_NO_TOKEN, source=_ARC, also=none_of(_says_what_it_is)),),
        "The Arc agent answers but has no token to give: it is disconnected, or its certificate has expired.",
        "Look at the agent's status; if it says Disconnected, see what keeps it from Azure, and if it says Expired, "
        "connect the server anew.",
        ARC_CONNECTOR,
        (*_CHECK, Way("once Azure can be reached again", (_RESTART,)), _ANEW),
        link=LINK_ARC_CONNECTION,
        refuted=others_served,
    ),
    likely(
        "arc_key_rejected",
        (seen(Kind.UNAUTHORIZED, source=_ARC),),
        "The Arc agent refused the key that it had just written: the key is used up, or two processes raced for it.",
        "Ask again; if it stays, restart the agent.",
        ROOT_HERE,
        (_RESTART, *_CHECK),
    ),
    certain(
        "arc_agent_stopped",
        (seen(*NO_ANSWER, source=_ARC, also=none_of(_windows)),),
        "The Arc agent's identity service does not answer at {endpoint}.",
        "Start the service himdsd and look at /var/opt/azcmagent/log/himds.log.",
        ROOT_HERE,
        (_RESTART, looks("sudo azcmagent show")),
        proof=seen(Kind.CONNECTION_REFUSED),
    ),
    certain(
        "arc_agent_stopped",
        (seen(*NO_ANSWER, source=_ARC, also=_windows),),
        "The Arc agent's identity service does not answer at {endpoint}.",
        "Start the service himds from an elevated prompt.",
        ROOT_HERE,
        (mends("net start himds"), looks("azcmagent show")),
        proof=seen(Kind.CONNECTION_REFUSED),
    ),
    likely(
        "arc_busy",
        (seen(Kind.THROTTLED, source=_ARC),),
        "The Arc agent asks for fewer requests.",
        "Cache tokens in the process that polls and wait {wait}.",
        ANYONE_HERE,
    ),
)
