"""Options win over the config, and both over what was remembered."""

from __future__ import annotations

from mitui.cli.command_line.parsing import parse
from mitui.cli.planning import make_plan
from mitui.config.config import Config, DashboardConfig
from mitui.config.entries import IdentityConfig, ResourceConfig, VaultConfig
from mitui.engine.identity import ClientId, SystemAssigned
from mitui.monitor.plan import PlannedIdentity, PlannedResource
from mitui.monitor.remembered import Remembered

WEB = ClientId("6a1c0b7e-52aa-4b1e-9c55-1f0d3b6a77f2")
CONFIG = Config(
    found=True,
    dashboard=DashboardConfig(interval=30, expiring_below=60),
    identities=(IdentityConfig(WEB, "web"),),
    resources=(ResourceConfig("https://vault.azure.net", "Vault"),),
    vaults=(VaultConfig("contoso-kv", want=("secrets/get",), probe_every=600, secret="x"),),
)
MEMORY = Remembered(
    identities=(PlannedIdentity(SystemAssigned(), "me", "state"),),
    resources=(PlannedResource("https://graph.microsoft.com", "", "state"),),
    vaults=("fabrikam-kv", "contoso-kv"),
    selected="system",
    names=((str(WEB), "shop"),),
)


def test_the_config_and_what_was_remembered() -> None:
    plan = make_plan(parse([]), CONFIG, MEMORY)
    assert [(str(each.identity), each.origin) for each in plan.identities] == [
        (str(WEB), "config"),
        ("system", "state"),
    ]
    assert [each.resource for each in plan.resources] == ["https://vault.azure.net", "https://graph.microsoft.com"]
    assert [(each.vault, each.origin) for each in plan.vaults] == [("contoso-kv", "config"), ("fabrikam-kv", "state")]
    assert (plan.interval, plan.expiring_below, plan.selected) == (30, 60, SystemAssigned())
    assert plan.vaults[0].probe_every == 600


def test_options_replace_what_the_config_lists() -> None:
    line = "--identity system --resource https://x.example --vault kv-2 --want keys/get --probe crypto"
    plan = make_plan(parse(line.split()), CONFIG, MEMORY)
    assert [(str(each.identity), each.name, each.origin) for each in plan.identities] == [("system", "me", "option")]
    assert [each.resource for each in plan.resources] == ["https://x.example"]
    assert [(each.vault, each.want, each.depth) for each in plan.vaults] == [("kv-2", ("keys/get",), "crypto")]


def test_an_option_for_a_vault_of_the_config_keeps_what_the_config_says_of_it() -> None:
    plan = make_plan(parse(["--vault", "contoso-kv"]), CONFIG)
    assert (plan.vaults[0].want, plan.vaults[0].secret) == (("secrets/get",), "x")


def test_names_come_from_the_config() -> None:
    plan = make_plan(parse(["--identity", str(WEB)]), CONFIG)
    assert plan.identities[0].name == "web"


def test_nothing_at_all() -> None:
    plan = make_plan(parse([]), None)
    assert (plan.identities, plan.resources, plan.vaults) == ((), (), ())
