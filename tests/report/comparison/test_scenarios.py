"""Every scenario, saved and replayed, against itself and against every other one: what differs is what they say."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from mitui.cli.main import main
from mitui.monitor.snapshot import Snapshot
from mitui.report.comparison.compare import compare
from mitui.report.comparison.difference import CHAPTERS, TITLES, Difference
from mitui.report.comparison.forms import Comparison, Side, as_json, as_markdown, as_text
from mitui.simulator.scenarios.table import SCENARIOS
from tests.report.comparison.expected import SIGNED_IN, causes, expected, told
from tests.report.comparison.said import SAID
from tests.support.saved_scenarios import ScenarioFiles

EXIT_CODES = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}


@pytest.fixture(scope="session")
def masked(scenario_files: dict[str, ScenarioFiles]) -> dict[str, Snapshot]:
    return {name: files.replayed(masked=True) for name, files in scenario_files.items()}


def test_every_scenario_says_something() -> None:
    assert SAID.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_replay_is_what_the_scenario_says(
    name: str, scenario_files: dict[str, ScenarioFiles], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", "--replay", str(scenario_files[name].plain)])
    out, err = capsys.readouterr()
    assert (code, err) == (EXIT_CODES[SAID[name].status], "")
    for identity in SAID[name].asked:
        assert (identity if name != "cloud-shell" else SIGNED_IN) in out


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_differs_from_itself(name: str, replayed: dict[str, Snapshot], masked: dict[str, Snapshot]) -> None:
    assert compare(replayed[name], replayed[name]) == ()
    assert compare(masked[name], masked[name]) == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_differs_from_each_other_one_is_what_the_two_say(name: str, replayed: dict[str, Snapshot]) -> None:
    for other in (each for each in SAID if each != name):
        rows = compare(replayed[name], replayed[other])
        found = told(rows)
        assert len(found) == len(set(found)), f"{other}: something is told twice"
        assert set(found) == expected(SAID[name], SAID[other]), other
        assert all(each.a != each.b for each in rows)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_cause_comes_with_what_it_explains(name: str, replayed: dict[str, Snapshot]) -> None:
    for other in (each for each in SAID if each != name):
        for row in compare(replayed[name], replayed[other]):
            if row.chapter != "token":
                continue
            for _, identity, resource, *_ in told([row]):
                words = [causes(SAID[each].asked, identity, resource) for each in (name, other)]
                assert all(each in row.note for each in words), row
                if all(words):
                    assert row.note.index(f"A: {row.note[3:9]}") == 0
                    assert row.note.index(words[0]) < row.note.index("B: ") < row.note.index(words[1]), row
                assert bool(row.note) == any(words), row


def test_both_directions_tell_the_same(replayed: dict[str, Snapshot]) -> None:
    for one, other in permutations(replayed, 2):
        there, back = (compare(replayed[a], replayed[b]) for a, b in ((one, other), (other, one)))
        assert {_turned(each) for each in there} == {
            (each.chapter, frozenset(_parts(each.subject)), each.a, each.b, frozenset(_parts(each.note)))
            for each in back
        }


def _turned(row: Difference) -> tuple[str, frozenset[str], str, str, frozenset[str]]:
    """A row as the other direction should have it; which side a reason is of is turned, too."""
    note = re.sub(r"\b([AB]): ", lambda match: {"A": "B: ", "B": "A: "}[match[1]], row.note)
    return row.chapter, frozenset(_parts(row.subject)), row.b, row.a, frozenset(_parts(note))


def _parts(text: str) -> list[str]:
    """A text without the order of what it lists."""
    return re.split(r", | · |; | / | (?=[AB]: )", text)


def test_the_order_is_that_of_importance(replayed: dict[str, Snapshot]) -> None:
    for one, other in permutations(replayed, 2):
        rows = compare(replayed[one], replayed[other])
        chapters = [CHAPTERS.index(each.chapter) for each in rows]
        assert chapters == sorted(chapters)
        first = [each.subject for each in rows if each.subject in ("source", "endpoint")]
        assert [each.subject for each in rows][: len(first)] == first == sorted(first, reverse=True)


def test_masked_files_tell_as_much(replayed: dict[str, Snapshot], masked: dict[str, Snapshot]) -> None:
    for one, other in permutations(replayed, 2):
        plain = [(each.chapter, each.subject.count(", ")) for each in compare(replayed[one], replayed[other])]
        assert plain == [(each.chapter, each.subject.count(", ")) for each in compare(masked[one], masked[other])]


def test_every_form_holds_every_difference(replayed: dict[str, Snapshot]) -> None:
    for one, other in permutations(replayed, 2):
        rows = compare(replayed[one], replayed[other])
        found = Comparison(Side("one.json", replayed[one]), Side("-", replayed[other]), rows)
        text = as_text(found)
        assert text.startswith(f"{len(rows)} thing")
        at = 0
        for each in rows:
            for part in (TITLES[each.chapter], each.subject, each.a, each.b, each.note):
                assert part in text
            at = text.index(f"  - {each.subject}\n      A  {each.a}\n      B  {each.b}\n", at)
        assert as_markdown(found).count("\n| ") == len(rows) + len({each.chapter for each in rows})
        assert as_json(found).count('"chapter"') == len(rows)
