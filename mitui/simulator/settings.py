"""What can be set on a simulated host; each request is answered from a copy of it, which a fault may have changed."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mitui.simulator.identities import MACHINES, SYSTEM, TENANT, SimulatedIdentity, SimulatedMachine, default_identities
from mitui.simulator.sources.arc_keys import ChallengeStyle, KeyRing
from mitui.simulator.sources.pod import Credential, Pod
from mitui.simulator.tokens import IssuedToken, TokenMint, TokenOrder, TokenStyle

ExpiryFormat = Literal["text", "number", "iso", "windows", "linux"]
DAY_AND_FIVE_MINUTES = 86_700


@dataclass(eq=False)
class HostSettings:
    """The state of one host. Every field can be assigned while it runs.

    ``lifetime`` is how many seconds a token lasts from now on, ``age`` how long ago the platform got it; ``lifetimes``
    and ``ages`` override them for single resources. ``now`` gives epoch seconds. With ``platform_cache`` the same token
    is handed out until half of its life is over. ``secret`` is what IDENTITY_HEADER or MSI_SECRET holds.
    """

    machine: SimulatedMachine = MACHINES["imds"]
    identities: Sequence[SimulatedIdentity] = field(default_factory=default_identities)
    system_assigned: bool = True
    system: SimulatedIdentity = SYSTEM
    tenant: str = TENANT
    now: Callable[[], float] = time.time
    lifetime: float = DAY_AND_FIVE_MINUTES
    age: float = 0
    latency: float = 0  # seconds before every answer
    lifetimes: dict[str, float] = field(default_factory=dict)
    ages: dict[str, float] = field(default_factory=dict)
    platform_cache: bool = False
    unknown_resources: set[str] = field(default_factory=set)  # audiences that the tenant doesn't know
    token_style: TokenStyle = "jwt"
    signed: bool = False  # tokens carry a true signature, which needs the package cryptography
    expires_on: ExpiryFormat = "text"
    secret: str = field(default_factory=lambda: secrets.token_hex(16).upper(), repr=False)
    imds_v2: bool = False  # getplatformmetadata is there
    strict_query: bool = False  # IMDS refuses query names that it doesn't know, in place of ignoring them
    challenge: ChallengeStyle = "plain"  # how the Arc agent challenges
    legacy_agent: bool = False  # an Arc agent that knows no user-assigned identities and ignores selectors
    rooted_realm: bool = False  # the Arc challenge names the key file below ``root``, not at its place on a real host
    single_sign_on: bool = False  # Azure ML gives the signed-in user's token to who names no identity
    arm_reader: bool = False  # the system-assigned identity may read its own resource in ARM
    root: Path = Path("/")
    url: str = ""
    pod: Pod = field(default_factory=Pod)  # whose workload identity it is
    credentials: tuple[Credential, ...] = (Credential(),)  # the federated credentials of every user-assigned identity
    node_url: str = ""  # where the IMDS of the pod's node answers
    imds_restricted: bool = False  # the cluster lets no pod reach it
    identity_binding: bool = False  # the variables name a token proxy of the cluster
    thumbprint: str = ""  # of the certificate that IDENTITY_SERVER_THUMBPRINT announces
    keys: KeyRing = field(default_factory=KeyRing)
    mint: TokenMint = field(default_factory=TokenMint)

    def issue(self, identity: SimulatedIdentity | None, resource: str, *, federated: bool = False) -> IssuedToken:
        """A token of ``identity``, of the machine's own identity or, with None, of the signed-in user.

        A ``federated`` one was had for a pod's token and says nothing of a machine.
        """
        known = resource.removesuffix("/")
        order = TokenOrder(
            identity,
            self.machine,
            resource,
            self.lifetimes.get(known, self.lifetime),
            self.ages.get(known, self.age),
            identity is self.system,
            self.token_style,
            self.tenant,
            federated,
            self.signed,
        )
        return self.mint.issue(order, self.now(), keep=self.platform_cache)

    def find(self, field_name: str, value: str) -> SimulatedIdentity | None:
        """The identity whose ``client_id``, ``object_id`` or ``resource_id`` is ``value``, in whatever case."""
        candidates = (*self.identities, self.system) if self.system_assigned else self.identities
        return next((each for each in candidates if getattr(each, field_name).lower() == value.lower()), None)
