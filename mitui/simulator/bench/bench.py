"""A bench that runs: the host or scenario, its vaults and its Resource Manager, with what they served."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self, TextIO

from mitui.simulator.bench.request_log import RequestLog
from mitui.simulator.bench.resource_manager import ResourceManager
from mitui.simulator.bench.spec import BenchSpec, FaultSpec, VaultSpec
from mitui.simulator.bench.trust import write_bundle
from mitui.simulator.bench.values import nearest, shown
from mitui.simulator.certificates import authority_pem, require_tls
from mitui.simulator.host import SimulatedHost
from mitui.simulator.identities import SYSTEM, SimulatedIdentity
from mitui.simulator.scenarios.scenario import SCENARIOS, Scenario, start_scenario, stock
from mitui.simulator.signing import can_sign, signing_key
from mitui.simulator.sources.pinned_tls import pinned_tls
from mitui.simulator.tokens import USER_OBJECT_ID
from mitui.simulator.vault.faults import FAULTS as VAULT_FAULTS
from mitui.simulator.vault.server import SimulatedVault

_OWN_STANDING: Final = ("azure_arc", "azure_ml", "container_apps", "app_service", "imds")
"""The kinds of host whose platform hands out a token again until half of its life is over."""


class Bench:
    """What a BenchSpec says, running within a ``with`` statement. Requests are written to ``log``.

    ``host`` is None for the scenario without one. ``variables`` are those of a program on this machine.

    Entering raises ValueError for what can't be (a fault that the host hasn't, an identity that isn't there),
    TlsUnavailableError where TLS is needed and the package for it is missing, and OSError where a port is taken or a
    file can't be written.
    """

    def __init__(self, spec: BenchSpec, log: TextIO | None = None) -> None:
        self.spec = spec
        self.host: SimulatedHost | None = None
        self.vaults: list[SimulatedVault] = []
        self.manager: ResourceManager | None = None
        self.scenario: Scenario | None = SCENARIOS.get(spec.source)
        self.variables: dict[str, str] = {}
        self.root = Path("/")
        self._names = {SYSTEM.object_id: "system", USER_OBJECT_ID: "user"}
        self.log = RequestLog(log, spec.log, self._names)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fail(self, fault: FaultSpec) -> None:
        """Switch a fault on. Raises ValueError where nothing here can have it."""
        if fault.name in VAULT_FAULTS:
            self._fail_vaults(fault)
        elif self.host is None:
            raise ValueError(f"{fault.name}: {self.spec.source} has no host that could fail")
        else:
            self.host.fail(
                fault.name, fault.times, fault.match, after=fault.after, lasting=fault.lasting, **fault.options
            )

    def heal(self, name: str | None = None) -> None:
        """Switch the faults of this name off, or all of them."""
        if self.host is not None:
            self.host.heal(name)
        for each in self.vaults:
            each.heal(name)

    def reset(self) -> None:
        """Make everything as it was at the start: faults, tokens, what lies in the vaults, and no requests."""
        self.heal()
        if self.host is not None:
            self.host.requests.clear()
            self.host.mint.forget()
            if self.scenario is not None:
                self.scenario.prepare(self.host)
        for vault in self.vaults:
            vault.empty()
            self._fill(vault)
        self._fail_as_told()
        self.log.forget()

    def _start(self, stack: ExitStack) -> None:
        if self.spec.vaults or self.spec.arm:
            require_tls("a vault or Resource Manager")
        if self.scenario is not None:
            self._start_scenario(stack)
        else:
            self._start_host(stack)
        for each in self.spec.vaults:
            self.vaults.append(stack.enter_context(self._vault(each)))
        for vault in self.vaults:
            vault.watch = self.log.watch
        if self.host is not None:
            self._set_up(self.host)
        if self.spec.arm:
            self._start_manager(stack)
        self._fail_as_told()
        self._trust(stack)

    def _start_scenario(self, stack: ExitStack) -> None:
        spec = self.spec
        running = stack.enter_context(
            start_scenario(
                spec.source,
                port=spec.port,
                address=spec.host,
                root=spec.root,
                assigned=spec.identities,
                system_assigned=spec.system_assigned,
                with_vault=not spec.vaults,
            )
        )
        self.host, self.root, self.variables = running.host, running.root, running.exported_variables
        self.vaults.extend(running.vaults)

    def _start_host(self, stack: ExitStack) -> None:
        spec = self.spec
        host = SimulatedHost(
            spec.source,
            spec.identities,
            system_assigned=spec.system_assigned is not False,
            port=spec.port,
            host=spec.host,
            root=spec.root,
        )
        self.host = stack.enter_context(host)
        host.arm_reader = True
        host.platform_cache = host.kind in _OWN_STANDING
        self.root, self.variables = host.root, host.exported_variables

    def _set_up(self, host: SimulatedHost) -> None:
        host.watch = self.log.watch
        host.latency = self.spec.latency
        host.signed = can_sign()
        if host.signed:
            signing_key()  # takes a moment, which a client's first request must not
        if self.spec.lifetime is not None:
            host.lifetime = self.spec.lifetime
            host.lifetimes.clear()
        self._names.update({each.object_id: each.name for each in host.identities})

    def _start_manager(self, stack: ExitStack) -> None:
        if self.host is None:
            raise ValueError(f"{self.spec.source} has no host, so Resource Manager knows nothing of it")
        self.manager = ResourceManager(self.host, self.log.watch)
        self.manager.start()
        stack.callback(self.manager.stop)
        self.variables |= self.manager.variables
        # Azure CLI keeps logins and clouds: those of here must not mix with the person's own.
        self.variables["AZURE_CONFIG_DIR"] = stack.enter_context(
            TemporaryDirectory(prefix="simulated-azure-cli-", ignore_cleanup_errors=True)
        )

    def _vault(self, spec: VaultSpec) -> SimulatedVault:
        vault = SimulatedVault(spec.name, port=spec.port)
        if any(each.object_type for each in spec.grants):
            vault.model = "access_policy"
        for grant in spec.grants:
            for object_id in self._object_ids(grant.identity):
                if grant.role:
                    vault.grant(object_id, grant.role)
                else:
                    vault.allow(object_id, grant.object_type, *grant.permissions)
        self._fill(vault)
        return vault

    def _fill(self, vault: SimulatedVault) -> None:
        """Put into a vault what lies in it at the start."""
        for spec in self.spec.vaults:
            if spec.name == vault.name:
                for name, value in spec.secrets:
                    vault.secrets[name] = value
        if self.scenario is not None and not self.spec.vaults:
            stock(vault, self.scenario.secret)

    def _object_ids(self, name: str) -> list[str]:
        """The object IDs of the identity of that name, or of all."""
        host = self.host
        everybody: list[SimulatedIdentity] = [] if host is None else [host.system, *host.identities]
        if not name:
            return [*(each.object_id for each in everybody), USER_OBJECT_ID]
        known = {"system": SYSTEM.object_id} | {each.name: each.object_id for each in everybody}
        if name not in known:
            close = nearest(name, known)
            raise ValueError(f"no identity here is called {shown(name)}; there are {', '.join(known)}{close}")
        return [known[name]]

    def _fail_as_told(self) -> None:
        for each in self.spec.faults:
            self.fail(each)

    def _fail_vaults(self, fault: FaultSpec) -> None:
        concerned = [each for each in self.vaults if fault.vault in ("", each.name)]
        if not concerned:
            there = ", ".join(each.name for each in self.vaults) or "no vault at all"
            raise ValueError(f"{fault.name}: there is no vault {shown(fault.vault or 'here')}; there is {there}")
        for each in concerned:
            each.fail(fault.name, fault.times, path=fault.match.get("path", "*"), **fault.options)

    def _trust(self, stack: ExitStack) -> None:
        """Let the variables name a file that vouches for whatever here speaks TLS."""
        authorities = []
        kind = self.host.kind if self.host is not None else ""
        if self.manager is not None or kind == "workload_identity" or any(each.tls for each in self.vaults):
            authorities.append(authority_pem())
        if kind == "service_fabric":
            authorities.append(pinned_tls("node").authority)
        if authorities:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="simulated-trust-")))
            self.variables |= write_bundle(folder / "authorities.pem", authorities)
