"""Each pane as a pure function of a scene: what it says, and that it says it in the room there is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mitui.claims import Claims
from mitui.diagnosis.advice import Advice, HealthWarning, SdkChoice
from mitui.keyvault.verdict import Verdict
from mitui.monitor.event import Event
from mitui.monitor.identity_view import Activity, FailureView, Status, TokenView, VaultView, WatchView
from mitui.monitor.snapshot import SIMULATED, Snapshot
from mitui.safe_text import UNSAFE
from mitui.tui.dashboard.screen import Dashboard
from mitui.tui.drawing.labels import failure_word, kind_word
from mitui.tui.drawing.lines import Span, text_of, width_of
from mitui.tui.drawing.palette import palette
from mitui.tui.panes.life_bar import life_bar
from mitui.tui.panes.tokens import failure_words
from mitui.tui.panes.vault import remedy_lines, worst_cell
from mitui.tui.panes.view import View
from mitui.tui.scene import Scene
from mitui.tui.settings import TimeFormat
from tests.support import snapshots
from tests.support.feeds import dashboard
from tests.support.snapshots import NOW
from tests.tui.drawing import screen_text, view_text

STATES = ("healthy", "pod", "expiring", "failed", "last_good", "loading", "nothing_here", "hostile")
PANES = ("source", "identity", "tokens", "claims", "vault", "events", "guide")
WIDTHS = (26, 36, 56, 76, 96, 196)
"""From the narrowest frame on; only source and identity ever stand side by side below 120 columns."""


@pytest.fixture(scope="module")
def board() -> Dashboard:
    return dashboard()[0].dashboard


def draw(board: Dashboard, pane: str, scene: Scene, width: int = 76, height: int = 30) -> View:
    """The view with everything in it seen."""
    board.panes[pane].scene = scene
    view = board.panes[pane].view(scene, width, height)
    return replace(view, items=tuple(item.seen() for item in view.items))


def scene_of(snapshot: Snapshot, *, times: TimeFormat = "utc", token: int = 0, vault: int = 0) -> Scene:
    return Scene(snapshot, NOW, times, token, vault)


def scene_with(snapshot: Snapshot, *tokens: TokenView) -> Scene:
    """The first identity alone, with these tokens."""
    return scene_of(replace(snapshot, identities=(replace(snapshot.identities[0], tokens=tokens),)))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("pane", "width"),
    [(pane, width) for pane in PANES for width in WIDTHS if width >= 56 or pane in ("source", "identity")],
)
def test_every_row_fits_and_is_harmless(board: Dashboard, pane: str, state: str, width: int) -> None:
    view = draw(board, pane, scene_of(getattr(snapshots, state)()), width, 12)
    for item in view.items:
        for row in item.lines:
            assert width_of(row) <= width, text_of(row)
            assert not UNSAFE.search(text_of(row))


@pytest.mark.parametrize("pane", PANES)
def test_an_empty_snapshot_has_words(board: Dashboard, pane: str) -> None:
    assert view_text(draw(board, pane, scene_of(Snapshot()))).strip()


def test_the_source_says_what_was_looked_at(board: Dashboard) -> None:
    view = draw(board, "source", scene_of(snapshots.healthy()))
    text = view_text(view)
    assert "● Azure VM · IMDS" in text
    assert "answered in 2 ms" in text
    assert "IDENTITY_ENDPOINT  not set" in text
    assert "Arc agent (himds)  not installed" in text
    assert text_of(view.status) == "every SDK agrees"


@pytest.mark.parametrize(
    ("trouble", "shown"),
    [("connection_refused", "✗ App Service"), ("not_imds", "▲ App Service"), ("throttled", "▲ App Service")],
)
def test_a_source_of_which_no_token_comes_is_not_called_good(board: Dashboard, trouble: str, shown: str) -> None:
    snapshot = snapshots.healthy()
    source = replace(snapshot.source, label="App Service", trouble=trouble)
    text = view_text(draw(board, "source", scene_of(replace(snapshot, source=source)), 36))
    assert shown in text
    assert kind_word(trouble) in text
    assert "answered in" not in text


def test_the_source_shows_which_sdk_disagrees(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    choices = (
        *snapshot.source.sdk_choices,
        SdkChoice("azure-identity 1.13", None, "sends nothing: MSI_ENDPOINT is set"),
    )
    source = replace(snapshot.source, sdk_choices=choices)
    view = draw(board, "source", scene_of(replace(snapshot, source=source)), height=4)
    assert text_of(view.status) == "▲ SDKs disagree ↵ how"
    assert "azure-identity 1.13  nothing" in view_text(view)


def test_evidence_that_tells_something_comes_first(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    evidence = tuple(
        replace(each, state="empty") if each.signal == "MSI_ENDPOINT" else each for each in snapshot.source.evidence
    )
    text = view_text(
        draw(board, "source", scene_of(replace(snapshot, source=replace(snapshot.source, evidence=evidence))))
    )
    assert text.index("MSI_ENDPOINT") < text.index("IDENTITY_ENDPOINT")
    assert "set, but empty" in text


def test_the_source_tells_who_the_host_is_where_it_has_room(board: Dashboard) -> None:
    scene = scene_of(snapshots.healthy())
    assert "This host" not in view_text(draw(board, "source", scene, 36, height=6))
    view = draw(board, "source", scene, 56, height=20)
    assert "subscription    3f7d9a52-1c44-4a0e-9d1b-7a6f0e55c201" in view_text(view)
    [resource] = [item for item in view.items if item.key == "host:resource ID"]
    assert text_of(resource.lines[0]).endswith("…/virtualMachines/vm-web-01")
    assert resource.full == f"resource ID: {snapshots.MACHINE}"
    assert resource.copy == snapshots.MACHINE


def test_whose_view_it_is_is_told_in_whole_sentences(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    note = "It looks for App Service, this shell for Azure VM · IMDS. IDENTITY_ENDPOINT is set there and not set here."
    source = replace(snapshot.source, process_id=812, process_note=note)
    scene = scene_of(replace(snapshot, source=source))
    for height, shown in ((4, note.partition(" IDENTITY")[0]), (20, note)):
        [item] = [each for each in draw(board, "source", scene, 36, height).items if each.key == "differs"]
        assert " ".join(text_of(row).strip() for row in item.lines) == shown
        assert item.full == ("" if shown == note else note)


@pytest.mark.parametrize("process", [1, 812, 4_194_304])
@pytest.mark.parametrize("width", [24, 30, 36, 76])
def test_the_keys_that_lead_back_stay_together(board: Dashboard, process: int, width: int) -> None:
    source = replace(snapshots.healthy().source, process_id=process)
    [item] = [
        each
        for each in draw(board, "source", scene_of(replace(snapshots.healthy(), source=source)), width).items
        if each.key == "process"
    ]
    rows = [text_of(row) for row in item.lines]
    assert f"as process {process}" in rows[0]
    assert any("P then ↵" in row and "back" in row for row in rows)
    assert all(len(row) <= width for row in rows)


def test_who_gets_which_identity_is_told_first_and_whole_where_it_is_marked(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    note = "DefaultAzureCredential asks for the identity of AZURE_CLIENT_ID. A bare one asks for none."
    scene = scene_of(replace(snapshot, source=replace(snapshot.source, identity_note=note)))
    for height, shown in ((4, note.partition(" A bare")[0]), (20, note)):
        [item] = [each for each in draw(board, "source", scene, 36, height).items if each.key == "who"]
        assert " ".join(text_of(row).strip() for row in item.lines) == shown
        assert item.full == ("" if shown == note else note)


def test_where_there_is_room_for_one_the_id_stands_and_not_the_name_of_its_variable(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    web = replace(snapshot.identities[1], name="AZURE_CLIENT_ID", origin="environment")
    scene = scene_of(replace(snapshot, identities=(snapshot.identities[0], web)))
    [_, row, *_] = draw(board, "identity", scene, 26).items
    assert "client 6a1c0b7…7f2" in text_of(row.lines[0])
    assert "AZURE_CLIENT_ID" in text_of(row.note)
    [_, row, *_] = draw(board, "identity", scene, 70).items
    assert "AZURE_CLIENT_ID  client 6a1c0b7e-" in text_of(row.lines[0])


async def test_how_much_more_there_is_stays_in_the_frame_beside_what_is_marked() -> None:
    snapshot = snapshots.healthy()
    source = replace(snapshot.source, endpoint="http://localhost:42356/msi/token")
    app, _ = dashboard(replace(snapshot, source=source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("1")
        await pilot.pause()
        rows = screen_text(app).splitlines()
        assert "more ↓" in next(row for row in rows if row.startswith("╰"))
        assert "localhost:42356/msi/token" in rows[-2]


def test_an_identity_that_the_source_cannot_select_says_so(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    refused = replace(snapshot.identities[1], unsupported="App Service takes no object ID", status="critical")
    views = (snapshot.identities[0], refused)
    view = draw(board, "identity", scene_of(replace(snapshot, identities=views)))
    assert "✗ not supported" in view_text(view)
    assert view.items[1].full == "App Service takes no object ID"


def test_a_name_has_all_the_room_that_its_id_can_not_use(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    views = (snapshot.identities[0], replace(snapshot.identities[1], name="identity-1"))
    rows = view_text(draw(board, "identity", scene_of(replace(snapshot, identities=views)), 26)).splitlines()
    assert rows[1].startswith("○ identity-1 ")


def test_an_identity_without_a_name_shows_its_id_in_place_of_one(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    web = snapshot.identities[1]
    views = (snapshot.identities[0], replace(web, name=str(web.identity)))
    rows = view_text(draw(board, "identity", scene_of(replace(snapshot, identities=views)), 56)).splitlines()
    assert rows[1].startswith(f"○ client {snapshots.WEB}  ")


def test_a_shortened_id_is_whole_when_it_is_marked(board: Dashboard) -> None:
    narrow = draw(board, "identity", scene_of(snapshots.healthy()), 36)
    wide = draw(board, "identity", scene_of(snapshots.healthy()), 96)
    assert "…" in view_text(narrow)
    assert text_of(narrow.items[1].note) == f"client {snapshots.WEB}"
    assert snapshots.WEB in view_text(wide)
    assert wide.items[1].note == ()


def health_of(
    board: Dashboard,
    width: int,
    *tokens: TokenView,
    status: Status = "critical",
    vaults: tuple[VaultView, ...] = (),
) -> str:
    """What the row of an identity with these tokens and vaults says of its health."""
    scene = scene_with(snapshots.healthy(), *tokens)
    [identity] = scene.snapshot.identities
    identity = replace(identity, status=status, vaults=vaults)
    scene = replace(scene, snapshot=replace(scene.snapshot, identities=(identity,)))
    row = draw(board, "identity", scene, width).items[0]
    return text_of(row.lines[0]).partition("✗ " if status == "critical" else "▲ ")[2].rstrip()


def test_an_identity_says_its_worst_and_that_there_is_more(board: Dashboard) -> None:
    _, expiring, failed, well = snapshots.failed().identities[0].tokens
    for width, words in ((26, "1 failed ▲1"), (36, "1 failed ▲1"), (56, "1 failed · 1 expiring")):
        assert health_of(board, width, well, expiring, failed) == words
    denied = replace(snapshots.vault(), wanted_missing=("keys/get",))
    for width, words in (
        (26, "1 failed +2"),
        (56, "1 failed · vault +1"),
        (116, "1 failed · vault: get denied · 1 expiring"),
    ):
        assert health_of(board, width, well, expiring, failed, vaults=(denied,)) == words
    gone = replace(well, status="expired")
    assert health_of(board, 36, failed, gone, expiring) == "1 failed +2"
    assert health_of(board, 96, failed, gone, expiring) == "1 failed · 1 expired · 1 expiring"
    assert health_of(board, 36, gone, gone) == "2 expired"
    doubtful = replace(well, warnings=(HealthWarning("clock_skew", "The clock is off."),))
    assert health_of(board, 56, expiring, doubtful, status="warning") == "expiring · 1 warning"
    view = draw(board, "identity", scene_of(snapshots.failed()), 36)
    whole = "1 failed · vault: get denied · 1 expiring"
    assert text_of(view.items[0].note).endswith(whole), "whole where it is marked"


@pytest.mark.parametrize(
    ("change", "ways"),
    [
        ({}, ("vault denied", "vault: get denied")),
        ({"wanted_missing": ("secrets/get", "keys/list")}, ("vault denied", "vault: 2 rights denied")),
        ({"failure": FailureView("forbidden_by_firewall", "No.", NOW)}, ("vault failed", "vault: firewall")),
        ({"failure": FailureView("wrong_tenant", "No.", NOW)}, ("vault failed", "vault: wrong tenant")),
        ({"failure": FailureView("no_token", "No.", NOW)}, ("critical", "critical")),
    ],
)
def test_an_identity_says_what_is_the_matter_with_its_vault(
    board: Dashboard, change: dict[str, Any], ways: tuple[str, str]
) -> None:
    well = snapshots.healthy().identities[0].tokens[0]
    vault = replace(snapshots.vault(), status="critical", wanted_missing=("secrets/get",))
    broken = replace(vault, **change)
    for width, words in zip((36, 76), ways, strict=True):
        assert health_of(board, width, well, vaults=(broken,)) == words
    assert health_of(board, 76, well, vaults=(vault, vault)) == "2 vaults critical"
    assert health_of(board, 26, well, vaults=(vault, vault)) == "2 vaults"


def test_an_identity_names_a_failure_only_where_all_its_tokens_have_it(board: Dashboard) -> None:
    absent = snapshots.failed().identities[2].tokens[0]
    other = replace(snapshots.failed_token(), resource="https://vault.azure.net")
    assert health_of(board, 36, absent) == "not found"
    assert health_of(board, 36, absent, absent) == "not found"
    assert health_of(board, 36, absent, other) == "2 failed"


def test_the_narrowest_board_says_a_failure_whole(board: Dashboard) -> None:
    snapshot = snapshots.failed()
    tokens = (replace(each, name="Azure Resource Manager") for each in snapshot.identities[0].tokens)
    scene = scene_with(snapshot, *tokens)
    text = view_text(draw(board, "tokens", scene, 56))
    assert "✗ Azure Resource Manager     —      wrong audience" in text
    assert "↵" in text
    assert "…" not in text


def test_a_token_counts_down_and_says_what_comes_next(board: Dashboard) -> None:
    scene = scene_of(snapshots.expiring())
    view = draw(board, "tokens", scene, 116)
    rows = [text_of(item.lines[0]) for item in view.items]
    assert rows[0].startswith("● management.azure.com  23:41:07  ━")
    assert rows[1].startswith("▲ vault.azure.net       00:04:12")
    assert "expiring  renews 14:03:11" in rows[1]
    assert rows[1].rstrip().endswith("3 ms")
    assert text_of(view.items[0].note) == "renews Tue 01:40 · 3 ms · 1 attempt"
    assert text_of(view.status) == "checked 14:02:09 · again 14:03:09"
    later = draw(board, "tokens", replace(scene, now=NOW + 61), 116)
    assert "00:03:11" in text_of(later.items[1].lines[0])


def test_a_failure_stands_in_place_of_the_bar_beside_the_last_good_token(board: Dashboard) -> None:
    row = draw(board, "tokens", scene_of(snapshots.last_good())).items[0]
    text = text_of(row.lines[0])
    assert text.startswith("✗ management.azure.com  23:41:07  refused: connection refused")
    assert text.endswith("↵ why")
    assert text_of(row.note) == "last good 13:38:18, until Tue 13:43"


def test_waiting_is_a_word_and_a_time(board: Dashboard) -> None:
    row = text_of(draw(board, "tokens", scene_of(snapshots.loading())).items[1].lines[0])
    assert "for 31 s  updating, attempt 3" in row
    assert row.endswith("until 14:02:20")


def test_a_wait_is_told_in_all_the_room_there_is(board: Dashboard) -> None:
    snapshot = snapshots.loading()
    words = "waiting 1 s: IMDS answered with an internal server error, attempt 2 follows"
    waiting = replace(snapshot.identities[0].tokens[1], activity=Activity(words, NOW - 3))
    scene = scene_with(snapshot, waiting)
    row = text_of(draw(board, "tokens", scene).items[0].lines[0])
    assert width_of([Span(row)]) == 76
    assert row.rstrip().endswith("  IMDS answered with an internal server error")


def test_a_token_that_never_came_has_no_countdown_while_it_is_asked_for_again(board: Dashboard) -> None:
    snapshot = snapshots.failed()
    asking = replace(snapshot.identities[0].tokens[2], activity=Activity("attempt 1", NOW))
    scene = scene_with(snapshot, asking)
    row = text_of(draw(board, "tokens", scene).items[0].lines[0])
    assert "   —    " in row
    assert "00:00:00" not in row


def test_a_paused_board_says_so(board: Dashboard) -> None:
    view = draw(board, "tokens", scene_of(replace(snapshots.healthy(), paused=True)))
    assert text_of(view.status) == "‖ paused · checked 14:02:09"


@pytest.mark.parametrize("width", [4, 9, 30, 80])
@pytest.mark.parametrize("left", [-10, 0, 1, 3_000, 43_000, 86_700, 100_000])
def test_the_life_bar_marks_the_refresh_and_keeps_its_width(left: float, width: int) -> None:
    token = snapshots.token("https://vault.azure.net", left)
    bar = text_of(life_bar(token, NOW, width))
    assert len(bar) == width
    assert sum(bar.count(mark) for mark in "╋┼") == 1


@pytest.mark.parametrize("width", [96, 56])
def test_events_stand_in_columns_where_there_is_room(board: Dashboard, width: int) -> None:
    snapshot = snapshots.healthy()
    events = tuple(
        replace(snapshot.events[0], subject=subject, message="token acquired in 4 ms, expires in 23 h 59 min")
        for subject in ("system-assigned · management.azure.com", "web · vault.azure.net")
    )
    text = view_text(draw(board, "events", scene_of(replace(snapshot, events=events)), width))
    rows = text.splitlines()
    assert all("…" not in row and len(row) <= width for row in rows)
    columns = {row.index("token acquired") for row in rows if "token acquired" in row}
    assert len(columns) == 1
    assert (columns.pop() > 40) is (width == 96)


def test_claims_stand_with_their_meaning(board: Dashboard) -> None:
    text = view_text(draw(board, "claims", scene_of(snapshots.healthy()), height=12))
    assert f"oid        {snapshots.OBJECT}  object ID, for grants" in text
    assert "exp        2026-11-24 13:43:18 UTC  1795527798   expires" in text
    assert "…/virtualMachines/vm-web-01" in text


def test_claims_times_follow_the_chosen_format(board: Dashboard) -> None:
    text = view_text(draw(board, "claims", scene_of(snapshots.healthy(), times="epoch")))
    assert "exp        1795527798" in text
    assert "UTC" not in text


def test_claims_that_changed_are_marked_and_those_gone_are_named(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    token = snapshot.identities[0].tokens[0]
    before = token.claims.payload() | {"oid": "another", "roles": ["Reader"], "uti": "old"}
    token = replace(token, claims_before=Claims("{}", json.dumps(before)))
    view = draw(board, "claims", scene_with(snapshot, token))
    text = view_text(view)
    assert f"oid        {snapshots.OBJECT}".replace("        ", "      Δ ") in text
    assert "\nappid  " in text
    assert "roles    − no longer in the token" in text
    assert text_of(view.note) == "Δ 1 changed since the token before"


def test_claims_of_an_opaque_token_and_of_none(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    opaque = replace(snapshot.identities[0].tokens[0], claims=Claims())
    ours = replace(snapshot.identities[0], tokens=(opaque, snapshots.failed_token()))
    made = replace(snapshot, identities=(ours,))
    assert "This token is opaque" in view_text(draw(board, "claims", scene_of(made)))
    failed = draw(board, "claims", scene_of(made, token=1))
    failure = snapshots.failed_token().failure
    assert failure is not None
    text = view_text(failed)
    assert text.replace("\n", " ").startswith(failure.message)
    assert failure.causes[0].remedy.split()[0] in text
    assert [item.command for item in failed.items if item.key == "cause:0"] == [failure.causes[0].commands[0]]
    assert text_of(failed.status) == "↵ why"


def test_commands_for_several_things_stand_under_what_each_is_for(board: Dashboard) -> None:
    failure = snapshots.wrong_audience()
    one = replace(failure.causes[0], commands=("az a list", "az b update"), purposes=("look", "mend"))
    token = replace(snapshots.failed_token(), failure=replace(failure, causes=(one,)))
    rows = [
        row.strip() for row in view_text(draw(board, "claims", scene_with(snapshots.healthy(), token))).splitlines()
    ]
    assert rows[-4:] == ["look up first", "az a list", "this mends it", "az b update"]
    single = replace(one, commands=("az b update",), purposes=("mend",))
    token = replace(token, failure=replace(failure, causes=(single,)))
    assert "this mends it" not in view_text(draw(board, "claims", scene_with(snapshots.healthy(), token)))


def test_what_to_do_is_in_sight_on_the_smallest_claims(board: Dashboard) -> None:
    scene = scene_with(snapshots.healthy(), snapshots.failed_token())
    cramped = view_text(draw(board, "claims", scene, 76, 5)).splitlines()
    assert any(row.strip().startswith("az ad sp list") for row in cramped[:5])
    assert "" not in cramped
    assert "" in view_text(draw(board, "claims", scene, 76, 9)).splitlines()


def test_the_vault_shows_stages_matrix_and_the_first_remedy(board: Dashboard) -> None:
    view = draw(board, "vault", scene_of(snapshots.failed()), 56, 24)
    text = view_text(view)
    assert "resolve ✓ 1 ms" in text
    assert "model RBAC   tenant ✓ same as the token's" in text
    assert "secrets       [✓]  [✓]    ~     ·       ·       ·" in text
    assert "✗ keys/get no role assignment at this scope" in text
    assert "↵ fix" in text
    assert text_of(view.status) == "probed 14:02:11 · vault-wide"
    cell = next(item for item in view.items if item.key == "cell:keys/get")
    assert text_of(cell.note) == "keys/get denied: 403 ForbiddenByRbac (wanted) · ↵ fix"


@pytest.mark.parametrize("width", [44, 56, 76, 96])
def test_every_glyph_of_the_matrix_is_explained_and_no_other(board: Dashboard, width: int) -> None:
    view = draw(board, "vault", scene_of(snapshots.failed()), width, 40)
    legend = " ".join(text_of(row) for row in view.items[-1].lines)
    for words in ("[ ] wanted", "✓ granted", "✗ denied", "~ likely", "· untested"):
        assert words in legend
    assert "blocked" not in legend
    assert view.note == ()
    cramped = draw(board, "vault", scene_of(snapshots.failed()), width, 8)
    assert text_of(cramped.note).startswith("[ ] wanted")


@pytest.mark.parametrize("width", range(44, 120, 7))
def test_why_a_permission_is_denied_reads_on_from_line_to_line(board: Dashboard, width: int) -> None:
    scene = scene_of(snapshots.failed())
    assert scene.the_vault is not None
    cell = worst_cell(scene.the_vault)
    assert cell is not None
    rows = [text_of(row).strip() for row in remedy_lines(cell, width)]
    words = " ".join(" ".join(rows).replace("↵ fix", "").split())
    assert words == f"✗ keys/get {cell.advice[0].cause} {cell.advice[0].remedy}"
    assert sum("↵ fix" in row for row in rows) == 1


def test_the_remedy_is_in_sight_on_the_smallest_board(board: Dashboard) -> None:
    view = draw(board, "vault", scene_of(snapshots.failed()), 76, 8)
    rows = view_text(view).splitlines()[:8]
    assert any("↵ fix" in row for row in rows)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_own_glyph(board: Dashboard, verdict: Verdict) -> None:
    snapshot = snapshots.failed()
    cells = (snapshots.permission("secrets", "get", verdict),)
    vault = replace(snapshots.vault(), permissions=cells)
    ours = replace(snapshot.identities[0], vaults=(vault,))
    text = view_text(draw(board, "vault", scene_of(replace(snapshot, identities=(ours,))), 76, 6))
    glyphs = {"granted": "✓", "denied": "✗", "likely": "~", "blocked": "⊘", "unknown": "?", "untested": "·"}
    assert f"secrets   {glyphs[verdict.value]}" in text


def test_a_vault_of_another_tenant_stands_out(board: Dashboard) -> None:
    snapshot = snapshots.failed()
    ours = replace(snapshot.identities[0], vaults=(replace(snapshots.vault(), tenant_id="other"),))
    assert "tenant ✗ not the token's" in view_text(
        draw(board, "vault", scene_of(replace(snapshot, identities=(ours,))))
    )


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (60, "not found: IMDS answered 400: Identity not found"),
        (40, "not found: Identity not found"),
        (20, "not found HTTP 400"),
        (10, "not found"),
    ],
)
def test_a_failure_is_told_by_what_was_said_and_not_by_a_code_that_says_nothing(room: int, words: str) -> None:
    said = "IMDS answered 400: Identity not found"
    failure = FailureView("identity_not_found", said, NOW, http_status=400, code="invalid_request")
    assert failure_words(TokenView("https://vault.azure.net", status="failed", failure=failure), room) == words


def test_a_code_that_says_something_is_told() -> None:
    said = "IMDS answered 400: AADSTS500011: The resource principal named api://orders was not found"
    failure = FailureView("resource_not_found", said, NOW, http_status=400, code="AADSTS500011")
    token = TokenView("api://orders", status="failed", failure=failure)
    assert failure_words(token, 40) == "wrong audience: AADSTS500011"


def test_a_failure_is_told_by_its_cause_where_that_is_certain() -> None:
    cause = Advice("arc_agent_disconnected", "certain", "The Arc agent says that it is disconnected.", "See why.")
    failure = FailureView("bad_request", "Azure Arc answered 400: no", NOW, http_status=400, causes=(cause,))
    assert failure_word(failure) == "disconnected"
    assert failure_word(replace(failure, causes=(replace(cause, certainty="likely"),))) == "bad request"


def test_the_watch_is_told_in_the_frame(board: Dashboard) -> None:
    snapshot = snapshots.failed()

    def told(watch: WatchView, watch_key: str = "w") -> list[str]:
        ours = replace(snapshot.identities[0], vaults=(replace(snapshots.vault(), watch=watch),))
        scene = replace(scene_of(replace(snapshot, identities=(ours,))), watch_key=watch_key)
        board.panes["vault"].scene = scene
        return [text_of(way) for way in board.panes["vault"].corners()[1]]

    waiting = WatchView(NOW - 65, 3, None, NOW + 25)
    ways = ["watching, next 14:02:36", "probes 14:02:36", "watching"]
    assert told(waiting) == [*(f"{way} · w stops" for way in ways), "w stops"]
    assert told(waiting, "") == ways
    assert told(WatchView(NOW - 5, 1)) == ["watching · w stops", "w stops"], "while it is probed"
    assert told(WatchView(NOW - 150, 6, NOW)) == ["✓ granted after 2 min 30 s", "✓ granted"]


def test_what_is_under_way_is_told_in_whole_words(board: Dashboard) -> None:
    words = "waiting 4 s: IMDS asks for fewer requests, attempt 3 follows"
    waiting = TokenView("https://vault.azure.net", "Azure Resource Manager", activity=Activity(words, NOW))
    scene = scene_with(snapshots.healthy(), waiting)
    for width, told in ((116, words), (77, words.partition(",")[0]), (76, "IMDS asks for fewer requests")):
        row = text_of(draw(board, "tokens", scene, width).items[0].lines[0])
        assert f"  {told}  " in f"{row}  ", width
    assert "  IMDS asks for fewer…" in text_of(draw(board, "tokens", scene, 56).items[0].lines[0])
    assert words in " ".join(view_text(draw(board, "claims", scene, 76)).split())


def test_the_endpoint_was_checked_when_it_last_answered_for_a_token(board: Dashboard) -> None:
    failed = snapshots.failed_token()
    assert failed.failure is not None
    failed = replace(failed, failure=replace(failed.failure, at=NOW - 1))
    scene = scene_with(snapshots.healthy(), failed)
    assert text_of(draw(board, "tokens", scene).status).startswith("checked 14:02:10 ")


def test_a_long_subject_keeps_its_separator(board: Dashboard) -> None:
    subject = f"client:{snapshots.WEB} · https://management-of-contoso.vault.azure.net"
    event = Event(NOW, "ok", subject, "token acquired in 3 ms")
    for width in (44, 56):
        rows = view_text(draw(board, "events", scene_of(replace(snapshots.healthy(), events=(event,))), width))
        first = rows.splitlines()[0]
        assert " · " in first
        assert "client:" in first
        assert first.rstrip().endswith(".net")


def test_vaults_are_numbered_where_there_are_several(board: Dashboard) -> None:
    snapshot = snapshots.failed()
    unprobed = VaultView("https://other.vault.azure.net", "other")
    ours = replace(snapshot.identities[0], vaults=(snapshots.vault(), unprobed))
    made = replace(snapshot, identities=(ours,))
    assert draw(board, "vault", scene_of(made)).subject == "contoso-kv 1/2"
    other = draw(board, "vault", scene_of(made, vault=1))
    assert other.subject == "other 2/2"
    assert "Not probed yet" in view_text(other)


def test_no_vault_says_how_to_add_one(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    ours = replace(snapshot.identities[0], vaults=())
    text = view_text(draw(board, "vault", scene_of(replace(snapshot, identities=(ours,)))))
    assert text.startswith("+ add a Key Vault\nNo vault yet.")


def test_events_are_newest_first_and_filtered(board: Dashboard) -> None:
    pane = board.panes["events"]
    assert view_text(draw(board, "events", scene_of(snapshots.failed()))).startswith("14:02:10  ▲ vault.azure.net")
    pane.filter = "AADSTS"
    try:
        view = draw(board, "events", scene_of(snapshots.failed()))
        assert len(view.items) == 1
        assert text_of(view.note) == "1 of 6 with “AADSTS”"
    finally:
        pane.filter = ""


def test_the_guide_says_why_and_what_to_try(board: Dashboard) -> None:
    text = view_text(draw(board, "guide", scene_of(snapshots.nothing_here())))
    assert text.startswith("No managed identity endpoint answers here.")
    assert "az vm identity assign" in text
    assert "mitui --demo" in text
    simulated = replace(snapshots.nothing_here(), assumptions=(f"{SIMULATED}: the scenario 'empty'",))
    assert "mitui --demo" not in view_text(draw(board, "guide", scene_of(simulated)))


def test_a_warning_marks_a_token_that_is_otherwise_well(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    token = replace(snapshot.identities[0].tokens[0], warnings=(HealthWarning("expiry_disagrees", "two expiries"),))
    row = text_of(draw(board, "tokens", scene_with(snapshot, token)).items[0].lines[0])
    assert row.startswith("▲ ")
    assert "expiry disagrees " in row
    assert row.rstrip().endswith("warning   ↵ why")


@pytest.mark.parametrize("width", [76, 116])
def test_a_token_that_comes_again_though_it_is_due_says_so_on_its_row(board: Dashboard, width: int) -> None:
    snapshot = snapshots.expiring()
    due = replace(snapshot.identities[0].tokens[1], warnings=(HealthWarning("same_token", "the same again"),))
    scene = scene_with(snapshot, due)
    [item] = draw(board, "tokens", scene, width).items
    row = text_of(item.lines[0])
    assert "same token again" in row
    assert "expiring" in row
    assert row.rstrip().endswith("↵ why")
    assert "renews" not in row
    assert text_of(item.note).startswith("same token again · asks again 14:03:11")


def test_a_good_token_with_a_note_is_ok_and_leads_to_it(board: Dashboard) -> None:
    snapshot = snapshots.healthy()
    told = replace(snapshot.identities[0].tokens[0], warnings=(HealthWarning("same_token", "the same again"),))
    scene = scene_with(snapshot, told)
    for width in (76, 116):
        row = text_of(draw(board, "tokens", scene, width).items[0].lines[0])
        assert row.startswith("● ")
        assert "ok ↵ see" in row


def test_a_palette_exists_for_every_theme() -> None:
    app, _ = dashboard()
    for theme in app.available_themes.values():
        variables = theme.to_color_system().generate() | theme.variables
        assert palette(variables, ansi=theme.ansi, dark=theme.dark).roles
