"""Add a resource to get tokens for: one of this cloud's well-known audiences, or any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from mitui.engine.identity import is_guid
from mitui.engine.resources import normalise_resource, well_known_resources
from mitui.monitor.identity_view import IdentityView
from mitui.monitor.intents import AddIdentity, AddResource
from mitui.monitor.snapshot import SourceView
from mitui.tui.drawing.words import said
from mitui.tui.keys.page_actions import ADD, CHOOSE, LEAVE
from mitui.tui.screens.adding.identity_entry import NAMES, Entry, default_name, read_entry
from mitui.tui.screens.chooser import Choice, Chooser

_URI: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+\S*\Z", re.IGNORECASE)
_LARGEST: Final = 512


@dataclass(frozen=True, slots=True)
class Audience:
    """``resource`` is "" while the text is no audience; ``words`` say why, or what to beware of."""

    words: str
    resource: str = ""
    doubtful: bool = False


def read_audience(text: str) -> Audience:
    """Read free text as a resource, and warn of what an endpoint would take amiss."""
    text = text.strip()
    resource = normalise_resource(text)
    if not (_URI.match(resource) or is_guid(resource)) or len(resource) > _LARGEST:
        return Audience("A resource is a URI such as https://… or api://…, or an application's GUID.")
    if resource != text:
        return Audience(f"/.default belongs to scopes; the resource is {resource}", resource, doubtful=True)
    if resource.endswith("/"):
        note = f"The slash at the end is part of the audience: {resource} and {resource.rstrip('/')} give two tokens"
        return Audience(note, resource, doubtful=True)
    return Audience(f"Adds {resource}", resource)


_IDENTITY: Final = "an identity"
_APPLICATION: Final = "a resource"


class AddResourceScreen(Chooser[AddResource | AddIdentity | None]):
    """Answers with the resource to add, None when it is left. ``present`` are those that are watched already.

    A bare GUID can be an application's, and so a resource; far more often it is an identity's client ID. So it is asked
    which, as is for whatever else names an identity, and the answer may be an identity to add. ``source`` and
    ``existing`` are what decides whether that can be added.
    """

    hint_actions = (ADD, CHOOSE[1], LEAVE)
    question = "Pick one, or type a resource of your own"

    def __init__(
        self, cloud: str, present: Sequence[str], source: SourceView, existing: Sequence[IdentityView]
    ) -> None:
        known = well_known_resources(cloud)
        choices = [
            Choice(resource, name, resource, "It is watched already." if resource in present else "")
            for name, resource in known
        ]
        first = next((choice.key for choice in choices if not choice.reason), "")
        super().__init__("Add a resource", choices, first)
        self._present = present
        self._source = source
        self._existing = existing

    def narrowed(self, text: str) -> tuple[Choice, ...]:
        """The well-known ones that hold what was typed; else what an ID can be, the likelier first."""
        found = super().narrowed(text)
        entry = self._entry(text)
        if found or entry.kind is None:
            return found
        reason = "" if entry.identity is not None else entry.words
        identity = Choice(_IDENTITY, _IDENTITY, f"by its {NAMES[entry.kind]}", reason, f"{entry.words}, an identity")
        audience = read_audience(text)
        if not audience.resource:
            return (identity,)
        reason = f"{audience.resource} is watched already." if audience.resource in self._present else ""
        words = f"{audience.words}, a resource"
        application = Choice(_APPLICATION, _APPLICATION, "an application by its ID, to get tokens for", reason, words)
        return (application, identity) if identity.reason else (identity, application)

    def _entry(self, text: str) -> Entry:
        return read_entry(text, "client_id", self._source, self._existing)

    def words(self, choice: Choice | None, text: str) -> Content:
        if choice is not None:
            words = choice.detail or f"Adds {choice.key}"
            return super().words(choice, text) if choice.reason else said(words, "$success")
        audience = read_audience(text)
        if audience.resource in self._present:
            return said(f"{audience.resource} is watched already.", "$warning")
        return said(audience.words, "$warning" if audience.doubtful or not audience.resource else "$success")

    def taken(self, choice: Choice | None, text: str) -> None:
        if choice is not None and choice.reason:
            return
        if choice is not None and choice.key == _IDENTITY:
            identity = self._entry(text).identity
            if identity is not None:
                self.leave(AddIdentity(identity, default_name(identity)))
            return
        if choice is not None and choice.key != _APPLICATION:
            self.leave(AddResource(choice.key, choice.label))
            return
        resource = read_audience(text).resource
        if resource and resource not in self._present:
            self.leave(AddResource(resource))
