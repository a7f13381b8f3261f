"""A simulated Azure host on loopback, to point any client at and to make fail in every way that is known."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from email.utils import formatdate
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, Self

from mitui.simulator import arm
from mitui.simulator.certificates import TlsUnavailableError
from mitui.simulator.faults.fault import ActiveFault, Answer, FaultBoard, Situation, asked_resource, suits_request
from mitui.simulator.faults.table import find_fault
from mitui.simulator.identities import MACHINES, SimulatedIdentity, SimulatedMachine, default_identities
from mitui.simulator.kinds import KINDS
from mitui.simulator.placed_files import PlacedFolders
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.served import Watcher, served
from mitui.simulator.server import Abort, Greeting, LoopbackServer, Reply
from mitui.simulator.settings import HostSettings
from mitui.simulator.sources.pinned_tls import pinned_tls

__all__ = [
    "RecordedRequest",
    "SimulatedHost",
    "SimulatedIdentity",
    "SimulatedMachine",
    "TlsUnavailableError",
    "default_identities",
]

_IMDS_ADDRESS: Final = "169.254.169.254"
_RENEW_EVERY: Final = 10.0  # seconds
_MOST_RECORDED: Final = 100_000  # requests; of more, the older half is forgotten


class SimulatedHost(HostSettings):
    """A host of one kind: "imds", "app_service", "container_apps", "azure_arc", "azure_ml", "cloud_shell",
    "service_fabric" or "workload_identity". Use it in a ``with`` statement, or call ``start()`` and ``stop()``.

    It listens on loopback only; the one other ``host`` it takes is 169.254.169.254, for a network namespace of one's
    own. ``port`` 0 is any free port. ``root`` is a temporary directory unless one is given; what a host
    puts below that goes at its end, and nothing there is overwritten. ``tls`` False makes
    Service Fabric or Entra ID speak plain HTTP. ``url`` also stands in for Azure Resource Manager, where the machine
    can be read. ``watch`` is told of each request once it is answered. Every field of HostSettings can be assigned
    while it runs.

    Raises ValueError for an unknown kind or address, and from ``start()`` where files of others are in the way; OSError
    from ``start()`` when the port is taken.
    """

    def __init__(
        self,
        kind: str,
        identities: Sequence[SimulatedIdentity] | None = None,
        *,
        system_assigned: bool = True,
        port: int = 0,
        host: str = "127.0.0.1",
        tls: bool | None = None,
        machine: SimulatedMachine | None = None,
        root: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"there is no simulated host {kind!r}; there are {', '.join(KINDS)}")
        if host not in ("localhost", _IMDS_ADDRESS) and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"a simulated host listens on loopback or on {_IMDS_ADDRESS}, not on {host}")
        chosen = default_identities() if identities is None else tuple(identities)
        super().__init__(machine=machine or MACHINES[kind], identities=chosen, system_assigned=system_assigned, now=now)
        self.kind = kind
        self.requests: list[RecordedRequest] = []
        self.decoy_requests: list[RecordedRequest] = []
        self._kind = KINDS[kind]
        self.watch: Watcher | None = None
        self._faults = FaultBoard(now)
        # Over TLS the certificate already names the hosts that this is.
        names: frozenset[str] | None = frozenset() if tls is False or self._kind.tls is None else None
        self._server = LoopbackServer(self._handle, host, port, self._greet, names)
        self._decoy: LoopbackServer | None = None
        self._node = LoopbackServer(self._answer_for_node, greet=self._greet_for_node, names=frozenset())
        self._tls = self._kind.tls if tls is not False else None
        self._temporary: TemporaryDirectory[str] | None = None
        self._given_root = root
        self._placed: PlacedFolders | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a process on this host, whose files lie below ``root``."""
        return self._kind.variables(self)

    @property
    def exported_variables(self) -> dict[str, str]:
        """The same for a program on this machine, which looks for files where they really are."""
        paths = self._kind.path_variables
        return {
            name: str(self.root / value.lstrip("/")) if name in paths else value
            for name, value in self._kind.variables(self).items()
        }

    def start(self) -> Self:
        """Listen. Raises TlsUnavailableError where TLS is needed and the package for it is missing."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        if self._tls and self.kind == "service_fabric":
            self.thumbprint = pinned_tls("node").thumbprint
        if self._given_root is None:
            self._temporary = TemporaryDirectory(prefix="simulated-host-")
        self.root = self._given_root or Path(self._temporary.name if self._temporary else "/")
        if self._given_root is not None:
            placed = PlacedFolders(self._given_root, self._kind.folders, self._kind.files)
            placed.claim()
            self._placed = placed
        if self._kind.prepare is not None:
            self._kind.prepare(self)
        self._server.start()
        if self._kind.node is not None:
            self._node.start()
            self.node_url = f"http://127.0.0.1:{self._node.port}"
        if self._kind.renew is not None:
            threading.Thread(target=self._renew, name=f"simulator-{self.port}-renewal", daemon=True).start()
        scheme, default = ("https", 443) if self._tls else ("http", 80)
        self.url = f"{scheme}://{self._server.host}" + ("" if self.port == default else f":{self.port}")

    def stop(self) -> None:
        """Close every connection, and remove the temporary directory or what lies below the root that was given."""
        self._server.stop()
        self._node.stop()
        if self._decoy is not None:
            self._decoy.stop()
        if self._temporary is not None:
            self._temporary.cleanup()
        if self._placed is not None:
            self._placed.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def fail(
        self,
        name: str,
        times: int | None = None,
        match: Mapping[str, str] | None = None,
        *,
        after: int = 0,
        lasting: float | None = None,
        **options: Any,
    ) -> None:
        """Switch a named fault on, until ``heal()``, for ``times`` requests or for ``lasting`` seconds.

        The first ``after`` requests that it concerns go well. ``match`` narrows it: parameters such as {"resource":
        "https://vault.azure.net"}, "identity" (a name, an id or "system") or "path". ``options`` are the fault's own,
        as ``list_faults()`` tells. Of several faults that are on, the one switched on last comes first. Raises
        ValueError for a fault that such a host cannot have, and for an option that the fault has not.
        """
        fault = find_fault(name, self.kind)
        if unknown := sorted(set(options) - set(fault.options)):
            known = ", ".join(fault.options) or "none"
            raise ValueError(f"{name} has no option {unknown[0]!r}; its options: {known}")
        if name == "as.redirect" and "location" not in options:
            options["location"] = self._start_decoy()
        until = None if lasting is None else self.now() + lasting
        self._faults.switch_on(ActiveFault(fault, times, dict(match or {}), options, until, after))
        if fault.reach == "connection":
            self._server.drop_connections()

    def heal(self, name: str | None = None) -> None:
        """Switch the faults of this name off, or all of them."""
        self._faults.switch_off(name)

    def _renew(self) -> None:
        while not self._server.stopping.wait(_RENEW_EVERY):
            if self._kind.renew is not None:
                self._kind.renew(self)

    def _start_decoy(self) -> str:
        if self._decoy is None:
            self._decoy = LoopbackServer(self._trap)
            self._decoy.start()
        return f"http://127.0.0.1:{self._decoy.port}/msi/token"

    def _trap(self, request: RecordedRequest) -> Reply:
        self.decoy_requests.append(request)
        return Reply(200, (("Content-Type", "application/json"),), b"{}")

    def _greet(self) -> Greeting:
        active = self._faults.take(lambda each: each.fault.reach == "connection")
        name = "" if active is None else active.fault.name
        if name == "vpn":
            return Greeting(abort=Abort.RESET)
        return Greeting(self._tls(name)) if self._tls is not None else Greeting()

    def _answer_for_node(self, request: RecordedRequest) -> Answer:
        return self._kind.node(self._copy(), request) if self._kind.node is not None else Abort.CLOSE

    def _greet_for_node(self) -> Greeting:
        return Greeting(abort=Abort.CLOSE if self.imds_restricted else None)

    def _handle(self, request: RecordedRequest) -> Answer:
        started = time.perf_counter()
        self._record(request)
        identity = self._asked_identity(request)
        answer, fault = self._answer(request, identity)
        if self.latency:
            self._server.stopping.wait(self.latency)
        if self.watch is not None:
            name, resource = identity.partition("\n")[0], asked_resource(request)
            self.watch(served(self.kind, request, answer, started, name, resource, fault))
        if isinstance(answer, Reply) and all(name.lower() != "date" for name, _ in answer.headers):
            return replace(answer, headers=(*answer.headers, ("Date", formatdate(self.now(), usegmt=True))))
        return answer

    def _record(self, request: RecordedRequest) -> None:
        self.requests.append(request)
        if len(self.requests) > _MOST_RECORDED:
            del self.requests[: _MOST_RECORDED // 2]

    def _answer(self, request: RecordedRequest, identity: str) -> tuple[Answer, str]:
        """The answer, and the name of the fault that made it, "" for none."""
        if arm.knows(request.path):
            return arm.answer(self._copy(), request), ""
        is_token = request.path.rstrip("/").endswith(self._kind.token_path)
        active = self._faults.take(lambda each: suits_request(each, request, identity, is_token=is_token))
        if active is None or active.fault.act is None:
            return self._kind.answer(self._copy(), request), ""
        situation = Situation(
            self._copy(),
            request,
            lambda settings: self._kind.answer(settings, request),
            self._server.stopping.wait,
            active.options,
        )
        return active.fault.act(situation), active.fault.name

    def _copy(self) -> HostSettings:
        return HostSettings(**{each.name: getattr(self, each.name) for each in fields(HostSettings)})

    def _asked_identity(self, request: RecordedRequest) -> str:
        """Every word that the identity goes by for which ``request`` asks, one on each line."""
        form = request.form if request.method == "POST" else {}
        values = {value.lower() for each in (*request.query.values(), *form.values()) for value in each}
        for each in self.identities:
            words = (each.name, each.client_id, each.object_id, each.resource_id)
            if values.intersection(word.lower() for word in words[1:]):
                return "\n".join(words)
        selectors = ("client_id", "clientid", "object_id", "principal_id", "msi_res_id", "mi_res_id", "resource_id")
        asked = [value for name in selectors for value in request.query.get(name, [])]
        return "\n".join(asked) if asked else "system"
