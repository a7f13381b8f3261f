"""What a code means, offline: everything that mitui can say has one, and each says how it is recognised."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mitui.diagnosis
from mitui.diagnosis.explain import explain, known_codes, nearest
from mitui.diagnosis.notices import _WARNINGS
from mitui.diagnosis.warning_kinds import WARNING_KINDS
from mitui.diagnosis.warning_remedies import WARNING_REMEDIES
from mitui.engine.failure import FailureKind
from mitui.keyvault.probe_result import VaultFailureKind
from tests.diagnosis.cases import EVERY_CAUSE

CODES = known_codes()
ROOM = Path(mitui.diagnosis.__file__).parent


def _warnings_made() -> set[str]:
    """The kinds that stand as literals in every call that makes a warning."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "HealthWarning" and node.args:
                literals = (each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant))
                found |= {each for each in literals if isinstance(each, str)}
    return found


def test_every_kind_of_failure_warning_and_cause_has_a_meaning() -> None:
    kinds = {str(kind) for kinds in (FailureKind, VaultFailureKind) for kind in kinds}
    causes = {cause.kind for cause in EVERY_CAUSE}
    assert {"defect"} < kinds
    assert kinds | causes | WARNING_KINDS.keys() <= CODES.keys()
    assert all(sentence.endswith(".") for sentence in CODES.values())


def test_every_warning_is_there_and_none_that_is_never_given() -> None:
    assert _warnings_made() | _WARNINGS.keys() == WARNING_KINDS.keys() == WARNING_REMEDIES.keys()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained_in_any_case(code: str) -> None:
    found = explain(code)
    assert found
    assert explain(code.upper()) == found == explain(f" {code.lower()} ")
    for each in found:
        assert each.what == "warning" or each.recognised_by, f"{each.code} does not say how it is recognised"
        assert "{" not in each.sentence + each.remedy
        assert "lambda" not in " ".join(each.recognised_by)
        assert "`" not in " ".join(each.recognised_by)
        assert each.what == "cause" or each.remedy
        assert "below" not in each.remedy


def test_the_codes_that_people_paste() -> None:
    assert [each.code for each in explain("AADSTS700213")] == ["federated_subject_mismatch"]
    assert explain("ForbiddenByFirewall") or nearest("ForbiddenByFirewall") == "forbidden_by_firewall"
    assert explain("AKV10022")[0].code == "vault_wrong_audience"
    assert explain("AADSTS1") == ()
    assert nearest("AADSTS70021x").startswith("AADSTS7002")
    assert nearest("✗") == ""
