"""The form for Nagios: one line with performance data, then the rest."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.nagios import nagios_report
from tests.report.samples import FAILING, HEALTHY, NO_ENDPOINT, SYSTEM, TOKEN

RUN = CheckRun(0.25, 900.0, 60.0)
EVERY = pytest.mark.parametrize("snapshot", [HEALTHY, FAILING, NO_ENDPOINT, Snapshot()])
_ITEM = re.compile(r"(?:'[^'=]+'|[^'= ]+)=(?:U|-?[0-9.]+s)(?:;[0-9.:]*){0,4}")
_READER = """
use Monitoring::Plugin::Performance;
for (Monitoring::Plugin::Performance->parse_perfstring($ARGV[0])) {
    printf "%s|%s|%s|%s|%s\\n", $_->label, $_->value, $_->uom, $_->warning, $_->critical;
}
"""


def parts(text: str) -> tuple[str, str, str]:
    """The sentence, the performance data and the long output."""
    first, _, rest = text.partition("\n")
    sentence, bar, data = first.partition(" | ")
    assert bar
    return sentence, data, rest


def test_the_first_line() -> None:
    sentence, data, _ = parts(nagios_report(HEALTHY, RUN))
    assert sentence == "OK - 1 identity, 1 token, the first expires in 23 h 59 min"
    assert data == "'system-assigned https://vault.azure.net'=86340s;900:;60:;0 check=0.250s;;;0"


def test_a_failure() -> None:
    sentence, data, rest = parts(nagios_report(FAILING, RUN))
    assert sentence == "CRITICAL - web has no token for https://vault.azure.net: Identity not found"
    assert "'web https://vault.azure.net'=U;900:;60:;0" in data
    assert rest.startswith("what to do\n")
    assert rest.endswith("\n")


@EVERY
def test_only_one_bar_and_only_items_after_it(snapshot: Snapshot) -> None:
    hostile = replace(SYSTEM, name="a|b='c\x1b\n", tokens=(replace(TOKEN, resource="https://x|y'=z"),))
    for each in (snapshot, replace(snapshot, identities=(hostile,))):
        text = nagios_report(each, RUN)
        assert text.count("|") == 1
        assert "\x1b" not in text
        _, data, _ = parts(text)
        assert _ITEM.sub("", data).strip() == ""


def test_the_library_of_the_monitoring_plugins_reads_it() -> None:
    perl = shutil.which("perl")
    if (
        perl is None
        or subprocess.run([perl, "-MMonitoring::Plugin", "-e1"], capture_output=True, check=False).returncode
    ):
        pytest.skip("Monitoring::Plugin is not installed: it is Debian's package libmonitoring-plugin-perl")
    _, data, _ = parts(nagios_report(HEALTHY, RUN))
    done = subprocess.run([perl, "-e", _READER, data], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "system-assigned https://vault.azure.net|86340|s|900:|60:",
        "check|0.25|s||",
    ]
