"""What is known of a code, without a host: a cause, a failure kind, a code of Entra ID or a vault, a warning's kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from mitui.diagnosis.advice import Certainty
from mitui.diagnosis.catalogue.registry import TOKEN_CAUSES
from mitui.diagnosis.catalogue.vault import PERMISSION_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.commands import singles, step_of
from mitui.diagnosis.host_type import NOUNS
from mitui.diagnosis.steps import Purpose, in_order
from mitui.diagnosis.symptom import described, names_of
from mitui.diagnosis.vault.advice import VAULT_CAUSES
from mitui.diagnosis.warning_kinds import WARNING_KINDS
from mitui.diagnosis.warning_remedies import WARNING_REMEDIES
from mitui.engine.failure import FailureKind
from mitui.keyvault.probe_result import VaultFailureKind
from mitui.wording import listed

What = Literal["cause", "warning"]
_CAUSES: Final[tuple[Cause[Any], ...]] = (*TOKEN_CAUSES, *VAULT_CAUSES, *PERMISSION_CAUSES)
_SPELLED: Final = re.compile(r"aadsts\d+|akv\d+")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cause, or one kind of warning. Facts that only a host has stand as ``<placeholder>``."""

    what: What
    code: str
    sentence: str
    certainty: Certainty | None = None
    recognised_by: tuple[str, ...] = ()
    certain_where: str = ""  # what makes it certain; without that it is likely
    remedy: str = ""
    commands: tuple[str, ...] = ()
    who: str = ""
    link: str = ""
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # the kind of host that each command is for, "" for any; empty where all are for any


def explain(code: str) -> tuple[Explanation, ...]:
    """Everything that this code can mean, the surest first; empty for one that is not known. Upper and lower case are
    the same.
    """
    wanted = code.strip().lower()
    causes = [cause for cause in _CAUSES if cause.kind == wanted]
    if not causes:
        causes = [cause for cause in _CAUSES if any(wanted in names_of(each) for each in cause.symptoms)]
    found = [_of_cause(cause) for cause in causes]
    if wanted in WARNING_KINDS:
        found.append(Explanation("warning", wanted, WARNING_KINDS[wanted], remedy=WARNING_REMEDIES[wanted]))
    rank = {"certain": 0, "likely": 1, "possible": 2, None: 3}
    return tuple(sorted(found, key=lambda each: rank[each.certainty]))


def known_codes() -> dict[str, str]:
    """Every code that ``explain`` knows, with a sentence: of the cause, or of the most general one that it can mean."""
    names = {cause.kind for cause in _CAUSES} | WARNING_KINDS.keys()
    names |= {str(kind) for kinds in (FailureKind, VaultFailureKind) for kind in kinds}
    names |= {name for cause in _CAUSES for symptom in cause.symptoms for name in names_of(symptom)}
    sentences = ((name, explain(name)) for name in sorted(names))
    return {
        spelled(name): min(found, key=lambda each: len(" ".join(each.recognised_by))).sentence
        for name, found in sentences
        if found
    }


def nearest(code: str) -> str:
    """The known code that is most like this one, "" where none is."""
    codes = {name.lower(): name for name in known_codes()}
    close = difflib.get_close_matches(code.strip().lower(), codes, 1)
    return codes[close[0]] if close else ""


def spelled(name: str) -> str:
    """The code as its service writes it."""
    return name.upper() if _SPELLED.fullmatch(name) else name


class _Named(Mapping[str, str]):
    """Every fact as its placeholder; what every host is, it is called."""

    def __getitem__(self, name: str) -> str:
        return "host" if name == "noun" else f"<{name.replace('_', '-')}>"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _of_cause(cause: Cause[Any]) -> Explanation:
    every = [(single, step_of(single, {})) for command in cause.commands for single in singles(command)]
    steps = in_order(step for _, step in every)
    kinds: dict[str, dict[str, None]] = {}
    for single, step in every:
        kinds.setdefault(step.command, {})[NOUNS[single.kind] if single.kind is not None else ""] = None
    hosts = tuple("" if "" in kinds[each] else listed([*kinds[each]], "or") for each in steps.commands)
    return Explanation(
        "cause",
        cause.kind,
        cause.cause.format_map(_Named()),
        cause.certainty,
        tuple(dict.fromkeys(words for each in cause.symptoms if (words := described(each)))),
        described(cause.proof) if cause.proof is not None else "",
        cause.remedy.format_map(_Named()),
        who=cause.who,
        link=cause.link,
        hosts=hosts if any(hosts) else (),
        **steps._asdict(),
    )
