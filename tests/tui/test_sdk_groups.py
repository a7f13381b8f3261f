"""Seventeen SDKs in a small pane and on a page of 80 columns: what agrees is one line, what matters is first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mitui.diagnosis.sdk.agreement import agreement_of
from mitui.diagnosis.sdk.carried.packages import CarriedSdk, ProcessFacts
from mitui.diagnosis.sdk.choices import sdk_choices
from mitui.diagnosis.sdk.faults import fault_warnings, known_faults, with_faults
from mitui.diagnosis.sdk.groups import grouped
from mitui.diagnosis.sdk.rules import SDKS
from mitui.engine.host.environment import HostEnvironment
from mitui.monitor.snapshot import Snapshot
from mitui.tui.screens.sdk_choices import SdkChoicesScreen
from tests.diagnosis.host_shapes import ARC, MSI, PAIR, WORKLOAD
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.tui.screens.host import Host, shown

PYTHON = (CarriedSdk("azure-identity", "1.15.0", "/x"), CarriedSdk("msal", "1.28.0", "/y"))
NET = (CarriedSdk("Azure.Core", "1.60.0", "/x"), CarriedSdk("Microsoft.Identity.Client", "4.83.1", "/x"))


def looking(variables: dict[str, str], carried: tuple[CarriedSdk, ...] = (), *, silent: bool = False) -> Snapshot:
    """A board whose process has these variables and carries these SDKs."""
    environment = HostEnvironment(variables, Path("/nowhere"))
    found = tuple(known_faults(carried, "imds", environment, silent=silent))
    choices = tuple(with_faults(sdk_choices(environment, carried), found))
    board = snapshots.healthy()
    pid = 4242 if carried else None
    return replace(
        board,
        source=replace(board.source, sdk_choices=choices, process_id=pid),
        process=ProcessFacts(4242, "gunicorn", "python 3.11", carried) if carried else None,
        warnings=fault_warnings(found),
    )


@pytest.mark.parametrize("variables", [{}, PAIR, ARC, MSI, WORKLOAD], ids=["imds", "app", "arc", "msi", "workload"])
def test_every_sdk_is_in_one_group_and_no_host_has_more_than_five(variables: dict[str, str]) -> None:
    groups = grouped(looking(variables).source.sdk_choices)

    assert sorted(each.sdk for group in groups for each in group.choices) == sorted(sdk.name for sdk in SDKS)
    assert len(groups) <= 5
    assert all(len({each.asks for each in group.choices}) == 1 for group in groups)


ELSEWHERE = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"}


@pytest.mark.parametrize("variables", [ELSEWHERE, {"MSI_ENDPOINT": "http://127.0.0.1:9/oauth2/token"}, WORKLOAD])
def test_the_summary_counts_as_the_table_below_it_does(variables: dict[str, str]) -> None:
    choices = looking(variables).source.sdk_choices
    found = agreement_of(choices)
    assert found.disputed
    counts = [int(number) for number in re.findall(r"(?:: |, )(\d+) ", found.sentence)]
    assert sorted(counts) == sorted(len(group.choices) for group in grouped(choices))
    assert sum(counts) == found.count == len(SDKS)


@pytest.mark.parametrize("variables", [{}, PAIR, ARC, MSI, WORKLOAD], ids=["imds", "app", "arc", "msi", "workload"])
async def test_the_page_at_80x24_names_every_sdk_and_says_how_it_is_known(variables: dict[str, str]) -> None:
    app = Host(SdkChoicesScreen(looking(variables).source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = shown(app)
        while app.screen.query_one("#box").max_scroll_y > app.screen.query_one("#box").scroll_y:
            await pilot.press("pagedown")
            await pilot.pause()
            text += shown(app)
        words = " ".join(text.replace("│", " ").split())
        assert all(sdk.name in words for sdk in SDKS)
        assert "read, not run" in words


async def test_most_hosts_fit_on_one_page() -> None:
    app = Host(SdkChoicesScreen(looking({}).source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen.query_one("#box").max_scroll_y == 0
        assert "17 of them" in shown(app)


async def test_what_the_process_carries_comes_first_and_is_marked() -> None:
    board = looking({}, PYTHON)
    app = Host(SdkChoicesScreen(board.source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = shown(app)
    first, then, last = (text.index(each) for each in ("▸ azure-identity 1.15.0", "▸ msal 1.28.0", "Every other SDK"))
    assert text.index("This process carries") < first < then < last
    assert "by the rules of azure-identity 1.27" in text

    app2, _ = dashboard(board)
    async with app2.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        second = shown(app2).splitlines()[3]
        assert "▸ azure-identity 1.15.0 +2  imds" in second


async def test_a_known_fault_stands_out_and_opens_the_page_that_names_the_mended_release() -> None:
    app, _ = dashboard(looking({}, NET, silent=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        text = shown(app)
        assert "▲ Azure.Core 1.60.0" in text
        assert "known fault" in text
        await pilot.press("1", "enter")
        await pilot.pause(0.2)
        page = " ".join(shown(app).replace("│", " ").split())
        assert "ends DefaultAzureCredential's chain here" in page
        assert "Update Azure.Core to 1.61.0 or later" in page


async def test_the_zoomed_pane_tells_the_groups() -> None:
    app, _ = dashboard(looking(MSI))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("1", "z")
        await pilot.pause(0.2)
        text = shown(app)
    assert "What each SDK would pick" in text
    assert "MSAL Go 1.9 +12" in text
    assert "cloud_shell" in text
    assert "azure_identity (Rust) 1.0" in text


@pytest.mark.parametrize("variables", [PAIR, {**MSI, "MSI_SECRET": "s"}], ids=["app", "ml"])
async def test_where_one_differs_harmlessly_the_border_says_how_many_agree_and_enter_shows_which(
    variables: dict[str, str],
) -> None:
    app, _ = dashboard(looking(variables))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        text = shown(app)
        assert re.search(r"1[36] of 17 agree ↵ which", text)
        assert "every SDK agrees" not in text
        assert "disagree" not in text
        await pilot.press("1", "home", "enter")
        await pilot.pause(0.2)
        page = shown(app)
        assert "Which source each SDK picks here" in page
        assert "of 17 SDKs pick the same source here" in page


async def test_sdks_that_go_to_other_addresses_of_one_source_are_told_apart() -> None:
    app, _ = dashboard(looking(ELSEWHERE))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "z", "end")
        await pilot.pause(0.2)
        text = shown(app)
    assert "▲ SDKs disagree" in text
    assert "at http://127.0.0.1:9" in text
    assert "at http://169.254.169.254/metadata/identity/oauth2/token" in text


async def test_where_there_is_no_endpoint_sdks_do_not_agree_on_one() -> None:
    board = looking({})
    nowhere = snapshots.nothing_here().source
    source = replace(board.source, kind=nowhere.kind, failure=nowhere.failure, endpoint=board.source.endpoint)
    app, _ = dashboard(replace(board, source=source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        assert "no SDK finds an endpoint" in shown(app)
    page = Host(SdkChoicesScreen(source))
    async with page.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = shown(page)
    assert "No SDK finds an endpoint here" in text
    assert "mitui uses none" not in text
    assert "mitui found no endpoint: it tried Azure VM · IMDS" in text
