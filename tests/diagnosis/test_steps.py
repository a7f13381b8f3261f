"""What each command is for: that the catalogue says it right, and what follows from it."""

from __future__ import annotations

import re
from typing import Final, get_args

import pytest

from mitui.diagnosis.advice import Advice, HealthWarning
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import Template, Way, fill_all, looks, mends
from mitui.diagnosis.host_type import HostType
from mitui.diagnosis.notices import _WARNINGS
from mitui.diagnosis.placeholders import WHERE
from mitui.diagnosis.steps import Step, Steps, in_order, labelled, to_copy, uses_of
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.failure import FailureKind
from mitui.monitor.snapshot import Snapshot
from tests.diagnosis.cases import CLIENT, EVERY_CAUSE, GONE, failed, templates

# The last word of an az command before its options says which it is; az rest says it by its method.
_CHANGING: Final = {
    *("add", "admin-consent", "approve", "assign", "create", "delete", "login", "recover", "remove", "restart", "set"),
    *("set-attributes", "set-policy", "update", "update-instances"),
}
_LOOKING: Final = {"get-access-token", "list", "list-deleted", "list-instances", "show"}
# What deletes something, overwrites what may be there, or opens what is shut; any other that changes something adds to
# what is there, or starts it again.
_COSTLY: Final = re.compile(
    r"^az .*? (?:delete|remove|set-policy|set-attributes|update-instances|admin-consent)\b"
    r"|^az (?:ad sp|aks|keyvault|network vnet subnet) update\b|^az identity federated-credential create\b"
    r"|^az rest .*--method PATCH|^kubectl patch |^sudo chronyc makestep|^sudo azcmagent disconnect"
)
_OTHERS_CHANGING: Final = (
    *("export ", "unset ", "kubectl patch ", "net start ", "net localgroup ", "sudo azcmagent upgrade"),
    *("sudo azcmagent connect ", "sudo azcmagent disconnect "),
    *("sudo chronyc makestep", "sudo ip route add ", "sudo systemctl restart ", "sudo usermod "),
)
_OTHERS_LOOKING: Final = (
    *("azcmagent show", "azcmagent version", "sudo azcmagent show", "sudo azcmagent check", "curl ", "date ", "echo "),
    *("env ", "getent ", "grep ", "id ", "ip route get ", "kubectl get ", "ls ", "mitui ", "nc ", "openssl "),
    *("sudo iptables --list-rules", "sudo iptables --table nat --list-rules", "sudo journalctl ", "sudo mitui "),
    *("sudo ss ", "systemctl status ", "timedatectl status"),
)


def _changes(command: str) -> bool:
    """Whether it changes something, by its program and its verb. Raises AssertionError for one that is not known."""
    if command.startswith("az rest "):
        return "--method GET " not in command
    if command.startswith("az "):
        verb = re.split(r" (?:-|\[\[|\{)", command.replace("{singular}", "secret"))[0].split()[-1]
        assert (verb in _CHANGING) != (verb in _LOOKING), command
        return verb in _CHANGING
    changing, looking = command.startswith(_OTHERS_CHANGING), command.startswith(_OTHERS_LOOKING)
    assert changing != looking, command
    return changing


_TEMPLATES: Final[dict[str, Template]] = {
    each.text: each
    for source in ([cause.commands for cause in EVERY_CAUSE], [words.commands for words in _WARNINGS.values()])
    for commands in source
    for command in commands
    for each in templates(command)
}


@pytest.mark.parametrize("template", _TEMPLATES.values(), ids=_TEMPLATES)
def test_a_command_mends_if_it_changes_something_and_only_then(template: Template) -> None:
    assert template.mends == _changes(template.text)


@pytest.mark.parametrize("template", _TEMPLATES.values(), ids=_TEMPLATES)
def test_a_command_that_deletes_or_overwrites_or_opens_something_says_so(template: Template) -> None:
    assert bool(template.cost) == bool(_COSTLY.search(template.text))


_KINDS_OF_HOST: Final = get_args(HostType)


@pytest.mark.parametrize("cause", EVERY_CAUSE, ids=lambda cause: cause.kind)
def test_what_costs_something_has_a_look_up_before_it_and_is_not_copied_unless_chosen(cause: Cause[object]) -> None:
    for facts in ({}, {"client_ipv4": "52.174.3.9", "asked_client_id": CLIENT.partition(":")[2]}):
        for kind in _KINDS_OF_HOST:
            steps = fill_all(cause.commands, facts, kind)
            if any(steps.costs):
                first = next(at for at, cost in enumerate(steps.costs) if cost)
                way = steps.ways[first] if steps.ways else ""
                before = {steps.ways[at] if steps.ways else "" for at in range(first) if steps.purposes[at] == "look"}
                assert before & {"", way}, (cause.kind, kind, steps.commands)
                assert steps.purposes[first] == "mend"
                assert not steps.costs[to_copy(uses_of(steps))]


def test_what_goes_on_with_a_costly_step_is_not_copied_without_it() -> None:
    steps = fill_all((looks("az a show"), mends("az a update", cost="it empties a"), mends("az b add")), {})
    assert to_copy(uses_of(steps)) == 0


