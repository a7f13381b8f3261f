"""A saved Snapshot comes back as it was, and what is no such document is refused in a sentence."""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mitui.claims import Claims
from mitui.engine.identity import ClientId, ObjectId, ResourceId, SystemAssigned
from mitui.engine.source_kind import SourceKind
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.snapshot import Snapshot
from mitui.report.formats import CheckRun
from mitui.report.redaction import Redactor
from mitui.report.saved.document import (
    LIMIT,
    SCHEMA_VERSION,
    Saved,
    SavedError,
    masked_copy,
    read_document,
    write_document,
)
from tests.report.samples import CLIENT, FAILING, HEALTHY, IDS, NO_ENDPOINT, NOW, TOKEN, VM
from tests.report.saved.any_snapshot import SNAPSHOTS

RUN = CheckRun(1.5, 300.0, 60.0)
FIRST = Path(__file__).with_name("saved.1.json")
"""Written by the first mitui that saved: what it holds is read for ever."""
SAMPLE = Saved(replace(FAILING, generated_at=NOW), RUN, masked=False, options=(("vaults", "https://contoso-kv"),))


def document(**changes: object) -> dict[str, Any]:
    loaded = json.loads(write_document(SAMPLE))
    assert isinstance(loaded, dict)
    return {**loaded, **changes}


def refusal(text: bytes | str) -> str:
    with pytest.raises(SavedError) as refused:
        read_document(text.encode() if isinstance(text, str) else text)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.isprintable()
    return sentence


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(SNAPSHOTS, st.booleans())
@example(FAILING, False)
@example(HEALTHY, True)
@example(NO_ENDPOINT, False)
@example(Snapshot(), False)
def test_any_snapshot_comes_back_as_it_was(snapshot: Snapshot, masked: bool) -> None:
    saved = Saved(snapshot, RUN, masked)
    text = write_document(saved)
    assert text.isascii()
    back = read_document(text.encode())
    assert back == saved
    assert back.snapshot.generated_at == snapshot.generated_at
    assert write_document(back) == text


def test_every_kind_of_identity_comes_back_as_itself() -> None:
    kinds = (SystemAssigned(), ClientId(CLIENT), ObjectId(CLIENT), ResourceId(VM))
    snapshot = replace(HEALTHY, identities=tuple(IdentityView(each, "x") for each in kinds))
    back = read_document(write_document(Saved(snapshot, RUN)).encode()).snapshot
    assert [type(each.identity) for each in back.identities] == [type(each) for each in kinds]
    assert back.source.kind is SourceKind.IMDS


# Masks


def test_a_masked_file_holds_no_id() -> None:
    text = write_document(masked_copy(SAMPLE, Redactor())).lower()
    assert [each for each in IDS if each.lower() in text] == []


def test_an_id_has_the_same_mask_in_every_file_and_others_have_others() -> None:
    one = masked_copy(SAMPLE, Redactor()).snapshot
    # The same ids come in another order, and among others, in the other file.
    other_host = replace(
        FAILING,
        host=replace(FAILING.host, name="another", resource_id=""),
        identities=tuple(reversed(FAILING.identities)),
    )
    two = masked_copy(Saved(other_host, RUN, masked=False), Redactor()).snapshot
    assert two.identities == tuple(reversed(one.identities))
    assert two.host.name != one.host.name
    assert two.host.subscription_id == one.host.subscription_id
    assert len({one.host.subscription_id, one.host.tenant_id, one.host.name, one.host.resource_group}) == 4


def test_what_is_masked_is_not_masked_again() -> None:
    masked = masked_copy(SAMPLE, Redactor())
    assert masked_copy(masked, Redactor()) is masked


# Versions


def test_the_first_file_is_still_read() -> None:
    saved = read_document(FIRST.read_bytes())
    assert saved.snapshot.host.name == "vm-web-01"
    assert saved.snapshot == SAMPLE.snapshot
    assert json.loads(FIRST.read_text("utf-8"))["schema_version"] == 1


def test_what_an_older_mitui_did_not_know_has_its_default() -> None:
    older = document()
    del older["snapshot"]["interval"]
    del older["snapshot"]["identities"][0]["tokens"][0]["is_federated"]
    del older["options"]
    saved = read_document(json.dumps(older).encode())
    assert saved.snapshot == SAMPLE.snapshot
    assert saved.options == ()


def test_what_a_newer_mitui_has_besides_is_passed_over() -> None:
    newer = document(weather="fine")
    newer["snapshot"]["host"]["weather"] = "fine"
    assert read_document(json.dumps(newer).encode()) == SAMPLE


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 10**40])
def test_a_newer_version_is_refused(version: int) -> None:
    assert "use the mitui that wrote it" in refusal(json.dumps(document(schema_version=version)))


