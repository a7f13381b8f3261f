"""What a command still lacks comes with where to find it, and what is known is in it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.diagnosis.commands import WhenKnown, fill
from mitui.diagnosis.placeholders import WHERE, where_to_find
from mitui.diagnosis.token.advice import advise_token
from mitui.engine.failure import FailureKind as Kind
from mitui.engine.host.environment import HostEnvironment, account_name
from mitui.engine.host.facts import HostFacts
from mitui.engine.host.process_environment import environment_of
from mitui.report.json_report import json_report
from mitui.report.markdown import markdown_report
from mitui.report.text import text_report
from tests.diagnosis.cases import CLIENT, EVERY_CAUSE, GONE, failed, written
from tests.report.samples import FAILING


def test_every_placeholder_says_where_to_find_what_belongs_there() -> None:
    commands = [each for cause in EVERY_CAUSE for each in cause.commands if not isinstance(each, WhenKnown)]
    texts = [text for each in commands for text in written(each)]
    names = {name for template in texts for name in re.findall(r"<([a-z0-9-]+)>", fill(template, {}))}
    assert names <= WHERE.keys()
    assert len(names) > 30


def test_each_is_told_once_and_only_where_it_stands() -> None:
    found = where_to_find(["az a --name <vm> --group <resource-group>", "az b --name <vm>", "echo '<no-such-thing>'"])
    assert [name for name, _ in found] == ["vm", "resource-group"]


def test_reports_tell_them() -> None:
    snapshot = FAILING
    identity = next(each for each in snapshot.identities if any(token.failure for token in each.tokens))
    token = next(each for each in identity.tokens if each.failure is not None)
    assert token.failure is not None
    cause = replace(token.failure.causes[0], commands=("az vm show --name <vm>",))
    broken = replace(token, failure=replace(token.failure, causes=(cause,)))
    shown = replace(snapshot, identities=(replace(identity, tokens=(broken,)),))
    assert f"<vm>: {WHERE['vm']}" in text_report(shown)
    assert f"- `<vm>`: {WHERE['vm']}" in markdown_report(shown)
    failure = json.loads(json_report(shown))["identities"][0]["tokens"][0]["failure"]
    assert failure["placeholders"] == {"vm": WHERE["vm"]}


def test_commands_fit_the_selector() -> None:
    system = failed(Kind.UNAUTHORIZED, status=400, body=GONE)
    user = failed(Kind.UNAUTHORIZED, status=400, body=GONE, identity=CLIENT)
    of_system = [
        line for each in advise_token(system.failure, system.host, system.environment) for line in each.commands
    ]
    of_user = [line for each in advise_token(user.failure, user.host, user.environment) for line in each.commands]
    assert any("identity remove" in line and "'[system]'" in line for line in of_system)
    assert not any("identity-resource-id" in line for line in of_system)
    assert any("--identities <identity-resource-id>" in line for line in of_user)


def test_an_object_id_that_may_be_a_client_id_hears_so() -> None:
    guid = CLIENT.partition(":")[2]
    case = failed(Kind.SELECTOR_UNSUPPORTED, "azure_ml", identity=f"object:{guid}")
    lines = [line for each in advise_token(case.failure, HostFacts(), case.environment) for line in each.commands]
    assert f"mitui check --identity client:{guid}" in lines


def test_the_account_is_named_by_the_hosts_own_file(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_bytes(b"root:x:0:0::/:\nbroken\n\xff:x:7:7\nweb:x:1001:1001:Web:/:/bin/sh\n")
    assert account_name(1001, tmp_path) == "web"
    assert account_name(1002, tmp_path) == ""
    assert account_name(0, tmp_path / "nowhere") == ""
    case = failed(Kind.KEY_FILE_UNREADABLE, "azure_arc")
    environment = replace(case.environment, user="web-svc")
    lines = [line for each in advise_token(case.failure, case.host, environment) for line in each.commands]
    assert any(line.endswith("web-svc") and "usermod" in line for line in lines)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows another process's environment")
def test_another_process_has_its_own_account() -> None:
    view = environment_of(os.getpid())
    assert isinstance(view, HostEnvironment)
    assert view.user == HostEnvironment.current().user
    assert view.user
