"""What diagnosis answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mitui.diagnosis.steps import Purpose

Certainty = Literal["certain", "likely", "possible"]


@dataclass(frozen=True, slots=True)
class Advice:
    """One cause of a failure, with its remedy. ``commands`` can be pasted; a fact that is not known stands in them as
    ``<placeholder>``. ``kind`` is the catalogue entry's snake_case id; ``who`` says who must run the commands.
    ``purposes`` says of each command what it is for, and is empty where that is not known, as in a file of an older
    mitui. ``found_above`` are the placeholders whose value one of the commands finds for a later one. ``ways`` and
    ``costs`` say of each which of several ways it belongs to, and what it deletes, overwrites or opens; both are empty
    where there is nothing to say.
    """

    kind: str
    certainty: Certainty
    cause: str
    remedy: str
    commands: tuple[str, ...] = ()
    link: str = ""
    who: str = ""
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthWarning:
    """Something that works today but deserves a look; the same words as ``warnings`` in the JSON.

    ``purposes`` and what follows them are as in an advice.
    """

    kind: str
    message: str
    remedy: str = ""
    commands: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    found_above: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SdkChoice:
    """The source that one SDK would pick in this environment. ``source`` is None when it would send nothing at all,
    and ``note`` says why. ``endpoint`` is where it would send its first request; "" where that is nowhere.

    ``limit`` marks what the SDK can't do on any host of this kind. ``basis`` says whether that release was "run" or
    "read, not run", ``revision`` names the file and its revision. ``carried`` is the package that the process at hand
    carries, with its version, "" where it carries none, and ``fault`` what is known against that version here.
    ``ahead`` is the source that its chain of credentials takes before this one, "" for none. ``selectors`` are the ids
    by which it can select a user-assigned identity, ``reads`` the variables it looks at, and ``reads_client_id`` says
    who in it reads AZURE_CLIENT_ID.
    """

    sdk: str
    source: str | None
    note: str = ""
    endpoint: str = ""
    limit: bool = False
    basis: str = ""
    revision: str = ""
    carried: str = ""
    fault: str = ""
    ahead: str = ""
    selectors: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    reads_client_id: str = ""

    @property
    def asks(self) -> tuple[str | None, str]:
        """The source and the address; loopback is the same by its name and by its number."""
        return self.source, self.endpoint.replace("//localhost", "//127.0.0.1")

    @property
    def name(self) -> str:
        """The package that the process at hand carries, else the SDK at the release that its rules are of."""
        return self.carried or self.sdk

    @property
    def sentence(self) -> str:
        """What it would do here, in words: with its version where the process carries it, and how that is known."""
        version = f" (here {self.carried})" if self.carried else ""
        picks = f"picks {self.source} at {self.endpoint}" if self.source else "sends nothing"
        words = ". ".join(each.strip(". ") for each in (f"{self.sdk}{version} {picks}", self.note, self.fault) if each)
        return f"{words}. ({self.basis})" if self.basis else f"{words}."

    def agrees_with(self, source: str, endpoint: str) -> bool:
        """Whether it asks this source where ``endpoint``, which may have a path more, is; the source ``none`` is one
        that was tried there in vain, whichever it was.
        """
        if self.source is None or source not in (self.source, "none"):
            return False
        return endpoint.replace("//localhost", "//127.0.0.1").startswith(self.asks[1])


@dataclass(frozen=True, slots=True)
class SdkMessage:
    """What an SDK's user sees for a failure, since it is seldom what the wire said.

    ``basis`` says whether the words are known from a run or were read ("run", "read, not run").
    """

    sdk: str
    message: str
    basis: str = ""
