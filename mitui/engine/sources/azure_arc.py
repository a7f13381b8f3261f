"""Azure Arc servers: the himds agent on loopback, which proves by a key file that its caller may read secrets here."""

from __future__ import annotations

import ntpath

from mitui.engine.arc_key_file import key_path, read_key
from mitui.engine.asking.error_reply import ErrorReply
from mitui.engine.asking.refusal import Refusal
from mitui.engine.evidence import Evidence, SignalState
from mitui.engine.failure import FailureKind
from mitui.engine.host.environment import HostEnvironment
from mitui.engine.source_kind import SourceKind
from mitui.engine.sources.source import Call, Endpoint, Source, SourceMatch, variable
from mitui.engine.token.reply import TokenReply
from mitui.http import HttpReply, HttpRequest
from mitui.secret import Secret

ENDPOINT = "IDENTITY_ENDPOINT"
IMDS_ENDPOINT = "IMDS_ENDPOINT"
DEFAULT = "http://127.0.0.1:40342/metadata/identity/oauth2/token"
API_VERSION = "2020-06-01"
_PARAMETERS = {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"}
_ECHOES = {"client_id": ("client_id",), "object_id": ("object_id",), "resource_id": ("msi_res_id", "mi_res_id")}


def himds_path(environment: HostEnvironment) -> str:
    """Where the agent's executable is on this platform."""
    if environment.is_windows:
        programs = environment.get("ProgramFiles") or r"C:\Program Files"
        return ntpath.join(programs, "AzureConnectedMachineAgent", "himds.exe")
    return "/opt/azcmagent/bin/himds"


def _himds(environment: HostEnvironment) -> Evidence:
    path = himds_path(environment)
    state: SignalState
    try:
        environment.path(path).stat()
        state = "present"
    except PermissionError:
        state = "unreadable"
    except (OSError, ValueError):
        state = "absent"
    return Evidence(path, "file", state)


def _label(environment: HostEnvironment) -> str:
    return "Azure Arc"


def _detect(environment: HostEnvironment) -> SourceMatch:
    himds = _himds(environment)
    evidence = (variable(environment, ENDPOINT), variable(environment, IMDS_ENDPOINT), himds)
    if environment.get(ENDPOINT) and environment.get(IMDS_ENDPOINT):
        return SourceMatch(True, f"{ENDPOINT} and {IMDS_ENDPOINT} are set", evidence)
    if himds.state == "present":
        return SourceMatch(True, f"the agent is installed: {himds.signal}", evidence)
    unseen = f"{himds.signal} can't be seen" if himds.state == "unreadable" else f"there is no {himds.signal}"
    return SourceMatch(False, f"{ENDPOINT} and {IMDS_ENDPOINT} are not both set, and {unseen}", evidence)


def _endpoint(environment: HostEnvironment) -> Endpoint:
    url = environment.get(ENDPOINT)
    return Endpoint(url, ENDPOINT) if url else Endpoint(DEFAULT)


def _request(call: Call) -> HttpRequest:
    parameters = {"api-version": API_VERSION, "resource": call.resource}
    if call.identity.value is not None:
        parameters[_PARAMETERS[call.identity.selector]] = call.identity.value
    return HttpRequest("GET", call.get(parameters), (("Metadata", "true"),))


def _follow_up(call: Call, sent: tuple[HttpRequest, ...], reply: HttpReply) -> HttpRequest | Refusal | None:
    """The second leg, with the key that the challenge names; or once the first again, if the key was already used."""
    challenge = sent[0]
    may_restart = sum(request is challenge for request in sent) < 2
    if sent[-1] is not challenge:
        return challenge if reply.status == 401 and may_restart else None
    if reply.status != 401:
        if 200 <= reply.status < 300:
            message = f"Azure Arc answered {reply.status} where a 401 with a challenge was expected"
            return Refusal(FailureKind.CHALLENGE_MISSING, message)
        return None
    path = key_path(call.environment, [value for name, value in reply.headers if name.lower() == "www-authenticate"])
    if isinstance(path, Refusal):
        return path
    if not call.is_loopback:
        return Refusal(
            FailureKind.ENDPOINT_NOT_ALLOWED,
            f"the key of an Arc challenge goes to this machine only, and {ENDPOINT} names another",
            facts=(("variable", ENDPOINT),),
        )
    key = read_key(call.environment, path)
    if isinstance(key, Refusal):
        return challenge if key.kind is FailureKind.KEY_FILE_MISSING and may_restart else key
    return HttpRequest("GET", challenge.url, (*challenge.headers, ("Authorization", Secret(f"Basic {key.reveal()}"))))


def _check(call: Call, grant: TokenReply) -> Refusal | None:
    """An agent that knows no user-assigned identities ignores the selector: only an echo proves that it did not."""
    if call.identity.value is None:
        return None
    echo = next((grant.echo[name] for name in _ECHOES[call.identity.selector] if name in grant.echo), "")
    if echo.lower() == call.identity.value.lower():
        return None
    got = f"answered for {echo!r}" if echo else "did not say for which identity it answered"
    return Refusal(
        FailureKind.IDENTITY_ECHO_MISSING,
        f"the Arc agent {got}, so the token may be the machine's own and is not used",
        facts=(("echo", echo),) if echo else (),
    )


def _read_error(call: Call, error: ErrorReply) -> FailureKind | None:
    if error.status == 404 and call.identity.value is not None:
        return FailureKind.IDENTITY_NOT_FOUND
    return None


SOURCE = Source(
    kind=SourceKind.AZURE_ARC,
    service_name="Azure Arc",
    label=_label,
    detect=_detect,
    endpoint=_endpoint,
    request=_request,
    read_error=_read_error,
    follow_up=_follow_up,
    check=_check,
)
