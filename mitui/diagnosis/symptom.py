"""How an entry of the catalogue is recognised, as something that can be asked and that can say itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from mitui.wording import listed

CaseT_contra = TypeVar("CaseT_contra", contravariant=True)
CaseT = TypeVar("CaseT")


class Answered(Protocol):
    """A case with a reply: its codes and everything readable in it, in lower case."""

    @property
    def codes(self) -> frozenset[str]: ...

    @property
    def words(self) -> str: ...


AnsweredT = TypeVar("AnsweredT", bound=Answered)


@dataclass(frozen=True)
class Symptom(Generic[CaseT_contra]):
    """``holds`` decides; ``words`` say it in a phrase ("HTTP 403 and the word squid in Server").

    ``names`` are the failure kinds and codes, in lower case, by which it can be looked up.
    """

    holds: Callable[[CaseT_contra], bool]
    words: str
    names: frozenset[str] = frozenset()

    def __call__(self, case: CaseT_contra) -> bool:
        return self.holds(case)


def described(symptom: Callable[[CaseT], bool]) -> str:
    """A symptom in words: its own, or those of a plain function's docstring or name; "" for a nameless one."""
    if isinstance(symptom, Symptom):
        return symptom.words
    text = (symptom.__doc__ or "").strip().partition("\n")[0].rstrip(".:")
    if text:
        return text[0].lower() + text[1:].replace("``", "")
    name = getattr(symptom, "__name__", "").strip("_")
    return "" if "lambda" in name else name.replace("_", " ")


def names_of(symptom: Callable[[CaseT], bool]) -> frozenset[str]:
    """The failure kinds and codes that a symptom asks for, in lower case."""
    return symptom.names if isinstance(symptom, Symptom) else frozenset()


def saying(
    holds: Callable[[AnsweredT], bool],
    said: str,
    names: Iterable[str],
    code: str | Iterable[str],
    words: str | Iterable[str],
    also: Callable[[AnsweredT], bool] | None,
) -> Symptom[AnsweredT]:
    """Where ``holds`` and the reply has one of the codes, one of the ``words`` and what is ``also`` asked for.

    ``said`` and ``names`` are those of ``holds``; a code or word that is not named is not asked for.
    """
    named = several(code)
    codes = frozenset(each.lower() for each in named)
    phrases = tuple(each.lower() for each in several(words))

    def all_hold(case: AnsweredT) -> bool:
        return (
            holds(case)
            and (not codes or not codes.isdisjoint(case.codes))
            and (not phrases or any(phrase in case.words for phrase in phrases))
            and (also is None or also(case))
        )

    quoted = one_of("the words", (f'"{phrase}"' for phrase in phrases))
    told = both((said, one_of("code", named), quoted, described(also) if also is not None else ""))
    return Symptom(all_hold, told or "nothing else that is known fits", codes.union(names))


def several(value: str | Iterable[str]) -> tuple[str, ...]:
    """One text or several, as several."""
    return (value,) if isinstance(value, str) else tuple(value)


def both(parts: Iterable[str]) -> str:
    """The parts that say something, with ``and`` between."""
    return " and ".join(part for part in parts if part)


def one_of(label: str, values: Iterable[object]) -> str:
    """``label a, b or c``; "" where there is nothing to choose from."""
    words = [str(value) for value in values]
    if not words:
        return ""
    return f"{label} {listed(words, 'or')}".strip()


_FEW: Final = 8


def statuses(values: Iterable[int]) -> str:
    """HTTP statuses: each one, or from the first to the last of many."""
    numbers = sorted(values)
    if len(numbers) > _FEW:
        return f"HTTP {numbers[0]} to {numbers[-1]}"
    return one_of("HTTP", numbers)
