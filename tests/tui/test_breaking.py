"""Lines that are broken where a reader would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mitui.tui.drawing.breaking import list_lines, word_lines

IMDS = "imds at http://127.0.0.1:33235/metadata/identity/oauth2/token"


@given(st.text(st.sampled_from("ab日 /,:·\n")), st.integers(8, 40))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    for lines in (list_lines(text, width), word_lines(text, width)):
        assert all(cell_len(each) <= width for each in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
        assert len(lines) > text.count("\n")


def test_an_address_begins_where_there_is_room_and_goes_on_after_a_slash() -> None:
    assert word_lines(IMDS, 53) == ["imds at http://127.0.0.1:33235/metadata/identity/", "oauth2/token"]
    assert word_lines(IMDS, 61) == [IMDS]


def test_what_has_no_steps_stays_whole() -> None:
    guid = "72f9ab01-86f1-41af-91ab-2d7cd011db47"
    assert word_lines(f"set: {guid}", 40) == ["set:", guid]
    assert word_lines(guid, 20) == [guid[:20], guid[20:]]


def test_a_member_of_a_list_stays_whole() -> None:
    names = "MSAL Python 1.39, Az PowerShell 5.5"
    assert list_lines(names, 25) == ["MSAL Python 1.39,", "Az PowerShell 5.5"]
    assert word_lines(names, 25) == ["MSAL Python 1.39, Az", "PowerShell 5.5"]
    assert list_lines(names, 10) == ["MSAL", "Python", "1.39, Az", "PowerShell", "5.5"]
