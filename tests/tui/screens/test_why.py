"""The Why screen: what it says, and its keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mitui.diagnosis.advice import Advice
from mitui.keyvault.verdict import Verdict
from mitui.monitor.identity_view import IdentityView, PermissionView, TokenView
from mitui.tui.screens.show_text import ShowTextScreen
from mitui.tui.screens.why.lines import Pair, Why
from mitui.tui.screens.why.screen import WhyScreen, as_text
from mitui.tui.screens.why.subject import why_permission, why_source, why_token, why_vault, why_warnings
from tests.tui.screens import values
from tests.tui.screens.host import Host, shown


def token_why(token: TokenView = values.FAILED_TOKEN, identity: IdentityView = values.USER) -> Why:
    why = why_token(token, identity)
    assert why is not None
    return why


def test_the_likeliest_cause_comes_first_then_what_to_do_then_the_evidence() -> None:
    why = token_why()
    assert [section.title for section in why.sections] == [
        "Cause",
        "What to do",
        "Or",
        "On the wire",
        "Your SDK will say",
    ]
    assert why.sections[0].note == "likely · identity_not_assigned"
    assert why.commands[0].startswith("az vm identity assign")
    assert "HTTP 400" in why.detail


def test_nothing_is_said_twice() -> None:
    first = values.FAILURE.causes[0]
    again = replace(first, certainty="possible", cause="Or so.", remedy="")
    why = token_why(replace(values.FAILED_TOKEN, failure=replace(values.FAILURE, causes=(first, again))))
    assert why.commands == first.commands
    assert as_text(why).count(first.who) == 1
    assert f"Or (possible · {first.kind})\n  Or so." in as_text(why)


def test_the_last_exchange_is_shown_first_with_its_number() -> None:
    second = replace(values.EXCHANGE, url="http://127.0.0.1/again", status=None, trouble="timed out after 2 s")
    failure = replace(values.FAILURE, exchanges=(values.EXCHANGE, second))
    text = as_text(token_why(replace(values.FAILED_TOKEN, failure=failure)))
    assert text.index("On the wire (2 of 2)") < text.index("On the wire (1 of 2)")
    assert "came back: nothing: timed out after 2 s" in text


def test_a_long_message_is_told_by_its_first_sentence_where_the_reply_has_all_of_it() -> None:
    first = "IMDS answered 400: AADSTS500011: no principal is named https://x.example in this tenant."
    long = first + " And so on." * 20
    failure = replace(values.FAILURE, message=long)
    why = token_why(replace(values.FAILED_TOKEN, failure=failure))
    assert why.headline == first
    silent = replace(failure, exchanges=(replace(values.EXCHANGE, body=""),))
    assert token_why(replace(values.FAILED_TOKEN, failure=silent)).headline == long


def test_a_good_token_that_is_kept_is_mentioned() -> None:
    kept = replace(values.FAILED_TOKEN, expires_at=values.NOW + 3600)
    assert "expires at 2026-01-01 01:00:00 UTC" in as_text(token_why(kept))


def test_a_healthy_token_has_no_why_and_a_warned_one_has() -> None:
    healthy = TokenView("https://vault.azure.net", status="ok")
    assert why_token(healthy, values.SYSTEM) is None
    warned = why_token(replace(healthy, warnings=(values.WARNING,)), values.SYSTEM)
    assert warned is not None
    assert warned.commands == values.WARNING.commands


def test_a_permission_says_how_it_was_found_out() -> None:
    text = as_text(why_permission(values.DENIED, values.VAULT, values.SYSTEM))
    for words in ("keys/get: denied · wanted", "403 ForbiddenByRbac", "Key Vault Crypto User", "holds for: the whole"):
        assert words in text


def test_where_access_policies_decide_no_role_is_named() -> None:
    vault = replace(values.VAULT, model="access_policy")
    text = as_text(why_permission(replace(values.DENIED, advice=()), vault, values.SYSTEM))
    assert "access policy: get on keys" in text
    assert "Key Vault Crypto User" not in text
    assert "vaults/keys/read" not in text


def test_every_verdict_has_words() -> None:
    for verdict in Verdict:
        permission = PermissionView(replace(values.DENIED.result, verdict=verdict, exchange=None, http_status=None))
        why = why_permission(permission, values.VAULT, values.SYSTEM)
        assert "keys/get: " in why.headline
        assert "tier" not in as_text(why)


def test_a_vault_failure_says_how_far_it_got() -> None:
    assert why_vault(values.VAULT, values.SYSTEM) is None
    failed = why_vault(replace(values.VAULT, failure=values.FAILURE), values.SYSTEM)
    assert failed is not None
    assert failed.sections[-1].title == "How far it got"


def test_the_source_says_what_was_looked_at() -> None:
    found = as_text(why_source(values.SOURCE))
    assert "IDENTITY_ENDPOINT: not set" in found
    missing = why_source(replace(values.SOURCE, failure=values.FAILURE, process_note="As process 42 sees it."))
    assert missing.tone == "error"
    assert "As process 42 sees it." in as_text(missing)


def test_one_warning_is_told_once() -> None:
    alone = why_warnings("this host", (values.WARNING,))
    both = why_warnings("this host", (values.WARNING, replace(values.WARNING, message="Another.")))
    for why in (alone, both):
        assert why is not None
        assert as_text(why).count(values.WARNING.message) == 1


def test_a_token_that_nothing_is_said_of_has_no_why_whatever_is_said_of_its_identity() -> None:
    warned = replace(values.SYSTEM, warnings=(values.WARNING,))
    assert why_token(TokenView("https://vault.azure.net", status="ok"), warned) is None


def test_no_warnings_no_why() -> None:
    assert why_warnings("this host", ()) is None


async def test_y_copies_the_marked_command_and_says_so_honestly() -> None:
    app = Host(WhyScreen(token_why()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        assert app.clipboard == values.FAILURE.causes[0].commands[0]
        await pilot.pause()
        assert "sent to the terminal's clipboard (OSC 52): az " in shown(app)
        await pilot.press("tab", "tab", "enter")
        assert app.clipboard == values.FAILURE.causes[1].commands[0]
        await pilot.press("shift+tab", "y")
        assert app.clipboard == values.FAILURE.causes[0].commands[1]


FINDING, MENDING, SEEING = "az identity list", "az vm identity assign --identities <identity-resource-id>", "az vm show"
THREE = Advice(
    "x",
    "likely",
    "cause",
    "remedy",
    (FINDING, MENDING, SEEING),
    who="its owner",
    purposes=("look", "mend", "check"),
    found_above=("identity-resource-id",),
)


def three() -> Why:
    return token_why(replace(values.FAILED_TOKEN, failure=replace(values.FAILURE, causes=(THREE,))))


def test_each_command_stands_under_what_it_is_for() -> None:
    below = as_text(three()).partition("What to do\n")[2].partition("\n\n")[0]
    assert [line.strip() for line in below.splitlines()] == [
        "remedy",
        "who can do it: its owner",
        "look up first",
        FINDING,
        "this mends it",
        MENDING,
        "<identity-resource-id>: fill it from what the look-up above prints",
        "check afterwards",
        SEEING,
    ]


async def test_y_copies_the_first_command_that_mends_and_tab_reaches_the_others() -> None:
    app = Host(WhyScreen(three()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        [marked] = [line for line in shown(app).splitlines() if "▸" in line]
        assert "identity assign" in marked
        copied = []
        for key in ("y", "tab", "tab", "shift+tab"):
            await pilot.press(key, "y")
            copied.append(app.clipboard)
        assert copied == [MENDING, SEEING, FINDING, SEEING]


async def test_where_nothing_mends_it_says_so_and_y_copies_the_first() -> None:
    looking = replace(THREE, commands=(FINDING, SEEING), purposes=("look", "look"), found_above=())
    why = token_why(replace(values.FAILED_TOKEN, failure=replace(values.FAILURE, causes=(looking,))))
    assert "this only looks" in as_text(why)
    app = Host(WhyScreen(why))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        assert app.clipboard == FINDING


def test_what_an_older_mitui_saved_has_no_labels() -> None:
    old = replace(THREE, purposes=(), found_above=())
    why = token_why(replace(values.FAILED_TOKEN, failure=replace(values.FAILURE, causes=(old,))))
    assert "look up first" not in as_text(why)
    assert why.to_copy == 0
    assert "<identity-resource-id>: az identity list" in as_text(why)


async def test_the_command_that_y_copies_has_a_mark_that_needs_no_colour() -> None:
    app = Host(WhyScreen(token_why()))
    async with app.run_test(size=(120, 40)) as pilot:
        for command in values.FAILURE.causes[0].commands[:2]:
            await pilot.pause()
            marked = [line for line in shown(app).splitlines() if "▸" in line]
            assert len(marked) == 1
            assert command[:40] in marked[0]
            await pilot.press("tab")


async def test_the_keys_stand_there_again_after_what_was_done_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitui.tui.screens.dialog._FLASH", 0.1)
    app = Host(WhyScreen(token_why()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("y")
        for _ in range(200):
            await pilot.pause(0.02)
            if "OSC 52" not in shown(app):
                break
        assert "y copy" in shown(app).splitlines()[-1]


async def test_the_marked_command_is_brought_into_view() -> None:
    app = Host(WhyScreen(token_why()))
    async with app.run_test(size=(60, 20)) as pilot:
        assert "mitui check" not in shown(app)
        await pilot.press("tab", "tab")
        await pilot.pause()
        assert "mitui check" in shown(app)


async def test_a_page_without_commands_says_so() -> None:
    app = Host(WhyScreen(why_source(values.SOURCE)))
    async with app.run_test() as pilot:
        await pilot.press("tab", "y")
        await pilot.pause()
        assert "no command here" in shown(app)


async def test_the_page_can_be_copied_whole_or_shown_for_selection() -> None:
    app = Host(WhyScreen(token_why()))
    async with app.run_test() as pilot:
        await pilot.press("Y")
        assert "On the wire" in app.clipboard
        await pilot.press("s")
        assert isinstance(app.screen, ShowTextScreen)
        await pilot.press("escape")
        assert app.screen is app.opened


async def test_scrolling_by_line_page_section_and_to_the_ends() -> None:
    screen = WhyScreen(token_why())
    app = Host(screen)
    async with app.run_test(size=(60, 20)) as pilot:

        async def after(*keys: str) -> float:
            await pilot.press(*keys)
            await pilot.pause()
            return screen.box.scroll_y

        assert await after("j", "j") == 2
        assert await after("k") == 1
        assert await after("g") == 0
        page = await after("space")
        assert page > 10
        assert await after("b") == 0
        end = await after("G")
        assert end == screen.box.max_scroll_y
        await after("g")
        await after("right_square_bracket")
        first = shown(app).splitlines()[1]
        assert "Cause" in first
        await after("n")
        assert "What to do" in shown(app).splitlines()[1]
        await after("left_square_bracket")
        assert "Cause" in shown(app).splitlines()[1]
        assert await after("N", "N") == 0


async def test_q_closes_the_page_and_not_the_program() -> None:
    app = Host(WhyScreen(token_why()))
    async with app.run_test() as pilot:
        await pilot.press("q")
        assert "the board" in shown(app)


async def test_what_is_copied_holds_no_hidden_line_or_sequence() -> None:
    advice = replace(values.FAILURE.causes[0], commands=("az x\x1b[201~\rrm -rf ~",))
    failure = replace(values.FAILURE, causes=(advice,))
    app = Host(WhyScreen(token_why(replace(values.FAILED_TOKEN, failure=failure))))
    async with app.run_test() as pilot:
        await pilot.press("y")
        assert "\x1b" not in app.clipboard
        assert "\r" not in app.clipboard


def test_every_placeholder_is_told_even_where_two_are_found_alike() -> None:
    command = "az network vnet subnet list --resource-group <network-resource-group> --vnet-name <virtual-network>"
    advice = Advice("x", "likely", "cause", "remedy", (command,))
    failed = why_vault(replace(values.VAULT, failure=replace(values.FAILURE, causes=(advice,))), values.SYSTEM)
    assert failed is not None
    labels = {line.label for section in failed.sections for line in section.lines if isinstance(line, Pair)}
    assert {"<network-resource-group>", "<virtual-network>"} <= labels
