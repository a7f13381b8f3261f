"""Whatever stands in the place of a saved file: it is refused in one line, or every report of it is whole."""

from __future__ import annotations

import json

from hypothesis import given

from mitui.report.comparison.compare import compare, renewals
from mitui.report.comparison.forms import difference_values
from mitui.report.formats import FORMATS, CheckRun
from mitui.report.redaction import Redactor
from mitui.report.saved.document import Saved, SavedError, masked_copy, read_document, write_document
from mitui.safe_text import UNSAFE
from tests.hostility.mutations import changed, changed_document
from tests.hostility.script import Script, scripted
from tests.hostility.texts import SOME, as_json
from tests.report.samples import FAILING, HEALTHY, NO_ENDPOINT

RUN = CheckRun(1.5, 300.0, 60.0)
SAVED = tuple(
    write_document(Saved(each, RUN, masked=False, options=(("vaults", "contoso-kv"),)))
    for each in (FAILING, HEALTHY, NO_ENDPOINT)
)
DOCUMENTS = tuple(json.loads(each) for each in SAVED)
RENDER = {name: each.load() for name, each in FORMATS.items()}


def _saved(script: Script) -> bytes:
    how = script.number(6)
    if how == 0:
        return changed(script, script.pick(SAVED).encode())
    if how == 1:  # the claims are a text within, which an object is expected in
        document = json.loads(SAVED[1])
        token = document["snapshot"]["identities"][0]["tokens"][0]
        token["claims"] = [json.dumps(changed_document(script, json.loads(each))) for each in token["claims"]]
        return as_json(document)
    return as_json(changed_document(script, script.pick(DOCUMENTS)))


def _read(text: bytes) -> Saved | SavedError:
    try:
        return read_document(text)
    except SavedError as error:
        return error


@SOME
@given(scripted(_saved))
def test_a_saved_file_is_read_or_refused_in_one_line(text: bytes) -> None:
    saved = _read(text)
    if isinstance(saved, SavedError):
        assert str(saved).isprintable()
        return
    assert read_document(write_document(saved).encode()) == saved


@SOME
@given(scripted(_saved))
def test_whatever_a_saved_file_holds_is_reported_masked_and_compared(text: bytes) -> None:
    saved = _read(text)
    if isinstance(saved, SavedError):
        return
    reports = {name: render(saved.snapshot, saved.run) for name, render in RENDER.items()}
    json.loads(reports["json"])
    for report in reports.values():
        report.encode()
        assert not UNSAFE.search(report)
    masked_copy(saved, Redactor())
    differences = (*compare(FAILING, saved.snapshot), *renewals(FAILING, saved.snapshot))
    json.dumps(difference_values(differences), allow_nan=False)