# What is no such file


@pytest.mark.parametrize("version", [0, -1, True, "1", None, 1.0, [1]])
def test_a_version_that_is_none(version: object) -> None:
    assert "which version" in refusal(json.dumps(document(schema_version=version)))


@pytest.mark.parametrize("size", [0, 1, 100, 5_000])
def test_a_truncated_file(size: int) -> None:
    assert "cut off" in refusal(write_document(SAMPLE).encode()[:size])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 200_000,
        '{"format": "mitui snapshot", "schema_version": 1, "snapshot": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_a_deeply_nested_file(text: str) -> None:
    assert "nested too deeply" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe\x00", b"\x00" * 64, b"NaN", b"Infinity", b'{"format": -Infinity}', b"9" * 10_000],
)
def test_what_is_not_json(text: bytes) -> None:
    assert "no whole JSON document" in refusal(text)


@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", '"mitui snapshot"', '{"format": "other"}', '{"schema_version": 1}']
)
def test_what_is_another_document(text: str) -> None:
    assert "is no saved snapshot" in refusal(text)


def _set(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(tree: dict[str, Any]) -> None:
        place: Any = tree
        for each in path[:-1]:
            place = place[each]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("snapshot", value=[]),
        _set("snapshot", value=None),
        _set("snapshot", "status", value="fine"),
        _set("snapshot", "status", value=["ok"]),
        _set("snapshot", "source", "kind", value="moon"),
        _set("snapshot", "selected", value=0.5),
        _set("snapshot", "selected", value=True),
        _set("snapshot", "interval", value=10**400),
        _set("snapshot", "interval", value="60"),
        _set("snapshot", "host", "name", value=7),
        _set("snapshot", "host", "detail", value=[["a"]]),
        _set("snapshot", "events", value=[{"at": 1}]),
        _set("snapshot", "identities", value={"a": 1}),
        _set("snapshot", "identities", 0, "identity", value=["system", "x"]),
        _set("snapshot", "identities", 0, "identity", value=["email", "x"]),
        _set("snapshot", "identities", 0, "identity", value=None),
        _set("snapshot", "identities", 0, "tokens", 0, "claims", value=["", "{"]),
        _set("snapshot", "identities", 0, "tokens", 0, "claims", value=["", "[]"]),
        _set("snapshot", "identities", 0, "tokens", 0, "claims", value=["", '{"a":' + "[" * 900 + "]" * 900 + "}"]),
        _set("snapshot", "identities", 0, "tokens", 0, "claims", value=["", "[" * 100_000]),
        _set("snapshot", "identities", 0, "tokens", 0, "claims", value="eyJ"),
        _set("masked", value="no"),
        _set("run", value={}),
        _set("options", value=[["a", 1]]),
    ],
)
def test_what_does_not_fit(change: Callable[[dict[str, Any]], None]) -> None:
    broken = document()
    change(broken)
    assert "does not fit" in refusal(json.dumps(broken))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever a file holds in place of what it should, the answer is a Snapshot or a sentence."""
    broken = document()
    place: Any = broken
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or data.draw(st.integers(0, 4)) == 0:
            break
        place = inner
    place[key] = data.draw(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
    )
    try:
        saved = read_document(json.dumps(broken).encode())
    except SavedError:
        return
    assert dataclasses.is_dataclass(saved.snapshot)


def test_one_that_could_not_be_read_back_is_not_written() -> None:
    vast = replace(TOKEN, claims=Claims("", json.dumps({"roles": "x" * LIMIT})))
    identity = replace(HEALTHY.identities[0], tokens=(vast,))
    with pytest.raises(SavedError, match="larger than"):
        write_document(Saved(replace(HEALTHY, identities=(identity,)), RUN))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
@pytest.mark.parametrize("piece", ["[],", '"",', "{},", "0,", '{"a":[]},'])
def test_the_largest_file_takes_bounded_memory(piece: str, tmp_path: Path) -> None:
    place = tmp_path / "large.json"
    place.write_text("[" + piece * ((LIMIT - 8) // len(piece)) + "0]")
    code = (
        "import sys; from mitui.cli.output.saved_file import read_saved\n"
        "from mitui.cli.command_line.options import UsageError\n"
        "try: read_saved(sys.argv[1])\nexcept UsageError as error: print(error)"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (512 * 1024 * 1024, 512 * 1024 * 1024))

    run = subprocess.run(
        [sys.executable, "-c", code, str(place)], preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip().endswith("`mitui check --save FILE` makes one"), run.stderr[-500:]