def test_ways_that_any_one_of_is_enough_are_told_apart_and_what_each_costs() -> None:
    steps = fill_all(
        (
            looks("az a list"),
            Way("by the address", (mends("az a add"),)),
            Way("by the subnet", (looks("az b show"), mends("az b update", cost="it empties b"), mends("az c add"))),
        ),
        {},
    )
    assert [*labelled(uses_of(steps))] == [
        ("look up first", ("az a list",)),
        ("this mends it, by the address", ("az a add",)),
        ("or, by the subnet; look up first", ("az b show",)),
        ("and then. Careful: it empties b", ("az b update",)),
        ("and then", ("az c add",)),
    ]
    assert steps.commands[to_copy(uses_of(steps))] == "az a add"


def test_a_variable_of_a_shell_is_told_to_reach_no_further() -> None:
    steps = fill_all((mends("unset MSI_ENDPOINT"), mends("az a add")), {})
    assert [label for label, _ in labelled(uses_of(steps))] == [
        "this mends it, for what is started from the shell where it is run",
        "and then",
    ]


@pytest.mark.parametrize("template", _TEMPLATES.values(), ids=_TEMPLATES)
def test_what_a_command_finds_is_a_placeholder(template: Template) -> None:
    assert {each.replace("_", "-") for each in template.finds} <= WHERE.keys()


@pytest.mark.parametrize("cause", EVERY_CAUSE, ids=lambda cause: cause.kind)
def test_a_cause_has_its_commands_in_the_order_in_which_they_are_run(cause: Cause[object]) -> None:
    for kind in ("vm", "web_app", "container_app"):
        steps = fill_all(cause.commands, {}, kind)
        order = ["look", "mend", "check"]
        ways = steps.ways or ("",) * len(steps.commands)
        for way in ways:
            its = [order.index(purpose) for purpose, each in zip(steps.purposes, ways, strict=True) if each == way]
            assert its == sorted(its)
        assert len(steps.purposes) == len(steps.commands)
        assert "check" not in steps.purposes or "mend" in steps.purposes


def test_what_looks_stands_before_what_mends_or_after_it_and_all_that_mends_together() -> None:
    steps = in_order(
        [Step("find", False), Step("do", True), Step("see", False), Step("go on", True), Step("find", False)]
    )

    assert steps == Steps(("find", "do", "go on", "see"), ("look", "mend", "mend", "check"))
    assert [*labelled(uses_of(steps))] == [
        ("look up first", ("find",)),
        ("this mends it", ("do", "go on")),
        ("check afterwards", ("see",)),
    ]
    assert to_copy(uses_of(steps)) == 1


def test_where_nothing_mends_it_says_so_and_the_first_is_copied() -> None:
    steps = in_order([Step("a", False), Step("b", False)])

    assert [*labelled(uses_of(steps))] == [("this only looks", ("a", "b"))]
    assert to_copy(uses_of(steps)) == 0


def test_what_an_older_mitui_saved_has_no_label() -> None:
    assert [*labelled(uses_of(Steps(("a", "b"))))] == [("", ("a", "b"))]
    assert [*labelled(uses_of(Steps()))] == []
    assert to_copy(uses_of(Steps(("a", "b")))) == 0


def test_a_placeholder_that_cannot_be_filled_is_not_copied_before_one_that_can() -> None:
    purposes = in_order([Step("az x --a <nobody-knows>", True), Step("az y --b <vault>", True)])
    assert to_copy(uses_of(purposes)) == 1


def test_a_value_is_found_above_only_by_a_command_that_does_not_need_it_itself() -> None:
    finding = looks("az a list", "connection")
    steps = fill_all((finding, mends("az b approve --name {connection}")), {})
    assert steps.found_above == ("connection",)
    assert fill_all((finding, mends("az b approve --name {connection}")), {"connection": "pe-1"}).found_above == ()
    assert fill_all((mends("az b approve --name {connection}"), finding), {}).found_above == ()


def test_the_identity_to_assign_is_found_by_the_command_before() -> None:
    case = failed(FailureKind.IDENTITY_NOT_FOUND, status=400, body=GONE, identity=CLIENT)
    advice = next(
        each for each in advise_token(case.failure, case.host, case.environment) if each.kind == "identity_not_assigned"
    )
    assert advice.purposes == ("look", "mend", "check")
    assert advice.found_above == ("identity-resource-id",)
    assert advice.commands[to_copy(uses_of(advice))].startswith("az vm identity assign")


def test_every_command_of_every_scenario_says_what_it_is_for(replayed: dict[str, Snapshot]) -> None:
    for snapshot in replayed.values():
        views = snapshot.identities
        failures = [snapshot.source.failure, *(token.failure for view in views for token in view.tokens)]
        failures += [vault.failure for view in views for vault in view.vaults]
        advice = [each for failure in failures if failure is not None for each in failure.causes]
        advice += [each for view in views for vault in view.vaults for it in vault.permissions for each in it.advice]
        warnings = [*snapshot.warnings, *(each for view in views for each in view.all_warnings)]
        everything: list[Advice | HealthWarning] = [*advice, *warnings]
        for told in everything:
            assert len(told.purposes) == len(told.commands), told
